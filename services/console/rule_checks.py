"""What is wrong with one query, and which known name was meant. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from shared.query import RuleError, RuleSyntaxError, parse
from shared.query.checks import leaves
from shared.query.errors import nearest
from shared.query.tree import Meta


def query_errors(query: str, topics: Collection[str]) -> tuple[RuleError, ...]:
    """Return every mistake in *query*: of its syntax, or else each topic that is none of *topics*.

    The one check for every way a query comes in: rule file, command line, try-out.
    """
    try:
        rule = parse(query)
    except RuleSyntaxError as error:
        return tuple(error.errors)
    found = []
    for leaf in leaves(rule.root):
        if isinstance(leaf, Meta) and leaf.name == "topic":
            for value, (start, end) in zip(leaf.values, leaf.places, strict=True):
                topic = value.partition("/")[0]
                if topic not in topics:
                    message = f"unknown topic '{topic}'"
                    hint = meant(topic, topics, "topic:{}")
                    found.append(RuleError(start + 1, end + 1, "unknown-topic", message, (), hint))
    return tuple(found)


def meant(name: str, known: Iterable[str], form: str) -> str:
    """Return `write …` with the nearest known name, or the list of all when they are few."""
    names = sorted(known)
    close = nearest(name, names)
    if close is not None:
        return f"write {form.format(close)}"
    if not names:
        return ""
    listed = ", ".join(names[:15]) + (f" and {len(names) - 15} more" if len(names) > 15 else "")
    return f"known: {listed}"
