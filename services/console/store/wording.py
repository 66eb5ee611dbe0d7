"""How stored entries differ, in words that show no secret. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import unified_diff
from typing import Any
from urllib.parse import urlsplit

from shared.query.errors import nearest


def config_in_words(config: Mapping[str, Any]) -> str:
    """Say where a channel sends, without a secret: of an address only its host."""
    if "url" not in config:
        return str(config.get("name", ""))
    parts = urlsplit(str(config["url"]))
    place = f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
    variable = config.get("secret_env")
    return f"{place}, secret in {variable}" if variable else f"{place}, secret stored"


def text_diff(before: str, after: str) -> list[str]:
    """Return the lines taken away (`-`) and added (`+`); never empty for texts that differ."""
    lines = unified_diff(before.strip().splitlines(), after.strip().splitlines(), lineterm="", n=0)
    changed = [line for line in lines if not line.startswith(("---", "+++", "@@"))]
    return changed or ["other blanks or line ends"]


def or_known(name: str, known: Collection[str]) -> str:
    """Return the end of a refusal: the nearest *known* name, or what there is."""
    close = nearest(name, sorted(known))
    if close is not None:
        return f"; did you mean {close}?"
    return f"; known: {', '.join(sorted(known)[:15])}" if known else "; there is none yet"
