from datetime import date

import pytest

from services.extract.events import candidate_terms, profile_article, score_pair
from services.extract.events.clustering import CUT
from services.extract.events.vocabularies import recognise_language, strip_particle, word_rarities
from services.extract.events.words import fit_to_language, read_words
from tests.unit.events import foreign_reports as told
from tests.unit.events.reports import COLLAPSE

_DAY = date(2025, 9, 13)

PAIRS = [
    pytest.param(told.FLOOD_VI, told.FLOOD_RETOLD_VI, told.OTHER_FLOOD_VI, id="vietnamese"),
    pytest.param(told.FIRE_KO, told.FIRE_RETOLD_KO, told.OTHER_FIRE_KO, id="korean"),
    pytest.param(told.BRIDGE_ZH, told.BRIDGE_RETOLD_ZH, told.OTHER_BRIDGE_ZH, id="chinese"),
    pytest.param(told.STRIKE_DE, told.STRIKE_RETOLD_DE, told.OTHER_STRIKE_DE, id="german"),
]


@pytest.mark.parametrize(("text", "retold", "other"), PAIRS)
def test_one_event_in_other_words_is_told_from_another_of_its_kind(text, retold, other):
    one = profile_article("", text, _DAY)
    assert score_pair(one, profile_article("", retold, _DAY)).probability > CUT
    assert score_pair(one, profile_article("", other, _DAY)).probability < CUT / 2


@pytest.mark.parametrize(("text", "retold", "other"), PAIRS)
def test_one_event_is_found_by_its_terms_in_every_language(text, retold, other):
    terms = [
        {term.term for term in candidate_terms(profile_article("", each, None))}
        for each in (text, retold)
    ]
    assert len(terms[0] & terms[1]) >= 2


@pytest.mark.parametrize(
    ("text", "language"),
    [
        pytest.param(COLLAPSE, "en", id="english"),
        pytest.param(told.FLOOD_VI, "vi", id="vietnamese"),
        pytest.param(told.FIRE_KO, "ko", id="korean"),
        pytest.param(told.BRIDGE_ZH, "zh", id="chinese"),
        pytest.param(
            "港の倉庫で火事があり、四人がけがをした。", "zh", id="japanese-is-cut-like-chinese"
        ),
        pytest.param(told.STRIKE_DE, "de", id="german"),
        pytest.param("Le maire de la ville a dit que les travaux sont finis.", "fr", id="french"),
        pytest.param("El alcalde dijo que las obras de la plaza no han terminado.", "es", id="es"),
        pytest.param("Burmistrz miasta zapowiada remont mostu przez rzekę", "other", id="polish"),
        pytest.param("", "en", id="nothing"),
    ],
)
def test_a_language_is_recognised_by_its_words(text, language):
    assert recognise_language(read_words(text).words) == language


def test_a_language_that_is_known_needs_no_recognising():
    assert profile_article("", told.FLOOD_VI, None, language="vi") == profile_article(
        "", told.FLOOD_VI, None
    )


def test_vietnamese_words_are_pairs_of_syllables_without_function_words():
    read = fit_to_language(read_words("Hồ chứa Khe Mây của huyện, tràn bờ."), "vi")
    assert read.words == ("hồ chứa", "chứa khe", "khe mây", "tràn bờ")
    assert read.is_capital == (False, False, True, False)


def test_chinese_words_are_pairs_of_characters():
    assert fit_to_language(read_words("白鹿大桥, BBC"), "zh").words == (
        "白鹿",
        "鹿大",
        "大桥",
        "bbc",
    )


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        pytest.param("해림시는", "해림시", id="topic"),
        pytest.param("창고에서", "창고", id="place"),
        pytest.param("불이", "불이", id="too-short-to-cut"),
        pytest.param("ferry", "ferry", id="not-korean"),
    ],
)
def test_korean_words_lose_their_particle(word, stem):
    assert strip_particle(word) == stem


def test_function_words_of_other_languages_tell_nothing_and_long_words_more():
    rarities = word_rarities(["der", "Hafen".lower(), "verhandlungen"], "de")
    assert rarities["der"] == 0.0 < rarities["hafen"] < rarities["verhandlungen"] == 6.0
