"""Topics once furniture is known: what only a block of the outlet names is no topic."""

from sqlalchemy import select, update

from services.extract.store.tags import retag
from shared.steps import LINK
from shared.tables import article_tags, articles
from tests.e2e.books import Books
from tests.e2e.corpus import LANTERN, LANTERN_TITLE, record
from tests.e2e.stepping import Stepper

BLOCK = "More from this paper: dioxin clean-up at Bien Hoa; the week in pictures."


def _tags(books: Books) -> dict[str, list[str]]:
    return {
        row.topic: [span["text"] for span in row.evidence]
        for row in books.rows(select(article_tags))
    }


def _mask(stepper: Stepper, article_id: int, *blocks: tuple[int, int]) -> None:
    with stepper.runtime.database.write() as connection:
        retag(connection, stepper.linking.taxonomy, article_id, blocks)


def test_a_topic_goes_with_the_block_that_named_it_and_comes_back_without_the_mask(
    stepper: Stepper, books: Books
):
    stepper.drop("moth.json", record(LANTERN_TITLE, f"{LANTERN}\n\n{BLOCK}"))
    stepper.settle(until=LINK)
    article = books.article("moth.json")
    before = _tags(books)
    start = article.text.index(BLOCK)

    _mask(stepper, article.id, (start, start + len(BLOCK)))
    masked = _tags(books)
    _mask(stepper, article.id)

    assert "dioxin-remediation" in before
    assert "dioxin-remediation" not in masked
    assert _tags(books) == before


def test_tags_made_again_leave_those_of_other_articles_and_keep_their_evidence_in_place(
    stepper: Stepper, books: Books
):
    own = "Crews began dioxin remediation at the old air base of Bien Hoa this week."
    for name in ("one.json", "two.json"):
        stepper.drop(name, record(name, f"{BLOCK}\n\n{own} {LANTERN}", outlet=name))
    stepper.settle(until=LINK)
    one, two = books.article("one.json"), books.article("two.json")
    before = {row.article_id: row for row in books.rows(select(article_tags))}

    _mask(stepper, one.id, (0, len(BLOCK)))

    rows = {row.article_id: row for row in books.rows(select(article_tags))}
    assert rows[two.id] == before[two.id]
    evidence = rows[one.id].evidence
    assert all(span["start"] >= one.text.index(own) for span in evidence)
    assert {one.text[span["start"] : span["end"]] for span in evidence} == {
        span["text"] for span in evidence
    }


def test_tags_made_again_say_by_which_taxonomy(stepper: Stepper, books: Books):
    stepper.drop("moth.json", record(LANTERN_TITLE, LANTERN))
    stepper.settle(until=LINK)
    with stepper.runtime.database.write() as connection:
        connection.execute(update(articles).values(taxonomy_version="an older one"))

    _mask(stepper, books.article("moth.json").id)

    assert books.article("moth.json").taxonomy_version == stepper.linking.taxonomy.version
