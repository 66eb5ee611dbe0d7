"""Tokens keep their offsets into the text as written, whatever is folded for comparison."""

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.model import Readable
from shared.query import analyse
from shared.query.folding import fold, plain_name, singular
from shared.query.sentences import paragraph_number, sentence_around
from shared.query.text import FIELD_GAP, TOKEN_LIMIT
from shared.query.tokens import tokens


def spelled(text: str) -> list[str]:
    return [token.spelling for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("The U.S. and U.N. met.", ["The", "US", "and", "UN", "met"], id="dotted"),
        pytest.param("in Washington, D.C.", ["in", "Washington", "DC"], id="dotted-at-end"),
        pytest.param("Vietnam's and ASEAN’s", ["Vietnam", "and", "ASEAN"], id="possessive"),
        pytest.param("the U.S.’s view", ["the", "US", "view"], id="dotted-possessive"),
        pytest.param("soldiers' remains", ["soldiers", "remains"], id="plural-possessive"),
        pytest.param("O'Brien", ["O'Brien"], id="apostrophe-inside"),
        pytest.param("Vietnam–U.S. POW/MIA", ["Vietnam", "US", "POW", "MIA"], id="dash-and-slash"),
        pytest.param("US$130 million", ["US$", "130", "million"], id="currency-is-not-the-country"),
        pytest.param("ADMM+ of 1,500.5", ["ADMM", "of", "1,500.5"], id="plus-and-number"),
        pytest.param("_emphasis_ here", ["emphasis", "here"], id="underscore"),
        pytest.param("海洋法", ["海", "洋", "法"], id="no-spaces"),
        pytest.param("", [], id="empty"),
    ],
)
def test_a_text_is_cut_into_words(text, expected):
    assert spelled(text) == expected


@pytest.mark.parametrize(
    ("word", "folded"),
    [
        ("Đà", "da"),
        ("Đặng", "dang"),
        ("Ｆｕｌｌ", "full"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("Øresund", "oresund"),
        ("soft\u00adhyphen", "softhyphen"),
    ],
)
def test_folding_drops_case_marks_and_variants(word, folded):
    assert fold(word) == folded
    assert fold(unicodedata.normalize("NFD", word)) == folded


@pytest.mark.parametrize(
    ("plural", "one"),
    [
        ("mines", "mine"),
        ("legacies", "legacy"),
        ("churches", "church"),
        ("ties", "tie"),
        ("remains", "remains"),
        ("arms", "arms"),
        ("news", "news"),
        ("works", "works"),
        ("crisis", "crisis"),
        ("status", "status"),
        ("gas", "gas"),
        ("was", "was"),
        ("pass", "pass"),
    ],
)
def test_only_regular_english_plurals_are_folded(plural, one):
    assert singular(plural) == one


def test_outlet_names_compare_without_case_marks_and_signs():
    assert plain_name("Vietnam-Insider") == plain_name("vietnam insider")


def test_every_token_quotes_the_text_as_written():
    text = "Thủ tướng ﬁnds the “U.S.” clean-up e\u0301tude"
    for token in tokens(text):
        assert token.spelling == text[token.start : token.end].replace(".", "")


@given(st.text(max_size=200), st.text(max_size=40))
@settings(max_examples=150, deadline=None)
def test_offsets_are_in_order_and_inside_their_field(text, title):
    analysed = analyse(Readable(title, text))
    for low, high, value in ((0, analysed.title_end, title), (analysed.text_start, None, text)):
        before = 0
        for start, end in zip(analysed.starts[low:high], analysed.ends[low:high], strict=True):
            assert before <= start < end <= len(value)
            before = end


def test_title_stands_first_with_a_gap_no_near_can_cross():
    analysed = analyse(Readable("two words", "and text"))
    assert (analysed.title_end, analysed.text_start) == (2, 2 + FIELD_GAP)
    assert analysed.span(0, 1).text == "two words"
    assert analysed.span(analysed.text_start, analysed.text_start).field == "text"


def test_a_hyphenated_word_is_also_found_joined():
    analysed = analyse(Readable("", "a clean-up of military-to-military ties"))
    assert set(analysed.joined) == {"cleanup", "militarytomilitary"}


def test_a_text_beyond_the_limit_is_cut_and_says_so():
    analysed = analyse(Readable("", "word " * (TOKEN_LIMIT + 5)))
    assert analysed.truncated
    assert len(analysed.starts) == FIELD_GAP + TOKEN_LIMIT


def masked(text: str, *blocks: str, title: str = "") -> Readable:
    """Return an article in which *blocks* are furniture."""
    spans = ((text.index(block), text.index(block) + len(block)) for block in blocks)
    return Readable(title, text, furniture=tuple(sorted(spans)))


def test_words_of_furniture_are_no_words_of_the_article():
    text = "Ferries sail again.\n\nRead clean-up news\n\nThe clean quay was calm."
    analysed = analyse(masked(text, "Read clean-up news"))

    assert " ".join(analysed.postings) == "ferries sail again the clean quay was calm"
    assert not analysed.joined
    for position, word in enumerate(analysed.spellings[analysed.text_start :], analysed.text_start):
        if word:
            assert text[analysed.starts[position] : analysed.ends[position]] == word


@given(st.text(max_size=200), st.lists(st.integers(0, 200), max_size=6))
@settings(max_examples=100, deadline=None)
def test_with_furniture_left_out_offsets_never_go_back_and_stay_outside_it(text, cuts):
    ends = sorted({min(cut, len(text)) for cut in cuts})
    spans = tuple(zip(ends[::2], ends[1::2], strict=False))
    analysed = analyse(Readable("", text, furniture=spans))

    assert analysed.starts == sorted(analysed.starts)
    assert analysed.sentence_ids == sorted(analysed.sentence_ids)
    for position in (p for places in analysed.postings.values() for p in places):
        start, end = analysed.starts[position], analysed.ends[position]
        assert all(end <= low or high <= start for low, high in spans)


def test_the_lead_is_as_long_as_without_furniture():
    banner, lead = "We use cookies. " * 50, "word " * 120
    analysed = analyse(masked(f"{banner}{lead}end of it", banner))

    assert analysed.spellings[analysed.lead_end] == "end"


def test_furniture_does_not_use_up_the_words_that_are_read():
    banner = "cookies " * TOKEN_LIMIT
    assert not analyse(masked(f"{banner}word", banner)).truncated
    assert analyse(masked(banner + "word " * (TOKEN_LIMIT + 1), banner)).truncated


def test_sentences_do_not_end_at_abbreviations():
    text = "Gen. Phan spoke. The U.S. Navy came on Nov. 2 to help. It left."
    start = text.index("Navy")
    low, high = sentence_around(text, start, start + 4)
    assert text[low:high] == "The U.S. Navy came on Nov. 2 to help."


def test_paragraphs_are_counted_at_blank_lines():
    text = "\n\nOne\nstill one.\n\nTwo.\n \nThree."
    assert [paragraph_number(text, text.index(w)) for w in ("still", "Two", "Three")] == [1, 2, 3]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a" * 300_000, id="one-word"),
        pytest.param("a." * 150_000, id="dots"),
        pytest.param("'" * 300_000, id="apostrophes"),
        pytest.param("a'" * 150_000, id="apostrophe-chain"),
        pytest.param("\u0301" * 300_000, id="marks"),
        pytest.param("a\u0301" * 150_000, id="marked-letters"),
        pytest.param("\n \t" * 100_000, id="blank-lines"),
        pytest.param(". " * 150_000, id="stops"),
        pytest.param("." + " " * 300_000, id="spaces"),
        pytest.param("1," * 150_000, id="digits"),
        pytest.param("a-" * 150_000, id="hyphens"),
    ],
)
def test_hostile_texts_take_linear_time(text):
    started = time.process_time()
    analysed = analyse(Readable("", text))
    assert len(analysed.sentence_ids) == len(analysed.paragraph_ids) == len(analysed.starts)
    assert time.process_time() - started < 5
