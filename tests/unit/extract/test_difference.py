"""What cleaning again changes: fields, lines of text and topics, each said once."""

from typing import Any

import pytest

from services.extract.difference import MOST_LINES, FieldChange, diff_lines, find_difference


def _columns(
    text: str = "A dam holds.", authors: tuple[str, ...] = (), **fields: str
) -> dict[str, Any]:
    """Columns of an article; a field is written `value` or `value|source`."""
    stored = {}
    for name, said in fields.items():
        value, _, source = said.partition("|")
        stored[name] = {"value": value, "source": source or "page", "confidence": 0.8}
    return {"text": text, "authors": list(authors), "fields": stored}


def _fields(before: dict[str, Any], after: dict[str, Any]) -> tuple[FieldChange, ...]:
    return find_difference(before, after, (), ()).fields


def test_the_same_article_has_no_difference():
    found = find_difference(_columns(title="A dam"), _columns(title="A dam"), ["dams"], ["dams"])

    assert not found.is_worth_a_revision
    assert (found.fields, found.text, found.topics_gained, found.topics_lost) == ((), (), (), ())


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        pytest.param(
            {"title": "A dam - Tarn Times"},
            {"title": "A dam|meta"},
            FieldChange("title", "A dam - Tarn Times", "page", "A dam", "meta"),
            id="another value",
        ),
        pytest.param(
            {"published": "2026-03-01|guess"},
            {"published": "2026-03-01|meta"},
            FieldChange("published", "2026-03-01", "guess", "2026-03-01", "meta"),
            id="the same from where it may decide",
        ),
        pytest.param(
            {},
            {"agency": "Osmund"},
            FieldChange("agency", None, None, "Osmund", "page"),
            id="found",
        ),
        pytest.param(
            {"agency": "Osmund"}, {}, FieldChange("agency", "Osmund", "page", None, None), id="lost"
        ),
        pytest.param(
            {"authors": ("By A. Brook",)},
            {"authors": ("A. Brook", "R. Tamsin")},
            FieldChange("authors", "By A. Brook", None, "A. Brook; R. Tamsin", None),
            id="other authors",
        ),
    ],
)
def test_a_field_that_changes_is_told_with_both_sources(before, after, change):
    assert _fields(_columns(**before), _columns(**after)) == (change,)


def test_being_surer_of_the_same_changes_nothing():
    before, after = _columns(title="A dam"), _columns(title="A dam")
    after["fields"]["title"]["confidence"] = 0.99

    assert _fields(before, after) == ()


def test_topics_are_told_but_are_not_the_doing_of_a_cleaner():
    found = find_difference(_columns(), _columns(), ["dams", "floods"], ["dams", "slate"])

    assert (found.topics_gained, found.topics_lost) == (("slate",), ("floods",))
    assert not found.is_worth_a_revision


def test_a_line_that_went_is_shown_between_its_neighbours():
    text = "\n".join(f"line {number}" for number in range(1, 21))

    assert diff_lines(text, text.replace("line 10\n", "")) == (
        "@@ lines 8 to 12, now from line 8",
        " line 8",
        " line 9",
        "-line 10",
        " line 11",
        " line 12",
    )


def test_changes_far_apart_are_shown_apart():
    text = "\n".join(f"line {number}" for number in range(1, 41))
    changed = text.replace("line 5\n", "line five\n").replace("line 30\n", "line thirty\n")

    found = diff_lines(text, changed)

    assert [line for line in found if line[0] != " "] == [
        "@@ lines 3 to 7, now from line 3",
        "-line 5",
        "+line five",
        "@@ lines 28 to 32, now from line 28",
        "-line 30",
        "+line thirty",
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("", "new", ["-", "+new"], id="from nothing"),
        pytest.param("old", "old\nnew", [" old", "+new"], id="added at the end"),
        pytest.param("menu\nold", "old", ["-menu", " old"], id="gone at the start"),
        pytest.param("same\nsame", "same", [" same", "-same"], id="one of two equal lines"),
        pytest.param("a b", "a b ", ["-a b", "+a b "], id="a blank more"),
    ],
)
def test_the_smallest_differences(before, after, expected):
    assert list(diff_lines(before, after)[1:]) == expected


def test_texts_that_differ_in_very_many_lines_stand_for_each_other_whole():
    before = "\n".join(["start", *("even" for _ in range(MOST_LINES * 40)), "end"])
    after = "\n".join(["start", *("odd" for _ in range(MOST_LINES * 40)), "end"])

    found = diff_lines(before, after)

    assert len(found) == 1 + 2 * 40 * MOST_LINES
    assert found[0] == f"@@ lines 2 to {40 * MOST_LINES + 1}, now from line 2"
    assert (found[1], found[-1]) == ("-even", "+odd")


def test_a_difference_applied_to_the_old_text_gives_the_new_one():
    before = "menu-one-two-a-b-a-c-three-a-b-end".replace("-", "\n")
    after = "one-two-a-c-three-b-a-b-end-more".replace("-", "\n")

    found = [line for line in diff_lines(before, after) if not line.startswith("@@")]

    assert [line[1:] for line in found if line[0] != "+"] == before.split("\n")
    assert [line[1:] for line in found if line[0] != "-"] == after.split("\n")
