"""Word documents (.docx, .docm) through mammoth (the extra `docx`): paragraphs, lists, tables."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

from services.extract.cleaning.document_fields import article_from_document
from services.extract.formats.docx_lines import HEADINGS, heading_among, lines_of_html
from services.extract.formats.docx_package import check_package, read_properties
from services.extract.formats.extras import from_extra
from services.extract.outcome import Reading, ReadRequest, Reason, UnreadableError

_STYLES = """
p[style-name='Title'] => h1.title:fresh
p[style-name='Subtitle'] => h2:fresh
"""
_DAMAGED = (
    "The Word document is damaged or not complete; open it in Word, save it again, drop that."
)


def read(data: bytes, request: ReadRequest) -> Reading:
    """Read the text of a Word document; pictures, comments and deleted passages are left out."""
    with from_extra("docx", "Word documents"):
        import mammoth
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            check_package(package)
            properties = read_properties(package)
        found = mammoth.convert_to_html(
            BytesIO(data),
            style_map=_STYLES,
            include_embedded_style_map=False,
            convert_image=_no_image,
        )
    except (MemoryError, RecursionError, UnreadableError):
        raise
    except Exception as broken:  # mammoth lets every surprise of its XML through
        raise UnreadableError(Reason.MALFORMED, _DAMAGED) from broken
    blocks = lines_of_html(found.value)
    if not blocks:
        detail = "The Word document holds no text (only pictures?); save its text and drop that."
        raise UnreadableError(Reason.NO_TEXT, detail)
    cleaned = article_from_document(
        [block.text for block in blocks],
        heading_among(blocks),
        properties,
        request,
        marked=frozenset(block.text for block in blocks if block.kind in {"li", "tr"}),
        headings=frozenset(block.text for block in blocks if block.kind in HEADINGS),
    )
    return Reading("docx", article=cleaned.article, lines=cleaned.lines)


def _no_image(_image: Any) -> list[Any]:
    return []
