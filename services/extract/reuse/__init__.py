"""Same words: fingerprints find candidates, alignment makes sure, furniture is left out. Pure."""

from services.extract.reuse.alignment import Alignment, Passage, Run, align
from services.extract.reuse.fingerprints import content_hash, fingerprints, gram_hashes
from services.extract.reuse.furniture import (
    COMMON_ARTICLES,
    FurnitureReason,
    Sighting,
    Verdict,
    furniture_spans,
    judge,
)
from services.extract.reuse.lines import Line, find_lines, line_hashes, long_lines
from services.extract.reuse.relations import COPIES, Relation, RelationKind, judge_repeat, relate
from services.extract.reuse.tokens import Spans, Tokens, normalise_word, tokenize

__all__ = [
    "COMMON_ARTICLES",
    "COPIES",
    "Alignment",
    "FurnitureReason",
    "Line",
    "Passage",
    "Relation",
    "RelationKind",
    "Run",
    "Sighting",
    "Spans",
    "Tokens",
    "Verdict",
    "align",
    "content_hash",
    "find_lines",
    "fingerprints",
    "furniture_spans",
    "gram_hashes",
    "judge",
    "judge_repeat",
    "line_hashes",
    "long_lines",
    "normalise_word",
    "relate",
    "tokenize",
]
