"""Every setting, its default and its meaning, as typed values. Pure."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class Section(BaseModel):
    """One group of settings. Unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class DataSettings(Section):
    """Where newswatch keeps what it owns."""

    dir: Path = Field(
        Path("data"), description="folder for the archive, the SQLite file and channel files"
    )


class InboxSettings(Section):
    """The watched folder."""

    dir: Path = Field(Path("inbox"), description="the watched folder")
    take: Literal["move", "leave"] = Field(
        "move",
        description="`move` removes a file once it is safely stored; `leave` only remembers it",
    )
    quiet_seconds: float = Field(
        1.0, ge=0, description="a file is complete when size and mtime have been still for so long"
    )
    scan_seconds: float = Field(0.5, gt=0, description="pause between two full scans when quiet")
    batch: int = Field(50, ge=1, le=500, description="files taken per database commit, at most")
    max_bytes: int = Field(50_000_000, ge=1, description="larger files are rejected: too_large")
    min_free_bytes: int = Field(
        200_000_000, ge=0, description="below so much free disk, files stay in the inbox"
    )


class DatabaseSettings(Section):
    """The database: the truth."""

    url: SecretStr | None = Field(
        None, description="postgresql://… or sqlite:///…; default: SQLite in data.dir"
    )


class RedisSettings(Section):
    """Redis or Valkey: the doorbell."""

    url: SecretStr | None = Field(
        None, description="redis://, rediss:// or unix://; default: an in-process queue"
    )


class WorkSettings(Section):
    """Leases, attempts and the sweep."""

    lease_seconds: float = Field(
        60.0, gt=0, description="how long a worker may hold a row unrenewed"
    )
    max_attempts: int = Field(5, ge=1, description="after so many attempts a row is dead")
    retry_seconds: float = Field(
        2.0, gt=0, description="first pause after a failed attempt; doubles"
    )
    postpone_seconds: float = Field(
        5.0, gt=0, description="pause after disk or database trouble (no attempt counted)"
    )
    sweep_seconds: float = Field(
        2.0, gt=0, description="how often rows nobody rang for are looked for"
    )
    batch: int = Field(20, ge=1, le=20, description="row ids per job, at most")
    max_queued: int = Field(200, ge=1, description="jobs in a queue beyond which nobody rings")
    worker_jobs: int = Field(
        2000, ge=1, description="a worker process is replaced after so many jobs"
    )


class ExtractSettings(Section):
    """Reading files in the sandbox."""

    time_seconds: float = Field(
        10.0, gt=0, description="a file that takes longer to read is rejected"
    )
    memory_bytes: int = Field(
        1 << 30, ge=1 << 27, description="memory limit of the reading process"
    )
    idle_seconds: float = Field(60.0, gt=0, description="an idle reading process is dropped after")


class FingerprintsSettings(Section):
    """What finds earlier articles with the same words or the same event."""

    keep_days: int | None = Field(
        None,
        ge=1,
        description=(
            "so long after its arrival an article is found again by its words (below 30 some of "
            "one story miss each other); default: for ever"
        ),
    )


class TopicsSettings(Section):
    """The taxonomy."""

    dir: Path | None = Field(None, description="folder with your own topic branches (*.toml)")


class AlertSettings(Section):
    """Who is told, and when not."""

    max_age_days: float = Field(
        7.0,
        gt=0,
        description="published longer before it arrived: recorded, but not told unless asked",
    )
    coalesce_minutes: float = Field(
        5.0, ge=0, description="later developments of a story are gathered for so long"
    )


class NotifySettings(Section):
    """Sending messages."""

    per_channel: int = Field(2, ge=1, description="messages of one channel being sent at a time")
    allowed_networks: list[str] = Field(
        default_factory=list,
        description="hosts or networks that webhooks may reach although they are not public",
    )
    file_max_bytes: int = Field(
        50_000_000, ge=1000, description="a channel file is rotated at this size"
    )
    threads: int = Field(4, ge=1, description="notify workers in embedded mode")


class ConsoleSettings(Section):
    """The page, health and metrics."""

    host: str = Field("127.0.0.1", description="address the console listens on")
    port: int = Field(8300, ge=0, le=65535, description="port of the console; 0 = any free one")
    allowed_hosts: list[str] = Field(
        default_factory=lambda: ["localhost", "127.0.0.1", "[::1]"],
        description="Host headers the console answers to",
    )
    trust_network: bool = Field(
        default=False,
        description="listen beyond loopback without accounts; only where another guards the port",
    )
    url: str | None = Field(None, description="address of the console as users reach it, for links")


class LogsSettings(Section):
    """Logs go to stderr."""

    format: Literal["text", "json"] = Field(
        "text", description="text for people, json for machines"
    )
    level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="least level shown"
    )


class Settings(Section):
    """All settings of one process."""

    data: DataSettings = DataSettings()
    inbox: InboxSettings = InboxSettings()
    database: DatabaseSettings = DatabaseSettings()
    redis: RedisSettings = RedisSettings()
    work: WorkSettings = WorkSettings()
    extract: ExtractSettings = ExtractSettings()
    fingerprints: FingerprintsSettings = FingerprintsSettings()
    topics: TopicsSettings = TopicsSettings()
    alert: AlertSettings = AlertSettings()
    notify: NotifySettings = NotifySettings()
    console: ConsoleSettings = ConsoleSettings()
    logs: LogsSettings = LogsSettings()

    @property
    def database_url(self) -> str:
        """The address of the database, with the driver SQLAlchemy needs."""
        if self.database.url is None:
            return f"sqlite:///{(self.data.dir / 'newswatch.db').absolute()}"
        url = self.database.url.get_secret_value()
        for short in ("postgresql://", "postgres://"):
            if url.startswith(short):
                return "postgresql+psycopg://" + url.removeprefix(short)
        return url

    @property
    def redis_url(self) -> str | None:
        """The address of Redis, or None for the in-process queue."""
        return self.redis.url.get_secret_value() if self.redis.url else None

    @property
    def archive_dir(self) -> Path:
        """Where originals are kept, by content."""
        return self.data.dir / "archive"
