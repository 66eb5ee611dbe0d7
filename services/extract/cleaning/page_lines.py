"""What among the lines of an article's body belongs to the page: each with the reason in words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Sequence

from services.extract.cleaning.agencies import agency_alone_on
from services.extract.cleaning.lines import LineKind, ends_a_sentence, is_date_line, kind_of_line
from services.extract.cleaning.lone_links import LoneLinks, folded
from services.extract.outcome import LineFate

_REPEAT_FROM_CHARACTERS = 80
_TEASER_FROM_CHARACTERS = 25
_HEAD_LINES = 5
_TAIL_LINES = 12
_TITLE_FROM_CHARACTERS = 20
_TITLE_TO_CHARACTERS = 300
_LABEL_CHARACTERS = 60
_PAGE = frozenset([LineKind.PHRASE, LineKind.CAPTION])
_CONTACT = re.compile(
    r"\b(?:follow|contact|reach(?:ed)?|e-?mail|tips?|write\sto|schreiben\ssie|folgen\ssie)\b",
    re.IGNORECASE,
)
_CREDIT_FORMS = (
    r"^\W{0,3}(?:(?:additional|with|further)\s)?(?:reporting|writing|editing|files|research)\s(?:by|from)\b",
    r"\bcontributed\sto\sthis\s(?:report|story|article)\W{0,2}$",
    r"^(?:(?:this\s(?:article|story|post)|it)\swas\s)?(?:originally|first)\s(?:published|appeared)\b",
    r"^(?:redaktion|faktencheck|mitarbeit)\s?:",
    r"^(?:last\s)?updated\sat\s\d",
)
_CREDIT = re.compile("|".join(_CREDIT_FORMS), re.IGNORECASE)
_CREDIT_CHARACTERS = 400
_CONTACT_CHARACTERS = 300
_HANDLE = re.compile(r"(?<!\S)@\w{2,30}|[\w.+-]{1,60}@[\w-]{1,60}\.\w{2}")

TITLE = "title"
REPEAT = "repeat"
LINK = "link to another page"
CREDIT = "credit"
BIOGRAPHY = "about the author"
CONTACT = "how to reach the author"


def filter_lines(
    lines: Sequence[str],
    titles: Collection[str],
    links: LoneLinks = LoneLinks(),  # noqa: B008 - frozen
    authors: Collection[str] = (),
) -> tuple[LineFate, ...]:
    """Say of each line whether it stays; a line is dropped, never changed."""
    fates = dict(enumerate(_inside(lines, titles, links)))
    for place, reason in _at_the_start(lines, titles, links):
        fates[place] = fates[place] or reason
    for place, reason in _at_the_end(lines, fates, links, authors):
        fates[place] = fates[place] or reason
    return tuple(LineFate(line, fates[place]) for place, line in enumerate(lines))


def _inside(
    lines: Sequence[str], titles: Collection[str], links: LoneLinks
) -> Iterator[str | None]:
    shown = {title.casefold() for title in titles}
    seen: set[str] = set()
    for line in lines:
        key = line.casefold()
        is_again = key in seen and (len(line) >= _REPEAT_FROM_CHARACTERS or key in shown)
        seen.add(key)
        yield REPEAT if is_again else _reason_inside(line, links)


def _reason_inside(line: str, links: LoneLinks) -> str | None:
    kind = kind_of_line(line)
    if kind in _PAGE:
        return kind.value
    if len(line) >= _TEASER_FROM_CHARACTERS and folded(line) in links.paragraphs:
        return LINK
    return None


def _at_the_start(
    lines: Sequence[str], titles: Collection[str], links: LoneLinks
) -> Iterator[tuple[int, str]]:
    """Drop titles, dates, bylines and links above the first paragraph."""
    for place, line in enumerate(lines[:_HEAD_LINES]):
        kind = kind_of_line(line)
        if any(_is_title(line, title) for title in titles):
            yield place, TITLE
        elif is_date_line(line) or (kind is LineKind.BYLINE and not agency_alone_on(line)):
            yield place, LineKind.BYLINE.value
        elif len(line) <= _LABEL_CHARACTERS and folded(line) in links.anywhere:
            yield place, LINK
        elif kind is LineKind.PROSE:
            return


def _is_title(line: str, title: str) -> bool:
    """Say whether *line* shows the title, with a kicker before it or a word changed."""
    one, other = folded(line), folded(title)
    if one == other:
        return True
    if not _TITLE_FROM_CHARACTERS <= len(other) <= _TITLE_TO_CHARACTERS:
        return False  # comparing costs the square of the length
    if not _TITLE_FROM_CHARACTERS <= len(one) <= 2.5 * len(other):
        return False
    if other in one or one in other:
        return True
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio() >= 0.85


def _at_the_end(
    lines: Sequence[str],
    fates: dict[int, str | None],
    links: LoneLinks,
    authors: Collection[str],
) -> Iterator[tuple[int, str]]:
    """Walk up from the last line while lines are none of the article's."""
    last: str | None = None
    for place in range(len(lines) - 1, max(0, len(lines) - 1 - _TAIL_LINES), -1):
        reason = fates[place] or _reason_at_the_end(lines[place], links, authors)
        if reason is None and last == LINK and _is_label(lines[place]):
            reason = LineKind.CUT.value
        if reason is None:
            return
        yield place, reason
        last = reason


def _reason_at_the_end(line: str, links: LoneLinks, authors: Collection[str]) -> str | None:
    if folded(line) in links.anywhere:
        return LINK
    kind = kind_of_line(line)
    if kind is LineKind.CUT or (kind is LineKind.BYLINE and not agency_alone_on(line)):
        return kind.value
    return _about_its_making(line, authors)


def _about_its_making(line: str, authors: Collection[str]) -> str | None:
    """Say whether *line* tells who made the article, and how to reach them."""
    if len(line) <= _CREDIT_CHARACTERS and _CREDIT.search(line):
        return CREDIT
    if any(line.startswith(f"{name} ") for name in authors):
        return BIOGRAPHY
    if len(line) <= _CONTACT_CHARACTERS and _CONTACT.search(line) and _HANDLE.search(line):
        return CONTACT
    return None


def _is_label(line: str) -> bool:
    return len(line) <= _LABEL_CHARACTERS and not ends_a_sentence(line)
