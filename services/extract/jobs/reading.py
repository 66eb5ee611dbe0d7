"""The first job of extract: files become articles, members or rejections."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from services.extract.drafts import draft_article
from services.extract.sandbox import MembersError, Reading, ReadRequest, Rejection, Sandbox
from services.extract.store.articles import (
    FileToRead,
    Read,
    finish_container,
    load_files,
    reject_file,
    save_articles,
    save_members,
)
from shared.attempts import attempt
from shared.broker import EXTRACT_FILES, LINK_ARTICLES
from shared.errors import LeaseLostError
from shared.runtime import Runtime
from shared.steps import EXTRACT
from shared.topics import Taxonomy
from shared.work import Claimed

log = logging.getLogger("newswatch.extract")

# Articles are committed together. This is looked at after each file, so what is read waits this
# long and for one more file at most; for the members of a container it does not wait at all.
COMMIT_AFTER_SECONDS = 0.25
MEMBERS_PER_COMMIT = 100

_Item = TypeVar("_Item")


@dataclass
class ExtractContext:
    """What one extract worker holds."""

    runtime: Runtime
    sandbox: Sandbox
    taxonomy: Taxonomy


def extract_files(context: ExtractContext, ids: Sequence[int]) -> None:
    """Read the files *ids* that are due; each ends in an outcome, whatever its neighbours do."""
    runtime = context.runtime
    # Before the claim: a cold start of the parsers must not use up a lease.
    context.sandbox.warm_up(wait=True)
    claimed = runtime.work.claim(EXTRACT, ids)
    if not claimed:
        return
    with attempt(runtime.work, EXTRACT, claimed):
        with runtime.database.read() as connection:
            rows = load_files(connection, [row.id for row in claimed])
        _Batch(context).work_through([(row, rows[row.id]) for row in claimed])


class _Batch:
    """Articles read but not yet committed."""

    def __init__(self, context: ExtractContext) -> None:
        self._context = context
        self._runtime = context.runtime
        self._read: list[Read] = []
        self._names: dict[int, str] = {}
        self._since_seconds = 0.0

    def work_through(self, rows: Sequence[tuple[Claimed, FileToRead]]) -> None:
        started = time.monotonic()
        half_lease_seconds = self._runtime.settings.work.lease_seconds / 2
        for claimed, file in rows:
            if time.monotonic() - started > half_lease_seconds:
                with attempt(self._runtime.work, EXTRACT, [claimed]):
                    self._runtime.work.renew(EXTRACT, claimed)
            with attempt(self._runtime.work, EXTRACT, [claimed]):
                self._take_in(claimed, file)
            if self._read and time.monotonic() - self._since_seconds > COMMIT_AFTER_SECONDS:
                self._commit()
        self._commit()

    def _take_in(self, claimed: Claimed, file: FileToRead) -> None:
        data = self._runtime.archive.read(file.sha256)
        request = _request(file, self._runtime)
        reading = self._context.sandbox.read(data, request)
        if reading.rejection is not None:
            _reject(self._runtime, claimed, file, reading.format, reading.rejection)
        elif reading.members:
            self._commit()
            _unfold(self._context, claimed, file, data, reading)
        elif reading.article is not None:
            draft = draft_article(
                reading.article, received_at=file.received_at, taxonomy=self._context.taxonomy
            )
            notes = " ".join(reading.notes) or None
            if not self._read:
                self._since_seconds = time.monotonic()
            self._read.append(Read(claimed, reading.format, notes, draft))
            self._names[file.id] = file.name

    def _commit(self) -> None:
        read, self._read = self._read, []
        if not read:
            return
        with attempt(self._runtime.work, EXTRACT, [item.claimed for item in read]):
            try:
                self._announce(read)
            except LeaseLostError:
                # One was taken from us: the others are still ours to commit, each alone.
                for item in read:
                    with attempt(self._runtime.work, EXTRACT, [item.claimed]):
                        self._announce([item])

    def _announce(self, read: Sequence[Read]) -> None:
        ids = save_articles(self._runtime, read)
        self._runtime.broker.ring(LINK_ARTICLES, ids)
        for item, article_id in zip(read, ids, strict=True):
            name = _said(item.claimed.id, self._names.get(item.claimed.id, ""))
            log.info('read %s: a%d "%s"', name, article_id, _short(item.draft.columns["title"]))


def _request(file: FileToRead, runtime: Runtime) -> ReadRequest:
    return ReadRequest(
        name=file.name,
        outlet=file.outlet,
        modified_at=file.modified_at,
        received_at=file.received_at,
        max_bytes=runtime.settings.inbox.max_bytes,
    )


def _reject(
    runtime: Runtime, claimed: Claimed, file: FileToRead, file_format: str, why: Rejection
) -> None:
    reject_file(
        runtime, claimed, file_format=file_format, reason=why.reason.value, detail=why.detail
    )
    log.info(
        "rejected %s: %s: %s", _said(file.id, file.name), why.reason.value, _short(why.detail, 300)
    )


def _unfold(
    context: ExtractContext, claimed: Claimed, file: FileToRead, data: bytes, reading: Reading
) -> None:
    """Make a file row of every member, in bounded commits; a crash in the middle starts over."""
    runtime, count, detail = context.runtime, 0, None
    try:
        members = enumerate(context.sandbox.members(data, _request(file, runtime)), start=1)
        for batch in _batches(members, MEMBERS_PER_COMMIT):
            runtime.work.renew(EXTRACT, claimed)
            stored = [
                (place, member.name, runtime.archive.put_bytes(member.data))
                for place, member in batch
            ]
            count += len(stored)
            runtime.broker.ring(EXTRACT_FILES, save_members(runtime, file, stored))
    except MembersError as error:
        if count == 0:
            _reject(runtime, claimed, file, reading.format, error.rejection)
            return
        detail = f"broke off after {count} members: {error.rejection.detail}"
    finish_container(runtime, claimed, file_format=reading.format, detail=detail)
    log.info("read %s: container of %d", _said(file.id, file.name), count)


def _said(file_id: int, name: str) -> str:
    return f"f{file_id} {_short(name)}"


def _short(text: str, characters: int = 100) -> str:
    """Return the start of *text* on one line, with nothing in it that a terminal would obey."""
    line = "".join(c if c.isprintable() else " " for c in text[: characters + 1])
    return line if len(line) <= characters else f"{line[:characters]}…"


def _batches(items: Iterable[_Item], size: int) -> Iterator[list[_Item]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
