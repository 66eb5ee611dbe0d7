"""The first job of extract: files become articles, members or rejections."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass

from services.extract.drafts import draft_article
from services.extract.jobs.log_lines import said, short
from services.extract.jobs.unfolding import Unfolding, check_is_whole
from services.extract.sandbox import Reading, ReadRequest, Rejection, Sandbox
from services.extract.store.articles import (
    FileToRead,
    Read,
    load_files,
    reject_file,
    save_articles,
)
from shared.attempts import attempt
from shared.errors import LeaseLostError
from shared.runtime import Runtime
from shared.steps import EXTRACT, LINK
from shared.sweeping import ring_for
from shared.topics import Taxonomy
from shared.work import Claimed

log = logging.getLogger("newswatch.extract")

# Articles are committed together. This is looked at after each file, so what is read waits this
# long and for one more file at most; for a turn of a container it does not wait at all.
COMMIT_AFTER_SECONDS = 0.25


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
        request = request_for(file, self._runtime)
        reading = self._context.sandbox.read(data, request)
        if reading.rejection is not None:
            check_is_whole(self._runtime, file, reading.rejection)
            _reject(self._runtime, claimed, file, reading.format, reading.rejection)
        elif reading.members:
            self._commit()
            self._unfold(claimed, file, data, reading)
        elif reading.article is not None:
            draft = draft_article(
                reading.article, received_at=file.received_at, taxonomy=self._context.taxonomy
            )
            notes = " ".join(reading.notes) or None
            if not self._read:
                self._since_seconds = time.monotonic()
            self._read.append(Read(claimed, reading.format, notes, draft))
            self._names[file.id] = file.name

    def _unfold(self, claimed: Claimed, file: FileToRead, data: bytes, reading: Reading) -> None:
        unfolding = Unfolding(self._runtime, self._context.sandbox, claimed, file)
        why_not = unfolding.take_turn(
            data,
            request_for(file, self._runtime),
            file_format=reading.format,
            notes=reading.notes,
        )
        if why_not:
            _reject(self._runtime, claimed, file, reading.format, why_not)

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
        ring_for(self._runtime, LINK, sorted(ids.values()))
        for item in read:
            name = said(item.claimed.id, self._names.get(item.claimed.id, ""))
            title = short(item.draft.columns["title"])
            log.info('read %s: a%d "%s"', name, ids[item.claimed.id], title)


def request_for(file: FileToRead, runtime: Runtime) -> ReadRequest:
    """Return what reading *file* may know beside its bytes."""
    return ReadRequest(
        name=file.name,
        outlet=file.outlet,
        modified_at=file.modified_at,
        received_at=file.received_at,
        max_bytes=runtime.settings.inbox.max_bytes,
        depth=file.depth,
    )


def _reject(
    runtime: Runtime, claimed: Claimed, file: FileToRead, file_format: str, why: Rejection
) -> None:
    reject_file(
        runtime, claimed, file_format=file_format, reason=why.reason.value, detail=why.detail
    )
    log.info(
        "rejected %s: %s: %s", said(file.id, file.name), why.reason.value, short(why.detail, 300)
    )
