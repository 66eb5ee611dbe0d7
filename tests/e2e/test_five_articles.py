"""The five articles of the first user, when NEWSWATCH_ARTICLES_DIR names their folder."""

import itertools
import json
import os
import random
from collections import defaultdict
from pathlib import Path

import pytest
from sqlalchemy import select

from shared.runtime import Runtime
from shared.tables import article_tags
from shared.topics import load_taxonomy
from tests.e2e.books import Books
from tests.e2e.newsroom import Newsroom
from tests.e2e.stepping import Stepper

STORIES = {frozenset({"001", "002", "003"}), frozenset({"000"}), frozenset({"004"})}
PUBLISHED = {
    "000": "2025-05-31",
    "001": "2025-11-02",
    "002": "2025-11-02",
    "003": "2025-11-02",
    "004": "2025-12-18",
}
ORDERS = [
    *itertools.islice(itertools.permutations(sorted(PUBLISHED)), 0, 120, 20),
    ("004", "003", "002", "001", "000"),
    ("002", "000", "004", "003", "001"),
]


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Return number -> text of each article."""
    named = os.environ.get("NEWSWATCH_ARTICLES_DIR")
    if not named:
        pytest.skip("NEWSWATCH_ARTICLES_DIR is not set: the five articles are not here")
    found = {path.name[:3]: path.read_text("utf-8") for path in Path(named).glob("00?_*.txt")}
    assert sorted(found) == sorted(PUBLISHED)
    return found


def _as_text(number: str, text: str) -> tuple[str, str]:
    return f"{number}.txt", text


def _as_dated_record(number: str, text: str) -> tuple[str, str]:
    fields = {"id": number, "text": text, "published": PUBLISHED[number]}
    return f"{number}.json", json.dumps(fields)


def _as_undated_record(number: str, text: str) -> tuple[str, str]:
    return f"{number}.json", json.dumps({"id": number, "text": text})


def _with_front_matter(number: str, text: str) -> tuple[str, str]:
    return f"{number}.md", f"---\ndate: {PUBLISHED[number]}\n---\n\n{text}"


def _stories(runtime: Runtime) -> set[frozenset[str]]:
    found = Books(runtime.database).stories()
    return {frozenset(name[:3] for name in group) for group in found}


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
@pytest.mark.parametrize(
    "write",
    [_as_text, _as_dated_record, _as_undated_record, _with_front_matter],
    ids=lambda write: write.__name__.strip("_"),
)
def test_the_five_articles_give_their_three_stories(
    texts: dict[str, str], sqlite_runtime: Runtime, tmp_path: Path, order: tuple[str, ...], write
):
    stepper = Stepper(sqlite_runtime, tmp_path)
    for number in order:
        stepper.drop(*write(number, texts[number]))
        stepper.settle()

    assert _stories(sqlite_runtime) == STORIES


def test_the_five_articles_dropped_into_the_inbox_give_their_three_stories(
    texts: dict[str, str], newsroom: Newsroom
):
    numbers = sorted(texts)
    random.shuffle(numbers)
    with newsroom.open():
        for number in numbers:
            newsroom.drop(*_as_text(number, texts[number]))
        newsroom.settle()

    assert _stories(newsroom.runtime) == STORIES


def test_the_five_articles_have_the_topics_they_must_and_none_they_must_not(
    texts: dict[str, str], sqlite_runtime: Runtime, tmp_path: Path
):
    named = os.environ.get("NEWSWATCH_EVAL_DIR")
    if not named:
        pytest.skip("NEWSWATCH_EVAL_DIR is not set: no labels of topics")
    labels = json.loads((Path(named) / "topics" / "seed_labels.json").read_text("utf-8"))
    known = set(load_taxonomy(None).topics)
    stepper = Stepper(sqlite_runtime, tmp_path)
    for number, text in texts.items():
        stepper.drop(*_as_text(number, text))
    stepper.settle()
    books = Books(sqlite_runtime.database)
    names = {row.id: row.name[:3] for row in books.articles()}
    tagged: defaultdict[str, set[str]] = defaultdict(set)
    for row in books.rows(select(article_tags)):
        tagged[names[row.article_id]].add(row.topic)

    missing = {
        name[:3]: lost
        for name, label in labels.items()
        if (lost := (set(label["must"]) & known) - tagged[name[:3]])
    }
    wrong = {
        name[:3]: found
        for name, label in labels.items()
        if (found := set(label["must_not"]) & tagged[name[:3]])
    }
    assert (missing, wrong) == ({}, {})
