"""The house rules that a machine can check: who imports whom, names of jobs and modules, sizes."""

import ast
import inspect
import subprocess
import sys
from importlib.metadata import distributions, packages_distributions
from pathlib import Path
from pkgutil import resolve_name

import pytest

from shared.broker import JOB_QUEUES

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("services", "shared")
SERVICES = {"ingest", "extract", "alert", "console"}
MAX_LINES = 300
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "handler"}
# What touches the world; a module that is none of these takes its data as arguments.
WORLD = {"sqlalchemy", "redis", "rq", "fakeredis", "http", "urllib.request", "smtplib", "socket"}
PURE = (
    "services/ingest/settle.py",
    "services/alert/planning.py",
    "services/alert/retries.py",
    "services/extract/events",
    "services/extract/reuse",
    "shared/query",
    "shared/model.py",
    "shared/settings/sections.py",
)


def modules(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imported(path: Path) -> set[str]:
    """Return the names a module imports, of modules and from them."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("name", JOB_QUEUES)
def test_every_job_the_doorbell_knows_is_a_function_of_a_context_and_ids(name):
    function = resolve_name(name)
    assert list(inspect.signature(function).parameters) == ["context", "ids"]


def test_jobs_belong_to_the_service_that_does_them_and_to_no_other_module():
    assert all(name.split(".")[0::2][:2] == ["services", "jobs"] for name in JOB_QUEUES)


def test_the_import_contracts_hold():
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_service_imports_another_and_shared_imports_none():
    for home in (*(f"services/{name}" for name in sorted(SERVICES)), "shared"):
        allowed = home.replace("/", ".")
        for path in modules(home):
            foreign = {
                name
                for name in imported(path)
                if name.partition("services.")[2].partition(".")[0] in SERVICES
                and not f"{name}.".startswith(f"{allowed}.")
            }
            assert not foreign, f"{short(path)} imports {sorted(foreign)}"


@pytest.mark.parametrize("place", PURE)
def test_pure_modules_touch_nothing_of_the_world(place):
    found = [ROOT / place] if place.endswith(".py") else modules(place)
    assert found
    for path in found:
        for name in imported(path):
            roots = {".".join(name.split(".")[:depth]) for depth in (1, 2)}
            assert not roots & WORLD, f"{short(path)} imports {name}"
            assert not name.startswith(("shared.database", "shared.broker")), short(path)


def test_pure_modules_read_no_clock():
    for place in PURE:
        for path in [ROOT / place] if place.endswith(".py") else modules(place):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "monotonic"}:
                    owner = ast.unparse(node.value)
                    assert owner not in {"datetime", "time", "datetime.datetime"}, (
                        f"{short(path)}:{node.lineno} reads the clock"
                    )


def written_by_hand() -> list[Path]:
    """Return every module but the history of the schema, which Alembic writes."""
    return [path for path in modules(*PACKAGES) if path.parent.name != "versions"]


@pytest.mark.parametrize("path", written_by_hand(), ids=short)
def test_no_module_outgrows_what_a_reader_takes_in_at_once(path):
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= MAX_LINES, f"{lines} lines: split it by noun"


def test_every_module_is_named_for_what_it_holds():
    vague = [short(path) for path in modules(*PACKAGES, "tests") if path.stem.lower() in VAGUE]
    folders = [
        short(path)
        for folder in PACKAGES
        for path in (ROOT / folder).rglob("*")
        if path.is_dir() and path.name.lower() in VAGUE
    ]
    assert vague + folders == []


def test_no_dependency_installs_our_top_level_names():
    owners = packages_distributions()
    ours = next(
        found.name for found in distributions() if found.name.lower().startswith("newswatch")
    )
    for package in PACKAGES:
        assert set(owners.get(package, [])) <= {ours}
        assert resolve_name(package).__file__ == str(ROOT / package / "__init__.py")
