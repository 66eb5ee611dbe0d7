"""What to tell people who drop a type newswatch knows but does not read."""

from __future__ import annotations

from services.extract.outcome import Reason, UnreadableError

_ADVICE = {
    "xml": "This is XML of no kind that is read; export it as HTML, text or JSON.",
    "wacz": "This is a zipped web archive (WACZ); unzip it and drop archive/*.warc.gz.",
    "zstd": "This is a Zstandard file; unpack it and drop what is inside.",
    "7z": "This is a 7-Zip archive; unpack it and drop the files.",
    "rar": "This is a RAR archive; unpack it and drop the files.",
    "xlsx": "This is an Excel workbook; save the article's text as .txt.",
    "pptx": "This is a PowerPoint presentation; save the article's text as .txt.",
    "odt": "This is an OpenDocument text; save it as text or HTML.",
    "rtf": "This is Rich Text; save it as text or HTML.",
    "epub": "This is an e-book; save the article as text or HTML.",
    "msoffice": "This is an old Office or Outlook file; save it as .docx, text or HTML.",
    "msoffice_locked": (
        "This Office document is protected with a password; save it without one and drop that."
    ),
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
