"""Settings of newswatch: what there is (sections) and where a value came from (loading)."""

from shared.settings.loading import known_keys, load_settings, named_secret
from shared.settings.sections import (
    AlertSettings,
    ConsoleSettings,
    ExtractSettings,
    InboxSettings,
    LogsSettings,
    NotifySettings,
    Settings,
    WorkSettings,
)

__all__ = [
    "AlertSettings",
    "ConsoleSettings",
    "ExtractSettings",
    "InboxSettings",
    "LogsSettings",
    "NotifySettings",
    "Settings",
    "WorkSettings",
    "known_keys",
    "load_settings",
    "named_secret",
]
