"""Every channel keeps the contract; each keeps its own promises against a real other side."""

import base64
import fcntl
import json
import os
import socket
import ssl
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from services.alert.addresses import parse_allow_list
from services.alert.channels import CHANNELS
from services.alert.channels.contract import (
    Channel,
    ChannelSettings,
    DeliveryError,
    OutgoingMessage,
)
from services.alert.channels.guarded_http import MAX_ANSWER_BYTES, parse_target, post
from services.alert.retries import FailureKind
from tests.integration.channel_receiver import (
    Receiver,
    drips,
    floods,
    keeps_silent,
    says,
    writes,
)

KEY = "whsec_" + base64.b64encode(b"k" * 32).decode()
NEXT_KEY = "whsec_" + base64.b64encode(b"n" * 32).decode()
# For what is meant to run into the deadline; all else has the production value.
SHORT_SECONDS = 0.6
# A loaded machine may be late, but ten times the deadline would be no deadline.
MARGIN_SECONDS = 4.0
OK = says("200 OK", body=b"thanks")


def message(number: int = 1, *, title: str = "Thủ đô") -> OutgoingMessage:
    message_id = f"0b1f6c1e-4d2a-4c86-9f6e-{number:012}"
    body = json.dumps({"id": message_id, "title": title}, ensure_ascii=False).encode()
    return OutgoingMessage(message_id, datetime.now(UTC), body, "text")


def settings_for(folder: Path, *allowed: str) -> ChannelSettings:
    return ChannelSettings(
        folder=folder / "channels",
        allowed=parse_allow_list(allowed),
    )


def send(channel: Channel, sent: OutgoingMessage | None = None) -> str:
    return channel.send(sent or message(), attempted_at=datetime.now(UTC)).detail


def fail(channel: Channel, sent: OutgoingMessage | None = None) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        send(channel, sent)
    return caught.value


@pytest.fixture
def settings(tmp_path):
    return settings_for(tmp_path, "127.0.0.1")


@pytest.fixture
def hurried(settings):
    return replace(settings, deadline_seconds=SHORT_SECONDS)


@pytest.fixture
def receiving() -> Iterator[Callable[..., Receiver]]:
    with ExitStack() as stack:
        yield lambda answer, **more: stack.enter_context(Receiver(answer, **more).running())


def webhook(settings: ChannelSettings, url: str, *keys: str) -> Channel:
    return CHANNELS["webhook"]({"url": url, "secrets": list(keys or (KEY,))}, settings)


# --- the contract -----------------------------------------------------------------------------


@dataclass
class Bench:
    """A channel with its other side: what arrived, a lasting failure, and a stall."""

    channel: Channel
    received: Callable[[], list[bytes]]
    fail_for_good: Callable[[], FailureKind]
    stall: Callable[[], None]


@contextmanager
def file_bench(settings: ChannelSettings) -> Iterator[Bench]:
    path = settings.folder / "alerts.jsonl"
    with ExitStack() as stack:

        def make_it_a_folder() -> FailureKind:
            path.mkdir(parents=True)
            return FailureKind.MISCONFIGURED

        def hold_the_lock() -> None:
            path.parent.mkdir(parents=True, exist_ok=True)
            held = stack.enter_context(path.with_name("alerts.jsonl.lock").open("a"))
            fcntl.flock(held, fcntl.LOCK_EX)

        yield Bench(
            CHANNELS["file"]({"name": "alerts.jsonl"}, settings),
            lambda: path.read_bytes().splitlines(),
            make_it_a_folder,
            hold_the_lock,
        )


@contextmanager
def webhook_bench(settings: ChannelSettings) -> Iterator[Bench]:
    with Receiver(OK).running() as receiver:

        def reject() -> FailureKind:
            receiver.answer = says("404 Not Found")
            return FailureKind.REJECTED

        def stall() -> None:
            receiver.answer = keeps_silent

        yield Bench(
            webhook(settings, receiver.url),
            lambda: [request.body for request in receiver.requests],
            reject,
            stall,
        )


BENCHES = {"file": file_bench, "webhook": webhook_bench}


@pytest.fixture(params=BENCHES)
def bench(request, settings):
    with BENCHES[request.param](settings) as made:
        yield made


def test_every_channel_has_a_bench():
    assert set(BENCHES) == set(CHANNELS)


def test_channel_delivers_the_exact_body(bench):
    assert send(bench.channel)
    assert bench.received() == [message().body]


def test_repeated_message_carries_the_same_id(bench):
    send(bench.channel)
    send(bench.channel)

    assert [json.loads(body)["id"] for body in bench.received()] == [message().id] * 2


def test_failure_says_its_kind_and_whether_a_retry_helps(bench):
    kind = bench.fail_for_good()

    error = fail(bench.channel)

    assert (error.kind, error.is_retryable) == (kind, False)
    assert error.failure.detail


@pytest.mark.parametrize("kind", BENCHES)
def test_channel_answers_within_its_deadline(hurried, kind):
    with BENCHES[kind](hurried) as bench:
        bench.stall()
        started = time.monotonic()

        error = fail(bench.channel)

    assert time.monotonic() - started < SHORT_SECONDS + MARGIN_SECONDS
    assert (error.kind, error.is_retryable) == (FailureKind.TIMED_OUT, True)


# --- webhook ----------------------------------------------------------------------------------


def test_library_verifies_what_arrived_under_either_secret(settings, receiving):
    receiver = receiving(OK)

    send(webhook(settings, receiver.url, NEXT_KEY, KEY))

    (request,) = receiver.requests
    assert request.line == "POST /hook/t0ken-of-the-receiver HTTP/1.1"
    assert request.headers["content-type"] == "application/json"
    for key in (KEY, NEXT_KEY):
        assert Webhook(key).verify(request.body, request.headers)["title"] == "Thủ đô"


def test_each_attempt_has_its_own_timestamp_under_one_id(settings, receiving):
    receiver = receiving(OK)
    channel = webhook(settings, receiver.url)
    now = datetime.now(UTC)

    for attempted_at in (now, now + timedelta(seconds=60)):
        channel.send(message(), attempted_at=attempted_at)

    first, second = (request.headers for request in receiver.requests)
    assert first["webhook-id"] == second["webhook-id"] == message().id
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 60
    assert first["webhook-signature"] != second["webhook-signature"]


@pytest.mark.parametrize(
    ("answer", "kind", "retryable", "status"),
    [
        pytest.param(says("500 Oops"), FailureKind.SERVER_ERROR, True, 500, id="500"),
        pytest.param(says("429 Slow down"), FailureKind.BUSY, True, 429, id="429"),
        pytest.param(says("410 Gone"), FailureKind.GONE, False, 410, id="410"),
        pytest.param(says("403 No"), FailureKind.REJECTED, False, 403, id="403"),
        pytest.param(writes(b""), FailureKind.UNREACHABLE, True, None, id="closes at once"),
        pytest.param(writes(b"SSH-2.0\r\n"), FailureKind.BAD_ANSWER, True, None, id="not HTTP"),
        pytest.param(floods(b""), FailureKind.BAD_ANSWER, True, None, id="endless status line"),
        pytest.param(
            floods(b"HTTP/1.1 200 OK\r\nX: "),
            FailureKind.BAD_ANSWER,
            True,
            None,
            id="endless header",
        ),
    ],
)
def test_answer_that_is_no_receipt_has_its_kind(
    settings, receiving, answer, kind, retryable, status
):
    receiver = receiving(answer)

    error = fail(webhook(settings, receiver.url))

    assert (error.kind, error.is_retryable) == (kind, retryable)
    assert error.failure.status == status
    assert f"127.0.0.1:{receiver.port}" in error.failure.detail


def test_receiver_that_drips_its_head_ends_at_the_deadline(hurried, receiving):
    receiver = receiving(drips(b"HTTP/1.1 20"))
    started = time.monotonic()

    error = fail(webhook(hurried, receiver.url))

    assert error.kind is FailureKind.TIMED_OUT
    assert time.monotonic() - started < SHORT_SECONDS + MARGIN_SECONDS


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        pytest.param("120", 120, id="seconds"),
        pytest.param("in an hour", 3600, id="date"),
        pytest.param("Wed, 21 Oct 2015 07:28:00 GMT", 0, id="date gone by"),
        pytest.param("soon", None, id="nonsense"),
        pytest.param("-5", None, id="negative"),
        pytest.param("9" * 400, None, id="absurd"),
    ],
)
def test_retry_after_is_read(settings, receiving, value, seconds):
    if value == "in an hour":
        value = format_datetime(datetime.now(UTC) + timedelta(hours=1))
    receiver = receiving(says("429 Slow down", f"Retry-After: {value}"))

    found = fail(webhook(settings, receiver.url)).failure.retry_after_seconds

    assert found == (None if seconds is None else pytest.approx(seconds, abs=60))


def test_redirect_is_named_and_not_followed(settings, receiving):
    elsewhere = receiving(OK)
    receiver = receiving(says("301 Moved", f"Location: {elsewhere.url}"))

    error = fail(webhook(settings, receiver.url))

    assert (error.kind, error.is_retryable) == (FailureKind.REDIRECTED, False)
    assert "redirect" in error.failure.detail
    assert elsewhere.requests == []


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(drips(b"HTTP/1.1 200 OK\r\n\r\n"), id="drips its body"),
        pytest.param(floods(b"HTTP/1.1 200 OK\r\n\r\n"), id="endless body"),
        pytest.param(
            floods(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n"), id="chunk"
        ),
        pytest.param(writes(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), id="cut short"),
    ],
)
def test_accepted_message_stays_accepted_whatever_the_body_does(settings, receiving, answer):
    receiver = receiving(answer)
    patient = replace(settings, deadline_seconds=2.0)
    started = time.monotonic()

    detail = send(webhook(patient, receiver.url))

    assert "answered 200" in detail
    assert "not read to its end" in detail
    assert len(detail) < 500
    assert time.monotonic() - started < patient.deadline_seconds + MARGIN_SECONDS


def test_no_more_than_64_kilobytes_are_read(settings, receiving):
    receiver = receiving(floods(b"HTTP/1.1 200 OK\r\n\r\n"))

    answer = post(parse_target(receiver.url), {}, b"{}", settings)

    assert 0 < len(answer.body) <= MAX_ANSWER_BYTES
    assert not answer.is_whole


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(says("200 OK", body=b"thanks"), id="with a length"),
        pytest.param(writes(b"HTTP/1.1 200 OK\r\n\r\nthanks"), id="ended by closing"),
        pytest.param(
            writes(
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nthanks\r\n0\r\n\r\n"
            ),
            id="chunked",
        ),
        pytest.param(
            writes(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 OK\r\n\r\nthanks"), id="after 100"
        ),
    ],
)
def test_whole_answer_is_shown(settings, receiving, answer):
    assert send(webhook(settings, receiving(answer).url)).endswith(": thanks")


def test_receiver_that_reads_nothing_ends_at_the_deadline(hurried):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}/"
        big = replace(message(), body=b"x" * 50_000_000)

        assert fail(webhook(hurried, url), big).kind is FailureKind.TIMED_OUT


def test_refused_connection_may_be_retried(settings):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"

    error = fail(webhook(settings, url))

    assert (error.kind, error.is_retryable) == (FailureKind.UNREACHABLE, True)
    assert "refused" in error.failure.detail


def test_error_page_that_repeats_the_path_does_not_leak_its_token(settings, receiving):
    page = b"cannot POST /hook/t0ken-of-the-receiver\x1b[2J"
    receiver = receiving(says("404 Not Found", body=page))

    error = fail(webhook(settings, receiver.url))

    assert "t0ken" not in f"{error} {error.failure!r}"
    assert "\x1b" not in error.failure.detail
    assert "cannot POST /hook/[hidden]" in error.failure.detail


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1"])
def test_internal_address_is_refused_unless_allowed_however_it_is_written(
    tmp_path, receiving, host
):
    receiver = receiving(OK)

    error = fail(webhook(settings_for(tmp_path), f"http://{host}:{receiver.port}/"))

    assert (error.kind, error.is_retryable) == (FailureKind.ADDRESS_REFUSED, False)
    assert receiver.requests == []


def test_name_is_resolved_once_and_the_checked_address_is_used(settings, receiving):
    receiver = receiving(OK)
    answers = iter([["127.0.0.1"]])  # a second lookup would fail the test
    pinned = replace(settings, resolve=lambda host, port: next(answers))

    send(webhook(pinned, f"http://receiver.test:{receiver.port}/"))

    assert receiver.requests[0].headers["host"] == f"receiver.test:{receiver.port}"


def test_name_with_one_internal_address_is_refused_whole(tmp_path, receiving):
    receiver = receiving(OK)
    mixed = replace(settings_for(tmp_path), resolve=lambda host, port: ["127.0.0.1", "8.8.8.8"])

    error = fail(webhook(mixed, f"http://receiver.test:{receiver.port}/"))

    assert error.kind is FailureKind.ADDRESS_REFUSED
    assert receiver.requests == []


def test_second_address_is_tried_when_the_first_is_dead(tmp_path, receiving):
    receiver = receiving(OK)
    allowed = settings_for(tmp_path, "127.0.0.0/8")
    two = replace(allowed, resolve=lambda host, port: ["127.0.0.9", "127.0.0.1"])

    assert send(webhook(two, f"http://receiver.test:{receiver.port}/"))


def test_name_lookup_that_hangs_ends_at_the_deadline(hurried):
    released = threading.Event()

    def hang(host, port):
        released.wait(30)
        return ["127.0.0.1"]

    error = fail(webhook(replace(hurried, resolve=hang), "http://receiver.test/"))
    released.set()

    assert error.kind is FailureKind.TIMED_OUT


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(socket.gaierror(socket.EAI_NONAME, "Name or service not known"), id="unknown"),
        pytest.param(UnicodeError("label too long"), id="not a name"),
    ],
)
def test_name_that_cannot_be_resolved_may_be_retried(settings, trouble):
    def refuse(host, port):
        raise trouble

    error = fail(webhook(replace(settings, resolve=refuse), "http://receiver.test/"))

    assert (error.kind, error.is_retryable) == (FailureKind.UNREACHABLE, True)


def test_proxies_of_the_environment_are_not_used(settings, receiving, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")

    assert send(webhook(settings, receiving(OK).url))


def anonymous_tls(purpose: int) -> ssl.SSLContext:
    """TLS without certificates, so that no key has to be kept with the tests."""
    context = ssl.SSLContext(purpose)
    if purpose == ssl.PROTOCOL_TLS_CLIENT:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AECDH-AES256-SHA:@SECLEVEL=0")
    return context


def test_tls_asks_for_the_name_at_the_checked_address(settings, receiving):
    asked = []
    server = anonymous_tls(ssl.PROTOCOL_TLS_SERVER)
    server.sni_callback = lambda _socket, name, _context: asked.append(name)
    receiver = receiving(OK, tls=server)
    pinned = replace(
        settings,
        resolve=lambda host, port: ["127.0.0.1"],
        tls=anonymous_tls(ssl.PROTOCOL_TLS_CLIENT),
    )

    send(webhook(pinned, f"https://receiver.test:{receiver.port}/"))

    assert asked == ["receiver.test"]
    assert receiver.requests[0].headers["host"] == f"receiver.test:{receiver.port}"


def test_receiver_without_a_certificate_is_not_trusted(settings, receiving):
    receiver = receiving(OK, tls=anonymous_tls(ssl.PROTOCOL_TLS_SERVER))
    pinned = replace(settings, resolve=lambda host, port: ["127.0.0.1"])

    error = fail(webhook(pinned, f"https://receiver.test:{receiver.port}/"))

    assert (error.kind, error.is_retryable) == (FailureKind.TLS_FAILED, True)
    assert receiver.requests == []


def test_handshake_that_never_comes_ends_at_the_deadline(hurried):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"https://127.0.0.1:{deaf.getsockname()[1]}/"

        assert fail(webhook(hurried, url)).kind is FailureKind.TIMED_OUT


# --- file -------------------------------------------------------------------------------------


def file_channel(settings: ChannelSettings) -> Channel:
    return CHANNELS["file"]({"name": "alerts.jsonl"}, settings)


def test_file_and_folder_are_for_their_owner_only(settings):
    send(file_channel(settings))

    assert stat.S_IMODE((settings.folder / "alerts.jsonl").stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["alerts.jsonl", "alerts.jsonl.lock"])
def test_link_is_not_followed(settings, tmp_path, name):
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine\n")
    settings.folder.mkdir()
    (settings.folder / name).symlink_to(victim)

    error = fail(file_channel(settings))

    assert error.kind is FailureKind.MISCONFIGURED
    assert str(settings.folder) not in error.failure.detail
    assert victim.read_bytes() == b"mine\n"


def test_named_pipe_is_refused_without_waiting_for_its_reader(settings):
    settings.folder.mkdir()
    os.mkfifo(settings.folder / "alerts.jsonl")

    assert fail(file_channel(settings)).kind is FailureKind.MISCONFIGURED


def test_body_of_two_lines_is_refused(settings):
    error = fail(file_channel(settings), replace(message(), body=b'{\n"id": 1}'))

    assert error.kind is FailureKind.MISCONFIGURED
    assert not (settings.folder / "alerts.jsonl").exists()


def test_full_file_is_numbered_and_nothing_is_deleted(settings):
    channel = file_channel(replace(settings, rotate_bytes=200))

    details = [send(channel, message(n)) for n in range(10)]

    assert any("alerts.jsonl.1 now" in detail for detail in details)
    numbered = sorted(settings.folder.glob("alerts.jsonl.[0-9]*"), key=lambda p: int(p.suffix[1:]))
    told = [
        json.loads(line)["id"]
        for path in [*numbered, settings.folder / "alerts.jsonl"]
        for line in path.read_text("utf-8").splitlines()
    ]
    assert told == [message(n).id for n in range(10)]
    assert all(path.stat().st_size <= 200 for path in numbered)


def test_line_larger_than_the_limit_is_still_written_whole(settings):
    send(file_channel(replace(settings, rotate_bytes=10)))

    assert (settings.folder / "alerts.jsonl").read_bytes() == message().body + b"\n"


def test_half_a_line_left_by_a_power_cut_spoils_only_itself(settings):
    settings.folder.mkdir()
    path = settings.folder / "alerts.jsonl"
    path.write_bytes(b'{"id": "ha')

    send(file_channel(settings))

    assert path.read_bytes() == b'{"id": "ha\n' + message().body + b"\n"


def test_many_writers_never_mix_their_lines_even_while_the_file_rotates(settings):
    patient = replace(settings, rotate_bytes=5_000, deadline_seconds=60.0)

    def write(writer: int) -> None:
        for number in range(20):
            send(file_channel(patient), message(writer * 100 + number, title="x" * 200))

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    paths = [path for path in settings.folder.iterdir() if path.suffix != ".lock"]
    told = [json.loads(line)["id"] for path in paths for line in path.read_bytes().splitlines()]
    assert sorted(told) == [message(w * 100 + n).id for w in range(6) for n in range(20)]


FULL_DISK = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from services.alert.channels import CHANNELS
from services.alert.channels.contract import ChannelSettings, DeliveryError, OutgoingMessage

channel = CHANNELS["file"]({"name": "a.jsonl"}, ChannelSettings(Path(sys.argv[1])))
now = datetime.now(UTC)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
channel.send(OutgoingMessage("m1", now, b"1" * 60, ""), attempted_at=now)
try:
    channel.send(OutgoingMessage("m2", now, b"2" * 60, ""), attempted_at=now)
except DeliveryError as error:
    print(error.kind, error.is_retryable)
"""


def test_full_disk_leaves_no_half_line_and_may_be_retried(tmp_path):
    root = Path(__file__).parents[2]

    ran = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path)],
        capture_output=True, text=True, check=True, cwd=root, timeout=60,
    )  # fmt: skip

    assert ran.stdout == "storage_failed True\n"
    assert (tmp_path / "a.jsonl").read_bytes() == b"1" * 60 + b"\n"
