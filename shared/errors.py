"""The errors newswatch raises on purpose, each with the exit code a script may rely on."""

from __future__ import annotations


class NewswatchError(Exception):
    """Something a person can act on. The message says what, where, and what to do."""

    exit_code = 1


class SettingsError(NewswatchError):
    """A setting, flag or rule file is wrong; nothing was changed."""

    exit_code = 2


class ServiceUnreachableError(NewswatchError):
    """The database or Redis does not answer, or refuses us."""

    exit_code = 3


class TransientError(NewswatchError):
    """Disk, database or archive trouble: the step may work later; no attempt is counted."""


class LeaseLostError(NewswatchError):
    """The row was taken over by another worker (or finished) while we held a stale lease."""
