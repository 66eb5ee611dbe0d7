"""What people write: rules, channels, subscriptions, acknowledgements, retries."""

from services.console.store.acknowledging import Acknowledged, ack
from services.console.store.ending import Ended, RemovedRule, remove_rule, unsubscribe
from services.console.store.retrying import Refusal, RetryReport, retry
from services.console.store.setting import SetRule, set_rule
from services.console.store.subscribing import Subscribed, subscribe
from services.console.store.sync_plan import Action, Changes, EntryChange
from services.console.store.syncing import SyncReport, sync_rules

__all__ = [
    "Acknowledged",
    "Action",
    "Changes",
    "Ended",
    "EntryChange",
    "Refusal",
    "RemovedRule",
    "RetryReport",
    "SetRule",
    "Subscribed",
    "SyncReport",
    "ack",
    "remove_rule",
    "retry",
    "set_rule",
    "subscribe",
    "sync_rules",
    "unsubscribe",
]
