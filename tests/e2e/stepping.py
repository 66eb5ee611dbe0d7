"""The pipeline step by step, in this thread: the jobs themselves, without workers or sandbox."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from services.alert.jobs import (
    AlertContext,
    NotifyContext,
    apply_story_events,
    deliver_messages,
    gather_notifications,
    match_articles,
)
from services.alert.main import channel_settings
from services.extract.jobs import ExtractContext, LinkContext, extract_files, link_articles
from services.extract.outcome import Member, Reading, ReadRequest
from services.extract.reading import iter_members, read_file
from services.extract.sandbox import Sandbox
from services.ingest.main import add_paths
from shared.runtime import Runtime
from shared.steps import APPLY, DELIVER, EXTRACT, GATHER, LINK, MATCH, Step
from shared.topics import load_taxonomy

ORDER = (EXTRACT, LINK, MATCH, APPLY, GATHER, DELIVER)


class ReadsHere(Sandbox):
    """Reads in this process: no child to wait for."""

    def read(self, data: bytes, request: ReadRequest) -> Reading:
        """Read one file."""
        return read_file(data, request)

    def members(
        self, data: bytes, request: ReadRequest, skip: int = 0
    ) -> Generator[Member, None, tuple[str, ...]]:
        """Yield the members of a container after the first *skip*; return notes."""
        found = iter_members(data, request)
        for _ in zip(range(skip), found, strict=False):
            pass
        return found


class Stepper:
    """Files go in by `drop`; each method works through what is due at one step."""

    def __init__(self, runtime: Runtime, folder: Path, *, sandbox: Sandbox | None = None) -> None:
        self.runtime = runtime
        self._folder = folder
        self._drops = count()
        self.reading = ExtractContext(runtime, sandbox or ReadsHere(), load_taxonomy(None))
        self.linking = LinkContext(runtime)
        self.matching = AlertContext(runtime)
        self.telling = NotifyContext(runtime, channel_settings(runtime.settings))
        self._jobs: dict[str, tuple[Callable[[Any, Sequence[int]], None], Any]] = {
            EXTRACT.name: (extract_files, self.reading),
            LINK.name: (link_articles, self.linking),
            MATCH.name: (match_articles, self.matching),
            APPLY.name: (apply_story_events, self.matching),
            GATHER.name: (gather_notifications, self.telling),
            DELIVER.name: (deliver_messages, self.telling),
        }

    def drop(self, name: str, content: str | bytes, *, outlet: str | None = None) -> int:
        """Add one file and return its id."""
        root = self._folder / f"drop-{next(self._drops)}"
        path = root / outlet / name if outlet else root / name
        path.parent.mkdir(parents=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        recorded, left = add_paths(self.runtime, [root])
        assert not left
        return recorded[0].file_id

    def due(self, step: Step) -> list[int]:
        """Return the ids due at *step*."""
        return sorted(row_id for row_id, _ in self.runtime.work.due(step, 10_000))

    def work(self, step: Step, ids: Sequence[int] | None = None) -> None:
        """Do *step* for *ids*, or for all that is due."""
        job, context = self._jobs[step.name]
        wanted = self.due(step) if ids is None else ids
        if wanted:
            job(context, wanted)

    def settle(self, *, until: Step = DELIVER) -> None:
        """Work until nothing is due, up to and including the step *until*."""
        steps = ORDER[: ORDER.index(until) + 1]
        for _ in range(50):
            if not any(self.due(step) for step in steps):
                return
            for step in steps:
                self.work(step)
        raise AssertionError("the pipeline does not settle")
