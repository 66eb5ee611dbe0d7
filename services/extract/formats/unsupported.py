"""What to tell people who drop a type newswatch knows but does not read."""

from __future__ import annotations

from services.extract.outcome import Reason, UnreadableError

_ADVICE = {
    "rss": "This is an RSS feed; save the articles it links to, or make JSON Lines of it.",
    "atom": "This is an Atom feed; save the articles it links to, or make JSON Lines of it.",
    "xml": "This is XML of no kind that is read; export it as HTML, text or JSON.",
    "eml": "This is an e-mail; save its body as text or HTML.",
    "mhtml": "This is a web archive (MHTML); save the page as HTML only.",
    "warc": "This is a web archive (WARC); extract its pages as HTML.",
    "zstd": "This is a Zstandard file; unpack it and drop what is inside.",
    "7z": "This is a 7-Zip archive; unpack it and drop the files.",
    "rar": "This is a RAR archive; unpack it and drop the files.",
    "pdf": "This is a PDF; save its text as .txt and drop that.",
    "docx": "This is a Word document; save it as text or HTML.",
    "office": "This is a spreadsheet or a presentation; save its text as .txt and drop that.",
    "odt": "This is an OpenDocument text; save it as text or HTML.",
    "rtf": "This is Rich Text; save it as text or HTML.",
    "epub": "This is an e-book; save the article as text or HTML.",
    "msoffice": "This is an old Office or Outlook file; save it as text or HTML.",
    "link": "This is only a link, and nothing is ever fetched from the web; save the page itself.",
}
_BINARY = {
    "image": "an image",
    "video": "a video",
    "audio": "a sound recording",
    "program": "a program",
    "database": "a database",
}


def unreadable(kind: str) -> UnreadableError:
    """Give the rejection of a file of type *kind*, with what to do about it."""
    if kind in _BINARY:
        detail = f"The file is {_BINARY[kind]}, not text."
        return UnreadableError(Reason.NOT_TEXT, detail)
    detail = _ADVICE.get(kind, f"Files of type {kind} are not read; save it as text or HTML.")
    return UnreadableError(Reason.UNSUPPORTED, detail)
