"""What a rule that reads well must still keep to: limits, and something rare. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from shared.query.errors import RuleError
from shared.query.folding import fold
from shared.query.tokens import tokens
from shared.query.tree import And, AtLeast, Meta, Near, Node, Not, Or, Term, Within

LEAF_LIMIT: Final = 1_000
WILDCARD_LIMIT: Final = 20

_STOP_WORDS = """
    a an the and or not of in on at to for from by with as is are was were be been it its this
    that he she they we you i his her their our your my has have had will would can could may do
    does did but if so no yes than then there here who what when where which how all any some
    more most said says say also new one two
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())


def leaves(node: Node) -> Iterator[Term | Meta]:
    """Yield every term and condition of *node*, in order."""
    match node:
        case And(items) | Or(items) | AtLeast(_, items) | Near(items):
            for item in items:
                yield from leaves(item)
        case Not(item) | Within(_, item):
            yield from leaves(item)
        case Term() | Meta():
            yield node


def check_rule(root: Node) -> list[RuleError]:
    """Return which limits the rule breaks and whether it has nothing to look for."""
    errors: list[RuleError] = []
    found = list(leaves(root))
    if len(found) > LEAF_LIMIT:
        message = f"{len(found)} words and conditions; the limit is {LEAF_LIMIT}"
        errors.append(_at(found[LEAF_LIMIT], "too-many-leaves", message))
    wild = [leaf for leaf in found if isinstance(leaf, Term) and "*" in leaf.text]
    if len(wild) > WILDCARD_LIMIT:
        message = f"{len(wild)} wildcards; the limit is {WILDCARD_LIMIT}"
        errors.append(_at(wild[WILDCARD_LIMIT], "too-many-wildcards", message))
    loose = _unanchored(root)
    if loose is not None:
        errors.append(_refuse_loose(loose))
    return errors


def _refuse_loose(node: Node) -> RuleError:
    if isinstance(node, Meta):
        message = f"{node.name}: alone would match almost everything"
        return _at(node, "too-broad", message, "add a word, topic: or source: with AND")
    message = "only words that stand in almost every text"
    return _at(node, "too-broad", message, "add a rarer word with AND, or quote a longer phrase")


def _at(node: Node, code: str, message: str, hint: str = "") -> RuleError:
    return RuleError(node.start + 1, max(node.end, node.start + 1) + 1, code, message, (), hint)


def _unanchored(node: Node) -> Node | None:  # noqa: PLR0911  # one return a kind of node
    """Return the part of *node* that could match almost any article, or None."""
    match node:
        case Term(text):
            common = all(fold(token.spelling) in STOP_WORDS for token in tokens(text))
            return node if common and not node.exact and not _shouts(text) else None
        case Meta(name):
            return node if name == "lang" else None
        case And(items):
            positive = [item for item in items if not isinstance(item, Not)]
            found = [_unanchored(item) for item in positive]
            return None if None in found else found[0]
        case Near(items):
            found = [_unanchored(item) for item in items]
            return None if None in found else found[0]
        case Or(items) | AtLeast(_, items):
            return next((loose for loose in map(_unanchored, items) if loose is not None), None)
        case Within(_, item):
            return _unanchored(item)
        case Not():
            return node


def _shouts(text: str) -> bool:
    """Whether *text* is an acronym spelled like a common word: WHO, IT, US."""
    return 2 <= len(text.replace(".", "")) <= 6 and text.isupper()
