"""Reasons for people: why a rule matched, and the sentence around a span. Pure."""

from __future__ import annotations

from collections.abc import Hashable

from shared.model import Readable, Span
from shared.query.folding import fold, singular
from shared.query.sentences import paragraph_number, sentence_around
from shared.query.verdict import Reason, Verdict

_SHOWN = 6


def because(verdict: Verdict, article: Readable) -> tuple[str, ...]:
    """Return why *verdict* matched, one short sentence a term; empty unless it matched.

    The order is that of `best_reasons`. More than 6 end in `and 2 more`.
    `"Bien Hoa" 9 words from "dioxin" (paragraph 6)`, `UNCLOS (title)`, `topic uxo: UXO (title)`.
    """
    lines: dict[str, None] = {}
    for reason in best_reasons(verdict):
        lines.setdefault(_sentence(reason, article))
    shown = list(lines)
    if len(shown) > _SHOWN:
        shown[_SHOWN:] = [f"and {len(shown) - _SHOWN} more"]
    return tuple(shown)


def best_reasons(verdict: Verdict) -> tuple[Reason, ...]:
    """Return the best reason of each term: the nearest of a NEAR, in the title before the text.

    Those of NEAR come first, nearest before; the others stay in the order of the rule. Words that
    differ only in case, marks or English plural are one term.
    """
    best: dict[Hashable, Reason] = {}
    for reason in verdict.reasons:
        known = best.setdefault(_term(reason), reason)
        if _rank(reason) < _rank(known):
            best[_term(reason)] = reason
    return tuple(sorted(best.values(), key=_nearest_first))


def _term(reason: Reason) -> Hashable:
    if reason.label:
        return reason.label
    words = frozenset(
        tuple(singular(word) for word in fold(span.text).split()) for span in reason.spans
    )
    return words, reason.is_acronym


def _rank(reason: Reason) -> tuple[int, bool, int]:
    first = reason.spans[0] if reason.spans else None
    return (
        sum(reason.distances),
        first is None or first.field != "title",
        first.start if first else 0,
    )


def _nearest_first(reason: Reason) -> tuple[bool, int]:
    return not reason.distances, sum(reason.distances)


def _sentence(reason: Reason, article: Readable) -> str:
    if not reason.spans:
        return reason.label
    where = _where(reason.spans[0], article)
    if reason.label:
        return f"{reason.label}: {_quoted(reason.spans[0])} ({where})"
    if len(reason.spans) == 1:
        capitals = ", exact capitals" if reason.is_acronym else ""
        return f"{_quoted(reason.spans[0])} ({where}{capitals})"
    text = f'"{reason.spans[0].text}"'
    for span, words in zip(reason.spans[1:], reason.distances, strict=True):
        text += f' {words} word{"" if words == 1 else "s"} from "{span.text}"'
    return f"{text} ({where})"


def _quoted(span: Span) -> str:
    words = " ".join(span.text.split())
    return words if words.isupper() and " " not in words else f'"{words}"'


def _where(span: Span, article: Readable) -> str:
    if span.field == "title":
        return "title"
    return f"paragraph {paragraph_number(article.text, span.start)}"


def sentence_of(span: Span, article: Readable) -> Span:
    """Return the sentence of the article that holds *span*, as a span of the same field."""
    value = article.title if span.field == "title" else article.text
    start, end = sentence_around(value, span.start, span.end)
    return Span(span.field, start, end, value[start:end])
