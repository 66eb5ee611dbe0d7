"""The doorbell: RQ queues on Redis, or on an in-process fakeredis. Losing all of it loses no work.

A job is only "look now" with a few row ids. Payloads are JSON, and a worker runs only the
functions named here, so that whoever can write to Redis cannot run code.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pkgutil import resolve_name
from typing import Any
from uuid import uuid4

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, RedisError
from redis.retry import Retry
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

from shared.errors import ServiceUnreachableError, SettingsError

log = logging.getLogger("newswatch.broker")

EXTRACT_FILES = "services.extract.jobs.extract_files"
LINK_ARTICLES = "services.extract.jobs.link_articles"
MATCH_ARTICLES = "services.alert.jobs.match_articles"
APPLY_STORY_EVENTS = "services.alert.jobs.apply_story_events"
GATHER_NOTIFICATIONS = "services.alert.jobs.gather_notifications"
DELIVER_MESSAGES = "services.alert.jobs.deliver_messages"

JOB_QUEUES = {
    EXTRACT_FILES: "extract",
    LINK_ARTICLES: "link",
    MATCH_ARTICLES: "alert",
    APPLY_STORY_EVENTS: "alert",
    GATHER_NOTIFICATIONS: "notify",
    DELIVER_MESSAGES: "notify",
}
QUEUES = ("extract", "link", "alert", "notify")
FAILURE_TTL_SECONDS = 3600
RING_TIMEOUT_SECONDS = 1.0


class UnknownJobError(Exception):
    """A job in Redis names a function that is not on our list; it is refused, not imported."""


def job_class(context: object) -> type[Job]:
    """Return the RQ job class that calls a listed function with *context* and the job's ids."""

    class Doorbell(Job):
        def restore(self, raw_data: Any) -> Any:
            restored = super().restore(raw_data)
            # RQ would import callbacks by name, call webhooks and repeat jobs for whoever can
            # write to Redis. We use none of them.
            self._success_callback_name = self._failure_callback_name = None
            self._stopped_callback_name = None
            self.webhooks = []
            self.retries_left = self.repeats_left = None
            self._dependency_ids = []
            self.timeout, self.result_ttl, self.failure_ttl = -1, 0, FAILURE_TTL_SECONDS
            return restored

        @property
        def func(self) -> Callable[..., object]:
            name = self.func_name
            if name not in JOB_QUEUES:
                raise UnknownJobError(f"refused: {name!r} is not a newswatch job")
            function = resolve_name(name)
            return lambda ids: function(context, [int(row_id) for row_id in ids])

    return Doorbell


class Broker:
    """Rings queues. Never raises for a broken doorbell: the sweep rings again."""

    def __init__(self, url: str | None, *, max_queued: int, batch: int) -> None:
        """Connect lazily to *url*, or make a private in-process server when it is None.

        Raises:
            SettingsError: *url* is not a Redis address.
        """
        self.url = url
        self.max_queued = max_queued
        self.batch = batch
        self._is_down = False
        if url is None:
            # Imported here: a command on a real Redis has no use for it, and it is slow to load.
            from fakeredis import FakeServer

            self._server = FakeServer()
            self._ringer = self.connect()
        else:
            # Ringing must never hold up a commit loop: short time-outs, no retry.
            self._ringer = _connect(
                url,
                socket_timeout=RING_TIMEOUT_SECONDS,
                socket_connect_timeout=RING_TIMEOUT_SECONDS,
                retry=Retry(NoBackoff(), 0),
            )

    @property
    def is_embedded(self) -> bool:
        """Whether the queue lives in this process."""
        return self.url is None

    def connect(self) -> Redis:
        """Return a connection for a worker, which may block on its queue."""
        if self.url is None:
            from fakeredis import FakeRedis

            return FakeRedis(server=self._server)
        return _connect(self.url, socket_connect_timeout=5, health_check_interval=30)

    def check(self) -> None:
        """Ask the server for a sign of life.

        Raises:
            ServiceUnreachableError: with the reason, and no password.
        """
        try:
            self._ringer.ping()
        except AuthenticationError as error:
            raise ServiceUnreachableError(f"redis: refused our password ({error})") from error
        except (RedisError, OSError) as error:
            raise ServiceUnreachableError(f"redis: {error}") from error

    def ring(
        self, job: str, ids: Iterable[int], *, singly: bool = False, at_most: int | None = None
    ) -> int:
        """Tell the workers of *job* to look at *ids*; return how many ids were rung for.

        Nothing is rung into a queue that is already long (back-pressure), nor when Redis is down.
        *at_most* is how long, in jobs, for rows that shall leave others room.
        """
        rung = 0
        try:
            queue = self._queue(JOB_QUEUES[job])
            room = (self.max_queued if at_most is None else at_most) - queue.count
            for chunk in islice(_chunks(ids, 1 if singly else self.batch), max(room, 0)):
                queue.enqueue_call(
                    job,
                    args=(chunk,),
                    job_id=uuid4().hex,
                    result_ttl=0,
                    failure_ttl=FAILURE_TTL_SECONDS,
                    timeout=-1,
                )
                rung += len(chunk)
        except (RedisError, OSError) as error:
            # Said once: every sweep tries again.
            level = logging.DEBUG if self._is_down else logging.WARNING
            self._is_down = True
            log.log(level, "cannot ring %s: %s (the sweep will)", job, error)
        else:
            if self._is_down:
                log.info("redis answers again")
            self._is_down = False
        return rung

    def queued(self, queue: str) -> int:
        """Return how many jobs wait in *queue*, or 0 when Redis does not answer."""
        try:
            return int(self._queue(queue).count)
        except (RedisError, OSError):
            return 0

    def _queue(self, name: str) -> Queue:
        return Queue(name, connection=self._ringer, serializer=JSONSerializer)

    def close(self) -> None:
        """Close the ringing connection."""
        self._ringer.close()


def _connect(url: str, **options: Any) -> Redis:
    try:
        return Redis.from_url(url, **options)
    except ValueError:
        # The library's own words may quote a piece of the password.
        raise SettingsError(
            "redis.url: not an address; expected redis://…, rediss://… or unix://…"
        ) from None


def _chunks(ids: Iterable[int], size: int) -> Iterator[list[int]]:
    rest = iter(ids)
    while chunk := list(islice(rest, size)):
        yield chunk
