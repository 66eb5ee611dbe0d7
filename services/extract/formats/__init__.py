"""The formats newswatch reads: one module a format, and the registry that names them."""

from __future__ import annotations

from services.extract.formats import docx, html_page, json_records, markdown, pdf, plain_text, warc
from services.extract.formats.format import Format

__all__ = ["FORMATS", "Format"]

FORMATS: dict[str, Format] = {
    "html": Format(read=html_page.read),
    "text": Format(read=plain_text.read),
    "markdown": Format(read=markdown.read),
    "json": Format(read=json_records.read, members=json_records.iter_members),
    "pdf": Format(read=pdf.read),
    "docx": Format(read=docx.read),
    "warc": Format(read=warc.read, members=warc.iter_members),
}
