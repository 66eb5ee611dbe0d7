"""The package of a Word document: bounded before its library sees it, and its properties."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime

from lxml import etree

from services.extract.cleaning.document_fields import Properties
from services.extract.outcome import Reason, UnreadableError

MAX_PARTS = 5000
MAX_XML_BYTES = 4_000_000  # unpacked; a hundred pages of text have about 1 MB
_READ_FOLDERS = ("", "_rels/", "word/", "word/_rels/")
_CORE = "docProps/core.xml"
_MAX_CORE_BYTES = 100_000
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
_TERMS = "{http://purl.org/dc/terms/}"


def check_package(package: zipfile.ZipFile) -> None:
    """Refuse what is locked, huge once unpacked, or declares entities.

    `zipfile` unpacks no more of a part than its declared size, so the declared sizes are a bound.
    """
    parts = package.infolist()
    if any(part.flag_bits & 1 for part in parts):
        detail = "The Word document is protected with a password; save it without one and drop it."
        raise UnreadableError(Reason.UNSUPPORTED, detail)
    read = [part for part in parts if _is_read(part.filename)]
    total = sum(part.file_size for part in read)
    if len(parts) > MAX_PARTS or total > MAX_XML_BYTES:
        detail = (
            f"The Word document unpacks to {len(parts):,} parts and {total:,} bytes of XML; the "
            f"limits are {MAX_PARTS:,} and {MAX_XML_BYTES:,}. Save its text as .txt and drop that."
        )
        raise UnreadableError(Reason.TOO_LARGE, detail)
    if any(_declares_type(package.read(part)) for part in read):
        detail = "The Word document's XML declares a document type, which Word never does."
        raise UnreadableError(Reason.MALFORMED, detail + " Save it again in Word and drop that.")


def read_properties(package: zipfile.ZipFile) -> Properties:
    """Read title, author and day of creation from the core properties; broken ones are none."""
    try:
        part = package.getinfo(_CORE)
        if part.file_size > _MAX_CORE_BYTES:
            return Properties()
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        root = etree.fromstring(package.read(part), parser)
    except (KeyError, etree.XMLSyntaxError):
        return Properties()
    return Properties(
        title=root.findtext(f"{_DUBLIN_CORE}title") or "",
        author=root.findtext(f"{_DUBLIN_CORE}creator") or "",
        created=_moment(root.findtext(f"{_TERMS}created") or ""),
    )


def _is_read(name: str) -> bool:
    folder = name[: name.rfind("/") + 1]
    return folder in _READ_FOLDERS and name.endswith((".xml", ".rels"))


def _declares_type(part: bytes) -> bool:
    """Say whether a part declares a document type, in UTF-8 or in UTF-16."""
    return b"<!DOCTYPE" in part.replace(b"\x00", b"")


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
