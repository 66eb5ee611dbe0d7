"""Fields of copied text, and the word on each of its lines."""

from datetime import UTC, datetime

from services.extract.cleaning.plain_text import clean_plain_text
from services.extract.cleaning.text_fields import fields_of_text
from shared.model import Source

_PROSE = [
    "The mayor opened the new bridge over the harbour on Monday, and hundreds walked across it.",
    "Work on the bridge began four years ago and cost more than 400 million, the city said.",
    "Until now people had to take a ferry, which ran every hour and not at all in a storm.",
]
_CAPTION = "The mayor cuts a ribbon on the bridge. Photo by Bo Chan"


def read(*lines: str, received_at: datetime | None = None):
    return fields_of_text(clean_plain_text("\n".join(lines)), received_at)


def fates(*lines: str) -> list[tuple[str, str | None]]:
    _fields, _authors, clean = read(*lines)
    assert [fate.text for fate in clean.fates if not fate.dropped] == list(clean.paragraphs)
    return [(fate.text, fate.dropped) for fate in clean.fates]


def test_each_line_is_in_the_body_or_says_why_not():
    title = "Harbour bridge opens after four years"

    assert fates(
        "Menu", "Harbour Post", title, "By Ann Lee", _PROSE[0], _CAPTION, _CAPTION, *_PROSE[1:],
        "Share", "Imprint", "Related articles", "A new ferry is planned",
    ) == [
        ("Menu", "phrase of the page"),
        ("Harbour Post", "before the article"),
        (title, "title"),
        ("By Ann Lee", "byline or date line"),
        (_PROSE[0], None),
        (_CAPTION, "caption"),
        (_CAPTION, "repeat"),
        (_PROSE[1], None),
        (_PROSE[2], None),
        ("Share", "phrase of the page"),
        ("Imprint", "after the article"),
        ("Related articles", "heading of further links"),
        ("A new ferry is planned", "after a heading of further links"),
    ]  # fmt: skip


def test_title_taken_out_of_the_body_is_called_title():
    title = (
        "Harbour bridge opens after four years of work and many delays caused by storms and strikes"
    )

    assert fates(title, *_PROSE) == [(title, "title"), *((line, None) for line in _PROSE)]


def test_links_listed_within_the_article_are_said_to_be_links():
    links = ["A ferry for the north", "Storm damage at the port"]

    more = [f"{line[:-1]}, which nobody in the harbour town had expected." for line in _PROSE]

    assert fates(*_PROSE, "Most read", *links, *more) == [
        *((line, None) for line in _PROSE),
        ("Most read", "heading of further links"),
        *((link, "after a heading of further links") for link in links),
        *((line, None) for line in more),
    ]


def test_paragraph_wrapped_over_lines_is_one_line():
    wrapped = (
        "The mayor opened the new bridge over the harbour on Monday, and\n"
        "hundreds of people walked across it before the first cars came,\n"
        "while a band played on a boat below and the ferry gave a salute\n"
        "for the last time.\n"
        "\n"
        "Work on the bridge began four years ago and cost more than what\n"
        "the city had set aside for it, because the ground was soft and a\n"
        "second pier had to be built further out in the stream than it was\n"
        "planned.\n"
    )

    assert [dropped for _text, dropped in fates(wrapped)] == [None, None]


def test_text_of_short_lines_alone_is_kept():
    assert fates("The bridge is old", "the river cold", "the ferry sold") == [
        ("The bridge is old", None),
        ("the river cold", None),
        ("the ferry sold", None),
    ]


def test_phrases_alone_are_kept_rather_than_nothing():
    assert fates("Share", "Tweet") == [("Share", None), ("Tweet", None)]


def test_agency_alone_below_the_text_is_credited():
    fields, authors, _clean = read(*_PROSE, "Yonhap", "with the Harbour City Daily")

    assert fields["agency"].value == "Yonhap"
    assert fields["outlet"].value == "Harbour City Daily"
    assert authors == ("Yonhap",)


def test_agency_as_author_is_credited():
    fields, authors, _clean = read("Bridge open at last", "By VNA   March 9, 2025", *_PROSE)

    assert (fields["agency"].value, authors) == ("VNA", ("VNA",))
    assert fields["published"].value == "2025-03-09"


def test_change_is_a_field_of_its_own():
    fields, _authors, _clean = read("Bridge open at last", "Updated March 9, 2025", *_PROSE)

    assert fields["updated"].value == "2025-03-09"
    assert "published" not in fields


def test_date_after_the_arrival_is_none():
    received_at = datetime(2025, 1, 1, tzinfo=UTC)

    fields, _authors, _clean = read("March 9, 2025", *_PROSE, received_at=received_at)

    assert "published" not in fields


def test_text_without_fields_gets_none_made_up():
    fields, authors, _clean = read(*_PROSE)

    assert (fields, authors) == ({}, ())


def test_language_of_the_body_settles_which_number_is_the_day():
    said = (
        "Thị trưởng thành phố đã khánh thành cây cầu mới bắc qua cảng vào sáng nay trong cơn mưa."
    )
    body = [f"{said[:-1]}, ông {name} cho biết." for name in ("An", "Bình", "Cường", "Dũng")]

    fields, _authors, _clean = read("Cầu mới bắc qua cảng mở cửa", "Thứ ba, 4/3/2025", *body)
    english, _authors, _clean = read("Harbour bridge opens", "Tuesday, 4/3/2025", *_PROSE * 2)

    assert (fields["published"].value, fields["published"].source) == ("2025-03-04", Source.TEXT)
    assert english["published"].source is Source.GUESS
