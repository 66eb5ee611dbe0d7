import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.extract.reuse import fingerprints, gram_hashes, tokenize
from tests.unit.reuse.texts import invented_text

# Written down once: a change would orphan every stored fingerprint.
GRAM_OF_ONE_TO_EIGHT = -3158981961060963292


def test_hashes_are_the_same_in_every_process():
    assert gram_hashes(tokenize("one two three four five six seven eight")) == (
        GRAM_OF_ONE_TO_EIGHT,
    )


@pytest.mark.parametrize(
    ("words", "least", "most"),
    [
        pytest.param(0, 0, 0, id="empty"),
        pytest.param(7, 0, 0, id="shorter-than-a-gram"),
        pytest.param(10, 3, 3, id="ten-words"),
        pytest.param(200, 48, 48, id="short-keeps-the-floor"),
        pytest.param(3_000, 120, 260, id="long-thins-out"),
        pytest.param(20_000, 300, 300, id="very-long-is-capped"),
    ],
)
def test_the_number_kept_is_bounded(words, least, most):
    assert least <= len(fingerprints(tokenize(invented_text(1, words)))) <= most


def test_one_line_repeated_ten_thousand_times_keeps_only_its_own_grams():
    assert len(fingerprints(tokenize("The same line stands here once more. " * 10_000))) == 7


def test_furniture_is_left_out():
    own, footer = invented_text(2, 100), invented_text(3, 100)
    page = f"{own} {footer}"
    kept = fingerprints(tokenize(page), ((len(own) + 1, len(page)),))
    assert set(kept) <= set(gram_hashes(tokenize(own)))
    assert kept


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(["ant", "bee", "cow", "doe", "elk"]), max_size=400))
def test_fingerprints_are_distinct_signed_and_bounded(words):
    kept = fingerprints(tokenize(" ".join(words)))
    assert len(set(kept)) == len(kept) <= 300
    assert all(-(2**63) <= gram < 2**63 for gram in kept)
