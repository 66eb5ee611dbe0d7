"""Fingerprints: a small, stable sample of an article's 8-word grams. Pure.

The sample is the bottom of the sorted hashes (Broder's sketch), thinned by a density rule so that
long articles stay findable, with a floor so that short ones do.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache

from services.extract.reuse.tokens import Spans, Tokens

GRAM_WORDS = 8
SAMPLE_BELOW = 2**64 // 16
SAMPLE_AT_LEAST = 48
SAMPLE_AT_MOST = 300
_SIGN = 2**64
_LARGEST_SIGNED = 2**63 - 1


@lru_cache(maxsize=64)
def gram_hashes(tokens: Tokens) -> tuple[int, ...]:
    """Return the hash of every run of 8 words, by position, as signed 64-bit integers.

    The hash is BLAKE2b over the words joined by spaces: the same on every machine and in every
    process. A text of fewer than 8 words has no grams.
    """
    words = tokens.words
    blake2b, from_bytes = hashlib.blake2b, int.from_bytes
    return tuple(
        [
            from_bytes(
                blake2b(
                    " ".join(words[start : start + GRAM_WORDS]).encode(), digest_size=8
                ).digest(),
                "big",
                signed=True,
            )
            for start in range(len(words) - GRAM_WORDS + 1)
        ]
    )


def is_sampled(gram: int) -> bool:
    """Tell whether the density rule alone keeps *gram*, whatever else its article holds."""
    return _unsigned(gram) < SAMPLE_BELOW


def fingerprints(tokens: Tokens, furniture: Spans = ()) -> tuple[int, ...]:
    """Choose the grams by which an article is found again, lowest hash first.

    Kept: every hash below 2^64/16, at least the 48 lowest (fewer if the text has fewer), at most
    300. Grams that touch *furniture* are left out. Values are signed 64-bit integers, fit for a
    `bigint` column.
    """
    hashes = sorted({_unsigned(gram) for gram in _own_grams(tokens, furniture)})
    dense = bisect_left(hashes, SAMPLE_BELOW)
    kept = hashes[: max(SAMPLE_AT_LEAST, min(dense, SAMPLE_AT_MOST))]
    return tuple([value if value <= _LARGEST_SIGNED else value - _SIGN for value in kept])


def _own_grams(tokens: Tokens, furniture: Spans) -> Iterator[int]:
    mask = tokens.inside(furniture)
    return (
        gram for at, gram in enumerate(gram_hashes(tokens)) if mask.find(1, at, at + GRAM_WORDS) < 0
    )


def content_hash(tokens: Tokens) -> str:
    """Return the SHA-256 (hex) of the normalised words: equal for texts that read the same."""
    return hashlib.sha256(" ".join(tokens.words).encode()).hexdigest()


def _unsigned(gram: int) -> int:
    return gram if gram >= 0 else gram + _SIGN
