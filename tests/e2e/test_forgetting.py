"""Old rows go by themselves while newswatch runs."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select, update

from shared.clock import utc_now
from shared.tables import article_fingerprints, articles
from tests.e2e.corpus import LANTERN, LANTERN_TITLE, record
from tests.e2e.newsroom import Newsroom, wait_until


def test_a_running_newsroom_drops_fingerprints_that_are_too_old(
    open_newsroom: Callable[..., Newsroom],
):
    newsroom = open_newsroom(fingerprints={"keep_days": 30})
    with newsroom.open():
        newsroom.drop("moth.json", record(LANTERN_TITLE, LANTERN))
        newsroom.settle()
        assert newsroom.books.rows(select(article_fingerprints))
        with newsroom.runtime.database.write() as connection:
            then = utc_now() - timedelta(days=60)
            connection.execute(update(articles).values(received_at=then))
        wait_until(
            lambda: not newsroom.books.rows(select(article_fingerprints)), "the old rows are gone"
        )
