import pytest

from services.extract.cleaning.lines import LineKind, kind_of_line
from services.extract.cleaning.plain_text import clean_plain_text, split_lines

_PROSE = [
    "The mayor opened the new bridge over the harbour on Monday, and hundreds walked across it.",
    "Work on the bridge began four years ago and cost more than 400 million, the city said.",
    "Until now people had to take a ferry, which ran every hour and not at all in a storm.",
    "The ferry will be kept for visitors, a speaker of the port said, but only in the summer.",
]


def cleaned(*lines: str) -> list[str]:
    return list(clean_plain_text("\n".join(lines)).paragraphs)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        pytest.param("go to top", LineKind.PHRASE, id="go to top"),
        pytest.param("Share this article", LineKind.PHRASE, id="share"),
        pytest.param("Facebook Twitter Email", LineKind.PHRASE, id="share buttons"),
        pytest.param("Discover more from Harbour Post", LineKind.PHRASE, id="discover"),
        pytest.param("Get the latest news in your inbox", LineKind.PHRASE, id="newsletter"),
        pytest.param("Lire aussi : le pont est ouvert", LineKind.PHRASE, id="french"),
        pytest.param("Xem thêm: cây cầu mới", LineKind.PHRASE, id="vietnamese"),
        pytest.param("Related articles", LineKind.CUT, id="related"),
        pytest.param("You may also like", LineKind.CUT, id="also like"),
        pytest.param(
            "The mayor on the bridge. [YONHAP]", LineKind.CAPTION, id="agency in brackets"
        ),
        pytest.param("The bridge at night. Photo by Bo Chan", LineKind.CAPTION, id="photo by"),
        pytest.param("The mayor (R) and guests__Photo: VNA", LineKind.CAPTION, id="photo colon"),
        pytest.param("Crowds on the bridge (AP Photo/Bo Chan)", LineKind.CAPTION, id="ap photo"),
        pytest.param("Legende: Die Brücke bei Nacht", LineKind.CAPTION, id="caption in German"),
        pytest.param("FILE PHOTO: The old bridge.", LineKind.CAPTION, id="file photo"),
        pytest.param("The bridge at night Credit: Bo Chan", LineKind.CAPTION, id="credit"),
        pytest.param("12 Comments", LineKind.CUT, id="comments"),
        pytest.param(
            "This cookie is set by the shop to remember you.", LineKind.PHRASE, id="cookie"
        ),
        pytest.param("By Ann Lee", LineKind.BYLINE, id="byline"),
        pytest.param("Yonhap", LineKind.BYLINE, id="agency alone"),
        pytest.param("Published: 10:15 AM EDT, April 24, 2024", LineKind.BYLINE, id="date line"),
        pytest.param("2 hours ago", LineKind.BYLINE, id="hours ago"),
        pytest.param("Why it matters", LineKind.SHORT, id="subheading"),
        pytest.param("She read more than most.", LineKind.PROSE, id="short sentence"),
        pytest.param(
            "Sources said the bridge was safe.", LineKind.PROSE, id="sentence with source"
        ),
        pytest.param("On December 18 it opened.", LineKind.PROSE, id="sentence with date"),
        pytest.param("The talks covered shared interest. (Reuters)", LineKind.PROSE, id="credit"),
    ],
)
def test_line_is_told_by_its_looks(line, kind):
    assert kind_of_line(line) is kind


def test_navigation_before_and_links_after_are_left_out():
    assert cleaned("Home", "News", "Sport", *_PROSE, "Contact", "Imprint", "Jobs") == _PROSE


def test_subheading_inside_the_article_stays():
    lines = [*_PROSE[:2], "Why it matters", *_PROSE[2:]]

    assert cleaned(*lines) == lines


def test_caption_and_its_copy_inside_the_article_go():
    caption = "The mayor cuts a ribbon on the bridge. Photo by Bo Chan"

    assert cleaned(*_PROSE[:2], caption, caption, *_PROSE[2:]) == _PROSE


def test_repeated_lead_is_kept_once():
    assert cleaned(_PROSE[0], _PROSE[1], _PROSE[0], *_PROSE[2:]) == _PROSE


def test_teasers_after_a_heading_of_related_links_are_cut():
    teasers = [f"Another story number {n} that is told in one long sentence." for n in range(3)]

    assert cleaned(*_PROSE, "Related", *teasers) == _PROSE


def test_heading_of_related_links_near_the_start_cuts_nothing():
    assert cleaned(_PROSE[0], "Related", *_PROSE[1:]) == _PROSE


def test_lead_before_a_long_box_of_offers_stays():
    box = ["Subscribe now", "Offers for readers", "One account", "Daily puzzles", "or"] * 2

    assert cleaned(*_PROSE[:2], *box, *_PROSE[2:])[:2] == _PROSE[:2]


def test_article_goes_on_behind_a_list_of_links():
    more = [f"{line[:-1]}, a speaker of the harbour said." for line in _PROSE]

    assert cleaned(*_PROSE, "Most read", "Ferry sold", "Storm ahead", *more) == [*_PROSE, *more]


def test_comments_end_the_article_however_long_they_are():
    comments = [f"I think that number {n} is by far the best of all. Why not?" for n in range(20)]

    article = [*_PROSE, *(f"{line[:-1]}, a speaker of the harbour said." for line in _PROSE)]

    assert cleaned(*article, "20 Comments", "Bo says:", *comments) == article


def test_button_for_comments_above_the_article_ends_nothing():
    assert cleaned("2 Comments", *_PROSE) == _PROSE


def test_prose_that_shares_no_words_with_the_article_is_left_out():
    advert = ["Buy cheap laptops, phones, tablets, monitors, printers, cameras, speakers", "Deals"]

    assert cleaned(*_PROSE, "Offers", *advert * 2) == _PROSE


def test_table_below_the_text_belongs_to_it():
    rows = [f"{day} March – {day + 20} boats" for day in range(1, 7)]

    assert cleaned(*_PROSE, *rows, "Contact", "Imprint") == [*_PROSE, *rows]


def test_three_lines_with_figures_are_no_table():
    assert cleaned(*_PROSE, "Page 1 – 3", "Page 4 – 6", "Page 7 – 9") == _PROSE


def test_lines_around_the_article_are_kept_for_the_fields():
    clean = clean_plain_text("\n".join(["Bridge open", *_PROSE, "Source: Harbour Post"]))

    assert (clean.head, clean.tail) == (("Bridge open",), ("Source: Harbour Post",))


def test_text_wrapped_at_a_fixed_width_is_unwrapped():
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

    paragraphs = split_lines(wrapped)

    assert len(paragraphs) == 2
    assert "Monday, and hundreds of people" in paragraphs[0]


def test_one_paragraph_a_line_is_not_unwrapped():
    assert split_lines("\n".join(_PROSE)) == _PROSE


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\u2028", "\x0b"])
def test_every_kind_of_line_end_ends_a_line(line_end):
    assert split_lines(line_end.join(_PROSE)) == _PROSE


def test_japanese_prose_counts_by_its_characters():
    prose = ["市長は月曜日に港にかかる新しい橋を開通させ、数百人が初日に渡りました。"] * 1 + [
        "工事は四年前に始まり、費用は四億を超えたと市は発表しました。"
    ]

    assert cleaned("ホーム", "ニュース", *prose, "関連記事") == prose


def test_nothing_gives_nothing():
    assert clean_plain_text(" \n\n ").text == ""
