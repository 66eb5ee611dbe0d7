import pytest

from services.extract.reuse import find_lines, gram_hashes, line_hashes, long_lines, tokenize
from tests.unit.reuse.texts import invented_text

# Written down once: a change would orphan every stored line.
HASH_OF_READ_MORE = -3687820586252631933


def _hashes(text: str) -> tuple[int, ...]:
    return line_hashes(text, tokenize(text))


def test_hashes_are_the_same_in_every_process():
    assert _hashes("Read more") == (HASH_OF_READ_MORE,)


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\n\n \n", "\u2028"])
def test_lines_are_known_by_their_words_whatever_breaks_them(line_break):
    text = f"“One line”{line_break}…{line_break}It’s the other"
    found = find_lines(text, tokenize(text))
    assert [text[line.start : line.end] for line in found] == ["One line", "It’s the other"]
    assert tuple(line.hash for line in found) == _hashes("one  LINE\nit's the other!")


def test_a_line_of_eight_words_is_no_gram():
    line = "one two three four five six seven eight"
    assert not set(_hashes(line)) & set(gram_hashes(tokenize(line)))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("", 0, id="empty"),
        pytest.param(" \n…\n", 0, id="no-word"),
        pytest.param("ten words stand here on one line and no more", 1, id="ten-words"),
        pytest.param("The same line stands here once more.\n" * 10_000, 1, id="one-line-repeated"),
        pytest.param(invented_text(1, 20_000).replace(". ", ".\n"), 200, id="very-long"),
    ],
)
def test_the_number_kept_is_bounded(text, count):
    assert len(_hashes(text)) == count


def test_of_a_long_article_the_first_and_the_last_hundred_lines_are_kept():
    lines = [f"line {number}" for number in range(300)]
    kept = _hashes("\n".join(lines))
    assert kept == _hashes("\n".join([*lines[:100], *lines[-100:]]))


def test_lines_as_long_as_a_gram_find_articles():
    text = "seven words stand on this first line\neight words stand on this second line here"
    assert long_lines(text, tokenize(text)) == _hashes(text)[1:]
