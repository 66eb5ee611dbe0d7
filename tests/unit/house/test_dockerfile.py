import re

import pytest

from tests.unit.house.repository import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
INSTRUCTIONS = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.MULTILINE))


def test_everything_the_image_copies_enters_the_build():
    allowed = set(re.findall(r"^!(\S+)", (ROOT / ".dockerignore").read_text("utf-8"), re.MULTILINE))
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", INSTRUCTIONS, re.MULTILINE)
    sources = {source for line in copied for source in line.split()}

    assert sources == allowed
    assert [source for source in sources if not (ROOT / source).exists()] == []


def test_what_comes_from_an_index_is_installed_by_hash_and_never_built():
    installs = re.findall(r"(?:uv )?pip install[^&\n]+", INSTRUCTIONS)
    from_an_index = [install for install in installs if "--offline" not in install]

    assert len(from_an_index) == 3
    assert all("--require-hashes --only-binary :all:" in install for install in from_an_index)


def test_the_image_runs_the_command_as_an_unprivileged_user():
    last_stage = INSTRUCTIONS.rpartition("\nFROM ")[2]

    assert re.search(r"^USER 1000:0$", last_stage, re.MULTILINE)
    assert 'ENTRYPOINT ["newswatch"]' in last_stage
    assert "HEALTHCHECK" in last_stage


@pytest.mark.parametrize("tool", ["uv", "hatchling"])
def test_the_tools_of_the_build_come_from_the_lock(tool):
    lock = (ROOT / "requirements.lock").read_text("utf-8")

    assert re.search(rf"^{tool}==", lock, re.MULTILINE)
