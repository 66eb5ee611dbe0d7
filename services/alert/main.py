"""Runs the workers of alert: matching, and telling."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from services.alert.addresses import parse_allow_list
from services.alert.channels.contract import ChannelConfigError, ChannelSettings
from services.alert.jobs import AlertContext, NotifyContext, reopen_for_newer_rules
from services.alert.jobs.telling import open_channel
from shared.errors import SettingsError
from shared.runtime import Runtime
from shared.settings import Settings
from shared.worker import run_worker


def run_alert(runtime: Runtime, stop: threading.Event) -> None:
    """Match articles until *stop*."""
    context = AlertContext(runtime)
    run_worker(runtime, "alert", context, stop, every_sweep=lambda: reopen_for_newer_rules(context))


def run_notify(runtime: Runtime, stop: threading.Event) -> None:
    """Gather and send messages until *stop*."""
    run_worker(runtime, "notify", NotifyContext(runtime, channel_settings(runtime.settings)), stop)


def why_not_sent(kind: str, config: Mapping[str, Any], settings: Settings) -> str | None:
    """Return why nothing could be sent by a channel from here, in words; None if it could."""
    try:
        open_channel(kind, config, channel_settings(settings))
    except ChannelConfigError as error:
        return str(error)
    return None


def channel_settings(settings: Settings) -> ChannelSettings:
    """Return what the operator decides for all channels.

    Raises:
        SettingsError: an entry of notify.allowed_networks is not a host or network.
    """
    try:
        allowed = parse_allow_list(settings.notify.allowed_networks)
    except ValueError as error:
        raise SettingsError(f"setting notify.allowed_networks: {error}") from None
    return ChannelSettings(
        folder=settings.data.dir / "channels",
        allowed=allowed,
        rotate_bytes=settings.notify.file_max_bytes,
    )
