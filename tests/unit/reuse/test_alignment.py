import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.extract.reuse import align, tokenize
from tests.unit.reuse.texts import HARBOUR, invented_text, invented_words

_SMALL_VOCABULARY = st.lists(
    st.sampled_from(["ab", "cd", "ef", "gh", "ij", "kl", "mn", "op"]), max_size=120
)


@settings(max_examples=80, deadline=None)
@given(_SMALL_VOCABULARY, _SMALL_VOCABULARY, st.integers(0, 60), st.integers(12, 60))
def test_runs_slice_to_equal_words_in_both_texts(left, right, start, size):
    block = invented_words(start, size)
    own_text, other_text = " ".join(left + block), "“" + " — ".join(right[:start] + block) + "”"
    found = align(tokenize(own_text), tokenize(other_text))
    assert found.passages
    for passage in found.passages:
        for run in passage.runs:
            own = tokenize(own_text[run.self_start : run.self_end])
            other = tokenize(other_text[run.other_start : run.other_end])
            assert own.words == other.words


_DRESSES = st.lists(
    st.sampled_from(
        [
            ("it's", "it&#39;s"),
            ("it's", "it’s"),
            ("no", "&quot;no&quot;"),
            ("no", "“no”…"),
            ("caf\u00e9", "cafe\u0301"),
            ("cooperate", "co\u00adoperate"),
            ("fire", "ﬁre"),
            ("quay", "QUAY&nbsp;&mdash;"),
        ]
    ),
    min_size=12,
    max_size=60,
)


@settings(max_examples=80, deadline=None)
@given(_DRESSES, _SMALL_VOCABULARY, _SMALL_VOCABULARY)
def test_passages_of_dressed_words_are_found_whole_in_both_texts(words, before, after):
    plain = " ".join(each for each, _ in words)
    own = " ".join([*before, "start", plain])
    other = " ".join(["begin", *(dressed for _, dressed in words), "stop", *after])
    found = align(tokenize(own), tokenize(other)).passages
    assert max(each.words for each in found) >= len(words)
    for run in (run for each in found for run in each.runs):
        own_words = tokenize(own[run.self_start : run.self_end]).words
        assert own_words == tokenize(other[run.other_start : run.other_end]).words


@settings(max_examples=80, deadline=None)
@given(_SMALL_VOCABULARY, _SMALL_VOCABULARY)
def test_the_order_of_the_two_texts_does_not_matter(left, right):
    one, other = tokenize(" ".join(left)), tokenize(" ".join(right))
    assert align(one, other) == align(other, one).swapped()


def test_passages_are_right_to_the_character_after_entities_and_curly_quotes():
    block = (
        "“It’s over,” said the mayor of Lindow after the last of nine long counts on Friday night"
    )
    own = f"{invented_text(1, 30)} {block}. {invented_text(2, 30)}"
    plain = block.replace("“", "&quot;").replace("”", "&quot;").replace("’", "&#39;")
    other = f"{invented_text(3, 50)} {plain}!"
    (passage,) = align(tokenize(own), tokenize(other)).passages
    assert own[passage.self_start : passage.self_end] == block.removeprefix("“")
    assert other[passage.other_start : passage.other_end] == plain.removeprefix("&quot;")


def test_a_gap_of_six_words_is_bridged_and_one_of_seven_is_not():
    words = invented_words(5, 40)
    for gap, passages in ((6, 1), (7, 2)):
        edited = [*words[:20], *invented_words(6, gap), *words[20 + gap :], *words[:0]]
        both = [*words[: 20 + gap], *words[20 + gap :]]
        found = align(tokenize(" ".join(both)), tokenize(" ".join(edited)))
        assert len(found.passages) == passages


def test_short_rows_with_gaps_prove_no_reuse_and_count_beside_a_passage_that_does():
    row, strange = invented_words(20, 22), invented_words(21, 2)
    gapped = [*row[:11], *strange[:1], *row[11:]]
    one = tokenize(" ".join([*invented_words(22, 30), *row, *invented_words(25, 30)]))
    other = tokenize(" ".join([*gapped, *invented_words(23, 30)]))
    assert align(one, other).passages == ()
    passage = invented_words(24, 12)
    one = tokenize(" ".join([*passage, *invented_words(22, 30), *row]))
    other = tokenize(" ".join([*gapped, *invented_words(23, 30), *passage]))
    assert [each.words for each in align(one, other).passages] == [12, 22]


@pytest.mark.parametrize(("shared", "passages"), [(11, 0), (12, 1)], ids=["eleven", "twelve"])
def test_a_passage_has_at_least_twelve_words(shared, passages):
    block = invented_words(7, shared)
    own = tokenize(" ".join([*invented_words(8, 30), *block]))
    other = tokenize(" ".join([*block, *invented_words(9, 30)]))
    assert len(align(own, other).passages) == passages


def test_coverage_is_given_for_both_sides():
    words = invented_words(10, 100)
    found = align(
        tokenize(" ".join(words[:50])), tokenize(" ".join([*words[:50], *invented_words(11, 150)]))
    )
    assert (found.coverage_self, found.coverage_other) == (1.0, 0.25)


def test_a_phrase_that_recurs_does_not_tear_a_passage():
    refrain = "at the end of the day in the middle of the town "
    own = refrain * 20 + HARBOUR.replace("shortly before dawn", refrain)
    (passage,) = [
        each
        for each in align(
            tokenize(own), tokenize(HARBOUR.replace("shortly before dawn", refrain))
        ).passages
        if each.words > 60
    ]
    assert passage.other_start == 0


@pytest.mark.parametrize(
    ("own", "other"),
    [
        pytest.param("", "", id="both-empty"),
        pytest.param("", HARBOUR, id="one-empty"),
        pytest.param("ten words are too few to share any passage here", HARBOUR, id="ten-words"),
    ],
)
def test_texts_too_short_to_share_a_passage_share_nothing(own, other):
    assert align(tokenize(own), tokenize(other)).passages == ()


@pytest.mark.parametrize(
    ("own", "other"),
    [
        pytest.param("one line said again and again here. " * 10_000,
                     "one line said again and again here. " * 9_000, id="same-line"),
        pytest.param("a a a a a b " * 10_000, "a a a a a c " * 10_000, id="same-seed"),
        pytest.param(invented_text(1, 20_000), invented_text(1, 20_000) + " end", id="long-copy"),
    ],
)  # fmt: skip
def test_hostile_texts_give_no_more_runs_than_they_have_seeds(own, other):
    one, two = tokenize(own), tokenize(other)
    found = align(one, two)
    assert found.passages
    assert sum(len(passage.runs) for passage in found.passages) <= max(len(one), len(two)) // 5
