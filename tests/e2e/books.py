"""What the database says came of it, in the words of the tests: file names, rule names, reasons."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

from sqlalchemy import select

from shared.database import Database
from shared.tables import (
    alerts,
    article_links,
    articles,
    channels,
    files,
    messages,
    notifications,
    rules,
    stories,
    subscriptions,
)


class Ledger(NamedTuple):
    """One ledger row."""

    subscriber: str
    channel: str
    rule: str
    file: str
    state: str
    reason: str


class Books:
    """Reads one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rows(self, query: Any) -> list[Any]:
        """Run *query* in a reading transaction of its own."""
        with self._database.read() as connection:
            return list(connection.execute(query))

    def files(self) -> list[Any]:
        """Return every file row."""
        return self.rows(select(files).order_by(files.c.id))

    def fates(self) -> dict[str, str | None]:
        """Return file name -> outcome, or its state while it has none."""
        return {Path(row.name).name: row.outcome or row.state for row in self.files()}

    def outcomes(self) -> dict[str, str | None]:
        """Return file name -> outcome of its article."""
        return {row.name: row.outcome for row in self.articles()}

    def stories(self) -> set[frozenset[str]]:
        """Return the stories as sets of file names."""
        found: defaultdict[int, set[str]] = defaultdict(set)
        for row in self.articles():
            found[row.story_id].add(row.name)
        return {frozenset(group) for group in found.values()}

    def relations(self) -> dict[frozenset[str], str]:
        """Return pair of file names -> relation."""
        names = {row.id: row.name for row in self.articles()}
        return {
            frozenset((names[row.a_id], names[row.b_id])): row.relation
            for row in self.rows(select(article_links))
        }

    def article(self, name: str) -> Any:
        """Return the article of the file *name*."""
        return next(row for row in self.articles() if row.name == name)

    def ledger(self) -> list[Ledger]:
        """Return every ledger row, in the order of files and rules."""
        found = self.rows(
            select(
                subscriptions.c.subscriber,
                channels.c.name.label("channel"),
                rules.c.name.label("rule"),
                files.c.name,
                notifications.c.state,
                notifications.c.reason,
            )
            .select_from(notifications)
            .join(subscriptions, subscriptions.c.id == notifications.c.subscription_id)
            .join(channels, channels.c.id == subscriptions.c.channel_id)
            .join(rules, rules.c.id == subscriptions.c.rule_id)
            .join(articles, articles.c.id == notifications.c.article_id)
            .join(files, files.c.id == articles.c.file_id)
            .order_by(files.c.id, rules.c.name, channels.c.name)
        )
        return [
            Ledger(
                row.subscriber, row.channel, row.rule, Path(row.name).name, row.state, row.reason
            )
            for row in found
        ]

    def reasons(self) -> dict[str, tuple[str, str]]:
        """Return file name -> (state, reason), where each file has at most one ledger row."""
        found = {row.file: (row.state, row.reason) for row in self.ledger()}
        assert len(found) == len(self.ledger())
        return found

    def alerts(self) -> Counter[tuple[str, int]]:
        """Count the living alerts by rule and root story."""
        roots = {row.id: row.merged_into for row in self.rows(select(stories))}

        def root(story_id: int) -> int:
            into = roots[story_id]
            return story_id if into is None else root(into)

        return Counter(
            (row.name, root(row.story_id))
            for row in self.rows(
                select(rules.c.name, alerts.c.story_id)
                .join(rules, rules.c.id == alerts.c.rule_id)
                .where(alerts.c.folded_into.is_(None))
            )
        )

    def messages(self) -> list[Any]:
        """Return every message."""
        return self.rows(select(messages).order_by(messages.c.id))

    def articles(self) -> list[Any]:
        """Return every article with the name of its file."""
        found = self.rows(
            select(articles, files.c.name)
            .join(files, files.c.id == articles.c.file_id)
            .order_by(articles.c.id)
        )
        return [SimpleNamespace(**{**row._mapping, "name": Path(row.name).name}) for row in found]
