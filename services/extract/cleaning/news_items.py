"""What an agency states about one item, whatever its format, made an article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.extract.cleaning.agencies import agency_at_end, agency_in_dateline, agency_named
from services.extract.cleaning.authors import names_in
from services.extract.cleaning.blocks import Body, body_of, paragraphs_of_text
from services.extract.cleaning.datelines import dateline_of
from services.extract.cleaning.dates import dated_field, parse_date
from services.extract.cleaning.fields import checked_article
from services.extract.cleaning.html_page import parse_page
from services.extract.cleaning.html_source import make_harmless
from services.extract.cleaning.records import language_code
from services.extract.outcome import ReadRequest, Reason, UnreadableError
from shared.model import CleanArticle, Field, Source

_SURE = 0.95
_STATUS = {
    "canceled": "The agency cancelled this item: do not use it.",
    "cancelled": "The agency cancelled this item: do not use it.",
    "withheld": "The agency withholds this item: not to be used until it is released.",
    "embargoed": "The agency put this item under embargo.",
}


@dataclass(frozen=True, slots=True)
class NewsItem:
    """The statements of one item as they stand; an empty text or list says nothing.

    Of lists the first that fits is taken: `outlets` are publishers or providers, `credits` the
    sources and credit lines in which an agency may be named. `created` are dates, best first.
    """

    paragraphs: tuple[str, ...]
    title: str = ""
    bylines: Sequence[str] = ()
    dateline: str = ""
    created: Sequence[str] = ()
    modified: Sequence[str] = ()
    outlets: Sequence[str] = ()
    credits: Sequence[str] = ()
    language: str = ""
    external_id: str = ""
    url: str = ""
    notes: Sequence[str] = field(default=())


def status_notes(status: str, embargoed_until: str | None = None) -> list[str]:
    """Say in words that an item must not be used (yet); *embargoed_until* may be empty."""
    notes = [_STATUS[word] for word in [status.rpartition(":")[2].lower()] if word in _STATUS]
    if embargoed_until:
        notes.append(f"The agency put this item under embargo until {embargoed_until[:40]}.")
    elif embargoed_until is not None:
        notes.append(_STATUS["embargoed"])
    return list(dict.fromkeys(notes))


def body_of_string(text: str, kind: str, request: ReadRequest) -> Body:
    """Read the body in a string: plain text, or markup if its type *kind* says so."""
    if "html" not in kind:
        return Body(paragraphs_of_text(text))
    source, _dropped = make_harmless(text)
    if len(source) > request.max_html_bytes:
        detail = f"The item's HTML has {len(source):,} characters."
        raise UnreadableError(Reason.TOO_LARGE, detail)
    tree = parse_page(source) if source.strip() else None
    return Body(()) if tree is None else body_of(tree)


def article_of_item(item: NewsItem, request: ReadRequest) -> CleanArticle:
    """Complete *item* as an article.

    Raises:
        UnreadableError: it holds a headline and no text, or less text than makes an article.
    """
    paragraphs = _without_title(item)
    if not paragraphs:
        raise UnreadableError(Reason.TOO_SHORT, _say(item, "The item is a headline without text."))
    names = names_in(item.bylines)
    people = tuple(name for name in names if agency_named(name) is None)
    fields = {
        "title": _stated(item.title),
        "published": _dated(item.created),
        "updated": _updated(item),
        "outlet": _stated(next(filter(None, map(_plain, item.outlets)), "")),
        "language": _stated(language_code(item.language) or ""),
        "url": _stated(item.url if item.url.startswith(("http://", "https://")) else ""),
        "external_id": _stated(item.external_id),
        "dateline": _place(item.dateline) or dateline_of(paragraphs[0])[0],
        "agency": _agency((*item.credits, *item.outlets, *names), item.dateline, paragraphs),
    }
    known = {name: found for name, found in fields.items() if found}
    text = "\n\n".join(paragraphs)
    return checked_article(text, known, people or names, request)


def _without_title(item: NewsItem) -> tuple[str, ...]:
    title = item.title.casefold()
    is_title_first = item.paragraphs[:1] and item.paragraphs[0].casefold() == title
    return item.paragraphs[1:] if is_title_first else item.paragraphs


def _say(item: NewsItem, detail: str) -> str:
    return " ".join((*item.notes, detail))


def _stated(value: str) -> Field | None:
    return Field(value, Source.META, _SURE) if value else None


def _dated(texts: Sequence[str]) -> Field | None:
    return next((found for text in texts if (found := dated_field(text, Source.META, _SURE))), None)


def _updated(item: NewsItem) -> Field | None:
    """Give the date of this version, unless it is the first."""
    created, modified = _dated(item.created), _dated(item.modified)
    return modified if modified and (created is None or modified.value != created.value) else None


def _plain(name: str) -> str:
    """Give a name, or of a code (`nprov:AFP`) what stands behind its scheme."""
    is_code = ":" in name and " " not in name and "://" not in name
    return name.rpartition(":")[2] if is_code else name.strip()


def _place(dateline: str) -> Field | None:
    """Give the place of a dateline: `HANOI (AP) —` or a name alone."""
    opened = f"{dateline.rstrip(' -–—_:')} – x" if dateline else ""
    found = dateline_of(opened)[0]
    if found is None and dateline and parse_date(dateline) is None:
        found = Field(dateline.partition("(")[0].strip(" ,-–—_:")[:60], Source.DATELINE, 0.8)
    return Field(found.value, Source.DATELINE, _SURE) if found and found.value else None


def _agency(names: Sequence[str], dateline: str, paragraphs: Sequence[str]) -> Field | None:
    stated = next((found for name in names if (found := agency_named(_plain(name)))), None)
    if stated:
        return Field(stated, Source.META, _SURE)
    written = (
        agency_in_dateline(f"{dateline.rstrip(' -–—_:')} – x"),
        agency_in_dateline(paragraphs[0]),
        *agency_at_end(paragraphs[-1]),
    )
    credited = next((agency for agency in written if agency), None)
    return Field(credited, Source.TEXT, 0.85) if credited else None
