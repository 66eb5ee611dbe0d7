"""Word documents through `read_file`."""

import pytest

from services.extract.formats.docx_lines import lines_of_html
from services.extract.formats.docx_package import MAX_PARTS, MAX_XML_BYTES
from services.extract.outcome import ReadRequest, Reason
from services.extract.reading import read_file
from shared.model import Source
from tests.unit.formats.documents import docx, paragraph, table, zip_of

_LEAD = (
    "LINDEN - The river ferry Aurelia returned to service on Tuesday after eleven months in the "
    "yard, and two hundred passengers made the first crossing with it."
)
_BODY = (
    "Four electric motors have taken the place of two diesel engines. The battery is charged "
    "during each stop of nine minutes by an arm on the eastern landing stage."
)
_LAST = (
    "The council will decide in the summer whether a second ship follows, which would cost about "
    "nine million and replace the bridge that floods closed every spring."
)
_TITLE = "River ferry returns with electric motors"


def read(data: bytes, **known):
    return read_file(data, ReadRequest("release.docx", **known))


def article_of(data: bytes):
    reading = read(data)
    assert reading.article is not None, reading.rejection
    return reading.article


def rejection_of(data: bytes):
    rejection = read(data).rejection
    assert rejection is not None
    return rejection


def test_document_with_styles_gives_title_author_date_and_paragraphs():
    article = article_of(
        docx(
            paragraph("PRESS RELEASE"),
            paragraph(_TITLE, "Titel"),
            paragraph("By Helena Voss"),
            paragraph("3 February 2026"),
            paragraph(_LEAD),
            paragraph("Background", "Kopf1"),
            paragraph(_BODY),
        )
    )

    assert article.text.split("\n\n") == [_LEAD, "Background", _BODY]
    assert article.value("title") == _TITLE
    assert article.authors == ("Helena Voss",)
    assert (article.value("published"), article.fields["published"].source) == (
        "2026-02-03",
        Source.TEXT,
    )


def test_first_heading_is_the_title_where_nothing_has_the_style():
    assert article_of(docx(paragraph(_TITLE, "Kopf1"), paragraph(_LEAD))).value("title") == _TITLE


def test_properties_speak_where_the_text_is_silent_and_their_date_never_decides():
    core = (
        f"<dc:title>{_TITLE}</dc:title><dc:creator>Helena Voss</dc:creator>"
        "<dcterms:created>2026-02-02T07:30:00Z</dcterms:created>"
    )

    article = article_of(docx(paragraph(_LEAD), paragraph(_BODY), core=core))

    assert (article.value("title"), article.fields["title"].source) == (_TITLE, Source.META)
    assert article.authors == ("Helena Voss",)
    assert (article.value("published"), article.fields["published"].source) == (
        "2026-02-02T07:30:00+00:00",
        Source.FILE,
    )


def test_title_that_is_a_file_name_is_none():
    core = "<dc:title>release_final v3.docx</dc:title><dc:creator>acc0117</dc:creator>"

    article = article_of(docx(paragraph(_LEAD), paragraph(_BODY), core=core))

    assert article.fields["title"].source is Source.GUESS
    assert article.authors == ()


def test_lists_and_tables_are_lines_even_at_the_end():
    article = article_of(
        docx(
            paragraph(_TITLE, "Titel"),
            paragraph(_LEAD),
            paragraph("The fares:"),
            paragraph("Bicycles are free", is_item=True),
            table(("Adults", "2.80"), ("Children", "free")),
        )
    )

    assert article.text.split("\n\n") == [
        _LEAD,
        "The fares:",
        "Bicycles are free",
        "Adults | 2.80",
        "Children | free",
    ]


def test_list_and_table_between_paragraphs_do_not_part_the_article():
    items = [f"Landing stage {name}" for name in ("north", "south", "east", "west")]

    article = article_of(
        docx(
            paragraph(_TITLE, "Titel"),
            paragraph(_LEAD),
            *(paragraph(item, is_item=True) for item in items),
            paragraph(_BODY),
            table(("Opened", "3 March 2026"), ("Adults", "full fare"), ("Children", "free")),
            paragraph(_LAST),
        )
    )

    rows = ["Opened | 3 March 2026", "Adults | full fare", "Children | free"]
    assert article.text.split("\n\n") == [_LEAD, *items, _BODY, *rows, _LAST]


def test_headings_over_tables_at_the_end_stay_with_them():
    groups = (
        block
        for name in ("morning", "evening")
        for block in (paragraph(f"Fares in the {name}", "Kopf1"), table((name, "2.80")))
    )

    text = article_of(docx(paragraph(_TITLE, "Titel"), paragraph(_LEAD), *groups)).text

    assert text.split("\n\n") == [
        _LEAD,
        "Fares in the morning",
        "morning | 2.80",
        "Fares in the evening",
        "evening | 2.80",
    ]


def test_document_of_a_list_alone_is_kept_whole():
    items = [f"Landing stage number {n}" for n in range(30)]

    text = article_of(docx(*(paragraph(item, is_item=True) for item in items))).text

    assert text.split("\n\n")[-29:] == items[-29:]


def test_item_keeps_its_text_beside_the_list_it_holds():
    lines = lines_of_html(
        "<ul><li>Ferries <b>at night</b><ul><li>North<ol><li>Pier</li></ol></li></ul>until May</li>"
        "<li>Buses</li></ul>"
    )

    assert [(line.text, line.kind) for line in lines] == [
        (text, "li") for text in ("Ferries at night", "until May", "North", "Pier", "Buses")
    ]


def test_text_laid_out_by_a_table_of_ten_thousand_paragraphs_is_read_in_linear_time():
    cells = "".join(f"<p>Paragraph {n}</p>" for n in range(10_000))

    assert len(lines_of_html(f"<table><tr><td>{cells}</td><td>Press</td></tr></table>")) == 10_000


def test_text_laid_out_by_a_table_is_read_as_paragraphs():
    article = article_of(docx(table(("Press office",), (f"{_LEAD}\n{_BODY}",))))

    assert article.text.split("\n\n") == [_LEAD, _BODY]


def test_footnotes_come_last_and_leave_no_mark_in_the_text():
    note = "Counted by the yard, which weighed the ship before and after its conversion."

    article = article_of(
        docx(paragraph(_TITLE, "Titel"), paragraph(_LEAD, note=1), paragraph(_BODY), notes=(note,))
    )

    assert article.text.split("\n\n") == [_LEAD, _BODY, note]


def test_line_break_within_a_paragraph_is_the_end_of_a_line():
    text = article_of(docx(paragraph(f"{_LEAD}\n{_BODY}"))).text

    assert text.split("\n\n") == [_LEAD, _BODY]


def test_lines_that_went_are_there_when_asked_for():
    data = docx(paragraph("Contact us"), paragraph(_TITLE, "Titel"), paragraph(_LEAD))

    assert "Contact us" in [line.text for line in read(data, explain=True).lines if line.dropped]


_WHOLE = docx(paragraph(_LEAD))
_LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le")


@pytest.mark.parametrize(
    ("data", "reason", "advice"),
    [
        pytest.param(docx(), Reason.NO_TEXT, "no text", id="empty"),
        pytest.param(docx(paragraph("Three words only")), Reason.TOO_SHORT, "3 words", id="short"),
        pytest.param(_WHOLE[:-200], Reason.MALFORMED, "save it again", id="truncated"),
        pytest.param(
            zip_of({"word/document.xml": b"<w:document"}),
            Reason.MALFORMED,
            "save it again",
            id="broken XML",
        ),
        pytest.param(_LOCKED, Reason.UNSUPPORTED, "protected with a password", id="locked"),
        pytest.param(
            zip_of({"word/document.xml": b" " * (MAX_XML_BYTES + 1)}),
            Reason.TOO_LARGE,
            "limits",
            id="unpacks to too much",
        ),
        pytest.param(
            zip_of({"word/document.xml": b"", **{f"{n}.xml": b"" for n in range(MAX_PARTS)}}),
            Reason.TOO_LARGE,
            "parts",
            id="too many parts",
        ),
        pytest.param(
            docx(paragraph(_LEAD), doctype='<!DOCTYPE a [<!ENTITY b "c">]>'),
            Reason.MALFORMED,
            "document type",
            id="entities",
        ),
        pytest.param(
            docx("<w:p>" * 20_000 + "</w:p>" * 20_000), Reason.MALFORMED, "nested", id="deep"
        ),
    ],
)
def test_document_that_can_not_be_read_says_why_and_what_to_do(data, reason, advice):
    rejection = rejection_of(data)

    assert rejection.reason is reason
    assert advice in rejection.detail


def test_entities_are_refused_in_another_encoding_too():
    declared = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'

    rejection = rejection_of(zip_of({"word/document.xml": declared.encode("utf-16")}))

    assert "document type" in rejection.detail
