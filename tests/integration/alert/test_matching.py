"""Rules, subscriptions and the archive: who is told of what, and who is not."""

import pytest
from sqlalchemy import select

from services.alert.jobs import AlertContext, reopen_for_newer_rules
from services.console.store import subscribe
from shared.steps import LINK, MATCH
from shared.tables import matches, notifications
from tests.clocks import FixedClock
from tests.e2e.books import Books
from tests.e2e.corpus import LANTERN, LANTERN_TITLE, QUARRY, QUARRY_CORRECTED, QUARRY_TITLE, record
from tests.e2e.stepping import Stepper
from tests.e2e.watching import Desk, watch

QUARRY_RULE = {"quarry": "Hollin AND quarry"}


def _drop_quarry(stepper: Stepper, name: str = "wire.json", **fields: str) -> int:
    return stepper.drop(name, record(QUARRY_TITLE, QUARRY, outlet="Osmund Wire", **fields))


def _look_again(stepper: Stepper) -> int:
    """Do what every sweep of an alert worker does, as one that ran before and as a fresh one."""
    again = reopen_for_newer_rules(stepper.matching)
    stepper.settle()
    fresh = reopen_for_newer_rules(AlertContext(stepper.runtime))
    stepper.settle()
    return again + fresh


def test_a_match_keeps_its_evidence_and_its_reason_in_words(stepper: Stepper, books: Books):
    watch(stepper.runtime.database, QUARRY_RULE)
    _drop_quarry(stepper)

    stepper.settle()

    match = books.rows(select(matches))[0]
    assert match.outcome == "matched"
    assert match.revision == 1
    assert {span["text"] for span in match.evidence} >= {"Hollin", "quarry"}
    text = books.article("wire.json").text
    title = books.article("wire.json").title
    for span in match.evidence:
        field = title if span["field"] == "title" else text
        assert field[span["start"] : span["end"]] == span["text"]
    assert match.because
    assert books.reasons() == {"wire.json": ("told", "first_in_story")}


def test_an_article_that_matches_no_rule_leaves_no_alert(stepper: Stepper, books: Books):
    watch(stepper.runtime.database, QUARRY_RULE)
    stepper.drop("moth.json", record(LANTERN_TITLE, LANTERN))

    stepper.settle()

    assert not books.alerts()
    assert books.article("moth.json").state == "matched"


def test_a_new_rule_does_not_alert_on_the_archive(
    stepper: Stepper, books: Books, frozen_clock: FixedClock
):
    watch(stepper.runtime.database, {})
    _drop_quarry(stepper)
    stepper.settle()
    frozen_clock.advance(seconds=1)

    watch(stepper.runtime.database, QUARRY_RULE)

    assert _look_again(stepper) == 0
    assert not books.alerts()
    assert not books.ledger()


def test_an_old_file_dropped_again_after_the_rule_tells_nobody(
    stepper: Stepper, books: Books, frozen_clock: FixedClock
):
    watch(stepper.runtime.database, {})
    _drop_quarry(stepper)
    stepper.settle()
    frozen_clock.advance(seconds=1)
    watch(stepper.runtime.database, QUARRY_RULE)
    frozen_clock.advance(seconds=1)

    _drop_quarry(stepper, "again.json")
    stepper.settle()

    assert books.article("again.json").outcome == "exact_copy"
    assert books.reasons() == {"again.json": ("suppressed", "copy_of_archive")}
    assert not books.messages()


def test_fixed_words_published_anew_since_the_rule_are_told(
    stepper: Stepper, books: Books, frozen_clock: FixedClock
):
    watch(stepper.runtime.database, {})
    _drop_quarry(stepper)
    stepper.settle()
    frozen_clock.advance(seconds=1)
    watch(stepper.runtime.database, QUARRY_RULE)
    later = frozen_clock.advance(seconds=86_400 * 60)

    _drop_quarry(stepper, "again.json", published=f"{later:%Y-%m-%d}")
    stepper.settle()

    assert books.article("again.json").outcome == "exact_copy"
    assert books.reasons() == {"again.json": ("told", "first_in_story")}


def test_a_copy_by_an_unknown_outlet_is_said_to_be_by_no_known_one(
    stepper: Stepper, books: Books, frozen_clock: FixedClock
):
    watch(stepper.runtime.database, {})
    stepper.drop("wire.json", record(QUARRY_TITLE, QUARRY))
    stepper.settle()
    frozen_clock.advance(seconds=1)
    watch(stepper.runtime.database, QUARRY_RULE)
    frozen_clock.advance(seconds=1)

    stepper.drop("again.json", record(QUARRY_TITLE, QUARRY))
    stepper.settle()

    ((reason, detail),) = books.rows(select(notifications.c.reason, notifications.c.detail))
    assert reason == "copy_of_archive"
    assert detail.startswith("the same text, outlet unknown, as article a1")


def test_the_same_text_by_another_outlet_is_still_a_first_telling(
    stepper: Stepper, books: Books, frozen_clock: FixedClock
):
    watch(stepper.runtime.database, {})
    _drop_quarry(stepper)
    stepper.settle()
    frozen_clock.advance(seconds=1)
    watch(stepper.runtime.database, QUARRY_RULE)

    stepper.drop("other.json", record(QUARRY_TITLE, QUARRY, outlet="Tarn Times"))
    stepper.settle()

    assert books.reasons() == {"other.json": ("told", "first_in_story")}


def test_a_copy_tells_what_its_first_could_not(stepper: Stepper, books: Books):
    """The first came in time but was dated as old; whoever asked must not miss the text."""
    watch(stepper.runtime.database, QUARRY_RULE)
    _drop_quarry(stepper, published="2019-05-04")
    stepper.settle()

    _drop_quarry(stepper, "again.json")
    stepper.settle()

    assert books.reasons() == {
        "wire.json": ("suppressed", "old_material"),
        "again.json": ("told", "first_in_story"),
    }


def test_a_rule_made_before_an_article_came_meets_it_though_the_worker_was_stale(
    stepper: Stepper, books: Books
):
    """The clock stands still: the second rule is as old as the article, unknown at its match."""
    watch(stepper.runtime.database, {"accord": "Osmund AND accord"})
    _drop_quarry(stepper)
    stepper.settle()
    watch(stepper.runtime.database, {"accord": "Osmund AND accord"} | QUARRY_RULE)

    assert _look_again(stepper) == 1

    assert books.alerts() == {("accord", 1): 1, ("quarry", 1): 1}
    assert {(row.rule, row.state) for row in books.ledger()} == {
        ("accord", "told"),
        ("quarry", "told"),
    }
    assert len(books.messages()) == 2


def test_looking_again_for_newer_rules_comes_to_an_end(stepper: Stepper, books: Books):
    watch(stepper.runtime.database, {})
    for number in range(3):
        _drop_quarry(stepper, f"{number}.json")
    stepper.settle()
    watch(stepper.runtime.database, QUARRY_RULE)

    assert _look_again(stepper) == 3
    assert _look_again(stepper) == 0
    assert sorted(row.state for row in books.ledger()) == ["suppressed", "suppressed", "told"]


def test_a_changed_rule_does_not_alert_on_the_archive(
    stepper: Stepper, books: Books, frozen_clock: FixedClock
):
    watch(stepper.runtime.database, {"any": "volcano"})
    _drop_quarry(stepper)
    stepper.settle()
    frozen_clock.advance(seconds=60)

    watch(stepper.runtime.database, {"any": "quarry"})

    assert _look_again(stepper) == 0
    assert not books.alerts()
    _drop_quarry(stepper, "later.json")
    stepper.settle()
    assert books.reasons() == {"later.json": ("told", "first_in_story")}


def test_a_changed_rule_does_not_alert_on_the_archive_though_something_old_waits(
    stepper: Stepper, books: Books, frozen_clock: FixedClock
):
    """An article of long ago waits again, as after `retry`; only that one meets the new query."""
    watch(stepper.runtime.database, {"any": "volcano"})
    _drop_quarry(stepper, "old.json")
    frozen_clock.advance(seconds=1)
    _drop_quarry(stepper, "archive.json")
    stepper.settle()
    frozen_clock.advance(seconds=60)
    with stepper.runtime.database.write() as connection:
        ids = [books.article("old.json").id]
        stepper.runtime.work.move(connection, MATCH.table, ids, states=["matched"], to=MATCH.state)

    watch(stepper.runtime.database, {"any": "quarry"})
    stepper.settle()

    assert _look_again(stepper) == 0
    assert books.reasons() == {"old.json": ("told", "first_in_story")}


@pytest.mark.parametrize(
    ("seconds", "is_fresh", "found"),
    [
        pytest.param(899, False, 1, id="settling"),
        pytest.param(901, False, 0, id="settled"),
        pytest.param(901, True, 1, id="first look"),
        pytest.param(86_401, True, 0, id="first look after a day"),
    ],
)
def test_revisions_are_looked_at_while_a_worker_may_not_know_them(
    stepper: Stepper, frozen_clock: FixedClock, seconds: int, is_fresh: bool, found: int
):
    watch(stepper.runtime.database, {})
    _drop_quarry(stepper)
    stepper.settle()
    context = AlertContext(stepper.runtime)
    assert reopen_for_newer_rules(context) == 0
    watch(stepper.runtime.database, QUARRY_RULE)
    frozen_clock.advance(seconds=seconds)

    looking = AlertContext(stepper.runtime) if is_fresh else context
    assert reopen_for_newer_rules(looking) == found


def test_a_later_subscription_is_told_only_of_what_comes_later(
    stepper: Stepper, books: Books, frozen_clock: FixedClock
):
    watch(stepper.runtime.database, QUARRY_RULE)
    _drop_quarry(stepper)
    stepper.settle()
    frozen_clock.advance(seconds=60)

    subscribe(stepper.runtime.database, "late", rule="quarry", channel="paper")
    assert _look_again(stepper) == 0
    frozen_clock.advance(seconds=60)
    stepper.drop("copy.json", record(QUARRY_TITLE, QUARRY, outlet="Tarn Times"))
    stepper.settle()

    assert {(row.subscriber, row.file): row.reason for row in books.ledger()} == {
        ("desk", "wire.json"): "first_in_story",
        ("desk", "copy.json"): "copy_of_known",
        # What it was never told of is news to it, in whosever words.
        ("late", "copy.json"): "first_in_story",
    }


def test_a_subscription_made_while_its_article_was_matched_gets_its_row(
    stepper: Stepper, books: Books
):
    watch(stepper.runtime.database, QUARRY_RULE)
    _drop_quarry(stepper)
    stepper.settle()

    subscribe(stepper.runtime.database, "other", rule="quarry", channel="paper")

    assert _look_again(stepper) == 1
    assert {(row.subscriber, row.state) for row in books.ledger()} == {
        ("desk", "told"),
        ("other", "told"),
    }
    assert sum(books.alerts().values()) == 1


def test_old_material_is_matched_and_recorded_but_told_only_to_who_asked(
    stepper: Stepper, books: Books
):
    desks = [Desk("desk", "quarry"), Desk("archivist", "quarry", old_material=True)]
    watch(stepper.runtime.database, QUARRY_RULE, desks=desks)
    _drop_quarry(stepper, published="2019-05-04")

    stepper.settle()

    assert {(row.subscriber, row.state, row.reason) for row in books.ledger()} == {
        ("desk", "suppressed", "old_material"),
        ("archivist", "told", "first_in_story"),
    }
    assert sum(books.alerts().values()) == 1


def test_a_rule_that_no_longer_compiles_is_suspended_and_the_others_go_on(
    stepper: Stepper, books: Books
):
    from shared.tables import rules

    watch(stepper.runtime.database, {"accord": "Osmund AND accord"} | QUARRY_RULE)
    with stepper.runtime.database.write() as connection:
        connection.execute(
            rules.update().where(rules.c.name == "accord").values(query="(((( Osmund")
        )
    _drop_quarry(stepper)

    stepper.settle()

    assert {row.rule for row in books.ledger()} == {"quarry"}
    state = {row.name: row.state for row in books.rows(select(rules))}
    assert state == {"accord": "suspended", "quarry": "active"}


def test_matching_an_article_twice_changes_nothing(stepper: Stepper, books: Books):
    watch(stepper.runtime.database, QUARRY_RULE)
    _drop_quarry(stepper)
    stepper.settle()
    before = books.ledger(), books.alerts(), len(books.messages())
    article_id = books.article("wire.json").id
    with stepper.runtime.database.write() as connection:
        stepper.runtime.work.move(
            connection, MATCH.table, [article_id], states=["matched"], to=MATCH.state
        )

    stepper.settle()

    assert (books.ledger(), books.alerts(), len(books.messages())) == before


@pytest.mark.parametrize("later", [QUARRY, QUARRY_CORRECTED], ids=["copy", "corrected"])
def test_a_text_whose_later_copy_was_told_first_is_not_told_again(
    stepper: Stepper, books: Books, later: str
):
    """Linked in one order and matched in the other, as by two workers."""
    watch(stepper.runtime.database, QUARRY_RULE)
    _drop_quarry(stepper, "first.json")
    stepper.drop("second.json", record(QUARRY_TITLE, later, outlet="Osmund Wire"))
    stepper.settle(until=LINK)
    assert books.article("first.json").development == 1

    stepper.work(MATCH, [books.article("second.json").id])
    stepper.settle()

    assert books.reasons() == {
        "second.json": ("told", "first_in_story"),
        "first.json": ("suppressed", "copy_of_known"),
    }
    assert len(books.messages()) == 1
