"""The formats newswatch reads: one module a format, and the registry that names them."""

from __future__ import annotations

from services.extract.formats import (
    docx,
    feeds,
    html_page,
    json_feed,
    json_records,
    links,
    mail,
    markdown,
    mhtml,
    newsml,
    nitf,
    pdf,
    plain_text,
    tar_archive,
    warc,
    webarchive,
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
    "json_feed": Format(read=json_feed.read, members=json_feed.iter_members),
    "rss": Format(read=feeds.read, members=feeds.iter_members),
    "atom": Format(read=feeds.read, members=feeds.iter_members),
    "eml": Format(read=mail.read, members=mail.iter_members),
    "mhtml": Format(read=mhtml.read),
    "webarchive": Format(read=webarchive.read),
    "link": Format(read=links.read),
    "pdf": Format(read=pdf.read),
    "docx": Format(read=docx.read),
    "warc": Format(read=warc.read, members=warc.iter_members),
}
