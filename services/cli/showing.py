"""`show`: one story, article, alert or file with everything known about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from services.cli.opening import opened
from services.cli.output import Json, ago, one_line, print_json, say, say_left_out
from services.cli.quoting import because, in_order, news
from services.console.pages.words import counted, dated, spoken
from services.console.queries import (
    AlertDetail,
    ArticleDetail,
    FileDetail,
    Member,
    RecordId,
    RecordKind,
    Relation,
    StoryDetail,
    get_alert,
    get_article,
    get_file,
    get_story,
    parse_id,
)
from shared.errors import NewswatchError, SettingsError
from shared.runtime import Runtime

Detail = StoryDetail | ArticleDetail | AlertDetail | FileDetail
# Texts are read for their quotations: of a story that fills pages, of its first articles.
MOST_QUOTED = 20
_LISTS = {RecordKind.RULE: "rules list", RecordKind.RULING: "stories rulings"}


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(show)


def show(
    context: typer.Context,
    id_: Annotated[str, typer.Argument(metavar="ID", help="s3, a17, al5 or f12.")],
    as_json: Json = False,
) -> None:
    """Show one story, article, alert or file with everything known about it."""
    record = parse_id(id_)
    with opened(context) as runtime:
        found = _find(runtime, record)
        texts = _texts(runtime, found) if not as_json else {}
    if as_json:
        print_json(found)
    elif isinstance(found, StoryDetail):
        _show_story(found, texts)
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
            f"for {record} try: newswatch " + _LISTS.get(record.kind, f"trace {record}")
        )
    with runtime.database.read() as connection:
        found: Detail | None = reader(connection, record.number)
    if found is None:
        raise NewswatchError(f"there is no {record}")
    return found


def _texts(runtime: Runtime, found: Detail) -> dict[int, str]:
    """Return the texts that are quoted from, by article."""
    if isinstance(found, ArticleDetail):
        return {found.id: found.text}
    if not isinstance(found, StoryDetail):
        return {}
    shown = [member.article_id for member in in_order(found.members.rows)[:MOST_QUOTED]]
    with runtime.database.read() as connection:
        articles = [get_article(connection, article_id) for article_id in shown]
    return {article.id: article.text for article in articles if article is not None}


def _show_story(story: StoryDetail, texts: Mapping[int, str]) -> None:
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
    if story.cut_in_words:
        say(f"    {story.cut_in_words}")
    for figure in story.changed_figures:
        say(
            f"    changed figure: {one_line(figure.before)} → {one_line(figure.after)} "
            f"(a{figure.article_id}; {one_line(figure.subject)})"
        )
    for member in in_order(story.members.rows):
        _show_member(member, texts.get(member.article_id, ""))
    say_left_out(len(story.members), story.members.total)
    for entry in story.timeline:
        if entry.kind != "article":
            say(f"  {ago(entry.at)}: {one_line(entry.words)}")
    say_left_out(len(story.events), story.events.total)


def _show_member(member: Member, text: str) -> None:
    facts = [
        one_line(member.outlet or "outlet unknown"),
        dated(member),
        spoken(member.outcome or "waiting"),
        "lead" if member.is_lead and member.development != 1 else "",
        f"development {member.development}" if member.development else "",
        one_line(member.file),
    ]
    again = f"  (cleaned again: a{member.replaced_by})" if member.replaced_by else ""
    say(f"  a{member.article_id}  {one_line(member.title)}{again}")
    say(f"      {' · '.join(filter(None, facts))}")
    _show_relations(member.relations, text, "      ")
    if member.more_relations:
        say(f"      and {counted(member.more_relations, 'more relation')}")
    if words := news(member.novelty, text):
        say(f"      new: {words}")


def _show_relations(relations: Sequence[Relation], text: str, indent: str) -> None:
    """Say what an article with *text* has to do with others; words that many share, once."""
    quoted = {""}
    for relation in relations:
        say(f"{indent}{relation.words}")
        words = because(relation, text)
        if words not in quoted:
            say(f"{indent}    {words}")
            quoted.add(words)


def _show_article(article: ArticleDetail) -> None:
    say(f"a{article.id}  {one_line(article.title)}")
    say(f"    file f{article.file_id} {one_line(article.file)} · story s{article.story_id}")
    say(f"    {dated(article)} · {spoken(article.outcome or 'waiting')}" + _why(article))
    if article.replaced_by:
        say(f"    cleaned again: a{article.replaced_by} stands for it in its story")
    for name, field in article.fields.items():
        value = one_line(field.value)
        say(f"    {name:<12}{value}   ({field.source}, {field.confidence:.2f})")
    if article.authors:
        say(f"    {'authors':<12}{one_line(', '.join(article.authors))}")
    for tag in article.tags:
        words = ", ".join(dict.fromkeys(one_line(span.text) for span in tag.evidence))
        say(f"    topic {tag.topic} ({tag.level}): {words}")
    for match in article.matches:
        say(f"    rule {match.rule}: {spoken(match.outcome)}; {'; '.join(match.because)}")
    _show_relations(article.relations.rows, article.text, "    ")
    say_left_out(len(article.relations), article.relations.total)
    if words := news(article.novelty, article.text):
        say(f"    new: {words}")
    say("")
    for paragraph in article.text.split("\n\n"):
        say(one_line(paragraph) + "\n")


def _why(article: ArticleDetail) -> str:
    return f": {article.outcome_reason}" if article.outcome_reason else ""


def _show_alert(alert: AlertDetail) -> None:
    summary = alert.summary
    say(f"al{summary.id}  {summary.rule} ▸ s{summary.story_id} {one_line(summary.story_title)}")
    say(f"    rule: {one_line(alert.query)}")
    for match in alert.matches:
        say(f"    a{match.article_id} because {'; '.join(match.because)}")
    for subscription in alert.subscriptions:
        say(f"  {subscription.subscriber} via {subscription.channel} ({subscription.mode})")
        for row in subscription.notifications:
            say(
                f"      a{row.article_id} {row.state}: {spoken(row.reason)}, {one_line(row.detail)}"
            )
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
