"""What every process holds: settings, database, work engine, doorbell, archive."""

from __future__ import annotations

from dataclasses import dataclass

from shared.archive import Archive
from shared.broker import Broker
from shared.clock import Clock
from shared.database import Database
from shared.errors import SettingsError
from shared.settings import Settings
from shared.work import Work


@dataclass(frozen=True)
class Runtime:
    """The outside world of one process."""

    settings: Settings
    database: Database
    work: Work
    broker: Broker
    archive: Archive

    def close(self) -> None:
        """Let go of connections."""
        self.broker.close()
        self.database.close()


def open_runtime(
    settings: Settings,
    *,
    clock: Clock | None = None,
    redis_url: str | None = None,
    may_create: bool = True,
) -> Runtime:
    """Open the parts; nothing is contacted yet, except that the data folder is made.

    Not so without *may_create*, for whoever only looks whether something is there.

    *redis_url* stands in for the setting (a private server started by the supervisor).

    Raises:
        SettingsError: an address is none, or the data folder cannot be made.
    """
    try:
        # For us alone: the database in it may hold secrets of webhooks.
        if may_create:
            settings.data.dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"data.dir {settings.data.dir}: {error.strerror}") from None
    database = Database(settings.database_url, clock=clock)
    return Runtime(
        settings=settings,
        database=database,
        work=Work(database, settings.work),
        broker=Broker(
            redis_url or settings.redis_url,
            max_queued=settings.work.max_queued,
            batch=settings.work.batch,
        ),
        archive=Archive(settings.archive_dir),
    )
