"""Which articles carry the same text, furniture and all: they count once where it was seen."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from sqlalchemy import Connection

from services.extract.comparing import Compared, is_copy
from services.extract.jobs.memory import Memory
from services.extract.store.furniture import Holder, load_masks, sampled_grams
from services.extract.store.stored_articles import load_articles

# Of two texts that share less of their sampled grams, none carries the other.
LEAST_SHARED = 0.25
KEPT_PAIRS = 100_000
KEPT_SAMPLES = 10_000


@dataclass
class Kinship:
    """Pairs compared lately, whole texts without masks; neither ever changes.

    Masks must not count here: what is furniture would depend on what was known to be furniture,
    and so on the order of arrival.
    """

    memory: Memory
    _samples: OrderedDict[int, frozenset[int]] = field(default_factory=OrderedDict)
    _pairs: OrderedDict[tuple[int, int], bool] = field(default_factory=OrderedDict)

    def groups(self, connection: Connection, holders: Collection[Holder]) -> dict[int, int]:
        """Return the group of each article by its id: equal for those that copy each other."""
        group = {holder.article_id: holder.article_id for holder in holders}
        by_text: dict[str, int] = {}
        for holder in holders:
            _join(
                group, holder.article_id, by_text.setdefault(holder.content_hash, holder.article_id)
            )
        self._load_samples(connection, group)
        pairs = [pair for pair in combinations(sorted(group), 2) if self._may_be(*pair, group)]
        texts = self._load_texts(connection, [pair for pair in pairs if pair not in self._pairs])
        for pair in pairs:
            if group[pair[0]] != group[pair[1]] and self._is_copy(pair, texts):
                _join(group, *pair)
        _forget(self._pairs, KEPT_PAIRS)
        return group

    def _load_samples(self, connection: Connection, ids: Collection[int]) -> None:
        missing = [article_id for article_id in ids if article_id not in self._samples]
        if missing:
            self._samples.update(sampled_grams(connection, missing))
            _forget(self._samples, KEPT_SAMPLES)

    def _may_be(self, one: int, other: int, group: Mapping[int, int]) -> bool:
        mine, theirs = self._samples[one], self._samples[other]
        shared, least = len(mine & theirs), min(len(mine), len(theirs))
        return group[one] != group[other] and shared >= LEAST_SHARED * least

    def _load_texts(
        self, connection: Connection, pairs: Collection[tuple[int, int]]
    ) -> dict[int, Compared]:
        masks = load_masks(connection, {article_id for pair in pairs for article_id in pair})
        texts = self.memory.kept(masks)
        missing = load_articles(connection, masks.keys() - texts.keys())
        return texts | self.memory.ready(connection, missing)

    def _is_copy(self, pair: tuple[int, int], texts: Mapping[int, Compared]) -> bool:
        known = self._pairs.get(pair)
        if known is None:
            known = self._pairs[pair] = is_copy(texts[pair[0]], texts[pair[1]])
        return known


def _join(group: dict[int, int], one: int, other: int) -> None:
    old, new = max(group[one], group[other]), min(group[one], group[other])
    group.update({key: new for key, value in group.items() if value == old})


def _forget(kept: OrderedDict[Any, Any], most: int) -> None:
    while len(kept) > most:
        kept.popitem(last=False)
