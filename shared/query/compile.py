"""A rule tree made ready: word forms worked out once, fields pushed to the leaves. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from shared.query.folding import fold, plain_name, singular, with_case, with_marks
from shared.query.text import is_shout
from shared.query.tokens import Token, tokens
from shared.query.tree import (
    And,
    AtLeast,
    Meta,
    Near,
    Node,
    Not,
    Or,
    Reach,
    Rule,
    Term,
    Within,
    canonical,
)


@dataclass(frozen=True, slots=True)
class WordForm:
    """How one word of a rule is compared.

    `folded` always; `key` instead (no plural ending) if `plural`; `marked` if the rule spells
    marks; `cased` if capitals count; `prefix` if a `*` follows.
    """

    folded: str
    key: str
    spelling: str
    marked: str | None = None
    cased: str | None = None
    prefix: bool = False
    plural: bool = False


@dataclass(frozen=True, slots=True)
class Leaf:
    """One term: its words in order, or `joined` (`clean-up` also as `cleanup`), in one field."""

    label: str
    words: tuple[WordForm, ...]
    joined: WordForm | None
    field_name: str | None
    is_acronym: bool


@dataclass(frozen=True, slots=True)
class Proximity:
    """Alternatives for each operand, with the reach between neighbours."""

    operands: tuple[tuple[Leaf, ...], ...]
    reaches: tuple[Reach, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """`topic:`, `source:` or `lang:` with its values ready to compare, and as they are written."""

    name: str
    values: tuple[str, ...]
    written: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of *wanted* and none of *unwanted*."""

    wanted: tuple[Compiled, ...]
    unwanted: tuple[Compiled, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of *items*."""

    items: tuple[Compiled, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """At least *count* occurrences of *items* that do not overlap."""

    count: int
    items: tuple[Leaf | Proximity, ...]


Compiled = Leaf | Proximity | Condition | AllOf | AnyOf | Count


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule ready to evaluate, with its canonical text."""

    root: Compiled
    text: str


def compile_rule(rule: Rule) -> CompiledRule:
    """Return *rule* ready to evaluate; every rule that parses compiles."""
    return CompiledRule(_compile(rule.root, None), canonical(rule))


def _compile(  # noqa: PLR0911  # one return a kind of node
    node: Node, field_name: str | None
) -> Compiled:
    match node:
        case Term():
            return _leaf(node, field_name)
        case Near(operands, reaches):
            return Proximity(tuple(_operand(one, field_name) for one in operands), reaches)
        case Meta(name, values):
            ready = tuple(plain_name(v) if name == "source" else v for v in values)
            return Condition(name, ready, values)
        case Within(name, item):
            return _compile(item, name)
        case Or(items):
            return AnyOf(tuple(_compile(item, field_name) for item in items))
        case AtLeast(count, items):
            return Count(count, tuple(_countable(item, field_name) for item in items))
        case And(items):
            wanted = tuple(_compile(i, field_name) for i in items if not isinstance(i, Not))
            unwanted = tuple(_compile(i.item, field_name) for i in items if isinstance(i, Not))
            return AllOf(wanted, unwanted)
        case Not():
            raise ValueError("NOT outside AND: the parser refuses it")


def _countable(node: Node, field_name: str | None) -> Leaf | Proximity:
    made = _compile(node, field_name)
    if not isinstance(made, Leaf | Proximity):
        raise TypeError("ATLEAST counts words, phrases and NEAR groups: the parser refuses others")
    return made


def _operand(node: Node, field_name: str | None) -> tuple[Leaf, ...]:
    items = node.items if isinstance(node, Or) else (node,)
    return tuple(_leaf(item, field_name) for item in items if isinstance(item, Term))


def _leaf(term: Term, field_name: str | None) -> Leaf:
    found = list(tokens(term.text))
    words = tuple(_form(term, token) for token in found)
    shouted = any(word.cased for word in words) and not term.exact
    return Leaf(_label(term), words, _joined(term, found), field_name, shouted)


def _label(term: Term) -> str:
    text = f'"{term.text}"' if term.quoted else term.text
    return f"={text}" if term.exact else text


def _form(term: Term, token: Token) -> WordForm:
    folded = fold(token.spelling)
    marked = with_marks(token.spelling)
    is_prefix = not term.exact and term.text[token.end : token.end + 1] == "*"
    bare = not (term.quoted or term.exact)
    key = singular(folded)
    is_last = token.end >= len(term.text.rstrip("*+'’"))
    plural = bare and not is_prefix and is_last and marked == folded
    cased = None
    if term.exact or (bare and not term.any_case and not is_prefix and is_shout(token.spelling)):
        cased = with_case(token.spelling)
        plural = plural and len(folded) > 2 and singular(f"{folded}s") == key
    return WordForm(
        folded=folded,
        key=key,
        spelling=token.spelling,
        marked=marked if marked != folded and cased is None else None,
        cased=cased,
        prefix=is_prefix,
        plural=plural,
    )


def _joined(term: Term, found: list[Token]) -> WordForm | None:
    """A bare hyphenated word also stands for its parts written as one."""
    if term.quoted or term.exact or len(found) < 2 or not _hyphens(term.text, found):
        return None
    word = "".join(fold(token.spelling) for token in found)
    is_prefix = term.text.endswith("*")
    return WordForm(word, singular(word), term.text, prefix=is_prefix, plural=not is_prefix)


def _hyphens(text: str, found: list[Token]) -> bool:
    between = [text[a.end : b.start] for a, b in pairwise(found)]
    return all(gap in ("-", "\u2010", "\u2011") for gap in between)


def leaves_of(node: Compiled) -> Iterator[Leaf]:
    """Yield the leaves under *node*, excluded ones too."""
    match node:
        case Leaf():
            yield node
        case Proximity(operands):
            for operand in operands:
                yield from operand
        case AnyOf(items) | Count(_, items):
            for item in items:
                yield from leaves_of(item)
        case AllOf(wanted, unwanted):
            for item in (*wanted, *unwanted):
                yield from leaves_of(item)
        case Condition():
            return
