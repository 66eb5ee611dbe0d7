"""Which listed files are complete: pure, by listings, events and times."""

from collections.abc import Collection, Mapping, Sequence

import pytest

from services.ingest.settle import EMPTY_PATIENCE, Seen, Settled, Stillness, settle
from shared.unfinished import is_unfinished

QUIET = 1.0


def seen(
    name: bytes = b"a.txt", size: int = 10, mtime_ns: int = 1, ctime_ns: int = 1, inode: int = 7
) -> Seen:
    return Seen(name, 1, inode, size, mtime_ns, ctime_ns)


def look(
    listing: Sequence[Seen],
    *,
    before: Mapping[bytes, Stillness] | None = None,
    moved: Collection[bytes] = (),
    now: float = 0.0,
    quiet: float = QUIET,
) -> Settled:
    return settle(listing, before or {}, set(moved), now_seconds=now, quiet_seconds=quiet)


def names(found: Settled) -> list[bytes]:
    return [file.name for file in found.complete]


FIRST, GROWN = seen(size=10), seen(size=11)
TOUCHED, REPLACED = seen(mtime_ns=2), seen(inode=8)


@pytest.mark.parametrize(
    ("looks", "complete"),
    [
        pytest.param([(0.0, FIRST)], False, id="seen once"),
        pytest.param([(0.0, FIRST), (0.9, FIRST)], False, id="quiet for too short"),
        pytest.param([(0.0, FIRST), (1.0, FIRST)], True, id="quiet for long enough"),
        pytest.param([(0.0, FIRST), (0.4, FIRST), (1.0, FIRST)], True, id="looked at in between"),
        pytest.param([(0.0, FIRST), (1.0, GROWN)], False, id="grown"),
        pytest.param([(0.0, FIRST), (0.9, GROWN), (1.8, GROWN)], False, id="grown late"),
        pytest.param([(0.0, FIRST), (0.5, GROWN), (1.5, GROWN)], True, id="grown and then quiet"),
        pytest.param([(0.0, FIRST), (1.0, TOUCHED)], False, id="rewritten at the same size"),
        pytest.param([(0.0, FIRST), (1.0, seen(ctime_ns=2))], False, id="mtime put back"),
        pytest.param([(0.0, FIRST), (1.0, REPLACED)], False, id="another file by that name"),
        pytest.param([(0.0, seen(size=0)), (4.9, seen(size=0))], False, id="empty, waited little"),
        pytest.param([(0.0, seen(size=0)), (5.0, seen(size=0))], True, id="empty for long"),
        pytest.param([(0.0, seen(size=0)), (4.9, FIRST)], False, id="empty, then written"),
    ],
)
def test_a_file_is_complete_when_it_has_been_still_for_the_quiet_time(looks, complete):
    before: Mapping[bytes, Stillness] = {}
    for now, file in looks:
        found = look([file], before=before, now=now)
        before = found.unsettled
    assert bool(found.complete) is complete
    assert bool(found.unsettled) is not complete


@pytest.mark.parametrize(
    ("name", "moved", "complete"),
    [
        pytest.param(b"a.txt", [b"a.txt"], True, id="the file itself"),
        pytest.param(b"bbc/a.txt", [b"bbc"], True, id="its folder"),
        pytest.param(b"x/y/a.txt", [b"x/y"], True, id="a folder further down"),
        pytest.param(b"x/y/a.txt", [b"x"], True, id="a folder further up"),
        pytest.param(b"a.txt", [b"b.txt"], False, id="another file"),
        pytest.param(b"bbc2/a.txt", [b"bbc"], False, id="a folder whose name only begins alike"),
        pytest.param(b"bbc", [b"bbc/a.txt"], False, id="a file below a folder of that name"),
        pytest.param(b".a.txt", [b".a.txt"], False, id="a name that says unfinished"),
    ],
)
def test_a_file_moved_in_is_complete_at_once(name, moved, complete):
    assert bool(names(look([seen(name)], moved=moved))) is complete


def test_an_empty_file_moved_in_needs_no_patience():
    assert names(look([seen(size=0)], moved=[b"a.txt"])) == [b"a.txt"]


@pytest.mark.parametrize(
    ("name", "unfinished"),
    [
        (b"a.txt", False),
        (b"a.part", True),
        (b"A.PART", True),
        (b"a.txt.tmp", True),
        (b"a.crdownload", True),
        (b"a.txt~", True),
        (b".a.txt", True),
        (b".git/a.txt", True),
        (b"bbc/.hidden/a.txt", True),
        (b"bbc/a.txt", False),
        (b"Thumbs.db", True),
        (b"bbc/desktop.ini", True),
        (b"a.tmp.txt", False),
        (b"part", False),
        (b"a.partial.html", False),
        (b"\xff\xfe.txt", False),
    ],
    ids=repr,
)
def test_names_that_say_unfinished_are_passed_over(name, unfinished):
    assert is_unfinished(name) is unfinished
    found = look([seen(name)], moved=[name])
    assert bool(found.complete) is not unfinished
    assert not found.unsettled


def test_the_oldest_comes_first_and_equal_times_by_name():
    files = [seen(b"c", ctime_ns=2), seen(b"b", ctime_ns=1), seen(b"a", ctime_ns=2)]
    assert names(look(files, moved=[b"a", b"b", b"c"])) == [b"b", b"a", b"c"]


def test_a_file_that_is_gone_is_forgotten():
    before = {b"gone": Stillness(seen(b"gone").signature, 0.0)}
    found = look([seen()], before=before, now=5.0)
    assert list(found.unsettled) == [b"a.txt"]


def test_no_quiet_time_takes_a_file_at_first_sight_even_an_empty_one():
    assert names(look([seen(), seen(b"b", size=0)], quiet=0.0)) == [b"a.txt", b"b"]


def test_each_file_waits_for_itself():
    early, late = seen(b"early"), seen(b"late")
    first = look([early], now=0.0)
    second = look([early, late], before=first.unsettled, now=1.0)
    assert (names(second), list(second.unsettled)) == ([b"early"], [b"late"])


def test_patience_with_empty_files_is_a_multiple_of_the_quiet_time():
    empty = seen(size=0)
    first = look([empty], quiet=0.1)
    assert names(look([empty], before=first.unsettled, now=0.1 * EMPTY_PATIENCE, quiet=0.1))
