"""A worker of one queue: RQ's SimpleWorker with our heartbeat row and our sweep."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer
from rq.timeouts import TimerDeathPenalty
from rq.worker.base import BaseWorker
from sqlalchemy import delete, update
from sqlalchemy.exc import SQLAlchemyError

from shared.broker import job_class
from shared.database import first_line
from shared.runtime import Runtime
from shared.sweeping import ring_next_of_crowd, sweep
from shared.tables import workers

log = logging.getLogger("newswatch.worker")

HEARTBEAT_SECONDS = 5.0
FORGET_AFTER_SECONDS = 3600.0
DEQUEUE_SECONDS = 1
MAX_WAIT_SECONDS = 5.0


class QuietWorker(SimpleWorker):
    """Runs jobs in this thread; stops through an event, since signals belong to the main."""

    # RQ sleeps between two tries to reach Redis without looking up: keep those naps short.
    max_connection_wait_time = 1.0

    def __init__(
        self,
        *args: Any,
        stop: threading.Event,
        heartbeat: Heartbeat,
        after_job: Callable[[], object],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.queue_class = _noting(self)
        self.death_penalty_class = TimerDeathPenalty
        self.has_job = False
        self._is_done = False
        self._stop = stop
        self._beat = heartbeat
        self._after_job = after_job

    @property
    def dequeue_timeout(self) -> int:
        """Seconds of one blocking look at the queue: how long a stop may take."""
        return DEQUEUE_SECONDS

    @property
    def connection_timeout(self) -> int:
        """Seconds without an answer after which Redis counts as gone."""
        return DEQUEUE_SECONDS + 2

    def heartbeat(self, *args: Any, **kwargs: Any) -> None:
        """Called around every look at the queue: notice a stop, but never with a job in hand."""
        if self._stop.is_set() and not self.has_job:
            raise StopRequested
        super().heartbeat(*args, **kwargs)

    def execute_job(self, *args: Any, **kwargs: Any) -> None:
        """Run one job and count it."""
        self._beat.jobs += 1
        self._is_done = False
        try:
            super().execute_job(*args, **kwargs)
        finally:
            self.has_job = False
        if self._is_done:  # after a job that raised the sweep looks, in its own time
            self._after_job()

    def perform_job(self, *args: Any, **kwargs: Any) -> bool:
        """Run one job; note whether it came to its end."""
        self._is_done = bool(super().perform_job(*args, **kwargs))
        return self._is_done

    def check_for_suspension(self, burst: bool) -> None:  # noqa: FBT001 - RQ's signature
        """Take no `rq suspend`: it would hold up a stop; stop the service instead."""

    def _install_signal_handlers(self) -> None:
        """Leave signals to the main thread."""

    def subscribe(self) -> None:
        """Take no commands over pub/sub: whoever can write to Redis must not stop workers."""

    def unsubscribe(self) -> None:
        """See subscribe."""

    def _set_ip_address(self, connection: Any) -> None:  # noqa: ARG002 - RQ's signature
        """Skip CLIENT commands that the in-process server does not know."""
        self.ip_address = "unknown"


def _noting(worker: QuietWorker) -> type[Queue]:
    """Return a queue class that tells *worker* when it has taken a job off a queue."""

    class NotingQueue(Queue):
        @classmethod
        def dequeue_any(cls, *args: Any, **kwargs: Any) -> Any:
            found = super().dequeue_any(*args, **kwargs)
            worker.has_job = found is not None
            return found

    return NotingQueue


class Heartbeat:
    """One row that says: this worker lives. Written every few seconds from a thread of its own."""

    def __init__(self, runtime: Runtime, role: str) -> None:
        self.name = f"{role}-{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:6]}"
        self.role = role
        self._runtime = runtime
        self.jobs = 0

    def beat(self) -> None:
        """Say it once; database trouble is logged, not raised: the next beat says it again."""
        database = self._runtime.database
        try:
            with database.write() as connection:
                now = database.now(connection)
                changed = connection.execute(
                    update(workers)
                    .where(workers.c.name == self.name)
                    .values(seen_at=now, jobs=self.jobs)
                )
                if not changed.rowcount:
                    connection.execute(
                        workers.insert().values(**self._row(), started_at=now, seen_at=now)
                    )
                old = now - timedelta(seconds=FORGET_AFTER_SECONDS)
                connection.execute(delete(workers).where(workers.c.seen_at < old))
        except (SQLAlchemyError, OSError) as error:
            log.warning("no heartbeat written: %s", first_line(error))

    def end(self) -> None:
        """Take the row away at a clean stop."""
        try:
            with self._runtime.database.write() as connection:
                connection.execute(delete(workers).where(workers.c.name == self.name))
        except (SQLAlchemyError, OSError) as error:
            log.warning("heartbeat row left behind: %s", first_line(error))

    def _row(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "role": self.role,
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "jobs": self.jobs,
        }


def run_worker(
    runtime: Runtime,
    queue: str,
    context: object,
    stop: threading.Event,
    *,
    every_sweep: Callable[[], object] | None = None,
) -> None:
    """Work on *queue* until *stop* is set, or until this worker has done its share of jobs.

    *context* is handed to every job function. *every_sweep* is called after each sweep.
    """
    attendant = Attendant(runtime, queue, every_sweep)
    attendant.start()
    try:
        _work(runtime, queue, context, stop, attendant.heartbeat)
    finally:
        attendant.end()


def _work(
    runtime: Runtime, queue: str, context: object, stop: threading.Event, heartbeat: Heartbeat
) -> None:
    """Run RQ's loop, and run it again when Redis or a bad job threw it out."""
    share, wait = runtime.settings.work.worker_jobs, 0.0

    def after_job() -> None:
        try:
            ring_next_of_crowd(runtime, queue)
        except (SQLAlchemyError, OSError) as error:
            log.warning("queue %s: %s (the sweep will look)", queue, first_line(error))

    while not stop.wait(wait):
        before = heartbeat.jobs
        connection = runtime.broker.connect()
        try:
            worker = _rq_worker(connection, queue, context, stop, heartbeat, after_job=after_job)
            worker.work(logging_level="ERROR", max_jobs=share)
        except (RedisError, OSError) as error:
            log.warning("queue %s: %s; trying again", queue, error)
        finally:
            connection.close()
        done = heartbeat.jobs - before
        if done >= share and not runtime.broker.is_embedded:
            return  # this process has done its share: the supervisor starts a fresh one
        wait = 0.2 if done else min(max(wait * 2, 0.2), MAX_WAIT_SECONDS)


def _rq_worker(
    connection: Any,
    queue: str,
    context: object,
    stop: threading.Event,
    heartbeat: Heartbeat,
    *,
    after_job: Callable[[], object],
) -> BaseWorker:
    jobs = job_class(context)
    return QuietWorker(
        [Queue(queue, connection=connection, serializer=JSONSerializer, job_class=jobs)],
        connection=connection,
        serializer=JSONSerializer,
        job_class=jobs,
        stop=stop,
        heartbeat=heartbeat,
        after_job=after_job,
        log_job_description=False,
    )


class Attendant(threading.Thread):
    """Sweeps and beats beside one worker, until that worker is done."""

    def __init__(
        self, runtime: Runtime, queue: str, every_sweep: Callable[[], object] | None
    ) -> None:
        super().__init__(name=f"sweep-{queue}")
        self._runtime = runtime
        self._queue = queue
        self._every_sweep = every_sweep
        self.heartbeat = Heartbeat(runtime, queue)
        self._done = threading.Event()

    def run(self) -> None:
        """Sweep now, to find what an earlier run left, and then every `work.sweep_seconds`."""
        seconds = self._runtime.settings.work.sweep_seconds
        sweep_at = beat_at = time.monotonic()
        while True:
            if time.monotonic() >= beat_at:
                self._patiently("heartbeat", self.heartbeat.beat)
                beat_at = time.monotonic() + HEARTBEAT_SECONDS
            if time.monotonic() >= sweep_at:
                self._patiently("sweep", self._sweep)
                sweep_at = time.monotonic() + seconds
            if self._done.wait(max(0.0, min(beat_at, sweep_at) - time.monotonic())):
                return

    def _sweep(self) -> None:
        sweep(self._runtime, self._queue)
        if self._every_sweep is not None:
            self._every_sweep()

    def _patiently(self, what: str, act: Callable[[], object]) -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001 - this thread must outlive any trouble
            log.warning("%s of %s: %s", what, self._queue, first_line(error))

    def end(self) -> None:
        """Stop, and take the heartbeat row away."""
        self._done.set()
        self.join()
        self.heartbeat.end()
