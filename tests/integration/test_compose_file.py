"""docker-compose.yml is valid by the schema, and by what the schema cannot see."""

import copy
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.settings import known_keys

COMPOSE_FILE = Path(__file__).resolve().parents[2] / "docker-compose.yml"
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_FILE.read_text("utf-8"))
SERVERS = {"postgres", "valkey"}
ONE_SHOT = {"migrate"}
COMMANDS = {
    "migrate": ["db", "upgrade"],
    "ingest": ["run", "ingest"],
    "extract": ["run", "extract"],
    "link": ["run", "link"],
    "alert": ["run", "alert"],
    "notify": ["run", "notify"],
    "console": ["run", "console"],
}
SETTINGS = {"NEWSWATCH_" + name.upper().replace(".", "_") for name in known_keys()}
SECRET_NAME = re.compile(r"PASSWORD|SECRET|TOKEN|_URL")


def unknown_references(compose: dict[str, Any]) -> Iterator[str]:
    """Yield each secret, volume, network and service that is named but not defined."""
    for name, service in compose["services"].items():
        for kind in ("secrets", "networks"):
            yield from (
                f"{name}: {kind} {x}" for x in service.get(kind, []) if x not in compose[kind]
            )
        for volume in service.get("volumes", []):
            source = volume.split(":")[0] if isinstance(volume, str) else None
            if source is not None and source not in compose["volumes"]:
                yield f"{name}: volume {source}"
        for needed in service.get("depends_on", {}):
            if needed not in compose["services"]:
                yield f"{name}: depends_on {needed}"


def impossible_conditions(compose: dict[str, Any]) -> Iterator[str]:
    """Yield each start condition that can never come true."""
    for name, service in compose["services"].items():
        for needed, wanted in service.get("depends_on", {}).items():
            other = compose["services"].get(needed, {})
            if wanted["condition"] == "service_healthy" and not has_health_check(other):
                yield f"{name}: {needed} has no health check"
            if (
                wanted["condition"] == "service_completed_successfully"
                and other.get("restart") != "no"
            ):
                yield f"{name}: {needed} is restarted for ever"


def inline_secrets(compose: dict[str, Any]) -> Iterator[str]:
    """Yield each variable that holds a secret itself, or names a file its service does not get."""
    for name, service in compose["services"].items():
        mounted = {f"/run/secrets/{secret}" for secret in service.get("secrets", [])}
        for variable, value in service.get("environment", {}).items():
            if not SECRET_NAME.search(variable):
                continue
            if not variable.endswith("_FILE") or value not in mounted:
                yield f"{name}: {variable}"


def has_health_check(service: dict[str, Any]) -> bool:
    check = service.get("healthcheck", {})
    return bool(check.get("test")) and not check.get("disable")


def problems(compose: dict[str, Any]) -> list[str]:
    checks = (unknown_references, impossible_conditions, inline_secrets)
    return [problem for check in checks for problem in check(compose)]


def validate_schema(path: Path) -> subprocess.CompletedProcess[str]:
    command = ["-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(path)]
    return subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)


def test_the_file_is_valid_by_the_compose_specification():
    done = validate_schema(COMPOSE_FILE)

    assert done.returncode == 0, done.stdout


def test_the_schema_check_finds_a_misspelt_key(tmp_path):
    broken = tmp_path / "docker-compose.yml"
    broken.write_text(COMPOSE_FILE.read_text("utf-8").replace("depends_on:", "depend_on:"), "utf-8")

    assert validate_schema(broken).returncode == 1


def test_all_that_is_named_exists_and_no_secret_stands_in_the_file():
    assert problems(COMPOSE) == []


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        pytest.param(
            ("ingest", "secrets"), ["database_uri"], "ingest: secrets database_uri", id="secret"
        ),
        pytest.param(("link", "volumes"), ["dta:/data"], "link: volume dta", id="volume"),
        pytest.param(("notify", "networks"), ["inner"], "notify: networks inner", id="network"),
        pytest.param(
            ("alert", "depends_on"),
            {"redis": {"condition": "service_started"}},
            "alert: depends_on redis",
            id="service",
        ),
        pytest.param(
            ("alert", "depends_on"),
            {"migrate": {"condition": "service_healthy"}},
            "alert: migrate has no health check",
            id="health of a one-shot",
        ),
        pytest.param(
            ("alert", "depends_on"),
            {"link": {"condition": "service_completed_successfully"}},
            "alert: link is restarted for ever",
            id="end of a service",
        ),
        pytest.param(
            ("console", "environment"),
            {"NEWSWATCH_REDIS_URL": "redis://:pw@valkey"},
            "console: NEWSWATCH_REDIS_URL",
            id="secret in the file",
        ),
        pytest.param(
            ("console", "environment"),
            {"NEWSWATCH_REDIS_URL_FILE": "/run/secrets/postgres_password"},
            "console: NEWSWATCH_REDIS_URL_FILE",
            id="secret of another service",
        ),
    ],
)
def test_a_broken_file_is_found_out(path, value, expected):
    broken = copy.deepcopy(COMPOSE)
    service, key = path
    broken["services"][service][key] = value

    assert expected in problems(broken)


def test_each_of_our_services_runs_a_command_that_the_command_line_has():
    ours = {name: service for name, service in COMPOSE["services"].items() if name not in SERVERS}

    assert {name: service["command"] for name, service in ours.items()} == COMMANDS


def test_every_setting_given_is_one_we_have():
    given = {
        variable.removesuffix("_FILE")
        for name in COMMANDS
        for variable in COMPOSE["services"][name]["environment"]
    }

    assert given - SETTINGS == set()


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_every_service_is_watched_or_ends_by_itself(name):
    service = COMPOSE["services"][name]

    assert has_health_check(service) or (name in ONE_SHOT and service["restart"] == "no")


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_every_container_is_unprivileged_and_cannot_write_its_own_files(name):
    service = COMPOSE["services"][name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "/tmp" in service["tmpfs"]
    assert not re.match(r"(root|0)(:|$)", service["user"])


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_every_image_is_named_with_its_version(name):
    assert re.search(r":\d[\w.-]*$", COMPOSE["services"][name]["image"])


def test_nothing_is_published_beyond_loopback_and_only_by_the_console():
    published = {name: s["ports"] for name, s in COMPOSE["services"].items() if "ports" in s}

    assert published == {"console": ["127.0.0.1:8300:8300"]}


def test_only_notify_and_console_leave_the_inner_network():
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    outside = {name for name, s in COMPOSE["services"].items() if "outside" in s["networks"]}
    assert outside == {"notify", "console"}


@pytest.mark.parametrize("name", ["extract", "link", "alert"])
def test_a_worker_can_be_started_several_times(name):
    service = COMPOSE["services"][name]

    assert "container_name" not in service
    assert "ports" not in service
    assert "hostname" not in service


def test_the_doorbell_keeps_what_it_is_given_and_its_password_to_itself():
    command = COMPOSE["services"]["valkey"]["command"]

    assert "appendonly yes" in command[-1]
    assert "maxmemory-policy noeviction" in command[-1]
    assert "--requirepass" not in command[-1]
