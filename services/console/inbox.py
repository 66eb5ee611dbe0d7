"""What lies in the inbox, for people; ingest looks for itself. Changes nothing."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from shared.unfinished import is_unfinished

MAX_LOOKED_AT = 10_000
MAX_DEPTH = 16


def lying_words(folder: Path, *, stay: bool) -> str:
    """Say how many files lie in *folder* to be taken; empty for none, and where taken files *stay*.

    Only where no ingest lives: beside one, what lies there now is gone by the time it is read.
    """
    if stay:
        return ""
    looked_at = islice(walk_inbox(folder), MAX_LOOKED_AT)
    count = sum(
        not why and not is_unfinished(os.fsencode(path.relative_to(folder)))
        for path, why in looked_at
    )
    if not count:
        return ""
    said = "1 file lies" if count == 1 else f"{count} files lie"
    most = "at least " if count == MAX_LOOKED_AT else ""
    return f"{most}{said} in {folder} and nobody takes {'it' if count == 1 else 'them'}"


def walk_inbox(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield everything below *folder* but folders, with why it cannot be taken, or empty."""
    return _walk(folder, 0)


def _walk(folder: Path, depth: int) -> Iterator[tuple[Path, str]]:
    if depth > MAX_DEPTH:
        yield folder, f"more than {MAX_DEPTH} folders deep"
        return
    try:
        entries = sorted(folder.iterdir())
    except FileNotFoundError:
        return
    except OSError as error:
        yield folder, (error.strerror or str(error)).lower()
        return
    for path in entries:
        try:
            mode = path.lstat().st_mode
        except OSError:
            continue  # taken between the listing and the look
        if stat.S_ISDIR(mode):
            yield from _walk(path, depth + 1)
        else:
            yield path, _why_left(path, mode)


def _why_left(path: Path, mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "a symbolic link"
    if not stat.S_ISREG(mode):
        return "not a regular file"
    return "" if os.access(path, os.R_OK) else "may not be read"
