"""Health, readiness, metrics, hosts and headers, asked over HTTP."""

import json
import socket
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from services.comparison import Comparison
from services.console.main import serve
from shared.broker import Broker
from shared.errors import SettingsError
from shared.runtime import Runtime
from shared.tables import workers
from tests.integration.console_web.newsroom import fill
from tests.integration.console_web.serving import Console, serving

# How long a stop may take: one tick, one request, one heartbeat.
STOP_SECONDS = 3.0


def scrape(console: Console) -> dict[tuple[str, ...], float]:
    """Return every sample of a scrape by name and labels."""
    families = text_string_to_metric_families(console.get("/metrics").text)
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in families
        for sample in family.samples
    }


def test_a_healthy_console_says_ok(console_on_each_engine):
    for path in ("/healthz", "/readyz"):
        answer = console_on_each_engine.get(path)
        assert answer.status == 200
        assert json.loads(answer.text) == {"status": "ok"}


def test_health_is_503_in_words_when_the_database_file_is_gone(sqlite_runtime):
    fill(sqlite_runtime.database)
    with serving(sqlite_runtime) as console:
        assert console.get("/healthz").status == 200
        Path(sqlite_runtime.database.engine.url.database).unlink()

        for path in ("/healthz", "/readyz"):
            answer = console.get(path)
            assert answer.status == 503
            assert "the file is gone" in json.loads(answer.text)["reason"]
        assert scrape(console) == {("newswatch_database_up",): 0}


def test_health_is_503_within_two_seconds_when_the_database_hangs(sqlite_runtime, monkeypatch):
    release = threading.Event()
    with serving(sqlite_runtime) as console:
        monkeypatch.setattr(sqlite_runtime.database, "check", lambda: release.wait(20))
        started = time.monotonic()
        answer = console.get("/healthz")
        took = time.monotonic() - started
        release.set()

    assert answer.status == 503
    assert "no answer within 2 s" in answer.text
    assert took < 6


def test_health_is_503_without_its_password_when_postgres_is_stopped(open_at, postgres_server):
    url = postgres_server.create("gone").replace("postgresql://", "postgresql+psycopg://", 1)
    runtime = open_at(url)
    with serving(runtime) as console:
        postgres_server.stop()
        answer = console.get("/healthz")
        page = console.get("/")

    assert answer.status == 503
    assert page.status == 503
    assert "The database cannot be read" in page.text


def test_readiness_says_that_tables_are_missing(open_at, tmp_path):
    runtime = open_at(f"sqlite:///{tmp_path / 'empty.db'}")
    with serving(runtime) as console:
        answer = console.get("/readyz")

    assert answer.status == 503
    assert "newswatch db upgrade" in answer.text


def test_health_may_be_asked_without_wanting_the_body(console):
    answer = console.get("/healthz", method="HEAD")

    assert answer.status == 200
    assert answer.body == b""


def test_metrics_agree_with_the_rows(console_on_each_engine):
    found = scrape(console_on_each_engine)

    assert found["newswatch_database_up",] == 1
    assert found["newswatch_rows", "due", "extract"] == 2
    assert found["newswatch_rows", "dead", "deliver"] == 1
    assert 3 <= found["newswatch_oldest_due_seconds", "extract"] < 60
    assert found["newswatch_files_total", "read"] == 4
    assert found["newswatch_files_total", "rejected:too_short"] == 1
    assert found["newswatch_articles_total", "new"] == 4
    assert found["newswatch_stories",] == 2
    assert found["newswatch_alerts_total",] == 2
    assert found["newswatch_notifications", "copy_of_known", "suppressed"] == 1
    assert found["newswatch_messages", "sent"] == 1
    assert found["newswatch_messages", "dead"] == 1
    assert found["newswatch_workers", "notify"] == 1


def test_metrics_are_right_with_redis_down(newsroom, tmp_path):
    dead_broker = Broker(f"unix://{tmp_path}/no.sock", max_queued=10, batch=5)
    with serving(replace(newsroom, broker=dead_broker)) as console:
        assert scrape(console)["newswatch_rows", "due", "extract"] == 2
        assert console.get("/").status == 200
        answer = console.get("/readyz")

    assert answer.status == 503
    assert "redis" in answer.text


def test_a_foreign_host_is_refused_on_every_route(console):
    for path in ("/", "/healthz", "/metrics", "/static/console.css", "/nowhere"):
        answer = console.get(path, host="evil.example")
        assert answer.status == 421
        assert "console.allowed_hosts" in answer.text


def test_a_host_that_is_none_is_refused(console):
    assert console.get("/", host="local host").status == 400


@pytest.mark.parametrize(
    "path", ["/", "/stories/1", "/articles/4", "/alerts/1", "/nowhere", "/metrics", "/healthz"]
)
def test_every_answer_carries_the_security_headers(console, path):
    headers = console.get(path).headers

    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Set-Cookie"] is None
    assert headers["Server"] is None


def test_a_refusal_carries_the_security_headers_too(console):
    assert console.get("/", host="evil.example").headers["X-Content-Type-Options"] == "nosniff"


def test_the_style_may_be_kept_by_the_browser(console):
    answer = console.get("/static/console.css")

    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "max-age" in answer.headers["Cache-Control"]


def test_the_console_says_that_it_lives_and_leaves_no_trace(sqlite_runtime):
    with serving(sqlite_runtime) as console:
        deadline = time.monotonic() + 10
        while (found := roles(sqlite_runtime)) != ["console"] and time.monotonic() < deadline:
            threading.Event().wait(0.02)
        assert found == ["console"]
        assert console.get("/healthz").status == 200

    assert roles(sqlite_runtime) == []


def roles(runtime: Runtime) -> list[str]:
    """Return the roles that have a heartbeat row."""
    with runtime.database.read() as connection:
        return [row.role for row in connection.execute(workers.select())]


def test_the_console_stops_soon_after_it_is_told_to(sqlite_runtime):
    with serving(sqlite_runtime) as console:
        idle = socket.create_connection(("127.0.0.1", int(console.url.rsplit(":", 1)[1])))
        console.get("/")
        started = time.monotonic()
        console.stop.set()
        console.thread.join(20)
        took = time.monotonic() - started
        idle.close()

    assert not console.thread.is_alive()
    assert took < STOP_SECONDS


def test_a_port_that_is_taken_is_named(new_settings, sqlite_runtime, open_at, sqlite_url):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        runtime = open_at(sqlite_url, console={"port": port})
        with pytest.raises(SettingsError, match=rf"console\.port {port}:.*NEWSWATCH_CONSOLE_PORT"):
            serve(runtime, threading.Event(), comparing=Comparison())


def test_listening_beyond_loopback_is_refused(open_at, sqlite_url):
    runtime = open_at(sqlite_url, console={"host": "0.0.0.0"})

    with pytest.raises(SettingsError, match=r"console\.trust_network") as refused:
        serve(runtime, threading.Event(), comparing=Comparison())
    assert refused.value.exit_code == 2


def test_a_host_that_is_not_here_is_named(open_at, sqlite_url):
    runtime = open_at(sqlite_url, console={"host": "192.0.2.7", "trust_network": True})

    with pytest.raises(SettingsError, match=r"console\.host 192\.0\.2\.7"):
        serve(runtime, threading.Event(), comparing=Comparison())


def test_a_trusted_network_may_be_listened_on(open_at, sqlite_url):
    runtime = open_at(sqlite_url, console={"host": "0.0.0.0", "trust_network": True})
    with serving(runtime) as console:
        assert console.url.startswith("http://127.0.0.1:")
        assert console.get("/healthz").status == 200
