"""Fields of a record by the names people and tools give them: ours, schema.org, crawlers' dumps."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from services.extract.cleaning.authors import names_in
from services.extract.cleaning.dates import dated_field
from services.extract.cleaning.json_ld import values
from shared.model import Field, Source

_SURE = 0.95
# newswatch; schema.org NewsArticle; trafilatura; newspaper; news-please; NewsAPI; JSON Feed.
_KEYS: dict[str, tuple[str, ...]] = {
    "title": ("title", "headline", "name", "subject"),
    "published": (
        "published", "published_at", "datePublished", "date_published", "publishedAt",
        "publish_date", "date_publish", "pubDate", "pub_date", "publication_date",
        "published_date", "versioncreated", "date", "created_at", "timestamp",
    ),
    "updated": ("updated", "updated_at", "dateModified", "date_modified", "date_modify"),
    "outlet": (
        "outlet", "source", "publisher", "sitename", "site_name", "siteName", "source_name",
        "source-hostname", "meta_site_name", "source_domain", "sourceName", "hostname", "domain",
    ),
    "language": ("language", "lang", "inLanguage", "meta_lang"),
    "url": (
        "url", "link", "canonical_url", "canonical_link", "permalink", "uri", "requested_url",
        "WARC-Target-URI", "warc_target_uri", "source", "source_url",
    ),
    "external_id": ("id", "external_id", "guid", "_id", "uid", "identifier"),
    "agency": ("agency", "wire"),
    "dateline": ("dateline",),
}  # fmt: skip
_AUTHOR_KEYS = ("author", "authors", "byline", "creator", "by")
_TEXT_KEYS = (
    "text",
    "articleBody",
    "maintext",
    "content_text",
    "body_text",
    "body",
    "content",
    "raw_text",
    "plain_text",
    "raw_content",
    "full_text",
    "description_long",
)
_TEASER_KEYS = ("summary", "description", "teaser", "excerpt")
_HTML_KEYS = (
    "body_html", "content_html", "html", "raw_html", "body_xhtml", "body", "content",
    "articleBody", "raw_content",
)  # fmt: skip
# In what a crawler of the whole web wrote, a bare date is the day of the crawl.
_CRAWL_KEYS = frozenset(("dump", "crawl_date", "crawled_at", "digest"))
_DATES_OF_CRAWL = frozenset(("date", "timestamp", "created_at"))
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_].{0,40})?$")
# What programs write where they have nothing to say.
_NOTHING = frozenset(("", "null", "none", "nan", "n/a"))
_BY = re.compile(r"by(?:\s{1,5}|:\s{0,5})(?=\S)", re.IGNORECASE)
_MARKUP = re.compile(
    r"</(?:p|div|a|span|article|h\d|li|body|strong|em)\s?>|<br\s?/?>", re.IGNORECASE
)


def fields_of_record(
    record: Mapping[str, Any], source: Source
) -> tuple[dict[str, Field], tuple[str, ...]]:
    """Give the fields and authors that *record* states; what is stated is believed."""
    fields: dict[str, Field] = {}
    unsaid = _DATES_OF_CRAWL if _is_of_crawl(record) else frozenset[str]()
    for name, keys in _KEYS.items():
        texts = (_text_of(record.get(key)) for key in keys if key not in unsaid)
        read = (_field(name, text, source) for text in texts if text)
        if field := next(filter(None, read), None):
            fields[name] = field
    listed = (_said(values(record.get(key), "name")) for key in _AUTHOR_KEYS)
    return fields, _authors(next(filter(None, listed), []))


def text_of_record(record: Mapping[str, Any]) -> str | None:
    """Give the record's plain text, exactly as it stands, or None."""
    for key in _TEXT_KEYS:
        found = record.get(key)
        if (
            isinstance(found, str)
            and _said([found])
            and not (key in _HTML_KEYS and holds_markup(found))
        ):
            return found
    return None


def html_of_record(record: Mapping[str, Any]) -> str | None:
    """Give the record's HTML, or None."""
    for key in _HTML_KEYS:
        found = record.get(key)
        if isinstance(found, str) and holds_markup(found):
            return found
    return None


def language_code(tag: str) -> str | None:
    """Give the language of a tag in small letters: `en-GB` is `en`; None for what is no tag."""
    found = _LANGUAGE.match(tag)
    return found[1].lower() if found else None


def teaser_of_record(record: Mapping[str, Any]) -> str | None:
    """Give the record's summary, or None: it leads to an article and is none."""
    return next((text for key in _TEASER_KEYS if (text := _text_of(record.get(key)))), None)


def holds_markup(text: str) -> bool:
    """Say whether *text* is HTML rather than text with a `<` in it."""
    return _MARKUP.search(text) is not None


def looks_like_article(record: Mapping[str, Any]) -> bool:
    """Say whether a JSON object is an article by its keys."""
    return any(
        isinstance(record.get(key), str) for key in (*_TEXT_KEYS, *_HTML_KEYS, "headline", "title")
    )


def _is_of_crawl(record: Mapping[str, Any]) -> bool:
    return any(key in _CRAWL_KEYS or key.lower().startswith("warc") for key in record)


def _authors(said: list[str]) -> tuple[str, ...]:
    """Names stated one by one stay as they are but for a `By`; a byline is split."""
    names = [_BY.sub("", name, count=1) if _BY.match(name) else name for name in said]
    if len(names) == 1:
        return names_in(names) or tuple(names)
    return tuple(dict.fromkeys(names))


def _said(texts: list[str]) -> list[str]:
    """Leave out what stands for nothing: `null`, `NaN`, `N/A`."""
    return [text for text in texts if text.strip().casefold() not in _NOTHING]


def _text_of(found: Any) -> str | None:
    if isinstance(found, bool):
        return None
    if isinstance(found, int | float):
        return next(iter(_said([str(found)])), None)
    return next(iter(_said(values(found, "name", "title", "@value", "url", "@id"))), None)


def _field(name: str, text: str, source: Source) -> Field | None:
    if name in {"published", "updated"}:
        return dated_field(text, source, _SURE)
    if name == "language":
        code = language_code(text)
        return Field(code, source, _SURE) if code else None
    if name in {"url", "outlet"} and (name == "url") != text.startswith(("http://", "https://")):
        return None
    return Field(text, source, _SURE)
