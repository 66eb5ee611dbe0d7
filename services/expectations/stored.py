"""What the database holds of the samples, named as expected.toml names it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from services.console.queries import (
    MAX_LIMIT,
    AlertDetail,
    ArticleDetail,
    FileSummary,
    StoryDetail,
    get_alert,
    get_article,
    get_story,
    list_alerts,
    list_files,
    list_stories,
)

SUPPRESSED = "suppressed"
_UNTOLD = {SUPPRESSED, "held", "dead"}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file; what is known of its article is None or empty where it has none."""

    name: str
    fate: str
    is_member: bool
    members: int
    story: int | None = None
    outlet: str | None = None
    published: str | None = None
    language: str | None = None
    topics: frozenset[str] = frozenset()
    added_sentences: int = 0


@dataclass(frozen=True, slots=True)
class StoredStory:
    """One story; `articles` are names of files, the lead first."""

    id: int
    title: str
    articles: tuple[str, ...]
    outlets: int
    independent: int


@dataclass(frozen=True, slots=True)
class StoredRelation:
    """A link; `covered` holds, for each of the two files, how much of it stands in the other."""

    relation: str
    covered: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class StoredFigure:
    """A figure that `file` changed."""

    file: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class StoredAlert:
    """Who is alerted is in the ledger; `because` is what people are shown as the reason."""

    asked: str
    story: int
    matched: frozenset[str]
    because: str


@dataclass(frozen=True, slots=True)
class StoredRow:
    """One row of the ledger; a row on its way counts as told."""

    subscriber: str
    asked: str
    story: int
    file: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class Stored:
    """Everything that is compared. `cut` says aloud what could not be read."""

    files: tuple[StoredFile, ...]
    stories: Mapping[int, StoredStory]
    relations: Mapping[frozenset[str], StoredRelation]
    figures: tuple[StoredFigure, ...]
    alerts: tuple[StoredAlert, ...]
    ledger: tuple[StoredRow, ...]
    cut: tuple[str, ...] = ()


def read_stored(connection: Connection) -> Stored:
    """Read the whole database; meant for the samples, so lists of more than 1000 are cut aloud."""
    files = list_files(connection, MAX_LIMIT)
    listed_stories = list_stories(connection, MAX_LIMIT)
    listed_alerts = list_alerts(connection, MAX_LIMIT)
    articles = _articles(connection, files)
    names = _names(files, articles)
    of_article = {article.id: names[article.file_id] for article in articles.values()}
    stories = [get_story(connection, row.id) for row in listed_stories]
    alerts = [get_alert(connection, row.id) for row in listed_alerts]
    cuts = {"files": files.cut, "stories": listed_stories.cut, "alerts": listed_alerts.cut}
    members = [file.parent_id for file in files if file.parent_id is not None]
    return Stored(
        files=tuple(
            _file(file, names[file.id], members.count(file.id), articles.get(file.id))
            for file in sorted(files, key=lambda file: names[file.id])
        ),
        stories={story.summary.id: _story(story, of_article) for story in stories if story},
        relations=_relations(articles.values(), of_article),
        figures=tuple(_figures(articles.values(), of_article)),
        alerts=tuple(_alert(alert, of_article) for alert in alerts if alert),
        ledger=tuple(row for alert in alerts if alert for row in _ledger(alert, of_article)),
        cut=tuple(f"{count} {what} were not compared" for what, count in cuts.items() if count),
    )


def slug(outlet: str) -> str:
    """Return an outlet's name in lower case with hyphens: `Harbour Post` is `harbour-post`."""
    plain = unicodedata.normalize("NFKD", outlet).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def _articles(connection: Connection, files: Iterable[FileSummary]) -> dict[int, ArticleDetail]:
    """Return the article of each file that has one, by the file's id."""
    ids = [file.article_id for file in files if file.article_id is not None]
    found = [get_article(connection, article_id) for article_id in ids]
    return {article.file_id: article for article in found if article is not None}


def _names(files: Iterable[FileSummary], articles: Mapping[int, ArticleDetail]) -> dict[int, str]:
    """Name each file: a member by its container and the id that its record carries."""
    plain = {file.id: file.name for file in files}
    names = dict(plain)
    for file in files:
        if file.parent_id is not None:
            own = articles[file.id].external_id if file.id in articles else None
            names[file.id] = f"{plain.get(file.parent_id, '?')}#{own or file.member}"
    return names


def _file(file: FileSummary, name: str, members: int, article: ArticleDetail | None) -> StoredFile:
    is_member = file.parent_id is not None
    if article is None:
        return StoredFile(name, file.fate, is_member, members)
    novelty = article.novelty or {}
    added = len(novelty.get("sentences", ())) + int(novelty.get("sentences_more", 0))
    return StoredFile(
        name=name,
        fate=file.fate,
        is_member=is_member,
        members=members,
        story=article.story_id,
        outlet=slug(article.outlet) if article.outlet else None,
        published=_day(article),
        language=article.language,
        topics=frozenset(tag.topic for tag in article.tags),
        added_sentences=added,
    )


def _day(article: ArticleDetail) -> str | None:
    """Return the day as the article writes it, in its own time zone."""
    written = article.fields.get("published")
    return written.value[: len("2025-11-02")] if written else None


def _story(story: StoryDetail, names: Mapping[int, str]) -> StoredStory:
    return StoredStory(
        id=story.summary.id,
        title=story.summary.title,
        articles=tuple(names[member.article_id] for member in story.members),
        outlets=story.summary.outlet_count,
        independent=story.summary.independent_count,
    )


def _relations(
    articles: Iterable[ArticleDetail], names: Mapping[int, str]
) -> dict[frozenset[str], StoredRelation]:
    found = {}
    for article in articles:
        own = names[article.id]
        for link in article.relations:
            other = names[link.other_id]
            covered = {own: link.coverage_self, other: link.coverage_other}
            found[frozenset((own, other))] = StoredRelation(link.relation, covered)
    return found


def _figures(articles: Iterable[ArticleDetail], names: Mapping[int, str]) -> Iterable[StoredFigure]:
    for article in articles:
        for figure in article.changed_figures:
            yield StoredFigure(names[article.id], figure.before, figure.after)


def _alert(alert: AlertDetail, names: Mapping[int, str]) -> StoredAlert:
    summary = alert.summary
    matched = frozenset(names[match.article_id] for match in alert.matches)
    return StoredAlert(summary.rule, summary.story_id, matched, "; ".join(summary.because))


def _ledger(alert: AlertDetail, names: Mapping[int, str]) -> Iterable[StoredRow]:
    for subscription in alert.subscriptions:
        for row in subscription.notifications:
            yield StoredRow(
                subscriber=subscription.subscriber,
                asked=alert.summary.rule,
                story=alert.summary.story_id,
                file=names[row.article_id],
                state=row.state if row.state in _UNTOLD else "told",
                reason=row.reason,
            )
