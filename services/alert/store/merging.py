"""The ledger of two stories that became one: a subscription hears of the first once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from sqlalchemy import Connection, Row, case, select, update

from services.alert.reasons import PlanState, Reason
from services.alert.store.knowledge import COMING_STATES, KNOWN_STATES
from shared.tables import notifications
from shared.work import Work


def tell_merged_once(connection: Connection, work: Work, family: Sequence[int]) -> None:
    """Let each subscription have one `first_in_story` of the merged story *family*, root first.

    What was told stays the first. What would be told as a first beside it is suppressed as
    `merged_into`; where none was told yet, both go into one message and the later becomes an
    addition. Of two that were told, the ledger notes in the later that they are of one story now:
    neither is taken back, and nothing is told for it.
    """
    is_known = case((notifications.c.state.in_(KNOWN_STATES), 0), else_=1)
    rows = connection.execute(
        select(notifications)
        .where(
            notifications.c.story_id.in_(family),
            notifications.c.reason == Reason.FIRST_IN_STORY.value,
            notifications.c.state.in_((*KNOWN_STATES, *COMING_STATES)),
        )
        .order_by(
            notifications.c.subscription_id,
            is_known,
            notifications.c.planned_at,
            notifications.c.id,
        )
    ).all()
    for _, firsts in groupby(rows, key=lambda row: row.subscription_id):
        first, *others = firsts
        for other in others:
            _settle(connection, work, first, other, family[0])


def _settle(
    connection: Connection, work: Work, first: Row[int], other: Row[int], root: int
) -> None:
    if other.state in KNOWN_STATES:
        note = f"merged into s{root}, of which a{first.article_id} told"
        if note not in other.detail:
            _reword(connection, other, other.reason, f"{other.detail}; {note}")
    elif first.state in KNOWN_STATES:
        detail = f"s{other.story_id} is of one story with s{first.story_id}, which was told"
        reason = Reason.MERGED_INTO.value
        work.move(
            connection,
            notifications,
            [other.id],
            states=COMING_STATES,
            to=PlanState.SUPPRESSED.value,
            values={"reason": reason, "detail": detail},
        )
    else:
        detail = f"adds to story s{root}, which a{first.article_id} tells first"
        _reword(connection, other, Reason.ADDS_NEW.value, detail)


def _reword(connection: Connection, row: Row[int], reason: str, detail: str) -> None:
    connection.execute(
        update(notifications)
        .where(notifications.c.id == row.id)
        .values(reason=reason, detail=detail)
    )
