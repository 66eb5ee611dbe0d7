"""Pages saved as one file: by browsers of today and yesterday, and by Safari."""

import plistlib
import quopri

import pytest

from services.extract.outcome import ReadRequest, Reason
from services.extract.reading import read_file
from shared.model import Source

_PARAGRAPHS = [
    f"Paragraph {n} tells of the bridge over the harbour and of the café beside it, in all detail."
    for n in range(5)
]
_BODY = "".join(f"<p>{text}</p>" for text in _PARAGRAPHS)
_PAGE = (
    "<html><head><title>Harbour bridge opens today</title></head>"
    f"<body><article><h1>Harbour bridge opens today</h1>{_BODY}</article></body></html>"
)
_URL = "https://example.org/2025/03/09/bridge"


def part(kind: str, content: bytes, *headers: str) -> bytes:
    head = "\n".join((f"Content-Type: {kind}", *headers))
    return f"------x\n{head}\n\n".encode() + content + b"\n"


def saved(
    *parts: bytes, head: str = f"Snapshot-Content-Location: {_URL}\n", start: str = ""
) -> bytes:
    return (
        (
            "From: <Saved by Blink>\n"
            f"{head}Subject: =?utf-8?Q?Bridge_from_the_subject?=\n"
            "Date: Mon, 1 Dec 2025 00:00:00 -0000\nMIME-Version: 1.0\n"
            f'Content-Type: multipart/related;\n\ttype="text/html";{start}\n'
            '\tboundary="----x"\n\n\n'
        ).encode()
        + b"".join(parts)
        + b"------x--\n"
    )


def page(content: str = _PAGE, *headers: str, location: str = _URL) -> bytes:
    encoded = quopri.encodestring(content.encode())
    encoding = "Content-Transfer-Encoding: quoted-printable"
    return part("text/html", encoded, encoding, f"Content-Location: {location}", *headers)


def read(data: bytes, name: str = "page.mhtml"):
    return read_file(data, ReadRequest(name))


def article_of(data: bytes, name: str = "page.mhtml"):
    article = read(data, name).article
    assert article is not None
    return article


def test_saved_page_gives_its_text_and_its_address_and_not_the_day_it_was_saved():
    article = article_of(saved(page(), part("image/png", b"iVBOR")))

    assert article.text.split("\n\n") == _PARAGRAPHS
    assert article.value("title") == "Harbour bridge opens today"
    assert article.value("url") == _URL
    assert (article.value("published"), article.fields["published"].source) == (
        "2025-03-09",
        Source.URL,
    )
    assert "outlet" not in article.fields


def test_page_without_a_date_has_none_whenever_it_was_saved():
    head = "Snapshot-Content-Location: https://example.org/bridge\n"

    assert "published" not in article_of(saved(page(), head=head)).fields


def test_subject_is_the_title_of_a_page_that_has_none():
    content = _PAGE.replace("Harbour bridge opens today", "")

    assert article_of(saved(page(content))).value("title") == "Bridge from the subject"


def test_page_is_the_part_at_the_saved_address_and_frames_are_noted():
    frame = page("<p>Words of an advertisement that nobody asked for.</p>", location="cid:frame")

    reading = read(saved(frame, page()))

    assert reading.article is not None
    assert reading.article.text.split("\n\n") == _PARAGRAPHS
    assert reading.notes == ("Frames of the page that were not read: 1.",)


def test_page_of_an_old_browser_is_the_part_that_start_names():
    parts = (page("<p>No page at all, only a frame.</p>"), page(_PAGE, "Content-ID: <root>"))

    article = article_of(saved(*parts, head="", start=' start="<root>";'))

    assert article.text.split("\n\n") == _PARAGRAPHS


def test_name_tells_a_saved_page_from_a_mail_when_its_headers_do_not():
    data = saved(page(), head="").replace(b"From: <Saved by Blink>", b"From: someone")

    assert read(data, "page.mht").format == "mhtml"
    assert read(data, "page.eml").format == "eml"


def test_page_in_an_older_encoding_that_only_its_part_names_is_decoded():
    data = saved(part("text/html; charset=windows-1252", _PAGE.encode("cp1252")))

    assert article_of(data).text.split("\n\n") == _PARAGRAPHS


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(saved(), Reason.NO_TEXT, id="no parts"),
        pytest.param(saved(part("image/png", b"x")), Reason.NO_TEXT, id="no page"),
        pytest.param(saved(page())[:200], Reason.NO_TEXT, id="cut off in the headers"),
    ],
)
def test_archive_without_a_page_is_refused(data, reason):
    rejection = read(data).rejection
    assert rejection is not None
    assert rejection.reason is reason


def test_archive_cut_off_in_its_page_gives_what_is_there():
    assert _PARAGRAPHS[0] in article_of(saved(page())[:-300]).text


def webarchive(**resource: object) -> bytes:
    return plistlib.dumps({"WebMainResource": resource}, fmt=plistlib.FMT_BINARY)


def test_page_saved_by_safari_is_read():
    data = webarchive(
        WebResourceData=_PAGE.encode("cp1252"),
        WebResourceTextEncodingName="windows-1252",
        WebResourceURL=_URL,
    )

    reading = read(data, "page.webarchive")

    assert reading.article is not None
    assert reading.format == "webarchive"
    assert reading.article.text.split("\n\n") == _PARAGRAPHS
    assert reading.article.value("url") == _URL


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(webarchive(WebResourceURL=_URL), Reason.NO_TEXT, id="no bytes"),
        pytest.param(webarchive(WebResourceData=b"x")[:-9], Reason.MALFORMED, id="cut off"),
    ],
)
def test_damaged_archive_of_safari_is_refused(data, reason):
    rejection = read(data).rejection
    assert rejection is not None
    assert rejection.reason is reason
