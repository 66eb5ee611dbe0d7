"""How rare a word is: a frozen, versioned table of document frequencies in English news.

Frozen, because the score of a pair must never depend on what else has arrived.
"""

from __future__ import annotations

import gzip
import math
from functools import cache
from importlib import resources

TABLE = "document_frequency_en.tsv.gz"
VERSION = "en-1"
IDF_CAP = 6.0
# Words seen in fewer documents than this were cut from the table.
_CUT_BELOW = 3


@cache
def rarity_table() -> dict[str, float]:
    """Load the inverse document frequency of every word in the table, capped at 6, once."""
    packed = resources.files(__package__).joinpath(TABLE).read_bytes()
    header, *lines = gzip.decompress(packed).decode("utf-8").splitlines()
    documents = int(header.partition("\t")[2])
    counts = {count: min(IDF_CAP, math.log(documents / count)) for count in _counts(documents)}
    pairs = (line.split("\t") for line in lines)
    return {word: counts[int(count)] for word, count in pairs}


def rarity(word: str) -> float:
    """Return the inverse document frequency of a lower-cased *word*: 0 (everywhere) to 6 (rare)."""
    return rarity_table().get(word, IDF_CAP)


def _counts(documents: int) -> range:
    return range(_CUT_BELOW, documents + 1)
