"""Event profiles as bytes: a few kB that score like the text they come from. Pure.

Words and phrases become 32-bit hashes and weights 32-bit floats: both serve only to be compared.
Every profile that is scored must have been packed: a packed one has nothing in common with one
that was not. The layout follows the fields of `EventProfile` and their types.
"""

from __future__ import annotations

import dataclasses
import struct
import types
import zlib
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

from services.extract.events.document_frequency import VERSION as RARITIES
from services.extract.events.features import EventProfile

# To be raised when fields keep their names and types but are computed otherwise.
FEATURES = 1
_FAST = 1


class _Kind(NamedTuple):
    """How the values of one type are written, and read from (bytes, at): (value, next place)."""

    name: str
    pack: Callable[[Any], bytes]
    unpack: Callable[[bytes, int], tuple[Any, int]]


def pack_profile(profile: EventProfile) -> bytes:
    """Return *profile* as bytes: about 4 kB for 400 words."""
    parts = [kind.pack(getattr(profile, name)) for name, kind in _LAYOUT.items()]
    return zlib.compress(b"".join(parts), _FAST)


def unpack_profile(packed: bytes) -> EventProfile:
    """Return a profile that scores as the packed one did, against others that were packed."""
    data, at, values = zlib.decompress(packed), 0, {}
    for name, kind in _LAYOUT.items():
        values[name], at = kind.unpack(data, at)
    return EventProfile(**values)


def _hash(word: str) -> int:
    return zlib.crc32(word.encode("utf-8", "surrogatepass"))


def _pack_vector(vector: Mapping[str, float]) -> bytes:
    hashed = {_hash(word): weight for word, weight in vector.items()}
    keys = sorted(hashed)
    size = len(keys)
    return struct.pack(f"<I{size}I{size}f", size, *keys, *map(hashed.__getitem__, keys))


def _unpack_vector(data: bytes, at: int) -> tuple[dict[int, float], int]:
    (size,) = struct.unpack_from("<I", data, at)
    keys = struct.unpack_from(f"<{size}I", data, at + 4)
    weights = struct.unpack_from(f"<{size}f", data, at + 4 + 4 * size)
    return dict(zip(keys, weights, strict=True)), at + 4 + 8 * size


def _pack_words(words: Iterable[str]) -> bytes:
    hashes = sorted(set(map(_hash, words)))
    return struct.pack(f"<I{len(hashes)}I", len(hashes), *hashes)


def _unpack_words(data: bytes, at: int) -> tuple[frozenset[int], int]:
    (size,) = struct.unpack_from("<I", data, at)
    return frozenset(struct.unpack_from(f"<{size}I", data, at + 4)), at + 4 + 4 * size


def _pack_pairs(pairs: Iterable[tuple[int, int]]) -> bytes:
    numbers = [number for pair in sorted(pairs) for number in pair]
    return struct.pack(f"<I{len(numbers)}i", len(numbers), *numbers)


def _unpack_pairs(data: bytes, at: int) -> tuple[frozenset[tuple[int, int]], int]:
    (size,) = struct.unpack_from("<I", data, at)
    numbers = struct.unpack_from(f"<{size}i", data, at + 4)
    return frozenset(zip(numbers[::2], numbers[1::2], strict=True)), at + 4 + 4 * size


def _pack_day(day: date | None) -> bytes:
    return struct.pack("<I", day.toordinal() if day else 0)


def _unpack_day(data: bytes, at: int) -> tuple[date | None, int]:
    (ordinal,) = struct.unpack_from("<I", data, at)
    return date.fromordinal(ordinal) if ordinal else None, at + 4


def _single(code: str) -> _Kind:
    shape = struct.Struct("<" + code)

    def unpack(data: bytes, at: int) -> tuple[Any, int]:
        return shape.unpack_from(data, at)[0], at + shape.size

    return _Kind(code, shape.pack, unpack)


_VECTOR = _Kind("vector", _pack_vector, _unpack_vector)
_WORDS = _Kind("words", _pack_words, _unpack_words)
_PAIRS = _Kind("pairs", _pack_pairs, _unpack_pairs)
_DAY = _Kind("day", _pack_day, _unpack_day)
_SINGLE = {float: _single("d"), int: _single("q"), bool: _single("?")}


def _kind(annotation: Any) -> _Kind:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Mapping and arguments == (str, float):
        return _VECTOR
    if origin is frozenset:
        return _WORDS if arguments == (str,) else _PAIRS
    if origin is types.UnionType and set(arguments) == {date, types.NoneType}:
        return _DAY
    if annotation in _SINGLE:
        return _SINGLE[annotation]
    raise TypeError(f"an event profile with a field of {annotation} can not be packed")


_HINTS = get_type_hints(EventProfile)
_LAYOUT = {field.name: _kind(_HINTS[field.name]) for field in dataclasses.fields(EventProfile)}
_SIGNATURE = ",".join(f"{name}:{kind.name}" for name, kind in _LAYOUT.items())
# What is stored under another version is packed again.
PROFILE_VERSION = f"{FEATURES}.{zlib.crc32(_SIGNATURE.encode()):08x}.{RARITIES}"
