"""What a setting takes, in words, read from its field. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from shared.settings.sections import Settings

_LONGEST_SHOWN = 40
_KINDS: Mapping[Any, str] = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    str: "a text",
    SecretStr: "a text",
    Path: "a path as text",
    list[str]: "a list of texts",
}


def said_wrong(name: str, values: Mapping[str, Mapping[str, Any]]) -> str:
    """Return what is wrong with the value of the setting *name*, and what was expected.

    The value is shown only where it can be no secret.
    """
    section, key = name.split(".", 1)
    field = _field(section, key)
    expected = f"expected {_expected(field)}"
    if SecretStr in _choices(field):
        return expected
    shown = repr(values[section][key])
    if len(shown) > _LONGEST_SHOWN:
        shown = f"{shown[:_LONGEST_SHOWN]}…"
    return f"{shown} cannot be used; {expected}"


def _field(section: str, key: str) -> FieldInfo:
    model: Any = Settings.model_fields[section].annotation
    found: FieldInfo = model.model_fields[key]
    return found


def _choices(field: FieldInfo) -> tuple[Any, ...]:
    """Return the types a value may have: those of a union but None, else the one."""
    annotation: Any = field.annotation
    if annotation in _KINDS or get_origin(annotation) is Literal:
        return (annotation,)
    return tuple(each for each in get_args(annotation) if each is not type(None))


def _expected(field: FieldInfo) -> str:
    kind = _choices(field)[0]
    if get_origin(kind) is Literal:
        return " or ".join(repr(choice) for choice in get_args(kind))
    return f"{_KINDS[kind]}{_bounds(field)}"


def _bounds(field: FieldInfo) -> str:
    found = {
        sign: getattr(limit, sign)
        for limit in field.metadata
        for sign in ("ge", "gt", "le")
        if getattr(limit, sign, None) is not None
    }
    if "ge" in found and "le" in found:
        return f" from {found['ge']} to {found['le']}"
    if "gt" in found:
        return f" above {found['gt']}"
    return f" of at least {found['ge']}" if "ge" in found else ""
