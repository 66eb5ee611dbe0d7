"""Keys as people write them: the kind's letter and the number (`f12 a17 s3 r4 al5 m6`). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from shared.errors import SettingsError


class RecordKind(StrEnum):
    """What an id names; the value is what is written before its number."""

    FILE = "f"
    ARTICLE = "a"
    STORY = "s"
    RULE = "r"
    ALERT = "al"
    MESSAGE = "m"
    NOTIFICATION = "n"
    STORY_EVENT = "e"
    RULING = "ru"


# Eighteen digits fit the integer keys of both databases.
_WRITTEN = re.compile(r"(al|ru|[fasrmne])([0-9]{1,18})\Z")
_KNOWN = "f12 (file), a17 (article), s3 (story), r4 (rule), al5 (alert), m6 (message), ru2 (ruling)"


@dataclass(frozen=True, slots=True, order=True)
class RecordId:
    """A row of one kind; as a text it is what people write."""

    kind: RecordKind
    number: int

    def __str__(self) -> str:
        return f"{self.kind}{self.number}"


def parse_id(text: str) -> RecordId:
    """Read an id as people write it, capitals and blanks around it allowed.

    Raises:
        SettingsError: it is none.
    """
    found = _WRITTEN.match(text.strip().lower())
    if found is None:
        raise SettingsError(f"'{text[:40]}' is not an id; ids look like {_KNOWN}")
    return RecordId(RecordKind(found[1]), int(found[2]))


def format_id(kind: RecordKind, number: int) -> str:
    """Return the id as people write it."""
    return str(RecordId(kind, number))
