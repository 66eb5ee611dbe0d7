"""Texts in our own words, built so that a test can say exactly what two of them share."""

import random

_SYLLABLES = [
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ha",
    "je",
    "ki",
    "lo",
    "mu",
    "na",
    "pe",
    "ri",
    "so",
    "tu",
    "va",
    "we",
    "xi",
    "yo",
    "zu",
]


def invented_words(seed: int, count: int) -> list[str]:
    """Return *count* invented words; two seeds share next to none in the same order."""
    dice = random.Random(seed)
    return ["".join(dice.choices(_SYLLABLES, k=3)) for _ in range(count)]


def invented_text(seed: int, count: int) -> str:
    """Return sentences of 12 invented words."""
    words = invented_words(seed, count)
    sentences = [words[at : at + 12] for at in range(0, count, 12)]
    return " ".join(" ".join(sentence).capitalize() + "." for sentence in sentences)


HARBOUR = (
    "The port authority of Marrow Bay said on Tuesday that a crane had collapsed onto a moored "
    "ferry shortly before dawn, trapping four dock workers beneath the wreckage. Rescue teams "
    "from two neighbouring towns reached the quay within half an hour and cut through the twisted "
    "steel by torchlight. The harbour master, Ines Calder, told reporters that the crane had "
    "passed its inspection in the spring and that nobody had reported a fault since. All four "
    "workers were taken to hospital, one of them with serious injuries to his legs. Ferry "
    "services to the outer islands were suspended until the end of the week while engineers "
    "examined the damage."
)
COOKIES = (
    "We and our partners store small files on your device so that pages load faster and "
    "advertisements suit you better. Choose what you allow in the settings at the bottom of every "
    "page, or read our full statement on privacy before you go on."
)
