"""Same words: fingerprints find candidates, alignment makes sure, furniture is left out. Pure."""

from services.extract.reuse.alignment import Alignment, Passage, Run, align
from services.extract.reuse.fingerprints import content_hash, fingerprints, gram_hashes
from services.extract.reuse.furniture import (
    Sighting,
    furniture_grams,
    furniture_spans,
)
from services.extract.reuse.relations import COPIES, Relation, RelationKind, relate
from services.extract.reuse.tokens import Spans, Tokens, normalise_word, tokenize

__all__ = [
    "COPIES",
    "Alignment",
    "Passage",
    "Relation",
    "RelationKind",
    "Run",
    "Sighting",
    "Spans",
    "Tokens",
    "align",
    "content_hash",
    "fingerprints",
    "furniture_grams",
    "furniture_spans",
    "gram_hashes",
    "normalise_word",
    "relate",
    "tokenize",
]
