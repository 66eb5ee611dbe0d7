"""PDF files through `read_file`."""

import zlib
from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfWriter

from services.extract.formats.pdf import MAX_PAGES
from services.extract.outcome import ReadRequest, Reason
from services.extract.reading import read_file
from shared.model import Source
from tests.unit.formats.documents import pdf, pdf_column, pdf_line, pdf_of

_FIRST = [
    "ORREN, 14 March 2026 - The council of Orren voted on Thursday to",
    "rebuild the lighthouse at the cape, which lost its lantern room in",
    "the storm of 9 January. The work begins in May.",
]
_SECOND = [
    "The tower had guided fishing boats past the reefs for more than a",
    "century. Since the storm a temporary beacon has taken its place, but",
    "its range is less than half of what the old lens reached.",
]
_TITLE = "Lighthouse at Cape Orren to be rebuilt"
_RELEASE = (
    pdf_line("Orren Council", 72, 770, 8)
    + pdf_line(_TITLE, 72, 730, 20, "F2")
    + pdf_column(_FIRST)
    + pdf_column(_SECOND, top=640)
)


def read(data: bytes, **known):
    return read_file(data, ReadRequest("release.pdf", **known))


def article_of(data: bytes, **known):
    reading = read(data, **known)
    assert reading.article is not None, reading.rejection
    return reading.article


def rejection_of(data: bytes):
    rejection = read(data).rejection
    assert rejection is not None
    return rejection


def test_press_release_is_read_as_paragraphs_with_title_and_date():
    article = article_of(pdf([_RELEASE], "/Title (Microsoft Word - final_v3.docx)"))

    assert article.text.split("\n\n") == [" ".join(_FIRST), " ".join(_SECOND)]
    assert article.value("title") == _TITLE
    assert article.fields["published"].value == "2026-03-14"
    assert article.fields["published"].source is Source.DATELINE
    assert article.value("dateline") == "ORREN"


def test_day_of_creation_is_a_date_that_never_decides():
    undated = pdf_column([_FIRST[0].split(" - ")[1], *_FIRST[1:]])

    published = article_of(pdf([undated], "/CreationDate (D:20260315101500+01'00')")).fields[
        "published"
    ]

    assert (published.value, published.source) == ("2026-03-15T10:15:00+01:00", Source.FILE)


def test_day_of_creation_after_the_arrival_is_not_believed():
    undated = pdf_column([_FIRST[0].split(" - ")[1], *_FIRST[1:]])
    received = datetime(2026, 3, 1, tzinfo=UTC)

    article = article_of(pdf([undated], "/CreationDate (D:20260315101500Z)"), received_at=received)

    assert "published" not in article.fields


def test_day_of_creation_in_another_form_does_not_cost_the_author():
    article = article_of(pdf([_RELEASE], "/CreationDate (last spring) /Author (Marit Dahl)"))

    assert article.authors == ("Marit Dahl",)


@pytest.mark.parametrize(
    ("author", "people"),
    [
        pytest.param("Marit Dahl", ("Marit Dahl",), id="person"),
        pytest.param("Orren Council Press Office", (), id="office"),
        pytest.param("mdahl02", (), id="account"),
        pytest.param("Adobe InDesign", (), id="program"),
    ],
)
def test_author_of_the_properties_counts_only_as_a_person(author, people):
    assert article_of(pdf([_RELEASE], f"/Author ({author})")).authors == people


def test_lines_that_went_are_there_when_asked_for():
    pages = [_RELEASE, pdf_line("Orren Council", 72, 770, 8) + pdf_column(_SECOND)]

    dropped = [line for line in read(pdf(pages), explain=True).lines if line.dropped]

    assert ("Orren Council", "runs through the pages") in [(d.text, d.dropped) for d in dropped]


def test_two_columns_are_read_one_after_the_other():
    columns = pdf_column(_FIRST, left=40, size=8) + pdf_column(_SECOND, left=320, size=8)

    text = article_of(pdf([columns])).text

    assert text.split("\n\n") == [" ".join(_FIRST), " ".join(_SECOND)]


def test_pages_beyond_the_limit_are_not_read_and_said():
    reading = read(pdf([pdf_column(_FIRST, top=600 - n) for n in range(MAX_PAGES + 2)]))

    assert reading.notes == (f"Only the first {MAX_PAGES} of {MAX_PAGES + 2} pages were read.",)


def test_page_that_can_not_be_read_is_named_and_the_others_are_read():
    packer = zlib.compressobj(9)
    bomb = b"".join(packer.compress(b"(a) Tj " * 150_000) for _ in range(25)) + packer.flush()

    reading = read(pdf([bomb, _RELEASE]))

    assert reading.article is not None
    assert reading.notes[0].startswith("Page 1 could not be read (LimitReachedError")


def locked(password: str) -> bytes:
    writer = PdfWriter(clone_from=BytesIO(pdf([_RELEASE])))
    writer.encrypt(password, "owner", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def test_pdf_with_a_password_is_refused_and_named():
    rejection = rejection_of(locked("secret"))

    assert rejection.reason is Reason.UNSUPPORTED
    assert "protected with a password" in rejection.detail


def test_pdf_that_only_forbids_changes_is_read():
    assert article_of(locked("")).value("title") == _TITLE


def test_pictures_of_pages_are_refused_with_what_to_do():
    rejection = rejection_of(pdf(["q 612 0 0 792 0 0 cm Q", "q Q"]))

    assert rejection.reason is Reason.NO_TEXT
    assert "run text recognition (OCR) first" in rejection.detail


def test_pages_without_text_beside_others_are_said():
    assert read(pdf([_RELEASE, "q Q"])).notes == ("1 of 2 pages hold no text, only pictures.",)


_WHOLE = pdf([_RELEASE])
_TREE = {10 + n: f"<< /Type /Pages /Kids [{11 + n} 0 R] /Count 1 >>".encode() for n in range(5000)}
_CATALOG = b"<< /Type /Catalog /Pages 10 0 R >>"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"%PDF-1.7\n", Reason.MALFORMED, id="only its head"),
        pytest.param(_WHOLE[: len(_WHOLE) // 2], Reason.MALFORMED, id="truncated"),
        pytest.param(_WHOLE.replace(b"/Pages 2", b"/Pages 9"), Reason.MALFORMED, id="no pages"),
        pytest.param(pdf_of({1: _CATALOG, **_TREE}), Reason.TOO_LARGE, id="deep page tree"),
        pytest.param(
            pdf_of({1: _CATALOG, 10: b"<< /Type /Pages /Kids [10 0 R] /Count 1 >>"}),
            Reason.MALFORMED,
            id="page tree that holds itself",
        ),
        pytest.param(
            pdf_of({1: b"<< /Type /Catalog /Pages " + b"[" * 100_000}),
            Reason.MALFORMED,
            id="nested arrays",
        ),
        pytest.param(pdf(["[" * 300_000]), Reason.MALFORMED, id="nested arrays on a page"),
        pytest.param(pdf(["<<" * 300_000]), Reason.TOO_LARGE, id="nested dictionaries"),
        pytest.param(pdf(["q Q " * 160_000]), Reason.TOO_LARGE, id="endless operators"),
    ],
)
def test_damaged_and_hostile_pdf_is_refused_with_its_reason(data, reason):
    rejection = rejection_of(data)

    assert rejection.reason is reason
    assert rejection.detail.endswith("drop that.")
