"""A database as after a busy day: two stories, an alert, its ledger, queues, a dead letter.

Ids: stories 1 (three articles; story 3 was merged into it) and 2 (one hostile article); articles 1
to 4; rule 1 `dioxin-money`; alerts 1 and 2 (folded into 1); messages 1 (sent) and 2 (dead).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from shared.database import Database
from shared.tables import article_tags
from tests import rows

HOSTILE_TITLE = "<script>alert('title')</script> gnp.\u202eexe \u2066isolated"
HOSTILE_TEXT = (
    "<img src=x onerror=alert(1)> opens this text.\n\n"
    "A zero\u200bwidth space and {{ 7 * 7 }} stay text. \x1b[31mRed.\n\n"
    "]]> </p></div><h1>Not a heading</h1>"
)
LEAD_TITLE = "Ministers meet in Hanoi, agree on war-legacy work"
LEAD_TEXT = """HANOI (Beacon Wire) — Two defence ministers met in Hanoi on Sunday and put \
war legacy remediation at the head of a list of joint work, with cyber-security close behind.

The dioxin clean-up at Bien Hoa air base took up much of the meeting. Non-refundable aid for the \
Bien Hoa project stands at 300 million USD, according to a note handed to reporters at the gate.

Both delegations praised the search for servicemen missing in action (MIA). Joint teams have gone \
into the field 160 times and sent home 994 sets of remains, of which 740 now have a name."""
COPY_TITLE = "Hanoi talks put war legacy first"
COPY_TEXT = (
    "War legacy was the first word of the day, our correspondent hears.\n\n"
    + LEAD_TEXT.partition("\n\n")[2]
)
UPDATE_TITLE = "Washington adds 130 million USD for Bien Hoa"
UPDATE_TEXT = """HANOI — The United States will pay a further 130 million USD to clean the soil of \
Bien Hoa of dioxin, the defence ministry announced late on Sunday.

Non-refundable aid for the Bien Hoa project now stands at 430 million USD, according to a second \
note from the ministry, which replaces the figure of 300 million USD given in the afternoon.

The pits are dug, the ovens are waiting, and now the fuel can be ordered, an engineer said."""
CHANGED_FIGURE = {
    "kind": "changed",
    "before": "300 million USD",
    "after": "430 million USD",
    "unit": "usd",
    "subject": ["aid", "for", "Bien", "Hoa"],
    "earlier_article_id": 1,
}


def fill(database: Database) -> datetime:
    """Write the rows and return the time they were written at, which is now."""
    with database.write() as connection:
        now = database.now(connection)
        _write_stories(connection, now)
        _write_links(connection, now)
        _write_alerts(connection, now)
        _write_ledger(connection, now)
        _write_queues(connection, now)
    return now


def _before(now: datetime, minutes: float) -> datetime:
    return now - timedelta(minutes=minutes)


def _span(text: str, words: str, field: str = "text") -> dict[str, Any]:
    start = text.index(words)
    return {"field": field, "start": start, "end": start + len(words), "text": words}


def _write_stories(connection: Connection, now: datetime) -> None:
    rows.add_story(connection, developments=2, changed_at=_before(now, 14))
    rows.add_story(connection, developments=1, changed_at=_before(now, 500))
    rows.add_story(connection, changed_at=_before(now, 100), merged_into=1)
    _write_lead(connection, now)
    rows.add_article(
        connection,
        COPY_TITLE,
        text=COPY_TEXT,
        outlet="Harbour Post",
        language="en",
        received_at=_before(now, 150),
        story_id=1,
        novelty={"kind": "nothing_new", "reason": "1 new sentence of 12 words", "figures": []},
    )
    rows.add_article(
        connection,
        UPDATE_TITLE,
        text=UPDATE_TEXT,
        outlet="Beacon Wire",
        language="en",
        received_at=_before(now, 14),
        story_id=1,
        development=2,
        novelty={
            "kind": "adds_new",
            "reason": "4 new sentences, 61 % of its words",
            "figures": [CHANGED_FIGURE],
        },
    )
    _write_hostile(connection, now)


def _write_lead(connection: Connection, now: datetime) -> None:
    rows.add_article(
        connection,
        LEAD_TITLE,
        text=LEAD_TEXT,
        outlet="Beacon Wire",
        language="en",
        url="https://example.org/hanoi",
        authors=["Minh Anh Le"],
        fields={
            "title": {"value": LEAD_TITLE, "source": "json-ld", "confidence": 1.0},
            "outlet": {"value": "Beacon Wire", "source": "dateline", "confidence": 0.9},
            "url": {"value": "https://example.org/hanoi", "source": "meta", "confidence": 1.0},
        },
        received_at=_before(now, 190),
        published_at=_before(now, 200),
        published_source="json-ld",
        story_id=1,
        development=1,
        novelty={"kind": "first", "reason": "the first article of its story", "figures": []},
    )
    evidence = {
        "dioxin-remediation": [_span(LEAD_TEXT, "dioxin clean-up at Bien Hoa")],
        "mia-recovery": [_span(LEAD_TEXT, "missing in action"), _span(LEAD_TEXT, "MIA")],
        "war-legacy-remediation": [_span(LEAD_TITLE, "war-legacy work", "title")],
    }
    for topic, spans in evidence.items():
        values = {"article_id": 1, "topic": topic, "level": "about", "evidence": spans}
        connection.execute(article_tags.insert().values(values))


def _write_hostile(connection: Connection, now: datetime) -> None:
    rows.add_article(
        connection,
        HOSTILE_TITLE,
        text=HOSTILE_TEXT,
        outlet='"><script>alert("outlet")</script>',
        language='en" onload="x',
        url="javascript:alert(1)",
        fields={
            "title": {"value": HOSTILE_TITLE, "source": "page", "confidence": 0.5},
            "url": {"value": "javascript:alert(1)", "source": "meta", "confidence": 0.5},
        },
        received_at=_before(now, 500),
        story_id=2,
        development=1,
    )


def _write_links(connection: Connection, now: datetime) -> None:
    shared = LEAD_TEXT.partition("\n\n")[2]
    rows.add_link(
        connection,
        1,
        2,
        "contained",
        coverage=(0.72, 0.86),
        passages_a=[[LEAD_TEXT.index(shared), len(LEAD_TEXT)]],
        passages_b=[[COPY_TEXT.index(shared), len(COPY_TEXT)]],
        explanation=rows.explanation(names=3.1, phrases=2.4, no_date=-1.5) | {"shared_words": 70},
    )
    rows.add_link(
        connection,
        1,
        3,
        "same_event",
        coverage=(None, None),
        score=0.91,
        method="event_score",
        explanation=rows.explanation(names=3.1, phrases=2.4, numbers=2.1, lead_places_differ=-0.8),
    )
    rows.add_mask(connection, 2, (0, COPY_TEXT.index("\n\n")))
    rows.add_event(connection, "merged", 1, 3, happened_at=_before(now, 90))


def _write_alerts(connection: Connection, now: datetime) -> None:
    rows.add_rule(connection, "dioxin-money", query='NEAR/10(dioxin, "Bien Hoa")')
    for article_id, text in enumerate((LEAD_TEXT, COPY_TEXT, UPDATE_TEXT), 1):
        rows.add_match(
            connection,
            1,
            article_id,
            ['"dioxin" 3 words from "Bien Hoa" (paragraph 2)'],
            evidence=[_span(text, "dioxin"), _span(text, "Bien Hoa")],
            evidence_total=3,
            matched_at=_before(now, 180),
        )
    times = {"opened_at": _before(now, 185), "extended_at": _before(now, 14)}
    rows.add_alert(connection, 1, 1, **times)
    rows.add_alert(connection, 1, 3, **times, folded_into=1)


def _write_ledger(connection: Connection, now: datetime) -> None:
    rows.add_channel(connection, "desk-hook", kind="webhook")
    rows.add_channel(connection, "desk-file")
    rows.add_subscription(connection, 1, 1, "desk")
    rows.add_subscription(connection, 1, 2, "anna")
    sent_at = _before(now, 184)
    rows.add_message(connection, 1, 1, state="sent", sent_at=sent_at, receipt="200 OK")
    rows.add_message(
        connection,
        1,
        1,
        state="dead",
        died_in="pending",
        last_error="the receiver answered 500",
    )
    rows.add_attempt(connection, 1, outcome="delivered", detail="", attempted_at=sent_at)
    told = {"development": 1, "message_id": 1, "told_at": sent_at}
    copied = {"reason": "copy_of_known", "detail": "86 % of it stands in a1"}
    muted = {"reason": "muted_by", "detail": "muted by anna until tomorrow", "development": 2}
    first = {"reason": "first_in_story", "detail": "the first article of the story"}
    for subscription_id, article_id, state, values in (
        (1, 1, "told", told | first),
        (1, 2, "suppressed", copied),
        (2, 3, "held", muted),
    ):
        rows.add_notification(
            connection,
            subscription_id,
            1,
            article_id,
            1,
            state,
            planned_at=_before(now, 185),
            next_attempt_at=now + timedelta(hours=9),
            **values,
        )


def _write_queues(connection: Connection, now: datetime) -> None:
    for name, minutes in (("waiting-1.txt", 0.05), ("waiting-2.txt", 0.0)):
        due_at = _before(now, minutes)
        rows.add_file(connection, name, state="received", next_attempt_at=due_at)
    rows.add_file(connection, "short.txt", state="rejected", outcome="rejected:too_short")
    for role in ("ingest", "extract", "link", "alert", "notify"):
        rows.add_worker(connection, role, now)
