"""What to write instead of a mistake in a rule file. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from shared.query.errors import nearest


def made_name(name: str) -> str:
    """Return the name most like *name* that may be one, or an empty text."""
    return "-".join(re.findall(r"[a-z0-9]+", name.lower()))[:64].strip("-")


def channel_block(name: str) -> str:
    """Return the table of a file channel *name*, to be copied into the file."""
    made = made_name(name) or "desk"
    lines = ("[[channel]]", f'name = "{made}"', 'kind = "file"', f'path = "{made}.jsonl"')
    return "write the channel, too:\n" + "\n".join(f"    {line}" for line in lines)


def meant(name: str, known: Iterable[str], form: str) -> str:
    """Return `write …` with the nearest known name, or the list of all when they are few."""
    names = sorted(known)
    likely = nearest(name, names)
    if likely is not None:
        return f"write {form.format(likely)}"
    if not names:
        return ""
    listed = ", ".join(names[:15]) + (f" and {len(names) - 15} more" if len(names) > 15 else "")
    return f"known: {listed}"
