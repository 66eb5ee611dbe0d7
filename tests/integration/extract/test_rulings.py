"""People merge and split stories; every later regrouping obeys, and undoing leaves no trace."""

import logging

import pytest
from sqlalchemy import select, update

from services.console.queries import get_story
from services.extract.events import FROZEN
from services.extract.jobs.ruling import (
    Ruled,
    RulingError,
    Said,
    merge_stories,
    split_story,
    undo_ruling,
)
from shared.steps import EXTRACT
from shared.tables import files, stories, story_events, story_rulings
from tests.e2e.books import Books
from tests.e2e.corpus import (
    LANTERN,
    LANTERN_TITLE,
    QUARRY,
    QUARRY_RETOLD,
    QUARRY_RETOLD_TITLE,
    QUARRY_TITLE,
    ROUND_UP,
    ROUND_UP_TITLE,
    record,
)
from tests.e2e.stepping import Stepper
from tests.e2e.watching import watch

WIRE, COPY, RETOLD, MOTH = "wire.json", "copy.json", "retold.json", "moth.json"
DROPS = {
    WIRE: record(QUARRY_TITLE, QUARRY, outlet="Osmund Wire"),
    COPY: record(QUARRY_TITLE, QUARRY, outlet="Tarn Times"),
    RETOLD: record(QUARRY_RETOLD_TITLE, QUARRY_RETOLD, outlet="Valley Voice"),
    MOTH: record(LANTERN_TITLE, LANTERN, outlet="Tarn Times"),
}
ANNA = Said("anna", "one accord, two names")


class Desk:
    """Somebody who rules by the names of files."""

    def __init__(self, stepper: Stepper, books: Books) -> None:
        self.stepper, self.books = stepper, books

    def drop(self, *names: str) -> None:
        for name in names:
            self.stepper.drop(name, DROPS[name.removeprefix("again-")])
            self.stepper.settle()

    def merge(self, one: str, other: str) -> Ruled:
        made = merge_stories(self.stepper.runtime, self.story(one), self.story(other), ANNA)
        self.stepper.settle()
        return made

    def split(self, *names: str) -> Ruled:
        ids = [self.books.article(name).id for name in names]
        made = split_story(self.stepper.runtime, self.story(names[0]), ids, ANNA)
        self.stepper.settle()
        return made

    def undo(self, made: Ruled) -> Ruled:
        undone = undo_ruling(self.stepper.runtime, made.ruling_id, "bert")
        self.stepper.settle()
        return undone

    def story(self, name: str) -> int:
        return int(self.books.article(name).story_id)

    def groups(self) -> list[list[str]]:
        return sorted(sorted(group) for group in self.books.stories())


@pytest.fixture
def desk(stepper: Stepper, books: Books) -> Desk:
    watch(stepper.runtime.database, {"news": "quarry OR moth"})
    return Desk(stepper, books)


def test_two_stories_ruled_one_stay_one_when_more_arrives(desk: Desk):
    desk.drop(WIRE, MOTH)
    quarry, moth = desk.story(WIRE), desk.story(MOTH)

    made = desk.merge(WIRE, MOTH)
    desk.drop(RETOLD, "again-moth.json")

    assert made.story_ids == [quarry]
    assert desk.groups() == [["again-moth.json", MOTH, RETOLD, WIRE]]
    merged = desk.books.rows(select(stories).where(stories.c.id == moth))[0]
    assert merged.merged_into == quarry
    assert list(desk.books.alerts()) == [("news", quarry)]


def test_articles_taken_out_stay_out_when_more_arrives(desk: Desk):
    desk.drop(WIRE, RETOLD)
    left = desk.story(WIRE)

    made = desk.split(RETOLD)
    desk.drop(COPY)

    assert desk.groups() == [[COPY, WIRE], [RETOLD]]
    assert (desk.story(WIRE), desk.story(RETOLD)) == (left, made.stories[3 - 1])


def test_what_was_told_before_a_merge_or_a_split_is_never_told_again(desk: Desk):
    desk.drop(WIRE, RETOLD, MOTH)
    told = [row for row in desk.books.ledger() if row.state == "told"]
    count = len(desk.books.messages())

    split = desk.split(RETOLD)
    merge = desk.merge(WIRE, MOTH)
    desk.undo(split)
    desk.undo(merge)

    assert [row for row in desk.books.ledger() if row.state == "told"] == told
    assert len(desk.books.messages()) == count
    assert set(desk.books.alerts().values()) == {1}


def test_undone_the_stories_are_what_the_links_say_and_old_ids_still_resolve(desk: Desk):
    desk.drop(WIRE, RETOLD, MOTH)
    before, moth = desk.groups(), desk.story(MOTH)

    desk.undo(desk.merge(WIRE, MOTH))

    assert desk.groups() == before
    assert desk.story(MOTH) not in {moth, desk.story(WIRE)}
    rows = {row.id: row.merged_into for row in desk.books.rows(select(stories))}
    assert rows[moth] == desk.story(WIRE)
    kinds = [row.kind for row in desk.books.rows(select(story_events).order_by(story_events.c.id))]
    assert kinds == ["merged", "split", "moved"]


def test_a_ruling_keeps_who_when_and_why_and_who_took_it_back(desk: Desk):
    desk.drop(WIRE, MOTH)

    desk.undo(desk.merge(WIRE, MOTH))

    (row,) = desk.books.rows(select(story_rulings))
    assert (row.kind, row.made_by, row.reason) == ("together", "anna", "one accord, two names")
    assert (row.undone_by, row.undone_at >= row.made_at) == ("bert", True)
    data = [row.data for row in desk.books.rows(select(story_events))]
    assert data == [{"ruling": row.id}] * 3


def test_what_a_newer_cleaner_makes_of_an_article_is_ruled_like_the_older(desk: Desk):
    desk.drop(WIRE, RETOLD)
    desk.split(RETOLD)
    article = desk.books.article(RETOLD)
    with desk.stepper.runtime.database.write() as connection:
        older = select(files.c.received_at).where(files.c.id == article.file_id)
        received_at = connection.execute(older).scalar_one()
    desk.stepper.drop("newer.json", DROPS[RETOLD])
    desk.stepper.settle(until=EXTRACT)
    with desk.stepper.runtime.database.write() as connection:
        connection.execute(
            update(files)
            .where(files.c.id == desk.books.article("newer.json").file_id)
            .values(revises=article.id, received_at=received_at)
        )

    desk.stepper.settle()

    assert desk.groups() == [["newer.json", RETOLD], [WIRE]]
    with pytest.raises(RulingError, match="the whole of"):
        desk.split(RETOLD)


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        pytest.param(
            lambda desk: merge_stories(desk.stepper.runtime, 1, 99, ANNA),
            "merge: there is no s99; newswatch stories lists them",
            id="no such story",
        ),
        pytest.param(
            lambda desk: merge_stories(desk.stepper.runtime, 1, 1, ANNA),
            "merge: s1 is one story already; name another beside it",
            id="one story",
        ),
        pytest.param(
            lambda desk: merge_stories(desk.stepper.runtime, 3, 1, ANNA),
            "merge: s3 is part of s2 already; name s2 instead",
            id="merged already",
        ),
        pytest.param(
            lambda desk: split_story(desk.stepper.runtime, 1, [99], ANNA),
            "split: there is no a99",
            id="no such article",
        ),
        pytest.param(
            lambda desk: split_story(desk.stepper.runtime, 1, [1, 3], ANNA),
            "split: a3 is not in s1, it is in s2",
            id="of another story",
        ),
        pytest.param(
            lambda desk: split_story(desk.stepper.runtime, 1, [1, 2], ANNA),
            "split: that is the whole of s1; name some of its articles, not all",
            id="all of it",
        ),
        pytest.param(
            lambda desk: split_story(desk.stepper.runtime, 1, [], ANNA),
            "split: name the articles to take out, such as a17 a18",
            id="none of it",
        ),
        pytest.param(
            lambda desk: split_story(desk.stepper.runtime, 2, [3], ANNA),
            "split: ru1 ties them; take that back first: newswatch stories undo ru1",
            id="against a merge",
        ),
        pytest.param(
            lambda desk: undo_ruling(desk.stepper.runtime, 9, "bert"),
            "there is no ruling ru9; newswatch stories rulings lists them",
            id="no such ruling",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_changes_nothing(
    sqlite_runtime, tmp_path, ask, words: str
):
    desk = Desk(Stepper(sqlite_runtime, tmp_path), Books(sqlite_runtime.database))
    desk.drop(WIRE, RETOLD, MOTH)
    desk.stepper.drop("post.json", record("A pier is painted", "The pier was painted. " * 9))
    desk.stepper.settle()
    desk.merge(MOTH, "post.json")
    before = desk.groups(), len(desk.books.rows(select(story_rulings)))

    with pytest.raises(RulingError) as error:
        ask(desk)

    assert str(error.value) == words
    assert (desk.groups(), len(desk.books.rows(select(story_rulings)))) == before


def test_what_was_split_is_merged_again_only_after_an_undo(desk: Desk):
    desk.drop(WIRE, RETOLD)
    made = desk.split(RETOLD)

    with pytest.raises(RulingError, match=r"ru1 keeps some of them apart; .* undo ru1"):
        desk.merge(WIRE, RETOLD)
    desk.undo(made)

    assert desk.groups() == [[RETOLD, WIRE]]
    with pytest.raises(RulingError, match="ru1 was undone already, by bert at "):
        desk.undo(made)


def test_an_article_that_is_not_linked_yet_is_not_ruled_on(desk: Desk):
    desk.drop(WIRE)
    desk.stepper.drop(MOTH, DROPS[MOTH])
    desk.stepper.settle(until=EXTRACT)

    with pytest.raises(RulingError, match="a2 is not linked yet; try again when it is"):
        split_story(desk.stepper.runtime, 1, [2], ANNA)
    desk.stepper.settle()


def test_a_theme_that_was_cut_stays_cut_and_a_frozen_story_takes_its_nearest_in(desk: Desk):
    desk.drop(WIRE)
    _set_floor(desk, WIRE, FROZEN)

    desk.drop(COPY)

    assert desk.groups() == [[COPY, WIRE]]
    assert [row.link_floor for row in desk.books.rows(select(stories))] == [FROZEN]


def test_a_theme_too_large_is_said_in_the_log_and_in_the_story(
    desk: Desk, caplog: pytest.LogCaptureFixture
):
    desk.drop(WIRE, MOTH)
    _set_floor(desk, MOTH, 0.5)
    with caplog.at_level(logging.WARNING, "newswatch.link"):
        desk.stepper.drop("round-up.json", record(ROUND_UP_TITLE, ROUND_UP, outlet="Weekly"))
        desk.stepper.settle()

    assert "a very large theme was cut: links below 0.5 do not count" in caplog.text
    with desk.stepper.runtime.database.read() as connection:
        story = get_story(connection, desk.story(WIRE))
    assert story is not None
    assert story.cut_in_words == "part of a very large theme: links below 0.50 do not count in it"


def _set_floor(desk: Desk, name: str, floor: float) -> None:
    """As if five hundred more articles had come."""
    with desk.stepper.runtime.database.write() as connection:
        own = stories.c.id == desk.story(name)
        connection.execute(update(stories).where(own).values(link_floor=floor))
