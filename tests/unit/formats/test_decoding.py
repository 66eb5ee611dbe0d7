import pytest

from services.extract.formats.decoding import decode
from services.extract.outcome import Reason, UnreadableError

_GERMAN = "Der Bürgermeister eröffnete die große Brücke für alle Gäste der schönen Stadt. " * 3
_RUSSIAN = "Мэр открыл новый мост через гавань, и сотни людей прошли по нему в первый день. " * 3
_JAPANESE = "市長は月曜日に港にかかる新しい橋を開通させ、数百人が初日に渡りました。" * 5


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        pytest.param(_GERMAN, "utf-8", id="utf-8"),
        pytest.param(_GERMAN, "utf-8-sig", id="utf-8 with mark"),
        pytest.param(_GERMAN, "utf-16", id="utf-16 with mark"),
        pytest.param(_GERMAN, "utf-16-le", id="utf-16 little-endian without mark"),
        pytest.param(_GERMAN, "utf-16-be", id="utf-16 big-endian without mark"),
        pytest.param(_GERMAN, "utf-32", id="utf-32 with mark"),
        pytest.param(_GERMAN, "latin-1", id="latin-1"),
        pytest.param("“Quoted” – said the mayor’s office. " * 3, "cp1252", id="cp1252 quotes"),
        pytest.param(_RUSSIAN, "cp1251", id="cp1251"),
        pytest.param(_JAPANESE, "shift_jis", id="shift-jis"),
        pytest.param(_JAPANESE, "euc_jp", id="euc-jp"),
    ],
)
def test_text_survives_whatever_encoding_it_was_saved_in(text, encoding):
    assert decode(text.encode(encoding)).text == text


def test_valid_utf8_is_utf8_whatever_the_page_declares():
    data = f'<meta charset="windows-1251"><p>{_GERMAN}'.encode()

    assert _GERMAN in decode(data).text


def test_declared_charset_counts_when_the_bytes_are_no_utf8():
    data = f'<meta charset="koi8-r"><p>{_RUSSIAN}'.encode("koi8-r")

    assert _RUSSIAN in decode(data).text


def test_utf8_cut_off_in_mid_character_is_still_utf8_and_says_so():
    decoded = decode(_RUSSIAN.encode()[:-3])

    assert decoded.text.startswith(_RUSSIAN[:-3])
    assert "1 bytes" in decoded.notes[0]


def test_guessed_encoding_is_said_aloud():
    assert "guess" in decode(_GERMAN.encode("latin-1")).notes[0]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(bytes(range(256)) * 50, id="all byte values"),
        pytest.param(b"\x00" * 5000 + b"\x01\x02" * 5000, id="zeros and controls"),
        pytest.param(b"text \x01\x02\x03\x04\x05\x06" * 300, id="text full of controls"),
    ],
)
def test_binary_data_is_no_text(data):
    with pytest.raises(UnreadableError) as refused:
        decode(data)

    assert refused.value.rejection.reason is Reason.NOT_TEXT


def test_a_stray_zero_byte_does_not_make_text_binary():
    assert "bridge" in decode(b"The bridge\x00 is open now, and people cross it.").text
