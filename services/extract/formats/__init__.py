"""The formats newswatch reads: one module a format, and the registry that names them."""

from __future__ import annotations

from services.extract.formats import (
    html_page,
    json_records,
    markdown,
    newsml,
    nitf,
    plain_text,
    tar_archive,
    zip_archive,
)
from services.extract.formats.format import Format

__all__ = ["FORMATS", "Format"]

FORMATS: dict[str, Format] = {
    "html": Format(read=html_page.read),
    "text": Format(read=plain_text.read),
    "markdown": Format(read=markdown.read),
    "json": Format(read=json_records.read, members=json_records.iter_members),
    "nitf": Format(read=nitf.read),
    "newsml": Format(read=newsml.read, members=newsml.iter_members),
    "zip": Format(read=zip_archive.read, members=zip_archive.iter_members),
    "tar": Format(read=tar_archive.read, members=tar_archive.iter_members),
    "gzip": Format(read=tar_archive.read, members=tar_archive.iter_members),
    "bzip2": Format(read=tar_archive.read, members=tar_archive.iter_members),
    "xz": Format(read=tar_archive.read, members=tar_archive.iter_members),
}
