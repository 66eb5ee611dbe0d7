import math
from datetime import date

import pytest

from services.extract.events import score_pair
from shared.score_parts import part_words
from shared.stories.counterfactual import what_would_change
from tests.unit.events import reports
from tests.unit.events.reports import profile

_FLOOR = 0.3


def _parts(**contributions: float) -> list[dict[str, object]]:
    return [
        {"name": name, "value": 1.0, "weight": value, "contribution": value}
        for name, value in contributions.items()
    ]


def _log_odds(intercept: float, parts: list[dict[str, object]]) -> float:
    return intercept + math.fsum(float(str(part["contribution"])) for part in parts)


def test_a_missing_date_that_decided_is_named_with_what_dates_would_give():
    parts = _parts(names=4.0, no_date=-1.5)
    told = what_would_change(_log_odds(-4.0, parts), parts, _FLOOR)
    assert told == ("with dates on both, near each other: 0.50, one event",)


def test_days_apart_are_told_as_days_nearer():
    parts = _parts(names=4.0, days_apart=-1.5)
    parts[1]["value"] = 15.0
    told = what_would_change(_log_odds(-4.0, parts), parts, _FLOOR)
    assert told == ("were they published 15 days nearer each other: 0.50, one event",)


def test_what_one_event_hangs_on_is_told_smallest_part_first():
    parts = _parts(names=3.0, phrases=2.5, places=0.1, lead_places_differ=-1.0)
    told = what_would_change(_log_odds(-4.0, parts), parts, _FLOOR)
    assert told == (
        "without the same phrases: 0.13, two events",
        "without the same names: 0.08, two events",
    )


def test_where_no_part_decides_alone_the_fewest_that_do_together_are_told():
    parts = _parts(lead=2.0, names=3.0, phrases=3.5)
    told = what_would_change(_log_odds(-3.5, parts), parts, _FLOOR)
    assert told == ("without the same phrases and without the same names: 0.18, two events",)


def test_two_events_with_nothing_against_them_say_so():
    parts = _parts(names=0.5)
    told = what_would_change(_log_odds(-4.0, parts), parts, _FLOOR)
    assert told == ("too little speaks for it: 0.03, two events",)


def test_one_event_by_the_intercept_alone_says_so():
    told = what_would_change(2.0, [], _FLOOR)
    assert told == ("nothing that was found decides: 0.88, one event without any of it",)


def test_a_part_of_a_later_version_is_told_by_its_name():
    assert part_words("moon_phase").without == "without moon phase"


@pytest.mark.parametrize("day", [date(2025, 3, 4), date(2025, 6, 4), None])
def test_every_line_is_true_of_the_score_it_explains(day):
    one = profile(reports.COLLAPSE_TITLE, reports.COLLAPSE, date(2025, 3, 4))
    other = profile(reports.COLLAPSE_RETOLD_TITLE, reports.COLLAPSE_RETOLD, day)
    score = score_pair(one, other)
    told = what_would_change(score.log_odds, score.contributions, _FLOOR)
    verdict = "two events" if score.probability >= _FLOOR else "one event"
    assert 1 <= len(told) <= 3
    assert all(line.endswith(verdict) for line in told)
