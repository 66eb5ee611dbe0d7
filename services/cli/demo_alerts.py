"""The alerts of the demo in words: why, with a quotation, and what the ledger says. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from services.alert.reasons import Reason
from services.cli.demo_report import WIDTH, listed, shortened
from services.cli.output import one_line
from services.console.queries import AlertDetail
from shared.model import Readable, Span
from shared.query import analyse, compile_rule, evaluate, parse, sentence_of
from shared.query.explain import best_reasons

MAX_REASONS = 3
QUOTED = 60
_MORE = re.compile(r"and (\d{1,9}) more")
_BLANK = re.compile(r"\s")

# What the ledger counts, for one and for several.
REASONS: Mapping[Reason, tuple[str, str]] = {
    Reason.FIRST_IN_STORY: ("first article of its story", "first articles of their stories"),
    Reason.ADDS_NEW: ("article with something new", "articles with something new"),
    Reason.EVERY_ARTICLE: ("further article", "further articles"),
    Reason.CORRECTION: ("correction", "corrections"),
    Reason.COPY_OF_KNOWN: ("copy of a known text", "copies of a known text"),
    Reason.COPY_OF_ARCHIVE: (
        "copy of what was there before it was asked for",
        "copies of what was there before they were asked for",
    ),
    Reason.NOTHING_NEW: ("article with nothing new", "articles with nothing new"),
    Reason.ONLY_FIRST_ASKED: (
        "later article (only the first was asked for)",
        "later articles (only the first was asked for)",
    ),
    Reason.OLD_MATERIAL: ("article of long ago", "articles of long ago"),
    Reason.MUTED_BY: ("article that somebody muted", "articles that somebody muted"),
    Reason.ALREADY_TOLD: ("article told before", "articles told before"),
    Reason.MERGED_INTO: (
        "article that a merged story tells",
        "articles that a merged story tells",
    ),
    Reason.RULE_SUSPENDED: ("match of a suspended rule", "matches of a suspended rule"),
    Reason.ARCHIVE: (
        "article from before it was asked for",
        "articles from before it was asked for",
    ),
    Reason.RECLEANED: ("known article cleaned again", "known articles cleaned again"),
}
_FATES = {"suppressed": "kept quiet", "held": "held back", "dead": "never delivered"}


def alert_lines(alert: AlertDetail, first: Readable | None) -> list[str]:
    """Return one alert: rule and story, why, and who was told.

    *first* is the article that opened it, for a quotation.
    """
    summary = alert.summary
    start = f" {one_line(summary.rule)} ▸ s{summary.story_id} "
    lines = [start + shortened(summary.story_title, max(WIDTH - len(start), 20))]
    because = [one_line(line) for line in fewer_reasons(summary.because)]
    lines += listed(because, first="      because ", hang=" " * 14, separator="; ")
    if first is not None and (words := quote(alert.query, first, said_before=lines[0])):
        lines.append(f"{' ' * 14}{words}")
    return [*lines, *listed(ledger(alert), first="      ", hang=" " * 8, separator="; ")]


def fewer_reasons(because: Sequence[str]) -> list[str]:
    """Return the first 3 reasons, and how many more there are, with those left out before."""
    last = _MORE.fullmatch(because[-1]) if because else None
    said = list(because[:-1] if last else because)
    more = len(said[MAX_REASONS:]) + (int(last[1]) if last else 0)
    return said[:MAX_REASONS] + ([f"and {more} more"] if more else [])


def quote(query: str, article: Readable, *, said_before: str) -> str:
    """Return some 60 characters of *article* around its best evidence for *query*.

    Empty if there is none, or if it is of the title and stands in *said_before*.
    """
    verdict = evaluate(compile_rule(parse(query)), analyse(article))
    reason = next(iter(best_reasons(verdict)), None)
    if reason is None or not reason.spans:
        return ""
    first = reason.spans[0]
    if first.field == "title" and first.text in said_before:
        return ""
    # Only the words of a NEAR stand close together.
    together = reason.spans if reason.distances else (first,)
    start, end = min(span.start for span in together), max(span.end for span in together)
    value = article.title if first.field == "title" else article.text
    return _snippet(Span(first.field, start, end, value[start:end]), article)


def _snippet(span: Span, article: Readable) -> str:
    sentence = sentence_of(span, article)
    text = _BLANK.sub(" ", sentence.text)
    at, end = span.start - sentence.start, span.end - sentence.start
    side = max(QUOTED - (end - at), 0) // 2
    start = max(min(at - side, len(text) - QUOTED), 0)
    stop = min(start + QUOTED, len(text))
    if start > 0:
        # Whole words only, but never without the first word of the evidence.
        start = text.find(" ", start - 1, at) + 1 or at
    if stop < len(text):
        stop = max(text.rfind(" ", 0, stop + 1), min(end, at + QUOTED))
    before, after = "… " * (start > 0), " …" * (stop < len(text))
    return f"“{before}{one_line(text[start:stop])}{after}”"


def ledger(alert: AlertDetail) -> list[str]:
    """Return in words who was told how often, and what was kept quiet, and why."""
    told: Counter[str] = Counter()
    untold: Counter[tuple[str, str]] = Counter()
    for subscription in alert.subscriptions:
        for row in subscription.notifications:
            if row.state == "told":
                told[f"{subscription.subscriber} {{}} by {subscription.channel}"] += 1
            else:
                untold[row.state, row.reason] += 1
    said = [f"told {who.format(_times(count))}" for who, count in told.items()]
    said += [
        f"{in_words(reason, count)} {_FATES.get(state, 'waiting to be told')}"
        for (state, reason), count in untold.items()
    ]
    return said or ["nobody asked to be told"]


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def in_words(reason: str, count: int) -> str:
    """Return *count* rows with a *reason* of the ledger as people say it: `3 copies of …`."""
    one, several = REASONS[Reason(reason)]
    return f"{count} {one if count == 1 else several}"
