"""Build the frozen body of one message, and its plain text. Pure.

The body is JSON (`"type": "newswatch.alert"`, `"schema": 1`); a field may be added under the same
schema number, none removed or given another meaning. Everything cut is counted in a `*_more`.
Titles and sentences are hostile: the text rendering is free of control and bidi characters, the
JSON has them escaped.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from services.alert.gathering import (
    ArticleNews,
    Because,
    Change,
    Gathered,
    PlannedNotification,
    StorySummary,
)
from services.alert.reasons import Reason

SCHEMA = 1
TYPE = "newswatch.alert"

MAX_RULES = 20
MAX_ARTICLES = 10
MAX_BECAUSE = 5
MAX_SPANS = 10
MAX_SENTENCES = 5
MAX_CHANGES = 10
MAX_NAMES_IN_SUMMARY = 3
MAX_TITLE_CHARACTERS = 300
MAX_SENTENCE_CHARACTERS = 600
MAX_URL_CHARACTERS = 2000

WHY_NOW: Mapping[Reason, str] = {
    Reason.FIRST_IN_STORY: "the first you hear of this story",
    Reason.ADDS_NEW: "it adds something new",
    Reason.EVERY_ARTICLE: "you asked for every article",
    Reason.CORRECTION: "it corrects what you were told",
}

# Joiners are spelling in some scripts; every other invisible character can lie about the text.
_JOINERS = frozenset("\u200c\u200d")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_UNSAFE_IN_JSON_LINE = re.compile(
    r"[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def build_body(
    gathered: Gathered, *, message_id: str, created_at: datetime, base_url: str | None = None
) -> dict[str, Any]:
    """Return the JSON-able body of the message *message_id* (the UUID that all attempts share).

    `base_url` is the console's address as users reach it; without it the body has no console link.
    """
    rows = gathered.notifications
    rules, rules_more = _capped(_by_rule(rows), MAX_RULES)
    articles, articles_more = _capped(_by_article(rows), MAX_ARTICLES)
    return {
        "schema": SCHEMA,
        "type": TYPE,
        "id": message_id,
        "created_at": created_at.astimezone(UTC).isoformat(),
        "summary": _summary(gathered),
        "story": _story(gathered.story, base_url),
        "rules": [_rule(matches) for matches in rules],
        "rules_more": rules_more,
        "articles": [_article(matches) for matches in articles],
        "articles_more": articles_more,
    }


def encode_body(body: Mapping[str, Any]) -> bytes:
    """Return *body* as one line of UTF-8 JSON: the exact bytes that are stored, signed and sent."""
    line = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return _UNSAFE_IN_JSON_LINE.sub(_json_escape, line).encode()


def _json_escape(found: re.Match[str]) -> str:
    # A lone surrogate is no character: strict JSON readers refuse even its escape.
    is_surrogate = unicodedata.category(found[0]) == "Cs"
    return "\ufffd" if is_surrogate else f"\\u{ord(found[0]):04x}"


def one_line(text: str) -> str:
    """Return *text* on one line, without control, bidi and other invisible characters."""
    spaced = "".join(_visible(character) for character in text)
    return " ".join(spaced.split())


def _visible(character: str) -> str:
    if character in _JOINERS:
        return character
    if unicodedata.category(character) not in _INVISIBLE:
        return character
    return " " if character.isspace() else ""


def _capped(items: Sequence[Any], limit: int) -> tuple[list[Any], int]:
    return list(items[:limit]), max(0, len(items) - limit)


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return f"{text[:limit]} … ({len(text) - limit} more characters)"


def _by_rule(rows: Sequence[PlannedNotification]) -> list[list[PlannedNotification]]:
    groups: dict[int, list[PlannedNotification]] = {}
    for row in rows:
        groups.setdefault(row.rule.rule_id, []).append(row)
    return sorted(groups.values(), key=lambda group: (group[0].rule.name, group[0].rule.rule_id))


def _by_article(rows: Sequence[PlannedNotification]) -> list[list[PlannedNotification]]:
    groups: dict[int, list[PlannedNotification]] = {}
    for row in rows:
        groups.setdefault(row.article.article_id, []).append(row)
    return list(groups.values())


def _summary(gathered: Gathered) -> str:
    rules = [group[0].rule.name for group in _by_rule(gathered.notifications)]
    shown, more = _capped(rules, MAX_NAMES_IN_SUMMARY)
    names = ", ".join(shown) + (f" and {more} more" if more else "")
    return one_line(f"{names}: {_title(gathered.story.title)}")


def _title(title: str) -> str:
    return _cut(title, MAX_TITLE_CHARACTERS) if title.strip() else "(no title)"


def _story(story: StorySummary, base_url: str | None) -> dict[str, Any]:
    link = f"{base_url.rstrip('/')}/stories/{story.story_id}" if base_url else None
    return {
        "id": f"s{story.story_id}",
        "title": _title(story.title),
        "articles": story.article_count,
        "outlets": story.outlet_count,
        "independent": story.independent_count,
        "url": link,
    }


def _rule(rows: Sequence[PlannedNotification]) -> dict[str, Any]:
    because = list(
        dict.fromkeys((row.article.article_id, line) for row in rows for line in row.rule.because)
    )
    shown, more = _capped(because, MAX_BECAUSE)
    newest = max(rows, key=lambda row: row.rule.revision).rule
    return {
        "id": f"r{newest.rule_id}",
        "name": newest.name,
        "revision": newest.revision,
        "alert": f"al{min(row.rule.alert_id for row in rows)}",
        "because": [_because(article_id, line) for article_id, line in shown],
        "because_more": more + sum(row.rule.more_because for row in rows),
    }


def _because(article_id: int, because: Because) -> dict[str, Any]:
    spans, more = _capped(because.spans, MAX_SPANS)
    return {
        "article": f"a{article_id}",
        "line": _cut(because.line, MAX_SENTENCE_CHARACTERS),
        "evidence": [
            {
                "field": span.field,
                "start": span.start,
                "end": span.end,
                "text": _cut(span.text, MAX_SENTENCE_CHARACTERS),
            }
            for span in spans
        ],
        "evidence_more": more + because.more_spans,
        "sentence": _cut(because.sentence, MAX_SENTENCE_CHARACTERS),
    }


def _article(rows: Sequence[PlannedNotification]) -> dict[str, Any]:
    article = rows[0].article
    published = article.published_at
    return {
        "id": f"a{article.article_id}",
        "title": _title(article.title),
        "outlet": _cut(article.outlet, MAX_TITLE_CHARACTERS) if article.outlet else None,
        "published_at": published.astimezone(UTC).isoformat() if published else None,
        "url": _web_address(article.url),
        "development": article.development,
        "why_now": [_why(reason) for reason in sorted({row.reason for row in rows})],
        "adds": _adds(article),
    }


def _why(reason: Reason) -> dict[str, str]:
    return {"reason": reason.value, "words": WHY_NOW.get(reason, reason.replace("_", " "))}


def _adds(article: ArticleNews) -> dict[str, Any]:
    sentences, sentences_more = _capped(article.new_sentences, MAX_SENTENCES)
    figures, figures_more = _capped(article.changed_figures, MAX_CHANGES)
    changes, changes_more = _capped(article.changed_sentences, MAX_CHANGES)
    return {
        "sentences": [_cut(sentence, MAX_SENTENCE_CHARACTERS) for sentence in sentences],
        "sentences_more": sentences_more + article.more_sentences,
        "figures": [_change(change) for change in figures],
        "figures_more": figures_more + article.more_figures,
        "corrected": [_change(change) for change in changes],
        "corrected_more": changes_more + article.more_changes,
    }


def _change(change: Change) -> dict[str, str]:
    return {
        "what": _cut(change.what, MAX_TITLE_CHARACTERS),
        "before": _cut(change.before, MAX_SENTENCE_CHARACTERS),
        "after": _cut(change.after, MAX_SENTENCE_CHARACTERS),
    }


def _web_address(url: str | None) -> str | None:
    if url is None or len(url) > MAX_URL_CHARACTERS or one_line(url) != url or " " in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None
