"""Packed profiles score as the texts they come from."""

import dataclasses
import itertools
from datetime import date

import pytest

from services.extract.events import EventProfile, profile_article, score_pair
from services.extract.events.packing import pack_profile, unpack_profile
from tests.e2e.corpus import LANTERN, LANTERN_TITLE, QUARRY, QUARRY_TITLE

DAY = date(2026, 3, 1)
PROFILES = [
    profile_article(QUARRY_TITLE, QUARRY, DAY),
    profile_article(LANTERN_TITLE, LANTERN, None),
    profile_article("Tarn", "On March 3 some 1,200 people met in Tarn on Tuesday.", date(1, 1, 1)),
    profile_article("", "", None),
    profile_article("\ud800", "lone \udfff surrogate " * 3, DAY),
]


@pytest.mark.parametrize(("one", "other"), itertools.combinations_with_replacement(PROFILES, 2))
def test_packed_profiles_score_as_the_texts_do(one: EventProfile, other: EventProfile):
    packed_one, packed_other = (unpack_profile(pack_profile(each)) for each in (one, other))
    by_text, by_bytes = score_pair(one, other), score_pair(packed_one, packed_other)
    assert by_bytes.log_odds == pytest.approx(by_text.log_odds, abs=1e-6)
    assert by_bytes.days_apart == by_text.days_apart
    assert [part.name for part in by_bytes.contributions] == [
        part.name for part in by_text.contributions
    ]


def test_equal_profiles_are_equal_bytes_whatever_the_order_of_their_words():
    profile = PROFILES[0]
    backwards = dict(reversed(list(profile.words.items())))
    assert pack_profile(dataclasses.replace(profile, words=backwards)) == pack_profile(profile)


def test_twenty_thousand_words_stay_a_bounded_number_of_bytes():
    text = " ".join(f"word{number % 4000} harbour" for number in range(10_000))
    assert len(pack_profile(profile_article("Long", text, DAY))) < 200_000
