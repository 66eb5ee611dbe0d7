"""PDF: press releases and printed pages, page by page through pypdf (the extra `pdf`)."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING

from services.extract.cleaning.document_fields import Properties, article_from_document
from services.extract.cleaning.printed_pages import PrintedPage, read_printed_pages
from services.extract.cleaning.printed_titles import title_of_print
from services.extract.formats.extras import from_extra
from services.extract.formats.pdf_lines import page_lines
from services.extract.outcome import Cleaned, Reading, ReadRequest, Reason, UnreadableError

if TYPE_CHECKING:
    from pypdf import DocumentInformation, PdfReader

MAX_PAGES = 60
MAX_STREAM_BYTES = 20_000_000  # of one page's content or one font, unpacked
MAX_PAGE_ELEMENTS = 300_000  # operators and operands; a page of text has some 10,000
_ENCRYPTED = (
    "The PDF is protected with a password; save a copy without one (print it to a new PDF) "
    "and drop that."
)
_SCANNED = "The PDF holds pictures of pages and no text; run text recognition (OCR) first."


def read(data: bytes, request: ReadRequest) -> Reading:
    """Read the text of a PDF's first pages; nothing but text is ever decoded."""
    with from_extra("pdf", "PDF files"):
        import pypdf
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it repeats what hostile bytes say
    limits = pypdf.apply_configuration(
        zlib_maximum_output_length=MAX_STREAM_BYTES,
        lzw_maximum_output_length=MAX_STREAM_BYTES,
        run_length_maximum_output_length=MAX_STREAM_BYTES,
        brotli_maximum_output_length=MAX_STREAM_BYTES,
        array_based_stream_maximum_output_length=MAX_STREAM_BYTES,
        stream_decoding_work_maximum_length=3 * MAX_STREAM_BYTES,
        stream_parsing_work_maximum_count=MAX_PAGE_ELEMENTS,
        page_tree_maximum_entries=10_000,
        xform_maximum_invocations_per_extraction=500,
        jbig2dec_binary=None,  # no other program is ever started
    )
    with limits:
        return _read(data, request)


def _read(data: bytes, request: ReadRequest) -> Reading:
    reader = _opened(data)
    pages, notes = _pages(reader)
    if not any(
        character.isalnum() for page in pages for line in page.lines for character in line.text
    ):
        raise UnreadableError(Reason.NO_TEXT, _SCANNED)
    cleaned = _article(pages, _properties(reader), request)
    return Reading("pdf", article=cleaned.article, notes=notes, lines=cleaned.lines)


def _article(
    pages: tuple[PrintedPage, ...], properties: Properties, request: ReadRequest
) -> Cleaned:
    printed = read_printed_pages(pages)
    heading = title_of_print(printed.paragraphs, properties.title)
    lines = [paragraph.text for paragraph in printed.paragraphs]
    cleaned = article_from_document(lines, heading, properties, request, address=printed.address)
    return Cleaned(cleaned.article, (*printed.dropped, *cleaned.lines))


def _opened(data: bytes) -> PdfReader:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError

    try:
        reader = PdfReader(BytesIO(data))
        is_open = not reader.is_encrypted or bool(reader.decrypt(""))
        if is_open:
            len(reader.pages)  # the page tree is read now, that what is wrong with it is told apart
    except (DependencyError, FileNotDecryptedError, NotImplementedError) as locked:
        raise UnreadableError(Reason.UNSUPPORTED, _ENCRYPTED) from locked
    except MemoryError:
        raise
    except Exception as broken:
        raise _unreadable(broken) from broken
    if not is_open:
        raise UnreadableError(Reason.UNSUPPORTED, _ENCRYPTED)
    return reader


def _pages(reader: PdfReader) -> tuple[tuple[PrintedPage, ...], tuple[str, ...]]:
    """Read the pages one by one; one that can not be read is named and passed over."""
    count, notes, wrong = len(reader.pages), [], None
    pages: list[PrintedPage] = []
    for number in range(min(count, MAX_PAGES)):
        try:
            pages.append(page_lines(reader.pages[number]))
        except MemoryError:
            raise
        except Exception as broken:  # noqa: BLE001  pypdf says that broken files may raise anything
            notes.append(f"Page {number + 1} could not be read ({_told(broken)}).")
            wrong = broken
    if wrong is not None and not pages:
        raise _unreadable(wrong) from wrong
    without = sum(not page.lines for page in pages)
    if 2 * without >= len(pages):
        notes.append(f"{without} of {len(pages)} pages hold no text, only pictures.")
    if count > MAX_PAGES:
        notes.append(f"Only the first {MAX_PAGES} of {count:,} pages were read.")
    return tuple(pages), tuple(notes)


def _properties(reader: PdfReader) -> Properties:
    """Read the document's properties; broken ones are none."""
    with suppress(Exception):
        if found := reader.metadata:
            title, author = str(found.title or ""), str(found.author or "")
            return Properties(title, author, _created(found))
    return Properties()


def _created(properties: DocumentInformation) -> datetime | None:
    with suppress(ValueError):  # many programs write dates of their own form
        moment = properties.creation_date
        return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
    return None


def _unreadable(broken: Exception) -> UnreadableError:
    if type(broken).__name__ == "LimitReachedError":
        detail = (
            f"The PDF holds more than is read ({_told(broken)}); "
            "print the article's pages to a new PDF and drop that."
        )
        return UnreadableError(Reason.TOO_LARGE, detail)
    detail = (
        f"The PDF is damaged or not complete ({_told(broken)}); "
        "fetch it again, or print it to a new PDF and drop that."
    )
    return UnreadableError(Reason.MALFORMED, detail)


def _told(broken: Exception) -> str:
    return f"{type(broken).__name__}: {broken}"[:150].rstrip(". ")
