"""Archives as containers: names are only shown, limits are counted while reading, all is said."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from pathlib import PurePosixPath

import pytest

from services.extract.formats import FORMATS, detection, zip_archive
from services.extract.outcome import Member, MembersError, ReadRequest, Reason
from services.extract.reading import iter_members, read_file

TEXT = b"The mayor opened the bridge over the harbour on Monday."


def zipped(entries, *, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", packing) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return packed.getvalue()


def tarred(entries, mode: str = "w") -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as archive:  # type: ignore[call-overload]
        for entry, content in entries:
            info = entry if isinstance(entry, tarfile.TarInfo) else tarfile.TarInfo(entry)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return packed.getvalue()


def special(name: str, kind: bytes) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, "/etc/passwd"
    return info


def unpack(data: bytes, name: str, **limits) -> tuple[list[Member], tuple[str, ...]]:
    members = iter_members(data, ReadRequest(name, **limits))
    found = []
    while True:
        try:
            found.append(next(members))
        except StopIteration as end:
            return found, end.value


def shown(data: bytes, name: str = "day.zip") -> list[str]:
    return [member.name.removeprefix(f"{name}#") for member in unpack(data, name)[0]]


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        pytest.param(zipped([("a/one.txt", TEXT), ("two.txt", b"x")]), "day.zip", "zip", id="zip"),
        pytest.param(tarred([("a/one.txt", TEXT), ("two.txt", b"x")]), "day.tar", "tar", id="tar"),
        *(
            pytest.param(
                tarred([("a/one.txt", TEXT), ("two.txt", b"x")], f"w:{packing}"),
                "day",
                "tar",
                id=f"tar {packing} without a suffix",
            )
            for packing in ("gz", "bz2", "xz")
        ),
    ],
)
def test_an_archive_is_a_container_of_its_files_whatever_its_name(data, name, kind):
    reading = read_file(data, ReadRequest(name))

    assert (reading.format, reading.members) == (kind, True)
    assert unpack(data, name) == (
        [Member(f"{name}#a/one.txt", TEXT, "a"), Member(f"{name}#two.txt", b"x")],
        (),
    )


@pytest.mark.parametrize(
    ("pack", "suffix"),
    [
        pytest.param(gzip.compress, ".gz", id="gzip"),
        pytest.param(bz2.compress, ".bz2", id="bzip2"),
        pytest.param(lzma.compress, ".xz", id="xz"),
    ],
)
def test_a_packed_file_is_a_container_of_one_named_without_its_suffix(pack, suffix):
    name = f"depot/feed.jsonl{suffix}"

    assert unpack(pack(TEXT), name)[0] == [Member(f"{name}#feed.jsonl", TEXT)]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        pytest.param("/etc/passwd", "etc/passwd", id="absolute"),
        pytest.param("../../up.txt", "up.txt", id="upwards"),
        pytest.param("a/../../b.txt", "a/b.txt", id="upwards inside"),
        pytest.param("C:\\news\\a.txt", "news/a.txt", id="another system's"),
        pytest.param("a\u202etxt.exe", "a\ufffdtxt.exe", id="turned writing"),
        pytest.param("a\nb.txt", "a\ufffdb.txt", id="line end"),
        pytest.param("..", "without a name", id="only upwards"),
    ],
)
def test_a_name_is_for_people_only_and_leads_nowhere(path, name):
    assert shown(zipped([(path, TEXT)])) == [name]


def test_a_name_too_long_for_a_database_keeps_its_end():
    (name,) = shown(zipped([("ж" * 5000 + ".txt", TEXT)]))

    assert len(name.encode()) < 410
    assert (name[0], PurePosixPath(name).suffix) == ("…", ".txt")


def test_names_written_as_utf_8_without_saying_so_are_shown_readably():
    marked = zipped([("thời-sự.txt", TEXT)])
    unmarked = bytearray(marked)
    for place in (marked.index(b"PK\x03\x04") + 7, marked.index(b"PK\x01\x02") + 9):
        unmarked[place] &= ~0x08

    assert shown(bytes(unmarked)) == ["thời-sự.txt"]


def test_names_of_a_tar_that_are_no_utf_8_are_shown_readably():
    data = tarred([("café.txt".encode("cp1252").decode("utf-8", "surrogateescape"), TEXT)])

    assert shown(data, "day.tar") == ["café.txt"]


@pytest.mark.parametrize(
    ("archive", "path", "outlet"),
    [
        pytest.param("day.zip", "harbour-post/a.txt", "harbour-post", id="folder"),
        pytest.param("day.zip", "a.txt", None, id="no folder"),
        pytest.param("day.zip", "day/harbour-post/a.txt", "harbour-post", id="wrapped"),
        pytest.param("drop/day.zip", "day/harbour-post/a.txt", "harbour-post", id="wrapped deeper"),
        pytest.param("day.zip", "2025-03-11/a.txt", None, id="a date is no outlet"),
        pytest.param("day.zip", "../harbour-post/a.txt", "harbour-post", id="upwards"),
    ],
)
def test_the_folder_in_an_archive_names_the_outlet(archive, path, outlet):
    assert unpack(zipped([(path, TEXT)]), archive)[0][0].outlet == outlet


def test_what_systems_leave_in_folders_and_links_are_skipped_and_counted():
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = 0o120777 << 16
    junk = [("__MACOSX/day/._a.txt", b"x"), ("day/.DS_Store", b"x"), ("Thumbs.db", b"x")]

    members, notes = unpack(zipped([*junk, (link, b"/etc/passwd"), ("a.txt", TEXT)]), "day.zip")

    assert [member.name for member in members] == ["day.zip#a.txt"]
    assert notes == (
        "Skipped 3 files that a system left there (.DS_Store and the like).",
        "Skipped 1 links.",
    )


def test_links_and_devices_of_a_tar_are_skipped_and_counted():
    kinds = [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
    entries = [(special(f"s{n}", kind), b"") for n, kind in enumerate(kinds)]

    members, notes = unpack(tarred([*entries, ("a.txt", TEXT)]), "day.tar")

    assert [member.data for member in members] == [TEXT]
    assert notes == ("Skipped 5 links, devices or sparse files.",)


def test_locked_damaged_and_strangely_packed_members_are_refused_alone():
    data = bytearray(zipped([("locked.txt", TEXT), ("damaged.txt", b"Other " + TEXT)]))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    data[data.index(b"damaged.txt") + 15] ^= 0xFF
    strange = zipped([("strange.txt", TEXT)], packing=zipfile.ZIP_LZMA)

    locked, damaged = unpack(bytes(data), "day.zip")[0]
    (packed,) = unpack(strange, "day.zip")[0]

    reasons = [member.rejection and member.rejection.reason for member in (locked, damaged, packed)]
    assert reasons == [Reason.UNSUPPORTED, Reason.MALFORMED, Reason.UNSUPPORTED]
    assert "password" in locked.rejection.detail  # type: ignore[union-attr]
    assert [member.name for member in (locked, damaged)] == [
        "day.zip#locked.txt",
        "day.zip#damaged.txt",
    ]


@pytest.mark.parametrize("said", [1, 5_000_000])
def test_an_entry_that_lies_about_its_size_is_read_by_its_bytes(said):
    data = bytearray(zipped([("a.txt", TEXT * 50), ("b.txt", TEXT)]))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.index(mark) + place
        data[start : start + 4] = said.to_bytes(4, "little")

    first, second = unpack(bytes(data), "day.zip", max_bytes=10_000)[0]

    assert second.data == TEXT
    assert first.data in {b"", TEXT * 50}
    assert first.data or first.rejection


@pytest.mark.parametrize(
    ("data", "name"),
    [
        pytest.param(zipped([("a.txt", b"x" * 3000), ("b.txt", TEXT)]), "day.zip", id="zip"),
        pytest.param(tarred([("a.txt", b"x" * 3000), ("b.txt", TEXT)]), "day.tar", id="tar"),
        pytest.param(
            tarred([("a.txt", b"x" * 3000), ("b.txt", TEXT)], "w:gz"), "day.tgz", id="tar gzip"
        ),
    ],
)
def test_a_member_larger_than_a_file_may_be_is_refused_alone(data, name):
    # The archive itself may be larger than the limit here: only its members are looked at.
    large, small = list(_members_of(data, ReadRequest(name, max_bytes=2000)))

    assert large.rejection is not None
    assert large.rejection.reason is Reason.TOO_LARGE
    assert small.data == TEXT


def _members_of(data: bytes, request: ReadRequest):
    members = FORMATS[detection.detect(data, request.name)].members
    assert members is not None
    return members(data, request)


BOMB = b"\x00" * 15_000_000


@pytest.mark.parametrize(
    ("data", "name"),
    [
        pytest.param(zipped([("a", BOMB), ("b", BOMB), ("c", BOMB)]), "bomb.zip", id="zip"),
        pytest.param(
            tarred([("a", BOMB), ("b", BOMB), ("c", BOMB)], "w:gz"), "bomb.tgz", id="tar gzip"
        ),
    ],
)
def test_a_bomb_stops_where_it_outgrows_its_archive_and_says_so(data, name):
    seen: list[Member] = []
    with pytest.raises(MembersError, match="unpacks to more than") as stopped:
        seen.extend(iter_members(data, ReadRequest(name)))

    assert len(seen) == 1
    assert stopped.value.rejection.reason is Reason.TOO_LARGE
    assert "times its own size" in stopped.value.rejection.detail


def test_a_bomb_of_one_file_is_refused():
    data = gzip.compress(b"\x00" * 30_000_000)

    rejection = read_file(data, ReadRequest("bomb.gz", max_bytes=50_000_000)).rejection

    assert rejection is not None
    assert rejection.reason is Reason.TOO_LARGE


def test_all_that_may_come_out_of_a_container_is_a_limit_of_its_own():
    data = zipped([(f"{n}.txt", TEXT) for n in range(5)])

    with pytest.raises(MembersError, match="more than 120 bytes"):
        unpack(data, "day.zip", max_unpacked_bytes=120)
    with pytest.raises(MembersError, match="more than 3 records"):
        unpack(data, "day.zip", max_members=3)


def test_a_tar_cut_off_in_the_middle_gives_what_came_before():
    data = tarred([("a.txt", TEXT), ("b.txt", TEXT * 400)], "w:gz")
    seen: list[Member] = []

    with pytest.raises(MembersError, match="damaged"):
        seen.extend(iter_members(data[:-60], ReadRequest("day.tar.gz")))

    assert [member.data for member in seen] == [TEXT]


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        pytest.param(zipped([]), "day.zip", Reason.EMPTY, id="empty zip"),
        pytest.param(zipped([(".DS_Store", b"x")]), "day.zip", Reason.EMPTY, id="only junk"),
        pytest.param(
            tarred([(special("a", tarfile.SYMTYPE), b"")]), "a.tar", Reason.EMPTY, id="tar"
        ),
        pytest.param(zipped([("a.txt", TEXT)])[:-30], "day.zip", Reason.MALFORMED, id="cut zip"),
        pytest.param(b"\x1f\x8b\x08 and no more", "a.gz", Reason.MALFORMED, id="no gzip"),
        pytest.param(b"BZh9 and no more of it", "a.bz2", Reason.MALFORMED, id="no bzip2"),
        pytest.param(b"\xfd7zXZ\x00 and no more", "a.xz", Reason.MALFORMED, id="no xz"),
    ],
)
def test_an_archive_without_anything_to_read_is_refused(data, name, reason):
    rejection = read_file(data, ReadRequest(name)).rejection

    assert rejection is not None
    assert rejection.reason is reason


def test_a_list_that_takes_too_long_to_read_is_refused_before(monkeypatch):
    monkeypatch.setattr(zip_archive, "MOST_LISTED", 8)
    data = zipped([(f"{n}.txt", TEXT) for n in range(9)])

    rejection = read_file(data, ReadRequest("day.zip")).rejection

    assert rejection is not None
    assert "lists 9 files; the limit is 8" in rejection.detail


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME])
def test_a_name_of_megabytes_in_a_tar_is_refused_before_it_is_read(kind):
    header = tarfile.TarInfo("a")
    header.type, header.size = kind, 900_000_000

    rejection = read_file(header.tobuf() + b"1" * 1_000_000, ReadRequest("a.tar")).rejection

    assert rejection is not None
    assert rejection.reason is Reason.MALFORMED
    assert "900,000,000 bytes" in rejection.detail


def test_a_long_name_in_a_tar_is_read():
    name = "folder/" * 40 + "a.txt"

    assert shown(tarred([(name, TEXT)]), "day.tar") == [name]


def test_a_container_inside_three_others_is_refused_and_an_article_there_is_read():
    feed = zipped([("a.txt", TEXT)])

    assert read_file(feed, ReadRequest("a.zip", depth=2)).members
    rejection = read_file(feed, ReadRequest("a.zip", depth=3)).rejection
    assert rejection is not None
    assert rejection.reason is Reason.TOO_DEEP
    assert read_file(TEXT, ReadRequest("a.txt", depth=3)).article is not None
