"""A text as novelty compares it, read once: its words, sentences and figures. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from services.extract.novelty.figures import Figure, find_figures
from services.extract.novelty.sentences import Sentence, split_sentences
from services.extract.reuse import Tokens, tokenize

# Tables of results hold thousands, and each is compared with every other.
MOST_FIGURES = 200


@dataclass(frozen=True, slots=True)
class KnownText:
    """An article's text, split into words and sentences, with its figures.

    Reading 700 words takes about 3 ms, comparing them a sixth of that: so this is computed once.
    `has_more` when there are more figures than the 200 that are kept.
    """

    article_id: int
    text: str
    tokens: Tokens
    sentences: tuple[Sentence, ...]
    figures: tuple[Figure, ...]
    has_more: bool


def read_text(article_id: int, text: str, tokens: Tokens | None = None) -> KnownText:
    """Read *text*; pass its *tokens* when they are known already."""
    own = tokens or tokenize(text)
    sentences = split_sentences(text, own)
    figures = find_figures(text, sentences)
    return KnownText(
        article_id, text, own, sentences, figures[:MOST_FIGURES], len(figures) > MOST_FIGURES
    )
