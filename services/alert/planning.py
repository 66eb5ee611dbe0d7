"""Decide whether one development tells one subscription, when, and why. Pure.

The ledger keeps every answer: a development that matched a rule ends as a `Plan` with a `Reason`
from a closed list, whether it is told or not. Checks run in the order of `CHECKS`; the first that
has something to say decides. Mutes come last, so what they hold is exactly what they kept away.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.alert.mutes import Mute, MuteSubject, find_holding
from services.alert.reasons import PlanState, Reason
from services.alert.subscription import History, Mode, Subscription


class DevelopmentKind(StrEnum):
    """What an article did to its story when it was linked."""

    FIRST = "first"
    ADDS_NEW = "adds_new"
    NOTHING_NEW = "nothing_new"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Development:
    """What happened: one article in one story.

    `published_at` is None unless its source may decide (never `file` or `guess`). `number` is the
    story's n-th development, None when the article adds nothing. `copy_of` is the article whose
    words this one carries, `recleaned` the one it is again, by a newer cleaner. `repeats` is the
    older article of the same outlet that this one repeats word for word, `repeats_received_at` when
    that came. `topics` holds its topic ids with all their parents. `merged_into` is what `story_id`
    has become part of.
    """

    story_id: int
    number: int | None
    kind: DevelopmentKind
    article_id: int
    outlet: str | None
    published_at: datetime | None
    received_at: datetime
    imported: bool = False
    copy_of: int | None = None
    recleaned: int | None = None
    merged_into: int | None = None
    topics: frozenset[str] = frozenset()
    outlet_aliases: tuple[str, ...] = ()
    repeats: int | None = None
    repeats_received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlanSettings:
    """How long later developments are gathered, and from what age material is old."""

    coalesce_seconds: float = 300.0
    max_age_days: float = 7.0


@dataclass(frozen=True, slots=True)
class Plan:
    """The answer: a state, its reason, and the reason in words.

    `due_at` is set when planned, `held_until` when held; `muted_by` has the ids of the mutes that
    hold it, so that each can list what it kept away.
    """

    state: PlanState
    reason: Reason
    detail: str
    due_at: datetime | None = None
    held_until: datetime | None = None
    muted_by: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Case:
    subscription: Subscription
    development: Development
    history: History
    now: datetime
    settings: PlanSettings


def plan_notification(
    *,
    subscription: Subscription,
    development: Development,
    history: History,
    mutes: Sequence[Mute],
    now: datetime,
    settings: PlanSettings,
) -> Plan:
    """Decide whether *development* tells *subscription*: planned, held or suppressed, and why.

    Pass only mutes that bind this subscriber. All datetimes are aware. A planned row may be planned
    again just before it is sent, for its rule may be suspended since, its story merged or muted;
    when it is still planned then, it keeps the reason and `due_at` it had.
    """
    case = _Case(subscription, development, history, now, settings)
    plan = next(plan for check in CHECKS if (plan := check(case)) is not None)
    if plan.state is PlanState.PLANNED:
        return _held(case, mutes) or plan
    return plan


def _suppressed(reason: Reason, detail: str) -> Plan:
    return Plan(PlanState.SUPPRESSED, reason, detail)


def _due(case: _Case, reason: Reason, detail: str, *, wait_seconds: float = 0.0) -> Plan:
    due_at = case.now + timedelta(seconds=wait_seconds)
    return Plan(PlanState.PLANNED, reason, detail, due_at=due_at)


def _check_merged(case: _Case) -> Plan | None:
    found = case.development
    if found.merged_into is None or found.merged_into == found.story_id:
        return None
    detail = f"story s{found.story_id} is part of story s{found.merged_into} now, which tells it"
    return _suppressed(Reason.MERGED_INTO, detail)


def _check_rule(case: _Case) -> Plan | None:
    why = case.subscription.rule_suspended
    return None if why is None else _suppressed(Reason.RULE_SUSPENDED, f"rule suspended: {why}")


def _check_recleaned(case: _Case) -> Plan | None:
    known = case.development.recleaned
    if known is None:
        return None
    return _suppressed(Reason.RECLEANED, f"is article a{known}, cleaned again: no news")


def _check_already_told(case: _Case) -> Plan | None:
    article = f"article a{case.development.article_id}"
    if case.history.told_article:
        return _suppressed(Reason.ALREADY_TOLD, f"{article} was told to this subscription before")
    if case.history.planned_article:
        return _suppressed(Reason.ALREADY_TOLD, f"{article} has another row that tells it")
    return None


def _check_archive(case: _Case) -> Plan | None:
    active_from, received_at = case.subscription.active_from, case.development.received_at
    if active_from is None or received_at >= active_from:
        return None
    detail = f"received {_minute(received_at)}, before it was asked for ({_minute(active_from)})"
    return _suppressed(Reason.ARCHIVE, detail)


def _check_age(case: _Case) -> Plan | None:
    found = case.development
    if case.subscription.old_material:
        return None
    if found.imported:
        return _suppressed(Reason.OLD_MATERIAL, "imported from an archive")
    # A page keeps its first date when it is corrected, and who was told must hear of it.
    if found.published_at is None or _corrects_what_was_told(case):
        return None
    age_days = (found.received_at - found.published_at) / timedelta(days=1)
    if age_days <= case.settings.max_age_days:
        return None
    limit = f"more than {case.settings.max_age_days:g} days before it arrived"
    detail = f"published {_minute(found.published_at)}, {limit} ({_minute(found.received_at)})"
    return _suppressed(Reason.OLD_MATERIAL, detail)


def _corrects_what_was_told(case: _Case) -> bool:
    return case.development.kind is DevelopmentKind.CORRECTION and case.history.knows_story


def _check_repeated(case: _Case) -> Plan | None:
    """Tell nothing by a copy of what was there before anybody asked: it is the archive, again.

    Unless it was published since: a warning in fixed words is news each time it is given.
    """
    found, active_from = case.development, case.subscription.active_from
    first_at = found.repeats_received_at
    if first_at is None or active_from is None or case.history.knows_story:
        return None
    if first_at >= active_from:
        # That one was asked for: it tells, or this one does where it is looked at first.
        return None
    if found.published_at is not None and found.published_at >= active_from:
        return None
    by = " by the same outlet" if found.outlet else ", outlet unknown,"
    what = f"the same text{by} as article a{found.repeats}"
    came = f"received {_minute(first_at)}, before it was asked for ({_minute(active_from)})"
    return _suppressed(Reason.COPY_OF_ARCHIVE, f"{what}, {came}")


def _check_first(case: _Case) -> Plan | None:
    if case.history.knows_story:
        return None
    number = case.development.number
    later = "" if number == 1 else ", though not the first article of the story"
    detail = f"the first this subscription hears of story s{case.development.story_id}{later}"
    return _due(case, Reason.FIRST_IN_STORY, detail)


def _check_correction(case: _Case) -> Plan | None:
    if not _corrects_what_was_told(case):
        return None
    detail = f"corrects what was told of story s{case.development.story_id}"
    return _due(case, Reason.CORRECTION, detail, wait_seconds=case.settings.coalesce_seconds)


def _check_addition(case: _Case) -> Plan | None:
    found = case.development
    if found.kind is DevelopmentKind.NOTHING_NEW:
        return None
    if case.subscription.mode is Mode.FIRST:
        detail = f"adds to story s{found.story_id}, but only the first article was asked for"
        return _suppressed(Reason.ONLY_FIRST_ASKED, detail)
    number = "" if found.number is None else f" (development {found.number})"
    detail = f"adds something new to story s{found.story_id}{number}"
    return _due(case, Reason.ADDS_NEW, detail, wait_seconds=case.settings.coalesce_seconds)


def _check_every(case: _Case) -> Plan | None:
    if case.subscription.mode is not Mode.EVERY:
        return None
    detail = f"adds nothing to story s{case.development.story_id}, but every article was asked for"
    return _due(case, Reason.EVERY_ARTICLE, detail, wait_seconds=case.settings.coalesce_seconds)


def _say_nothing_new(case: _Case) -> Plan:
    found = case.development
    if found.copy_of is not None:
        detail = f"carries the words of article a{found.copy_of} in story s{found.story_id}"
        return _suppressed(Reason.COPY_OF_KNOWN, detail)
    return _suppressed(Reason.NOTHING_NEW, f"adds nothing to story s{found.story_id}")


CHECKS: tuple[Callable[[_Case], Plan | None], ...] = (
    _check_merged,
    _check_rule,
    _check_recleaned,
    _check_already_told,
    _check_archive,
    _check_age,
    _check_repeated,
    _check_first,
    _check_correction,
    _check_addition,
    _check_every,
    _say_nothing_new,
)


def _held(case: _Case, mutes: Sequence[Mute]) -> Plan | None:
    holding = find_holding(mutes, _mute_subject(case), case.now)
    if not holding:
        return None
    last = holding[0]
    others = f" (and {len(holding) - 1} more)" if len(holding) > 1 else ""
    what = f"{last.kind} {last.target} muted by {last.owner} until {_minute(last.until)}"
    return Plan(
        PlanState.HELD,
        Reason.MUTED_BY,
        f"{what}: {last.reason}{others}",
        held_until=last.until,
        muted_by=tuple(sorted(mute.id for mute in holding if mute.id is not None)),
    )


def _mute_subject(case: _Case) -> MuteSubject:
    wanted, found = case.subscription, case.development
    outlets = (*((found.outlet,) if found.outlet else ()), *found.outlet_aliases)
    return MuteSubject(wanted.rule_id, found.story_id, wanted.channel_id, found.topics, outlets)


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M %Z}"
