"""Names by which a writer says that a file is not done yet: those are passed over. Pure."""

from __future__ import annotations

UNFINISHED_SUFFIXES = (b".part", b".tmp", b".partial", b".crdownload", b".download", b".swp", b"~")
LITTER = {b"thumbs.db", b"desktop.ini"}


def is_unfinished(name: bytes) -> bool:
    """Return whether *name* says that its writer is not done, or that it is a desktop's litter."""
    parts = name.lower().split(b"/")
    if any(part.startswith(b".") for part in parts):
        return True
    return parts[-1].endswith(UNFINISHED_SUFFIXES) or parts[-1] in LITTER
