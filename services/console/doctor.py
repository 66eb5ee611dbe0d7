"""What is wrong with an installation, in words, and what to do about it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from services.console.inbox import MAX_LOOKED_AT, lying_words, walk_inbox
from services.console.queries.queues import dead, queues
from services.console.queries.stories import count_cut
from services.console.store.sync_plan import REMOVED_FROM_FILE
from shared.clock import utc_now
from shared.errors import ServiceUnreachableError
from shared.migrations import pending_migrations
from shared.runtime import Runtime
from shared.tables import channels

MAX_SKEW_SECONDS = 5.0
MAX_NAMED = 5

# What a process of one role cannot do without; its neighbours' troubles are not its own.
ROLE_CHECKS: dict[str, frozenset[str]] = {
    "ingest": frozenset({"database", "schema", "queue", "inbox", "archive", "disk"}),
    "extract": frozenset({"database", "schema", "queue", "archive", "disk"}),
    "link": frozenset({"database", "schema", "queue"}),
    "alert": frozenset({"database", "schema", "queue"}),
    "notify": frozenset({"database", "schema", "queue", "disk"}),
    "console": frozenset({"database", "schema"}),
    # Everything in one process.
    "all": frozenset({"database", "schema", "queue", "inbox", "archive", "disk"}),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. `what_to_do` is empty when it is `ok`."""

    name: str
    ok: bool
    words: str
    what_to_do: str = ""


def checks(runtime: Runtime, role: str | None = None) -> list[Check]:
    """Look at everything, or with *role* (`ingest`, …) only at what it cannot do without.

    Without a database, what can only be asked of it is left out: the first check says why.
    """
    wanted = ROLE_CHECKS.get(role) if role is not None else None
    found: list[Check] = []
    reachable = True
    for name, check in _CHECKS.items():
        if wanted is not None and name not in wanted:
            continue
        if name in _NEED_DATABASE and not reachable:
            continue
        result = check(runtime)
        found.append(result)
        # An old schema may lack the very columns that are asked for.
        reachable = reachable and (result.ok or name not in ("database", "schema"))
    return found


def _database(runtime: Runtime) -> Check:
    file = runtime.database.file
    if file is not None and not file.exists():
        words = f"there is no {file.name} in {file.parent} yet"
        return Check("database", ok=False, words=words, what_to_do="begin with newswatch run")
    try:
        runtime.database.check()
    except ServiceUnreachableError as error:
        advice = "start it, or correct database.url (NEWSWATCH_DATABASE_URL)"
        return Check("database", ok=False, words=str(error), what_to_do=advice)
    return Check("database", ok=True, words=f"{runtime.database.address} answers")


def _schema(runtime: Runtime) -> Check:
    try:
        missing = pending_migrations(runtime.database)
    except Exception as error:  # noqa: BLE001 - Alembic raises its own for a schema it does not know
        words = f"its schema is not one of this version: {error}"
        return Check("schema", ok=False, words=words, what_to_do="use the newswatch that made it")
    if missing:
        number = "1 migration is" if len(missing) == 1 else f"{len(missing)} migrations are"
        words = f"{number} missing: {', '.join(missing)}"
        return Check("schema", ok=False, words=words, what_to_do="newswatch db upgrade")
    return Check("schema", ok=True, words="up to date")


def _queue(runtime: Runtime) -> Check:
    try:
        runtime.broker.check()
    except ServiceUnreachableError as error:
        advice = "start it, or correct redis.url (NEWSWATCH_REDIS_URL); no work is lost meanwhile"
        return Check("queue", ok=False, words=str(error), what_to_do=advice)
    where = "in this process" if runtime.broker.is_embedded else "Redis answers"
    return Check("queue", ok=True, words=where)


def _inbox(runtime: Runtime) -> Check:
    folder = runtime.settings.inbox.dir
    if not folder.is_dir():
        words = f"{folder} does not exist or is no folder"
        return Check("inbox", ok=False, words=words, what_to_do=f"mkdir -p {folder}")
    needed = os.R_OK | os.X_OK | (os.W_OK if runtime.settings.inbox.take == "move" else 0)
    if not os.access(folder, needed):
        way = "read and written" if needed & os.W_OK else "read"
        advice = 'give its owner the right, or set inbox.take = "leave" for a read-only folder'
        return Check("inbox", ok=False, words=f"{folder} cannot be {way}", what_to_do=advice)
    return Check("inbox", ok=True, words=f"{folder} can be used")


def _left_behind(runtime: Runtime) -> Check:
    """Name what ingest will never take: links, pipes, and files we may not read."""
    folder, left, looked_at = runtime.settings.inbox.dir, [], 0
    for path, why in walk_inbox(folder):
        looked_at += 1
        if why:
            left.append(f"{path.relative_to(folder)}: {why}")
        if looked_at >= MAX_LOOKED_AT:
            break
    more = f" (only the first {MAX_LOOKED_AT} looked at)" if looked_at >= MAX_LOOKED_AT else ""
    if not left:
        return Check("left behind", ok=True, words=f"nothing that cannot be taken{more}")
    shown = "; ".join(left[:MAX_NAMED])
    rest = f"; and {len(left) - MAX_NAMED} more" if len(left) > MAX_NAMED else ""
    advice = "drop the file itself, readable to newswatch, instead of a link or pipe"
    return Check("left behind", ok=False, words=f"{shown}{rest}{more}", what_to_do=advice)


def _archive(runtime: Runtime) -> Check:
    folder = runtime.archive.folder
    probe = folder / "incoming" / f"doctor-{os.getpid()}"
    if not folder.exists():
        parent = _nearest(folder)
        words = f"{folder} is made by the first run"
        if os.access(parent, os.W_OK | os.X_OK):
            return Check("archive", ok=True, words=words)
        advice = f"give {parent} an owner who may write in it"
        return Check("archive", ok=False, words=f"{parent} cannot be written", what_to_do=advice)
    try:
        probe.parent.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        words = f"{folder} cannot be written: {error.strerror}"
        advice = "mount it, or give its owner the right to write"
        return Check("archive", ok=False, words=words, what_to_do=advice)
    return Check("archive", ok=True, words=f"{folder} can be written")


def _nearest(folder: Path) -> Path:
    """Return *folder*, or the folder nearest above it that is there."""
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


def _disk(runtime: Runtime) -> Check:
    least = runtime.settings.inbox.min_free_bytes
    try:
        free = shutil.disk_usage(_nearest(runtime.settings.data.dir)).free
    except OSError as error:
        words = f"{runtime.settings.data.dir}: {error.strerror}"
        return Check("disk", ok=False, words=words, what_to_do="make or mount data.dir")
    if free < least:
        words = f"{_megabytes(free)} free, inbox.min_free_bytes is {_megabytes(least)}"
        advice = "make room; until then files stay in the inbox"
        return Check("disk", ok=False, words=words, what_to_do=advice)
    return Check("disk", ok=True, words=f"{_megabytes(free)} free")


def _megabytes(count: int) -> str:
    return f"{count / 1e6:,.0f} MB"


def _clock(runtime: Runtime) -> Check:
    with runtime.database.read() as connection:
        skew = (utc_now() - runtime.database.now(connection)).total_seconds()
    if abs(skew) > MAX_SKEW_SECONDS:
        way = "ahead of" if skew > 0 else "behind"
        words = f"this machine is {abs(skew):.0f} s {way} the database"
        return Check("clock", ok=False, words=words, what_to_do="keep both by NTP")
    return Check("clock", ok=True, words=f"within {MAX_SKEW_SECONDS:.0f} s of the database")


def _workers(runtime: Runtime) -> Check:
    """Every queue with due rows needs somebody who lives, and so does an inbox with files."""
    inbox = runtime.settings.inbox

    def look(connection: Connection) -> Check:
        report = queues(connection, runtime.database.now(connection))
        lying = "" if report.is_taking else lying_words(inbox.dir, stay=inbox.take == "leave")
        words = ". ".join(part for part in (report.headline.rstrip("."), lying) if part) + "."
        if not report.working:
            is_idle = bool(lying) or any(each.backlog.due for each in report.steps)
            advice = "newswatch run" if is_idle else ""
            return Check("workers", ok=not is_idle, words=words, what_to_do=advice)
        idle = sorted(
            {each.queue for each in report.steps if each.backlog.due and not each.live_workers}
        )
        if idle:
            words = f"work waits and nobody does it: {', '.join(idle)}. {words}"
            asleep = [*idle, "ingest"] if lying else idle
            advice = "; ".join(f"newswatch run {queue}" for queue in asleep)
            return Check("workers", ok=False, words=words, what_to_do=advice)
        words = f"{len(report.workers)} live. {words}"
        advice = "newswatch run ingest" if lying else ""
        return Check("workers", ok=not lying, words=words, what_to_do=advice)

    return _asked(runtime, "workers", look)


def _channels(runtime: Runtime) -> Check:
    """Name the channels that are off though nobody took them out of the rule file."""

    def look(connection: Connection) -> Check:
        rows = connection.execute(
            select(channels.c.name, channels.c.state_reason)
            .where(
                channels.c.state == "off",
                func.coalesce(channels.c.state_reason, "") != REMOVED_FROM_FILE,
            )
            .order_by(channels.c.name)
        ).all()
        if not rows:
            return Check("channels", ok=True, words="none is off")
        shown = "; ".join(f"{row.name} is off: {row.state_reason}" for row in rows[:MAX_NAMED])
        rest = f"; and {len(rows) - MAX_NAMED} more" if len(rows) > MAX_NAMED else ""
        advice = "mend the receiver; `newswatch rules sync FILE` switches its channels on"
        return Check("channels", ok=False, words=f"{shown}{rest}", what_to_do=advice)

    return _asked(runtime, "channels", look)


def _dead_letters(runtime: Runtime) -> Check:
    def look(connection: Connection) -> Check:
        groups = dead(connection)
        if not groups:
            return Check("dead letters", ok=True, words="none")
        count = sum(group.count for group in groups)
        first = groups[0]
        words = f"{count} gave up, most of them ({first.count}): {first.signature}"
        advice = "newswatch dead, then newswatch retry ID…"
        return Check("dead letters", ok=False, words=words, what_to_do=advice)

    return _asked(runtime, "dead letters", look)


def _cut_stories(runtime: Runtime) -> Check:
    """Say which cap of grouping is felt; nothing is broken by it."""

    def look(connection: Connection) -> Check:
        counts = count_cut(connection)
        said = {
            "raised": "of very large themes, grouped by their strongest links alone",
            "frozen": "frozen: new articles join their nearest, nothing else moves",
        }
        words = "; ".join(f"{counts[how]} {what}" for how, what in said.items() if how in counts)
        return Check("stories", ok=True, words=words or "every theme is grouped whole")

    return _asked(runtime, "stories", look)


def _asked(runtime: Runtime, name: str, look: Callable[[Connection], Check]) -> Check:
    try:
        with runtime.database.read() as connection:
            return look(connection)
    except (DBAPIError, OSError) as error:
        lines = str(getattr(error, "orig", None) or error).strip().splitlines()
        words = lines[0] if lines else type(error).__name__
        return Check(name, ok=False, words=words, what_to_do="look at the database")


_CHECKS: dict[str, Callable[[Runtime], Check]] = {
    "database": _database,
    "schema": _schema,
    "queue": _queue,
    "inbox": _inbox,
    "left behind": _left_behind,
    "archive": _archive,
    "disk": _disk,
    "clock": _clock,
    "workers": _workers,
    "channels": _channels,
    "dead letters": _dead_letters,
    "stories": _cut_stories,
}
_NEED_DATABASE = frozenset({"schema", "clock", "workers", "channels", "dead letters", "stories"})
