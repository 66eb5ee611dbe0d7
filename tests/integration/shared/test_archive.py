"""Originals by content: whole at their address or not there at all."""

import hashlib
import io
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shared.archive import ABANDONED_SECONDS, Archive, Stored, TooLargeError, iter_addresses
from shared.errors import TransientError

NEWS = b"Ministers met in Hanoi.\n"
SHA = hashlib.sha256(NEWS).hexdigest()

PUT_WITH_A_LIMIT = """
import io, resource, sys
from pathlib import Path
from shared.archive import Archive
from shared.errors import TransientError
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    Archive(Path(sys.argv[1])).put(io.BytesIO(b"x" * int(sys.argv[3])))
except TransientError as error:
    print("transient:", error)
"""


@pytest.fixture
def archive(tmp_path):
    return Archive(tmp_path / "archive")


def objects(archive: Archive) -> list[Path]:
    return sorted(path for path in archive.folder.rglob("*") if path.is_file())


class Broken(io.BytesIO):
    """A source whose disk fails after the first chunk."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = 0

    def read(self, _size: int | None = -1) -> bytes:
        self.reads += 1
        if self.reads > 1:
            raise OSError(5, "Input/output error")
        return b"first chunk"


def test_what_is_put_comes_back_under_the_hash_of_its_content(archive):
    assert archive.put(io.BytesIO(NEWS)) == Stored(SHA, len(NEWS))
    assert archive.path(SHA) == archive.folder / SHA[:2] / SHA[2:4] / SHA
    assert archive.read(SHA) == NEWS
    assert archive.verify(SHA) is None


def test_bytes_and_a_stream_of_them_are_the_same_object(archive):
    assert archive.put_bytes(NEWS) == archive.put(io.BytesIO(NEWS))
    assert objects(archive) == [archive.path(SHA)]


def test_equal_content_is_one_object_and_leaves_no_copy_behind(archive):
    archive.put(io.BytesIO(NEWS))
    before = archive.path(SHA).stat().st_ino
    archive.put(io.BytesIO(NEWS))
    assert objects(archive) == [archive.path(SHA)]
    assert archive.path(SHA).stat().st_ino == before


def test_an_empty_original_is_kept_too(archive):
    stored = archive.put(io.BytesIO(b""))
    assert archive.read(stored.sha256) == b""


@pytest.mark.parametrize("put", ["stream", "bytes"])
def test_an_object_cut_short_by_a_crash_is_replaced_by_the_whole_one(archive, put):
    archive.put(io.BytesIO(NEWS))
    archive.path(SHA).write_bytes(NEWS[:5])
    archive.put(io.BytesIO(NEWS)) if put == "stream" else archive.put_bytes(NEWS)
    assert archive.verify(SHA) is None


def test_more_than_the_limit_is_refused_and_nothing_is_kept(archive):
    with pytest.raises(TooLargeError):
        archive.put(io.BytesIO(NEWS), max_bytes=len(NEWS) - 1)
    assert objects(archive) == []
    assert archive.put(io.BytesIO(NEWS), max_bytes=len(NEWS)).size == len(NEWS)


def test_a_source_that_fails_while_read_is_not_the_archives_trouble(archive):
    with pytest.raises(OSError, match="Input/output error"):
        archive.put(Broken())
    assert objects(archive) == []


@pytest.mark.parametrize(
    "size", [pytest.param(5_000, id="in the buffer"), pytest.param(3_000_000, id="in chunks")]
)
def test_a_full_disk_is_trouble_that_may_pass_and_leaves_nothing_half_written(archive, size):
    archive.folder.mkdir()
    command = [sys.executable, "-c", PUT_WITH_A_LIMIT, str(archive.folder), "1000", str(size)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("transient: archive: [Errno")
    assert objects(archive) == []


def test_an_archive_that_cannot_be_made_is_trouble_that_may_pass(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(TransientError, match="archive"):
        Archive(tmp_path / "file").put_bytes(NEWS)


def test_an_original_that_cannot_be_read_now_is_trouble_that_may_pass(archive):
    with pytest.raises(TransientError, match="archive"):
        archive.read(SHA)


def test_verify_tells_what_is_wrong(archive):
    assert archive.verify(SHA) == "missing"
    archive.put_bytes(NEWS)
    archive.path(SHA).write_bytes(NEWS.upper())
    assert archive.verify(SHA) == "changed"


def test_leftovers_of_a_crash_are_swept_after_an_hour_and_work_in_hand_is_not(archive):
    archive.put_bytes(NEWS)
    for name, age in (("old", ABANDONED_SECONDS + 1), ("new", 5)):
        path = archive.folder / "incoming" / name
        path.write_bytes(b"half")
        os.utime(path, (time.time() - age, time.time() - age))
    assert archive.sweep_abandoned(time.time()) == 1
    assert objects(archive) == sorted([archive.path(SHA), archive.folder / "incoming" / "new"])


def test_there_is_nothing_to_sweep_before_the_first_original(archive):
    assert archive.sweep_abandoned(time.time()) == 0


def test_addresses_are_those_of_originals_only(archive):
    archive.put_bytes(NEWS)
    (archive.folder / "incoming" / "half").write_bytes(b"half")
    assert list(iter_addresses(archive.folder)) == [SHA]


def test_an_original_is_on_disk_before_its_name_is(archive, monkeypatch):
    steps = []
    real_sync, real_replace = os.fsync, os.replace

    def sync(descriptor):
        steps.append("folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "file")
        real_sync(descriptor)

    def rename(source, target):
        steps.append("rename")
        real_replace(source, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(os, "replace", rename)
    archive.put(io.BytesIO(NEWS))
    assert steps == ["file", "rename", "folder", "folder", "folder"]
