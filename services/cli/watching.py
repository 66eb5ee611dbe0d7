"""`rules`, `subscribe` and `unsubscribe`: what is watched, and for whom."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from services.cli.opening import opened, settings_of
from services.cli.output import Json, jsonable, one_line, print_json, print_table, say
from services.console.pages.words import spoken
from services.console.queries.rules import list_rules
from services.console.rule_checks import query_errors
from services.console.rule_file import RuleFile, RuleFileError, parse_rule_file
from services.console.store import Ended, remove_rule, sync_rules
from services.console.store import subscribe as put_subscription
from services.console.store import unsubscribe as end_subscription
from services.console.store.stored import StoredChannel
from services.console.store.sync_plan import channel_config
from services.console.store.wording import config_in_words
from shared.errors import SettingsError
from shared.query import Rule, canonical, parse, render
from shared.settings import Settings
from shared.topics import load_taxonomy

rules_app = typer.Typer(help="Watch rules: list, set, remove, test and sync.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    rules_app.command("list")(list_)
    rules_app.command("set")(set_)
    rules_app.command("test")(try_)
    rules_app.command("sync")(sync)
    rules_app.command("remove")(remove)
    app.add_typer(rules_app, name="rules")
    app.command()(subscribe)
    app.command()(unsubscribe)


def list_(context: typer.Context, as_json: Json = False) -> None:
    """List watch rules with how often each matched."""
    with opened(context) as runtime, runtime.database.read() as connection:
        found = list_rules(connection)
    if as_json:
        print_json({"rules": found})
        return
    if not found:
        say("no rules yet; newswatch rules set NAME QUERY, or: newswatch rules sync FILE")
        return
    print_table(
        ("rule", "name", "origin", "state", "matches", "last match", "query"),
        [
            (f"r{r.id}", r.name, r.origin, r.state, r.match_count, r.last_matched_at, r.query)
            for r in found
        ],
    )


def read_rule_file(path: Path, settings: Settings, *, closing: str = "") -> RuleFile:
    """Read and check a rule file; *closing* is said after its mistakes.

    Raises:
        SettingsError: with every mistake, its line and column, and what was expected.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise SettingsError(f"rule file {path}: {reason}") from None
    try:
        return parse_rule_file(text, path.name, list(load_taxonomy(settings.topics.dir).topics))
    except RuleFileError as error:
        raise SettingsError("\n\n".join(filter(None, (str(error), closing)))) from None


def sync(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A file like watch_rules.toml.")],
    dry_run: Annotated[bool, typer.Option(help="Only show what would change.")] = False,
    prune: Annotated[bool, typer.Option(help="Retire what is no longer in the file.")] = False,
    as_json: Json = False,
) -> None:
    """Store the rules, channels and subscriptions of a file, all or nothing.

    What was stored from a file before and is not in this one stays as it is, unless --prune.
    """
    rule_file = read_rule_file(file, settings_of(context), closing="nothing was changed")
    with opened(context, may_create=True) as runtime:
        report = sync_rules(runtime.database, rule_file, prune=prune, dry_run=dry_run)
        warnings = _warnings(rule_file, runtime.settings)
    if as_json:
        print_json({**jsonable(report), "warnings": warnings})
        return
    for line in report.diff:
        say(line)
    for warning in warnings:
        say(f"newswatch: {warning}", err=True)
    if report.is_empty:
        say("nothing changed")
    elif dry_run:
        say("nothing was changed (dry run)")


def _warnings(rule_file: RuleFile, settings: Settings) -> list[str]:
    """Name the channels of a file that could send nothing, as far as can be told from here."""
    from services.alert.main import why_not_sent

    found = (
        (entry.name, why_not_sent(entry.kind, channel_config(entry), settings))
        for entry in rule_file.channels
    )
    return [f"channel {name}: nothing can be sent by it: {why}" for name, why in found if why]


def set_(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Name of the rule.")],
    query: Annotated[str, typer.Argument(help="The rule, as docs/rules.md describes it.")],
    as_json: Json = False,
) -> None:
    """Create a rule, or give it a new query."""
    from services.console.store import set_rule

    understood = canonical(_parsed(query, settings_of(context)))
    with opened(context, may_create=True) as runtime:
        rule = set_rule(runtime.database, name, query)
    if as_json:
        answer = {"name": rule.name, "revision": rule.revision, "is_new": rule.is_new}
        print_json({"id": f"r{rule.id}"} | answer | {"understood": understood})
    else:
        say(f"r{rule.id} {rule.name} (revision {rule.revision}); we understood: {understood}")


def try_(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="The rule to try.")],
    file: Annotated[Path | None, typer.Option("--file", help="Try it on this file.")] = None,
    as_json: Json = False,
) -> None:
    """Check a rule, and try it on a text (--file, - for stdin); exit 1 if it does not match."""
    from services.inspection import evaluate_text

    understood = canonical(_parsed(query, settings_of(context)))
    if file is None:
        answer: dict[str, object] = {"understood": understood}
    else:
        text = sys.stdin.read() if str(file) == "-" else None
        answer = {"understood": understood} | evaluate_text(settings_of(context), query, file, text)
    if as_json:
        print_json(answer)
    else:
        say(f"we understood: {understood}")
        for key in ("outcome", "because", "why_not"):
            if answer.get(key):
                said = _joined(answer[key])
                say(f"{key.replace('_', ' ')}: {spoken(said) if key == 'outcome' else said}")
    if file is not None and answer["outcome"] != "matched":
        raise typer.Exit(1)


def _joined(value: object) -> str:
    return one_line(value if isinstance(value, str) else "; ".join(map(str, value)))  # type: ignore[call-overload]


def _parsed(query: str, settings: Settings) -> Rule:
    """Parse a query as `rules sync` would take it.

    Raises:
        SettingsError: with every mistake, unknown topics among them.
    """
    found = query_errors(query, load_taxonomy(settings.topics.dir).topics)
    if found:
        raise SettingsError("\n\n".join(render(query, each) for each in found))
    return parse(query)


def remove(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="A rule made here, not one of a rule file.")],
    as_json: Json = False,
) -> None:
    """Retire a rule and end its subscriptions; what it found stays."""
    with opened(context) as runtime:
        gone = remove_rule(runtime.database, name)
    if as_json:
        print_json({"id": f"r{gone.id}", "name": gone.name, "ended": gone.ended})
        return
    say(f"removed: rule {gone.name}")
    _say_ended(gone.ended)


def _say_ended(ended: Sequence[Ended]) -> None:
    for each in ended:
        still = f"; {each.still_told} already planned are still told" if each.still_told else ""
        say(f"ended: {each.subscriber} (rule {each.rule}, by {each.channel}){still}")


def subscribe(
    context: typer.Context,
    subscriber: Annotated[str, typer.Argument(help="Who is told.")],
    rule: Annotated[str | None, typer.Option(help="Alerts of this rule …")] = None,
    topic: Annotated[str | None, typer.Option(help="… or of this topic.")] = None,
    channel: Annotated[
        str, typer.Option(help="By this channel; without it, a file named after the subscriber.")
    ] = "",
    new_channel: Annotated[
        bool, typer.Option("--new-channel", help="Make --channel, a file, if there is none.")
    ] = False,
    mode: Annotated[str, typer.Option(help="first, new or every.")] = "new",
    old_material: Annotated[bool, typer.Option(help="Old material too.")] = False,
    as_json: Json = False,
) -> None:
    """Subscribe somebody to a rule or straight to a topic, from now on."""
    if new_channel and not channel:
        raise SettingsError("--new-channel: name it by --channel NAME")
    name = channel or subscriber
    with opened(context, may_create=True) as runtime:
        topics = list(load_taxonomy(runtime.settings.topics.dir).topics)
        found = put_subscription(
            runtime.database,
            subscriber,
            rule=rule,
            topic=topic,
            channel=name,
            mode=mode,
            old_material=old_material,
            make_file_channel=new_channel or not channel,
            topics=topics,
        )
        place = _place(runtime.settings, found.channel)
    if as_json:
        ids = {"id": found.subscription_id, "rule_id": found.rule_id}
        way = {"channel": name, "is_new_channel": found.made_channel, "place": place}
        print_json(ids | {"is_new": found.is_new, "words": found.words} | way)
        return
    what = f"topic {topic}" if topic else f"rule {rule}"
    say(f"{subscriber}, {what}, by {name}: {found.words}")
    say(f"    {'new channel' if found.made_channel else 'channel'} {name}: {place}")


def _place(settings: Settings, channel: StoredChannel) -> str:
    """Say where a channel sends: the path of its file, or the host of its address."""
    words = config_in_words(channel.config)
    place = str(settings.data.dir / "channels" / words) if channel.kind == "file" else words
    why = f" (off: {channel.state_reason or 'no reason was recorded'})"
    return place + (why if channel.state == "off" else "")


def unsubscribe(
    context: typer.Context,
    subscriber: Annotated[str, typer.Argument(help="Who is not told any more.")],
    rule: Annotated[str | None, typer.Option(help="Of this rule …")] = None,
    topic: Annotated[str | None, typer.Option(help="… or of this topic.")] = None,
    channel: Annotated[str | None, typer.Option(help="Only by this channel.")] = None,
    as_json: Json = False,
) -> None:
    """End a subscription made by `subscribe`; what was planned before is still told."""
    with opened(context) as runtime:
        ended = end_subscription(
            runtime.database, subscriber, rule=rule, topic=topic, channel=channel
        )
    if as_json:
        print_json({"ended": ended})
    else:
        _say_ended(ended)
