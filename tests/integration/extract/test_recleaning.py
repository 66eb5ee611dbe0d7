"""A newer cleaner over the archive: what it would change, and the revisions that come of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from services.console.queries import get_article, get_story, list_alerts, list_topics, trace
from services.console.queries.stories import list_stories
from services.extract.drafts import CLEANER_VERSION
from services.extract.jobs.recleaning import Finding, Recleaner, Selection, Verdict
from services.extract.outcome import Reading, ReadRequest, Reason, Rejection
from shared.errors import SettingsError
from shared.model import Field, Source
from shared.steps import EXTRACT, LINK
from shared.tables import articles, files, matches
from tests.clocks import NOON, FixedClock
from tests.e2e.books import Books
from tests.e2e.corpus import (
    LANTERN,
    LANTERN_TITLE,
    QUARRY,
    QUARRY_CORRECTED,
    QUARRY_RETOLD,
    QUARRY_RETOLD_TITLE,
    QUARRY_TITLE,
    record,
    report,
)
from tests.e2e.stepping import ReadsHere, Stepper
from tests.e2e.watching import watch

OLDER = "0"
TAIL = "Back to top. More from our glacier desk."
LOST = "\n\nThe Hollin quarry supplied slate"
ALL = Selection()


class OlderCleaner(ReadsHere):
    """Leaves the name of the outlet in the title, and what stands below the article."""

    def read(self, data: bytes, request: ReadRequest) -> Reading:
        """Read one file as it was read once."""
        reading = super().read(data, request)
        article = reading.article
        if article is None:
            return reading
        title = Field(f"{article.value('title')} - The Paper", Source.PAGE, 0.6)
        fields = {**article.fields, "title": title}
        read = replace(article, text=f"{article.text}\n\n{TAIL}", fields=fields)
        return replace(reading, article=read)


class ForgetfulCleaner(ReadsHere):
    """Loses what stands below the first paragraphs."""

    def read(self, data: bytes, request: ReadRequest) -> Reading:
        """Read one file, but not to its end."""
        reading = super().read(data, request)
        article = reading.article
        if article is None:
            return reading
        return replace(reading, article=replace(article, text=article.text.partition(LOST)[0]))


class StricterCleaner(ReadsHere):
    """Takes nothing any more."""

    def read(self, data: bytes, request: ReadRequest) -> Reading:
        """Refuse one file."""
        return Reading("json", rejection=Rejection(Reason.NO_TEXT, "There is a menu, no article."))


class Archive:
    """Articles that an older cleaner read, and the way to clean them again."""

    def __init__(self, stepper: Stepper, folder: Path, older: ReadsHere | None = None) -> None:
        self.stepper = stepper
        self.runtime = stepper.runtime
        sandbox = older or OlderCleaner()
        self._older = Stepper(stepper.runtime, folder / "older", sandbox=sandbox)

    def drop(self, name: str, content: str, **where: str) -> None:
        """Drop a file and let the older cleaner read it."""
        self._older.drop(name, content, **where)
        self._older.settle()
        self._grow_older(articles.c.file_id == files.c.id, files.c.name.endswith(name))

    def drop_clean(self, name: str, content: str) -> None:
        """Drop a file that an older cleaner read no worse than this one."""
        self.stepper.drop(name, content)
        self.stepper.settle()
        self._grow_older(articles.c.file_id == files.c.id, files.c.name.endswith(name))

    def _grow_older(self, *which: Any) -> None:
        own = select(files.c.id).where(*which)
        with self.runtime.database.write() as connection:
            connection.execute(
                update(articles).where(articles.c.file_id.in_(own)).values(cleaner_version=OLDER)
            )

    def reclean(
        self, selection: Selection = ALL, *, apply: bool = False, sandbox: ReadsHere | None = None
    ) -> list[Finding]:
        """Clean again what *selection* asks for."""
        taxonomy = self.stepper.reading.taxonomy
        recleaner = Recleaner(self.runtime, sandbox or ReadsHere(), taxonomy)
        return list(recleaner.run(selection, apply=apply))

    def apply(self, selection: Selection = ALL) -> list[Finding]:
        """Clean again, and let the ordinary jobs do the rest."""
        found = self.reclean(selection, apply=True)
        self.stepper.settle()
        return found


@pytest.fixture
def archive(stepper: Stepper, tmp_path: Path) -> Archive:
    return Archive(stepper, tmp_path)


def _verdicts(found: list[Finding]) -> dict[int, str]:
    return {each.article_id: each.verdict.value for each in found}


def _rows(books: Books) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that cleaning again could touch."""
    tables = (files, articles, matches)
    return {table.name: [tuple(row) for row in books.rows(select(table))] for table in tables}


def _drop_quarry(archive: Archive, name: str = "wire.json", **fields: Any) -> None:
    said: Mapping[str, Any] = {"outlet": "Osmund Wire", "published": "2026-03-01"} | fields
    archive.drop(name, record(QUARRY_TITLE, QUARRY, **said))


def test_looking_tells_what_would_change_and_stores_nothing(archive: Archive, books: Books):
    _drop_quarry(archive)
    before = _rows(books)

    (found,) = archive.reclean()

    assert (found.article_id, found.verdict, found.new_file_id) == (1, Verdict.CHANGED, None)
    assert found.title == f"{QUARRY_TITLE} - The Paper"
    assert found.difference is not None
    (title,) = found.difference.fields
    assert (title.name, title.before, title.after) == (
        "title",
        f"{QUARRY_TITLE} - The Paper",
        QUARRY_TITLE,
    )
    assert [line for line in found.difference.text if line[0] == "-"] == ["-", f"-{TAIL}"]
    assert not [line for line in found.difference.text if line[0] == "+"]
    assert _rows(books) == before


def test_a_change_becomes_a_revision_of_the_older_article_which_stays(
    archive: Archive, books: Books, frozen_clock: FixedClock
):
    _drop_quarry(archive)
    old = books.article("wire.json")
    frozen_clock.advance(seconds=86_400 * 20)

    archive.apply()

    first, second = books.articles()
    assert first == old
    assert (second.text, second.title) == (QUARRY, QUARRY_TITLE)
    assert (second.outcome, second.refers_to) == ("revision", 1)
    assert second.outcome_reason == f"cleaned again: cleaner {CLEANER_VERSION} instead of {OLDER}"
    assert (second.story_id, second.development) == (first.story_id, None)
    assert second.novelty["kind"] == "nothing_new"
    assert second.received_at == first.received_at
    taken, again = books.files()
    assert (again.origin, again.revises, again.outcome) == ("reclean", 1, "read")
    same = ("name", "name_bytes", "outlet", "sha256", "size", "modified_at", "received_at")
    assert [getattr(again, name) for name in same] == [getattr(taken, name) for name in same]


def test_what_it_says_of_itself_does_not_make_it_another_articles_revision(
    archive: Archive, books: Books
):
    """Its address and title now are those of a later version, which is nearer by every rule."""
    address = {"url": "https://wire.example/quarry"}
    _drop_quarry(archive, **address)
    corrected = record(QUARRY_TITLE, QUARRY_CORRECTED, outlet="Osmund Wire", **address)
    archive.stepper.drop("later.json", corrected)
    archive.stepper.settle()

    archive.apply()

    again = books.articles()[-1]
    assert (again.outcome, again.refers_to, again.development) == ("revision", 1, None)


def test_a_second_time_there_is_nothing_to_do(archive: Archive, books: Books):
    _drop_quarry(archive)
    archive.drop_clean("moth.json", record(LANTERN_TITLE, LANTERN))
    first = archive.apply()
    assert _verdicts(first) == {1: "changed", 2: "unchanged"}
    before = _rows(books)

    assert archive.reclean() == []
    assert archive.apply() == []

    assert _rows(books) == before


def test_applying_again_before_the_first_is_worked_through_makes_nothing_twice(
    archive: Archive, books: Books
):
    _drop_quarry(archive)
    (first,) = archive.reclean(apply=True)

    assert archive.reclean(apply=True) == []
    (named,) = archive.reclean(Selection(ids=(1,)), apply=True)

    assert named.verdict is Verdict.PASSED_OVER
    assert f"f{first.new_file_id} cleans it again" in (named.detail or "")
    assert len(books.files()) == 2
    archive.stepper.settle()


def test_two_that_apply_at_once_make_one_revision(archive: Archive, books: Books):
    _drop_quarry(archive)

    class Slow(ReadsHere):
        def read(self, data: bytes, request: ReadRequest) -> Reading:
            if len(books.files()) == 1:
                archive.reclean(apply=True)
            return super().read(data, request)

    (late,) = archive.reclean(apply=True, sandbox=Slow())

    assert late.new_file_id is None
    assert [row.revises for row in books.files()] == [None, 1]
    archive.stepper.settle()


def test_what_the_newer_cleaner_gives_as_well_is_its_own_from_then_on(
    archive: Archive, books: Books
):
    archive.drop_clean("moth.json", record(LANTERN_TITLE, LANTERN))
    (looked,) = archive.reclean()
    assert looked.verdict is Verdict.UNCHANGED
    assert books.article("moth.json").cleaner_version == OLDER

    archive.apply()

    assert books.article("moth.json").cleaner_version == CLEANER_VERSION
    assert len(books.files()) == 1


def test_the_next_cleaner_revises_the_last_revision_and_not_what_that_revised(
    archive: Archive, books: Books
):
    _drop_quarry(archive)
    archive.apply()
    archive._grow_older(files.c.revises == 1)
    with archive.runtime.database.write() as connection:
        connection.execute(
            update(articles).where(articles.c.id == 2).values(text=f"{QUARRY}\n\nShare this.")
        )

    found = archive.apply()

    assert _verdicts(found) == {2: "changed"}
    assert [row.refers_to for row in books.articles()] == [None, 1, 2]
    assert len({row.story_id for row in books.articles()}) == 1
    with archive.runtime.database.read() as connection:
        assert list_stories(connection).rows[0].article_count == 1


def test_nobody_is_told_again_and_no_alert_is_doubled(archive: Archive, books: Books):
    watch(archive.runtime.database, {"quarry": "Hollin AND quarry"})
    _drop_quarry(archive)
    assert books.reasons() == {"wire.json": ("told", "first_in_story")}

    archive.apply()

    assert books.alerts() == {("quarry", 1): 1}
    assert [(row.state, row.reason) for row in books.ledger()] == [
        ("told", "first_in_story"),
        ("suppressed", "recleaned"),
    ]
    assert len(books.messages()) == 1
    with archive.runtime.database.read() as connection:
        assert list_alerts(connection).rows[0].article_count == 1


def test_a_rule_that_only_the_newer_text_matches_is_recorded_and_tells_nobody(
    archive: Archive, books: Books
):
    watch(archive.runtime.database, {"clean": "quarry AND NOT glacier", "dirty": "glacier"})
    _drop_quarry(archive)
    assert [(row.rule, row.state) for row in books.ledger()] == [("dirty", "told")]

    archive.apply()

    assert [(row.rule, row.state, row.reason) for row in books.ledger()] == [
        ("dirty", "told", "first_in_story"),
        ("clean", "suppressed", "recleaned"),
    ]
    assert books.alerts() == {("dirty", 1): 1, ("clean", 1): 1}
    assert len(books.messages()) == 1
    assert [(row.article_id, row.outcome) for row in books.rows(select(matches))] == [
        (1, "matched"),
        (2, "matched"),
    ]


def test_who_was_not_told_of_it_hears_of_the_next_article_as_the_first(
    archive: Archive, books: Books
):
    watch(archive.runtime.database, {"clean": "quarry AND NOT glacier"})
    _drop_quarry(archive)
    archive.apply()

    retold = record(QUARRY_RETOLD_TITLE, QUARRY_RETOLD, outlet="Valley Voice")
    archive.stepper.drop("retold.json", retold)
    archive.stepper.settle()

    assert len(books.stories()) == 1
    assert books.ledger()[-1][-3:] == ("retold.json", "told", "first_in_story")


@pytest.mark.parametrize(
    "retold",
    [
        pytest.param(QUARRY, id="in the same words"),
        pytest.param(f"{QUARRY_RETOLD}{QUARRY[QUARRY.index(LOST) :]}", id="among other things"),
    ],
)
def test_what_an_older_cleaner_lost_is_told_when_another_outlet_reports_it(
    stepper: Stepper, books: Books, tmp_path: Path, retold: str
):
    archive = Archive(stepper, tmp_path, older=ForgetfulCleaner())
    watch(archive.runtime.database, {"quarry": "Hollin AND quarry"})
    _drop_quarry(archive)
    archive.apply()
    assert [LOST in row.text for row in books.articles()] == [False, True]

    stepper.drop("voice.json", record(QUARRY_RETOLD_TITLE, retold, outlet="Valley Voice"))
    stepper.settle()

    news = books.article("voice.json").novelty
    assert (news["kind"], news["basis"], news["copy_of"]) == ("adds_new", [1], None)
    found = retold.index(LOST) + len("\n\n")
    assert any(start <= found < end for start, end in news["sentences"])
    assert len(books.stories()) == 1
    assert [row.reason for row in books.ledger()] == ["first_in_story", "recleaned", "adds_new"]


def test_what_the_article_said_before_it_was_cleaned_again_stays_known(
    archive: Archive, books: Books
):
    watch(archive.runtime.database, {"quarry": "Hollin AND quarry"})
    _drop_quarry(archive)
    archive.apply()

    archive.stepper.drop("voice.json", record(QUARRY_TITLE, QUARRY, outlet="Valley Voice"))
    archive.stepper.settle()

    news = books.article("voice.json").novelty
    assert (news["kind"], news["basis"], news["copy_of"]) == ("nothing_new", [1], 1)
    assert books.ledger()[-1].reason == "copy_of_known"


def test_a_rule_made_after_the_original_came_does_not_meet_it_now(
    archive: Archive, books: Books, frozen_clock: FixedClock
):
    _drop_quarry(archive)
    frozen_clock.advance(seconds=60)
    watch(archive.runtime.database, {"quarry": "Hollin AND quarry"})

    archive.apply()

    assert not books.ledger()
    assert not books.alerts()


def test_a_story_counts_the_article_once_and_shows_both(archive: Archive, books: Books):
    _drop_quarry(archive)
    retold = record(QUARRY_RETOLD_TITLE, QUARRY_RETOLD, outlet="Valley Voice")
    archive.drop("retold.json", retold)

    archive.apply(Selection(ids=(1,)))

    with archive.runtime.database.read() as connection:
        story = get_story(connection, 1)
        old = get_article(connection, 1)
    assert story is not None
    assert old is not None
    summary = story.summary
    counts = (summary.article_count, summary.independent_count, summary.outlet_count)
    assert counts == (2, 2, 2)
    assert (summary.title, summary.lead_id) == (QUARRY_TITLE, 3)
    shown = [(member.article_id, member.is_lead, member.replaced_by) for member in story.members]
    assert shown == [(3, True, None), (2, False, None), (1, False, 3)]
    assert summary.developments == 2
    assert (old.replaced_by, old.text.endswith(TAIL)) == (3, True)


def test_a_topic_that_was_below_the_article_is_the_storys_no_more(
    archive: Archive, books: Books, monkeypatch: pytest.MonkeyPatch
):
    mines = "More: land mines and other unexploded ordnance were cleared by deminers."
    monkeypatch.setattr(f"{__name__}.TAIL", mines)
    _drop_quarry(archive)
    with archive.runtime.database.read() as connection:
        lost = set(list_stories(connection).rows[0].topics)
    assert lost

    (found,) = archive.apply()

    assert found.difference is not None
    assert set(found.difference.topics_lost) == lost
    with archive.runtime.database.read() as connection:
        assert list_stories(connection).rows[0].topics == ()
        assert list_stories(connection, topic=lost.pop()).rows == ()
        assert list_topics(connection) == ()


def test_a_trace_leads_from_the_older_article_to_the_newer_and_back(archive: Archive, books: Books):
    _drop_quarry(archive)
    archive.apply()

    with archive.runtime.database.read() as connection:
        ((old,), (new,)) = (trace(connection, asked).rows for asked in ("a1", "a2"))

    recleaned = next(step for step in old.steps if step.step == "recleaned")
    assert (str(recleaned.id), recleaned.words) == (
        "f2",
        "cleaned again from the same original, read",
    )
    assert "a1 cleaned again" in new.steps[0].words
    linked = next(step for step in new.steps if step.step == "linked")
    assert "cleaned again: cleaner" in linked.words
    assert new.file.revises == 1


def test_what_the_newer_cleaner_refuses_is_shown_and_left_alone(archive: Archive, books: Books):
    _drop_quarry(archive)
    before = _rows(books)

    (found,) = archive.reclean(apply=True, sandbox=StricterCleaner())

    assert (found.verdict, found.detail) == (
        Verdict.REFUSED,
        "no_text: There is a menu, no article.",
    )
    assert _rows(books) == before


def test_a_revision_that_could_not_be_read_takes_nobodys_place(
    archive: Archive, books: Books, tmp_path: Path
):
    _drop_quarry(archive)
    archive.reclean(apply=True)
    stricter = Stepper(archive.runtime, tmp_path / "stricter", sandbox=StricterCleaner())
    stricter.settle()
    assert books.files()[-1].outcome == "rejected:no_text"

    (again,) = archive.reclean(apply=True)

    assert again.verdict is Verdict.PASSED_OVER
    assert "f2 cleans it again and is rejected: newswatch retry f2" in (again.detail or "")
    assert len(books.files()) == 2
    with archive.runtime.database.read() as connection:
        assert list_stories(connection).rows[0].article_count == 1


@pytest.mark.parametrize("fault", ["gone", "changed"])
def test_an_original_that_is_no_more_what_was_taken_is_named(
    archive: Archive, books: Books, fault: str
):
    _drop_quarry(archive)
    archive.drop("moth.json", record(LANTERN_TITLE, LANTERN))
    path = archive.runtime.archive.path(books.files()[0].sha256)
    path.chmod(0o600)
    path.unlink() if fault == "gone" else path.write_bytes(b"rot")

    found = archive.apply()

    assert _verdicts(found) == {1: "unreadable", 2: "changed"}
    assert str(path) in (found[0].detail or "")
    assert [row.revises for row in books.files()] == [None, None, 2]


def test_members_of_a_container_are_cleaned_again_one_by_one(archive: Archive, books: Books):
    feed = "\n".join(record(*report(number)) for number in range(3))
    archive.drop("feed.jsonl", feed)
    archive._grow_older(files.c.parent_id.is_not(None))

    archive.apply(Selection(ids=(2,)))

    again = books.files()[-1]
    assert (again.revises, again.parent_id, again.member) == (2, None, None)
    assert books.articles()[-1].text == report(1)[1]


@pytest.mark.parametrize(
    ("outlet", "since_hours", "expected"),
    [
        pytest.param("osmund-wire", None, {1, 3}, id="an outlet however spelt"),
        pytest.param(None, 1, {3}, id="what came later"),
        pytest.param("TARN TIMES", 0, {2}, id="both"),
        pytest.param("Tarn Times", 1, set(), id="none"),
    ],
)
def test_a_selection_is_by_outlet_and_arrival(
    archive: Archive,
    books: Books,
    frozen_clock: FixedClock,
    outlet: str | None,
    since_hours: int | None,
    expected: set[int],
):
    _drop_quarry(archive)
    archive.drop("moth.json", record(LANTERN_TITLE, LANTERN, outlet="Tarn Times"))
    frozen_clock.advance(seconds=7200)
    archive.drop("report.json", record(*report(1), outlet="Osmund Wire"))
    since = None if since_hours is None else NOON + timedelta(hours=since_hours)

    assert set(_verdicts(archive.reclean(Selection(outlet=outlet, since=since)))) == expected


def test_an_outlet_that_nobody_knows_is_a_mistake(archive: Archive, books: Books):
    _drop_quarry(archive)

    with pytest.raises(SettingsError, match="unknown outlet 'Nobody'; known: Osmund Wire"):
        archive.reclean(Selection(outlet="Nobody"))


def test_named_articles_are_looked_at_whatever_cleaned_them(archive: Archive, books: Books):
    archive.stepper.drop("fresh.json", record(QUARRY_TITLE, QUARRY))
    archive.stepper.settle()

    found = archive.reclean(Selection(ids=(1, 99)))

    assert _verdicts(found) == {1: "unchanged", 99: "passed_over"}
    assert found[1].detail == "there is no a99"
    assert archive.reclean() == []


def test_what_is_still_on_its_way_or_of_a_newer_cleaner_waits(archive: Archive, books: Books):
    archive.stepper.drop("waiting.json", record(QUARRY_TITLE, QUARRY))
    archive.stepper.settle(until=EXTRACT)
    archive._grow_older(files.c.id == 1)
    (waiting,) = archive.reclean(Selection(ids=(1,)))
    assert (waiting.verdict, waiting.detail) == (
        Verdict.PASSED_OVER,
        "it is not linked yet; try again when it is",
    )
    assert archive.reclean() == []

    archive.stepper.settle(until=LINK)
    with archive.runtime.database.write() as connection:
        connection.execute(update(articles).values(cleaner_version="99"))
    (newer,) = archive.reclean(Selection(ids=(1,)))

    assert "cleaner 99 is newer than this one" in (newer.detail or "")
    assert archive.reclean() == []
    archive.stepper.settle()


def test_a_large_archive_is_worked_through_in_commits_of_a_few(
    archive: Archive, books: Books, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("services.extract.jobs.recleaning.ARTICLES_AT_ONCE", 3)
    count = 3 + 3 + 2
    feed = "\n".join(record(*report(number)) for number in range(count))
    archive.drop("feed.jsonl", feed)
    archive._grow_older(files.c.parent_id.is_not(None))
    recleaner = Recleaner(archive.runtime, ReadsHere(), archive.stepper.reading.taxonomy)
    assert recleaner.count(ALL) == count
    stored = select(func.count()).where(files.c.revises.is_not(None))

    walk = recleaner.run(ALL, apply=True)
    seen = [next(walk) for _ in range(3 + 1)]

    assert books.rows(stored)[0][0] == 3 + 3
    assert recleaner.count(ALL) == 2
    assert all(each.new_file_id for each in seen)
    archive.apply()
    assert books.rows(stored)[0][0] == count
    assert recleaner.count(ALL) == 0
    assert {row.outcome for row in books.articles()[count:]} == {"revision"}
