"""Removal of what was taken from the inbox, and of nothing that came under its name since.

A feed may rename the next version over a name between our look and an unlink. So the file is first
renamed to a dotfile of ours, looked at there, and only then unlinked, or put back. Touches the
disk.
"""

from __future__ import annotations

import logging
import os
import re
from pathlib import Path

from services.ingest.inbox import MAX_DEPTH, display_name, open_folder
from services.ingest.settle import Seen

log = logging.getLogger("newswatch.ingest")

ASIDE = b".newswatch-"
_ASIDE = re.compile(rb"\.newswatch-[0-9a-f]{8}-(.+)", re.DOTALL)
# With what is put before or after it, it fits every file system; the end has the extension.
KEPT_NAME_BYTES = 120


def unlink(root: Path, seen: Seen) -> bool:
    """Remove a file from the inbox if it is still the very one that was taken; return whether.

    Raises:
        OSError: it is there, but may not be removed.
    """
    *above, name = seen.name.split(b"/")
    try:
        folder = open_folder(root, above)
    except (FileNotFoundError, NotADirectoryError):
        return False  # its folder is gone, or was replaced by a link
    try:
        return _remove(folder, name, seen)
    except FileNotFoundError:
        return False
    finally:
        os.close(folder)


def _remove(folder: int, name: bytes, seen: Seen) -> bool:
    found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if (*_identity(found), found.st_ctime_ns) != seen.signature:
        return False
    aside = ASIDE + _random() + b"-" + _kept(name)
    os.rename(name, aside, src_dir_fd=folder, dst_dir_fd=folder)
    # The rename itself changes the ctime.
    if _identity(os.stat(aside, dir_fd=folder, follow_symlinks=False)) != seen.signature[:4]:
        _put_back(folder, aside, name)
        return False
    os.unlink(aside, dir_fd=folder)
    return True


def put_back_all(root: Path) -> None:
    """Give files that a crash left set aside their names again, so that the next scan sees them.

    Most have a row already; as the ctime is another, they are taken once more, as exact copies.

    Raises:
        OSError: *root* itself cannot be opened.
    """
    top = os.path.realpath(os.fsencode(root))
    for path, folders, names, folder in os.fwalk(top):
        if path.count(b"/") - top.count(b"/") >= MAX_DEPTH:
            folders.clear()
        for aside in names:
            if found := _ASIDE.fullmatch(aside):
                try:
                    _put_back(folder, aside, found[1])
                except OSError as error:
                    where = display_name(path + b"/" + aside)
                    log.warning("%s cannot have its name back: %s", where, error.strerror)


def _put_back(folder: int, aside: bytes, name: bytes) -> None:
    """Rename *aside* to *name* if that is free, and to one like it otherwise."""
    try:
        # Unlike a rename, a link never replaces what came there meanwhile.
        os.link(aside, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
    except OSError:
        other = _kept(name) + ASIDE + _random()
        os.rename(aside, other, src_dir_fd=folder, dst_dir_fd=folder)
    else:
        os.unlink(aside, dir_fd=folder)


def _identity(found: os.stat_result) -> tuple[int, int, int, int]:
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def _kept(name: bytes) -> bytes:
    # A dot at its beginning would hide it.
    return name[-KEPT_NAME_BYTES:].lstrip(b".")


def _random() -> bytes:
    return os.urandom(4).hex().encode()
