import re
from pathlib import Path

import pytest

from tests.unit.house.repository import ROOT, anchors, links, markdown_pages

PAGES = [pytest.param(page, id=str(page.relative_to(ROOT))) for page in markdown_pages()]


def leads_nowhere(page: Path, target: str) -> bool:
    if re.match(r"[a-z]+:", target):
        return False
    path, _, anchor = target.partition("#")
    file = (page.parent / path).resolve() if path else page
    if not file.is_relative_to(ROOT) or not file.exists():
        return True
    return bool(anchor) and anchor not in anchors(file.read_text("utf-8"))


def broken_links(page: Path) -> list[str]:
    return [t for t in links(page.read_text("utf-8")) if leads_nowhere(page, t)]


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere_inside_the_repository(page):
    assert broken_links(page) == []


@pytest.mark.parametrize(
    ("target", "is_broken"),
    [
        pytest.param("there.md", False, id="an existing page"),
        pytest.param("there.md#a-heading-with-code", False, id="an existing heading"),
        pytest.param("there.md#no-such-heading", True, id="a missing heading"),
        pytest.param("nowhere.md", True, id="a missing page"),
        pytest.param("../../elsewhere.md", True, id="a page outside the repository"),
        pytest.param("https://example.org/", False, id="an address on the web"),
    ],
)
def test_the_link_check_tells_good_from_broken(tmp_path, monkeypatch, target, is_broken):
    monkeypatch.setattr("tests.unit.house.test_documents.ROOT", tmp_path)
    (tmp_path / "there.md").write_text("# A heading, with `code`\n", "utf-8")
    page = tmp_path / "page.md"
    page.write_text(f"See [this]({target}).\n", "utf-8")

    assert bool(broken_links(page)) == is_broken


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_a_page_names_exists(page):
    # As a command: in back quotes, or at the start of a line of a shell block.
    named = re.findall(r"(?:`|^\$? ?)make ([a-z]+)", page.read_text("utf-8"), re.MULTILINE)

    assert set(named) - make_targets() == set()


def test_the_makefile_explains_each_of_its_targets():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    explained = set(re.findall(r"^([a-z]+):.*## \S", makefile, re.MULTILINE))

    assert make_targets() == explained
    assert explained == {"help", "setup", "demo", "run", "test", "check", "lock", "clean"}


def test_every_term_of_the_glossary_stands_once():
    rows = re.findall(
        r"^\| \*\*(.+?)\*\*", (ROOT / "docs/glossary.md").read_text("utf-8"), re.MULTILINE
    )

    assert len(rows) > 20
    assert len(rows) == len(set(rows))


def test_the_changelog_knows_the_version_of_the_code():
    version = re.search(
        r'"(.+?)"', (ROOT / "services/__init__.py").read_text("utf-8").split("=")[1]
    )

    assert version is not None
    assert f"## [{version[1]}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")
