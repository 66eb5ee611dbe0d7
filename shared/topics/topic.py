"""A topic and its parts, as read from a branch and compiled. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shared.query import CompiledRule


@dataclass(frozen=True, slots=True)
class IptcRelation:
    """Relation to an IPTC media topic: `exact`, `close` or `broader` (theirs is wider)."""

    qcode: str
    relation: str


@dataclass(frozen=True, slots=True)
class Expression:
    """A named rule of a topic; the name says which wording was found."""

    name: str
    text: str
    compiled: CompiledRule


@dataclass(frozen=True, slots=True)
class Topic:
    """One subject: an article has it if any of `expressions` holds and none of `exclusions`.

    `labels` by language code; the examples are texts in our own words.
    """

    id: str
    labels: Mapping[str, str]
    broader: str | None
    iptc: IptcRelation | None
    expressions: tuple[Expression, ...]
    exclusions: tuple[Expression, ...]
    must_match: tuple[str, ...]
    must_not_match: tuple[str, ...]
    branch: str
