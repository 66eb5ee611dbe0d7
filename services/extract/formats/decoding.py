"""Bytes to text, decided here and not by a parser.

Saved pages often lie about their charset: a browser stores UTF-8 under the older tag the server
sent. So bytes that are valid UTF-8 are UTF-8, whatever they say (the chance that other text is
valid UTF-8 by accident is negligible beyond a few characters).
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

import charset_normalizer

from services.extract.outcome import Reason, UnreadableError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(
    rb"""(?:charset|encoding)\s{0,5}=\s{0,5}["']?([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE
)
_DECLARED_WITHIN_BYTES = 4096  # HTML's own limit is 1,024; saved pages put comments before it
_SAMPLE_BYTES = 64_000
# Browsers read these as Windows-1252 (WHATWG Encoding Standard), and so did who wrote the page.
LATIN_NAMES = {"latin-1", "latin1", "iso-8859-1", "iso8859-1", "ascii", "us-ascii"}
_CONTROL = bytes([*range(1, 9), 11, *range(14, 27), *range(28, 32), 127])


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the encoding it was in, and a note when that was doubtful."""

    text: str
    encoding: str
    notes: tuple[str, ...] = ()


def decode(data: bytes) -> Decoded:
    """Decode *data* by byte-order mark, UTF-16 zero bytes, UTF-8, declaration, statistics, cp1252.

    Raises:
        UnreadableError: `not_text` for binary data, `undecodable` when no encoding gives text.
    """
    decoded = _by_mark(data) or _by_zero_bytes(data) or _as_utf8(data) or _as_declared(data)
    decoded = decoded or _as_damaged_utf8(data) or _by_statistics(data) or _as_cp1252(data)
    _check_is_text(decoded.text)
    return decoded


def _by_mark(data: bytes) -> Decoded | None:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _with_damage(data, encoding)
    return None


def _by_zero_bytes(data: bytes) -> Decoded | None:
    """Latin text in UTF-16 has a zero in every second byte."""
    sample = data[:4000]
    if sample.count(0) < len(sample) // 5:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 10 * even:
        return _with_damage(data, "utf-16-le")
    if even > 10 * odd:
        return _with_damage(data, "utf-16-be")
    return None


def _as_utf8(data: bytes) -> Decoded | None:
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return None


def _as_declared(data: bytes) -> Decoded | None:
    found = _DECLARED.search(data[:_DECLARED_WITHIN_BYTES])
    name = found.group(1).decode("ascii").lower() if found else ""
    if not name or name.startswith("utf") or name in {"unicode", "none"}:
        return None  # the text itself is no UTF-8, and a declaration readable as ASCII no UTF-16
    name = (
        "cp1252" if name in LATIN_NAMES else name
    )  # as browsers read it (WHATWG Encoding Standard)
    try:
        return Decoded(str(data, name), name)
    except (UnicodeError, LookupError):
        return None


def _as_damaged_utf8(data: bytes) -> Decoded | None:
    """UTF-8 cut off at the end or with a few bad bytes is still UTF-8."""
    text = data.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    good = sum(1 for character in text[:200_000] if character > "\x7f") - bad
    if good < 10 * bad and not (bad == 1 and text.endswith("\ufffd")):
        return None
    return Decoded(text, "utf-8", (f"{bad} bytes were no valid UTF-8 and show as \ufffd.",))


def _by_statistics(data: bytes) -> Decoded | None:
    best = charset_normalizer.from_bytes(data[:_SAMPLE_BYTES]).best()
    if best is None or best.encoding == "ascii":
        return None
    # On little Latin text the statistics can not tell its code pages apart: the common one it is.
    if best.encoding.startswith(("cp125", "iso8859", "latin", "mac", "cp8", "cp4", "cp7", "hp")):
        western = _as_cp1252(data)
        if _reads_as_western(western.text):
            return western
    try:
        text = data.decode(best.encoding)
    except UnicodeError:
        return None
    return Decoded(text, best.encoding, (f"The encoding {best.encoding} is a guess.",))


def _reads_as_western(text: str) -> bool:
    """Say whether the letters beyond ASCII stand among small Latin letters, as accents do."""
    beyond = [character for character in text[:_SAMPLE_BYTES] if character > "\x7f"]
    usual = sum(character in "àáâãäåæçèéêëìíîïñòóôõöøùúûüßœ‘’“”–—…€«»°·" for character in beyond)
    return usual >= 0.9 * len(beyond)


def _as_cp1252(data: bytes) -> Decoded:
    notes = ("The encoding Windows-1252 is a guess.",)
    return Decoded(data.decode("cp1252", errors="replace"), "cp1252", notes)


def _with_damage(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, errors="replace")
    bad = text.count("\ufffd")
    notes = (f"{bad} places were no valid {encoding} and show as \ufffd.",) if bad else ()
    return Decoded(text, encoding, notes)


def _check_is_text(text: str) -> None:
    sample = text[:200_000]
    encoded = sample.encode("utf-8", "surrogatepass")  # its long forms hold no control byte
    controls = len(encoded) - len(encoded.translate(None, _CONTROL)) + _stray_zeros(sample)
    if controls > len(sample) // 20:
        detail = "The file holds binary data, not text; drop the article as text, HTML or JSON."
        raise UnreadableError(Reason.NOT_TEXT, detail)
    if sample.count("\ufffd") > len(sample) // 50 + 1:
        detail = "The file's character encoding could not be told; save it again as UTF-8."
        raise UnreadableError(Reason.UNDECODABLE, detail)


def _stray_zeros(sample: str) -> int:
    """A few zero bytes in text are an accident (they are dropped later); many are binary data."""
    zeros = sample.count("\x00")
    return zeros if zeros > len(sample) // 10 else 0
