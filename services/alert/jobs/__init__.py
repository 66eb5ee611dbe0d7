"""The jobs of alert, by the names the doorbell knows."""

from services.alert.jobs.matching import (
    AlertContext,
    apply_story_events,
    match_articles,
    reopen_for_newer_rules,
)
from services.alert.jobs.telling import NotifyContext, deliver_messages, gather_notifications

__all__ = [
    "AlertContext",
    "NotifyContext",
    "apply_story_events",
    "deliver_messages",
    "gather_notifications",
    "match_articles",
    "reopen_for_newer_rules",
]
