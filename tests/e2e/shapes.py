"""The shape of a JSON document, as small typed checks: what scripts may rely on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

# A type; a pattern for a text; [shape] for a list; {key: shape} for an object, which may have more
# keys; a tuple of shapes for either; None for null.
Shape = Any

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)\Z")
NUMBER = (int, float)
STORY, ARTICLE, FILE, ALERT, RULE = (
    re.compile(letter + r"\d+\Z") for letter in ("s", "a", "f", "al", "r")
)


def misfits(shape: Shape, value: Any, where: str = "$") -> list[str]:
    """Return every place where *value* is not of *shape*; none when it is."""
    return list(_misfits(shape, value, where))


def _misfits(shape: Shape, value: Any, where: str) -> Iterator[str]:
    if isinstance(shape, tuple):
        if all(list(_misfits(each, value, where)) for each in shape):
            yield f"{where}: {value!r} is none of {shape}"
    elif isinstance(shape, dict):
        if not isinstance(value, dict):
            yield f"{where}: {value!r} is no object"
            return
        yield from (f"{where}.{key} is missing" for key in shape.keys() - value.keys())
        for key in shape.keys() & value.keys():
            yield from _misfits(shape[key], value[key], f"{where}.{key}")
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield f"{where}: {value!r} is no list"
            return
        for at, item in enumerate(value):
            yield from _misfits(shape[0], item, f"{where}[{at}]")
    elif not _is_simple(shape, value):
        yield f"{where}: {value!r} is not {shape}"


def _is_simple(shape: Shape, value: Any) -> bool:
    if isinstance(shape, re.Pattern):
        return isinstance(value, str) and shape.match(value) is not None
    if isinstance(shape, type):
        # True is an int to Python, and none to anybody else.
        return isinstance(value, shape) and not (isinstance(value, bool) and shape is not bool)
    return bool(value == shape)
