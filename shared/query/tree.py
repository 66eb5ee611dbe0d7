"""A rule as a frozen tree, and its canonical spelling. Places never count in comparisons."""

from __future__ import annotations

from dataclasses import dataclass, field

TEXT_FIELDS = ("title", "lead", "body")


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a quoted phrase. `exact` is `=`: these capitals and marks, no plural folding."""

    text: str
    quoted: bool = False
    exact: bool = False
    any_case: bool = False
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Meta:
    """A condition on the article, not its words: `topic:`, `source:`, `lang:`; any of *values*."""

    name: str
    values: tuple[str, ...]
    places: tuple[tuple[int, int], ...] = field(default=(), compare=False)
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far apart NEAR (any order) or PRE (in order) may be: words, or one `s`, one `p`."""

    ordered: bool
    words: int | None = None
    block: str = ""

    def __str__(self) -> str:
        return f"{'PRE' if self.ordered else 'NEAR'}/{self.words or self.block}"


@dataclass(frozen=True, slots=True)
class Near:
    """Operands within reach: `operands[i]` and `operands[i + 1]` under `reaches[i]`."""

    operands: tuple[Node, ...]
    reaches: tuple[Reach, ...]
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class And:
    """All of *items*; an item may be a Not, at least one is not."""

    items: tuple[Node, ...]
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Or:
    """Any of *items*."""

    items: tuple[Node, ...]
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """None of *item*; stands only in an And."""

    item: Node
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least *count* occurrences of *items* together, none overlapping."""

    count: int
    items: tuple[Node, ...]
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Within:
    """*item* looked for only in one field: title, lead (first 600 characters) or body."""

    field_name: str
    item: Node
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


Node = Term | Meta | Near | And | Or | Not | AtLeast | Within


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that was read without error: its tree and the text it came from."""

    root: Node
    source: str = field(default="", compare=False)


def canonical(rule: Rule) -> str:
    """Return the rule as understood, in one spelling; it parses to an equal rule."""
    return _write(rule.root)


def _write(node: Node) -> str:  # noqa: PLR0911  # one return a kind of node
    match node:
        case Term():
            return _write_term(node)
        case Meta(name, values):
            written = [_write_value(name, value) for value in values]
            return f"{name}:{written[0] if len(written) == 1 else '(' + ' OR '.join(written) + ')'}"
        case Near(operands, reaches):
            parts = [_inner(operands[0])]
            for reach, operand in zip(reaches, operands[1:], strict=True):
                parts += [str(reach), _inner(operand)]
            return " ".join(parts)
        case And(items):
            return " AND ".join(map(_item, items))
        case Or(items):
            return " OR ".join(map(_item, items))
        case Not(item):
            return f"NOT {_item(item)}"
        case AtLeast(count, items):
            return f"ATLEAST/{count}({' OR '.join(map(_item, items))})"
        case Within(name, item):
            return f"{name}:{_inner(item)}"


def _item(node: Node) -> str:
    return f"({_write(node)})" if isinstance(node, And | Or) else _write(node)


def _inner(node: Node) -> str:
    return (
        f"({_write(node)})" if isinstance(node, And | Or | Near | Not | AtLeast) else _write(node)
    )


def _write_term(term: Term) -> str:
    text = (
        '"' + term.text.replace("\\", "\\\\").replace('"', '\\"') + '"'
        if term.quoted
        else term.text
    )
    text = f"={text}" if term.exact else text
    return f"nocase({text})" if term.any_case else text


def _write_value(name: str, value: str) -> str:
    plain = value.replace("-", "").replace(".", "").replace("_", "").isalnum()
    return value if name != "source" or plain else f'"{value}"'
