"""The states a ledger row starts in, and the closed list of reasons. Pure."""

from __future__ import annotations

from enum import StrEnum


class PlanState(StrEnum):
    """Where the ledger row starts."""

    PLANNED = "planned"
    HELD = "held"
    SUPPRESSED = "suppressed"


class Reason(StrEnum):
    """Why a development is told, held or suppressed: the closed list."""

    FIRST_IN_STORY = "first_in_story"
    ADDS_NEW = "adds_new"
    EVERY_ARTICLE = "every_article"
    CORRECTION = "correction"
    COPY_OF_KNOWN = "copy_of_known"
    COPY_OF_ARCHIVE = "copy_of_archive"
    NOTHING_NEW = "nothing_new"
    ONLY_FIRST_ASKED = "only_first_asked"
    OLD_MATERIAL = "old_material"
    MUTED_BY = "muted_by"
    ALREADY_TOLD = "already_told"
    MERGED_INTO = "merged_into"
    RULE_SUSPENDED = "rule_suspended"
    ARCHIVE = "archive"
    RECLEANED = "recleaned"
