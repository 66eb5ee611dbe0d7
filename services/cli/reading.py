"""`stories`, `topics`, `alerts`: what there is to read."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated

import typer

from services.cli import ruling
from services.cli.opening import opened
from services.cli.output import (
    Json,
    Limit,
    ago,
    one_line,
    print_json,
    print_table,
    say,
    say_left_out,
)
from services.console.queries import (
    AlertSummary,
    Page,
    StorySummary,
    list_alerts,
    list_stories,
    list_topics,
)
from services.console.queries.rules import list_rules
from shared.errors import SettingsError
from shared.runtime import Runtime

HOW_TO_WATCH = "newswatch rules set NAME QUERY, or: newswatch rules sync FILE"


def register(app: typer.Typer) -> None:
    """Add the commands of this module; `stories` is where those of `ruling` hang."""
    group = typer.Typer(help="Stories: list them, merge and split them, undo that.")
    group.callback(invoke_without_command=True)(stories)
    ruling.register(group)
    app.add_typer(group, name="stories")
    for command in (topics, alerts):
        app.command()(command)


def stories(
    context: typer.Context,
    topic: Annotated[str | None, typer.Option(help="Only stories with this topic.")] = None,
    outlet: Annotated[str | None, typer.Option(help="Only stories this outlet carried.")] = None,
    limit: Limit = 20,
    as_json: Json = False,
) -> None:
    """List stories, the latest development first; exit 1 when a filter leaves none.

    The commands below change them: merge, split, undo; rulings lists what people changed.
    """
    if context.invoked_subcommand is not None:
        return
    with opened(context) as runtime, runtime.database.read() as connection:
        if topic is not None:
            known = {row.id for row in list_topics(connection, known=_topic_ids(runtime))}
            _require_known("topic", topic, known)
        page = list_stories(connection, limit, topic=topic, outlet=outlet)
    asked = " and ".join(filter(None, (topic and f"topic {topic}", outlet and f"outlet {outlet}")))
    if as_json:
        print_json({"stories": page.rows, "total": page.total})
    elif not page.rows:
        hint = "drop a file into the inbox, or: newswatch add FILE --wait"
        say(f"no stories with {asked}" if asked else f"no stories yet; {hint}")
    else:
        _print_stories(page)
    if asked and not page.rows:
        raise typer.Exit(1)


def _print_stories(page: Page[StorySummary]) -> None:
    print_table(
        ("story", "title", "articles", "outlets", "independent", "changed"),
        [
            (
                f"s{story.id}",
                story.title,
                story.article_count,
                story.outlet_count,
                story.independent_count,
                story.changed_at,
            )
            for story in page.rows
        ],
    )
    say_left_out(len(page.rows), page.total, has_limit=True)


def topics(context: typer.Context, as_json: Json = False) -> None:
    """List topics with how many articles and stories have them."""
    with opened(context) as runtime, runtime.database.read() as connection:
        found = list_topics(connection, known=_topic_ids(runtime))
    if as_json:
        print_json({"topics": found})
        return
    print_table(
        ("topic", "articles", "about", "stories", "latest story"),
        [
            (
                topic.id,
                topic.article_count,
                topic.about_count,
                topic.story_count,
                topic.latest[0].title if topic.latest else None,
            )
            for topic in found
        ],
    )


def _topic_ids(runtime: Runtime) -> list[str]:
    from shared.topics import load_taxonomy

    return list(load_taxonomy(runtime.settings.topics.dir).topics)


def _require_known(kind: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        raise SettingsError(f"unknown {kind} {name!r}; known: {', '.join(sorted(known)) or 'none'}")


def alerts(
    context: typer.Context,
    open_only: Annotated[bool, typer.Option("--open", help="Not yet acknowledged.")] = False,
    rule: Annotated[str | None, typer.Option(help="Only of this rule.")] = None,
    limit: Limit = 20,
    as_json: Json = False,
) -> None:
    """List alerts with their reasons, newest first; exit 1 when a filter leaves none."""
    with opened(context) as runtime, runtime.database.read() as connection:
        rules = list_rules(connection)
        if rule is not None:
            _require_known("rule", rule, {row.name for row in rules})
        page = list_alerts(connection, limit, open_only=open_only, rule=rule)
    if as_json:
        print_json({"alerts": page.rows, "total": page.total})
    elif page.rows:
        _print_alerts(page)
    else:
        is_watched = any(row.state != "retired" for row in rules)
        hint = "" if is_watched else f": no rule watches; {HOW_TO_WATCH}"
        say(f"no {'open ' * open_only}alerts" + (f" of rule {rule}" if rule else "") + hint)
    if not page.rows and (open_only or rule is not None):
        raise typer.Exit(1)


def _print_alerts(page: Page[AlertSummary]) -> None:
    for alert in page:
        mark = " (acknowledged)" if alert.acked_at else ""
        say(
            f"al{alert.id}  {alert.rule} ▸ s{alert.story_id} {one_line(alert.story_title)}"
            f"  {ago(alert.opened_at)}{mark}"
        )
        say(f"      because {'; '.join(one_line(line) for line in alert.because)}")
        counts = alert.ledger
        told = f"told {counts.told} · planned {counts.planned} · held {counts.held}"
        say(f"      {told} · suppressed {counts.suppressed} · dead {counts.dead}")
    say_left_out(len(page.rows), page.total, has_limit=True)
