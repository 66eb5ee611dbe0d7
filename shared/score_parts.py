"""Plain words for the parts of the same-event score, as stored on a link. Pure.

Parts of older versions of the weights stay here: their links are still explained.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PartWords:
    """How a part is told: as a reason ("same names") and as its absence ("without the same names").

    `without` may hold `{value}`: the value of the part, as a whole number.
    """

    phrase: str
    without: str


_PARTS = {
    "words": PartWords("same words", "without the same words"),
    "lead": PartWords("same opening", "without the same opening"),
    "names": PartWords("same names", "without the same names"),
    "phrases": PartWords("same phrases", "without the same phrases"),
    "main_names": PartWords(
        "one tells of the other's main names", "without each other's main names"
    ),
    "strangers": PartWords(
        "neither tells of the other's main names", "did one tell of the other's main names"
    ),
    "numbers": PartWords("same figures", "without the same figures"),
    "numbers_differ": PartWords("figures differ", "did the texts not give other figures"),
    "containment": PartWords("shared rare words", "without the shared rare words"),
    "plain_words": PartWords(
        "same kind of words without the names", "without the words of the same kind of event"
    ),
    "dates_shared": PartWords("same date in the text", "without the same date in the text"),
    "dates_differ": PartWords("dates in the text differ", "did the texts not name other dates"),
    "weekdays_shared": PartWords("same weekday", "without the same weekday"),
    "weekdays_differ": PartWords("weekdays differ", "did the texts not name other weekdays"),
    "places": PartWords("same places", "without the same places"),
    "lead_places": PartWords("same place at the top", "without the same place at the top"),
    "lead_places_differ": PartWords("places differ", "did the openings not name other places"),
    "published_near": PartWords("published near each other", "were they published a week apart"),
    "no_date": PartWords("no date", "with dates on both, near each other"),
    "days_apart": PartWords("days apart", "were they published {value} days nearer each other"),
    "texts_agree": PartWords(
        "a day or place that both name", "did the texts not name one day or place"
    ),
    "text_days_far": PartWords(
        "days named in the texts are far apart", "did the texts not name days far apart"
    ),
    "beyond_gate": PartWords("too many days apart", "were they published near each other"),
}


def part_words(name: str) -> PartWords:
    """Return the words for the part called *name*; one never heard of is told by its name."""
    plain = name.replace("_", " ")
    return _PARTS.get(name) or PartWords(plain, f"without {plain}")
