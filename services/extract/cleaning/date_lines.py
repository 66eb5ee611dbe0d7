"""Dates that lines of copied text state: when it was published, and when it was last changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from services.extract.cleaning.dates import dated_field
from services.extract.cleaning.lines import LineKind, is_date_line, kind_of_line
from shared.model import Field, Source

_CHANGED = (
    r"(?:last\s)?(?:updated|modified|edited)|aktualisiert|geändert|mis\sà\sjour|modifié|actualizado"
    r"|atualizado|aggiornato|cập\snhật|bijgewerkt|uppdaterad|opdateret|oppdatert|aktualizacja|обновлено"
)
_FIRST = (
    r"(?:first\s)?(?:published|posted)|created|veröffentlicht|erstellt|publié|publicado|pubblicato"
    r"|gepubliceerd|publicerad|publisert|publiceret|opublikowano|опубликовано|xuất\sbản|đăng"
)
_NO_DATE_LINES = {LineKind.CAPTION, LineKind.PROSE}
_LABEL = re.compile(rf"\b(?:(?P<changed>{_CHANGED})|(?P<first>{_FIRST}))\b", re.IGNORECASE)


def dates_of_lines(
    head: Sequence[str], tail: Sequence[str], language: str | None = None
) -> tuple[Field | None, Field | None]:
    """Give publication and change, from the date lines nearest before the body.

    A date without a label is the publication. After the body any date may stand (of other
    articles): there only one that says what it is counts. Nothing stated gives None. *language* is
    that of the body, which may settle whether the day or the month comes first.
    """
    published: Field | None = None
    updated: Field | None = None
    stated = (
        *((line, 0.85) for line in reversed(head)),
        *((line, 0.7) for line in tail if _LABEL.match(line)),
    )
    for line, sure in stated:
        for is_change, text in _parts(line):
            found = dated_field(text, Source.TEXT, sure, language)
            if is_change:
                updated = updated or found
            else:
                published = published or found
    return published, updated


def _parts(line: str) -> Iterator[tuple[bool, str]]:
    """Split a date line at its labels; each part says whether it is a change."""
    if not is_date_line(line) or kind_of_line(line) in _NO_DATE_LINES:
        return
    labels = list(_LABEL.finditer(line))
    ends = [*(label.start() for label in labels), len(line)]
    yield False, line[: ends[0]]
    for label, end in zip(labels, ends[1:], strict=True):
        yield bool(label["changed"]), line[label.end() : end]
