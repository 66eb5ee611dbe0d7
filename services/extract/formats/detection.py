"""Which format a file is: by its content first, by its name second."""

from __future__ import annotations

import json
import re
import zlib
from pathlib import PurePath

from services.extract.formats.decoding import decode

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "pdf"),
    (0, b"PK\x03\x04", "zip"),
    (0, b"PK\x05\x06", "zip"),
    (0, b"\x1f\x8b", "gzip"),
    (0, b"BZh", "bzip2"),
    (0, b"\xfd7zXZ\x00", "xz"),
    (0, b"\x28\xb5\x2f\xfd", "zstd"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"Rar!\x1a\x07", "rar"),
    (257, b"ustar", "tar"),
    (0, b"{\\rtf", "rtf"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "msoffice"),
    (0, b"WARC/", "warc"),
    (0, b"\x89PNG\r\n", "image"),
    (0, b"\xff\xd8\xff", "image"),
    (0, b"GIF8", "image"),
    (8, b"WEBP", "image"),
    (0, b"II*\x00", "image"),
    (0, b"MM\x00*", "image"),
    (4, b"ftyp", "video"),
    (0, b"ID3\x02", "audio"),
    (0, b"ID3\x03", "audio"),
    (0, b"ID3\x04", "audio"),
    (0, b"OggS", "audio"),
    (8, b"WAVEfmt", "audio"),
    (8, b"AVI LIST", "video"),
    (0, b"\x7fELF", "program"),
    (0, b"MZ\x90\x00", "program"),
    (0, b"SQLite format 3\x00", "database"),
    (0, b"bplist00", "link"),
)
_ZIPPED = (
    (b"mimetypeapplication/epub", "epub"),
    (b"mimetypeapplication/vnd.oasis", "odt"),
    (b"word/document", "docx"),
    (b"xl/workbook", "xlsx"),
    (b"ppt/presentation", "pptx"),
    (b"META-INF/MANIFEST.MF", "program"),
)
# What a document that is a ZIP begins with; any other ZIP may hold whole documents.
_DOCUMENT_STARTS = (
    b"[Content_Types].xml", b"_rels/", b"docProps/", b"customXml/", b"word/", b"xl/", b"ppt/",
    b"mimetype", b"META-INF/", b"datapackage", b"archive/", b"indexes/", b"pages/",
)  # fmt: skip
_LOCKED_OFFICE = "EncryptedPackage".encode("utf-16-le")
_XML_ROOTS = {
    "rss": "rss", "rdf": "rss", "feed": "atom", "nitf": "nitf", "newsml": "newsml",
    "newsitem": "newsml", "newsmessage": "newsml", "packageitem": "newsml",
    "conceptitem": "newsml", "knowledgeitem": "newsml", "planningitem": "newsml",
    "plist": "link", "html": "html",
}  # fmt: skip
_HTML_TAGS = (
    "html|head|body|div|p|article|section|main|h1|h2|h3|meta|title|script|style|table|span|"
    "header|nav|ul|ol|a|br|font|center|b|i|em|strong|blockquote|figure|img"
)
_HTML_START = re.compile(rf"<(?:!doctype\s+html|(?:{_HTML_TAGS})[\s/>])", re.IGNORECASE)
_HTML_FRAME = re.compile(r"<(?:!doctype\s+html|(?:html|head|body|article)[\s>])", re.IGNORECASE)
_HTML_CLOSED = re.compile(rf"</(?:{_HTML_TAGS})\s?>", re.IGNORECASE)
_XML_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]{0,60}:)?([A-Za-z_][\w.-]{0,60})[\s/>]")
_MAIL_HEADER = re.compile(
    r"^(from|to|subject|date|received|return-path|message-id|mime-version|delivered-to|"
    r"content-type|x-[\w-]{1,60}|snapshot-content-location):\s?\S", re.IGNORECASE | re.MULTILINE,
)  # fmt: skip
_MAIL_HEAD_CHARACTERS = 200_000
_BLANK_LINE = re.compile(r"\n[ \t]{0,100}\r?\n")
_SAVED_BY = re.compile(r"^from:\s?[\"'<]{0,2}saved by ", re.IGNORECASE | re.MULTILINE)
_JSON_FEED = re.compile(r'"version"\s{0,20}:\s{0,20}"https?:[\\/]{2,4}jsonfeed\.org')
_MAIL_SUFFIXES = {".eml", ".emlx", ".mail"}
_MHTML_SUFFIXES = {".mht", ".mhtml"}
_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n[A-Za-z_][\w -]{0,40}:")
_HTML_SUFFIXES = {".html", ".htm", ".xhtml", ".xht", ".shtml"}
_JSON_SUFFIXES = {".json", ".jsonl", ".ndjson", ".geojson"}
_HEAD_BYTES = 200_000  # a multiple of four: no character of UTF-16 or UTF-32 is cut
_BY_SUFFIX = {".md": "markdown", ".markdown": "markdown", ".mdown": "markdown"}


def detect(data: bytes, name: str) -> str:
    """Name the format of *data*: a key of FORMATS, or a known type that is not read.

    Raises:
        UnreadableError: The bytes are neither a known type nor text.
    """
    return _by_magic(data) or _of_text(_telling_text(data), PurePath(name.lower()).suffix)


def _telling_text(data: bytes) -> str:
    """Decode what tells the format: the head of markup, the whole of anything else."""
    head = decode(data[:_HEAD_BYTES]).text
    is_markup = head[:4000].lstrip("\ufeff \t\r\n\x00").startswith("<")
    return head if is_markup or len(data) <= _HEAD_BYTES else decode(data).text


def _by_magic(data: bytes) -> str | None:
    for offset, magic, kind in _MAGIC:
        if data.startswith(magic, offset):
            return _within(data, kind)
    return None


def _within(data: bytes, kind: str) -> str:
    """Tell by what is inside a container what it is used for."""
    match kind:
        case "zip":
            return _of_zip(data)
        case "gzip":
            return "warc" if _starts_unpacked(data, b"WARC/") else kind
        case "link":  # a property list, as Safari's links are
            return "webarchive" if b"WebMainResource" in data else kind
        case "msoffice":
            return "msoffice_locked" if _LOCKED_OFFICE in data else kind
        case _:
            return kind


def _starts_unpacked(data: bytes, mark: bytes) -> bool:
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data[:4000], 64).startswith(mark)
    except zlib.error:
        return False


def _of_zip(data: bytes) -> str:
    first_name = data[30 : 30 + int.from_bytes(data[26:28], "little")]
    if not first_name.startswith(_DOCUMENT_STARTS):
        return "zip"
    head = data[:4000] + data[-4000:]
    if b"datapackage.json" in head and b".warc" in head:
        return "wacz"
    return next((kind for mark, kind in _ZIPPED if mark in head), "zip")


def _of_text(text: str, suffix: str) -> str:
    start = text[:4000].lstrip("\ufeff \t\r\n\x00")
    if start.startswith("<"):
        return _of_markup(text, suffix)
    if suffix in _JSON_SUFFIXES or (start[:1] in {"{", "["} and _is_json(text)):
        return "json_feed" if _is_json_feed(text) else "json"
    if start.startswith(("[InternetShortcut]", "[Desktop Entry]")):
        return "link"
    return _of_mail(text, suffix) or _of_prose(text, start, suffix)


def _of_prose(text: str, start: str, suffix: str) -> str:
    if _is_page_after_text(text, suffix):
        return "html"
    if _FRONT_MATTER.match(start):
        return "markdown"
    return _BY_SUFFIX.get(suffix, "text")


def _of_markup(text: str, suffix: str) -> str:
    head = text[:20_000]
    root = _first_element(head)
    if root in _XML_ROOTS:
        return _XML_ROOTS[root]
    if head.lstrip("\ufeff \t\r\n\x00").startswith("<?xml") and not _HTML_FRAME.search(head):
        return "xml"
    if _HTML_START.search(head) and (suffix in _HTML_SUFFIXES or _looks_like_page(head)):
        return "html"
    return _BY_SUFFIX.get(suffix, "text")


def _first_element(head: str) -> str:
    """Name the first element in small letters, without its prefix; comments are passed over."""
    position = 0
    while (position := head.find("<", position)) >= 0:
        if head.startswith("<!--", position):
            position = head.find("-->", position)
            if position < 0:
                return ""
        elif found := _XML_ROOT.match(head, position):
            return found.group(1).lower()
        position += 1
    return ""


def _looks_like_page(head: str) -> bool:
    return _HTML_FRAME.search(head) is not None or _HTML_CLOSED.search(head) is not None


def _is_page_after_text(text: str, suffix: str) -> bool:
    """Some scrapers put a line of their own before the page."""
    if suffix in _HTML_SUFFIXES:
        return _HTML_START.search(text) is not None
    return _HTML_FRAME.search(text[:2000]) is not None and "</" in text


def _is_json(text: str) -> bool:
    """Text may start with a bracket too: `[Yonhap] Seoul ...`."""
    for candidate in (text, text.lstrip().split("\n", 1)[0]):
        try:
            found = json.loads(candidate)
        except RecursionError:
            return True
        except ValueError:
            continue
        return isinstance(found, dict | list)
    return False


def _is_json_feed(text: str) -> bool:
    if not _JSON_FEED.search(text):
        return False
    try:
        found = json.loads(text.lstrip("\ufeff"), strict=False)
    except (ValueError, RecursionError):
        return False
    version = found.get("version") if isinstance(found, dict) else None
    return isinstance(version, str) and "jsonfeed.org/version/" in version


def _of_mail(text: str, suffix: str) -> str | None:
    head = _BLANK_LINE.split(text[:_MAIL_HEAD_CHARACTERS].lstrip(), maxsplit=1)[0]
    headers = {found.lower() for found in _MAIL_HEADER.findall(head)}
    if headers and ("snapshot-content-location" in headers or _is_saved_page(head, suffix)):
        return "mhtml"
    if suffix in _MAIL_SUFFIXES and headers:
        return "eml"
    is_mail = headers & {"mime-version", "received", "message-id", "return-path"}
    return "eml" if is_mail and headers & {"from", "subject"} and len(headers) >= 3 else None


def _is_saved_page(head: str, suffix: str) -> bool:
    """Browsers write `From: <Saved by Blink>`; others only the suffix tells from a mail."""
    return _SAVED_BY.search(head) is not None or suffix in _MHTML_SUFFIXES
