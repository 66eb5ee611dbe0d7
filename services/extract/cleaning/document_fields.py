"""The article of a document (PDF, Word): its text cleaned, its fields from text and properties.

The properties of a document are filled in by programs and old templates: what they say counts
only where the text itself is silent, and their date never decides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.extract.cleaning.authors import names_in
from services.extract.cleaning.dates import is_in_future
from services.extract.cleaning.fields import checked_article
from services.extract.cleaning.lines import LineKind, kind_of_line
from services.extract.cleaning.plain_text import CleanText, clean_plain_text, split_lines
from services.extract.cleaning.text_fields import fields_of_text
from services.extract.outcome import Cleaned, LineFate, ReadRequest
from shared.model import Field, Source

_MAX_TITLE_CHARACTERS = 300
_NEUTRAL = frozenset((LineKind.SHORT, LineKind.CAPTION, LineKind.BYLINE))  # in lists and tables
_ANNOUNCING = 2  # lines before a list or table: a heading, and `The fares:`
_AFTER_LINKS = "after a heading of further links"
_LISTING = frozenset((LineKind.CUT.value, _AFTER_LINKS))
_FILE_NAME = re.compile(
    r"\.(?:docx?|docm|dotx?|pdf|indd|html?|pptx?|odt|tex|rtf|txt|qxp|pages|xlsx?)\b|[\\/]\S+[\\/]|_"
    r"|^(?:microsoft (?:word|powerpoint)|untitled|document ?\d*|title|\(unspecified\)|unbenannt|"
    r"dokument ?\d*|ohne titel|sans titre|powerpoint presentation|layout ?\d*|print|slide ?\d*)\b",
    re.IGNORECASE,
)
_PERSON = re.compile(r"[^\W\d_][^\W\d_.'’-]{0,25}(?:[.'’-]{1,2}[^\W\d_]{0,25}){0,3}")
_NO_PERSON = re.compile(
    r"\b(?:authority|ministry|department|office|bureau|council|university|institute|company|press|"
    r"media|news|group|gmbh|ltd|inc|llc|corp|ag|sa|foundation|association|agency|user|owner|admin|"
    r"microsoft|adobe|windows|unknown|anonymous|default|communications?|relations)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Properties:
    """What a document's properties say, as they stand; `created` is aware."""

    title: str = ""
    author: str = ""
    created: datetime | None = None


def article_from_document(
    lines: Sequence[str],
    heading: Field | None,
    properties: Properties,
    request: ReadRequest,
    *,
    address: str | None = None,
    marked: frozenset[str] = frozenset(),
    headings: frozenset[str] = frozenset(),
) -> Cleaned:
    """Clean *lines* (a paragraph each) as copied text is; *heading* is the title by its looks.

    *marked* are lines that the document marks as items of a list or rows of a table: short and
    without full stop, they would be taken for what follows an article when they end it. Neither
    they nor *headings* part its prose, however many stand together.

    Raises:
        UnreadableError: There is too little text.
    """
    headings = frozenset(line for line in headings if kind_of_line(line) is LineKind.SHORT)
    neutral = headings.union(line for line in marked if kind_of_line(line) in _NEUTRAL)
    clean = _with_end(_cleaned("\n".join(lines), neutral), marked, headings)
    clean = _with_heading_first(clean, heading)
    fields, authors, titled = fields_of_text(clean, request.received_at)
    if title := heading or _stated_title(properties.title):
        fields["title"], titled = title, clean
    if created := _created(properties.created, request.received_at):
        fields.setdefault("published", created)
    if address:
        fields["url"] = Field(address, Source.TEXT, 0.8)
    body = titled.text or "\n\n".join(lines)
    article = checked_article(body, fields, authors or people_in(properties.author), request)
    return Cleaned(article, clean.fates)


def stated_title(text: str) -> str | None:
    """Give the title that the properties state, unless it is a file's name or a program's word."""
    title = " ".join(text[:1000].split())
    if not 8 <= len(title) <= _MAX_TITLE_CHARACTERS or len(title.split()) < 2:
        return None
    return None if _FILE_NAME.search(title) else title


def people_in(text: str) -> tuple[str, ...]:
    """Give the people that the properties name as authors; programs and companies are none."""
    return tuple(name for name in names_in([text]) if _is_person(name))


def _stated_title(text: str) -> Field | None:
    title = stated_title(text)
    return Field(title, Source.META, 0.7) if title else None


def _is_person(name: str) -> bool:
    parts = name.split()
    if not 2 <= len(parts) <= 5 or _NO_PERSON.search(name):
        return False
    return all(_PERSON.fullmatch(part) for part in parts) and parts[-1][0].isupper()


def _cleaned(text: str, neutral: frozenset[str]) -> CleanText:
    """Clean the text without its *neutral* lines, then put those back where they stood."""
    lines = split_lines(text) if neutral else []
    others = [line for line in lines if line not in neutral]
    if not any(kind_of_line(line) is LineKind.PROSE for line in others):
        return clean_plain_text(text)
    clean = clean_plain_text("\n".join(others))
    if len(clean.fates) != len(others):  # there were too many lines to part them all
        return clean_plain_text(text)
    return _with_neutral(lines, clean, neutral)


def _with_neutral(lines: Sequence[str], clean: CleanText, neutral: frozenset[str]) -> CleanText:
    """Put *neutral* lines back: into the body between two lines of it, else before or after."""
    start, end = len(clean.head), len(clean.fates) - len(clean.tail)
    head: list[LineFate] = []
    inside: list[LineFate] = []
    tail: list[LineFate] = []
    seen = 0
    for line in lines:
        if line not in neutral:
            place = head if seen < start else inside if seen < end else tail
            place.append(clean.fates[seen])
            seen += 1
        elif seen <= start:
            head.append(LineFate(line, "before the article"))
        else:
            is_listed = clean.fates[seen - 1].dropped in _LISTING
            place, why = (inside, None) if seen < end else (tail, "after the article")
            place.append(LineFate(line, _AFTER_LINKS if is_listed else why))
    return CleanText(
        paragraphs=tuple(fate.text for fate in inside if not fate.dropped),
        head=tuple(fate.text for fate in head),
        tail=tuple(fate.text for fate in tail),
        dropped_inside=tuple(fate.text for fate in inside if fate.dropped),
        fates=(*head, *inside, *tail),
    )


def _with_end(clean: CleanText, marked: frozenset[str], headings: frozenset[str]) -> CleanText:
    """Give back to the body the list or table that ends it, with the line that announces it."""
    end = 0
    for place, line in enumerate(clean.tail):
        if line in marked:
            end = place + 1
        elif place - end >= _ANNOUNCING or not (line.endswith(":") or line in headings):
            break
    if not end:
        return clean
    begin = len(clean.fates) - len(clean.tail)
    kept = tuple(LineFate(line) for line in clean.tail[:end])
    return replace(
        clean,
        paragraphs=(*clean.paragraphs, *clean.tail[:end]),
        tail=clean.tail[end:],
        fates=(*clean.fates[:begin], *kept, *clean.fates[begin + end :]),
    )


def _with_heading_first(clean: CleanText, heading: Field | None) -> CleanText:
    """Take the heading out of the body, where a long one may stand."""
    if heading is None or heading.value not in clean.paragraphs[:3]:
        return clean
    at = clean.paragraphs.index(heading.value)
    head = (*clean.head, *clean.paragraphs[: at + 1])
    return replace(clean, paragraphs=clean.paragraphs[at + 1 :], head=head)


def _created(created: datetime | None, received_at: datetime | None) -> Field | None:
    if created is None or is_in_future(created.isoformat(), received_at):
        return None
    return Field(created.isoformat(timespec="seconds"), Source.FILE, 0.3)
