"""Nothing in the repository depends on, or tells of, the machine it was written on."""

import re

import pytest

from tests.unit.house.repository import ROOT, project_files

# Written with one-letter classes, so that this file does not find itself.
WORKSHOP = re.compile(
    r"(?<![\w.])/(?:[w]ork|[f]arm|[r]oot)/"  # folders of a workshop
    r"|(?<!\w)/[o]pt/(?:wheels|pypi)"
    r"|(?:extra-)?[i]ndex-url|[f]ind-links"  # addresses of package indexes
    r"|/[s]imple/"
    r"|[f]iles\.pythonhosted|[p]ypi\.org"
)
LARGEST = 2_000_000


def places(text: str) -> list[str]:
    lines = text.splitlines()
    return [
        f"{number}: {line.strip()[:80]}"
        for number, line in enumerate(lines, 1)
        if WORKSHOP.search(line)
    ]


def test_no_file_names_a_workshop_path_or_a_package_index():
    found = {}
    for path in project_files():
        if path.stat().st_size <= LARGEST:
            text = path.read_text("utf-8", errors="replace")
            if found_here := places(text):
                found[str(path.relative_to(ROOT))] = found_here

    assert found == {}


@pytest.mark.parametrize(
    ("line", "is_found"),
    [
        pytest.param("open('/" + "work/main/x')", True, id="a workshop path"),
        pytest.param("--index" + "-url https://example.org", True, id="an index address"),
        pytest.param("https://example.org/work/1", False, id="an address that has such a folder"),
        pytest.param("./work/now", False, id="a relative folder"),
        pytest.param("shared/work.py", False, id="our own module"),
    ],
)
def test_the_check_tells_a_workshop_from_ordinary_text(line, is_found):
    assert bool(places(line)) == is_found
