"""Looking up who may share words: what is common costs no more than its cap, and caps speak."""

from collections.abc import Collection

import pytest
from sqlalchemy import delete, insert, update

from services.extract.jobs.judging import Judged, judge_marks
from services.extract.jobs.kinship import Kinship
from services.extract.jobs.memory import Memory
from services.extract.reuse import COMMON_ARTICLES
from services.extract.reuse.furniture import GRAM
from services.extract.store.furniture import HOLDERS, Mark
from services.extract.store.reuse_candidates import MOST_CANDIDATES, find_reuse
from services.extract.store.stored_articles import load_articles
from shared.steps import EXTRACT
from shared.tables import article_fingerprints, article_lines, articles
from tests.e2e.books import Books
from tests.e2e.corpus import record, report
from tests.e2e.stepping import Stepper
from tests.rows import add_story

OTHERS = MOST_CANDIDATES + 3


@pytest.fixture
def ids(stepper: Stepper, books: Books) -> list[int]:
    """One article, then the others; no fingerprints, no lines."""
    feed = "\n".join(record(*report(number)) for number in range(OTHERS + 1))
    stepper.drop("feed.jsonl", feed)
    stepper.settle(until=EXTRACT)
    with stepper.runtime.database.write() as connection:
        connection.execute(delete(article_fingerprints))
        connection.execute(delete(article_lines))
    return [row.id for row in books.articles()]


def _store(stepper: Stepper, grams: dict[int, list[int]]):
    """Let each of *grams* stand in the articles given."""
    rows = [
        {"fingerprint": gram, "article_id": holder, "day": 0}
        for gram, holders in grams.items()
        for holder in holders
    ]
    with stepper.runtime.database.write() as connection:
        connection.execute(insert(article_fingerprints), rows)


def _judge(stepper: Stepper, article_id: int) -> Judged:
    with stepper.runtime.database.read() as connection:
        return judge_marks(connection, Kinship(Memory()), article_id)


def _find(stepper: Stepper, article_id: int, grams: Collection[int]) -> set[int]:
    with stepper.runtime.database.read() as connection:
        article = load_articles(connection, [article_id])[article_id]
        return find_reuse(connection, article, [Mark(GRAM, gram) for gram in grams], frozenset())


@pytest.mark.parametrize(
    ("holders", "is_common"),
    [
        pytest.param(COMMON_ARTICLES, False, id="at-the-cap"),
        pytest.param(COMMON_ARTICLES + 1, True, id="one-more"),
        pytest.param(OTHERS, True, id="many-more"),
    ],
)
def test_a_gram_in_too_many_articles_is_furniture(
    stepper: Stepper, ids: list[int], holders: int, is_common: bool
):
    _store(stepper, {7: ids[:holders], 8: ids[:1]})

    judged = _judge(stepper, ids[0])

    assert judged.furniture == ({Mark(GRAM, 7)} if is_common else set())
    assert judged.pages == (set(ids[1:HOLDERS]) if is_common else set())


def test_furniture_that_is_known_late_is_said_to_be(
    stepper: Stepper, ids: list[int], caplog: pytest.LogCaptureFixture
):
    _store(stepper, {7: ids})
    with stepper.runtime.database.write() as connection:
        story_id = add_story(connection)
        connection.execute(update(articles).values(story_id=story_id))

    judged = _judge(stepper, ids[-1])

    assert judged.pages == set(ids[:HOLDERS])
    assert f"only the first {HOLDERS} are compared again" in caplog.text


def test_a_text_that_very_many_carry_is_no_furniture(stepper: Stepper, ids: list[int]):
    _store(stepper, {7: ids})
    with stepper.runtime.database.write() as connection:
        connection.execute(update(articles).values(content_hash="the same words"))

    assert _judge(stepper, ids[0]).furniture == set()


def test_a_gram_leads_to_no_more_articles_than_it_is_judged_by(stepper: Stepper, ids: list[int]):
    _store(stepper, {7: ids})

    assert _find(stepper, ids[0], [7]) == set(ids[1 : COMMON_ARTICLES + 1])


def test_of_very_many_articles_those_with_most_words_in_common_are_compared_and_the_rest_is_said(
    stepper: Stepper, ids: list[int], caplog: pytest.LogCaptureFixture
):
    own, *others = ids
    # Each gram stands in one other article; the last ones share two.
    grams = {place: [own, other] for place, other in enumerate(others)}
    grams |= {1000 + place: [own, other] for place, other in enumerate(others[-10:])}
    _store(stepper, grams)

    found = _find(stepper, own, grams)

    assert found == {*others[-10:], *others[: MOST_CANDIDATES - 10]}
    assert f"3 of {OTHERS} were not compared" in caplog.text
