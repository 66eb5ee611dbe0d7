"""Articles that a newer cleaner may read anew, and the file rows that let it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, update

from services.extract.novelty import Recleaned
from services.extract.store.articles import FileToRead, load_files
from shared.database import insert_new
from shared.query.folding import plain_name
from shared.runtime import Runtime
from shared.steps import EXTRACT
from shared.tables import article_tags, articles, files

# What a file row says of the original, beside what reading takes of it.
_OF_ITS_PLACE = frozenset(("id", "parent_id", "depth"))
_KEPT = ("size", *(name for name in FileToRead.__dataclass_fields__ if name not in _OF_ITS_PLACE))


@dataclass(frozen=True)
class CleanedArticle:
    """An article as it was cleaned; `columns` are those of its row, `revision` the file that is it.

    `revision` is None unless that file waits, was read, or waits for a person (its state says so).
    """

    id: int
    file: FileToRead
    columns: Mapping[str, Any]
    topics: frozenset[str]
    revision: int | None
    revision_state: str | None

    @property
    def is_linked(self) -> bool:
        """Whether it has an outcome: what is still on its way is not revised."""
        return self.columns["outcome"] is not None


def recleaned_from(connection: Connection, article_id: int) -> Recleaned | None:
    """Return which article *article_id* is again, and the cleaners of both; None for a new one."""
    before, after = articles.alias("before"), articles.alias("after")
    row = connection.execute(
        select(before.c.id, after.c.cleaner_version, before.c.cleaner_version.label("cleaned_by"))
        .select_from(after)
        .join(files, files.c.id == after.c.file_id)
        .join(before, before.c.id == files.c.revises)
        .where(after.c.id == article_id)
    ).one_or_none()
    return Recleaned(row.id, row.cleaner_version, row.cleaned_by) if row else None


def older_cleaners(connection: Connection, version: str) -> list[str]:
    """Return the cleaner versions (whole numbers) in the archive that are older than *version*."""
    found = connection.execute(select(articles.c.cleaner_version).distinct()).scalars()
    return sorted(each for each in found if int(each) < int(version))


def known_outlets(connection: Connection, name: str) -> tuple[list[str], list[str]]:
    """Return the outlets that *name* means, however it is spelt, and every outlet there is."""
    rows = connection.execute(select(articles.c.outlet).distinct()).scalars()
    known = sorted(each for each in rows if each)
    return [each for each in known if plain_name(each) == plain_name(name)], known


def outdated(
    versions: Collection[str], outlets: Collection[str] | None, since: datetime | None
) -> list[ColumnElement[bool]]:
    """Return the conditions of an article that waits for a newer cleaner: linked, not revised."""
    # A revision that could not be read takes nobody's place, and the next cleaner may try again.
    is_revised = (
        select(files.c.id)
        .where(files.c.revises == articles.c.id, files.c.state.not_in(("rejected", "dead")))
        .exists()
    )
    wanted = [
        articles.c.outcome.is_not(None),
        articles.c.cleaner_version.in_(list(versions)),
        ~is_revised,
    ]
    if outlets is not None:
        wanted.append(articles.c.outlet.in_(list(outlets)))
    if since is not None:
        wanted.append(articles.c.received_at >= since)
    return wanted


def count_articles(connection: Connection, wanted: Sequence[ColumnElement[bool]]) -> int:
    """Count the articles that fit."""
    query = select(func.count()).select_from(articles).where(*wanted)
    return int(connection.execute(query).scalar_one())


def next_articles(
    connection: Connection, wanted: Sequence[ColumnElement[bool]], *, after: int, limit: int
) -> list[int]:
    """Return the next *limit* ids above *after* that fit, ascending."""
    query = select(articles.c.id).where(articles.c.id > after, *wanted)
    return list(connection.execute(query.order_by(articles.c.id).limit(limit)).scalars())


def load_cleaned(
    connection: Connection, ids: Collection[int], version: str
) -> list[CleanedArticle]:
    """Return the articles *ids* as they were cleaned, ascending; unknown ids are left out.

    `revision` is the file of a later reading: by *version*, or by any that came to something.
    """
    query = select(articles).where(articles.c.id.in_(ids)).order_by(articles.c.id)
    rows = connection.execute(query).mappings().all()
    originals = load_files(connection, [row["file_id"] for row in rows])
    topics = _topics(connection, ids)
    revisions = _revisions(connection, ids, version)
    return [
        CleanedArticle(
            row["id"],
            originals[row["file_id"]],
            dict(row),
            frozenset(topics.get(row["id"], ())),
            *revisions.get(row["id"], (None, None)),
        )
        for row in rows
    ]


def _topics(connection: Connection, ids: Collection[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for row in connection.execute(
        select(article_tags.c.article_id, article_tags.c.topic).where(
            article_tags.c.article_id.in_(ids)
        )
    ):
        found.setdefault(row.article_id, set()).add(row.topic)
    return found


def _revisions(
    connection: Connection, ids: Collection[int], version: str
) -> dict[int, tuple[int, str]]:
    rows = connection.execute(
        select(files.c.id, files.c.revises, files.c.state, files.c.take_key)
        .where(files.c.revises.in_(ids))
        .order_by(files.c.id)
    )
    return {
        row.revises: (row.id, row.state)
        for row in rows
        if row.state not in {"rejected", "dead"} or row.take_key == _key(row.revises, version)
    }


def save_revisions(
    runtime: Runtime,
    changed: Collection[int],
    unchanged: Collection[int],
    version: str,
) -> dict[int, int]:
    """Let the originals of *changed* articles be read again; return article id -> new file id.

    Each is a file row like that of the original take, its arrival included, so that dates and ages
    are judged as they were. The *unchanged* are what the cleaner *version* makes of their originals
    as well, and their rows say so. Doing it twice makes nothing twice.
    """
    with runtime.database.write() as connection:
        connection.execute(
            update(articles)
            .where(articles.c.id.in_(unchanged), articles.c.cleaner_version != version)
            .values(cleaner_version=version)
        )
        rows = _file_rows(connection, changed, version, runtime.database.now(connection))
        if not rows:
            return {}
        made = connection.execute(
            insert_new(connection, files).values(rows).returning(files.c.revises, files.c.id)
        )
        return {row.revises: row.id for row in made}


def _file_rows(
    connection: Connection, ids: Collection[int], version: str, now: datetime
) -> list[dict[str, Any]]:
    kept = [files.c[name] for name in _KEPT]
    rows = connection.execute(
        select(articles.c.id.label("article_id"), *kept)
        .join(articles, articles.c.file_id == files.c.id)
        .where(articles.c.id.in_(ids))
        .order_by(articles.c.id)
    )
    return [
        {name: row[name] for name in _KEPT}
        | {
            "take_key": _key(row["article_id"], version),
            "sighting": _key(row["article_id"], version),
            "origin": "reclean",
            "revises": row["article_id"],
            "state": EXTRACT.state,
            "next_attempt_at": now,
            "attempts": 0,
        }
        for row in rows.mappings()
    ]


def _key(article_id: int, version: str) -> str:
    """Return what makes one reading of an article by one cleaner one row."""
    return hashlib.sha256(f"reclean {article_id} {version}".encode()).hexdigest()
