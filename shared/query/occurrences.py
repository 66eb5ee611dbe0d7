"""Where a leaf or a NEAR group stands in an article, under a work budget. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from shared.query.compile import Leaf, Proximity, WordForm
from shared.query.folding import singular
from shared.query.text import AnalysedArticle, same_capitals
from shared.query.tree import Reach

WORK_LIMIT: Final = 150_000
"""Steps (positions looked at, pairs compared) for one rule on one article; then `undecided`."""

PAIR_WORK: Final = 4
"""Steps that comparing one pair of places counts for: it takes about four times as long."""

SPAN_LIMIT: Final = 2_000
"""Occurrences of one NEAR operand looked at; more, and none near, is `undecided`."""

Place = tuple[int, int]
"""First and last position of an occurrence."""


class OutOfBudgetError(Exception):
    """The rule costs more work on this article than one rule may."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One occurrence: its places in rule order, and the words between neighbours of a NEAR."""

    places: tuple[Place, ...]
    distances: tuple[int, ...] = ()

    @property
    def first(self) -> int:
        """The first position covered."""
        return min(place[0] for place in self.places)

    @property
    def last(self) -> int:
        """The last position covered."""
        return max(place[1] for place in self.places)


@dataclass(slots=True)
class Search:
    """One evaluation: the article, the work left, and what was already looked up."""

    article: AnalysedArticle
    work_left: int = WORK_LIMIT
    _known: dict[int, list[Place]] = field(default_factory=dict)

    def spend(self, steps: int) -> None:
        """Take *steps* from the budget; raise OutOfBudgetError when it is used up."""
        self.work_left -= steps
        if self.work_left < 0:
            raise OutOfBudgetError

    def places(self, leaf: Leaf) -> list[Place]:
        """Return where *leaf* stands, in order of position."""
        known = self._known.get(id(leaf))  # by identity: hashing a leaf costs more than finding it
        if known is None:
            found = every_place(leaf, self)
            if found and leaf.is_acronym:
                found = heard(found, self.article)
            low, high = self.article.window(leaf.field_name)
            known = [place for place in found if low <= place[0] and place[1] < high]
            self._known[id(leaf)] = known
        return known

    def hits(self, node: Leaf | Proximity) -> list[Hit]:
        """Return the occurrences of a term, or of a NEAR group (nearest partner for each)."""
        if isinstance(node, Leaf):
            return [Hit((place,)) for place in self.places(node)]
        return near_hits(node, self)


def heard(places: list[Place], article: AnalysedArticle) -> list[Place]:
    """Return *places* of an acronym, or none if it stands only in all-capital headlines."""
    if all(first in article.shouted for first, _ in places):
        return []
    return places


def every_place(leaf: Leaf, search: Search) -> list[Place]:
    """Return where the words of *leaf* stand in any field, headline or not."""
    found = _word(leaf.words[0], search) if len(leaf.words) == 1 else _phrase(leaf.words, search)
    if leaf.joined is None:
        return found
    return sorted({*found, *_word(leaf.joined, search)})


def _word(form: WordForm, search: Search) -> list[Place]:
    article = search.article
    if form.prefix:
        words = list(article.words_starting(form.folded))
        search.spend(len(words))
        positions = sorted(p for word in words for p in article.postings.get(word, ()))
        joined = [place for word in words for place in article.joined.get(word, ())]
    else:
        positions = _positions(form, article)
        joined = article.singular_joined.get(form.key, []) if form.plural else []
        joined = joined or list(article.joined.get(form.folded, ()))
    search.spend(len(positions) + len(joined) + 1)
    places = [(p, p) for p in positions if _spelled(form, p, article)]
    if not joined or form.marked:
        return places
    places += [(a, b) for a, b, spelling in joined if form.cased is None or spelling == form.cased]
    return sorted(set(places))


def _positions(form: WordForm, article: AnalysedArticle) -> list[int]:
    """Return where the word may stand, marks and capitals aside."""
    if form.plural and article.english:
        return article.singular_postings.get(form.key, [])
    return article.postings.get(form.folded, [])


def _spelled(form: WordForm, position: int, article: AnalysedArticle) -> bool:
    if form.cased is not None:
        return same_capitals(article.spellings[position], form.cased, plural=form.plural)
    return form.marked is None or _has_marks(form, article, position)


def _has_marks(form: WordForm, article: AnalysedArticle, position: int) -> bool:
    if form.prefix:
        return article.marked(position).startswith(form.marked or "")
    return article.marked(position) == form.marked


def _phrase(words: tuple[WordForm, ...], search: Search) -> list[Place]:
    article = search.article
    whole = [i for i, form in enumerate(words) if not form.prefix]
    if whole:
        rare = min(whole, key=lambda i: len(_positions(words[i], article)))
        starts = [p - rare for p in _positions(words[rare], article)]
    else:
        starts = [place[0] for place in _word(words[0], search)]
    search.spend(len(starts) + 1)
    last = len(words) - 1
    return [(at, at + last) for at in starts if at >= 0 and _stands_at(words, at, search)]


def _stands_at(words: tuple[WordForm, ...], at: int, search: Search) -> bool:
    article = search.article
    if at + len(words) > len(article.folded):
        return False
    for position, form in enumerate(words, at):
        if not _same_word(form, article.folded[position], article) or not _spelled(
            form, position, article
        ):
            return False
    return True


def _same_word(form: WordForm, seen: str, article: AnalysedArticle) -> bool:
    if form.prefix:
        return seen.startswith(form.folded)
    if form.plural and article.english:
        return singular(seen) == form.key
    return seen == form.folded


# -- NEAR and PRE ------------------------------------------------------------------------------


def near_hits(node: Proximity, search: Search) -> list[Hit]:
    """Return groups within reach: for each occurrence of the left operand its nearest partner.

    Raises:
        OutOfBudgetError: also when nothing was found among the first 2,000 of an operand.
    """
    operands = [_alternatives(operand, search) for operand in node.operands]
    if not all(operands):
        return []
    is_cut = any(len(places) > SPAN_LIMIT for places in operands)
    hits = [Hit((place,)) for place in operands[0][:SPAN_LIMIT]]
    for number, (reach, places) in enumerate(zip(node.reaches, operands[1:], strict=True), 1):
        nearest_only = number == len(node.reaches)
        hits = _join(hits, places[:SPAN_LIMIT], reach, search, nearest_only=nearest_only)
    if not hits and is_cut:
        raise OutOfBudgetError
    return hits


def _alternatives(operand: tuple[Leaf, ...], search: Search) -> list[Place]:
    if len(operand) == 1:
        return search.places(operand[0])
    return sorted({place for leaf in operand for place in search.places(leaf)})


def _join(
    hits: list[Hit], places: list[Place], reach: Reach, search: Search, *, nearest_only: bool
) -> list[Hit]:
    table = _Table(places, [p[0] for p in places], max(last - first for first, last in places))
    joined: list[Hit] = []
    for hit in hits:
        partners = list(_partners(hit, table, reach, search))
        if nearest_only:
            partners = partners and [min(partners)]
        joined += [Hit((*hit.places, place), (*hit.distances, far)) for far, place in partners]
    return joined


@dataclass(frozen=True, slots=True)
class _Table:
    """The places of an operand, their first positions, and how long the longest is."""

    places: list[Place]
    starts: list[int]
    longest: int


def _partners(hit: Hit, table: _Table, reach: Reach, search: Search) -> Iterator[tuple[int, Place]]:
    first, last = hit.first, hit.last
    low, high = _bounds(first, last, reach, search.article)
    for at in range(bisect_left(table.starts, low - table.longest), len(table.places)):
        place = table.places[at]
        if place[0] > high:
            return
        search.spend(PAIR_WORK)
        if place[1] < low or (reach.ordered and place[0] <= last):
            continue
        if not any(place[0] <= b and a <= place[1] for a, b in hit.places):
            yield distance((first, last), place), place


def _bounds(first: int, last: int, reach: Reach, article: AnalysedArticle) -> Place:
    """The positions a partner may touch: n words away, or in the same sentence or paragraph."""
    if reach.words is not None:
        return first - reach.words, last + reach.words
    ids = article.sentence_ids if reach.block == "s" else article.paragraph_ids
    if ids[first] != ids[last]:
        return 1, 0
    low = bisect_left(ids, ids[first])
    return low, bisect_left(ids, ids[first] + 1) - 1


def distance(left: Place, right: Place) -> int:
    """Return how many positions apart two places are; neighbours are 1 apart."""
    return max(right[0] - left[1], left[0] - right[1], 0)
