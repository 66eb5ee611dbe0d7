"""Who watches for what: rules, channels and subscriptions, by the door that users take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.console.rule_file import parse_rule_file
from services.console.store import SyncReport, sync_rules
from shared.database import Database

# Standard Webhooks: whsec_ and 24 to 64 bytes in base64. A key of these tests, and of nobody else.
SECRET = "whsec_bm93IHRoaXMgaXMgYSB0ZXN0IGtleSBvbmx5ISE="


@dataclass(frozen=True)
class Desk:
    """A subscription: who, to which rule, by which channels."""

    subscriber: str
    rule: str
    channels: Sequence[str] = ("paper",)
    mode: str = "new"
    old_material: bool = False


def watch(
    database: Database,
    rules: Mapping[str, str],
    *,
    desks: Sequence[Desk] | None = None,
    webhook: str | None = None,
) -> SyncReport:
    """Store *rules* (name -> query); unless *desks* say otherwise "desk" reads each in "paper"."""
    told = [Desk("desk", name) for name in rules] if desks is None else desks
    entries = [_table("rule", name=name, query=query) for name, query in rules.items()]
    entries.append(_table("channel", name="paper", kind="file", path="paper.jsonl"))
    if webhook:
        entries.append(_table("channel", name="hook", kind="webhook", url=webhook, secret=SECRET))
    entries += [
        _table(
            "subscription",
            subscriber=desk.subscriber,
            rule=desk.rule,
            channel=desk.channels,
            mode=desk.mode,
            old_material=desk.old_material,
        )
        for desk in told
    ]
    text = "schema = 1\n" + "\n".join(entries)
    return sync_rules(database, parse_rule_file(text, "watch_rules.toml", ()))


def _table(table: str, /, **values: str | bool | Sequence[str]) -> str:
    lines = (f"{key} = {_toml(value)}" for key, value in values.items())
    return f"[[{table}]]\n" + "\n".join(lines) + "\n"


def _toml(value: str | bool | Sequence[str]) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"'''{value}'''"
    return f"[{', '.join(_toml(each) for each in value)}]"
