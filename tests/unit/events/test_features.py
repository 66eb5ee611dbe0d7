from datetime import UTC, date, datetime

import pytest

from services.extract.events import candidate_terms, compare_profiles, profile_article
from services.extract.events.document_frequency import rarity, rarity_table
from services.extract.events.mentions import (
    fewest_days_between,
    find_month_days,
    find_numbers,
    find_places,
)
from services.extract.events.vocabularies import word_rarities
from services.extract.events.words import EventWords, find_names, read_words
from tests.unit.events.reports import COLLAPSE, COLLAPSE_RETOLD, COLLAPSE_TITLE, QUAKE, profile


def _names(read: EventWords) -> frozenset[str]:
    return find_names(read, word_rarities(read.words, "en"))


def test_the_table_knows_common_words_and_caps_unknown_ones():
    assert rarity("the") == 0.0
    assert rarity("zzyzzx") == 6.0
    assert len(rarity_table()) > 30_000


def test_dotted_acronyms_read_as_one_word():
    assert read_words("U.S. troops of the U.N.").words == ("us", "troops", "of", "the", "un")


def test_names_are_capitals_inside_a_sentence_or_at_the_head_of_a_name():
    read = read_words(
        "Ines Calder spoke. Rescuers left for Westhaven on Monday. Nobody asked Calder."
    )
    assert _names(read) == {"ines", "calder", "westhaven"}


@pytest.mark.parametrize(
    ("text", "days"),
    [
        pytest.param("on Nov. 2, 2025", {(11, 2)}, id="short-month"),
        pytest.param("December 18 and 19th of May", {(12, 18), (5, 19)}, id="both-orders"),
        pytest.param("2025-05-31", {(5, 31)}, id="iso"),
        pytest.param("may 40 marches 99:10 sept", set(), id="no-day"),
    ],
)
def test_month_days_are_found(text, days):
    assert find_month_days(text) == days


def test_numbers_lose_their_separators_and_years_are_left_out():
    assert find_numbers("1,200 of 45.5 in 2024, ADMM2") == {"1200", "45.5"}


def test_places_follow_a_preposition_of_place():
    read = read_words("Talks were held in Port Amble near Sarvik by Awa Keita.")
    assert find_places(read, _names(read)) == {"port amble", "sarvik"}


def test_comparing_is_symmetric_and_stays_between_nought_and_one():
    one, other = profile(COLLAPSE_TITLE, COLLAPSE), profile("", COLLAPSE_RETOLD)
    values = compare_profiles(one, other)
    assert values == compare_profiles(other, one)
    assert len(values) == 10
    assert all(0.0 <= value <= 1.0 for value in values.values())


def test_an_article_is_most_like_itself():
    values = compare_profiles(profile(COLLAPSE_TITLE, COLLAPSE), profile(COLLAPSE_TITLE, COLLAPSE))
    alike = ("names", "main_names", "phrases", "lead", "plain_words")
    assert [values[name] for name in alike] == pytest.approx([1.0] * 5)


def test_main_names_are_those_said_at_the_top_and_again():
    filler = "Then it rained for hours on the old harbour. " * 8
    text = f"Orlan met Keita. Keita smiled at Orlan. {filler} Sarvik slept. Sarvik woke."
    assert set(profile("Orlan sees Keita", text).main_names) == {"orlan", "keita"}


def test_articles_that_know_nothing_of_each_others_main_names_say_so():
    one = profile("Orlan wins in Sarvik", "Tomas Orlan beat the champion in Sarvik. Orlan wept.")
    other = profile("Keita wins in Sarvik", "Awa Keita beat the champion in Sarvik. Keita wept.")
    assert compare_profiles(one, other)["main_names"] < 0.7
    assert compare_profiles(one, one)["main_names"] == 1.0


def test_furniture_is_no_evidence():
    banner = "Read Marrow Bay Weekly every Sunday: ferries, cranes and Ines Calder's column."
    start = len(QUAKE) + 1
    masked = profile_article(
        "", f"{QUAKE}\n{banner}", None, furniture=((start, start + len(banner)),)
    )
    assert masked == profile_article("", QUAKE, None)


def test_no_phrase_runs_across_masked_text():
    masked = profile_article("", "Sarvik harbour xxx ferry", None, furniture=((15, 18),))
    assert masked.phrases == profile_article("", "Sarvik harbour\n\nferry", None).phrases


@pytest.mark.parametrize("text", ["", "Ten words are not much of an article, are they?"])
def test_next_to_nothing_is_profiled_without_error(text):
    assert compare_profiles(profile("", text), profile(COLLAPSE_TITLE, COLLAPSE))["names"] == 0.0


def test_a_guessed_date_decides_nothing():
    at = datetime(2025, 3, 4, 23, tzinfo=UTC)
    assert profile_article("", QUAKE, at).published_day == date(2025, 3, 4)
    assert profile_article("", QUAKE, at, published_decides=False).published_day is None


def test_two_reports_of_one_event_find_each_other_by_terms():
    one = {each.term for each in candidate_terms(profile(COLLAPSE_TITLE, COLLAPSE))}
    other = {each.term for each in candidate_terms(profile("", COLLAPSE_RETOLD))}
    assert len(one) <= 24
    assert len(one & other) >= 2


@pytest.mark.parametrize(
    ("a", "b", "days"),
    [
        pytest.param({(5, 2)}, {(5, 2), (9, 9)}, 0, id="same-day"),
        pytest.param({(12, 31)}, {(1, 1)}, 1, id="round-the-year"),
        pytest.param({(5, 2)}, {(11, 2)}, 182, id="half-a-year"),
        pytest.param(set(), {(5, 2)}, None, id="no-day"),
    ],
)
def test_days_named_in_two_texts_are_compared_round_the_year(a, b, days):
    found = fewest_days_between(frozenset(a), frozenset(b))
    assert found is None if days is None else abs(found - days) <= 1
