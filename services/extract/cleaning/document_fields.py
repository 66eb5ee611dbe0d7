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
from services.extract.cleaning.plain_text import CleanText, clean_plain_text
from services.extract.cleaning.text_fields import fields_of_text
from services.extract.outcome import Cleaned, LineFate, ReadRequest
from shared.model import Field, Source

_MAX_TITLE_CHARACTERS = 300
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
) -> Cleaned:
    """Clean *lines* (a paragraph each) as copied text is; *heading* is the title by its looks.

    *marked* are lines that the document marks as items of a list or rows of a table: short and
    without full stop, they would be taken for what follows an article when they end it.

    Raises:
        UnreadableError: There is too little text.
    """
    clean = _with_end(clean_plain_text("\n".join(lines)), marked)
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


def _with_end(clean: CleanText, marked: frozenset[str]) -> CleanText:
    """Give back to the body the list or table that ends it, with the line that announces it."""
    end = 0
    for place, line in enumerate(clean.tail):
        if line in marked:
            end = place + 1
        elif place != end or not line.endswith(":"):
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
