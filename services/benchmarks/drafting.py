"""The very rows the product would write of invented articles: drafts, and the links of a story."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from heapq import heappop, heappush
from multiprocessing import get_context
from typing import Any

from services.benchmarks.invented_news import InventedArticle, NewsWorld
from services.extract.comparing import Compared, StoredArticle, break_up, compare, evidence
from services.extract.drafts import ArticleDraft, draft_article, stored_grams, term_rows
from services.extract.reuse import Spans, furniture_spans, gram_hashes, line_hashes, tokenize
from services.extract.reuse.fingerprints import is_sampled
from shared.model import CleanArticle, Field, Source
from shared.topics import Taxonomy

_STORIES_AT_ONCE = 10
_BATCHES_AHEAD = 20
_NO_TOPICS = Taxonomy(version="none", topics={})


@dataclass(frozen=True)
class DraftedArticle:
    """An article ready to be stored.

    `place` is its number within its story, from 0; `links` are the rows between it and earlier
    articles of its story, with places in place of ids. `settled` is what is kept of it once what
    its outlet puts under every page is known to be furniture: the spans of `furniture`.
    """

    article: InventedArticle
    place: int
    draft: ArticleDraft
    links: list[dict[str, Any]]
    settled: ArticleDraft
    furniture: Spans


class DraftStream:
    """Drafted articles without end, in the order of their arrival, made by a pool."""

    def __init__(self, pool: Executor, seed: int, per_day: int) -> None:
        self._pool, self._seed, self._per_day = pool, seed, per_day
        self._world = NewsWorld(seed, per_day)
        self._asked = self._got = 0
        self._running: deque[Future[list[DraftedArticle]]] = deque()
        self._waiting: list[tuple[datetime, int, int, DraftedArticle]] = []

    def take(self, number: int) -> Iterator[DraftedArticle]:
        """Yield the next *number* articles; when they are taken, nothing is computed ahead."""
        while number:
            # Whatever is still to come arrives later than this.
            settled = self._world.begins_at(self._got)
            while number and self._waiting and self._waiting[0][0] < settled:
                yield heappop(self._waiting)[-1]
                number -= 1
            if number:
                self._draw(ahead=min(_BATCHES_AHEAD, number // _STORIES_AT_ONCE))
        wait(self._running)

    def _draw(self, ahead: int) -> None:
        while len(self._running) <= ahead:
            self._running.append(
                self._pool.submit(_draft_stories, self._seed, self._per_day, self._asked)
            )
            self._asked += _STORIES_AT_ONCE
        for drafted in self._running.popleft().result():
            key = (drafted.article.received_at, drafted.article.story, drafted.place)
            heappush(self._waiting, (*key, drafted))
        self._got += _STORIES_AT_ONCE


@contextmanager
def open_stream(seed: int, per_day: int, processes: int) -> Iterator[DraftStream]:
    """Draft on *processes* processors until this ends; one needs no process of its own."""
    with (
        ProcessPoolExecutor(processes, mp_context=get_context("spawn"))
        if processes > 1
        else ThreadPoolExecutor(1)
    ) as pool:
        yield DraftStream(pool, seed, per_day)


def _draft_stories(seed: int, per_day: int, first: int) -> list[DraftedArticle]:
    world = _world(seed, per_day)
    numbers = range(first, first + _STORIES_AT_ONCE)
    return [drafted for number in numbers for drafted in _draft_story(world.story(number))]


@cache
def _world(seed: int, per_day: int) -> NewsWorld:
    return NewsWorld(seed, per_day)


def _draft_story(articles: list[InventedArticle]) -> list[DraftedArticle]:
    found: list[DraftedArticle] = []
    known: list[Compared] = []
    for place, article in enumerate(articles):
        draft = draft_article(_clean(article), received_at=article.received_at, taxonomy=_NO_TOPICS)
        own = _masked(place, article, draft)
        links = compare(own, known, may_share_words=lambda _: True)
        known.append(own)
        settled = _settled(own, draft)
        found.append(DraftedArticle(article, place, draft, links, settled, own.article.furniture))
    return found


def footer_marks(lines: Sequence[str]) -> tuple[frozenset[int], frozenset[int]]:
    """Return the grams and lines by which *lines* under every page are known for furniture."""
    footer = "\n\n".join(lines)
    tokens = tokenize(footer)
    grams = frozenset(filter(is_sampled, gram_hashes(tokens)))
    return grams, frozenset(line_hashes(footer, tokens))


def _masked(place: int, article: InventedArticle, draft: ArticleDraft) -> Compared:
    stored = _as_stored(place, draft)
    grams, lines = footer_marks(article.footer)
    spans = furniture_spans(stored.text, tokenize(stored.text), grams, lines)
    return break_up(replace(stored, furniture=spans))


def _settled(own: Compared, draft: ArticleDraft) -> ArticleDraft:
    article = own.article
    return replace(
        draft,
        fingerprints=stored_grams(own.tokens, article.furniture),
        terms=term_rows(evidence(article), article.decides_at, article.received_at),
        profile=own.packed,
    )


def _clean(article: InventedArticle) -> CleanArticle:
    fields = {
        "title": Field(article.title, Source.META, 1.0),
        "outlet": Field(article.outlet, Source.META, 1.0),
        "language": Field("en", Source.GUESS, 1.0),
    }
    if article.published_at is not None:
        fields["published"] = Field(article.published_at.isoformat(), Source.META, 1.0)
    return CleanArticle(article.text, fields)


def _as_stored(place: int, draft: ArticleDraft) -> StoredArticle:
    own = StoredArticle.__dataclass_fields__.keys() & draft.columns.keys()
    return StoredArticle(
        id=place,
        file_id=place,
        state="extracted",
        story_id=None,
        **{name: draft.columns[name] for name in own},
    )
