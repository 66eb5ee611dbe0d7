"""Printed pages become paragraphs: lines joined, words made whole, running lines dropped."""

import pytest

from services.extract.cleaning.printed_lines import PrintedLine
from services.extract.cleaning.printed_pages import PrintedPage, read_printed_pages
from services.extract.cleaning.printed_titles import title_of_print

_TEXT = [
    "The harbour office said on Monday that the light on the",
    "cape would be lit again before the end of the winter.",
]


def page(*lines: str | PrintedLine, top: float = 120, size: float = 10) -> PrintedPage:
    """Set lines one below the other, 12 points apart; those with a place of their own stay."""
    placed = [
        line if isinstance(line, PrintedLine) else PrintedLine(line, 70, top + 12 * n, size)
        for n, line in enumerate(lines)
    ]
    return PrintedPage(tuple(placed), 800)


def paragraphs(*pages: PrintedPage) -> list[str]:
    return [paragraph.text for paragraph in read_printed_pages(pages).paragraphs]


def test_lines_of_one_paragraph_are_joined():
    assert paragraphs(page(*_TEXT)) == [" ".join(_TEXT)]


def test_larger_distance_parts_two_paragraphs():
    below = PrintedLine("A second one begins here after some room", 70, 162, 10)

    assert len(paragraphs(page(*_TEXT, below))) == 2


def test_first_line_set_in_parts_two_paragraphs():
    set_in = PrintedLine("Set in by two ems begins another one here", 90, 144, 10)
    goes_on = PrintedLine("and this line goes on with that very one.", 70, 156, 10)

    assert paragraphs(page(*_TEXT, set_in, goes_on)) == [
        " ".join(_TEXT),
        f"{set_in.text} {goes_on.text}",
    ]


@pytest.mark.parametrize(
    ("above", "below", "joined"),
    [
        pytest.param("the light-", "house is old", "the lighthouse is old", id="broken word"),
        pytest.param("the light\u00ad", "house is old", "the lighthouse is old", id="soft hyphen"),
        pytest.param("the Franco-", "German fund", "the Franco-German fund", id="two names"),
        pytest.param("from 2014-", "2018 only", "from 2014- 2018 only", id="figures are left"),
        pytest.param(
            "港の灯台は来年の", "春に再建される", "港の灯台は来年の春に再建される", id="no blanks"
        ),
    ],
)
def test_words_broken_at_the_end_of_a_line_are_made_whole(above, below, joined):
    assert paragraphs(page(above, below)) == [joined]


def test_compound_that_the_document_writes_elsewhere_keeps_its_hyphen():
    lines = ("A glass-fibre tower was planned, and a glass-", "fibre mast beside it was built.")

    assert "a glass-fibre mast" in paragraphs(page(*lines))[0]


def test_paragraph_goes_on_over_the_page():
    first = page("The council of the town said on Monday that the")
    second = page("light would be lit again before the end of winter.")

    assert len(paragraphs(first, second)) == 1


def test_items_of_a_list_stand_alone_and_lose_their_mark():
    assert paragraphs(page("• Bicycles are free", "• Dogs pay half")) == [
        "Bicycles are free",
        "Dogs pay half",
    ]


def test_running_heads_and_page_numbers_go_and_say_why():
    def printed(number: int, *text: str) -> PrintedPage:
        head = PrintedLine("Orren Gazette", 70, 30, 8)
        foot = PrintedLine(f"Page {number} of 2", 300, 780, 8)
        return page(head, *(PrintedLine(t, 70, 200 + 12 * n, 10) for n, t in enumerate(text)), foot)

    found = read_printed_pages([printed(1, *_TEXT), printed(2, "The work takes a year.")])

    assert [p.text for p in found.paragraphs] == [" ".join(_TEXT), "The work takes a year."]
    assert [(fate.text, fate.dropped) for fate in found.dropped[:2]] == [
        ("Orren Gazette", "runs through the pages"),
        ("Page 1 of 2", "runs through the pages"),
    ]


def test_line_of_the_text_that_stands_at_one_place_on_two_pages_stays():
    repeated = PrintedLine("and so the meeting went on to", 70, 20, 10)
    pages = [
        page(repeated, PrintedLine(f"the {point} of the points before it.", 70, 32, 10))
        for point in ("first", "second")
    ]

    assert read_printed_pages(pages).dropped == ()


def test_what_a_browser_prints_round_a_page_goes_and_gives_the_address():
    stamp = PrintedLine("11/22/26, 2:39 AM Light to be lit again - Orren Gazette", 20, 15, 8)
    foot = PrintedLine("https://gazette.example/light 1/1", 20, 785, 8)

    found = read_printed_pages(
        [page(stamp, *(PrintedLine(t, 70, 200 + 12 * n, 10) for n, t in enumerate(_TEXT)), foot)]
    )

    assert [p.text for p in found.paragraphs] == [" ".join(_TEXT)]
    assert found.address == "https://gazette.example/light"


def test_year_in_the_middle_of_a_page_is_no_page_number():
    assert "1984" in paragraphs(page("1984", top=400))


@pytest.mark.parametrize(
    ("stated", "title"),
    [
        pytest.param("", "Light on the cape to be lit again", id="by its size"),
        pytest.param("release_final.docx", "Light on the cape to be lit again", id="file name"),
        pytest.param("The Orren Gazette of Monday", "The Orren Gazette of Monday", id="as stated"),
    ],
)
def test_title_is_the_first_large_line_unless_the_properties_state_another(stated, title):
    lines = (
        PrintedLine("The Orren Gazette of Monday", 70, 130, 18),
        PrintedLine("Light on the cape to be lit again", 70, 170, 24),
        *(PrintedLine(text, 70, 220 + 12 * n, 10) for n, text in enumerate(_TEXT)),
    )
    letterhead = (PrintedLine("GAZETTE", 70, 110, 40), lines[1], lines[0], *lines[2:])

    found = title_of_print(read_printed_pages([page(*letterhead)]).paragraphs, stated)

    assert found is not None
    assert found.value == title


def test_text_all_of_one_size_has_no_title_by_its_looks():
    assert title_of_print(read_printed_pages([page(*_TEXT)]).paragraphs, "") is None


def test_many_lines_are_joined_in_time_that_grows_with_them():
    lines = [PrintedLine("word " * 12, 70, 12.0 * n, 10) for n in range(20_000)]

    assert len("".join(paragraphs(PrintedPage(tuple(lines), 800)))) >= 1_000_000
