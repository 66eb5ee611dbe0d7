"""What linking costs is measured on throwaway databases, which are gone afterwards."""

import json

import psycopg
import pytest

from services.benchmarks.link import LinkPlan, measure
from services.benchmarks.throwaway import throwaway_folder, throwaway_postgresql
from services.cli.app import run
from shared.errors import ServiceUnreachableError

PLAN = LinkPlan(sizes=(8, 16), measured=2, per_day=50, processes=1)


def test_every_figure_is_measured_at_every_size(empty_database_url, tmp_path):
    said: list[str] = []
    first, second = measure(empty_database_url, tmp_path, PLAN, said.append)

    assert (first.articles, second.articles) == (8, 16)
    assert first.ratio == 1.0
    assert first.warm.p95_ms >= first.warm.p50_ms > 0
    assert first.cold.cpu_mean_ms > 0
    assert second.candidates >= 0
    assert second.memory_mb > 10
    assert second.tables["articles"].rows == 1.0
    assert second.tables["article_profiles"].rows == 1.0
    assert 20 < second.tables["article_fingerprints"].rows < 300
    assert all(size.bytes > 0 for name, size in second.tables.items() if size.rows)
    assert any("8 of 8 articles" in words for words in said)


def test_nothing_is_left_of_a_throwaway_folder_or_database(tmp_path, empty_postgres_url):
    server = empty_postgres_url.replace("+psycopg", "")
    with throwaway_folder(tmp_path) as folder, throwaway_postgresql(server, folder) as address:
        name = address.rpartition("/")[2]
        with psycopg.connect(address.replace("+psycopg", "")) as connection:
            assert connection.info.dbname == name
    assert not list(tmp_path.iterdir())
    with psycopg.connect(server) as connection:
        left = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        assert left.fetchone() is None


def test_server_that_is_not_there_is_said(tmp_path):
    with (
        pytest.raises(ServiceUnreachableError, match="no database to measure in"),
        throwaway_postgresql("postgresql://nobody@127.0.0.1:1/none", tmp_path),
    ):
        pass


def test_sizes_that_are_none_are_refused_with_an_example(capsys):
    assert run(["bench", "link", "--sizes", "1000,many"]) == 2
    assert "1000,10000" in capsys.readouterr().err


def test_command_gives_its_figures_as_json(tmp_path, capsys):
    arguments = ["bench", "link", "--sizes", "5", "--engine", "sqlite", "--articles", "2"]
    assert run([*arguments, "--folder", str(tmp_path), "--processes", "1", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert [each["articles"] for each in shown["figures"]] == [5]
    assert not list(tmp_path.iterdir())
