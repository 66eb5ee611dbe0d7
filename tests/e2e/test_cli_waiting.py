"""`add --wait` and roles as processes: what they wait for, what they hold, how many work."""

import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

import services.alert.main
from services import waiting
from services.cli.running import _notify
from services.embedded import free_abandoned_leases, work_beside_others
from services.ingest.main import add_paths
from shared.runtime import Runtime, open_runtime
from shared.tables import files
from shared.topics import Taxonomy, load_taxonomy
from tests.e2e.corpus import QUARRY, QUARRY_TITLE
from tests.integration.shared.rows import add_files


def test_waiting_for_a_row_that_is_not_due_builds_once_and_rests_between_looks(
    sqlite_runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "quarry.txt").write_text(f"{QUARRY_TITLE}\n\n{QUARRY}", "utf-8")
    recorded, _ = add_paths(sqlite_runtime, [tmp_path / "quarry.txt"])
    with sqlite_runtime.database.write() as connection:
        due_at = sqlite_runtime.database.now(connection) + timedelta(seconds=0.5)
        connection.execute(update(files).values(next_attempt_at=due_at))
    built: list[Taxonomy] = []
    rests: list[float] = []

    def build(folder: Path | None) -> Taxonomy:
        built.append(load_taxonomy(folder))
        return built[0]

    def rest(seconds: float) -> None:
        rests.append(seconds)
        threading.Event().wait(seconds)

    monkeypatch.setattr(waiting, "load_taxonomy", build)
    monkeypatch.setattr(time, "sleep", rest)
    waiting.wait_for_fates(sqlite_runtime, [recorded[0].file_id])

    assert [fate.fate for fate in waiting.fates_of(sqlite_runtime, [recorded[0].file_id])] == [
        "new"
    ]
    assert len(built) == 1
    assert rests.count(waiting.LOOK_SECONDS) >= 2


def test_more_files_than_a_statement_has_room_for_have_their_fates(sqlite_runtime: Runtime):
    (file_id,) = add_files(sqlite_runtime.database, 1)

    found = waiting.fates_of(sqlite_runtime, range(file_id, file_id + 70_000))

    assert [fate.id for fate in found] == [file_id]


def test_leases_are_freed_only_while_nobody_works_beside(sqlite_runtime: Runtime):
    add_files(sqlite_runtime.database, 2, lease_token="theirs")

    with work_beside_others(sqlite_runtime), work_beside_others(sqlite_runtime):
        assert free_abandoned_leases(sqlite_runtime) == 0
    assert free_abandoned_leases(sqlite_runtime) == 2


def test_notify_as_a_process_has_as_many_workers_as_the_settings_say(
    open_at, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
):
    runtime = open_at(sqlite_url, notify={"threads": 3})
    all_there = threading.Barrier(3, timeout=10)
    monkeypatch.setattr(services.alert.main, "run_notify", lambda *_: all_there.wait())
    stop = threading.Event()

    _notify(runtime, stop)

    assert stop.is_set()


def test_a_notify_worker_that_breaks_ends_the_process_with_its_error(
    open_at, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
):
    runtime = open_at(sqlite_url, notify={"threads": 2})
    first = threading.Lock()

    def run_notify(_runtime: Runtime, stop: threading.Event) -> None:
        if first.acquire(blocking=False):
            raise LookupError("broken")
        stop.wait(10)

    monkeypatch.setattr(services.alert.main, "run_notify", run_notify)
    with pytest.raises(LookupError, match="broken"):
        _notify(runtime, threading.Event())


@pytest.mark.parametrize(
    ("before", "after"), [(None, 0o700), (0o750, 0o750)], ids=["made by us", "made by its owner"]
)
def test_a_data_folder_we_make_is_for_us_alone(new_settings, before: int | None, after: int):
    settings = new_settings()
    if before is not None:
        settings.data.dir.mkdir()
        settings.data.dir.chmod(before)

    open_runtime(settings).close()

    assert settings.data.dir.stat().st_mode & 0o777 == after
