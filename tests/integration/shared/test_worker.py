"""A worker end to end, on both kinds of queue: real jobs and rows, only the reading is a stub."""

import json
import logging
import pickle
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import Row, select

from services.extract.jobs import ExtractContext
from services.extract.outcome import Reading, ReadRequest, Reason, Rejection
from services.extract.sandbox import Sandbox
from shared import worker
from shared.broker import EXTRACT_FILES, Broker, job_class
from shared.runtime import Runtime
from shared.steps import CROWD_JOBS, EXTRACT
from shared.sweeping import ring_next_of_crowd, sweep
from shared.tables import workers
from shared.topics import load_taxonomy
from shared.worker import Heartbeat, run_worker
from tests.integration.shared import hostile
from tests.integration.shared.rows import add_files, file_row, file_rows
from tests.rows import add_article, add_file
from tests.waiting import wait_until

STOP_SECONDS = 2.5


class TooShort(Sandbox):
    """Stands in for the sandbox: everything is too short."""

    def __init__(self) -> None:
        super().__init__(time_seconds=1, memory_bytes=1 << 30, idle_seconds=1)

    def read(self, _data: bytes, _request: ReadRequest) -> Reading:
        return Reading("text", rejection=Rejection(Reason.TOO_SHORT, "three words"))


@pytest.fixture(params=["embedded", "redis"])
def queue_url(request):
    return request.getfixturevalue("redis_url") if request.param == "redis" else None


@pytest.fixture
def open_worker_runtime(open_at, sqlite_url):
    def make(redis_url, **work):
        return open_at(sqlite_url, redis_url=redis_url, work={"sweep_seconds": 0.1} | work)

    return make


@pytest.fixture
def runtime(open_worker_runtime, queue_url):
    return open_worker_runtime(queue_url)


def add_stored_files(runtime: Runtime, count: int) -> list[int]:
    stored = runtime.archive.put_bytes(b"three short words")
    return add_files(runtime.database, count, sha256=stored.sha256, size=stored.size)


@contextmanager
def working(runtime: Runtime, **options: Any) -> Iterator[threading.Thread]:
    """Run a worker of `extract` in a thread; at the end it must stop in time."""
    context = ExtractContext(runtime, TooShort(), load_taxonomy(None))
    stop = threading.Event()
    thread = threading.Thread(
        target=run_worker, args=(runtime, "extract", context, stop), kwargs=options
    )
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        started = time.monotonic()
        thread.join(timeout=20)
        assert not thread.is_alive()
        assert time.monotonic() - started < STOP_SECONDS


def all_are(runtime: Runtime, state: str) -> Callable[[], bool]:
    return lambda: {row.state for row in file_rows(runtime.database)} == {state}


def test_what_is_rung_is_worked_on(open_worker_runtime, queue_url):
    runtime = open_worker_runtime(queue_url, sweep_seconds=1000)
    with working(runtime):
        # The first sweep has found an empty table: from here on only the bell counts.
        wait_until(lambda: worker_rows(runtime), "the worker lives")
        ids = add_stored_files(runtime, 3)
        assert runtime.broker.ring(EXTRACT_FILES, ids) == 3
        wait_until(all_are(runtime, "rejected"), "files read")
    assert {row.outcome for row in file_rows(runtime.database)} == {"rejected:too_short"}


def test_what_nobody_rang_for_is_found_by_the_sweep(runtime):
    add_stored_files(runtime, 45)
    with working(runtime):
        wait_until(all_are(runtime, "rejected"), "files read")
        add_stored_files(runtime, 1)
        wait_until(all_are(runtime, "rejected"), "later files read")


def test_a_worker_that_has_nothing_to_do_stops_when_told(runtime):
    with working(runtime):
        wait_until(lambda: worker_rows(runtime), "the worker lives")


def test_rows_tried_before_are_swept_alone_and_fresh_ones_together(runtime):
    tried = add_files(runtime.database, 2, attempts=1)
    fresh = add_files(runtime.database, 3)
    assert sweep(runtime, "extract") == 5
    jobs = Queue(
        "extract", connection=runtime.broker.connect(), serializer=JSONSerializer
    ).get_jobs()
    assert [job.args[0] for job in jobs] == [fresh, [tried[0]], [tried[1]]]


def test_a_sweep_rings_only_for_its_own_queue_and_not_into_a_long_one(runtime):
    ids = add_files(runtime.database, 2)
    assert sweep(runtime, "link") == 0
    runtime.broker.ring(EXTRACT_FILES, ids * 10, singly=True)
    assert sweep(runtime, "extract") == 0


def jobs_waiting(runtime: Runtime, queue: str = "extract") -> list[list[int]]:
    waiting = Queue(queue, connection=runtime.broker.connect(), serializer=JSONSerializer)
    return [job.args[0] for job in waiting.get_jobs()]


def test_of_the_members_of_a_container_a_few_are_rung_and_whatever_else_is_due_all(runtime):
    (container,) = add_files(runtime.database, 1, state="read")
    members = add_files(runtime.database, 90, parent_id=container)
    others = add_files(runtime.database, 30)

    assert sweep(runtime, "extract") == 70
    assert jobs_waiting(runtime) == [others[:20], others[20:], members[:20], members[20:40]]


def test_while_others_wait_a_sweep_rings_for_one_job_of_members_and_a_worker_for_none(runtime):
    (container,) = add_files(runtime.database, 1, state="read")
    members = add_files(runtime.database, 50, parent_id=container)
    runtime.broker.ring(EXTRACT_FILES, [container])

    assert ring_next_of_crowd(runtime, "extract") == 0
    assert sweep(runtime, "extract") == 20
    assert jobs_waiting(runtime) == [[container], members[:20]]


def test_members_are_worked_on_without_waiting_for_sweeps(open_worker_runtime, queue_url):
    runtime = open_worker_runtime(queue_url, sweep_seconds=1000)
    stored = runtime.archive.put_bytes(b"three short words")
    (container,) = add_files(runtime.database, 1, state="rejected")
    kept = {"sha256": stored.sha256, "size": stored.size}
    members = add_files(runtime.database, 130, parent_id=container, **kept)
    with working(runtime):
        runtime.broker.ring(EXTRACT_FILES, members, at_most=CROWD_JOBS)
        wait_until(all_are(runtime, "rejected"), "members read")


def test_articles_of_members_leave_others_room_on_their_way_to_linking(runtime):
    (container,) = add_files(runtime.database, 1, state="read")
    with runtime.database.write() as connection:
        members, (lone,) = (
            [
                add_article(
                    connection, file_id=add_file(connection, parent_id=parent), state="extracted"
                )
                for _ in range(count)
            ]
            for parent, count in ((container, 60), (None, 1))
        )

    assert sweep(runtime, "link") == 41
    assert jobs_waiting(runtime, "link") == [[lone], members[:20], members[20:40]]


def test_leased_rows_are_not_swept(runtime):
    runtime.work.claim(EXTRACT, add_files(runtime.database, 2))
    assert sweep(runtime, "extract") == 0


def test_a_queue_that_was_wiped_costs_time_and_no_work(open_worker_runtime, redis_server):
    runtime = open_worker_runtime(redis_server.url)
    runtime.broker.ring(EXTRACT_FILES, add_stored_files(runtime, 60))
    redis_server.flush()
    assert runtime.broker.queued("extract") == 0
    with working(runtime):
        wait_until(all_are(runtime, "rejected"), "files read")
        runtime.broker.ring(EXTRACT_FILES, add_stored_files(runtime, 60))
        redis_server.flush()
        wait_until(all_are(runtime, "rejected"), "files read after a FLUSHALL under a live worker")


def test_a_server_killed_and_started_empty_costs_time_and_no_work(
    open_worker_runtime, redis_server
):
    runtime = open_worker_runtime(redis_server.url)
    with working(runtime):
        wait_until(lambda: worker_rows(runtime), "the worker lives")
        redis_server.stop()
        add_stored_files(runtime, 30)
        redis_server.start()
        wait_until(all_are(runtime, "rejected"), "files read")


def test_a_worker_whose_server_is_gone_still_stops_when_told(open_worker_runtime, redis_server):
    runtime = open_worker_runtime(redis_server.url)
    with working(runtime):
        wait_until(lambda: worker_rows(runtime), "the worker lives")
        redis_server.stop()


def test_a_worker_waits_for_a_server_that_is_not_up_yet(open_worker_runtime, redis_server):
    runtime = open_worker_runtime(redis_server.url)
    redis_server.stop()
    add_stored_files(runtime, 1)
    with working(runtime):
        wait_until(lambda: worker_rows(runtime), "the worker beats without Redis")
        redis_server.start()
        wait_until(all_are(runtime, "rejected"), "files read")


def test_suspending_workers_through_redis_holds_up_neither_work_nor_a_stop(
    open_worker_runtime, redis_url
):
    runtime = open_worker_runtime(redis_url)
    with Redis.from_url(redis_url) as connection:
        connection.set("rq:suspended", 1)
    add_stored_files(runtime, 1)
    with working(runtime):
        wait_until(all_are(runtime, "rejected"), "files read")


class Touch:
    """What a pickle may hold: a call of any function."""

    def __reduce__(self):
        return (hostile.job, ())


def write_job(connection: Redis, job_id: str, **fields: str | bytes) -> None:
    """Write a job into Redis as anybody with access could, without RQ's help."""
    good = json.dumps([EXTRACT_FILES, None, [[1]], {}])
    job: dict[Any, Any] = {
        "data": good,
        "status": "queued",
        "origin": "extract",
        "timeout": "-1",
    } | fields
    connection.hset(f"rq:job:{job_id}", mapping=job)
    connection.sadd("rq:queues", "rq:queue:extract")
    connection.rpush("rq:queue:extract", job_id)


CALLBACK = "tests.integration.shared.hostile.callback"
STRANGE_JOB = json.dumps(["tests.integration.shared.hostile.job", None, [[1]], {}])
HOSTILE = {
    "a function that is not ours": {"data": STRANGE_JOB},
    "a command": {"data": json.dumps(["os.system", None, ["exit 3"], {}])},
    "a method of an object": {"data": json.dumps(["system", "os", ["exit 3"], {}])},
    "a pickle": {"data": pickle.dumps(Touch())},
    "a pickled job": {"data": pickle.dumps(("os.system", None, ("exit 3",), {}))},
    "no function at all": {"data": json.dumps([None, None, [], {}])},
    "a list for a name": {"data": json.dumps([["os", "system"], None, [], {}])},
    "words for ids": {"data": json.dumps([EXTRACT_FILES, None, [["one"]], {}])},
    "an id beyond any database": {"data": json.dumps([EXTRACT_FILES, None, [[2**80]], {}])},
    "ids beyond count": {"data": json.dumps([EXTRACT_FILES, None, [list(range(70_000))], {}])},
    "too many arguments": {"data": json.dumps([EXTRACT_FILES, None, [[1], [2]], {}])},
    "arguments by name": {
        "data": json.dumps([EXTRACT_FILES, None, [], {"context": 1, "ids": [1]}])
    },
    "a callback after success": {"success_callback_name": CALLBACK},
    "a callback after failure": {"data": STRANGE_JOB, "failure_callback_name": CALLBACK},
    "a callback that is not there": {"success_callback_name": "no.such"},
    "retries for ever": {"data": STRANGE_JOB, "retries_left": "1000000"},
    "repeats for ever": {"repeats_left": "1000000", "repeat_intervals": "[0]"},
    "a time-out of nonsense": {"timeout": "soon"},
    "a status of nonsense": {"status": "dancing"},
    "a date of nonsense": {"created_at": "yesterday"},
    "bytes that are no text": {"data": b"\xff\xfe\x00"},
}


@pytest.mark.parametrize("fields", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_job_written_by_a_stranger_runs_nothing_and_the_worker_goes_on(
    open_worker_runtime, redis_url, fields
):
    runtime = open_worker_runtime(redis_url)
    hostile.called.clear()
    with Redis.from_url(redis_url) as connection, working(runtime) as thread:
        wait_until(lambda: worker_rows(runtime), "the worker lives")
        write_job(connection, "stranger", **fields)
        wait_until(lambda: not runtime.broker.queued("extract"), "the stranger's job is gone")
        add_stored_files(runtime, 1)
        wait_until(all_are(runtime, "rejected"), "files read")
        assert thread.is_alive()
    assert hostile.called == []


def test_a_job_restored_from_redis_keeps_nothing_that_rq_would_act_on(redis_url):
    broker = Broker(redis_url, max_queued=5, batch=5)
    with Redis.from_url(redis_url) as connection:
        webhook = {"url": "http://127.0.0.1:1/", "job_status": "finished"}
        write_job(
            connection,
            "stranger",
            webhooks=json.dumps([webhook]),
            stopped_callback_name=CALLBACK,
            dependency_ids=json.dumps(["another"]),
            result_ttl="-1",
            timeout="1",
        )
        job = job_class(None).fetch("stranger", connection, JSONSerializer)
    assert (job.success_callback, job.failure_callback, job.stopped_callback) == (None,) * 3
    assert (job.webhooks, job.retries_left, job.repeats_left) == ([], None, None)
    assert (job.timeout, job.result_ttl) == (-1, 0)
    broker.close()


def test_a_worker_process_ends_when_it_has_done_its_share(open_worker_runtime, redis_url):
    runtime = open_worker_runtime(redis_url, worker_jobs=2, batch=1)
    add_stored_files(runtime, 4)
    with working(runtime) as thread:
        wait_until(lambda: not thread.is_alive(), "the worker ended by itself")
    states = [row.state for row in file_rows(runtime.database)]
    assert sorted(states) == ["received", "received", "rejected", "rejected"]


def test_an_embedded_worker_goes_on_after_its_share(open_worker_runtime):
    runtime = open_worker_runtime(None, worker_jobs=2, batch=1)
    add_stored_files(runtime, 5)
    with working(runtime):
        wait_until(all_are(runtime, "rejected"), "files read")


class StopWhenTaken(threading.Event):
    """A stop that comes at the worst moment: when the last job has just left the queue."""

    def __init__(self, broker: Broker) -> None:
        super().__init__()
        self._broker = broker

    def is_set(self) -> bool:
        return not self._broker.queued("extract")

    def wait(self, timeout: float | None = None) -> bool:
        return self.is_set()


def test_a_job_in_hand_when_the_stop_comes_is_done_and_not_dropped(runtime):
    (row_id,) = add_stored_files(runtime, 1)
    runtime.broker.ring(EXTRACT_FILES, [row_id])
    context = ExtractContext(runtime, TooShort(), load_taxonomy(None))
    # Without the sweep beside it, which would ring for a dropped row again.
    worker._work(
        runtime, "extract", context, StopWhenTaken(runtime.broker), Heartbeat(runtime, "extract")
    )
    assert file_row(runtime.database, row_id).state == "rejected"


def worker_rows(runtime: Runtime) -> Sequence[Row[Any]]:
    with runtime.database.read() as connection:
        return connection.execute(select(workers)).all()


def test_a_live_worker_is_seen_in_the_database_with_its_jobs_and_gone_after_a_clean_stop(runtime):
    with working(runtime):
        wait_until(lambda: worker_rows(runtime), "the worker is seen")
        (row,) = worker_rows(runtime)
        assert (row.role, row.name.split("-")[0]) == ("extract", "extract")
    assert worker_rows(runtime) == []


def test_a_heartbeat_tells_how_many_jobs_were_done(runtime):
    heartbeat = Heartbeat(runtime, "link")
    heartbeat.beat()
    heartbeat.jobs = 7
    heartbeat.beat()
    assert [row.jobs for row in worker_rows(runtime)] == [7]


def test_the_jobs_of_a_worker_are_counted(runtime, monkeypatch):
    monkeypatch.setattr("shared.worker.HEARTBEAT_SECONDS", 0.05)
    add_stored_files(runtime, 1)
    with working(runtime):
        wait_until(lambda: any(row.jobs for row in worker_rows(runtime)), "a job is counted")


def test_rows_of_workers_that_died_long_ago_are_forgotten(open_at, database_url, frozen_clock):
    runtime = open_at(database_url, clock=frozen_clock)
    Heartbeat(runtime, "link").beat()
    frozen_clock.advance(seconds=3601)
    new = Heartbeat(runtime, "link")
    new.beat()
    assert [row.name for row in worker_rows(runtime)] == [new.name]


def test_a_heartbeat_that_cannot_be_written_is_logged_and_not_raised(open_at, tmp_path, caplog):
    runtime = open_at(f"sqlite:///{tmp_path / 'empty.db'}")
    with caplog.at_level(logging.WARNING, "newswatch.worker"):
        Heartbeat(runtime, "link").beat()
        Heartbeat(runtime, "link").end()
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]


def test_trouble_in_what_runs_beside_the_sweep_does_not_end_the_sweep(runtime):
    calls = []

    def trouble():
        calls.append(1)
        raise RuntimeError

    with working(runtime, every_sweep=trouble):
        wait_until(lambda: len(calls) > 2, "called again after trouble")
        add_stored_files(runtime, 1)
        wait_until(all_are(runtime, "rejected"), "files read")


def test_a_failing_read_is_retried_and_its_neighbours_are_read(runtime):
    good = add_stored_files(runtime, 2)
    (bad,) = add_files(runtime.database, 1, sha256="0" * 64)
    with working(runtime):
        wait_until(
            lambda: {file_row(runtime.database, row_id).state for row_id in good} == {"rejected"},
            "the neighbours read",
        )
        wait_until(lambda: file_row(runtime.database, bad).last_error, "the missing original told")
    assert file_row(runtime.database, bad).attempts == 0
