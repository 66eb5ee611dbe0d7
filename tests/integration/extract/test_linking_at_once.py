"""Articles linked and matched at the same time, on PostgreSQL: interleavings forced by locks."""

import threading
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, select, text

from services.extract.store.stories import lock_stories
from shared.runtime import Runtime
from shared.steps import EXTRACT, LINK, MATCH
from shared.tables import articles, stories
from tests.e2e.books import Books
from tests.e2e.corpus import (
    LANTERN,
    LANTERN_TITLE,
    QUARRY,
    QUARRY_TITLE,
    record,
    report,
)
from tests.e2e.newsroom import wait_until
from tests.e2e.stepping import Stepper
from tests.e2e.watching import watch
from tests.integration.alert.regrouped import merge_stories
from tests.integration.extract.coverage import CORPUS, STORIES
from tests.integration.extract.racing import DEADLINE_SECONDS, at_once

PAIRS = 50


def test_two_halves_of_a_duplicate_released_together_never_split_a_story(
    postgres_runtime: Runtime, open_at, postgres_url: str, tmp_path: Path
):
    """Fifty times over: two workers, two connections, one barrier."""
    other_runtime = open_at(postgres_url)
    first, second = (
        Stepper(postgres_runtime, tmp_path / "1"),
        Stepper(other_runtime, tmp_path / "2"),
    )
    watch(postgres_runtime.database, {"depot": "depot"})
    books = Books(postgres_runtime.database)
    for number in range(PAIRS):
        title, body = report(number)
        first.drop(f"{number}-a.json", record(title, body, outlet="Osmund Wire"))
        second.drop(f"{number}-b.json", record(title, body, outlet="Tarn Times"))
    for stepper in (first, second):
        stepper.settle(until=EXTRACT)
    ids = {row.name: row.id for row in books.articles()}

    def work(stepper: Stepper, half: str, number: int):
        article_id = ids[f"{number}-{half}.json"]
        stepper.work(LINK, [article_id])
        stepper.work(MATCH, [article_id])

    for number in range(PAIRS):
        at_once(partial(work, first, "a", number), partial(work, second, "b", number))
    first.settle()

    home = {name: group for group in books.stories() for name in group}
    split = [n for n in range(PAIRS) if home[f"{n}-a.json"] != home[f"{n}-b.json"]]
    assert split == []
    assert set(books.alerts().values()) == {1}
    assert len(books.alerts()) == len(books.stories())
    reasons = books.reasons()
    told = [sorted(reasons[f"{number}-{half}.json"][1] for half in "ab") for number in range(PAIRS)]
    assert told == [["copy_of_known", "first_in_story"]] * PAIRS
    assert {row.state for row in books.rows(select(articles))} == {"matched"}


def test_a_match_that_read_its_story_before_a_merge_opens_no_second_alert(
    postgres_runtime: Runtime, open_at, postgres_url: str, tmp_path: Path
):
    """Match reads its story; a merge, already holding both, commits; the match then writes."""
    stepper = Stepper(postgres_runtime, tmp_path / "1")
    watch(postgres_runtime.database, {"news": "quarry OR moth"})
    books = Books(postgres_runtime.database)
    stepper.drop("quarry.json", record(QUARRY_TITLE, QUARRY))
    stepper.settle()
    stepper.drop("moth.json", record(LANTERN_TITLE, LANTERN))
    stepper.settle(until=LINK)
    winner = books.article("quarry.json").story_id
    loser = books.article("moth.json").story_id
    matcher = Stepper(open_at(postgres_url), tmp_path / "2")
    moth_id = books.article("moth.json").id

    merging = postgres_runtime.database.engine.connect()
    with merging.begin():
        lock_stories(merging)
        both = select(stories).where(stories.c.id.in_((loser, winner))).order_by(stories.c.id)
        merging.execute(both.with_for_update()).all()
        match = threading.Thread(target=matcher.work, args=[MATCH, [moth_id]])
        match.start()
        wait_until(lambda: _is_waiting_for_a_lock(postgres_runtime), "the match reaches its story")
        merge_stories(merging, postgres_runtime, loser=loser, winner=winner)
    merging.close()
    match.join(DEADLINE_SECONDS)
    stepper.settle()

    assert books.article("moth.json").state == "matched"
    assert books.alerts() == {("news", winner): 1}
    assert [row.state for row in books.ledger()] == ["told", "planned"]


def test_a_merge_waits_for_the_match_that_holds_its_story(
    postgres_runtime: Runtime, open_at, postgres_url: str, tmp_path: Path
):
    """The other way round: the match holds its story, the merge comes second, the alerts fold."""
    stepper = Stepper(postgres_runtime, tmp_path / "1")
    watch(postgres_runtime.database, {"news": "quarry OR moth"})
    books = Books(postgres_runtime.database)
    stepper.drop("quarry.json", record(QUARRY_TITLE, QUARRY))
    stepper.drop("moth.json", record(LANTERN_TITLE, LANTERN))
    stepper.settle()
    winner = books.article("quarry.json").story_id
    loser = books.article("moth.json").story_id
    other = open_at(postgres_url)

    def merge():
        with other.database.write() as connection:
            merge_stories(connection, other, loser=loser, winner=winner)

    matching = postgres_runtime.database.engine.connect()
    with matching.begin():
        matching.execute(
            select(stories).where(stories.c.id == loser).with_for_update(key_share=True)
        )
        merging = threading.Thread(target=merge)
        merging.start()
        wait_until(lambda: _is_waiting_for_a_lock(postgres_runtime), "the merge waits")
        assert _merged_into(matching, loser) is None
    matching.close()
    merging.join(DEADLINE_SECONDS)
    stepper.settle()

    assert books.alerts() == {("news", winner): 1}


def test_linking_does_not_wait_for_a_message_that_only_refers_to_its_story(
    postgres_runtime: Runtime, tmp_path: Path
):
    """The lock that the foreign key of an uncommitted message takes on its story."""
    stepper = Stepper(postgres_runtime, tmp_path)
    books = Books(postgres_runtime.database)
    stepper.drop("wire.json", CORPUS["wire.json"])
    stepper.settle()
    stepper.drop("retold.json", CORPUS["retold.json"])
    stepper.settle(until=EXTRACT)

    with postgres_runtime.database.engine.connect() as gathering:
        story = select(stories).where(stories.c.id == books.article("wire.json").story_id)
        gathering.execute(story.with_for_update(read=True, key_share=True)).all()
        linking = threading.Thread(target=stepper.work, args=[LINK])
        linking.start()
        linking.join(DEADLINE_SECONDS)
        was_waiting = linking.is_alive()
    linking.join(DEADLINE_SECONDS)

    assert not was_waiting
    assert books.stories() == {frozenset({"wire.json", "retold.json"})}


def test_many_workers_on_many_articles_of_few_stories_give_the_stories_of_one_worker(
    postgres_runtime: Runtime, open_at, postgres_url: str, tmp_path: Path
):
    steppers = [Stepper(open_at(postgres_url), tmp_path / str(n)) for n in range(3)]
    watch(postgres_runtime.database, {"news": "quarry OR moth OR depot"})
    for place in range(3):
        for name, content in CORPUS.items():
            steppers[place].drop(f"{place}-{name}", content)
        title, body = report(7)
        steppers[place].drop(f"{place}-report.json", record(title, body, published="2026-03-01"))
    steppers[0].settle(until=EXTRACT)
    ids = steppers[0].due(LINK)

    def work(stepper: Stepper, own: list[int]):
        for article_id in own:
            stepper.work(LINK, [article_id])
            stepper.work(MATCH, [article_id])

    at_once(*(partial(work, steppers[n], ids[n::3]) for n in range(3)))
    steppers[0].settle()

    books = Books(postgres_runtime.database)
    kinds = {frozenset(name.partition("-")[2] for name in group) for group in books.stories()}
    assert len(books.stories()) == 3
    assert kinds == STORIES | {frozenset({"report.json"})}
    assert set(books.alerts().values()) == {1}
    assert {row.state for row in books.rows(select(articles))} == {"matched"}


def _is_waiting_for_a_lock(runtime: Runtime) -> bool:
    with runtime.database.engine.connect() as connection:
        waiting = connection.execute(
            text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND wait_event_type = 'Lock'"
            )
        )
        return bool(waiting.scalar_one())


def _merged_into(connection: Connection, story_id: int) -> int | None:
    found: int | None = connection.execute(
        select(stories.c.merged_into).where(stories.c.id == story_id)
    ).scalar_one()
    return found
