"""`show A --why B`: why two articles are, or are not, one text or one story."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.cli.output import one_line, print_json, say
from services.console.pages.words import counted, dated
from services.console.queries import RecordId
from services.console.queries.pairs import article_of, explain_pair
from services.console.queries.relations import probability
from services.console.queries.score_sums import ScoreSum, sum_lines
from services.console.queries.why import (
    Asked,
    Passage,
    Why,
    basis_in_words,
    coverage_in_words,
    headline,
    mask_in_words,
    time_in_words,
)
from services.console.queries.why_document import why_document
from shared.model import Span
from shared.runtime import Runtime

MOST_PASSAGES = 10
MOST_CHARACTERS = 400


def show_why(runtime: Runtime, one: RecordId, other: RecordId, *, as_json: bool) -> None:
    """Say why *one* and *other* belong together or not; a story stands for its lead article."""
    # It brings along all that judges articles: too much for commands that only read.
    from services.comparison import Comparison

    with runtime.database.read() as connection:
        pair = article_of(connection, one), article_of(connection, other)
        why = explain_pair(connection, Comparison(), *pair)
    if as_json:
        print_json(why_document(why))
        return
    for line in why_lines(why):
        say(line)


def why_lines(why: Why) -> Iterator[str]:
    """Yield the answer line by line, the verdict first."""
    yield one_line(headline(why))
    yield from (_side(each) for each in (why.one, why.other))
    yield f"    {basis_in_words(why)}"
    yield ""
    if coverage := coverage_in_words(why):
        yield coverage
        yield from _passages(why.passages, (f"a{why.one.id}", f"a{why.other.id}"))
    else:
        yield "no shared passage"
    yield ""
    yield from _event(why.weighed.score_sum, why.weighed.score)
    yield ""
    yield f"time: {time_in_words(why)}"
    yield f"story: {one_line(why.bond.words)}"
    for step in why.bond.steps:
        yield f"    a{step.from_id}: {one_line(step.words)}"
    if why.would_change:
        yield "what would have changed it:"
        yield from (f"    {line}" for line in why.would_change)


def _side(asked: Asked) -> str:
    facts = [
        one_line(asked.title),
        one_line(asked.outlet or "outlet unknown"),
        dated(asked),
        f"s{asked.story_id}" if asked.story_id else "no story yet",
        mask_in_words(asked),
    ]
    return f"    a{asked.id}  {' · '.join(facts)}"


def _passages(passages: Sequence[Passage], names: tuple[str, str]) -> Iterator[str]:
    for number, passage in enumerate(passages[:MOST_PASSAGES], 1):
        greyed = " (furniture by now, and no evidence)" if passage.is_furniture else ""
        yield f"  passage {number} of {len(passages)}{greyed}"
        for name, span in zip(names, (passage.one, passage.other), strict=True):
            yield f"    {name} {span.start}–{span.end}: {_quoted(span)}"
    if len(passages) > MOST_PASSAGES:
        more = counted(len(passages) - MOST_PASSAGES, "more passage")
        yield f"  … and {more} (--json has them all)"


def _quoted(span: Span) -> str:
    words = one_line(span.text[:MOST_CHARACTERS])
    more = len(span.text) - MOST_CHARACTERS
    rest = f" … ({counted(more, 'more character')})" if more > 0 else ""
    return f"“{words}”{rest}"


def _event(found: ScoreSum | None, score: float) -> Iterator[str]:
    yield f"one event: probability {probability(score)}"
    if found is None:
        yield "    the parts of this score were not kept"
        return
    lines = list(sum_lines(found))
    width = max(len(words) for words, _ in lines)
    yield from (f"    {words:<{width}}  {share:>5}" for words, share in lines)
