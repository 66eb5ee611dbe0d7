import gzip
import zipfile
from io import BytesIO

import pytest

from services.extract.formats.detection import detect


def _zip(*names: str, content: bytes = b"") -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, content)
    return packed.getvalue()


_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
_TEXT = "The mayor opened the bridge.\nHundreds came to see it.\n"


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        pytest.param(
            "<!doctype html><html><body>x</body></html>", "a.txt", "html", id="page as txt"
        ),
        pytest.param("<html lang=en><p>x</p>", "a", "html", id="page without suffix"),
        pytest.param("<!-- saved --><html><p>x</p>", "a.txt", "html", id="comment first"),
        pytest.param("<div><p>x</p></div>", "a.html", "html", id="fragment"),
        pytest.param(
            '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><p/></html>',
            "a.xml",
            "html",
            id="xhtml",
        ),
        pytest.param(
            "scraped today\n<html><body><p>x</p></body>", "a.txt", "html", id="line before"
        ),
        pytest.param(_TEXT, "a.html", "text", id="text as html"),
        pytest.param(_TEXT, "a.txt", "text", id="text"),
        pytest.param("<3 is a heart, said the mayor", "a.txt", "text", id="heart"),
        pytest.param("[Yonhap] Seoul said on Monday", "a.txt", "text", id="bracket in text"),
        pytest.param("{not json} at all", "a.txt", "text", id="brace in text"),
        pytest.param('{"text": "x"}', "a.txt", "json", id="json as txt"),
        pytest.param('{"text": "x"}\n{"text": "y"}', "a.txt", "json", id="jsonl as txt"),
        pytest.param('{"text": ', "a.json", "json", id="broken json by name"),
        pytest.param("---\ntitle: Bridge\n---\nText", "a.txt", "markdown", id="front matter"),
        pytest.param("# Bridge\n\nText", "a.md", "markdown", id="markdown by name"),
        pytest.param('<?xml version="1.0"?><rss><channel/></rss>', "a.xml", "rss", id="rss"),
        pytest.param('<feed xmlns="http://www.w3.org/2005/Atom">', "a.txt", "atom", id="atom"),
        pytest.param('<?xml version="1.0"?><!-- c --><nitf/>', "a.xml", "nitf", id="nitf"),
        pytest.param('<?xml version="1.0"?><orders/>', "a.xml", "xml", id="other xml"),
        pytest.param(
            "From: a@example.org\nSubject: Bridge\nMIME-Version: 1.0\n\nText", "a", "eml", id="mail"
        ),
        pytest.param("From: the mayor\n\nText", "a.txt", "text", id="letter is no mail"),
        pytest.param("From: the mayor\n\nText", "a.eml", "eml", id="mail by name"),
        pytest.param("The mayor spoke.\n\nText", "a.eml", "text", id="text as mail"),
        pytest.param("12\nFrom: x\nMIME-Version: 1\nTo: y\n\nText", "a", "eml", id="apple mail"),
        pytest.param(
            "Subject: x\nMIME-Version: 1.0\nSnapshot-Content-Location: https://example.org\n\nText",
            "a.txt",
            "mhtml",
            id="saved page",
        ),
        pytest.param(
            'From: "Saved by Some Browser 8"\nSubject: x\n\nText', "a", "mhtml", id="old saved page"
        ),
        pytest.param(
            '{"version": "https://jsonfeed.org/version/1", "items": []}',
            "a.txt",
            "json_feed",
            id="json feed",
        ),
        pytest.param("[InternetShortcut]\nURL=http://example.org", "a.url", "link", id="link"),
    ],
)
def test_content_tells_the_format_before_the_name_does(content, name, kind):
    assert detect(content.encode(), name) == kind


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        pytest.param(b"%PDF-1.7\n\x00", "pdf", id="pdf"),
        pytest.param(_zip("word/document.xml"), "docx", id="docx"),
        pytest.param(_zip("one.txt"), "zip", id="zip"),
        pytest.param(_zip("xl/workbook.xml"), "xlsx", id="workbook"),
        pytest.param(_zip("ppt/presentation.xml"), "pptx", id="presentation"),
        pytest.param(_zip("archive/data.warc.gz", "datapackage.json"), "wacz", id="wacz"),
        pytest.param(
            _zip("one.docx", content=_zip("word/document.xml")), "zip", id="documents in a zip"
        ),
        pytest.param(b"\x1f\x8b\x08", "gzip", id="gzip"),
        pytest.param(gzip.compress(b"WARC/1.0\r\n"), "warc", id="packed web archive"),
        pytest.param(gzip.compress(b"The mayor"), "gzip", id="packed text"),
        pytest.param(_OLD_OFFICE, "msoffice", id="old Word document"),
        pytest.param(
            _OLD_OFFICE + "EncryptedPackage".encode("utf-16-le"), "msoffice_locked", id="locked"
        ),
        pytest.param(b"\x89PNG\r\n\x1a\n", "image", id="png"),
        pytest.param(b"{\\rtf1\\ansi", "rtf", id="rtf"),
        pytest.param(b"bplist00\xd1\x01\x02", "link", id="binary link"),
        pytest.param(b"bplist00\xd1_\x10WebMainResource", "webarchive", id="safari"),
    ],
)
def test_magic_bytes_tell_binary_types_whatever_the_name(data, kind):
    assert detect(data, "article.txt") == kind


@pytest.mark.parametrize("text", ["ID3 sales rise again in the north", "RIFF RAFF: council split"])
def test_text_that_begins_like_a_sound_is_text(text):
    assert detect(text.encode(), "a.txt") == "text"
