"""The steps of the pipeline: which rows in which state wait for which job."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, or_, select

from shared import broker as doorbell
from shared.tables import articles, files, messages, notifications, story_events

# So many jobs of a crowd may wait in a queue: enough to keep a worker busy until more are rung.
CROWD_JOBS = 2


@dataclass(frozen=True)
class Step:
    """One kind of work: rows of *table* in *state* are waiting for *job*.

    *crowd* tells rows that come by the thousand, as the members of a container: they are rung a few
    at a time, so that whatever comes meanwhile does not wait behind them.
    """

    name: str
    table: Table
    state: str
    job: str
    letter: str  # how ids of this table are written outside the database
    singly: bool = False  # rung one id a job: one slow row must not hold up its neighbours
    crowd: ColumnElement[bool] | None = None


# Members of containers, and the archive cleaned again.
_FILE_OF_CROWD = or_(files.c.parent_id.is_not(None), files.c.revises.is_not(None))
_OF_CROWD = select(files.c.id).where(files.c.id == articles.c.file_id, _FILE_OF_CROWD).exists()

EXTRACT = Step("extract", files, "received", doorbell.EXTRACT_FILES, "f", crowd=_FILE_OF_CROWD)
LINK = Step("link", articles, "extracted", doorbell.LINK_ARTICLES, "a", crowd=_OF_CROWD)
MATCH = Step("match", articles, "linked", doorbell.MATCH_ARTICLES, "a", crowd=_OF_CROWD)
APPLY = Step("apply", story_events, "pending", doorbell.APPLY_STORY_EVENTS, "e")
GATHER = Step("gather", notifications, "planned", doorbell.GATHER_NOTIFICATIONS, "n")
DELIVER = Step("deliver", messages, "pending", doorbell.DELIVER_MESSAGES, "m", singly=True)
STEPS = (EXTRACT, LINK, MATCH, APPLY, GATHER, DELIVER)
