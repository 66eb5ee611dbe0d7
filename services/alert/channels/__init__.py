"""Where messages go. One module a channel; a new kind is a module and a line in `CHANNELS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from services.alert.channels import file, webhook
from services.alert.channels.contract import Channel, ChannelSettings

# kind -> opens a channel of this kind from its stored config; raises ChannelConfigError.
CHANNELS: dict[str, Callable[[Mapping[str, object], ChannelSettings], Channel]] = {
    "file": file.open_channel,
    "webhook": webhook.open_channel,
}
