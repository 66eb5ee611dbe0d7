"""A MIME message as a tree of parts, split in time linear in its size; every bound is spoken of."""

from __future__ import annotations

import binascii
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import Compat32
from typing import Any

from services.extract.formats.decoding import LATIN_NAMES, Decoded, decode
from services.extract.outcome import UnreadableError

MAX_DEPTH = 10
MAX_PARTS = 500
MAX_HEAD_BYTES = 500_000
MAX_HEADER_CHARACTERS = 4000  # below the 4,300 digits from which int() refuses a number

_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_UNIX_FROM = re.compile(rb"From [^\r\n]{0,500}\r?\n")
_APPLE_LENGTH = re.compile(rb"\s{0,10}(\d{1,12})[ \t]{0,10}\r?\n")
_FOLD = re.compile(r"\s*[\r\n]+\s*")
_NOT_BASE64 = bytes(set(range(256)) - set((string.ascii_letters + string.digits + "+/").encode()))
_ENCODED_WORD = re.compile(r"=\?([\w.:*+-]{1,60})\?([bBqQ])\?([^?]{0,2000})\?=")
_BETWEEN_WORDS = re.compile(r"(?<=\?=)\s+(?==\?)")
_ESCAPING = ("iso-2022", "hz")  # written in ASCII, so that their bytes are valid UTF-8 as well


class _HeadPolicy(Compat32):
    """The tolerant policy, with headers cut to a bounded length and given as clean text."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:MAX_HEADER_CHARACTERS]

    def header_fetch_parse(self, name: str, value: str) -> Any:  # noqa: ARG002  the policy's interface
        return _FOLD.sub(" ", _unlabelled(value.encode("utf-8", "surrogateescape"))).strip()


_HEAD_PARSER = BytesHeaderParser(policy=_HeadPolicy())


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its headers, and its content, still in its transfer encoding, or parts of its own.

    `kind` is the content type in small letters: `text/html`.
    """

    head: Message
    kind: str
    body: bytes = b""
    parts: tuple[Part, ...] = ()

    @property
    def content(self) -> bytes:
        """Return the content as it was before it was encoded for the mail, damage or not."""
        encoding = self.header("content-transfer-encoding").lower()
        if encoding == "base64":
            return _from_base64(self.body)
        return binascii.a2b_qp(self.body) if encoding == "quoted-printable" else self.body

    @property
    def text(self) -> Decoded:
        """Return the content as text; UnreadableError when it is binary."""
        return decoded_as(self.content, str(self.head.get_param("charset") or ""))

    @property
    def filename(self) -> str:
        """Return the file name the part states, or nothing."""
        return plain_header(str(self.head.get_filename() or ""))

    def header(self, name: str) -> str:
        """Return a header as readable text in one line, or nothing."""
        return plain_header(self.raw_header(name))

    def raw_header(self, name: str) -> str:
        """Return a header in one line as it stands, or nothing."""
        return str(self.head.get(name) or "")


@dataclass(slots=True)
class _Split:
    """The state of splitting one message: how many parts there are, and what went wrong."""

    parts: int = 0
    notes: dict[str, None] = field(default_factory=dict)


def parse_message(data: bytes) -> tuple[Part, tuple[str, ...]]:
    """Split *data* into its parts; also give sentences about what was passed over."""
    split = _Split()
    return _part(_without_wrapping(data), split, depth=0), tuple(split.notes)


def _without_wrapping(data: bytes) -> bytes:
    """Cut what programs put round a message: a line with its length (Apple), or `From ` (mbox)."""
    if found := _APPLE_LENGTH.match(data):
        data = data[found.end() : found.end() + int(found[1])]
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    found = _UNIX_FROM.match(data)
    return data[found.end() :] if found else data


def _part(data: bytes, split: _Split, depth: int) -> Part:
    head, body = _head_and_body(data, split)
    kind = head.get_content_type()
    boundary = _boundary(head) if kind.startswith("multipart/") else b""
    if not boundary:
        return Part(head, kind, body)
    if depth >= MAX_DEPTH:
        split.notes[f"Parts nested deeper than {MAX_DEPTH} levels were not looked into."] = None
        return Part(head, kind)
    parts: list[Part] = []
    for section in _sections(body, boundary, split):
        split.parts += 1
        if split.parts > MAX_PARTS:
            split.notes[f"The parts after the first {MAX_PARTS} were not looked into."] = None
            break
        parts.append(_part(section, split, depth + 1))
    return Part(head, kind, parts=tuple(parts))


def _head_and_body(data: bytes, split: _Split) -> tuple[Message, bytes]:
    if data.startswith((b"\n", b"\r\n")):
        head, body = b"", data.split(b"\n", 1)[1]
    elif found := _BLANK_LINE.search(data):
        head, body = data[: found.start()], data[found.end() :]
    else:
        head, body = data, b""
    longest = max(map(len, head.split(b"\n")), default=0)
    if len(head) > MAX_HEAD_BYTES or longest > MAX_HEADER_CHARACTERS:
        split.notes["Overlong headers were cut."] = None
    return _HEAD_PARSER.parsebytes(head[:MAX_HEAD_BYTES]), body


def _boundary(head: Message) -> bytes:
    stated = head.get_param("boundary")
    return stated.strip().encode("utf-8")[:200] if isinstance(stated, str) else b""


def _sections(body: bytes, boundary: bytes, split: _Split) -> Iterator[bytes]:
    """Yield what lies between the boundary's lines; the last one may be cut off by the end."""
    mark, start, position = b"--" + boundary, -1, 0
    while (found := body.find(mark, position)) >= 0:
        position = found + len(mark)
        if found and body[found - 1 : found] != b"\n":
            continue
        line_end = body.find(b"\n", position)
        line_end = len(body) if line_end < 0 else line_end
        rest = body[position:line_end].strip()
        if rest not in {b"", b"--"}:
            continue  # the line of another boundary, which begins like this one
        if start >= 0:
            yield body[start:found].removesuffix(b"\n").removesuffix(b"\r")
        if rest:
            return
        start, position = line_end + 1, line_end
    if start >= 0:
        split.notes["The last part has no end; the file may be cut off."] = None
        yield body[start:]


def _from_base64(body: bytes) -> bytes:
    """Decode what is there, without what does not belong there."""
    letters = body.translate(None, _NOT_BASE64)
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def decoded_as(data: bytes, charset: str) -> Decoded:
    """Decode *data*, said to be in *charset*: valid UTF-8 is UTF-8 whatever is said."""
    charset = charset.strip().lower()
    if not charset.startswith(_ESCAPING) and (charset.startswith("utf") or _is_utf8(data)):
        return decode(data)
    try:
        name = "cp1252" if charset in LATIN_NAMES else charset
        return Decoded(str(data, name, "replace"), charset)
    except (LookupError, ValueError):  # no charset of that name, or one of bytes to bytes
        return decode(data)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def plain_header(value: str) -> str:
    """Decode a header's encoded words (RFC 2047); a character may be cut between two of them."""
    pieces: list[str] = []
    waiting, charset, position = b"", "", 0
    value = _BETWEEN_WORDS.sub("", value)
    for found in _ENCODED_WORD.finditer(value):
        is_next = found.start() == position and found[1].lower() == charset
        if waiting and not is_next:
            pieces.append(_decoded_words(waiting, charset))
            waiting = b""
        pieces.append(value[position : found.start()])
        waiting += _decoded_word(found[2], found[3])
        charset, position = found[1].lower(), found.end()
    pieces += [_decoded_words(waiting, charset), value[position:]]
    return " ".join("".join(pieces).split())


def _decoded_word(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8")
    if encoding in "bB":
        return _from_base64(data)
    return binascii.a2b_qp(data, header=True)


def _decoded_words(data: bytes, charset: str) -> str:
    try:
        return decoded_as(data, charset.split("*", maxsplit=1)[0]).text if data else ""
    except UnreadableError:
        return _unlabelled(data)


def _unlabelled(data: bytes) -> str:
    """Decode a header's bytes beyond ASCII, of which nothing says what they are."""
    return str(data, "utf-8" if _is_utf8(data) else "cp1252", "replace")
