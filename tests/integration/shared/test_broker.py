"""The doorbell on both kinds of queue: what is rung, when it is not, and that it never hurts."""

import time

import pytest
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from shared.broker import EXTRACT_FILES, JOB_QUEUES, LINK_ARTICLES, QUEUES, Broker
from shared.errors import ServiceUnreachableError, SettingsError
from shared.steps import STEPS


@pytest.fixture(params=["embedded", "redis"])
def url(request):
    return request.getfixturevalue("redis_url") if request.param == "redis" else None


@pytest.fixture
def new_broker(url):
    made = []

    def make(max_queued=200, batch=20, at=url):
        made.append(Broker(at, max_queued=max_queued, batch=batch))
        return made[-1]

    yield make
    for broker in made:
        broker.close()


def rung(broker: Broker, queue: str) -> list[list[int]]:
    """Return the ids of every job in *queue*, job by job."""
    jobs = Queue(queue, connection=broker.connect(), serializer=JSONSerializer).get_jobs()
    return [job.args[0] for job in jobs]


def test_ids_are_rung_in_chunks(new_broker):
    broker = new_broker(batch=3)
    assert broker.ring(EXTRACT_FILES, range(1, 8)) == 7
    assert rung(broker, "extract") == [[1, 2, 3], [4, 5, 6], [7]]
    assert broker.queued("extract") == 3
    assert broker.queued("link") == 0


def test_rows_tried_before_are_rung_alone(new_broker):
    broker = new_broker()
    assert broker.ring(LINK_ARTICLES, [4, 5], singly=True) == 2
    assert rung(broker, "link") == [[4], [5]]


def test_nothing_is_rung_for_nobody(new_broker):
    broker = new_broker()
    assert broker.ring(EXTRACT_FILES, []) == 0
    assert broker.queued("extract") == 0


def test_a_long_queue_is_rung_no_longer(new_broker):
    broker = new_broker(max_queued=2, batch=10)
    assert broker.ring(EXTRACT_FILES, range(25)) == 20
    assert broker.ring(EXTRACT_FILES, [99]) == 0
    assert broker.queued("extract") == 2
    assert broker.ring(LINK_ARTICLES, [99]) == 1


def test_two_embedded_brokers_share_nothing():
    first, second = (Broker(None, max_queued=5, batch=5) for _ in range(2))
    first.ring(EXTRACT_FILES, [1])
    assert (first.queued("extract"), second.queued("extract")) == (1, 0)


def test_a_healthy_server_passes_the_check(new_broker):
    new_broker().check()


def test_jobs_leave_nothing_to_decode_but_json(redis_url, new_broker):
    new_broker(at=redis_url).ring(EXTRACT_FILES, [1])
    with Redis.from_url(redis_url) as connection:
        (key,) = connection.keys("rq:job:*")
        job = connection.hgetall(key)
    assert job[b"timeout"] == b"-1"
    assert job[b"result_ttl"] == b"0"
    assert not {b"success_callback_name", b"webhooks", b"retries_left"} & {
        name for name, value in job.items() if value
    }


DEAD = {
    "no such socket": "unix:///nowhere/redis.sock",
    "nobody listens": "redis://127.0.0.1:1",
}


@pytest.mark.parametrize("dead", DEAD.values(), ids=DEAD.keys())
def test_a_dead_server_is_swallowed_at_once_and_named_by_the_check(dead):
    broker = Broker(dead, max_queued=5, batch=5)
    started = time.monotonic()
    assert broker.ring(EXTRACT_FILES, [1, 2]) == 0
    assert broker.queued("extract") == 0
    assert time.monotonic() - started < 1
    with pytest.raises(ServiceUnreachableError, match="redis: ") as error:
        broker.check()
    assert error.value.exit_code == 3


def test_a_server_that_hangs_holds_up_a_ring_no_longer_than_a_second_or_so(redis_server):
    broker = Broker(redis_server.url, max_queued=200, batch=5)
    assert broker.ring(EXTRACT_FILES, [1]) == 1
    redis_server.pause()
    started = time.monotonic()
    assert broker.ring(EXTRACT_FILES, range(100)) == 0
    assert time.monotonic() - started < 2.5
    redis_server.resume()
    assert broker.ring(EXTRACT_FILES, [1]) == 1


def test_a_server_that_comes_back_is_rung_again(redis_server):
    broker = Broker(redis_server.url, max_queued=5, batch=5)
    broker.ring(EXTRACT_FILES, [1])
    redis_server.stop()
    assert broker.ring(EXTRACT_FILES, [1]) == 0
    redis_server.start()
    assert broker.ring(EXTRACT_FILES, [1]) == 1


def test_a_full_server_is_swallowed_too(redis_server):
    broker = Broker(redis_server.url, max_queued=5, batch=5)
    with Redis.from_url(redis_server.url) as connection:
        connection.config_set("maxmemory-policy", "noeviction")
        connection.config_set("maxmemory", "1")
    assert broker.ring(EXTRACT_FILES, [1]) == 0


def test_a_wrong_password_is_named_and_not_shown(redis_server):
    with Redis.from_url(redis_server.url) as connection:
        connection.config_set("requirepass", "right")
    broker = Broker(f"{redis_server.url}?password=hunter2", max_queued=5, batch=5)
    assert broker.ring(EXTRACT_FILES, [1]) == 0
    with pytest.raises(ServiceUnreachableError, match="password") as error:
        broker.check()
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize("wrong", ["http://127.0.0.1", "redis://:hun/ter2@h:1", "nonsense"])
def test_an_address_that_is_none_is_a_wrong_setting_without_its_password(wrong):
    with pytest.raises(SettingsError, match=r"redis\.url") as error:
        Broker(wrong, max_queued=5, batch=5)
    assert "hun" not in str(error.value)


def test_every_step_has_a_job_and_every_job_a_queue():
    assert {step.job for step in STEPS} == set(JOB_QUEUES)
    assert set(JOB_QUEUES.values()) == set(QUEUES)
