"""Word forms: what makes two spellings the same word for a rule. Pure."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# Letters whose stroke or lost dot is part of the letter: no mark can be stripped from them.
_STROKES = str.maketrans({"đ": "d", "ð": "d", "ø": "o", "ł": "l", "ı": "i", "ʼ": "'", "’": "'"})
# Soft hyphen, zero-width space, joiners, word joiner: invisible, and no part of a spelling.
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))

# Plurals whose singular is another word, or which have none: folding them would change the meaning.
_NOT_PLURAL = """
    remains arms goods customs series news means works species headquarters thanks premises lens
    does goes hers yours theirs ours this thus plus always perhaps towards besides across
    politics economics physics ethics athletics electronics logistics mathematics robotics
    christmas texas kansas wales jones davis paris overseas whereas bias atlas canvas alias
    glasses
"""
NOT_PLURAL = frozenset(_NOT_PLURAL.split())
_IRREGULAR = {
    "movies": "movie",
    "cookies": "cookie",
    "calories": "calorie",
    "rookies": "rookie",
    "zombies": "zombie",
    "selfies": "selfie",
    "headaches": "headache",
    "caches": "cache",
    "shoes": "shoe",
    "canoes": "canoe",
    "axes": "axe",
    "crises": "crisis",
    "analyses": "analysis",
    "bases": "base",
    "men": "men",
}
_ES = ("sses", "xes", "ches", "shes", "zzes", "oes")


def fold(word: str) -> str:
    """Return the key under which *word* is compared: no case, no marks, no compatibility variants.

    NFKC, case folding (Unicode 3.13), marks stripped, `đ ð ø ł ı` made plain, `’` made `'`.
    """
    if word.isascii():
        return word.lower()
    return _fold_wide(word)


@lru_cache(maxsize=20_000)
def _fold_wide(word: str) -> str:
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", word).casefold())
    plain = "".join(c for c in apart if not unicodedata.combining(c))
    return plain.translate(_INVISIBLE).translate(_STROKES)


def with_marks(word: str) -> str:
    """Return *word* without case but with its marks, in one normal form (NFC)."""
    if word.isascii():
        return word.lower()
    lowered = unicodedata.normalize("NFKC", word).casefold().translate(_INVISIBLE)
    return unicodedata.normalize("NFC", lowered).replace("’", "'").replace("ʼ", "'")


def with_case(word: str) -> str:
    """Return *word* with case and marks, in one normal form (NFKC, composed)."""
    if word.isascii():
        return word
    return unicodedata.normalize("NFKC", word).translate(_INVISIBLE).replace("’", "'")


@lru_cache(maxsize=50_000)
def singular(folded: str) -> str:
    """Return *folded* without an English plural ending, by the few regular rules only.

    Not a stemmer: Snowball merges arms/armed and mine/mining (rules research, section 4.3).
    """
    if len(folded) < 4 or folded[-1] != "s" or folded in NOT_PLURAL or not folded.isalpha():
        return _IRREGULAR.get(folded, folded)
    if folded in _IRREGULAR:
        return _IRREGULAR[folded]
    if folded.endswith("ies") and len(folded) > 4:
        return folded[:-3] + "y"
    if folded.endswith(_ES):
        return folded[:-2]
    if folded.endswith(("ss", "us", "is")):
        return folded
    return folded[:-1]


def plain_name(name: str) -> str:
    """Return *name* folded, letters and digits only: `Vietnam-Insider` equals `vietnam insider`."""
    return "".join(c for c in fold(name) if c.isalnum())
