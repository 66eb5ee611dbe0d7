"""The steps of the pipeline: which rows in which state wait for which job."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Table

from shared import broker as doorbell
from shared.tables import articles, files, messages, notifications, story_events


@dataclass(frozen=True)
class Step:
    """One kind of work: rows of *table* in *state* are waiting for *job*."""

    name: str
    table: Table
    state: str
    job: str
    letter: str  # how ids of this table are written outside the database
    singly: bool = False  # rung one id a job: one slow row must not hold up its neighbours


EXTRACT = Step("extract", files, "received", doorbell.EXTRACT_FILES, "f")
LINK = Step("link", articles, "extracted", doorbell.LINK_ARTICLES, "a")
MATCH = Step("match", articles, "linked", doorbell.MATCH_ARTICLES, "a")
APPLY = Step("apply", story_events, "pending", doorbell.APPLY_STORY_EVENTS, "e")
GATHER = Step("gather", notifications, "planned", doorbell.GATHER_NOTIFICATIONS, "n")
DELIVER = Step("deliver", messages, "pending", doorbell.DELIVER_MESSAGES, "m", singly=True)
STEPS = (EXTRACT, LINK, MATCH, APPLY, GATHER, DELIVER)
