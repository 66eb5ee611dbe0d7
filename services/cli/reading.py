"""`stories`, `show`, `topics`, `alerts`: what there is to read."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated

import typer

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
from services.console.pages.words import counted
from services.console.queries import (
    AlertDetail,
    ArticleDetail,
    FileDetail,
    RecordId,
    RecordKind,
    StoryDetail,
    get_alert,
    get_article,
    get_file,
    get_story,
    list_alerts,
    list_stories,
    list_topics,
    parse_id,
)
from services.console.queries.rules import list_rules
from shared.errors import NewswatchError, SettingsError
from shared.runtime import Runtime

Detail = StoryDetail | ArticleDetail | AlertDetail | FileDetail


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (stories, show, topics, alerts):
        app.command()(command)


def stories(
    context: typer.Context,
    topic: Annotated[str | None, typer.Option(help="Only stories with this topic.")] = None,
    outlet: Annotated[str | None, typer.Option(help="Only stories this outlet carried.")] = None,
    limit: Limit = 20,
    as_json: Json = False,
) -> None:
    """List stories, the latest development first."""
    with opened(context) as runtime, runtime.database.read() as connection:
        if topic is not None:
            known = {row.id for row in list_topics(connection, known=_topic_ids(runtime))}
            _require_known("topic", topic, known)
        page = list_stories(connection, limit, topic=topic, outlet=outlet)
    if as_json:
        print_json({"stories": page.rows, "total": page.total})
        return
    if not page.rows:
        asked = " and ".join(
            filter(None, (topic and f"topic {topic}", outlet and f"outlet {outlet}"))
        )
        hint = "drop a file into the inbox, or: newswatch add FILE --wait"
        say(f"no stories with {asked}" if asked else f"no stories yet; {hint}")
        return
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


def show(
    context: typer.Context,
    id_: Annotated[str, typer.Argument(metavar="ID", help="s3, a17, al5 or f12.")],
    as_json: Json = False,
) -> None:
    """Show one story, article, alert or file with everything known about it."""
    record = parse_id(id_)
    with opened(context) as runtime:
        found = _find(runtime, record)
    if as_json:
        print_json(found)
    elif isinstance(found, StoryDetail):
        _show_story(found)
    elif isinstance(found, ArticleDetail):
        _show_article(found)
    elif isinstance(found, AlertDetail):
        _show_alert(found)
    else:
        _show_file(found)


def _find(runtime: Runtime, record: RecordId) -> Detail:
    readers = {
        RecordKind.STORY: get_story,
        RecordKind.ARTICLE: get_article,
        RecordKind.ALERT: get_alert,
        RecordKind.FILE: get_file,
    }
    reader = readers.get(record.kind)
    if reader is None:
        raise SettingsError(
            f"show {record}: shows stories (s3), articles (a17), alerts (al5) and files (f12); "
            f"for {record} try: newswatch "
            + ("rules list" if record.kind is RecordKind.RULE else f"trace {record}")
        )
    with runtime.database.read() as connection:
        found: Detail | None = reader(connection, record.number)
    if found is None:
        raise NewswatchError(f"there is no {record}")
    return found


def _show_story(story: StoryDetail) -> None:
    summary = story.summary
    if story.asked_id != summary.id:
        say(f"s{story.asked_id} is part of s{summary.id} now")
    say(f"s{summary.id}  {one_line(summary.title)}")
    say(
        f"    {counted(summary.article_count, 'article')}, "
        f"{counted(summary.outlet_count, 'outlet')}, "
        f"{counted(summary.independent_count, 'independent text')}; "
        f"topics: {', '.join(summary.topics) or '-'}"
    )
    for figure in story.changed_figures:
        say(
            f"    changed figure: {one_line(figure.before)} → {one_line(figure.after)} "
            f"(a{figure.article_id}; {one_line(figure.subject)})"
        )
    for member in story.members:
        development = f" · development {member.development}" if member.development else ""
        again = f"  (cleaned again: a{member.replaced_by})" if member.replaced_by else ""
        say(f"  a{member.article_id}  {one_line(member.title)}{again}")
        say(
            f"      {one_line(member.outlet or 'outlet unknown')} · {member.at:%Y-%m-%d}"
            f" · {member.outcome}{development} · {one_line(member.file)}"
        )
        for relation in member.relations:
            say(f"      {relation.words}")
    for event in story.events:
        say(f"  {ago(event.happened_at)}: {event.words}")


def _show_article(article: ArticleDetail) -> None:
    say(f"a{article.id}  {one_line(article.title)}")
    say(f"    file f{article.file_id} {one_line(article.file)} · story s{article.story_id}")
    refers = f" (a{article.refers_to})" if article.refers_to else ""
    say(f"    {article.outcome}: {article.outcome_reason}{refers}")
    if article.replaced_by:
        say(f"    cleaned again: a{article.replaced_by} stands for it in its story")
    for name, field in article.fields.items():
        value = one_line(field.value)
        say(f"    {name:<12}{value}   ({field.source}, {field.confidence:.2f})")
    for tag in article.tags:
        words = ", ".join(dict.fromkeys(one_line(span.text) for span in tag.evidence))
        say(f"    topic {tag.topic} ({tag.level}): {words}")
    for match in article.matches:
        say(f"    rule {match.rule}: {match.outcome}; {'; '.join(match.because)}")
    for relation in article.relations:
        say(f"    {relation.words}")
    say("")
    for paragraph in article.text.split("\n\n"):
        say(one_line(paragraph) + "\n")


def _show_alert(alert: AlertDetail) -> None:
    summary = alert.summary
    say(f"al{summary.id}  {summary.rule} ▸ s{summary.story_id} {one_line(summary.story_title)}")
    say(f"    rule: {one_line(alert.query)}")
    for match in alert.matches:
        say(f"    a{match.article_id} because {'; '.join(match.because)}")
    for subscription in alert.subscriptions:
        say(f"  {subscription.subscriber} via {subscription.channel} ({subscription.mode})")
        for row in subscription.notifications:
            say(f"      a{row.article_id} {row.state}: {row.reason}, {one_line(row.detail)}")
            if row.message is not None:
                say(f"        m{row.message.id} {row.message.state} {row.message.uuid}")
                for attempt in row.message.attempts:
                    say(
                        f"          {attempt.attempted_at:%Y-%m-%d %H:%M:%S} {attempt.outcome}: "
                        f"{one_line(attempt.detail)}"
                    )
    if summary.acked_at:
        say(f"  acknowledged by {summary.acked_by} {ago(summary.acked_at)}")


def _show_file(file: FileDetail) -> None:
    summary = file.summary
    say(f"f{summary.id}  {one_line(summary.name)}: {summary.fate}")
    if summary.why:
        say(f"    {one_line(summary.why)}")
    say(f"    {summary.size:,} bytes, {summary.format or 'not read'}, {summary.origin}")
    if summary.revises:
        say(f"    the original of a{summary.revises}, cleaned again")
    if summary.article_id:
        say(f"    article a{summary.article_id}, story s{summary.story_id}")
    if file.last_error:
        say(f"    last error: {one_line(file.last_error)}")
    for member in file.members:
        say(f"    f{member.id} {one_line(member.name)}: {member.fate}")
    say_left_out(len(file.members), file.members.total)


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
    """List alerts with their reasons, newest first."""
    with opened(context) as runtime, runtime.database.read() as connection:
        if rule is not None:
            _require_known("rule", rule, {row.name for row in list_rules(connection)})
        page = list_alerts(connection, limit, open_only=open_only, rule=rule)
    if as_json:
        print_json({"alerts": page.rows, "total": page.total})
        return
    if not page.rows:
        say(f"no {'open ' * open_only}alerts" + (f" of rule {rule}" if rule else ""))
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
