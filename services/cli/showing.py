"""`show`: one story, article, alert or file with everything known about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from services.cli.explaining import show_why
from services.cli.opening import opened
from services.cli.origins import origin_lines
from services.cli.output import Json, ago, one_line, print_json, say, say_left_out
from services.cli.quoting import NOTHING, Quotable, additions, because, in_order
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
    why: Annotated[
        str | None,
        typer.Option(metavar="OTHER", help="Why it belongs to this other article, or does not."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show one story, article, alert or file with everything known about it."""
    record = parse_id(id_)
    other = parse_id(why) if why is not None else None
    with opened(context) as runtime:
        if other is not None:
            show_why(runtime, record, other, as_json=as_json)
            return
        found = _find(runtime, record)
        texts = _texts(runtime, found) if not as_json else {}
    if as_json:
        print_json(found)
    elif isinstance(found, StoryDetail):
        _show_story(found, texts)
    elif isinstance(found, ArticleDetail):
        _show_article(found, texts)
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


def _texts(runtime: Runtime, found: Detail) -> dict[int, Quotable]:
    """Return the texts that are quoted from, by article."""
    if isinstance(found, ArticleDetail):
        return _texts_beside(runtime, found)
    if not isinstance(found, StoryDetail):
        return {}
    shown = [member.article_id for member in in_order(found.members.rows)[:MOST_QUOTED]]
    with runtime.database.read() as connection:
        articles = [get_article(connection, article_id) for article_id in shown]
    return {article.id: _quotable(article) for article in articles if article is not None}


def _quotable(article: ArticleDetail) -> Quotable:
    return article.text, article.furniture.spans if article.furniture else ()


def _texts_beside(runtime: Runtime, found: ArticleDetail) -> dict[int, Quotable]:
    """Return the text of an article, and those that its changes are quoted from."""
    earlier = {figure.earlier_article_id for figure in found.changed_figures} | {found.refers_to}
    with runtime.database.read() as connection:
        others = [get_article(connection, other) for other in earlier if other]
    return {each.id: _quotable(each) for each in (found, *others) if each is not None}


def _show_story(story: StoryDetail, texts: Mapping[int, Quotable]) -> None:
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
    for line in origin_lines(story):
        say(f"    {line}")
    for member in in_order(story.members.rows):
        _show_member(member, texts)
    if len(story.members) > MOST_QUOTED:
        say(f"    texts are quoted of the first {MOST_QUOTED} only; --json has every place")
    say_left_out(len(story.members), story.members.total)
    for entry in story.timeline:
        if entry.kind != "article":
            say(f"  {ago(entry.at)}: {one_line(entry.words)}")
    if story.events.cut:
        say(f"  … and {counted(story.events.cut, 'earlier event')}")


def _show_member(member: Member, texts: Mapping[int, Quotable]) -> None:
    text = texts.get(member.article_id, NOTHING)
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
    _show_bond(member, text)
    _show_relations(
        [each for each in member.relations if each != member.bond],
        text,
        "      ",
        quoted=member.bond,
    )
    if member.more_relations:
        say(f"      and {counted(member.more_relations, 'more relation')}")
    for line in additions(member.novelty, texts, member.article_id, member.refers_to):
        say(f"      {line}")


def _show_bond(member: Member, text: Quotable) -> None:
    """Say why an article is in its story: its best link to another one, and a person's word."""
    if member.bond is not None:
        say(f"      in the story: {member.bond.words}")
        if words := because(member.bond, *text):
            say(f"          {words}")
    if member.ruled:
        say(f"      in the story: {one_line(member.ruled)}")


def _show_relations(
    relations: Sequence[Relation], text: Quotable, indent: str, *, quoted: Relation | None = None
) -> None:
    """Say what an article with *text* has to do with others; words that many share, once.

    Those of *quoted* have been said already.
    """
    said = {"", because(quoted, *text) if quoted else ""}
    for relation in relations:
        say(f"{indent}{relation.words}")
        words = because(relation, *text)
        if words not in said:
            say(f"{indent}    {words}")
            said.add(words)


def _show_article(article: ArticleDetail, texts: Mapping[int, Quotable]) -> None:
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
    text = _quotable(article)
    _show_relations(article.relations.rows, text, "    ")
    say_left_out(len(article.relations), article.relations.total)
    for line in additions(article.novelty, texts, article.id, article.refers_to):
        say(f"    {line}")
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
