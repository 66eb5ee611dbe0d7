"""What finds old articles again is dropped by age, a bounded part at a time; hashes stay."""

import logging
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from services.extract.drafts import arrival_day
from services.extract.jobs.forgetting import forget_old_rows
from shared.runtime import Runtime
from shared.steps import LINK
from shared.tables import article_fingerprints, article_lines, article_terms
from tests.clocks import NOON, FixedClock
from tests.conftest import NewRuntime
from tests.e2e.books import Books
from tests.e2e.corpus import LANTERN, LANTERN_TITLE, QUARRY, QUARRY_TITLE, record
from tests.e2e.stepping import Stepper
from tests.rows import add_article

DAY_SECONDS = 86_400.0
KEEP_DAYS = 30


@pytest.fixture
def forgetful(new_runtime: NewRuntime, frozen_clock: FixedClock) -> Runtime:
    return new_runtime(clock=frozen_clock, fingerprints={"keep_days": KEEP_DAYS})


def _kept(runtime: Runtime) -> dict[str, set[int]]:
    """Return for each table the articles that have rows in it."""
    with runtime.database.read() as connection:
        return {
            table.name: set(connection.scalars(select(table.c.article_id)))
            for table in (article_fingerprints, article_lines, article_terms)
        }


def _add(runtime: Runtime, received_at: datetime, *, published: datetime | None = None) -> int:
    """Add an article with one row in each table."""
    with runtime.database.write() as connection:
        article_id = add_article(connection, received_at=received_at)
        day = arrival_day(received_at)
        for table, hashed in ((article_fingerprints, "fingerprint"), (article_lines, "line")):
            row = {hashed: 7, "article_id": article_id, "day": day}
            connection.execute(insert(table).values(row))
        connection.execute(
            insert(article_terms).values(
                term="moth",
                day=arrival_day(published or received_at),
                article_id=article_id,
                weight=1.0,
            )
        )
    return article_id


def test_rows_go_when_their_article_arrived_more_than_the_days_kept_ago(
    forgetful: Runtime, caplog: pytest.LogCaptureFixture
):
    midnight = NOON.replace(hour=0) - timedelta(days=KEEP_DAYS)
    gone = _add(forgetful, midnight - timedelta(seconds=1))
    stays = _add(forgetful, midnight)

    with caplog.at_level(logging.INFO, "newswatch.extract"):
        dropped = forget_old_rows(forgetful)

    assert dropped == 3
    assert gone != stays
    assert list(_kept(forgetful).values()) == [{stays}] * 3
    said = "1 of article_fingerprints, 1 of article_lines, 1 of article_terms"
    assert caplog.messages == [f"dropped rows of articles from before 2026-01-31: {said}"]


def test_terms_go_by_the_day_of_arrival_not_by_that_of_publication(forgetful: Runtime):
    late = _add(forgetful, NOON, published=NOON - timedelta(days=400))

    assert forget_old_rows(forgetful) == 0
    assert _kept(forgetful)["article_terms"] == {late}


def test_a_long_past_is_dropped_part_by_part(forgetful: Runtime):
    for number in range(45):
        _add(forgetful, NOON - timedelta(days=90 - number))

    dropped = [forget_old_rows(forgetful) for _ in range(4)]

    assert dropped == [60, 60, 15, 0]


def test_by_default_nothing_is_dropped(new_runtime: NewRuntime, frozen_clock: FixedClock):
    runtime = new_runtime(clock=frozen_clock)
    kept = _add(runtime, NOON - timedelta(days=4000))

    assert forget_old_rows(runtime) == 0
    assert _kept(runtime)["article_lines"] == {kept}


def test_an_equal_text_is_known_for_one_after_all_that_finds_it_by_its_words_is_gone(
    forgetful: Runtime, frozen_clock: FixedClock, tmp_path: Path
):
    stepper, books = Stepper(forgetful, tmp_path), Books(forgetful.database)
    for name, title, text in (("a", QUARRY_TITLE, QUARRY), ("b", LANTERN_TITLE, LANTERN)):
        stepper.drop(f"{name}.json", record(title, text, outlet="Osmund Wire"))
    stepper.settle(until=LINK)
    frozen_clock.advance(seconds=(KEEP_DAYS + 1) * DAY_SECONDS)

    assert forget_old_rows(forgetful) > 100
    with forgetful.database.read() as connection:
        assert not connection.scalar(select(func.count()).select_from(article_fingerprints))
    stepper.drop("again.json", record(QUARRY_TITLE, QUARRY, outlet="Tarn Times"))
    stepper.drop("longer.json", record(LANTERN_TITLE, f"{LANTERN} It rained.", outlet="Tarn Times"))
    stepper.settle()

    assert books.relations() == {frozenset({"a.json", "again.json"}): "exact"}
