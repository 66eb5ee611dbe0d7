"""JSON and JSON Lines: one record is an article, more are a container of records."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from services.extract.cleaning.fields import article_from_page, checked_article
from services.extract.cleaning.html_source import make_harmless
from services.extract.cleaning.news_items import article_of_item
from services.extract.cleaning.ninjs import is_ninjs, item_of_ninjs
from services.extract.cleaning.records import (
    fields_of_record,
    html_of_record,
    looks_like_article,
    teaser_of_record,
    text_of_record,
)
from services.extract.formats.decoding import decode
from services.extract.outcome import Cleaned, Member, Reading, ReadRequest, Reason, UnreadableError
from shared.model import Field, Source

_LISTS = ("articles", "items", "results", "documents", "docs", "records", "data", "@graph", "news")
_LINE_END = re.compile(r"\r?\n")  # not splitlines: U+2028 may stand inside a JSON string


def read(data: bytes, request: ReadRequest) -> Reading:
    """Read one record, or say that there are more."""
    decoded = decode(data)
    records = _records(decoded.text)
    first = next(records, None)
    if first is None:
        raise UnreadableError(Reason.EMPTY, "The JSON holds no record.")
    if next(records, None) is not None:
        return Reading("json", members=True, notes=decoded.notes)
    record = _parsed(first[1], "The record")
    if is_ninjs(record):
        item = item_of_ninjs(record, request)
        notes = (*decoded.notes, *item.notes)
        return Reading("json", article=article_of_item(item, request), notes=notes)
    cleaned = _cleaned(record, request)
    notes = (*decoded.notes, *cleaned.notes)
    return Reading("json", article=cleaned.article, notes=notes, lines=cleaned.lines)


def iter_members(data: bytes, request: ReadRequest) -> Iterator[Member]:
    """Yield each record as a file of its own, named by its line or place: `batch.jsonl#12.json`.

    A record that is no valid JSON is yielded as it stands: reading it names what is wrong.
    """
    for place, record in _records(decode(data).text):
        yield Member(f"{request.name}#{place}.json", record.encode("utf-8", "surrogatepass"))


def _records(text: str) -> Iterator[tuple[int, str]]:
    """Yield each record as (line or place, JSON text)."""
    text = text.lstrip("\ufeff")
    whole, broken = _parse(text)
    if broken is None:
        yield from ((place, _dumped(item)) for place, item in enumerate(_listed(whole), 1))
        return
    lines = [(n, line) for n, raw in enumerate(_LINE_END.split(text), 1) if (line := raw.strip())]
    if len(lines) < 2 or (not _is_object(lines[0][1]) and not _is_object(lines[1][1])):
        raise broken
    yield from lines


def _listed(whole: Any) -> list[Any]:
    if isinstance(whole, list):
        return whole
    if isinstance(whole, Mapping) and not text_of_record(whole) and not html_of_record(whole):
        for key in _LISTS:
            found = whole.get(key)
            if isinstance(found, list) and any(isinstance(item, Mapping) for item in found):
                return found
    return [whole]


def _dumped(item: Any) -> str:
    return json.dumps(item, ensure_ascii=False)


def _is_object(line: str) -> bool:
    found, broken = _parse(line)
    return broken is None and isinstance(found, Mapping)


def _parse(text: str) -> tuple[Any, UnreadableError | None]:
    try:
        return json.loads(text, strict=False), None
    except RecursionError:
        detail = "The JSON is nested too deeply to be read; flatten it."
    except json.JSONDecodeError as wrong:
        detail = f"The JSON breaks off at line {wrong.lineno}, column {wrong.colno}: {wrong.msg}."
    except ValueError as wrong:  # a number of more than 4,300 digits
        detail = f"The JSON can not be read: {wrong}."
    return None, UnreadableError(Reason.MALFORMED, detail)


def _parsed(text: str, what: str) -> Mapping[str, Any]:
    found, broken = _parse(text)
    if broken is not None:
        raise broken
    if not isinstance(found, Mapping):
        detail = f"{what} is no JSON object; an article needs at least the key `text`."
        raise UnreadableError(Reason.MALFORMED, detail)
    return found


def _cleaned(record: Mapping[str, Any], request: ReadRequest) -> Cleaned:
    fields, authors = fields_of_record(record, Source.META)
    text, markup = text_of_record(record), html_of_record(record)
    if text is None and markup is not None:
        source, dropped = _page(markup, request)
        page = article_from_page(source, request)
        said = {**page.article.fields, **fields}
        article = replace(page.article, fields=said, authors=authors or page.article.authors)
        return Cleaned(article, page.lines, (*dropped, *page.notes))
    if text is None and (teaser := teaser_of_record(record)):
        raise _only_teaser(teaser, fields.get("url"))
    if text is None:
        missing = (
            "has no `text`" if looks_like_article(record) else "is no article: it has no `text`"
        )
        detail = f"The record {missing} (nor articleBody, maintext, content or body_html)."
        raise UnreadableError(Reason.NO_TEXT, detail)
    return Cleaned(checked_article(text, fields, authors, request))


def _only_teaser(teaser: str, url: Field | None) -> UnreadableError:
    at = f" at {url.value[:500]}" if url else ""
    shown = teaser if len(teaser) <= 100 else teaser[:100] + " …"
    detail = f"There is only a teaser, no text ({shown}); save the page itself{at}."
    return UnreadableError(Reason.TOO_SHORT, detail)


def _page(markup: str, request: ReadRequest) -> tuple[str, tuple[str, ...]]:
    """Make a page of a fragment, bounded as any page; give it, and notes about what was dropped."""
    source, dropped = make_harmless(markup)
    if len(source) > request.max_html_bytes:
        raise UnreadableError(
            Reason.TOO_LARGE, f"The record's HTML has {len(source):,} characters."
        )
    if "<body" in source[:20_000].lower():
        return source, dropped
    return f"<html><body><article>{source}</article></body></html>", dropped
