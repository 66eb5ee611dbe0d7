"""What a later article adds to what is already known. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.extract.novelty.changes import (
    FigureChange,
    FiguredText,
    FigureKind,
    find_changes,
    read_figures,
)
from services.extract.novelty.sentences import Sentence, SentenceIndex
from services.extract.reuse import Spans, Tokens, align, tokenize

COPIED = 0.50
RESTATED = 0.40
ENOUGH_SENTENCES = 2
ENOUGH_WORDS = 0.20
# A short article may be one sentence of news and what is known.
ENOUGH_WORDS_ALONE = 0.25
LONG_SENTENCE_WORDS = 12
# Shorter pieces are headings and bylines, which tell nothing new by themselves.
_FEWEST_WORDS = 5


class NoveltyKind(StrEnum):
    """What an article brings to its story."""

    FIRST = "first"
    ADDS_NEW = "adds_new"
    NOTHING_NEW = "nothing_new"


@dataclass(frozen=True, slots=True)
class Novelty:
    """What an article adds, and the evidence.

    `sentences` are the places (code points) of those neither copied nor restated; `added_share` is
    the share (0 to 1) of the article's words that stand in them. `reason` says why this kind;
    `has_more_figures` that a text holds more than the 200 figures that are compared.
    """

    kind: NoveltyKind
    sentences: tuple[tuple[int, int], ...]
    added_share: float
    figures: tuple[FigureChange, ...]
    reason: str
    has_more_figures: bool


def what_it_adds(
    new_text: str,
    earlier: Sequence[tuple[int, str]],
    furniture: Spans = (),
) -> Novelty:
    """Compare *new_text* with every *earlier* text (article id, text) of its story.

    A sentence is new when less than half of its words are copied from any earlier text and no
    earlier sentence says the same (rarity-weighted Dice below 0.40); furniture and pieces of fewer
    than 5 words never are. The article adds something with at least 2 new sentences that hold at
    least 20 % of its words, with a single one of 12 words that holds 25 %, or with a changed
    figure.
    """
    tokens = tokenize(new_text)
    new = read_figures(0, new_text)
    known = [read_figures(article_id, text) for article_id, text in earlier]
    copied = _copied(tokens, [text for _, text in earlier], furniture)
    fresh = _fresh_sentences(new.sentences, known, copied)
    words = sum(len(new.sentences[at].words) for at in fresh)
    share = words / max(1, len(tokens))
    figures = find_changes(new, known, frozenset(fresh)) if known else ()
    kind, reason = _judge(known, len(fresh), words, share, figures)
    spans = tuple((new.sentences[at].start, new.sentences[at].end) for at in fresh)
    has_more = any(text.has_more for text in (new, *known))
    return Novelty(kind, spans, share, figures, reason, has_more)


def _copied(tokens: Tokens, earlier: Sequence[str], furniture: Spans) -> bytearray:
    """Mark the words that stand in a passage shared with any earlier text, or are furniture."""
    copied = tokens.inside(furniture)
    places = {start: index for index, start in enumerate(tokens.starts)}
    ends = {end: index + 1 for index, end in enumerate(tokens.ends)}
    for text in earlier:
        for passage in align(tokens, tokenize(text)).passages:
            start, end = places[passage.self_start], ends[passage.self_end]
            copied[start:end] = b"\x01" * (end - start)
    return copied


def _fresh_sentences(
    sentences: Sequence[Sentence], known: Sequence[FiguredText], copied: bytearray
) -> list[int]:
    index = SentenceIndex([sentence for text in known for sentence in text.sentences])
    fresh, at = [], 0
    for place, sentence in enumerate(sentences):
        words = len(sentence.words)
        share = copied.count(1, at, at + words) / words
        at += words
        if words >= _FEWEST_WORDS and share < COPIED and index.closest(sentence)[0] < RESTATED:
            fresh.append(place)
    return fresh


def _judge(
    known: Sequence[FiguredText],
    fresh: int,
    words: int,
    share: float,
    figures: Sequence[FigureChange],
) -> tuple[NoveltyKind, str]:
    changed = [figure for figure in figures if figure.kind is FigureKind.CHANGED]
    if not known:
        return NoveltyKind.FIRST, "the first article of its story"
    if changed:
        return NoveltyKind.ADDS_NEW, f"changed figure: {changed[0].before} → {changed[0].after}"
    if not fresh:
        return NoveltyKind.NOTHING_NEW, "no new sentence"
    told = f"{fresh} new sentence{'' if fresh == 1 else 's'}, {100 * share:.0f} % of its words"
    is_enough = fresh >= ENOUGH_SENTENCES and share >= ENOUGH_WORDS
    if is_enough or (words >= LONG_SENTENCE_WORDS and share >= ENOUGH_WORDS_ALONE):
        return NoveltyKind.ADDS_NEW, told
    return NoveltyKind.NOTHING_NEW, told
