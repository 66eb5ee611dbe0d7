"""Articles of odd sizes, through the real jobs: what is stored of each stays within bounds."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from shared.tables import article_fingerprints, article_lines, article_terms, metadata
from tests.e2e.corpus import LANTERN, LANTERN_TITLE
from tests.e2e.days import Days
from tests.unit.reuse.texts import invented_text

LONG = 20_000
LINE = "The flat ferry leaves again."
SENTENCE = "The ferry to Perrin leaves at nine and comes back at four."
TEN_WORDS = "The ferry to Perrin is late again, says the warden."
# Of one article: a row of its own, one of its file, story, link or two, match, ledger and message.
OTHER_ROWS = 40


def _rows(days: Days) -> dict[str, int]:
    """Count the rows of every table that holds anything but bookkeeping of the workers."""
    with days.stepper.runtime.database.read() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in metadata.sorted_tables
        }


def _added(days: Days, before: dict[str, int]) -> dict[str, int]:
    return {name: count - before[name] for name, count in _rows(days).items()}


def _others(added: dict[str, int]) -> int:
    looked_up = (article_fingerprints, article_lines, article_terms)
    return sum(added.values()) - sum(added[table.name] for table in looked_up)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(invented_text(1, LONG), id="one-paragraph"),
        pytest.param(invented_text(1, LONG).replace(". ", ".\n\n"), id="a-paragraph-a-sentence"),
        pytest.param("\n".join([LINE] * 10_000), id="one-line-ten-thousand-times"),
    ],
)
def test_a_very_long_article_leaves_a_bounded_number_of_rows(days: Days, text: str):
    before = _rows(days)
    days.arrive("long", "The flat land beyond Perrin", text)

    added = _added(days, before)
    assert days.told() == {"long": ("told", "first_in_story")}
    assert added["article_fingerprints"] <= 300
    assert added["article_terms"] <= 60
    assert added["article_lines"] <= 300
    assert _others(added) <= OTHER_ROWS


def test_two_versions_of_a_very_long_article_are_linked_by_one_row(days: Days):
    text = invented_text(1, LONG)
    days.arrive("long", "The flat land beyond Perrin", text, outlet="Quay Post")
    before = _rows(days)
    days.arrive("again", "The flat land beyond Perrin", f"{text} Rain.", outlet="Tarn Times")

    (link,) = days.links()
    assert link.relation == "near_duplicate"
    assert len(link.passages_a) == 1
    assert _others(_added(days, before)) <= OTHER_ROWS


def test_a_sentence_said_two_hundred_times_is_no_copy_of_the_article_that_says_it_once(days: Days):
    days.arrive("once", LANTERN_TITLE, f"{LANTERN}\n\n{SENTENCE}", outlet="Quay Post")
    days.arrive("mad", "Timetable, flat", "\n".join([SENTENCE] * 200), outlet="Tarn Times")

    (link,) = days.links()
    assert link.relation == "overlap"
    assert link.explanation["shared_words"] == len(SENTENCE.split())


def test_an_empty_file_ends_with_its_reason_and_no_article(days: Days):
    before = _rows(days)
    days.arrive_as("empty.txt", b"")

    assert days.books.fates() == {"empty.txt": "rejected:empty"}
    assert {name: count for name, count in _added(days, before).items() if count} == {"files": 1}


def test_ten_words_are_an_article_whose_copy_is_found(days: Days):
    days.arrive("moth", LANTERN_TITLE, LANTERN, outlet="Quay Post")
    days.arrive("ten", "Flat sea", TEN_WORDS, outlet="Tarn Times")
    before = _rows(days)
    days.arrive("copy", "Flat sea", TEN_WORDS, outlet="Quay Post")

    assert days.stories() == {frozenset({"moth"}), frozenset({"ten", "copy"})}
    assert days.books.relations()[frozenset({"ten.json", "copy.json"})] == "exact"
    added = _added(days, before)
    assert added["article_fingerprints"] <= 3
    assert _others(added) <= OTHER_ROWS
