from datetime import date

import pytest

from services.extract.events import EventProfile, score_pair, shipped_weights
from services.extract.events.clustering import CUT
from shared.score_parts import part_words
from tests.unit.events import reports
from tests.unit.events.reports import profile

_DAY = date(2025, 3, 4)
_TIME = {"published_near", "days_apart", "beyond_gate", "no_date"}


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
    assert score_pair(one, other).probability < CUT / 2


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
    assert score_pair(one, other).probability < CUT / 2


def test_the_order_of_the_two_articles_does_not_matter():
    one, other = score_pair(_collapse(), _retold(None)), score_pair(_retold(None), _collapse())
    assert one == other


def test_parts_add_up_and_are_told_in_words():
    score = score_pair(_collapse(None), _retold())
    parts = {part.name: part.contribution for part in score.contributions}
    assert score.log_odds == pytest.approx(shipped_weights().intercept + sum(parts.values()))
    assert parts["no_date"] == -1.5
    assert "no date −1.5" in score.reasons
    assert any(reason.startswith("same names +") for reason in score.reasons)


def test_every_part_has_its_plain_words():
    time = {"published_near", "days_apart", "beyond_gate", "no_date", "texts_agree"}
    for name in {*shipped_weights().weights, *time, "text_days_far"}:
        assert part_words(name).without != f"without {name.replace('_', ' ')}"


def _undated(text: str) -> EventProfile:
    return profile("", f"Tomas Orlan met Awa Keita. {text}")


@pytest.mark.parametrize(
    ("one", "other", "back"),
    [
        pytest.param("They spoke in Sarvik.", "Talks took place at Sarvik.", True, id="one-place"),
        pytest.param(
            "They spoke on Monday.", "Monday saw two hours of talks.", True, id="one-weekday"
        ),
        pytest.param(
            "They spoke on May 2.", "Talks ended on 3 May.", True, id="days-next-to-another"
        ),
        pytest.param("They spoke on May 2.", "Talks ended on 9 May.", False, id="a-week-between"),
        pytest.param("They spoke.", "Talks ended.", False, id="nothing-named"),
    ],
)
def test_a_day_or_place_in_both_texts_wins_the_missing_date_back(one, other, back):
    score = score_pair(_undated(one), _undated(other))
    time = [p for p in score.contributions if p.name in {"no_date", "texts_agree"}]
    assert sum(p.contribution for p in time) == (0.5 if back else -1.5)


def test_a_publication_day_counts_among_the_days_that_a_text_names():
    dated = profile("", "Tomas Orlan met Awa Keita.", date(2025, 5, 2))
    names = {p.name for p in score_pair(dated, _undated("Talks ended on May 2.")).contributions}
    assert {"no_date", "texts_agree"} <= names


def test_days_named_far_apart_speak_against_one_event():
    score = score_pair(_undated("It was May 2."), _undated("It was November 19."))
    assert "days named in the texts are far apart −1.5" in score.reasons


@pytest.mark.parametrize(
    ("day", "apart", "part"),
    [
        pytest.param(date(2025, 3, 4), 0, 1.0, id="one-day"),
        pytest.param(date(2025, 3, 11), 7, 0.0, id="a-week-is-free"),
        pytest.param(date(2025, 3, 14), 10, -0.3, id="three-days-beyond"),
        pytest.param(date(2025, 4, 3), 30, -2.3, id="the-last-day-inside-the-gate"),
        pytest.param(date(2025, 4, 4), 31, -25.0, id="beyond-the-gate"),
    ],
)
def test_time_apart_counts_against_one_event(day, apart, part):
    score = score_pair(_collapse(), _retold(day))
    time = [p for p in score.contributions if p.name in _TIME]
    assert score.days_apart == apart
    assert sum(p.contribution for p in time) == pytest.approx(part)


def test_two_quakes_told_in_the_same_phrases_are_two_events():
    """Agencies write them by one pattern; only names and figures differ."""
    pattern = (
        "An earthquake of magnitude {} shook {} early on Monday, damaging houses and cutting power "
        "to {} homes, officials said. Rescue teams searched collapsed buildings through the night. "
        "Nobody was reported missing, and schools stay closed until inspectors have been there."
    )
    one = profile("Quake shakes Tarn", pattern.format("4.8", "Tarn", "900"), _DAY)
    other = profile("Quake shakes Veltra", pattern.format("5.6", "Veltra", "2,300"), _DAY)
    score = score_pair(one, other)
    assert score.probability < CUT
    assert any("neither tells of the other's main names" in reason for reason in score.reasons)
