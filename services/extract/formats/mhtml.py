"""A web page saved as one file (MHTML): the page is the root part, the others are its resources."""

from __future__ import annotations

from dataclasses import replace

from services.extract.cleaning.publication import date_in_url
from services.extract.formats.html_page import clean_page
from services.extract.formats.mail import root_of_related
from services.extract.formats.mime import Part, parse_message
from services.extract.outcome import Reading, ReadRequest, Reason, UnreadableError
from shared.model import CleanArticle, Field, Source

_PAGES = {"text/html", "application/xhtml+xml"}


def read(data: bytes, request: ReadRequest) -> Reading:
    """Read the saved page; the file's own date says when it was saved, so it is no field."""
    archive, notes = parse_message(data)
    pages = [part for part in _leaves(archive) if part.kind in _PAGES]
    page = _page(archive, pages)
    if page is None:
        detail = " ".join(("The web archive holds no page; save the page as HTML only.", *notes))
        raise UnreadableError(Reason.NO_TEXT, detail)
    decoded = page.text
    cleaned, dropped = clean_page(decoded.text, request)
    article = _with_headers(cleaned.article, archive, page)
    frames = (
        (f"Frames of the page that were not read: {len(pages) - 1}.",) if len(pages) > 1 else ()
    )
    notes = (*notes, *decoded.notes, *dropped, *frames)
    return Reading("mhtml", article=article, notes=notes, lines=cleaned.lines)


def _leaves(part: Part) -> list[Part]:
    if not part.parts:
        return [part]
    return [leaf for child in part.parts for leaf in _leaves(child)]


def _page(archive: Part, pages: list[Part]) -> Part | None:
    """Choose the part at the page's own address, else the root, else the first page."""
    address = archive.header("snapshot-content-location")
    at_address = (page for page in pages if page.header("content-location") == address)
    root = root_of_related(archive)
    roots = (page for page in pages if page is root)
    chosen = next(at_address, None) if address else None
    return chosen or next(roots, None) or next(iter(pages), None)


def _with_headers(article: CleanArticle, archive: Part, page: Part) -> CleanArticle:
    """Fill what the page does not say of itself: address, title, and a date in the address."""
    fields = dict(article.fields)
    address = archive.header("snapshot-content-location") or page.header("content-location")
    if address.startswith(("http://", "https://")):
        fields.setdefault("url", Field(address, Source.META, 0.9))
    subject = archive.header("subject")
    if subject and _is_unknown(fields.get("title")):
        fields["title"] = Field(subject, Source.META, 0.6)
    dated = date_in_url(address)
    if dated and _is_unknown(fields.get("published")):
        fields["published"] = dated
    return replace(article, fields=fields)


def _is_unknown(field: Field | None) -> bool:
    return field is None or field.source is Source.GUESS
