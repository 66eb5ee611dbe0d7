"""Looking up who may share words: what is common costs no more than its cap, and caps speak."""

import pytest
from sqlalchemy import delete, insert

from services.extract.reuse import COMMON_ARTICLES
from services.extract.store.reuse_candidates import MOST_CANDIDATES, find_reuse
from services.extract.store.stored_articles import load_articles
from shared.steps import EXTRACT
from shared.tables import article_fingerprints
from tests.e2e.books import Books
from tests.e2e.corpus import record, report
from tests.e2e.stepping import Stepper

OTHERS = MOST_CANDIDATES + 3


@pytest.fixture
def ids(stepper: Stepper, books: Books) -> list[int]:
    """One article, then the others; no fingerprints."""
    feed = "\n".join(record(*report(number)) for number in range(OTHERS + 1))
    stepper.drop("feed.jsonl", feed)
    stepper.settle(until=EXTRACT)
    with stepper.runtime.database.write() as connection:
        connection.execute(delete(article_fingerprints))
    return [row.id for row in books.articles()]


def _find(stepper: Stepper, article_id: int, grams: dict[int, list[int]]):
    """Look around from *article_id*, where each of *grams* stands in the articles given."""
    rows = [
        {"fingerprint": gram, "article_id": holder, "day": 0}
        for gram, holders in grams.items()
        for holder in holders
    ]
    with stepper.runtime.database.write() as connection:
        connection.execute(insert(article_fingerprints), rows)
        return find_reuse(connection, load_articles(connection, [article_id])[article_id])


@pytest.mark.parametrize(
    ("holders", "is_common"),
    [
        pytest.param(COMMON_ARTICLES, False, id="at-the-cap"),
        pytest.param(COMMON_ARTICLES + 1, True, id="one-more"),
        pytest.param(OTHERS, True, id="many-more"),
    ],
)
def test_a_gram_in_too_many_articles_is_furniture_and_leads_to_none_of_them(
    stepper: Stepper, ids: list[int], holders: int, is_common: bool
):
    found = _find(stepper, ids[0], {7: ids[:holders], 8: ids[:1]})

    assert found.furniture == ({7} if is_common else set())
    assert found.ids == (set() if is_common else set(ids[1:holders]))


def test_of_very_many_articles_those_with_most_words_in_common_are_compared_and_the_rest_is_said(
    stepper: Stepper, ids: list[int], caplog: pytest.LogCaptureFixture
):
    own, *others = ids
    # Each gram stands in one other article, so none is furniture; the last ones share two.
    grams = {place: [own, other] for place, other in enumerate(others)}
    grams |= {1000 + place: [own, other] for place, other in enumerate(others[-10:])}

    found = _find(stepper, own, grams)

    assert found.ids == frozenset(others[-10:] + others[: MOST_CANDIDATES - 10])
    assert f"3 of {OTHERS} were not compared" in caplog.text
