"""Invented news with the statistics of real news: for measuring what an archive costs. Pure.

Words follow Zipf's law (the n-th most frequent word stands 1 / (n + 2.7) as often as the first; in
Mandelbrot's form) in the order of the shipped table of document frequencies. People and places are
invented. Stories belong to beats, some of which are busy and most of which are not, and a beat
keeps its cast and its vocabulary: other stories of a beat are what a story must be told from.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property

from services.extract.events.document_frequency import rarity_table

STORY_SIZES = (55.0, 16.0, 9.0, 6.0, 4.0, 3.0, 2.0, 1.5, 1.2, 0.9, 0.8, 0.6)  # of 1 to 12, in %
MEAN_STORY = sum(n * share for n, share in enumerate(STORY_SIZES, 1)) / sum(STORY_SIZES)
# How the later articles of a story come about, in %.
KINDS = {"exact copy": 12.0, "edited copy": 13.0, "contained": 15.0, "rewritten": 60.0}
BEATS = 200
OUTLETS = 60
FIRST_DAY = datetime(2025, 1, 1, tzinfo=UTC)
_ZIPF_SHIFT = 2.7
_SYLLABLES = re.findall(
    "..r?",
    "babebodadedofafegagogehajokekalalelilomamemimonanenopapeporarerisasesilatetorivavevizazezo",
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_UNDATED = 0.1


@dataclass(frozen=True, slots=True)
class InventedArticle:
    """One article of the story *story*; `published_at` is None for one in ten.

    `footer` are the lines at the end of `text` that its outlet puts under every page.
    """

    story: int
    title: str
    text: str
    footer: tuple[str, ...]
    outlet: str
    published_at: datetime | None
    received_at: datetime


@dataclass(frozen=True)
class _Beat:
    people: tuple[str, ...]
    places: tuple[str, ...]
    words: tuple[str, ...]


class NewsWorld:
    """Invents the story of any number; the same *seed* always invents the same.

    *per_day* articles arrive a day, on average.
    """

    def __init__(self, seed: int, per_day: int) -> None:
        self._seed = seed
        self._per_day = per_day
        self._words = tuple(word for word in rarity_table() if word.isalpha())
        ranks = range(1, len(self._words) + 1)
        self._zipf = list(itertools.accumulate(1 / (rank + _ZIPF_SHIFT) for rank in ranks))
        self._beats = list(itertools.accumulate(1 / (rank + _ZIPF_SHIFT) for rank in range(BEATS)))

    def story(self, number: int) -> list[InventedArticle]:
        """Return the articles of one story in the order of their arrival."""
        return _Story(self, number).articles()

    def words(self, rng: random.Random, count: int) -> list[str]:
        """Draw *count* words as often as they stand in the news."""
        return rng.choices(self._words, cum_weights=self._zipf, k=count)

    def rare_words(self, rng: random.Random, count: int) -> tuple[str, ...]:
        """Draw *count* words that tell a subject: neither the commonest nor the rarest."""
        return tuple(rng.choices(self._words[300:20_000], k=count))

    def beat(self, rng: random.Random) -> _Beat:
        """Choose a beat; the busiest of 200 has 6 % of all stories."""
        return self._beat(rng.choices(range(BEATS), cum_weights=self._beats)[0])

    def rng(self, *names: object) -> random.Random:
        """Return the source of chance that belongs to *names*."""
        return random.Random("/".join(map(str, (self._seed, *names))))  # noqa: S311 - no secret

    def begins_at(self, number: int) -> datetime:
        """Return when a story begins."""
        return FIRST_DAY + timedelta(days=number * MEAN_STORY / self._per_day)

    @cache  # noqa: B019 - one world lives as long as its process
    def footer(self, outlet: int) -> tuple[str, ...]:
        """Return the two lines that an outlet puts under every page: furniture."""
        rng = self.rng("outlet", outlet)
        return tuple(" ".join(self.words(rng, 18)).capitalize() + "." for _ in range(2))

    @cache  # noqa: B019 - one world lives as long as its process
    def _beat(self, number: int) -> _Beat:
        rng = self.rng("beat", number)
        return _Beat(
            people=tuple(invented_name(rng, 2) for _ in range(12)),
            places=tuple(invented_name(rng, 1) for _ in range(5)),
            words=self.rare_words(rng, 80),
        )


class _Story:
    """One story while it is invented."""

    def __init__(self, world: NewsWorld, number: int) -> None:
        self._world, self._number = world, number
        self._rng = world.rng("story", number)
        self._beat = world.beat(self._rng)
        people = [*self._rng.sample(self._beat.people, 2), invented_name(self._rng, 2)]
        self._people = [*people, invented_name(self._rng, 2), invented_name(self._rng, 1)]
        self._place = self._rng.choice(self._beat.places)
        self._words = world.rare_words(self._rng, 25)
        self._figures = [str(self._rng.randint(2, 9000)) for _ in range(6)]
        self._begins_at = world.begins_at(number)

    def articles(self) -> list[InventedArticle]:
        """Return its articles in the order of their arrival."""
        rng = self._rng
        size = rng.choices(range(1, len(STORY_SIZES) + 1), weights=STORY_SIZES)[0]
        lags = sorted(rng.expovariate(2.0) for _ in range(size - 1))
        outlets = rng.sample(range(OUTLETS), size)
        found: list[InventedArticle] = []
        for outlet, lag in zip(outlets, [0.0, *lags], strict=True):
            title, body = self._retold(self._first) if found else self._first
            arrived = self._begins_at + timedelta(days=min(lag, 3.0))
            is_dated = rng.random() >= _UNDATED
            footer = self._world.footer(outlet)
            found.append(
                InventedArticle(
                    story=self._number,
                    title=title,
                    text="\n\n".join([*_paragraphs(body), *footer]),
                    footer=footer,
                    outlet=f"Outlet {outlet}",
                    published_at=arrived - timedelta(minutes=5) if is_dated else None,
                    received_at=arrived,
                )
            )
        return found

    @cached_property
    def _first(self) -> tuple[str, list[str]]:
        return self._title(), self._sentences(self._rng.randint(10, 26))

    def _retold(self, first: tuple[str, list[str]]) -> tuple[str, list[str]]:
        kind = self._rng.choices(list(KINDS), weights=list(KINDS.values()))[0]
        title, body = first
        if kind == "exact copy":
            return title, body
        if kind == "edited copy":
            edited = self._rng.randrange(len(body))
            return title, [*body[:edited], self._sentence(), *body[edited + 1 :]]
        if kind == "contained":
            kept = body[: max(4, len(body) * self._rng.randint(40, 70) // 100)]
            return self._title(), [*kept, *self._sentences(self._rng.randint(6, 12))]
        return self._title(), self._sentences(self._rng.randint(10, 26))

    def _title(self) -> str:
        words = [*self._rng.choices(self._words, k=4), *self._world.words(self._rng, 3)]
        self._rng.shuffle(words)
        return " ".join([self._rng.choice(self._people), *words, "in", self._place])

    def _sentences(self, count: int) -> list[str]:
        return [self._sentence() for _ in range(count)]

    def _sentence(self) -> str:
        rng = self._rng
        words = self._world.words(rng, rng.randint(9, 22))
        words += rng.choices(self._beat.words, k=rng.randint(1, 3))
        words += rng.choices(self._words, k=rng.randint(0, 3))
        rng.shuffle(words)
        for chance, extra in (
            (0.5, rng.choice(self._people)),
            (0.15, rng.choice(self._beat.people)),
            (0.25, f"in {self._place}"),
            (0.2, f"{rng.choice(self._figures)} {rng.choice(self._words)}"),
            (0.1, f"on {_WEEKDAYS[self._begins_at.weekday()]}"),
        ):
            if rng.random() < chance:
                words.insert(rng.randrange(1, len(words)), extra)
        return " ".join([words[0].capitalize(), *words[1:]]) + "."


def invented_name(rng: random.Random, parts: int) -> str:
    """Return a name of nobody, in *parts* capitalised words."""
    made = ("".join(rng.choices(_SYLLABLES, k=rng.randint(2, 4))) for _ in range(parts))
    return " ".join(part.capitalize() for part in made)


def _paragraphs(sentences: Sequence[str]) -> list[str]:
    return [" ".join(sentences[at : at + 2]) for at in range(0, len(sentences), 2)]
