"""A web page saved by Safari (`.webarchive`): a property list with the page's bytes in it."""

from __future__ import annotations

import plistlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from xml.parsers.expat import ExpatError

from services.extract.formats.html_page import clean_page
from services.extract.formats.mime import decoded_as
from services.extract.outcome import Reading, ReadRequest, Reason, UnreadableError
from shared.model import Field, Source


def read(data: bytes, request: ReadRequest) -> Reading:
    """Read the page of the archive; its pictures and frames are passed over."""
    page = _main_resource(data)
    markup, charset = page.get("WebResourceData"), page.get("WebResourceTextEncodingName")
    if not isinstance(markup, bytes):
        detail = "The web archive holds no page; save the page as HTML."
        raise UnreadableError(Reason.NO_TEXT, detail)
    decoded = decoded_as(markup, charset if isinstance(charset, str) else "")
    cleaned, dropped = clean_page(decoded.text, request)
    article, address = cleaned.article, page.get("WebResourceURL")
    if isinstance(address, str) and address.startswith(("http://", "https://")):
        url = Field(address, Source.META, 0.9)
        article = replace(article, fields={"url": url, **article.fields})
    notes = (*decoded.notes, *dropped)
    return Reading("webarchive", article=article, notes=notes, lines=cleaned.lines)


def _main_resource(data: bytes) -> Mapping[str, Any]:
    try:
        found = plistlib.loads(data)
    except (plistlib.InvalidFileException, ExpatError, ValueError, LookupError, TypeError) as bad:
        detail = "The web archive is damaged; save the page again as HTML."
        raise UnreadableError(Reason.MALFORMED, detail) from bad
    page = found.get("WebMainResource") if isinstance(found, Mapping) else None
    return page if isinstance(page, Mapping) else {}
