"""The dates a page shows beside its headline: `Published Nov 2, 2025 | Updated Nov 3, 2025`.

A date line counts when something says what it is: a label, a `<time>`, the name of its element, or
its place in a line of its own outside the running text. Dates of events, logins, copyrights and
the like are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from services.extract.cleaning.dates import ParsedDate, parse_date
from services.extract.cleaning.foreign_dates import parse_ago, parse_foreign_date
from services.extract.cleaning.headline_block import HeadLine
from shared.model import Field, Source

_PUBLISHED = (
    r"publi(?:shed|cation|shing|é|ée|cado|cada|cación|cação|cerad|sert|cat)(?:\sdate)?|posted|released|"
    r"first\spublished|date\sof\spublication|veröffentlicht|erstellt|erschienen|pubblicato|gepubliceerd|"
    r"geplaatst|udgivet|opublikowano|data\spublikacji|dodano|опубликовано|дата\sпублікації|опубліковано|"
    r"xuất\sbản|ngày\sđăng|đăng\slúc|datum|date|fecha|dipublikasikan|diterbitkan|terbit|yayınlanma|"
    r"yayın\starihi|giriş|julkaistu|publikováno|dată|发布时间|发布|发表|日期|公開|投稿日|投稿|掲載|配信|"
    r"입력|등록|게시|기사입력|發布|發佈|出版"
)
_UPDATED = (
    r"(?:last\s)?(?:updated?|modified|edited|revised|reviewed)(?:\sdate)?|aktualisiert|stand|geändert|"
    r"mis\sà\sjour|maj|modifié|actualizado|actualizada|modificado|atualizado|atualizada|aggiornato|"
    r"ultimo\saggiornamento|bijgewerkt|uppdaterad|oppdatert|opdateret|zaktualizowano|aktualizacja|"
    r"обновлено|оновлено|cập\snhật|更新|수정|최종수정|güncelleme|güncellenme|diperbarui|päivitetty|aktualizováno"
)
_LABEL = re.compile(
    rf"(?<![^\W\d_])(?:(?P<published>{_PUBLISHED})|(?P<updated>{_UPDATED}))(?![a-zà-ÿ])",
    re.IGNORECASE,
)
_OTHER_DATE = re.compile(
    r"©|\(c\)|copyright|\b(?:events?|starts?|ends?|begins|deadline|due|expires?|valid|until|when|where|"
    r"log(?:ged)?[ -]?in|member|joined|since|born|died|founded|est|registration|register|tickets?"
    r"|doors|venue|stated|effective|today is|as of|version|anniversary|through|sold|price)\b",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"date|publi[sc]|posted|byline|author|autor|auteur|timestamp|(?:post|entry|article)[-_]?(?:meta|info)"
    r"|pub-|fecha|datum|data-pub|ngay|(?:^|[\s_-])(?:time|meta|dateline|eyebrow)",
)
_NAMED_UPDATED = re.compile(r"updated|modif|lastmod")
_NAMED_OTHER = re.compile(
    r"current|today|clock|weather|countdown|event|expire|deadline|birth|archive|calendar|login|caption"
    r"|credit|image|photo|(?:^|[\s_-])pic"
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_HELD = re.compile(r"\w")
_MAX_OTHER_WORDS = 10
_MAX_LINE_CHARACTERS = 180


@dataclass(frozen=True, slots=True)
class _Shown:
    """A date shown: what it is called there, and how well that is founded (0 to 1).

    `is_counted_back`: it was shown as `3 hours ago`, and is as good as the file's time.
    """

    parsed: ParsedDate
    is_update: bool
    confidence: float
    is_counted_back: bool = False


@dataclass(frozen=True, slots=True)
class ShownDates:
    """What the lines at the headline say; a date without any sign of its meaning is a guess."""

    published: Field | None = None
    updated: Field | None = None


def dates_beside(
    lines: Iterable[HeadLine], language: str | None, file_time: datetime | None = None
) -> ShownDates:
    """Read the dates of publication and of change beside a headline.

    *file_time* is what `3 hours ago` is counted from; such a date is `Source.FILE`.
    """
    shown: list[_Shown] = []
    waiting: re.Match[str] | None = None  # a label in a line of its own, above its date
    for line in lines:
        found = list(_dates_of(line, language, waiting, file_time))
        shown += found
        alone = _LABEL.match(line.text)
        if alone and not _WORD.search(line.text[alone.end() :]):
            waiting = alone
        elif found or _WORD.search(line.text):
            waiting = None
    published = [each for each in shown if not each.is_update]
    updated = next((each for each in shown if each.is_update), None)
    return ShownDates(_best(published), _field(updated) if updated else None)


def _best(published: list[_Shown]) -> Field | None:
    """Take the best founded date; two that stand there alike without a label are a guess."""
    if not published:
        return None
    best = max(published, key=lambda each: each.confidence)
    rivals = {each.parsed.iso[:10] for each in published if each.confidence == best.confidence}
    field = _field(best)
    if len(rivals) > 1 and best.confidence < 0.8:
        return Field(field.value, Source.GUESS, 0.4)
    return field


def _field(shown: _Shown) -> Field:
    if shown.is_counted_back:
        return Field(shown.parsed.iso, Source.FILE, shown.confidence)
    if shown.parsed.is_ambiguous or shown.confidence < 0.5:
        return Field(shown.parsed.iso, Source.GUESS, shown.confidence / 2)
    return Field(shown.parsed.iso, Source.PAGE, shown.confidence)


def _dates_of(
    line: HeadLine,
    language: str | None,
    waiting: re.Match[str] | None,
    file_time: datetime | None,
) -> Iterator[_Shown]:
    if len(line.text) > _MAX_LINE_CHARACTERS or _NAMED_OTHER.search(line.role):
        return
    for own_label, text in _labelled_parts(line.text):
        label = own_label or waiting
        found = parse_date(text, language)
        if found is None and (label or _NAMED.search(line.role)):
            found = parse_foreign_date(text, language)
            if (
                found is None
                and file_time
                and (iso := parse_ago(text.strip(" :|,"), language, file_time))
            ):
                yield _Shown(ParsedDate(iso), _is_update(line, label), 0.45, is_counted_back=True)
        confidence = _confidence(line, found, is_labelled=label is not None) if found else 0
        if found and confidence:
            yield _Shown(_exact(found, line), _is_update(line, label), confidence)


def _labelled_parts(text: str) -> list[tuple[re.Match[str] | None, str]]:
    """Split a line at its labels; one at the very end belongs to what stands before it."""
    labels = list(_LABEL.finditer(text))
    if len(labels) == 1 and not _HELD.search(text, labels[0].end()):
        return [(labels[0], text[: labels[0].start()])]
    starts = [0, *(label.end() for label in labels)]
    ends = [*(label.start() for label in labels), len(text)]
    parts = (text[start:end] for start, end in zip(starts, ends, strict=True))
    return list(zip([None, *labels], parts, strict=True))


def _exact(found: ParsedDate, line: HeadLine) -> ParsedDate:
    """Take the machine's value when it stands for the day shown: it has the time."""
    machine = parse_date(line.machine) if line.machine else None
    if machine is None or machine.is_ambiguous:
        return found
    gap = abs(date.fromisoformat(machine.iso[:10]) - date.fromisoformat(found.iso[:10]))
    is_same = gap <= timedelta(days=1) or found.is_ambiguous
    return replace(machine, rest=found.rest) if is_same else found


def _is_update(line: HeadLine, label: re.Match[str] | None) -> bool:
    return label["updated"] is not None if label else bool(_NAMED_UPDATED.search(line.role))


def _confidence(line: HeadLine, found: ParsedDate, *, is_labelled: bool) -> float:
    """Say how sure it is that the date is this article's; 0: it is none."""
    if _OTHER_DATE.search(found.rest):
        return 0.0
    others = len(_WORD.findall(found.rest))
    if is_labelled:
        return 0.9 if others <= _MAX_OTHER_WORDS else 0.0
    if _NAMED.search(line.role):
        return 0.85 if others <= _MAX_OTHER_WORDS else 0.0
    if line.is_before or others > _MAX_OTHER_WORDS // 2:
        return 0.0
    return 0.3 if line.is_in_text else 0.7
