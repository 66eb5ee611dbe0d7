"""A real folder: what is listed, what is left and why, and what a take does to it."""

import io
import os
import socket
import threading
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from services.ingest.inbox import (
    Left,
    Listing,
    Taken,
    display_name,
    list_inbox,
    look_at,
    sighting_of,
    take,
)
from services.ingest.removing import put_back_all, unlink
from services.ingest.settle import Seen
from shared.archive import Archive, Stored
from shared.errors import TransientError


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def archive(tmp_path):
    return Archive(tmp_path / "archive")


def names(root: Path) -> list[bytes]:
    return [seen.name for seen in list_inbox(root).files]


def left(root: Path) -> dict[bytes, str]:
    return {item.name: item.reason for item in list_inbox(root).left}


def drop(root: Path, name: str = "a.txt", text: str = "Ministers met.") -> Seen:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return next(seen for seen in list_inbox(root).files if seen.name == os.fsencode(name))


def take_it(root: Path, seen: Seen, archive: Archive, max_bytes: int = 1000) -> Any:
    return take(root, seen, archive, max_bytes=max_bytes, remembered=False)


def test_files_are_listed_at_any_sensible_depth_by_their_path(root):
    for name in ("b.txt", "a.txt", "bbc/x.html", "bbc/2026/03/y.html"):
        drop(root, name)
    assert names(root) == [b"a.txt", b"b.txt", b"bbc/2026/03/y.html", b"bbc/x.html"]


def test_an_empty_inbox_has_nothing_to_list(root):
    assert list_inbox(root) == Listing((), ())


def test_an_inbox_that_is_gone_is_not_an_empty_one(tmp_path):
    with pytest.raises(FileNotFoundError):
        list_inbox(tmp_path / "gone")


def test_an_inbox_may_itself_be_reached_through_a_link(root, archive, tmp_path):
    drop(root)
    link = tmp_path / "link"
    link.symlink_to(root)
    (seen,) = list_inbox(link).files
    assert isinstance(take_it(link, seen, archive), Taken)


@pytest.mark.parametrize("target", ["outside.txt", "missing.txt", "outside"])
def test_links_are_named_and_never_followed(root, tmp_path, target):
    (tmp_path / "outside.txt").write_text("secret")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "in.txt").write_text("secret")
    (root / "link").symlink_to(tmp_path / target)
    assert names(root) == []
    assert "symbolic link" in left(root)[b"link"]


def test_a_link_that_leads_round_in_a_circle_ends(root):
    (root / "bbc").mkdir()
    (root / "bbc" / "up").symlink_to(root)
    assert list(left(root)) == [b"bbc/up"]


def test_a_pipe_and_a_socket_are_named_and_never_opened(root):
    os.mkfifo(root / "pipe")
    listener = socket.socket(socket.AF_UNIX)
    here = os.open(root, os.O_RDONLY)
    try:
        listener.bind(f"/proc/self/fd/{here}/socket")
        reasons = left(root)
    finally:
        listener.close()
        os.close(here)
    assert set(reasons) == {b"pipe", b"socket"}
    assert all("not a regular file" in reason for reason in reasons.values())


def test_folders_too_deep_are_named_with_the_limit(root):
    deep = root.joinpath(*["d"] * 18)
    deep.mkdir(parents=True)
    (deep / "a.txt").write_text("deep")
    drop(root, "/".join(["e"] * 16) + "/b.txt")
    assert names(root) == [b"e/" * 16 + b"b.txt"]
    (reason,) = left(root).values()
    assert reason == "more than 16 folders deep"


def test_names_that_are_no_utf8_are_taken_like_any_other(root, archive):
    name = b"caf\xe9 \xff.txt"
    with open(os.path.join(os.fsencode(root), name), "wb") as file:
        file.write(b"news")
    (seen,) = list_inbox(root).files
    taken = take_it(root, seen, archive)
    assert (seen.name, taken.name) == (name, "caf\\xe9 \\xff.txt")
    assert unlink(root, seen)
    assert os.listdir(root) == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"plain name.txt", "plain name.txt"),
        ("thời sự.txt".encode(), "thời sự.txt"),
        (b"two\nlines", "two\\x0alines"),
        (b"\x1b[31mred", "\\x1b[31mred"),
        ("right\u202eto left".encode(), "right\\x202eto left"),
        (b"\xed\xa0\x80", "\\xed\\xa0\\x80"),
    ],
)
def test_a_name_is_shown_so_that_no_terminal_and_no_page_is_fooled(name, shown):
    assert display_name(name) == shown
    shown.encode("utf-8")


def test_a_taken_file_is_in_the_archive_and_still_in_the_inbox(root, archive):
    seen = drop(root, "bbc/a.txt")
    taken = take_it(root, seen, archive)
    assert archive.read(taken.stored.sha256) == b"Ministers met."
    assert (taken.name, taken.outlet) == ("bbc/a.txt", "bbc")
    assert (root / "bbc" / "a.txt").exists()


def test_a_file_at_the_top_names_no_outlet(root, archive):
    assert take_it(root, drop(root), archive).outlet is None


def test_taking_the_same_file_again_gives_the_same_key_and_a_changed_one_another(root, archive):
    first = take_it(root, drop(root), archive)
    again = take_it(root, list_inbox(root).files[0], archive)
    changed = take_it(root, drop(root, text="Ministers left."), archive)
    assert first.take_key == again.take_key != changed.take_key


def test_the_same_bytes_dropped_later_have_another_key_even_with_the_old_times(root, archive):
    seen = drop(root)
    times = (seen.mtime_ns, seen.mtime_ns)
    first = take_it(root, seen, archive)
    unlink(root, seen)
    drop(root)
    os.utime(root / "a.txt", ns=times)
    second = take_it(root, list_inbox(root).files[0], archive)
    assert first.stored == second.stored
    assert first.take_key != second.take_key


def test_a_remembered_file_is_the_same_after_chmod(root):
    before = drop(root)
    (root / "a.txt").chmod(0o600)
    (after,) = list_inbox(root).files
    assert sighting_of(before, remembered=True) == sighting_of(after, remembered=True)
    assert sighting_of(before, remembered=False) != sighting_of(after, remembered=False)


def test_a_file_larger_than_the_limit_is_not_even_opened(root, archive):
    seen = drop(root, text="x" * 1001)
    taken = take_it(root, seen, archive)
    assert taken.stored is None
    assert not archive.folder.exists()


def test_a_sparse_giant_costs_nothing(root, archive):
    with open(root / "giant", "wb") as file:
        file.truncate(1 << 40)
    (seen,) = list_inbox(root).files
    assert take_it(root, seen, archive).stored is None


def test_a_file_that_vanished_is_left_and_passing(root, archive):
    seen = drop(root)
    (root / "a.txt").unlink()
    assert take_it(root, seen, archive) == Left(b"a.txt", "vanished before it was read", True)


def test_a_file_that_changed_since_it_was_listed_is_left_for_another_look(root, archive):
    seen = drop(root)
    with open(root / "a.txt", "a") as file:
        file.write(" And more.")
    found = take_it(root, seen, archive)
    assert (found.reason, found.is_passing) == ("it changed while it was read", True)


def test_a_file_replaced_since_it_was_listed_is_left_for_another_look(root, archive):
    seen = drop(root)
    (root / "new").write_text("Another file.!")
    os.replace(root / "new", root / "a.txt")
    assert isinstance(take_it(root, seen, archive), Left)


class GrowingArchive(Archive):
    """An archive so slow that the file grows meanwhile."""

    path_of_source: Path

    def put(self, source: BinaryIO, *, max_bytes: int | None = None) -> Stored:
        stored = super().put(source, max_bytes=max_bytes)
        with open(self.path_of_source, "a") as file:
            file.write("x" * 2000)
        return stored


def test_a_file_that_grows_while_it_is_read_is_left(root, tmp_path):
    archive = GrowingArchive(tmp_path / "archive")
    archive.path_of_source = root / "a.txt"
    assert take_it(root, drop(root), archive).reason == "it changed while it was read"


def test_a_file_grown_beyond_the_limit_since_it_was_listed_is_left(root, archive):
    seen = drop(root)
    with open(root / "a.txt", "a") as file:
        file.write("x" * 2000)
    assert take_it(root, seen, archive).reason == "it grew while it was read"
    assert list(archive.folder.rglob("??/??/*")) == []


class BrokenDisk(Archive):
    """Reading the inbox's disk fails half-way."""

    def put(self, source: BinaryIO, *, max_bytes: int | None = None) -> Stored:
        class Source(io.BytesIO):
            def read(self, _size: int | None = -1) -> bytes:
                raise OSError(5, "Input/output error")

        return super().put(Source(), max_bytes=max_bytes)


def test_a_file_that_cannot_be_read_is_left_with_the_systems_words(root, tmp_path):
    found = take_it(root, drop(root), BrokenDisk(tmp_path / "archive"))
    assert found == Left(b"a.txt", "input/output error")
    assert (root / "a.txt").exists()


def test_a_file_we_may_not_read_is_left_with_the_systems_words(root, archive, monkeypatch):
    seen, real = drop(root), os.open

    # Root may read everything: the refusal is put where the system would say it.
    def refuse(path, *arguments, **options):
        if path == b"a.txt":
            raise PermissionError(13, "Permission denied")
        return real(path, *arguments, **options)

    monkeypatch.setattr(os, "open", refuse)
    assert take_it(root, seen, archive) == Left(b"a.txt", "permission denied")


def test_trouble_of_the_archive_is_no_fault_of_the_file(root, tmp_path):
    (tmp_path / "archive").write_text("in the way")
    with pytest.raises(TransientError, match="archive"):
        take_it(root, drop(root), Archive(tmp_path / "archive"))
    assert (root / "a.txt").exists()


def test_a_file_swapped_for_a_link_is_not_followed(root, archive, tmp_path):
    seen = drop(root)
    (tmp_path / "secret").write_text("secret")
    (root / "a.txt").unlink()
    (root / "a.txt").symlink_to(tmp_path / "secret")
    assert isinstance(take_it(root, seen, archive), Left)
    assert not unlink(root, seen)
    assert not archive.folder.exists()


def test_a_folder_swapped_for_a_link_is_not_followed(root, archive, tmp_path):
    seen = drop(root, "bbc/a.txt")
    (root / "bbc").rename(tmp_path / "outside")
    (root / "bbc").symlink_to(tmp_path / "outside")
    assert isinstance(take_it(root, seen, archive), Left)
    assert not unlink(root, seen)
    assert (tmp_path / "outside" / "a.txt").exists()


def test_a_file_swapped_for_a_pipe_does_not_hang_us(root, archive):
    seen = drop(root)
    (root / "a.txt").unlink()
    os.mkfifo(root / "a.txt")
    found = []
    thread = threading.Thread(
        target=lambda: found.append(take_it(root, seen, archive)), daemon=True
    )
    thread.start()
    thread.join(timeout=5)
    assert found == [Left(b"a.txt", "not a regular file")]


def test_only_the_very_file_that_was_taken_is_removed(root):
    seen = drop(root)
    (root / "a.txt").write_text("a newer version")
    assert not unlink(root, seen)
    assert unlink(root, list_inbox(root).files[0])
    assert os.listdir(root) == []


@pytest.mark.parametrize("is_taken_again", [False, True], ids=["name free", "name taken again"])
def test_the_next_version_renamed_over_the_name_in_the_last_moment_is_kept(
    root, tmp_path, monkeypatch, is_taken_again
):
    seen, rename = drop(root), os.rename
    (tmp_path / "next").write_text("the next version")

    def swap(*arguments, **options):
        monkeypatch.setattr(os, "rename", rename)
        (tmp_path / "next").replace(root / "a.txt")
        rename(*arguments, **options)
        if is_taken_again:
            drop(root, text="the one after")

    monkeypatch.setattr(os, "rename", swap)
    assert not unlink(root, seen)
    assert len(names(root)) == len(os.listdir(root))
    texts = {root.joinpath(os.fsdecode(name)).read_text() for name in names(root)}
    assert texts == {"the next version"} | ({"the one after"} if is_taken_again else set())


@pytest.mark.parametrize("name", ["bbc/a.txt", "x" * 250 + ".txt"], ids=["folder", "long name"])
def test_a_file_set_aside_when_a_crash_came_is_put_back(root, monkeypatch, name):
    seen = drop(root, name)

    def die(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(os, "unlink", die)
        with pytest.raises(KeyboardInterrupt):
            unlink(root, seen)
    assert names(root) == []
    put_back_all(root)
    (found,) = list_inbox(root).files
    assert name.endswith(os.fsdecode(found.name))
    assert found.signature[:4] == seen.signature[:4]


def test_removing_what_is_gone_is_no_error(root):
    seen = drop(root, "bbc/a.txt")
    (root / "bbc" / "a.txt").unlink()
    assert not unlink(root, seen)
    (root / "bbc").rmdir()
    assert not unlink(root, seen)


@pytest.mark.parametrize("mtime_ns", [2**62, -(2**62), 253_402_300_800 * 10**9])
def test_a_time_beyond_every_calendar_is_no_time_and_no_error(root, archive, mtime_ns):
    taken = Taken(Seen(b"a", 1, 1, 1, mtime_ns, 1), None, "s", "k")
    found = taken.modified_at
    assert found is None or 1 <= found.year <= 9999


def test_a_path_named_by_a_person_is_looked_at_whatever_its_name(root):
    (root / ".notes").write_text("x")
    assert isinstance(look_at(root / ".notes"), Seen)
    assert look_at(root / "missing") == Left(b"missing", "no such file or directory")
    (root / "link").symlink_to(root / ".notes")
    assert isinstance(look_at(root / "link"), Left)
