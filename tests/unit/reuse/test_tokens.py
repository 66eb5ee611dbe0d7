import pytest

from services.extract.reuse import content_hash, tokenize


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("It’s 'quoted' — twice", ("it's", "quoted", "twice"), id="quotes-and-dashes"),
        pytest.param("cafe\u0301 café", ("café", "café"), id="decomposed-accent"),
        pytest.param("ﬁre ＵＮ", ("fire", "un"), id="ligature-and-full-width"),
        pytest.param("co\u00adoperate", ("cooperate",), id="soft-hyphen"),
        pytest.param("said &quot;no&quot; Q&amp;A", ("said", "no", "q", "a"), id="left-entities"),
        pytest.param("it&#39;s", ("it's",), id="entity-apostrophe"),
        pytest.param("snake_case", ("snake", "case"), id="underscore"),
        pytest.param(" …!? ", (), id="no-word"),
        pytest.param("", (), id="empty"),
    ],
)
def test_words_are_folded(text, words):
    assert tokenize(text).words == words


def test_offsets_address_the_stored_text():
    text = "“Cafe\u0301’s open,” ﬁre-ﬁghters said."
    tokens = tokenize(text)
    pieces = [text[start:end] for start, end in zip(tokens.starts, tokens.ends, strict=True)]
    assert pieces == ["Cafe\u0301’s", "open", "ﬁre", "ﬁghters", "said"]


def test_texts_that_read_the_same_have_one_hash():
    assert content_hash(tokenize('He said "yes" - twice.')) == content_hash(
        tokenize("He  said “yes” — twice")
    )


def test_a_long_row_of_apostrophes_and_marks_takes_linear_time():
    assert len(tokenize("a" + "'\u0301" * 100_000)) >= 1
