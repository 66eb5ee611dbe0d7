"""Rules do not read furniture, by the latest mask of each article."""

from collections.abc import Sequence

from sqlalchemy import insert, select

from services.alert.jobs import match_articles
from shared.steps import LINK, MATCH
from shared.tables import articles, furniture_masks, matches
from tests.clocks import NOON
from tests.e2e.books import Books
from tests.e2e.corpus import LANTERN, record
from tests.e2e.stepping import Stepper
from tests.e2e.watching import watch

BLOCK = "Most read: ferries of Osmund strike again"
TEXT = f"{BLOCK}\n\n{LANTERN}"
RULES = {"ferries": "ferries", "moth": '"lantern moth"', "near": "Osmund NEAR/20 moth"}
TITLE = "A finding on the Isle of Perrin"


def _drop(stepper: Stepper) -> int:
    watch(stepper.runtime.database, RULES)
    stepper.drop("moth.json", record(TITLE, TEXT))
    stepper.settle(until=LINK)
    return int(Books(stepper.runtime.database).article("moth.json").id)


def _mask(stepper: Stepper, article_id: int, version: int, spans: Sequence[Sequence[int]]) -> None:
    with stepper.runtime.database.write() as connection:
        connection.execute(
            insert(furniture_masks).values(
                article_id=article_id, version=version, method="test", spans=spans, judged_at=NOON
            )
        )


def _matched_rules(books: Books) -> set[str]:
    return {row.rule for row in books.ledger()}


def test_what_stands_only_in_furniture_alerts_nobody(stepper: Stepper, books: Books):
    _mask(stepper, _drop(stepper), 1, [[0, len(BLOCK)]])

    stepper.settle()

    assert _matched_rules(books) == {"moth"}
    text = books.article("moth.json").text
    for match in books.rows(select(matches)):
        for span in match.evidence:
            assert text[span["start"] : span["end"]] == span["text"]


def test_the_latest_mask_counts(stepper: Stepper, books: Books):
    article_id = _drop(stepper)
    _mask(stepper, article_id, 2, [])
    _mask(stepper, article_id, 1, [[0, len(TEXT)]])

    stepper.settle()

    assert _matched_rules(books) == set(RULES)


def test_a_match_that_was_told_stays_when_its_words_prove_to_be_furniture(
    stepper: Stepper, books: Books
):
    article_id = _drop(stepper)
    stepper.settle()
    told = books.ledger()

    _mask(stepper, article_id, 1, [[0, len(TEXT)]])
    with stepper.runtime.database.write() as connection:
        stepper.runtime.work.move(
            connection, articles, [article_id], states=["matched"], to=MATCH.state
        )
    match_articles(stepper.matching, [article_id])
    stepper.settle()

    assert books.ledger() == told
    assert len(books.rows(select(matches))) == len(RULES)
