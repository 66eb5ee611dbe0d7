"""The data folder belongs to one process, and must be one that can be written."""

from pathlib import Path

import pytest

from services.embedded import own_data_folder
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
