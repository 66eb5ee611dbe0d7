"""Alignment: which passages two texts share, word for word, to the character. Pure.

Seeds of 5 equal words are grown to maximal runs; runs that follow each other in both texts with at
most 6 strange words between them make one passage of at least 12 equal words. Two texts with only
short passages full of gaps share names and turns of phrase, not passages: one must have 12 words
without a gap, or 30 with gaps. Work is linear in the longer text: each word of it is consumed by at
most one run, and each seed tries at most 16 places.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.extract.reuse.tokens import Spans, Tokens

SEED_WORDS = 5
BRIDGED_WORDS = 6
PASSAGE_WORDS = 12
WORDS_WITH_GAPS = 30
SEED_PLACES = 16
_STRIDE = 64

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """Equal words: the text from `self_start` to `self_end` reads as the other's own span."""

    self_start: int
    self_end: int
    other_start: int
    other_end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A shared passage: its place in both texts, how many words are equal, and its exact runs."""

    self_start: int
    self_end: int
    other_start: int
    other_end: int
    words: int
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Alignment:
    """What two texts share.

    `coverage_self` is the share (0 to 1) of the first text's words, furniture left out, that stand
    in shared passages; `coverage_other` that of the second. `shared_words` counts equal words on
    the side with fewer of them.
    """

    passages: tuple[Passage, ...]
    coverage_self: float
    coverage_other: float
    shared_words: int

    def swapped(self) -> Alignment:
        """Return the same alignment seen from the other text."""
        passages = sorted(map(_swapped_passage, self.passages), key=_reading_order)
        return Alignment(
            tuple(passages), self.coverage_other, self.coverage_self, self.shared_words
        )


@dataclass(frozen=True, slots=True)
class _WordRun:
    own: int
    other: int
    words: int


def align(
    own: Tokens, other: Tokens, own_furniture: Spans = (), other_furniture: Spans = ()
) -> Alignment:
    """Find the passages of at least 12 words that *own* and *other* share.

    Words inside the furniture of either text neither match nor count. The result does not depend
    on the order of the two: `align(a, b) == align(b, a).swapped()`.
    """
    if (len(other), other.words) > (len(own), own.words):
        return _align(other, own, other_furniture, own_furniture).swapped()
    return _align(own, other, own_furniture, other_furniture)


def _align(
    walked: Tokens, sought: Tokens, walked_furniture: Spans, sought_furniture: Spans
) -> Alignment:
    walked_mask = walked.inside(walked_furniture)
    sought_mask = sought.inside(sought_furniture)
    runs = _runs(
        _hidden(walked.words, walked_mask, "\x00own"),
        _hidden(sought.words, sought_mask, "\x00other"),
    )
    chains = [chain for chain in _chains(runs) if sum(run.words for run in chain) >= PASSAGE_WORDS]
    if not any(map(_proves_reuse, chains)):
        chains = []
    return Alignment(
        passages=tuple(
            sorted((_passage(chain, walked, sought) for chain in chains), key=_reading_order)
        ),
        coverage_self=_coverage(
            [(chain[0].own, chain[-1].own + chain[-1].words) for chain in chains], walked_mask
        ),
        coverage_other=_coverage(
            [(chain[0].other, chain[-1].other + chain[-1].words) for chain in chains], sought_mask
        ),
        shared_words=_shared_words(chains, len(sought)),
    )


def _hidden(words: Words, mask: bytearray, stand_in: str) -> Words:
    if 1 not in mask:
        return words
    return tuple([stand_in if hidden else word for word, hidden in zip(words, mask, strict=True)])


def _runs(walked: Words, sought: Words) -> list[_WordRun]:
    """Walk *walked* once and take, at each seed, the longest run of *sought* that starts there."""
    places = _seed_places(sought)
    runs: list[_WordRun] = []
    at, last = 0, len(walked) - SEED_WORDS
    while at <= last:
        seed = walked[at : at + SEED_WORDS]
        known = places.get(seed)
        if known is None:
            at += 1
            continue
        starts = _continuing(runs, at, sought, seed) or known
        words, start = max((_run_words(walked, at, sought, start), -start) for start in starts)
        runs.append(_WordRun(at, -start, words))
        at += words
    return runs


def _seed_places(words: Words) -> dict[Words, list[int]]:
    places: dict[Words, list[int]] = {}
    seeds = zip(*(words[shift:] for shift in range(SEED_WORDS)), strict=False)
    for at, seed in enumerate(seeds):
        known = places.setdefault(seed, [])
        if len(known) < SEED_PLACES:
            known.append(at)
    return places


def _continuing(runs: Sequence[_WordRun], at: int, sought: Words, seed: Words) -> list[int]:
    """Places just after the last run: preferred, so a repeated phrase tears no passage."""
    if not runs or at - runs[-1].own - runs[-1].words > BRIDGED_WORDS:
        return []
    after = runs[-1].other + runs[-1].words
    near = range(after, after + BRIDGED_WORDS + 1)
    return [start for start in near if sought[start : start + SEED_WORDS] == seed]


def _run_words(walked: Words, at: int, sought: Words, start: int) -> int:
    begun, size = at, len(walked)
    while (chunk := walked[at : at + _STRIDE]) and chunk == sought[start : start + _STRIDE]:
        at += len(chunk)
        start += len(chunk)
    while at < size and start < len(sought) and walked[at] == sought[start]:
        at += 1
        start += 1
    return at - begun


def _chains(runs: Sequence[_WordRun]) -> Iterator[list[_WordRun]]:
    chain: list[_WordRun] = []
    for run in runs:
        if chain and not _follows(chain[-1], run):
            yield chain
            chain = []
        chain.append(run)
    if chain:
        yield chain


def _proves_reuse(chain: Sequence[_WordRun]) -> bool:
    words = [run.words for run in chain]
    return max(words) >= PASSAGE_WORDS or sum(words) >= WORDS_WITH_GAPS


def _follows(before: _WordRun, after: _WordRun) -> bool:
    own_gap = after.own - before.own - before.words
    other_gap = after.other - before.other - before.words
    return 0 <= own_gap <= BRIDGED_WORDS and 0 <= other_gap <= BRIDGED_WORDS


def _passage(chain: Sequence[_WordRun], own: Tokens, other: Tokens) -> Passage:
    runs = tuple(
        Run(
            own.starts[run.own],
            own.ends[run.own + run.words - 1],
            other.starts[run.other],
            other.ends[run.other + run.words - 1],
        )
        for run in chain
    )
    return Passage(
        runs[0].self_start,
        runs[-1].self_end,
        runs[0].other_start,
        runs[-1].other_end,
        sum(run.words for run in chain),
        runs,
    )


def _coverage(spans: Sequence[tuple[int, int]], mask: bytearray) -> float:
    counted = mask.count(0)
    if not counted:
        return 0.0
    covered = bytearray(len(mask))
    for start, end in spans:
        covered[start:end] = b"\x01" * (end - start)
    return sum(1 for inside, hidden in zip(covered, mask, strict=True) if inside > hidden) / counted


def _shared_words(chains: Sequence[Sequence[_WordRun]], size: int) -> int:
    """Count equal words once, even where one text repeats what the other says a single time."""
    matched = bytearray(size)
    for chain in chains:
        for run in chain:
            matched[run.other : run.other + run.words] = b"\x01" * run.words
    return matched.count(1)


def _swapped_passage(passage: Passage) -> Passage:
    runs = tuple(
        Run(run.other_start, run.other_end, run.self_start, run.self_end) for run in passage.runs
    )
    return Passage(
        passage.other_start,
        passage.other_end,
        passage.self_start,
        passage.self_end,
        passage.words,
        runs,
    )


def _reading_order(passage: Passage) -> tuple[int, int]:
    return passage.self_start, passage.other_start
