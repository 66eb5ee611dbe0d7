"""The tables, one module an owner. Importing this package knows them all."""

from shared.tables.alerts import alerts, delivery_attempts, matches, messages, notifications
from shared.tables.articles import (
    article_fingerprints,
    article_lines,
    article_links,
    article_profiles,
    article_tags,
    article_terms,
    articles,
)
from shared.tables.columns import metadata
from shared.tables.files import files
from shared.tables.furniture import furniture, furniture_masks
from shared.tables.rules import channels, rule_revisions, rule_set, rules, subscriptions
from shared.tables.stories import (
    stories,
    story_events,
    story_ruling_articles,
    story_rulings,
)
from shared.tables.workers import workers

__all__ = [
    "alerts",
    "article_fingerprints",
    "article_lines",
    "article_links",
    "article_profiles",
    "article_tags",
    "article_terms",
    "articles",
    "channels",
    "delivery_attempts",
    "files",
    "furniture",
    "furniture_masks",
    "matches",
    "messages",
    "metadata",
    "notifications",
    "rule_revisions",
    "rule_set",
    "rules",
    "stories",
    "story_events",
    "story_ruling_articles",
    "story_rulings",
    "subscriptions",
    "workers",
]
