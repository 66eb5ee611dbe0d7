"""One branch file of the taxonomy: TOML values to topics, every fault named. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from shared.query import RuleSyntaxError, compile_rule, parse
from shared.query.checks import leaves
from shared.query.tree import Meta
from shared.topics.topic import Expression, IptcRelation, Topic

SCHEMA = 1
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_KEYS = frozenset(["id", "label", "broader", "iptc", "any", "none", "must_match", "must_not_match"])
_RELATIONS = ("exact", "close", "broader")


def read_branch(name: str, content: Mapping[str, Any], errors: list[str]) -> list[Topic]:
    """Return the topics of the branch *name*; add faults to *errors*, each naming its topic."""
    if content.get("schema") != SCHEMA:
        errors.append(f"{name}: expected schema = {SCHEMA}, found {content.get('schema')!r}")
        return []
    errors += (f"{name}: unknown key {key!r}" for key in content if key not in ("schema", "topic"))
    entries = content.get("topic", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        errors.append(f"{name}: write each topic as a [[topic]] table")
        return []
    return [topic for entry in entries if (topic := _read_topic(name, entry, errors)) is not None]


def _read_topic(branch: str, entry: Mapping[str, Any], errors: list[str]) -> Topic | None:
    id_ = entry.get("id")
    if not isinstance(id_, str) or not _ID.match(id_):
        errors.append(f"{branch}: a topic's id is lower-case words joined by '-', not {id_!r}")
        return None
    where = f"{branch}: topic {id_}"
    before = len(errors)
    errors += (f"{where}: unknown key {key!r}" for key in entry if key not in _KEYS)
    labels = _text_table(entry.get("label"))
    if "en" not in labels:
        errors.append(f'{where}: expected label = {{en = "…"}}')
    broader = entry.get("broader")
    if not isinstance(broader, str | None):
        errors.append(f"{where}: expected broader to be a topic id")
    named = _text_table(entry.get("any"))
    if not named:
        errors.append(f"{where}: expected a table `any` of named expressions")
    none = _texts(entry, "none", where, errors)
    topic = Topic(
        id=id_,
        labels=labels,
        broader=broader,
        iptc=_iptc(entry.get("iptc"), where, errors),
        expressions=_expressions(named.items(), where, errors),
        exclusions=_expressions(
            ((f"none {n}", text) for n, text in enumerate(none, 1)), where, errors
        ),
        must_match=_texts(entry, "must_match", where, errors),
        must_not_match=_texts(entry, "must_not_match", where, errors),
        branch=branch,
    )
    return topic if len(errors) == before else None


def _text_table(value: Any) -> dict[str, str]:
    """Return *value* if it is a table of texts, else an empty one."""
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        return {}
    return value


def _texts(entry: Mapping[str, Any], key: str, where: str, errors: list[str]) -> tuple[str, ...]:
    value = entry.get(key, [])
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        errors.append(f"{where}: expected {key} to be a list of texts")
        return ()
    if key == "must_match" and not value:
        errors.append(f"{where}: expected at least one text in must_match")
    return tuple(value)


def _iptc(value: Any, where: str, errors: list[str]) -> IptcRelation | None:
    if value is None:
        return None
    if (
        not _text_table(value)
        or set(value) != {"qcode", "relation"}
        or value["relation"] not in _RELATIONS
    ):
        errors.append(
            f'{where}: expected iptc = {{qcode = "medtop:…", relation = "exact|close|broader"}}'
        )
        return None
    return IptcRelation(value["qcode"], value["relation"])


def _expressions(named: Any, where: str, errors: list[str]) -> tuple[Expression, ...]:
    made: list[Expression] = []
    for name, text in named:
        try:
            rule = parse(text)
        except RuleSyntaxError as error:
            errors.append(f"{where}: expression {name!r}: {error}")
            continue
        if any(isinstance(leaf, Meta) for leaf in leaves(rule.root)):
            said = "topics look at words only, not topic:, source:, lang:"
            errors.append(f"{where}: expression {name!r}: {said}")
            continue
        made.append(Expression(name, text, compile_rule(rule)))
    return tuple(made)


def quoted(text: str, width: int = 70) -> str:
    """Return *text* in quotes, cut with an ellipsis to *width* characters."""
    flat = " ".join(text.split())
    return f'"{flat if len(flat) <= width else flat[: width - 1] + "…"}"'


def names_of(expressions: Sequence[Expression]) -> str:
    """Return the names of *expressions*, for a message."""
    return ", ".join(expression.name for expression in expressions)
