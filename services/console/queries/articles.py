"""One article with everything known of it: fields and their sources, tags, relations, matches."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from services.console.queries.furniture import Mask, load_masks
from services.console.queries.links import load_relations
from services.console.queries.paging import Page
from services.console.queries.relations import Relation
from services.console.queries.story_members import ChangedFigure, changed_figures
from shared.model import Field, Source, Span
from shared.stories.families import story_roots
from shared.stories.revisions import replaced_by
from shared.tables import article_tags, articles, files, matches, rules

MAX_RELATIONS = 200


@dataclass(frozen=True, slots=True)
class TagRow:
    """A topic the article has, at level `mention` or `about`, and the words that say so."""

    topic: str
    level: str
    evidence: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class MatchRow:
    """A rule that matched the article (or could not be decided), with its reasons in words.

    `evidence_total` counts all evidence found; `evidence` may hold less.
    """

    id: int
    rule_id: int
    rule: str
    revision: int
    article_id: int
    outcome: str
    because: tuple[str, ...]
    evidence: tuple[Span, ...]
    evidence_total: int
    matched_at: datetime


@dataclass(frozen=True, slots=True)
class ArticleDetail:
    """One article. `story_id` is the story it is in now; `state` says which step it waits for.

    `replaced_by` is the article of this story that is the same original, cleaned again; that one
    `refers_to` this. `fields` maps a field's name to its value, source and confidence. Offsets of
    evidence and passages are code points of `text` (or of `title`, where a span says so).
    `relations` are the nearest 200; `furniture` says which parts of the text count for nothing.
    """

    id: int
    file_id: int
    file: str
    title: str
    text: str
    word_count: int
    outlet: str | None
    language: str | None
    url: str | None
    external_id: str | None
    authors: tuple[str, ...]
    fields: Mapping[str, Field]
    published_at: datetime | None
    published_source: str | None
    received_at: datetime
    extracted_at: datetime
    outcome: str | None
    outcome_reason: str | None
    refers_to: int | None
    replaced_by: int | None
    cleaner_version: str
    story_id: int | None
    development: int | None
    novelty: Mapping[str, Any] | None
    changed_figures: tuple[ChangedFigure, ...]
    state: str
    attempts: int
    last_error: str | None
    died_in: str | None
    tags: tuple[TagRow, ...]
    relations: Page[Relation]
    matches: tuple[MatchRow, ...]
    furniture: Mask | None


def get_article(connection: Connection, article_id: int) -> ArticleDetail | None:
    """Return the article *article_id*, or None if there is none."""
    row = connection.execute(
        select(articles, files.c.name.label("file"), replaced_by().label("replaced_by"))
        .join(files, files.c.id == articles.c.file_id)
        .where(articles.c.id == article_id)
    ).one_or_none()
    if row is None:
        return None
    relations = [each for _, each in load_relations(connection, [article_id])]
    roots = story_roots(connection, [row.story_id] if row.story_id is not None else [])
    return ArticleDetail(
        id=row.id,
        file_id=row.file_id,
        file=row.file,
        title=row.title,
        text=row.text,
        word_count=row.word_count,
        outlet=row.outlet,
        language=row.language,
        url=row.url,
        external_id=row.external_id,
        authors=tuple(row.authors),
        fields=_fields(row.fields),
        published_at=row.published_at,
        published_source=row.published_source,
        received_at=row.received_at,
        extracted_at=row.extracted_at,
        outcome=row.outcome,
        outcome_reason=row.outcome_reason,
        refers_to=row.refers_to,
        replaced_by=row.replaced_by,
        cleaner_version=row.cleaner_version,
        story_id=roots.get(row.story_id),
        development=row.development,
        novelty=row.novelty,
        changed_figures=changed_figures(row.id, row.novelty),
        state=row.state,
        attempts=row.attempts,
        last_error=row.last_error,
        died_in=row.died_in,
        tags=load_tags(connection, [article_id]).get(article_id, ()),
        relations=Page(tuple(relations[:MAX_RELATIONS]), len(relations)),
        matches=tuple(load_matches(connection, [article_id])),
        furniture=load_masks(connection, [article_id]).get(article_id),
    )


def load_tags(
    connection: Connection, article_ids: Collection[int]
) -> dict[int, tuple[TagRow, ...]]:
    """Return the tags of each article, `about` before `mention`."""
    rows = connection.execute(
        select(article_tags)
        .where(article_tags.c.article_id.in_(article_ids))
        .order_by(article_tags.c.article_id, article_tags.c.level, article_tags.c.topic)
    )
    found: dict[int, tuple[TagRow, ...]] = {}
    for row in rows:
        tag = TagRow(row.topic, row.level, read_spans(row.evidence))
        found[row.article_id] = (*found.get(row.article_id, ()), tag)
    return found


def load_matches(
    connection: Connection, article_ids: Collection[int], *, rule_id: int | None = None
) -> list[MatchRow]:
    """Return the matches of *article_ids*, oldest first; with *rule_id* those of one rule."""
    query = (
        select(matches, rules.c.name)
        .join(rules, rules.c.id == matches.c.rule_id)
        .where(matches.c.article_id.in_(article_ids))
        .order_by(matches.c.id)
    )
    if rule_id is not None:
        query = query.where(matches.c.rule_id == rule_id)
    return [
        MatchRow(
            id=row.id,
            rule_id=row.rule_id,
            rule=row.name,
            revision=row.revision,
            article_id=row.article_id,
            outcome=row.outcome,
            because=tuple(row.because),
            evidence=read_spans(row.evidence),
            evidence_total=row.evidence_total,
            matched_at=row.matched_at,
        )
        for row in connection.execute(query)
    ]


def read_spans(stored: Sequence[Mapping[str, Any]]) -> tuple[Span, ...]:
    """Return stored evidence as spans."""
    return tuple(Span(span["field"], span["start"], span["end"], span["text"]) for span in stored)


def _fields(stored: Mapping[str, Mapping[str, Any]]) -> dict[str, Field]:
    return {
        name: Field(field["value"], Source(field["source"]), field["confidence"])
        for name, field in stored.items()
    }
