"""Files that only point to a page: kept, named, and never fetched."""

import plistlib

import pytest

from services.extract.outcome import ReadRequest, Reason
from services.extract.reading import read_file

_URL = "https://example.org/bridge?a=1&b=2"
_XML = plistlib.dumps({"URL": _URL})
_BOMB = '<!DOCTYPE plist [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'


def detail_of(data: bytes, name: str = "link") -> str:
    rejection = read_file(data, ReadRequest(name)).rejection
    assert rejection is not None
    assert rejection.reason is Reason.LINK_ONLY
    return rejection.detail


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(f"[InternetShortcut]\r\nURL={_URL}\r\n".encode(), id="windows"),
        pytest.param(f"[InternetShortcut]\r\nURL={_URL}\r\n".encode("utf-16"), id="utf-16"),
        pytest.param(f"[Desktop Entry]\nType=Link\nURL[$e]={_URL}\n".encode(), id="desktop"),
        pytest.param(_XML, id="mac"),
        pytest.param(plistlib.dumps({"URL": _URL}, fmt=plistlib.FMT_BINARY), id="mac binary"),
    ],
)
def test_link_is_refused_with_the_address_and_what_to_do(data):
    assert detail_of(data) == (
        f"This is only a link to {_URL}; nothing is fetched from the web; save the page itself."
    )


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"[InternetShortcut]\r\n", id="empty"),
        pytest.param(b"[Desktop Entry]\nType=Application\nExec=rm -rf x\n", id="program"),
        pytest.param(_XML[:-30], id="cut off"),
        pytest.param(b"bplist00" + b"\x00\xff" * 5_000, id="damaged"),
        pytest.param(b"bplist00", id="only a mark"),
        pytest.param(plistlib.dumps(["URL"]), id="a list"),
        pytest.param(plistlib.dumps({"URL": 7}), id="a number"),
        pytest.param(_BOMB.encode() + b"<plist><dict><key>URL</key></dict></plist>", id="bomb"),
    ],
)
def test_link_without_an_address_says_so(data):
    assert "a link without an address" in detail_of(data)


def test_address_is_shown_in_one_short_line():
    data = b"[InternetShortcut]\nURL=https://example.org/\x1b[31m" + b"a" * 90_000

    detail = detail_of(data)

    assert len(detail) < 700
    assert detail.isprintable()
