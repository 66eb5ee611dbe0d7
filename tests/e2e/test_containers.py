"""docker-compose.yml without a container engine: each service's own command as a process.

The environment is that of the compose file, with folders for its mounts, and a real Redis and
PostgreSQL, both with passwords, for its servers.
"""

import json
import re
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import yaml
from psycopg import sql
from redis import Redis

from shared.database import Database
from tests.e2e.books import Books
from tests.e2e.commanding import RULES, Answer, Commands, Running, ask
from tests.e2e.corpus import QUARRY, QUARRY_TITLE
from tests.servers import RedisServer
from tests.waiting import wait_until

COMPOSE: dict[str, Any] = yaml.safe_load(
    (Path(__file__).resolve().parents[2] / "docker-compose.yml").read_text("utf-8")
)
SERVERS = ("postgres", "valkey")
SERVICES = [name for name in COMPOSE["services"] if name not in (*SERVERS, "migrate")]
# What the image sets, and what only a container may do: listen on every address of its own.
IMAGE = {"NEWSWATCH_DATA_DIR": "/data", "NEWSWATCH_INBOX_DIR": "/inbox"}
HERE = {"NEWSWATCH_CONSOLE_HOST": "127.0.0.1", "NEWSWATCH_CONSOLE_PORT": "0"}
PASSWORD = "r1ght-" + uuid4().hex


@pytest.fixture
def protected_postgres_url(empty_postgres_url: str) -> Iterator[str]:
    """An empty database whose owner needs a password."""
    user = f"owner_{uuid4().hex}"
    name = empty_postgres_url.rpartition("/")[2]
    with psycopg.connect(empty_postgres_url, autocommit=True) as connection:
        role, owned = sql.Identifier(user), sql.Identifier(name)
        create = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, sql.Literal(PASSWORD))
        connection.execute(create)
        connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(owned, role))
        found = connection.execute("SHOW hba_file").fetchone()
        assert found is not None
        access = Path(found[0])
        before = access.read_text("utf-8")
        access.write_text(f"host all {user} 127.0.0.1/32 scram-sha-256\n{before}", "utf-8")
        connection.execute("SELECT pg_reload_conf()")
        yield empty_postgres_url.replace("postgres@", f"{user}:{PASSWORD}@")
        access.write_text(before, "utf-8")
        connection.execute("SELECT pg_reload_conf()")
        # Its database is dropped after this; a role that owns one cannot be.
        connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO postgres").format(owned))
        connection.execute(sql.SQL("REASSIGN OWNED BY {} TO postgres").format(role))
        connection.execute(sql.SQL("DROP OWNED BY {}").format(role))
        connection.execute(sql.SQL("DROP ROLE {}").format(role))


@pytest.fixture
def protected_redis_url(redis_server: RedisServer) -> str:
    """A Redis that needs a password, set up as the compose file does."""
    with Redis.from_url(redis_server.url) as connection:
        connection.config_set("maxmemory-policy", "noeviction")
        connection.config_set("requirepass", PASSWORD)
    return redis_server.url.replace("unix://", f"unix://:{PASSWORD}@")


class Stack:
    """The services of the compose file, in one folder."""

    def __init__(self, folder: Path, database_url: str, redis_url: str) -> None:
        self.commands = Commands(folder)
        self.mounts = {path: folder / path.strip("/") for path in ("/data", "/inbox")}
        for mount in self.mounts.values():
            mount.mkdir()
        self.secrets = folder / "secrets"
        self.secrets.mkdir()
        (self.secrets / "database_url").write_text(database_url, "utf-8")
        (self.secrets / "redis_url").write_text(redis_url, "utf-8")

    def environment(self, service: str) -> dict[str, str]:
        """Return what the compose file and the image give a service, with our paths."""
        given = IMAGE | COMPOSE["services"][service]["environment"]
        there = {name: HERE.get(name, value) for name, value in given.items()}
        return {name: self._path(value) for name, value in there.items()}

    def _path(self, value: str) -> str:
        if value.startswith("/run/secrets/"):
            return str(self.secrets / value.rpartition("/")[2])
        return str(self.mounts.get(value, value))

    def health_check(self, service: str) -> list[str]:
        """Return the arguments of `newswatch` that the compose file has for its health."""
        first, program, *arguments = COMPOSE["services"][service]["healthcheck"]["test"]
        assert (first, program) == ("CMD", "newswatch")
        return list(arguments)

    def run(self, service: str, *arguments: str) -> Answer:
        """Run one command in the place of a service, to its end."""
        return self.commands.run(*arguments, **self.environment(service))

    def check(self, service: str) -> tuple[int, str]:
        """Run the health check of a service, here."""
        answer = ask(*self.health_check(service), **self.environment(service))
        return answer.code, answer.out + answer.err


@pytest.fixture
def stack(tmp_path: Path, protected_postgres_url: str, protected_redis_url: str) -> Stack:
    return Stack(tmp_path, protected_postgres_url, protected_redis_url)


def test_every_service_starts_works_is_healthy_and_stops(stack: Stack, protected_postgres_url: str):
    stack.commands.inbox = stack.mounts["/inbox"]
    (stack.commands.folder / "rules.toml").write_text(RULES, "utf-8")
    with ExitStack() as running:
        # Before the migration, as `docker compose up` would not: they wait for it.
        services = {
            name: running.enter_context(
                stack.commands.running(
                    *COMPOSE["services"][name]["command"], **stack.environment(name)
                )
            )
            for name in SERVICES
        }
        assert stack.run("migrate", *COMPOSE["services"]["migrate"]["command"]).code == 0
        assert stack.run("console", "rules", "sync", "rules.toml").code == 0
        console = address_of(services["console"])
        stack.commands.drop("quarry.txt", f"{QUARRY_TITLE}\n\n{QUARRY}")

        paper = stack.mounts["/data"] / "channels" / "paper.jsonl"
        wait_until(
            lambda: paper.exists() and paper.read_text("utf-8"), "a line in the file", seconds=60
        )

        database = Database(protected_postgres_url.replace("postgresql:", "postgresql+psycopg:"))
        ledger = Books(database).ledger()
        database.close()
        assert [(row.rule, row.file, row.reason) for row in ledger] == [
            ("quarry", "quarry.txt", "first_in_story")
        ]
        assert QUARRY_TITLE in json.loads(paper.read_text("utf-8").splitlines()[0])["summary"]
        assert list(stack.mounts["/inbox"].iterdir()) == []
        with urllib.request.urlopen(f"{console}/healthz", timeout=10) as answer:
            assert answer.status == 200
        health = {name: stack.check(name) for name in SERVICES}
        assert health == dict.fromkeys(SERVICES, (0, ""))

        for service in services.values():
            service.process.terminate()
        ended = {name: service.process.wait(30) for name, service in services.items()}
        logs = {name: service.err for name, service in services.items()}
    assert ended == dict.fromkeys(SERVICES, 0)
    assert not any("Traceback" in log for log in logs.values()), logs
    assert not any(PASSWORD in log for log in logs.values())


def address_of(console: Running) -> str:
    console.wait_for("console: http://")
    found = re.search(r"console: (http://\S+)", console.err)
    assert found is not None
    return found[1]


def test_an_unhealthy_service_says_no_without_words(stack: Stack, protected_redis_url: str):
    (stack.secrets / "redis_url").write_text(protected_redis_url + "-gone", "utf-8")
    assert stack.run("migrate", *COMPOSE["services"]["migrate"]["command"]).code == 0

    # The console needs no doorbell; who works does.
    assert stack.check("console") == (0, "")
    assert stack.check("link") == (1, "")


def test_each_health_check_is_that_of_its_own_service():
    for name in SERVICES:
        test = COMPOSE["services"][name]["healthcheck"]["test"]
        assert test == ["CMD", "newswatch", "doctor", "--role", name, "--quiet"]


def test_a_wrong_password_of_postgresql_is_one_clear_line(
    stack: Stack, protected_postgres_url: str
):
    wrong = protected_postgres_url.replace(PASSWORD, "hush")
    (stack.secrets / "database_url").write_text(wrong, "utf-8")

    answer = stack.run("console", "stories")
    with stack.commands.running("run", "link", **stack.environment("link")) as run:
        run.wait_for("password authentication failed")
        assert run.stop() == 0

    assert (answer.code, answer.out) == (3, "")
    assert answer.err.count("\n") == 1
    assert re.match(r"newswatch: database postgresql\+psycopg://owner_\w+:\*\*\*@127", answer.err)
    assert "password authentication failed" in answer.err
    assert run.err.count("\n") == 1
    assert "hush" not in answer.err + run.err
