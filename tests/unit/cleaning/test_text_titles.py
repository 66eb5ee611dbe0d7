"""The title of copied text, and the working title of text that has none."""

import pytest

from services.extract.cleaning.text_titles import title_of_text, working_title
from shared.model import Source

_BODY = (
    "The mayor opened the new bridge over the harbour on Monday, and hundreds walked across it.",
    "Work on the bridge began four years ago and cost more than 400 million, the city said.",
)
_TITLE = "Harbour bridge opens after four years of work"


def title_in(*head: str) -> str | None:
    title, _stands_in_body = title_of_text(head, _BODY)
    return title.value if title else None


def test_first_line_without_full_stop_before_longer_text_is_the_title():
    assert title_in(_TITLE) == _TITLE


def test_first_line_of_the_body_without_full_stop_is_the_title_and_no_paragraph():
    line = (
        "Harbour bridge opens after four years of work and many delays caused by storms and strikes"
    )

    title, stands_in_body = title_of_text([], [line, *_BODY])

    assert title is not None
    assert (title.value, stands_in_body) == (line, True)


def test_text_that_opens_with_a_sentence_has_no_title():
    assert title_of_text([], _BODY) == (None, False)


def test_title_shares_words_with_the_text():
    assert title_in(_TITLE, *["Win a weekend in the mountains today"] * 4, "News") == _TITLE


def test_title_stands_above_the_byline_and_a_caption_below_it():
    caption = "Mayor and guests on the harbour bridge on Monday"

    assert title_in(_TITLE, "By Ann Lee", caption) == _TITLE


def test_navigation_is_no_title():
    assert title_in("Home", "News | Sport | Weather | Travel", "https://example.org/a-b-c") is None


def test_title_in_a_script_without_spaces():
    body = ("市長は月曜日に港にかかる新しい橋を開通させ、数百人が初日に渡りました。",)

    title, _stands_in_body = title_of_text(["ホーム", "港の新しい橋が四年ぶりに開通へ"], body)

    assert title is not None
    assert title.value == "港の新しい橋が四年ぶりに開通へ"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("The old bridge is open again. Crowds came.", "The old bridge is open again",
                     id="first sentence"),
        pytest.param("HCMC – The old bridge is open again. Crowds came.",
                     "The old bridge is open again", id="without dateline"),
        pytest.param("The mayor of the town " * 9, "The mayor of the town The mayor of the town"
                     " The mayor of the town The mayor of …", id="cut at a word"),
        pytest.param("Short poem\n\nof two lines", "Short poem of two lines", id="no sentence"),
    ],
)  # fmt: skip
def test_working_title_is_the_first_sentence_and_a_guess(text, name):
    title = working_title(text)

    assert (title.value, title.source) == (name, Source.GUESS)
