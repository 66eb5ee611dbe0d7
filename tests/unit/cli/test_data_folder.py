"""The data folder belongs to one process, and must be one that can be written."""

from pathlib import Path

import pytest

from services.embedded import own_data_folder, own_inbox
from shared.errors import SettingsError


def test_a_folder_that_cannot_be_written_is_a_wrong_setting(tmp_path: Path):
    (tmp_path / "newswatch.lock").mkdir()

    with pytest.raises(SettingsError, match=r"data\.dir .*: cannot be written: Is a directory"):
        own_data_folder(tmp_path).__enter__()


def test_a_folder_is_free_again_when_its_owner_is_done(tmp_path: Path):
    with own_data_folder(tmp_path), pytest.raises(SettingsError, match="in use by another"):
        own_data_folder(tmp_path).__enter__()

    with own_data_folder(tmp_path):
        assert (tmp_path / "newswatch.lock").exists()


def test_an_inbox_is_taken_from_by_one_and_keeps_no_trace_of_it(tmp_path: Path):
    inbox = tmp_path / "inbox"
    with own_inbox(inbox, stay=False):
        with pytest.raises(SettingsError, match="set NEWSWATCH_INBOX_DIR"):
            own_inbox(inbox, stay=False).__enter__()
        assert list(inbox.iterdir()) == []

    with own_inbox(inbox, stay=False):
        assert inbox.is_dir()


def test_an_inbox_whose_files_stay_is_read_by_many(tmp_path: Path):
    with own_inbox(tmp_path, stay=True), own_inbox(tmp_path, stay=True):
        assert list(tmp_path.iterdir()) == []


def test_an_inbox_that_is_no_folder_is_left_to_ingest_to_refuse(tmp_path: Path):
    (tmp_path / "inbox").write_text("a file in its place")

    with own_inbox(tmp_path / "inbox", stay=False):
        assert (tmp_path / "inbox").is_file()
