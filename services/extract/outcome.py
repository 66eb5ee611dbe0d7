"""What reading a file takes and gives. Light to import: the sandbox needs only this."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.model import CleanArticle


class Reason(StrEnum):
    """Why a file can not become an article; the value is the word shown to people."""

    EMPTY = "empty"
    TOO_SHORT = "too_short"
    TOO_LARGE = "too_large"
    TOO_DEEP = "nested_too_deeply"
    NOT_TEXT = "not_text"
    UNDECODABLE = "undecodable"
    UNSUPPORTED = "unsupported"
    MALFORMED = "malformed"
    NO_TEXT = "no_text"
    LINK_ONLY = "link_only"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why reading gave no article: *reason* in a word, *detail* in a sentence to act on."""

    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """What reading may know beside the bytes.

    `name` is the display name with its suffix, a hint only: content decides the format. `outlet` is
    the sub-folder the file lay in. Both times are aware; neither is ever taken for a publication
    date, except `modified_at` marked `Source.FILE`. Sizes are in bytes, before and after the
    markup nobody reads (scripts, styles, overlong attributes) is dropped; `max_text_characters`
    bounds what is left: the cleaned text with its fields. `max_members` and `max_unpacked_bytes`
    bound what may come out of a container; `depth` counts the containers the file came out of, and
    at `max_depth` it may not be one itself. `explain` asks for the fate of each line.
    """

    name: str
    outlet: str | None = None
    modified_at: datetime | None = None
    received_at: datetime | None = None
    max_bytes: int = 20_000_000
    max_html_bytes: int = 4_000_000
    max_text_characters: int = 1_000_000
    max_members: int = 100_000
    max_unpacked_bytes: int = 1_000_000_000
    depth: int = 0
    max_depth: int = 3
    min_words: int = 5
    explain: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """One record of a container, to be read as a file of its own: `batch.jsonl#12.json`.

    `outlet` is the folder it lay in inside its archive. With a `rejection` there is no content to
    read: the member has its place, its name and the reason.
    """

    name: str
    data: bytes
    outlet: str | None = None
    rejection: Rejection | None = None


@dataclass(frozen=True, slots=True)
class LineFate:
    """A line that cleaning looked at; `dropped` says in words why it went, None that it stayed."""

    text: str
    dropped: str | None = None


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What cleaning gave: the article, in reading order what became of each line, and notes."""

    article: CleanArticle
    lines: tuple[LineFate, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """The result of reading one file: an article, a rejection, or a container of members.

    Exactly one holds: `article` is set, `rejection` is set, or `members` is true (then
    `iter_members` gives them). `format` is a key of FORMATS or the name of a known type that is
    not read yet. `notes` are sentences about what was dropped or doubtful on the way. `lines` are
    there when the request asked to explain.
    """

    format: str
    article: CleanArticle | None = None
    rejection: Rejection | None = None
    members: bool = False
    notes: tuple[str, ...] = ()
    lines: tuple[LineFate, ...] = ()


class MembersError(Exception):
    """The members of a container stopped before the end; `rejection` says why."""

    def __init__(self, rejection: Rejection) -> None:
        super().__init__(f"{rejection.reason}: {rejection.detail}")
        self.rejection = rejection


class UnreadableError(Exception):
    """Raised inside reading to reject a file at the point where that is seen."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.rejection = Rejection(reason, detail)
