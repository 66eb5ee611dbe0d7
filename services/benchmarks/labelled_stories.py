"""Labelled articles in a folder: articles.jsonl and labels.json (docs/stories.md). Reads files."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from services.extract.reuse import RelationKind
from shared.errors import SettingsError

_NUMBER = re.compile(r"\d+")

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class LabelledArticle:
    """One article; `story` is None where nobody said which happening it is about."""

    title: str
    text: str
    published: date | None
    story: str | None

    @property
    def topic(self) -> str | None:
        """The first number in the name of its story, else the name: what is held out together."""
        if self.story is None:
            return None
        number = _NUMBER.search(self.story)
        return number.group() if number else self.story


@dataclass(frozen=True, slots=True)
class LabelledStories:
    """Articles in order of arrival, and the pairs (lower first) of which one copies the other."""

    articles: tuple[LabelledArticle, ...]
    copies: frozenset[Pair]


def load_labelled_stories(folder: Path) -> LabelledStories:
    """Read articles.jsonl and labels.json of *folder*.

    Raises:
        SettingsError: a file is missing or does not hold what docs/stories.md says.
    """
    try:
        lines = (folder / "articles.jsonl").read_text("utf-8").splitlines()
        rows = [json.loads(line) for line in lines if line.strip()]
        labels = json.loads((folder / "labels.json").read_text("utf-8"))
        return _stories(rows, labels)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SettingsError(
            f"{folder} does not hold labelled stories (articles.jsonl with id, title, published "
            f"and text; labels.json with clusters and pairs): {error!r}"
        ) from error


def _stories(rows: list[dict[str, Any]], labels: Mapping[str, Any]) -> LabelledStories:
    story_of = {each: story for story, members in labels["clusters"].items() for each in members}
    place = {row["id"]: number for number, row in enumerate(rows)}
    found = (
        (place[pair["a"]], place[pair["b"]])
        for pair in labels["pairs"]
        if pair["relation"] in set(RelationKind) and RelationKind(pair["relation"]).is_copy
    )
    return LabelledStories(
        articles=tuple(
            LabelledArticle(
                title=row["title"] or "",
                text=row["text"],
                published=date.fromisoformat(row["published"]) if row["published"] else None,
                story=story_of.get(row["id"]),
            )
            for row in rows
        ),
        copies=frozenset((min(pair), max(pair)) for pair in found),
    )
