"""What is installed: from the lock by hash, and a wheel with everything the code reads."""

import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.unit.house.repository import ROOT, project_files

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
DEPENDENCIES = [*PYPROJECT["project"]["dependencies"], *PYPROJECT["dependency-groups"]["dev"]]


def locked_versions() -> dict[str, list[Version]]:
    """Return the pinned versions by name; two where the lock splits by Python version."""
    pins: dict[str, list[Version]] = {}
    for name, version in re.findall(r"^([a-z0-9.-]+)==([^ \\;]+)", LOCK, re.MULTILINE):
        pins.setdefault(canonicalize_name(name), []).append(Version(version))
    return pins


@pytest.mark.parametrize("dependency", DEPENDENCIES)
def test_the_lock_holds_a_version_that_fits(dependency):
    wanted = Requirement(dependency)
    versions = locked_versions().get(canonicalize_name(wanted.name), [])

    assert versions
    assert all(wanted.specifier.contains(version) for version in versions)


def test_every_entry_of_the_lock_has_a_hash_and_nothing_else_is_in_it():
    entries = re.split(r"^(?=\S)", LOCK, flags=re.MULTILINE)[1:]

    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert [entry.split()[0] for entry in entries if not re.match(r"[a-z0-9]", entry)] == []
    assert "://" not in LOCK


def test_the_older_rq_is_pinned_by_hash_within_what_we_support():
    overlay = (ROOT / "constraints-rq2.txt").read_text("utf-8")
    pin = re.search(r"^rq==(\S+)", overlay, re.MULTILINE)
    supported = next(r for d in DEPENDENCIES if (r := Requirement(d)).name == "rq").specifier

    assert pin is not None
    assert Version(pin[1]).major == 2
    assert supported.contains(pin[1])
    assert "--hash=sha256:" in overlay


def test_no_dependency_brings_a_package_named_like_ours():
    owners = packages_distributions()

    assert set(owners.get("services", [])) <= {"newswatch"}
    assert set(owners.get("shared", [])) <= {"newswatch"}


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("newswatch-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_carries_every_file_of_the_packages_data_included(wheel_names):
    ours = {
        str(path.relative_to(ROOT))
        for package in ("services", "shared")
        for path in project_files(ROOT / package)
    }

    assert ours - wheel_names == set()


def test_the_wheel_carries_the_licence_and_the_command_but_no_tests(wheel_names):
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in wheel_names)
    assert any(name.endswith(".dist-info/entry_points.txt") for name in wheel_names)
    assert not any(name.startswith("tests/") for name in wheel_names)
