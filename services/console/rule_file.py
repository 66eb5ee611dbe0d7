"""watch_rules.toml: watch rules, channels and subscriptions as code. Pure: text in, entries out."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from services.console.rule_checks import meant, query_errors
from services.console.rule_entries import (
    ChannelEntry,
    Place,
    RuleEntry,
    RuleFile,
    RuleFileError,
    RuleFileProblem,
    SubscriptionEntry,
    locate,
    toml_problem,
)
from shared.query import RuleError, underline
from shared.query.errors import nearest

__all__ = [
    "ChannelEntry",
    "RuleEntry",
    "RuleFile",
    "RuleFileError",
    "RuleFileProblem",
    "SubscriptionEntry",
    "parse_rule_file",
]

SCHEMA: Final = 1
FILE_CHARACTERS: Final = 5_000_000
MODES: Final = ("first", "new", "every")
KINDS: Final = ("file", "webhook")
_TABLES = {
    "channel": ("name", "kind", "path", "url", "secret", "secret_env"),
    "subscription": ("subscriber", "rule", "topic", "channel", "mode", "old_material"),
    "rule": ("name", "query", "owner", "note"),
}
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_ENVIRONMENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def parse_rule_file(text: str, name: str, topic_ids: Collection[str]) -> RuleFile:
    """Read the rule file *text*; *name* is used in messages only.

    Raises:
        RuleFileError: with every mistake found, each with its line.
    """
    if len(text) > FILE_CHARACTERS:
        message = f"{len(text)} characters; the limit is {FILE_CHARACTERS}"
        raise RuleFileError(name, [RuleFileProblem(1, None, message)])
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RuleFileError(name, [toml_problem(error, text)]) from None
    reader = _Reader(content, locate(text), frozenset(topic_ids))
    read = reader.read()
    if reader.problems:
        raise RuleFileError(name, reader.problems)
    return read


class _Reader:
    def __init__(
        self, content: Mapping[str, Any], places: dict[str, list[Place]], topics: frozenset[str]
    ) -> None:
        self.content = content
        self.places = places
        self.topics = topics
        self.problems: list[RuleFileProblem] = []

    def refuse(self, line: int, message: str, suggestion: str = "") -> None:
        self.problems.append(RuleFileProblem(line, None, message, suggestion))

    def read(self) -> RuleFile:
        if self.content.get("schema") != SCHEMA:
            seen = self.content.get("schema")
            said = "no schema is given" if seen is None else f"schema is {seen!r}"
            self.refuse(1, said, f"write schema = {SCHEMA} in the first line")
        for key in self.content:
            if key != "schema" and key not in _TABLES:
                line = self.places[key][0].line if self.places.get(key) else 1
                self.refuse(line, f"unknown table or key '{key}'", meant(key, _TABLES, "[[{}]]"))
        rules = tuple(self.rule(entry, place) for entry, place in self.entries("rule"))
        channels = tuple(self.channel(entry, place) for entry, place in self.entries("channel"))
        self.refuse_duplicates("rule", [(rule.name, rule.line) for rule in rules])
        self.refuse_duplicates("channel", [(one.name, one.line) for one in channels])
        known = frozenset(rule.name for rule in rules), frozenset(one.name for one in channels)
        told = [
            self.subscription(entry, place, *known) for entry, place in self.entries("subscription")
        ]
        keys = [(f"{s.subscriber} to {s.rule or s.topic}", s.line) for s in told]
        self.refuse_duplicates("subscription", keys)
        return RuleFile(rules, channels, tuple(told))

    def entries(self, kind: str) -> Iterable[tuple[Mapping[str, Any], Place]]:
        tables = self.content.get(kind, [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            self.refuse(1, f"'{kind}' is not a list of tables", f"write [[{kind}]]")
            return
        places = self.places.get(kind, [])
        for number, table in enumerate(tables):
            place = places[number] if number < len(places) else Place(1)
            for key in table:
                if key not in _TABLES[kind]:
                    line = place.keys.get(key, place.line)
                    self.refuse(
                        line, f"{kind}: unknown key '{key}'", meant(key, _TABLES[kind], "{}")
                    )
                    place.meant.add(nearest(key, _TABLES[kind]) or "")
            yield table, place

    def refuse_duplicates(self, kind: str, named: list[tuple[str, int]]) -> None:
        first: dict[str, int] = {}
        for name, line in named:
            if name and name in first:
                self.refuse(line, f"{kind} '{name}' is already in line {first[name]}")
            first.setdefault(name, line)

    def text(self, table: Mapping[str, Any], key: str, where: str, place: Place) -> str | None:
        value = table.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            line = place.keys.get(key, place.line)
            self.refuse(line, f"{where}: {key} is not a text", f'write {key} = "…"')
            return None
        return value

    def required(self, table: Mapping[str, Any], key: str, where: str, place: Place) -> str:
        value = self.text(table, key, where, place)
        if not _has(table, place, key):
            self.refuse(place.line, f"{where}: {key} is missing", f'write {key} = "…"')
        return value or ""

    def slug(self, table: Mapping[str, Any], where: str, place: Place) -> str:
        name = self.required(table, "name", where, place)
        if name and (len(name) > 64 or not _SLUG.match(name)):
            made = _made_name(name)
            hint = f'write name = "{made}"' if made else "write small letters, digits and '-'"
            line = place.keys.get("name", place.line)
            self.refuse(line, f"{where}: '{name[:70]}' is not a name", hint)
            # Whatever refers to it is held to the name it should have.
            return made
        return name

    def rule(self, table: Mapping[str, Any], place: Place) -> RuleEntry:
        name = self.slug(table, "rule", place)
        where = f'rule "{name}"'
        query = self.required(table, "query", where, place)
        if query:
            self.check_query(query, where, place.keys.get("query", place.line))
        owner = self.text(table, "owner", where, place)
        return RuleEntry(name, query, owner, self.text(table, "note", where, place), place.line)

    def check_query(self, query: str, where: str, line: int) -> None:
        for one in query_errors(query, self.topics):
            self.in_query(query, where, line, one)

    def in_query(self, query: str, where: str, line: int, error: RuleError) -> None:
        before = query[: error.column - 1]
        column = error.column - (before.rfind("\n") + 1)
        said = f"{where}: column {column}: {error.message}"
        shown = underline(query, error.column, error.end)
        at = line + before.count("\n")
        self.problems.append(RuleFileProblem(at, column, said, error.suggestion, shown))

    def channel(self, table: Mapping[str, Any], place: Place) -> ChannelEntry:
        name = self.slug(table, "channel", place)
        where = f'channel "{name}"'
        kind = self.required(table, "kind", where, place)
        if kind and kind not in KINDS:
            hint = 'write kind = "file"   or   kind = "webhook"'
            self.refuse(place.keys["kind"], f"{where}: unknown kind '{kind[:40]}'", hint)
        values = {key: self.text(table, key, where, place) for key in _TABLES["channel"][2:]}
        self.check_channel(kind, table, values, where, place)
        return ChannelEntry(name, kind, **values, line=place.line)

    def check_channel(
        self,
        kind: str,
        table: Mapping[str, Any],
        values: Mapping[str, str | None],
        where: str,
        place: Place,
    ) -> None:
        foreign = {"file": ("url", "secret", "secret_env"), "webhook": ("path",)}.get(kind, ())
        for key in foreign:
            if key in table:
                line = place.keys.get(key, place.line)
                self.refuse(line, f"{where}: a {kind} channel has no {key}")
        if kind == "file" and not _has(table, place, "path"):
            self.refuse(place.line, f"{where}: path is missing", 'write path = "alerts.jsonl"')
        if kind == "webhook":
            self.check_webhook(table, values, where, place)

    def check_webhook(
        self, table: Mapping[str, Any], values: Mapping[str, str | None], where: str, place: Place
    ) -> None:
        url, secret, variable = values["url"], values["secret"], values["secret_env"]
        if not _has(table, place, "url"):
            self.refuse(place.line, f"{where}: url is missing", 'write url = "https://…"')
        elif url and not re.match(r"https?://[^\s/]", url):
            self.refuse(
                place.keys["url"], f"{where}: url is no web address", 'write url = "https://…"'
            )
        if _has(table, place, "secret") == _has(table, place, "secret_env"):
            said = "both secret and secret_env are given" if secret else "a webhook needs a secret"
            hint = 'write secret_env = "NAME_OF_A_VARIABLE"   or   secret = "whsec_…"'
            self.refuse(place.line, f"{where}: {said}", hint)
        if secret and not secret.startswith("whsec_"):
            hint = "write whsec_ and then what `openssl rand -base64 24` prints"
            self.refuse(place.keys["secret"], f"{where}: a secret starts with whsec_", hint)
        if variable and not _ENVIRONMENT_NAME.match(variable):
            self.refuse(place.keys["secret_env"], f"{where}: '{variable[:40]}' is no variable name")

    def subscription(
        self,
        table: Mapping[str, Any],
        place: Place,
        rules: frozenset[str],
        channels: frozenset[str],
    ) -> SubscriptionEntry:
        subscriber = self.required(table, "subscriber", "subscription", place)
        where = f'subscription of "{subscriber}"'
        rule = self.text(table, "rule", where, place)
        topic = self.text(table, "topic", where, place)
        if _has(table, place, "rule") == _has(table, place, "topic"):
            hint = 'write rule = "…"   or   topic = "…"'
            self.refuse(place.line, f"{where}: needs a rule or a topic, one of the two", hint)
        self.known(rule, rules, "rule", where, place)
        self.known(topic, self.topics, "topic", where, place)
        told = self.channels(table, where, place)
        for name in told:
            self.known(name, channels, "channel", where, place)
        mode = self.text(table, "mode", where, place) or "new"
        if mode not in MODES:
            hint = meant(mode, MODES, 'mode = "{}"') or 'write mode = "first", "new" or "every"'
            self.refuse(place.keys["mode"], f"{where}: unknown mode '{mode[:40]}'", hint)
        old = table.get("old_material", False)
        if not isinstance(old, bool):
            line = place.keys.get("old_material", place.line)
            hint = "write old_material = true   or   old_material = false"
            self.refuse(line, f"{where}: old_material is not true or false", hint)
        return SubscriptionEntry(subscriber, rule, topic, told, mode, old is True, place.line)

    def known(
        self, name: str | None, names: Collection[str], kind: str, where: str, place: Place
    ) -> None:
        if name is not None and name not in names:
            line = place.keys.get(kind, place.line)
            hint = meant(name, names, kind + ' = "{}"')
            if kind == "channel" and nearest(name, names) is None:
                hint = _channel_block(name)
            self.refuse(line, f"{where}: unknown {kind} '{name[:70]}'", hint)

    def channels(self, table: Mapping[str, Any], where: str, place: Place) -> tuple[str, ...]:
        value = table.get("channel")
        named = [value] if isinstance(value, str) else value
        if "channel" in place.meant:
            return ()
        if not isinstance(named, list) or not named or not all(isinstance(n, str) for n in named):
            hint = 'write channel = "desk"   or   channel = ["desk", "archive"]'
            self.refuse(place.keys.get("channel", place.line), f"{where}: channel is missing", hint)
            return ()
        return tuple(dict.fromkeys(named))


def _has(table: Mapping[str, Any], place: Place, key: str) -> bool:
    """Whether *key* is there, if misspelt: one mistake is named once."""
    return key in table or key in place.meant


def _made_name(name: str) -> str:
    """Return the name most like *name* that may be one, or an empty text."""
    return "-".join(re.findall(r"[a-z0-9]+", name.lower()))[:64].strip("-")


def _channel_block(name: str) -> str:
    made = _made_name(name) or "desk"
    lines = ("[[channel]]", f'name = "{made}"', 'kind = "file"', f'path = "{made}.jsonl"')
    return "write the channel, too:\n" + "\n".join(f"    {line}" for line in lines)
