"""Scores of topic tagging on labelled articles that are not part of the project."""

import json
import os
from pathlib import Path

import pytest

from shared.model import Readable
from shared.query import analyse
from shared.topics import load_taxonomy, tag_article


def _folder(variable: str) -> Path:
    value = os.environ.get(variable)
    if not value:
        pytest.skip(f"{variable} is not set: the labelled articles are kept outside the project")
    return Path(value)


def _readable(text: str) -> Readable:
    """Take the first line for the title when it looks like one: short, without a full stop."""
    first = text.lstrip().partition("\n")[0].strip()
    looks_like_title = 0 < len(first) <= 150 and not first.endswith((".", ":", "”"))
    return Readable(first if looks_like_title else "", text)


@pytest.mark.parametrize("with_title", [True, False], ids=["title-from-first-line", "text-only"])
def test_every_wanted_topic_is_found_and_no_unwanted_one(with_title):
    labels = json.loads(
        (_folder("NEWSWATCH_EVAL_DIR") / "topics" / "seed_labels.json").read_text("utf-8")
    )
    articles = _folder("NEWSWATCH_ARTICLES_DIR")
    taxonomy = load_taxonomy()
    missed: list[tuple[str, str]] = []
    wrong: list[tuple[str, str]] = []
    for name, wanted in labels.items():
        text = (articles / name).read_text(encoding="utf-8")
        article = _readable(text) if with_title else Readable("", text)
        found = {tag.topic for tag in tag_article(taxonomy, analyse(article))}
        missed += [
            (name, topic)
            for topic in wanted["must"]
            if topic in taxonomy.topics and topic not in found
        ]
        wrong += [(name, topic) for topic in wanted["must_not"] if topic in found]
    assert (missed, wrong) == ([], [])


def test_all_evidence_on_real_articles_quotes_the_text():
    taxonomy = load_taxonomy()
    paths = sorted(_folder("NEWSWATCH_ARTICLES_DIR").glob("*.txt"))
    assert paths
    for path in paths:
        article = _readable(path.read_text(encoding="utf-8"))
        for tag in tag_article(taxonomy, analyse(article)):
            for span in tag.evidence:
                value = article.title if span.field == "title" else article.text
                assert value[span.start : span.end] == span.text
