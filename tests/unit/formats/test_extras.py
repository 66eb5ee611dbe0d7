"""Formats whose library comes with an extra: read only when needed, refused with advice."""

import subprocess
import sys

import pytest

from services.extract.outcome import MembersError, ReadRequest, Reason
from services.extract.reading import iter_members, read_file
from tests.unit.formats.documents import docx, paragraph, pdf, pdf_column, warc_record

_LINES = ["The harbour office said that the light would be lit again."]
_FILES = {
    "pdf": ("pypdf", pdf([pdf_column(_LINES)])),
    "docx": ("mammoth", docx(paragraph(_LINES[0]))),
    "warc": ("warcio", warc_record("resource", "https://a.example/", _LINES[0].encode())),
}
_READ_TEXT = """
import sys
from services.extract.reading import ReadRequest, read_file
assert read_file(b"The harbour office said so.", ReadRequest("a.txt")).article
print(*({"pypdf", "mammoth", "warcio"} & set(sys.modules)))
"""


@pytest.mark.parametrize(("extra", "library", "data"), [(k, *v) for k, v in _FILES.items()])
def test_without_its_library_a_file_is_refused_with_the_way_to_install_it(
    monkeypatch, extra, library, data
):
    monkeypatch.setitem(sys.modules, library, None)  # as Python itself says "there is none"

    reading = read_file(data, ReadRequest(f"a.{extra}"))

    assert reading.rejection is not None
    assert reading.rejection.reason is Reason.UNSUPPORTED
    assert f'pip install "newswatch[{extra}]"' in reading.rejection.detail
    assert "make setup" in reading.rejection.detail


def test_members_of_a_web_archive_are_refused_alike(monkeypatch):
    monkeypatch.setitem(sys.modules, "warcio", None)

    with pytest.raises(MembersError, match=r"newswatch\[warc\]"):
        list(iter_members(_FILES["warc"][1], ReadRequest("a.warc")))


def test_no_library_of_an_extra_is_loaded_to_read_text():
    found = subprocess.run(
        [sys.executable, "-c", _READ_TEXT], capture_output=True, text=True, check=True, timeout=60
    )

    assert found.stdout.split() == []
