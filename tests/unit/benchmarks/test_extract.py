"""The measure of reading pages: its pages, its figures, its command."""

import gzip
import json

import pytest

from services.benchmarks.extract import measure, page_files
from services.cli.app import run
from shared.errors import SettingsError

_PAGE = b"<html><body><article>%s</article></body></html>" % (
    b"<p>The mayor opened the new bridge over the harbour on Monday, and many came to see it.</p>"
    * 6
)
_FIGURES = {
    "pages", "megabytes", "refused", "repeats", "pages_per_second", "p50_ms", "p95_ms",
    "trafilatura_pages_per_second", "ratio", "megabytes_per_second", "peak_memory_mb",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "below").mkdir()
    (tmp_path / "one.html").write_bytes(_PAGE)
    (tmp_path / "below" / "two.html.gz").write_bytes(gzip.compress(b"<html><p>Short.</p></html>"))
    (tmp_path / "note.txt").write_text("no page")
    return tmp_path


def test_pages_are_sought_in_folders_below_and_packed_ones_count(folder):
    assert [file.name for file in page_files(folder)] == ["two.html.gz", "one.html"]


def test_folder_without_pages_is_said(tmp_path):
    with pytest.raises(SettingsError, match="holds no page"):
        page_files(tmp_path)


def test_every_figure_is_measured_and_refused_pages_are_counted(folder):
    figures = measure(page_files(folder), repeats=1)

    assert (figures.pages, figures.refused, figures.repeats) == (2, 1, 1)
    assert figures.pages_per_second > 0
    assert figures.ratio > 0
    assert figures.p95_ms >= figures.p50_ms > 0
    assert figures.peak_memory_mb > 10


def test_command_gives_its_figures_as_json(folder, capsys):
    arguments = ["bench", "extract", "--pages", str(folder), "--repeats", "1", "--json"]

    assert run(arguments) == 0

    shown = json.loads(capsys.readouterr().out)
    assert shown.keys() == {"folder", "are_samples", *_FIGURES}
    assert (shown["folder"], shown["are_samples"], shown["pages"]) == (str(folder), False, 2)


def test_command_says_that_it_measures_the_samples(capsys):
    assert run(["bench", "extract", "--repeats", "1"]) == 0

    said = capsys.readouterr().out
    assert "the samples" in said
    assert "ratio" in said
