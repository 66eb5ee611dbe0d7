"""Versions of one article: a live blog, a truncated copy and its whole, and what is stored."""

import json
from pathlib import Path
from typing import Any

from sqlalchemy import select

from services.extract.jobs.looking import look
from services.extract.jobs.warming import warm
from services.extract.store.stored_articles import load_articles
from shared.runtime import Runtime
from shared.steps import EXTRACT, LINK
from shared.tables import articles
from tests.e2e.corpus import record
from tests.e2e.stepping import Stepper
from tests.unit.reuse.texts import HARBOUR, invented_text

LIVE = {"outlet": "Bay Post", "url": "https://bay.example/live"}


def _linked(runtime: Runtime) -> list[Any]:
    with runtime.database.read() as connection:
        return list(connection.execute(select(articles).order_by(articles.c.id)))


def _new_sentences(row: Any) -> list[str]:
    return [row.text[start:end] for start, end in row.novelty["sentences"]]


def test_a_live_blog_updated_twenty_times_is_one_story_and_each_version_only_its_news(
    sqlite_runtime: Runtime, tmp_path: Path
):
    stepper = Stepper(sqlite_runtime, tmp_path)
    text = invented_text(0, 60)
    for number in range(21):
        if number:
            text = f"{invented_text(number, 36)}\n\n{text}"
        stepper.drop(f"v{number}.json", record("Live: the harbour", text, **LIVE))
        stepper.settle(until=LINK)
    first, *versions = _linked(sqlite_runtime)

    assert {row.story_id for row in versions} == {first.story_id}
    assert [row.outcome for row in versions] == ["revision"] * 20
    assert [row.refers_to for row in versions] == list(range(first.id, first.id + 20))
    for number, row in enumerate(versions, 1):
        news = [" ".join(sentence.split()) for sentence in _new_sentences(row)]
        assert " ".join(news) == invented_text(number, 36)
        assert row.development == number + 1
        assert [change["before"] for change in row.novelty["changes"]] == [None] * 3


def test_a_live_blog_that_drops_old_entries_stays_one_story(
    sqlite_runtime: Runtime, tmp_path: Path
):
    stepper = Stepper(sqlite_runtime, tmp_path)
    where = "At the ferry quay of Marrow Bay, harbour master Ines Calder spoke of the crane:"
    entries = [f"{where} {invented_text(number, 24)}" for number in range(9)]
    for number in range(7):
        text = "\n\n".join(reversed(entries[number : number + 3]))
        stepper.drop(f"v{number}.json", record("Live: the harbour", text, **LIVE))
        stepper.settle(until=LINK)
    rows = _linked(sqlite_runtime)

    assert {row.story_id for row in rows} == {rows[0].story_id}
    assert [row.outcome for row in rows[1:]] == ["revision"] * 6


def test_a_whole_text_after_its_beginning_is_an_update_and_the_reverse_is_silent(
    sqlite_runtime: Runtime, tmp_path: Path
):
    beginning = HARBOUR[: HARBOUR.index(" The harbour master")]
    stepper = Stepper(sqlite_runtime, tmp_path)
    for outlet, text in (("Tide", beginning), ("Post", HARBOUR), ("Echo", beginning)):
        stepper.drop(f"{outlet}.json", record("A crane fell on a ferry", text, outlet=outlet))
        stepper.settle(until=LINK)
    _, whole, again = _linked(sqlite_runtime)

    assert (whole.novelty["kind"], whole.development) == ("adds_new", 2)
    assert _new_sentences(whole)[0].startswith("The harbour master")
    assert (again.novelty["kind"], again.development) == ("nothing_new", None)


def test_a_restated_sentence_is_stored_with_the_one_it_restates(
    sqlite_runtime: Runtime, tmp_path: Path
):
    again = HARBOUR.replace(
        "Rescue teams from two neighbouring towns reached the quay within half an hour and cut "
        "through the twisted steel by torchlight.",
        "It took teams of two towns nearby half an hour to reach the quay, where rescue meant to "
        "cut the twisted steel by torchlight.",
    )
    stepper = Stepper(sqlite_runtime, tmp_path)
    for outlet, text in (("Tide", HARBOUR), ("Post", again)):
        stepper.drop(f"{outlet}.json", record("A crane fell on a ferry", text, outlet=outlet))
        stepper.settle(until=LINK)
    first, later = _linked(sqlite_runtime)

    (restated,) = later.novelty["restated"]
    assert restated["article_id"] == first.id
    assert first.text[slice(*restated["earlier_sentence"])].startswith("Rescue teams")
    assert later.text[slice(*restated["sentence"])].startswith("It took teams")
    assert json.dumps(restated["likeness"]) == str(restated["likeness"])


def test_the_members_of_its_story_are_read_before_the_lock_and_only_once(
    sqlite_runtime: Runtime, tmp_path: Path
):
    stepper = Stepper(sqlite_runtime, tmp_path)
    for outlet in ("Tide", "Post"):
        stepper.drop(f"{outlet}.json", record("A crane fell", HARBOUR, outlet=outlet))
        stepper.settle(until=LINK)
    stepper.drop("Echo.json", record("A crane fell", HARBOUR, outlet="Echo"))
    stepper.work(EXTRACT)
    linking = stepper.linking
    with sqlite_runtime.database.read() as connection:
        looked = look(linking.kinship, connection, load_articles(connection, [3])[3])
        first, second = (
            warm(linking.memory, connection, looked.own.article, looked.links) for _ in range(2)
        )

    assert set(first) == {1, 2, 3}
    assert all(second[article_id] is text for article_id, text in first.items())
