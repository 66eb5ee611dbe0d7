"""How `inspect` shows what became of each line."""

from typing import Any

import pytest

from services.cli.inspecting import _print

LONG = "Slate was cut here for a century. " * 10
ARTICLE: dict[str, Any] = {
    "file": "slate.html",
    "item": None,
    "outcome": "article",
    "title": "Slate",
    "author": ["Ansel Brook", "Rhea Tamsin"],
    "fields": {"title": {"value": "Slate", "source": "meta", "confidence": 0.9}},
    "notes": ["The page ends in the middle."],
    "topics": [],
    "rules": [],
    "lines": [
        {"text": "Photo: a slab", "dropped": "caption"},
        {"text": LONG, "dropped": None},
        {"text": LONG, "dropped": "caption"},
    ],
}


def _shown(
    item: dict[str, Any], columns: int | None, capsys: pytest.CaptureFixture[str]
) -> list[str]:
    _print(item, columns)
    return capsys.readouterr().out.splitlines()


def test_fields_authors_notes_and_lines_are_shown(capsys: pytest.CaptureFixture[str]):
    shown = _shown(ARTICLE, 60, capsys)

    assert shown[:4] == [
        "slate.html: Slate",
        "    title       Slate   (meta, 0.90)",
        "    authors     Ansel Brook; Rhea Tamsin",
        "    note: The page ends in the middle.",
    ]
    assert shown[5] == "- caption: Photo: a slab"
    assert shown[6].startswith("  | Slate was cut")
    assert shown[7].startswith("- caption: Slate was cut")
    assert [len(line) for line in shown[6:8]] == [60, 60]
    assert all(line.endswith("…") for line in shown[6:8])


def test_long_lines_are_whole_without_a_limit(capsys: pytest.CaptureFixture[str]):
    assert f"  | {LONG.strip()}" in _shown(ARTICLE, None, capsys)


def test_a_refused_file_shows_its_lines_as_well(capsys: pytest.CaptureFixture[str]):
    refused = ARTICLE | {"outcome": "rejected:no_text", "detail": "Only a menu."}

    shown = _shown(refused, 60, capsys)

    assert shown[0] == "slate.html: rejected:no_text: Only a menu."
    assert "- caption: Photo: a slab" in shown


def test_a_container_names_its_members(capsys: pytest.CaptureFixture[str]):
    container = ARTICLE | {
        "outcome": "container",
        "format": "json",
        "lines": [],
        "members": ["feed#1.json", "feed#2.json"],
    }

    assert _shown(container, 60, capsys) == [
        "slate.html: container of 2 (json)",
        "    feed#1.json",
        "    feed#2.json",
    ]
