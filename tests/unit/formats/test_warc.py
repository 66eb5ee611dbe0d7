"""Web archives through `read_file` and `iter_members`."""

import gzip
import json

import pytest

from services.extract.formats import warc_stream
from services.extract.outcome import Member, MembersError, ReadRequest, Reason
from services.extract.reading import iter_members, read_file
from tests.unit.formats.documents import warc_record

_OK = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8"
_LEAD = "Beekeepers in the northern valleys said on Tuesday that their harvest fell by half."


def page(text: str = _LEAD) -> bytes:
    return (
        "<html><head><title>Honey harvest falls by half</title></head><body><article>"
        f"<h1>Honey harvest falls by half</h1><p>{text}</p></article></body></html>"
    ).encode()


def address(number: int) -> str:
    return f"https://notebook.example/{number}"


_PAGES = [warc_record("response", address(n), page(), _OK) for n in range(3)]
_OTHERS = [
    warc_record("warcinfo", "", b"software: none", Content_Type="application/warc-fields"),
    warc_record("request", address(0), b"", "GET / HTTP/1.1"),
    warc_record("response", "dns:notebook.example", b"20260315", Content_Type="text/dns"),
    warc_record("revisit", address(0), b"", _OK),
    warc_record("response", address(8), b"gone", _OK.replace("200 OK", "404 Not Found")),
    warc_record("response", address(9), b"\x89PNG", _OK.replace("text/html", "image/png")),
]


def read(data: bytes):
    return read_file(data, ReadRequest("crawl.warc.gz"))


def members_of(data: bytes) -> list[Member]:
    return list(iter_members(data, ReadRequest("crawl.warc.gz")))


def records_of(data: bytes) -> list[dict[str, str]]:
    return [json.loads(member.data) for member in members_of(data)]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"".join(_PAGES), id="not packed"),
        pytest.param(b"".join(map(gzip.compress, _PAGES)), id="each record packed"),
        pytest.param(gzip.compress(b"".join(_PAGES)), id="packed as a whole"),
    ],
)
def test_each_page_is_a_member_with_its_address(data):
    reading = read(data)

    assert (reading.format, reading.members, reading.notes) == ("warc", True, ())
    assert [member.name for member in members_of(data)] == [
        f"crawl.warc.gz#{n}.json" for n in (1, 2, 3)
    ]
    assert [record["url"] for record in records_of(data)] == [address(n) for n in range(3)]


def test_member_reads_as_the_page_and_the_day_of_the_crawl_is_no_publication():
    (member,) = members_of(_PAGES[0])

    article = read_file(member.data, ReadRequest(member.name)).article

    assert json.loads(member.data)["crawled"] == "2026-03-15T08:00:00Z"
    assert article is not None
    assert article.text == _LEAD
    assert article.value("title") == "Honey harvest falls by half"
    assert article.value("url") == address(0)
    assert "published" not in article.fields


def test_what_is_no_page_is_skipped_and_counted():
    data = b"".join([*_OTHERS, *_PAGES])

    assert [member.name for member in members_of(data)] == [
        f"crawl.warc.gz#{n}.json" for n in (7, 8, 9)
    ]
    (note,) = read(data).notes
    assert note == (
        "Records that are no page were skipped: 1 × answer with status 404, 1 × dns, 1 × image, "
        "1 × request, 1 × revisit, 1 × warcinfo."
    )


def test_archive_without_a_page_is_refused_and_says_what_it_holds():
    rejection = read(b"".join(_OTHERS)).rejection

    assert rejection is not None
    assert rejection.reason is Reason.NO_TEXT
    assert "1 × request" in rejection.detail


@pytest.mark.parametrize(
    ("payload", "heads"),
    [
        pytest.param(gzip.compress(page()), "\r\nContent-Encoding: gzip", id="gzip"),
        pytest.param(
            b"%x\r\n" % len(page()) + page() + b"\r\n0\r\n\r\n",
            "\r\nTransfer-Encoding: chunked",
            id="chunked",
        ),
    ],
)
def test_payload_is_unpacked_as_the_server_packed_it(payload, heads):
    data = warc_record("response", address(1), payload, _OK + heads)

    assert records_of(data)[0]["html"] == page().decode()


def test_charset_that_only_the_server_names_is_used():
    text = "港の灯台は来年の春に再建されると町議会が発表した。"
    http = _OK.replace("utf-8", "Shift_JIS")

    data = warc_record("response", address(1), page(text).decode().encode("shift_jis"), http)

    assert text in records_of(data)[0]["html"]


def test_page_that_is_no_text_is_a_member_whose_reading_says_so():
    (member,) = members_of(warc_record("response", address(1), bytes(range(256)) * 9, _OK))

    rejection = read_file(member.data, ReadRequest(member.name)).rejection

    assert rejection is not None
    assert rejection.reason is Reason.NOT_TEXT


def test_resource_and_plain_text_are_pages_too():
    data = warc_record("resource", "file:///saved.html", page()) + warc_record(
        "response", address(2), _LEAD.encode(), _OK.replace("text/html", "text/plain")
    )

    saved, plain = records_of(data)

    assert saved["html"] == page().decode()
    assert plain["text"] == _LEAD


def test_json_is_a_page_only_when_it_is_an_article():
    as_json = _OK.replace("text/html", "application/json")
    data = warc_record("response", address(1), b'{"count": 7}', as_json) + warc_record(
        "response", address(2), json.dumps({"text": _LEAD}).encode(), as_json
    )

    (record,) = records_of(data)

    assert (record["text"], record["url"]) == (_LEAD, address(2))
    assert read(data).notes == (
        "Records that are no page were skipped: 1 × JSON without an article.",
    )


def test_page_cut_by_the_crawler_is_read_and_named():
    data = warc_record("response", address(1), page(), _OK, WARC_Truncated="length")

    assert read(data).notes == (f"1 pages were cut by the crawler: {address(1)}.",)
    assert len(members_of(data)) == 1


def broken(data: bytes) -> tuple[int, Reason, str]:
    """Read the members up to where they break off."""
    members = iter_members(data, ReadRequest("crawl.warc.gz"))
    read_before: list[Member] = []
    with pytest.raises(MembersError) as stopped:
        read_before.extend(members)  # keeps what came before the error
    return len(read_before), stopped.value.rejection.reason, stopped.value.rejection.detail


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"".join(_PAGES)[:-300], id="not packed"),
        pytest.param(b"".join(map(gzip.compress, _PAGES))[:-80], id="each record packed"),
        pytest.param(b"".join(_PAGES[:2]) + _PAGES[2][: -len(page()) - 4], id="after the heads"),
    ],
)
def test_archive_that_breaks_off_gives_the_pages_before_and_names_the_record(data):
    count, reason, detail = broken(data)

    assert (count, reason) == (2, Reason.MALFORMED)
    assert f"breaks off in record 3 ({address(2)})" in detail


def test_damage_between_records_ends_the_archive():
    count, reason, detail = broken(b"".join(_PAGES[:2]) + b"no record\r\nat all\r\n" + _PAGES[2])

    assert (count, reason) == (2, Reason.MALFORMED)
    assert "damaged" in detail


def test_damaged_packing_ends_the_archive():
    packed = b"".join(map(gzip.compress, _PAGES[:2]))

    count, reason, _ = broken(packed + b"\x1f\x8bnonsense" * 20)

    assert (count, reason) == (2, Reason.MALFORMED)


def test_archive_that_breaks_off_in_its_first_record_is_refused():
    rejection = read(_PAGES[0][:200]).rejection

    assert rejection is not None
    assert rejection.reason is Reason.MALFORMED


def test_page_over_the_limit_is_skipped_and_counted():
    large = warc_record("response", address(5), page("long " * 999), _OK)
    data = gzip.compress(large + _PAGES[0])
    request = ReadRequest("crawl.warc.gz", max_bytes=3000)

    assert [member.name for member in iter_members(data, request)] == ["crawl.warc.gz#2.json"]
    assert read_file(data, request).notes == (
        "Records that are no page were skipped: 1 × page of more than 3,000 bytes.",
    )


def test_archive_that_unpacks_to_too_much_is_stopped_and_said(monkeypatch):
    monkeypatch.setattr(warc_stream, "MAX_UNPACKED_BYTES", 1500)

    count, reason, detail = broken(gzip.compress(b"".join(_PAGES * 40)))

    assert count < 120
    assert reason is Reason.TOO_LARGE
    assert "unpacks to more than 1,500 bytes" in detail


def test_head_line_without_end_is_read_in_bounded_time():
    rejection = read(gzip.compress(b"WARC/1.0\r\n" + b"a" * 50_000_000)).rejection

    assert rejection is not None
    assert rejection.reason is Reason.MALFORMED
