"""The golden answer refuses what it does not know, and names every difference."""

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from services.expectations import Expectations, Stored, compare
from services.expectations.stored import (
    StoredAlert,
    StoredFigure,
    StoredFile,
    StoredRelation,
    StoredRow,
    StoredStory,
    slug,
)
from shared.errors import SettingsError

_TALKS = {"outcome": "new", "story": "talks", "outlet": "quay-post", "published": "2026-03-01"}
_DOCUMENT: dict[str, Any] = {
    "schema": 1,
    "totals": {
        "files": 4,
        "containers": 1,
        "members": 1,
        "articles": 3,
        "new": 3,
        "exact_copies": 0,
        "revisions": 0,
        "rejected": 1,
        "stories": 2,
        "alerts": 1,
        "ledger_rows": 2,
        "told": 1,
        "suppressed": 1,
    },
    "files": {
        "first.txt": _TALKS | {"language": "en"},
        "second.txt": dict(_TALKS),
        "scan.txt": {"outcome": "rejected:not_text"},
        "feed.json": {"outcome": "container", "members": 1},
        "feed.json#moth": {"outcome": "new", "story": "moth"},
    },
    "story": [
        {
            "label": "talks",
            "articles": ["first.txt", "second.txt"],
            "outlets": 1,
            "independent": 1,
            "title_words": ["Quarry"],
            "lead": "first.txt",
        },
        {
            "label": "moth",
            "articles": ["feed.json#moth"],
            "outlets": 0,
            "independent": 1,
            "title_words": ["Moth", "Insect"],
        },
    ],
    "changed_figure": [{"story": "talks", "file": "second.txt", "before": "40", "after": "60"}],
    "relations": {
        "pair": [
            {
                "a": "first.txt",
                "b": "second.txt",
                "relation": "contained",
                "a_covered": [0.9, 1.0],
                "b_covered": [0.4, 0.6],
                "adds": 2,
            }
        ],
        "none": [{"why": "one outlet, two events", "files": ["first.txt", "feed.json#moth"]}],
    },
    "tags": [{"file": "first.txt", "must": ["uxo"], "must_not": ["sea"]}],
    "alert": [
        {
            "rule": "quarry",
            "story": "talks",
            "matched": ["first.txt", "second.txt"],
            "because": ["slate"],
        }
    ],
    "ledger": [
        {
            "subscriber": "desk",
            "rule": "quarry",
            "story": "talks",
            "rows": [
                {"file": "first.txt", "state": "told", "reason": "first_in_story"},
                {"file": "second.txt", "state": "suppressed", "reason": "copy_of_known"},
            ],
        }
    ],
}
_PAIR = frozenset(("first.txt", "second.txt"))
_ARTICLE = StoredFile(
    name="first.txt",
    fate="new",
    is_member=False,
    members=0,
    story=7,
    outlet="quay-post",
    published="2026-03-01",
    language="en",
    topics=frozenset({"uxo", "harbours"}),
)
_ROW = StoredRow("desk", "quarry", 7, "first.txt", "told", "first_in_story")
_STORED = Stored(
    files=(
        _ARTICLE,
        replace(_ARTICLE, name="second.txt", added_sentences=2),
        StoredFile("scan.txt", "rejected:not_text", is_member=False, members=0),
        StoredFile("feed.json", "container", is_member=False, members=1),
        StoredFile("feed.json#moth", "new", is_member=True, members=0, story=9),
    ),
    stories={
        7: StoredStory(7, "The quarry opens", ("first.txt", "second.txt"), 1, 1),
        9: StoredStory(9, "A moth returns", ("feed.json#moth",), 0, 1),
    },
    relations={_PAIR: StoredRelation("contained", {"first.txt": 0.95, "second.txt": 0.5})},
    figures=(StoredFigure("second.txt", "40", "60"),),
    alerts=(StoredAlert("quarry", 7, _PAIR, '"Slate" (title)'),),
    ledger=(
        _ROW,
        replace(_ROW, file="second.txt", state="suppressed", reason="copy_of_known"),
    ),
)

Document = dict[str, Any]
Edit = Callable[[Document], object]


def _edited(edit: Edit) -> Expectations:
    document = copy.deepcopy(_DOCUMENT)
    edit(document)
    return Expectations(document)


def test_what_is_as_expected_is_passed_over_in_silence():
    assert compare(Expectations(_DOCUMENT), _STORED) == []


@pytest.mark.parametrize(
    ("edit", "difference"),
    [
        pytest.param(
            lambda d: d["files"]["scan.txt"].update(outcome="rejected:too_short"),
            "scan.txt: outcome rejected:not_text, expected rejected:too_short",
            id="outcome",
        ),
        pytest.param(
            lambda d: d["files"]["first.txt"].update(outlet="tarn-times"),
            "first.txt: outlet quay-post, expected tarn-times",
            id="outlet",
        ),
        pytest.param(
            lambda d: d["files"]["first.txt"].update(published="2026-03-02"),
            "first.txt: published 2026-03-01, expected 2026-03-02",
            id="day",
        ),
        pytest.param(
            lambda d: d["files"]["first.txt"].update(language="vi"),
            "first.txt: language en, expected vi",
            id="language",
        ),
        pytest.param(
            lambda d: d["files"]["feed.json"].update(members=2),
            "feed.json: members 1, expected 2",
            id="members",
        ),
        pytest.param(
            lambda d: d["story"][0].update(lead="second.txt"),
            "story talks (s7): led by first.txt, expected second.txt",
            id="lead",
        ),
        pytest.param(
            lambda d: d["story"][0].update(outlets=2),
            "story talks (s7): 1 outlets, expected 2",
            id="outlets",
        ),
        pytest.param(
            lambda d: d["story"][0].update(independent=2),
            "story talks (s7): 1 independent texts, expected 2",
            id="independent",
        ),
        pytest.param(
            lambda d: d["story"][0].update(title_words=["Bridge"]),
            "story talks (s7): title “The quarry opens” has none of Bridge",
            id="title",
        ),
        pytest.param(
            lambda d: d["changed_figure"].clear(),
            "second.txt: changed figure 40 → 60 is not expected",
            id="figure-too-many",
        ),
        pytest.param(
            lambda d: d["changed_figure"].append(d["changed_figure"][0] | {"after": "70"}),
            "second.txt: changed figure 40 → 70 was not found",
            id="figure-missed",
        ),
        pytest.param(
            lambda d: d["relations"]["pair"][0].update(relation="overlap"),
            "first.txt ~ second.txt: contained, expected overlap",
            id="relation",
        ),
        pytest.param(
            lambda d: d["relations"]["pair"][0].update(b_covered=[0.6, 0.8]),
            "first.txt ~ second.txt: 0.500 of second.txt is covered, expected 0.6 to 0.8",
            id="coverage",
        ),
        pytest.param(
            lambda d: d["relations"]["pair"][0].update(adds=3),
            "first.txt ~ second.txt: adds 2 sentences, expected 3 or more",
            id="additions",
        ),
        pytest.param(
            lambda d: d["relations"]["pair"].append(
                {"a": "first.txt", "b": "feed.json#moth", "relation": "same_event"}
            ),
            "first.txt ~ feed.json#moth: no relation, expected same_event",
            id="relation-missed",
        ),
        pytest.param(
            lambda d: d["relations"]["none"].append(
                {"why": "two quarries", "files": ["first.txt", "second.txt"]}
            ),
            "first.txt ~ second.txt: contained, expected none (two quarries)",
            id="relation-too-many",
        ),
        pytest.param(
            lambda d: d["tags"][0]["must"].append("sea-law"),
            "first.txt: topic sea-law is missing",
            id="tag-missed",
        ),
        pytest.param(
            lambda d: d["tags"][0]["must_not"].append("harbours"),
            "first.txt: topic harbours is wrong",
            id="tag-too-many",
        ),
        pytest.param(
            lambda d: d["alert"][0].update(story="moth"),
            "alert quarry on talks: not expected, opened by first.txt, second.txt",
            id="alert-too-many",
        ),
        pytest.param(
            lambda d: d["alert"].append(d["alert"][0] | {"rule": None, "topic": "uxo"}),
            "alert topic:uxo on talks: not opened",
            id="alert-missed",
        ),
        pytest.param(
            lambda d: d["alert"][0]["matched"].append("feed.json#moth"),
            "alert quarry on talks: feed.json#moth does not match",
            id="match-missed",
        ),
        pytest.param(
            lambda d: d["alert"][0]["matched"].remove("second.txt"),
            "alert quarry on talks: second.txt must not match",
            id="match-too-many",
        ),
        pytest.param(
            lambda d: d["alert"][0]["because"].append("granite"),
            'alert quarry on talks: “granite” is not in its reason: "Slate" (title)',
            id="because",
        ),
        pytest.param(
            lambda d: d["ledger"][0]["rows"][1].update(state="told", reason="adds_new"),
            "ledger of desk, quarry on talks: second.txt is suppressed (copy_of_known), "
            "expected told (adds_new)",
            id="ledger-answer",
        ),
        pytest.param(
            lambda d: d["ledger"][0]["rows"].pop(),
            "ledger of desk, quarry on talks: second.txt is suppressed (copy_of_known), "
            "expected not in the ledger",
            id="ledger-too-many",
        ),
        pytest.param(
            lambda d: d["ledger"].append(d["ledger"][0] | {"subscriber": "anna"}),
            "ledger of anna, quarry on talks: first.txt is not in the ledger, "
            "expected told (first_in_story)",
            id="ledger-missed",
        ),
        pytest.param(
            lambda d: d["totals"].update(told=2), "totals: 1 told, expected 2", id="totals"
        ),
    ],
)
def test_a_wrong_expectation_is_reported(edit: Edit, difference: str):
    assert difference in compare(_edited(edit), _STORED)


def test_an_article_in_the_wrong_story_is_named_with_both_stories():
    files = [
        replace(file, story=9) if file.name == "second.txt" else file for file in _STORED.files
    ]
    stories = {
        7: replace(_STORED.stories[7], articles=("first.txt",)),
        9: replace(_STORED.stories[9], articles=("feed.json#moth", "second.txt")),
    }
    found = compare(Expectations(_DOCUMENT), replace(_STORED, files=tuple(files), stories=stories))
    assert "second.txt: stands in s9 (moth), expected in story talks" in found


def test_two_stories_that_became_one_are_missed():
    files = [file if file.story is None else replace(file, story=7) for file in _STORED.files]
    merged = replace(_STORED, files=tuple(files), stories={7: _STORED.stories[7]})
    found = compare(Expectations(_DOCUMENT), merged)
    assert "feed.json#moth: stands in s7 (talks), expected in story moth" in found
    assert "story moth: not found as a story of its own" in found


def test_files_too_many_too_few_and_twice_are_named():
    strange = StoredFile("strange.txt", "new", is_member=False, members=0)
    files = (*_STORED.files[1:], _STORED.files[2], strange)
    found = compare(Expectations(_DOCUMENT), replace(_STORED, files=files))
    assert found[:3] == [
        "first.txt: never arrived",
        "scan.txt: arrived 2 times",
        "strange.txt: not expected, it became new",
    ]


def test_what_could_not_be_read_is_said_first():
    found = compare(Expectations(_DOCUMENT), replace(_STORED, cut=("3 files were not compared",)))
    assert found == ["3 files were not compared"]


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        pytest.param(lambda d: d.update(extra=1), "extra: Extra inputs", id="unknown-table"),
        pytest.param(
            lambda d: d["files"]["first.txt"].update(day=1), "day: Extra", id="unknown-key"
        ),
        pytest.param(lambda d: d.update(schema=2), "schema: ", id="other-schema"),
        pytest.param(lambda d: d["totals"].pop("told"), "totals.told: Field", id="missing-key"),
        pytest.param(lambda d: d["totals"].update(told="1"), "totals.told: ", id="not-a-number"),
        pytest.param(
            lambda d: d["relations"]["pair"][0].update(a_covered=[0.9, 1.1]),
            "a_covered",
            id="share",
        ),
        pytest.param(
            lambda d: d["tags"][0].update(file="none.txt"), "none.txt is not in [files]", id="file"
        ),
        pytest.param(
            lambda d: d["alert"][0].update(story="none"), "story none has no [[story]]", id="story"
        ),
        pytest.param(
            lambda d: d["story"][1]["articles"].append("first.txt"),
            "story moth and [files] disagree on first.txt",
            id="contradiction",
        ),
        pytest.param(
            lambda d: d["story"].append(d["story"][0]), "have one label", id="label-twice"
        ),
    ],
)
def test_an_answer_that_is_unclear_is_refused(edit: Edit, words: str):
    with pytest.raises(SettingsError) as refused:
        _edited(edit)
    assert words in str(refused.value)


def test_an_outlet_is_compared_by_its_slug():
    assert slug("Quảng Trị — The Post") == "quang-tri-the-post"
