"""People rule on stories: these are one, these are not, and that ruling is taken back.

Each ruling, what follows from it and its story events are one transaction under the lock of
grouping; from then on every regrouping obeys it. All arguments and answers are plain values, so
that a command, a page or a queue can ask for it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from services.extract.events import Ruling, RulingKind, contradicted
from services.extract.jobs.grouping import regroup_around
from services.extract.store.rulings import (
    articles_in,
    articles_of_ruling,
    load_ruling,
    load_standing,
    load_stories,
    mark_undone,
    save_ruling,
    story_of_each,
    with_other_cleanings,
)
from services.extract.store.stories import lock_stories
from shared.broker import APPLY_STORY_EVENTS
from shared.errors import NewswatchError
from shared.runtime import Runtime

# Shown in a message; the others are counted.
MOST_NAMED = 5


class RulingError(NewswatchError):
    """What was asked cannot be; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Said:
    """Who rules, and why."""

    by: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Ruled:
    """A ruling made or undone, and the story that each article it names is in now."""

    ruling_id: int
    kind: str
    stories: dict[int, int]

    @property
    def story_ids(self) -> list[int]:
        """The stories that hold these articles now, oldest first."""
        return sorted(set(self.stories.values()))


def merge_stories(runtime: Runtime, story_id: int, other_id: int, said: Said) -> Ruled:
    """Make two stories one: all their articles of today are of one story from now on.

    Raises:
        RulingError: there are not two stories of these ids, or a standing ruling says otherwise.
    """
    with runtime.database.write() as connection:
        lock_stories(connection)
        _require_living(connection, [story_id, other_id], "merge")
        if story_id == other_id:
            raise RulingError(f"merge: s{story_id} is one story already; name another beside it")
        left, right = (frozenset(articles_in(connection, each)) for each in (story_id, other_id))
        ruling = Ruling(0, RulingKind.TOGETHER, left, right)
        made = _make(runtime, connection, ruling, said, (story_id, other_id))
    return _announced(runtime, made)


def split_story(runtime: Runtime, story_id: int, article_ids: Sequence[int], said: Said) -> Ruled:
    """Take articles out of a story: none of them is of one story with any other article of it.

    With an article go those that are the same original, cleaned again or before. Whether those
    taken out are one story or several is for their links to say.

    Raises:
        RulingError: they are not some, but not all, of that story's articles, or a standing ruling
            says otherwise.
    """
    with runtime.database.write() as connection:
        lock_stories(connection)
        _require_living(connection, [story_id], "split")
        _require_inside(connection, story_id, article_ids)
        every = articles_in(connection, story_id)
        left = with_other_cleanings(connection, article_ids) & every
        if left == every:
            raise RulingError(
                f"split: that is the whole of s{story_id}; name some of its articles, not all"
            )
        ruling = Ruling(0, RulingKind.APART, frozenset(left), frozenset(every - left))
        made = _make(runtime, connection, ruling, said, (story_id, None))
    return _announced(runtime, made)


def undo_ruling(runtime: Runtime, ruling_id: int, undone_by: str) -> Ruled:
    """Let a ruling bind nothing any more: its articles are grouped by what their links say.

    Raises:
        RulingError: there is no such ruling, or it was undone before.
    """
    with runtime.database.write() as connection:
        lock_stories(connection)
        row = load_ruling(connection, ruling_id)
        if row is None:
            raise RulingError(
                f"there is no ruling ru{ruling_id}; newswatch stories rulings lists them"
            )
        if row.undone_at is not None:
            raise RulingError(
                f"ru{ruling_id} was undone already, by {row.undone_by} at {_minute(row.undone_at)}"
            )
        now = runtime.database.now(connection)
        mark_undone(connection, ruling_id, undone_by, now)
        named = articles_of_ruling(connection, ruling_id)
        made = _regroup(connection, (ruling_id, row.kind), named, now)
    return _announced(runtime, made)


def _require_living(connection: Connection, story_ids: Sequence[int], verb: str) -> None:
    known = load_stories(connection, story_ids)
    for story_id in story_ids:
        if story_id not in known:
            raise RulingError(f"{verb}: there is no s{story_id}; newswatch stories lists them")
        if (into := known[story_id]) is not None:
            root = _root(connection, into)
            raise RulingError(
                f"{verb}: s{story_id} is part of s{root} already; name s{root} instead"
            )


def _root(connection: Connection, story_id: int) -> int:
    into = load_stories(connection, [story_id])[story_id]
    return story_id if into is None else _root(connection, into)


def _require_inside(connection: Connection, story_id: int, article_ids: Sequence[int]) -> None:
    if not article_ids:
        raise RulingError("split: name the articles to take out, such as a17 a18")
    homes = story_of_each(connection, article_ids)
    for article_id in article_ids:
        if article_id not in homes:
            raise RulingError(f"split: there is no a{article_id}")
        home = homes[article_id]
        if home is None:
            raise RulingError(f"split: a{article_id} is not linked yet; try again when it is")
        if home != story_id:
            raise RulingError(f"split: a{article_id} is not in s{story_id}, it is in s{home}")


def _make(
    runtime: Runtime,
    connection: Connection,
    ruling: Ruling,
    said: Said,
    about: tuple[int, int | None],
) -> tuple[Ruled, list[int]]:
    if against := contradicted(ruling, load_standing(connection)):
        raise RulingError(_contradiction(ruling, against))
    now = runtime.database.now(connection)
    values = {
        "story_id": about[0],
        "other_story_id": about[1],
        "made_by": said.by,
        "reason": said.reason,
        "made_at": now,
    }
    ruling_id = save_ruling(connection, ruling, values)
    key = ruling_id, ruling.kind.value
    return _regroup(connection, key, ruling.left | ruling.right, now)


def _contradiction(ruling: Ruling, against: Sequence[int]) -> str:
    named = ", ".join(f"ru{each}" for each in against[:MOST_NAMED])
    more = f" and {len(against) - MOST_NAMED} more" if len(against) > MOST_NAMED else ""
    is_merge = ruling.kind is RulingKind.TOGETHER
    verb, says = ("merge", "keeps some of them apart") if is_merge else ("split", "ties them")
    return (
        f"{verb}: {named}{more} {says}; take that back first: newswatch stories undo ru{against[0]}"
    )


def _regroup(
    connection: Connection, key: tuple[int, str], named: Collection[int], now: datetime
) -> tuple[Ruled, list[int]]:
    ruling_id, kind = key
    regrouping, applied = regroup_around(connection, named, now, ruling_id=ruling_id)
    homes = {each: applied.rows[regrouping.assignments[each]] for each in sorted(named)}
    return Ruled(ruling_id, kind, homes), applied.events


def _announced(runtime: Runtime, made: tuple[Ruled, list[int]]) -> Ruled:
    """Ring for what was committed; without it the sweep would find it, a little later."""
    ruled, events = made
    if events:
        runtime.broker.ring(APPLY_STORY_EVENTS, events)
    return ruled


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M %Z}"
