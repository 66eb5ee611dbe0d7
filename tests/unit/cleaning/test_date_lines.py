"""Dates stated around copied text."""

import pytest

from services.extract.cleaning.date_lines import dates_of_lines
from shared.model import Field, Source


@pytest.mark.parametrize(
    ("line", "published", "updated"),
    [
        pytest.param("March 9, 2025 | 06:12 am PT", "2025-03-09T06:12:00-07:00", None, id="bare"),
        pytest.param(
            "Published Mar 9, 2025, 11:21am | Updated Mar 10, 2025, 6:39pm",
            "2025-03-09T11:21:00",
            "2025-03-10T18:39:00",
            id="both",
        ),
        pytest.param(
            "Publié le 9 mars 2025 à 14h52, modifié le 10 mars 2025 à 15h54",
            "2025-03-09T14:52:00",
            "2025-03-10T15:54:00",
            id="both in French",
        ),
        pytest.param("Last updated: 10 March 2025", None, "2025-03-10", id="a change alone"),
        pytest.param("Updated 3 hours ago", None, None, id="no date"),
        pytest.param("On March 9, 2025 the bridge was opened by the mayor of the harbour town and"
                     " a great crowd of people came.", None, None, id="sentence of 120"),
        pytest.param("The bridge", None, None, id="no digits"),
    ],
)  # fmt: skip
def test_date_line_before_the_body(line, published, updated):
    first, changed = dates_of_lines([line, "By Ann Lee"], [])

    assert (first.value if first else None) == published
    assert (changed.value if changed else None) == updated


def test_date_line_nearest_to_the_body_counts():
    first, _changed = dates_of_lines(["1 March 2020", "9 March 2025"], [])

    assert first is not None
    assert first.value == "2025-03-09"


def test_day_comes_first_in_a_language_that_never_puts_the_month_first():
    first, _changed = dates_of_lines(["Thứ ba, 4/3/2025"], [], "vi")
    doubtful, _changed = dates_of_lines(["Thứ ba, 4/3/2025"], [])

    assert first == Field("2025-03-04", Source.TEXT, 0.85)
    assert doubtful is not None
    assert doubtful.source is Source.GUESS


def test_date_line_after_the_body_must_say_what_it_is():
    assert dates_of_lines([], ["9 March 2025"]) == (None, None)

    first, _changed = dates_of_lines([], ["Published 9 March 2025"])

    assert first is not None
    assert first.value == "2025-03-09"
