"""`stories merge|split|undo|rulings`: people rule on stories, and take it back."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.opening import opened
from services.cli.output import Json, Limit, ago, one_line, print_json, say, say_left_out
from services.console.queries import RecordKind, list_rulings, parse_id
from shared.errors import SettingsError

if TYPE_CHECKING:
    from services.extract.jobs.ruling import Ruled

Reason = Annotated[str | None, typer.Option(help="Why, for the story's history.")]
_LOOKS_LIKE = {
    RecordKind.STORY: "a story; stories look like s3",
    RecordKind.ARTICLE: "an article; articles look like a17",
    RecordKind.RULING: "a ruling; rulings look like ru2",
}


def register(group: typer.Typer) -> None:
    """Add the commands of this module to the group `stories`."""
    for command in (merge, split, undo, rulings):
        group.command()(command)


def merge(
    context: typer.Context,
    story: Annotated[str, typer.Argument(metavar="STORY", help="s3")],
    other: Annotated[str, typer.Argument(metavar="OTHER", help="s4")],
    reason: Reason = None,
    as_json: Json = False,
) -> None:
    """Make two stories one, now and in every later grouping; alerts fold, nothing is told again."""
    from services.extract.jobs.ruling import Said, merge_stories

    ids = [_number(text, RecordKind.STORY) for text in (story, other)]
    with opened(context) as runtime:
        ruled = merge_stories(runtime, ids[0], ids[1], Said(getpass.getuser(), reason))
    _report(ruled, as_json=as_json)


def split(
    context: typer.Context,
    story: Annotated[str, typer.Argument(metavar="STORY", help="s3")],
    ids: Annotated[list[str], typer.Argument(metavar="ARTICLE…", help="a17 a18 …")],
    reason: Reason = None,
    as_json: Json = False,
) -> None:
    """Take articles out of a story, now and in every later grouping."""
    from services.extract.jobs.ruling import Said, split_story

    story_id = _number(story, RecordKind.STORY)
    taken_out = [_number(text, RecordKind.ARTICLE) for text in ids]
    with opened(context) as runtime:
        ruled = split_story(runtime, story_id, taken_out, Said(getpass.getuser(), reason))
    _report(ruled, as_json=as_json)


def undo(
    context: typer.Context,
    ruling: Annotated[str, typer.Argument(metavar="RULING", help="ru2")],
    as_json: Json = False,
) -> None:
    """Take a merge or split back: its articles are grouped by what their links say."""
    from services.extract.jobs.ruling import undo_ruling

    ruling_id = _number(ruling, RecordKind.RULING)
    with opened(context) as runtime:
        ruled = undo_ruling(runtime, ruling_id, getpass.getuser())
    _report(ruled, as_json=as_json, is_undone=True)


def rulings(context: typer.Context, limit: Limit = 20, as_json: Json = False) -> None:
    """List who merged and split what, and why, newest first."""
    with opened(context) as runtime, runtime.database.read() as connection:
        page = list_rulings(connection, limit)
    if as_json:
        print_json({"rulings": page.rows, "total": page.total})
        return
    if not page.rows:
        say("nobody merged or split a story yet; newswatch stories merge s3 s4")
    for row in page:
        undone = f"; undone by {row.undone_by} {ago(row.undone_at)}" if row.undone_at else ""
        say(f"ru{row.id}  {ago(row.made_at)}: {one_line(row.words)}{undone}")
    say_left_out(len(page.rows), page.total, has_limit=True)


def _number(text: str, kind: RecordKind) -> int:
    record = parse_id(text)
    if record.kind is not kind:
        raise SettingsError(f"{record} is not {_LOOKS_LIKE[kind]}")
    return record.number


def _report(ruled: Ruled, *, as_json: bool, is_undone: bool = False) -> None:
    if as_json:
        homes = [{"article_id": a, "story_id": s} for a, s in ruled.stories.items()]
        print_json({"ruling_id": ruled.ruling_id, "undone": is_undone, "articles": homes})
        return
    for story_id in ruled.story_ids:
        own = [f"a{article}" for article, home in ruled.stories.items() if home == story_id]
        say(f"s{story_id}: {', '.join(own)}")
    undone = f"ru{ruled.ruling_id} is undone; the links decide again"
    say(undone if is_undone else f"to take it back: newswatch stories undo ru{ruled.ruling_id}")
