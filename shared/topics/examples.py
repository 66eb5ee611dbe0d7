"""A topic against its own examples. Pure.

Also a mutation check: every expression must have an example that only it reaches, and every
exclusion one that only it keeps out; an expression no test would miss is not in the taxonomy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shared.model import Readable
from shared.query import AnalysedArticle, Outcome, analyse
from shared.query.evaluate import match
from shared.topics.branch import names_of, quoted
from shared.topics.topic import Expression, Topic


def failing_examples(topic: Topic) -> Iterator[str]:
    """Yield a line for every failing example and every expression without one of its own."""
    where = f"{topic.branch}: topic {topic.id}"
    wanted = [(text, analyse(Readable("", text))) for text in topic.must_match]
    unwanted = [(text, analyse(Readable("", text))) for text in topic.must_not_match]
    for text, analysed in wanted:
        yield from _fails_to_match(where, topic, text, analysed)
    for text, analysed in unwanted:
        held = _holding(topic.expressions, analysed)
        if held and not _holding(topic.exclusions, analysed):
            yield f"{where}: must not match {quoted(text)}, but does (expression {names_of(held)})"
    yield from _untested(where, topic, wanted, unwanted)


def _fails_to_match(
    where: str, topic: Topic, text: str, analysed: AnalysedArticle
) -> Iterator[str]:
    excluded = _holding(topic.exclusions, analysed)
    if not _holding(topic.expressions, analysed):
        yield f"{where}: must match {quoted(text)}, but no expression does"
    elif excluded:
        yield f"{where}: must match {quoted(text)}, but {names_of(excluded)} keeps it out"


def _untested(
    where: str,
    topic: Topic,
    wanted: list[tuple[str, AnalysedArticle]],
    unwanted: list[tuple[str, AnalysedArticle]],
) -> Iterator[str]:
    alone = {held[0].name for _, a in wanted if len(held := _holding(topic.expressions, a)) == 1}
    for one in topic.expressions:
        if one.name not in alone:
            yield f"{where}: expression {one.name} needs a must_match text that only it reaches"
    kept_out = {
        held[0].name
        for _, a in unwanted
        if len(held := _holding(topic.exclusions, a)) == 1 and _holding(topic.expressions, a)
    }
    for one in topic.exclusions:
        if one.name not in kept_out:
            yield f"{where}: {one.name} needs a must_not_match text that only it keeps out"


def _holding(expressions: Sequence[Expression], analysed: AnalysedArticle) -> list[Expression]:
    return [one for one in expressions if match(one.compiled, analysed).outcome is Outcome.MATCHED]
