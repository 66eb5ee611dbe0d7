"""A file that only points to a page (`.url`, `.webloc`, `.desktop`): nothing is ever fetched."""

from __future__ import annotations

import plistlib
import re
from collections.abc import Mapping
from xml.parsers.expat import ExpatError

from services.extract.formats.decoding import decode
from services.extract.outcome import Reading, ReadRequest, Reason, UnreadableError

_MAX_BYTES = 100_000
_MAX_SHOWN_CHARACTERS = 500
_ADDRESS_LINE = re.compile(
    r"^URL(?:\[[^\]\r\n]{0,20}\])?[ \t]{0,5}=[ \t]{0,5}(\S{1,4000})", re.MULTILINE
)
_UNSHOWABLE = re.compile(r"[^!-~\u00a1-\ud7ff\ue000-\U0010ffff]+")


def read(data: bytes, _request: ReadRequest) -> Reading:
    """Refuse the link, saying where it leads.

    Raises:
        UnreadableError: Always: `link_only`, with the address when there is one.
    """
    address = _UNSHOWABLE.sub("", _address(data[:_MAX_BYTES]))[:_MAX_SHOWN_CHARACTERS]
    where = f"a link to {address}" if address else "a link without an address"
    advice = "nothing is fetched from the web; save the page itself."
    raise UnreadableError(Reason.LINK_ONLY, f"This is only {where}; {advice}")


def _address(data: bytes) -> str:
    if data.startswith(b"bplist") or data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _of_plist(data)
    found = _ADDRESS_LINE.search(decode(data).text)
    return found[1] if found else ""


def _of_plist(data: bytes) -> str:
    """Read the key URL; plistlib refuses entities of the file's own."""
    try:
        found = plistlib.loads(data)
    except (plistlib.InvalidFileException, ExpatError, ValueError, LookupError, TypeError):
        return ""
    address = found.get("URL") if isinstance(found, Mapping) else None
    return address if isinstance(address, str) else ""
