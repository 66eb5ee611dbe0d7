"""What the console reads: each function takes a connection and returns frozen values.

Ids are integers in the values; `format_id` writes them as people do. Lists come newest first, as a
`Page` that knows how much it leaves out.
"""

from services.console.queries.alerts import (
    AlertDetail,
    AlertSummary,
    LedgerCounts,
    get_alert,
    list_alerts,
)
from services.console.queries.articles import ArticleDetail, MatchRow, TagRow, get_article
from services.console.queries.files import (
    FileDetail,
    FileSummary,
    count_fates,
    get_file,
    list_files,
)
from services.console.queries.history import RulingRow, StoryEvent, TimelineEntry, list_rulings
from services.console.queries.ids import RecordId, RecordKind, format_id, parse_id
from services.console.queries.ledger import (
    DeliveryAttempt,
    MessageRow,
    NotificationRow,
    SubscriptionLedger,
)
from services.console.queries.paging import DEFAULT_LIMIT, MAX_LIMIT, Page
from services.console.queries.queues import (
    DeadGroup,
    QueueReport,
    StepQueue,
    WorkerRow,
    dead,
    live_workers,
    queues,
)
from services.console.queries.relations import Relation
from services.console.queries.stories import (
    StoryDetail,
    get_story,
    list_stories,
    resolve_story,
)
from services.console.queries.story_members import ChangedFigure, Member
from services.console.queries.topics import TopicSummary, list_topics
from services.console.queries.trace import Trace, TraceStep, trace
from shared.stories.members import StorySummary

__all__ = [
    "DEFAULT_LIMIT",
    "MAX_LIMIT",
    "AlertDetail",
    "AlertSummary",
    "ArticleDetail",
    "ChangedFigure",
    "DeadGroup",
    "DeliveryAttempt",
    "FileDetail",
    "FileSummary",
    "LedgerCounts",
    "MatchRow",
    "Member",
    "MessageRow",
    "NotificationRow",
    "Page",
    "QueueReport",
    "RecordId",
    "RecordKind",
    "Relation",
    "RulingRow",
    "StepQueue",
    "StoryDetail",
    "StoryEvent",
    "StorySummary",
    "SubscriptionLedger",
    "TagRow",
    "TimelineEntry",
    "TopicSummary",
    "Trace",
    "TraceStep",
    "WorkerRow",
    "count_fates",
    "dead",
    "format_id",
    "get_alert",
    "get_article",
    "get_file",
    "get_story",
    "list_alerts",
    "list_files",
    "list_rulings",
    "list_stories",
    "list_topics",
    "live_workers",
    "parse_id",
    "queues",
    "resolve_story",
    "trace",
]
