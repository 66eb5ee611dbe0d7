"""Whether two texts say the same headline."""

from __future__ import annotations

import difflib
import re

_WORDS = re.compile(r"\w+")
_COMPARED_CHARACTERS = 300
_LONG_ENOUGH_TO_BE_PART = 20
_SAME_FROM = 0.8
_SHARED_FROM = 0.5


def folded(text: str) -> str:
    """Fold *text* to its letters and digits in small letters: `U.S. – talks` is `ustalks`."""
    return "".join(_WORDS.findall(text.casefold()))


def agree(one: str, other: str) -> bool:
    """Say whether two headlines are the same one, a kicker or a few letters apart."""
    a, b = folded(one[:_COMPARED_CHARACTERS]), folded(other[:_COMPARED_CHARACTERS])
    if not a or not b:
        return False
    if a == b or (min(len(a), len(b)) >= _LONG_ENOUGH_TO_BE_PART and (a in b or b in a)):
        return True
    return difflib.SequenceMatcher(None, a, b, autojunk=False).ratio() >= _SAME_FROM


def share_words(one: str, other: str) -> bool:
    """Say whether half of the longer words of the shorter headline stand in the other one."""
    a, b = _longer_words(one), _longer_words(other)
    fewer = min(len(a), len(b))
    return fewer >= 2 and len(a & b) >= _SHARED_FROM * fewer


def _longer_words(text: str) -> set[str]:
    words = _WORDS.findall(text[:_COMPARED_CHARACTERS].casefold())
    return {word for word in words if len(word) >= 4}
