"""What a later article adds to what is already known. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.extract.novelty.changes import FigureChange, FigureKind, find_changes
from services.extract.novelty.known import KnownText
from services.extract.novelty.sentences import Sentence, SentenceIndex
from services.extract.reuse import Spans, Tokens, align
from services.extract.reuse.alignment import SEED_WORDS

COPIED = 0.50
RESTATED = 0.40
FIRMLY_RESTATED = 0.60
ENOUGH_SENTENCES = 2
ENOUGH_WORDS = 0.20
# A short article may be one sentence of news and what is known.
ENOUGH_WORDS_ALONE = 0.25
LONG_SENTENCE_WORDS = 12
# A version of an article is mostly that article: its news is not measured against the rest.
ENOUGH_WORDS_IN_VERSION = 24
# Shorter pieces are headings and bylines, which tell nothing new by themselves.
_FEWEST_WORDS = 5


class NoveltyKind(StrEnum):
    """What an article brings to its story."""

    FIRST = "first"
    ADDS_NEW = "adds_new"
    NOTHING_NEW = "nothing_new"


@dataclass(frozen=True, slots=True)
class Restatement:
    """A sentence that says in other words what an earlier article said, with both places.

    `likeness` is the rarity-weighted Dice of the two, 0 to 1; from 0.60 on it is firm.
    """

    sentence: tuple[int, int]
    article_id: int
    earlier_sentence: tuple[int, int]
    likeness: float

    @property
    def is_firm(self) -> bool:
        """Whether the two say so much the same that it may be stated."""
        return self.likeness >= FIRMLY_RESTATED


@dataclass(frozen=True, slots=True)
class Novelty:
    """What an article adds, and the evidence.

    `sentences` are the places (code points) of those neither copied nor restated; `added_share` is
    the share (0 to 1) of the article's words that stand in them. `reason` says why this kind;
    `has_more_figures` that a text holds more than the 200 figures that are compared. `restated`
    are the sentences that are not new because an earlier article says the same in other words.
    """

    kind: NoveltyKind
    sentences: tuple[tuple[int, int], ...]
    added_share: float
    figures: tuple[FigureChange, ...]
    reason: str
    has_more_figures: bool
    restated: tuple[Restatement, ...] = ()


def what_it_adds(
    new: KnownText,
    earlier: Sequence[KnownText],
    furniture: Spans = (),
    *,
    is_version: bool = False,
) -> Novelty:
    """Compare *new* with every *earlier* text of its story, oldest first.

    A sentence is new when less than half of its words are copied from any earlier text and no
    earlier sentence says the same (rarity-weighted Dice below 0.40); furniture and pieces of fewer
    than 5 words never are, and what the text says twice is new once. The article adds something
    with at least 2 new sentences that hold at least 20 % of its words, with a single one of 12
    words that holds 25 %, or with a changed figure. Of another version of an earlier article
    (*is_version*) 2 new sentences with 24 words are enough, however long the rest.
    """
    candidates = _not_copied(new, _copied(new.tokens, earlier, furniture))
    restated = _restated(new.sentences, candidates, earlier)
    fresh = [at for at in candidates if at not in restated]
    words = sum(len(new.sentences[at].words) for at in fresh)
    share = words / max(1, len(new.tokens))
    figures = find_changes(new, earlier, frozenset(fresh)) if earlier else ()
    kind, reason = NoveltyKind.FIRST, "the first article of its story"
    if earlier:
        kind, reason = _judge(len(fresh), words, share, figures, is_version=is_version)
    return Novelty(
        kind=kind,
        sentences=tuple((new.sentences[at].start, new.sentences[at].end) for at in fresh),
        added_share=share,
        figures=figures,
        reason=reason,
        has_more_figures=any(text.has_more for text in (new, *earlier)),
        restated=tuple(restated[at] for at in sorted(restated)),
    )


def _copied(tokens: Tokens, earlier: Sequence[KnownText], furniture: Spans) -> bytearray:
    """Mark the words that stand in a passage shared with any earlier text, or are furniture."""
    copied = tokens.inside(furniture)
    places = {start: index for index, start in enumerate(tokens.starts)}
    ends = {end: index + 1 for index, end in enumerate(tokens.ends)}
    seeds = frozenset(_seeds(tokens))
    for text in earlier:
        # Most texts on one event share no five words in a row: seen so at a tenth of the cost.
        if seeds.isdisjoint(_seeds(text.tokens)):
            continue
        for passage in align(tokens, text.tokens).passages:
            start, end = places[passage.self_start], ends[passage.self_end]
            copied[start:end] = b"\x01" * (end - start)
    return copied


def _seeds(tokens: Tokens) -> zip[tuple[str, ...]]:
    return zip(*(tokens.words[shift:] for shift in range(SEED_WORDS)), strict=False)


def _not_copied(text: KnownText, copied: bytearray) -> list[int]:
    """Return the sentences that may be new, each once."""
    found, at = [], 0
    seen: set[tuple[str, ...]] = set()
    for place, sentence in enumerate(text.sentences):
        words = len(sentence.words)
        share = copied.count(1, at, at + words) / words
        at += words
        if words >= _FEWEST_WORDS and share < COPIED and sentence.words not in seen:
            seen.add(sentence.words)
            found.append(place)
    return found


def _restated(
    sentences: Sequence[Sentence], candidates: Collection[int], earlier: Sequence[KnownText]
) -> dict[int, Restatement]:
    """Return, for those of *candidates* that an earlier sentence says too, the likest of these.

    Of two sentences equally alike the earlier one counts.
    """
    places = list(candidates)
    index = SentenceIndex([sentences[at] for at in places])
    best: dict[int, Restatement] = {}
    seen: set[tuple[str, ...]] = set()
    for text in earlier:
        for known in text.sentences:
            if known.words in seen:
                continue
            seen.add(known.words)
            for nth, likeness in index.likenesses(known).items():
                at = places[nth]
                if likeness >= RESTATED and (at not in best or likeness > best[at].likeness):
                    own = sentences[at]
                    best[at] = Restatement(
                        (own.start, own.end), text.article_id, (known.start, known.end), likeness
                    )
    return best


def _judge(
    fresh: int, words: int, share: float, figures: Sequence[FigureChange], *, is_version: bool
) -> tuple[NoveltyKind, str]:
    changed = [figure for figure in figures if figure.kind is FigureKind.CHANGED]
    if changed:
        return NoveltyKind.ADDS_NEW, f"changed figure: {changed[0].before} → {changed[0].after}"
    if not fresh:
        return NoveltyKind.NOTHING_NEW, "no new sentence"
    told = f"{fresh} new sentence{'' if fresh == 1 else 's'}, {100 * share:.0f} % of its words"
    is_enough = fresh >= ENOUGH_SENTENCES and (
        share >= ENOUGH_WORDS or (is_version and words >= ENOUGH_WORDS_IN_VERSION)
    )
    if is_enough or (words >= LONG_SENTENCE_WORDS and share >= ENOUGH_WORDS_ALONE):
        return NoveltyKind.ADDS_NEW, told
    return NoveltyKind.NOTHING_NEW, told
