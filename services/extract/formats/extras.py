"""Formats whose library is not installed with newswatch itself, but with one of its extras."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from services.extract.outcome import Reason, UnreadableError


@contextmanager
def from_extra(extra: str, files: str) -> Iterator[None]:
    """Import a library inside; without it, *files* are refused with the way to install *extra*."""
    try:
        yield
    except ImportError as absent:
        detail = (
            f'{files} are read with the extra: pip install "newswatch[{extra}]" '
            f'(in a checkout: make setup, or pip install -e ".[{extra}]"); then drop it again.'
        )
        raise UnreadableError(Reason.UNSUPPORTED, detail) from absent
