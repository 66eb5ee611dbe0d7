"""A container becomes file rows, in turns: nobody else waits longer than one for it.

Members are committed a few at a time under their place in the container. So the next turn, or
whoever takes over after a crash, goes on after the last one that was committed.
"""

from __future__ import annotations

import dataclasses
import logging
import time
from collections.abc import Iterator

from services.extract.jobs.log_lines import said
from services.extract.outcome import Member, MembersError, ReadRequest, Reason, Rejection
from services.extract.sandbox import Sandbox
from services.extract.store.articles import FileToRead
from services.extract.store.containers import (
    NewMember,
    Progress,
    finish_container,
    load_progress,
    pause_container,
    save_members,
)
from shared.broker import EXTRACT_FILES
from shared.runtime import Runtime
from shared.steps import CROWD_JOBS, EXTRACT
from shared.work import Claimed

log = logging.getLogger("newswatch.extract")

# What a loaded machine may do to any file. Of one that gave members already, it ends nothing.
_PASSING = frozenset((Reason.TIMED_OUT, Reason.OUT_OF_MEMORY, Reason.CRASHED))

TURN_SECONDS = 1.0
COMMIT_AFTER_SECONDS = 0.25
MEMBERS_PER_COMMIT = 100


class InterruptedUnfoldingError(Exception):
    """Reading a container stopped after some of its members: a failed attempt, not the end."""


def check_is_whole(runtime: Runtime, file: FileToRead, rejection: Rejection) -> None:
    """Let *rejection* pass, unless members of *file* are stored and it may be gone next time.

    Raises:
        InterruptedUnfoldingError: the next attempt goes on after the last member.
    """
    if rejection.reason in _PASSING:
        with runtime.database.read() as connection:
            last = load_progress(connection, file).last
        _raise_if_begun(last, rejection)


def _raise_if_begun(last: int, rejection: Rejection) -> None:
    if last and rejection.reason in _PASSING:
        raise InterruptedUnfoldingError(f"stopped after member {last:,}: {rejection.detail}")


class Unfolding:
    """One turn of unfolding one container."""

    def __init__(
        self, runtime: Runtime, sandbox: Sandbox, claimed: Claimed, file: FileToRead
    ) -> None:
        self._runtime = runtime
        self._sandbox = sandbox
        self._claimed = claimed
        self._file = file
        with runtime.database.read() as connection:
            self._progress = load_progress(connection, file)
        self._place = self._progress.last
        self._unsaved: list[NewMember] = []

    def take_turn(
        self, data: bytes, request: ReadRequest, *, file_format: str, notes: tuple[str, ...]
    ) -> Rejection | None:
        """Store members for about a second; return why, if there is none to store at all.

        Raises:
            InterruptedUnfoldingError: it stopped after some members; the next attempt goes on.
        """
        walk = _Walk(self._sandbox.members(data, _bounded(request, self._progress), self._place))
        try:
            if not self._store(walk):
                self._pause()
                return None
            words = [*notes, *walk.notes]
        except MembersError as error:
            self._save()
            _raise_if_begun(self._place, error.rejection)
            if self._place == 0:
                return self._of_whole_file(error.rejection)
            ending = self._of_whole_file(error.rejection).detail
            words = [*notes, f"It broke off after {self._place:,} members: {ending}"]
        detail = " ".join(words) or None
        finish_container(self._runtime, self._claimed, file_format=file_format, detail=detail)
        log.info("read %s: container of %d", said(self._file.id, self._file.name), self._place)
        return None

    def _store(self, walk: _Walk) -> bool:
        """Store members until the end (return True) or the end of the turn."""
        started = saved = time.monotonic()
        length_seconds = None
        for member in walk:
            now = time.monotonic()
            length_seconds = length_seconds or turn_seconds(opening_seconds=now - started)
            self._keep(member)
            if len(self._unsaved) >= MEMBERS_PER_COMMIT or now - saved > COMMIT_AFTER_SECONDS:
                self._save()
                saved = time.monotonic()
                if saved - started > length_seconds:
                    return False
        self._save()
        return True

    def _keep(self, member: Member) -> None:
        self._place += 1
        content = member.rejection or self._runtime.archive.put_bytes(member.data)
        self._unsaved.append(NewMember(self._place, member.name, member.outlet, content))

    def _save(self) -> None:
        if not self._unsaved:
            return
        self._runtime.work.renew(EXTRACT, self._claimed)
        ids = save_members(self._runtime, self._file, self._unsaved)
        self._unsaved = []
        self._runtime.broker.ring(EXTRACT_FILES, ids, at_most=CROWD_JOBS)

    def _pause(self) -> None:
        words = f"{self._place:,} members are stored; the rest follows"
        pause_container(self._runtime, self._claimed, words)
        self._runtime.broker.ring(EXTRACT_FILES, [self._file.id])

    def _of_whole_file(self, rejection: Rejection) -> Rejection:
        """Say where other containers of the same dropped file have used up what may come out."""
        others = self._progress.other_members
        if rejection.reason is not Reason.TOO_LARGE or not others:
            return rejection
        detail = f"{rejection.detail} The same dropped file already gave {others:,} other members."
        return dataclasses.replace(rejection, detail=detail)


class _Walk:
    """Members one by one; when they are through, the notes about what was passed over."""

    def __init__(self, members: Iterator[Member]) -> None:
        self._members = members
        self.notes: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Member]:
        while True:
            try:
                member = next(self._members)
            except StopIteration as end:
                self.notes = end.value or ()
                return
            yield member


def turn_seconds(*, opening_seconds: float) -> float:
    """Return how long a turn may take: a large container costs something to open again."""
    return max(TURN_SECONDS, 2 * opening_seconds)


def _bounded(request: ReadRequest, progress: Progress) -> ReadRequest:
    """Leave what the other containers of the same dropped file have not used up."""
    return dataclasses.replace(
        request,
        max_members=max(0, request.max_members - progress.other_members),
        max_unpacked_bytes=max(0, request.max_unpacked_bytes - progress.other_bytes),
    )
