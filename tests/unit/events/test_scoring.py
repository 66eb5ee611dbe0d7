from datetime import date

import pytest

from services.extract.events import EventProfile, score_pair
from tests.unit.events import reports
from tests.unit.events.reports import profile

_DAY = date(2025, 3, 4)


def _collapse(day: date | None = _DAY) -> EventProfile:
    return profile(reports.COLLAPSE_TITLE, reports.COLLAPSE, day)


def _retold(day: date | None = _DAY) -> EventProfile:
    return profile(reports.COLLAPSE_RETOLD_TITLE, reports.COLLAPSE_RETOLD, day)


def test_one_event_in_other_words_scores_high_with_or_without_dates():
    assert score_pair(_collapse(), _retold()).probability > 0.9
    assert score_pair(_collapse(None), _retold(None)).probability > 0.7


def test_two_quakes_in_two_places_are_two_events():
    one = profile(reports.QUAKE_TITLE, reports.QUAKE, _DAY)
    other = profile(reports.OTHER_QUAKE_TITLE, reports.OTHER_QUAKE, _DAY)
    assert score_pair(one, other).probability < 0.3


@pytest.mark.parametrize(
    ("day", "later_day"),
    [
        pytest.param(None, None, id="no-dates"),
        pytest.param(date(2025, 5, 2), date(2025, 11, 19), id="dated"),
    ],
)
def test_the_same_cast_on_another_day_is_another_event(day, later_day):
    one = profile(reports.VISIT_TITLE, reports.VISIT, day)
    other = profile(reports.LATER_VISIT_TITLE, reports.LATER_VISIT, later_day)
    assert score_pair(one, other).probability < 0.3


def test_the_order_of_the_two_articles_does_not_matter():
    one, other = score_pair(_collapse(), _retold(None)), score_pair(_retold(None), _collapse())
    assert one == other


def test_parts_add_up_and_are_told_in_words():
    score = score_pair(_collapse(None), _retold())
    parts = {part.name: part.contribution for part in score.contributions}
    assert score.log_odds == pytest.approx(-4.48 + sum(parts.values()))
    assert parts["no_date"] == -1.5
    assert "no date −1.5" in score.reasons
    assert any(reason.startswith("same names +") for reason in score.reasons)


@pytest.mark.parametrize(
    ("day", "apart", "part"),
    [
        pytest.param(date(2025, 3, 11), 7, 0.0, id="a-week-is-free"),
        pytest.param(date(2025, 3, 14), 10, -0.3, id="three-days-beyond"),
        pytest.param(date(2025, 4, 3), 30, -2.3, id="the-last-day-inside-the-gate"),
        pytest.param(date(2025, 4, 4), 31, -25.0, id="beyond-the-gate"),
    ],
)
def test_time_apart_counts_against_one_event(day, apart, part):
    score = score_pair(_collapse(), _retold(day))
    time = [p for p in score.contributions if p.name in {"days_apart", "beyond_gate", "no_date"}]
    assert score.days_apart == apart
    assert sum(p.contribution for p in time) == pytest.approx(part)
