"""An article put together: body, fields with their sources, language; refused without text."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from datetime import date

import htmldate
from lxml import html as lxml_html

from services.extract.cleaning.agencies import agency_at_end, agency_in_dateline
from services.extract.cleaning.datelines import dateline_of
from services.extract.cleaning.dates import is_in_future
from services.extract.cleaning.html_page import has_lost_text, parse_page, read_body
from services.extract.cleaning.language import detect_language
from services.extract.cleaning.outlets import outlet_of_folder, outlet_of_page
from services.extract.cleaning.page_authors import credits_of_page
from services.extract.cleaning.page_facts import PageFacts, read_page_facts
from services.extract.cleaning.page_titles import title_of_page
from services.extract.cleaning.page_view import with_page_lines
from services.extract.cleaning.plain_text import clean_plain_text, split_lines
from services.extract.cleaning.publication import publication_of_page
from services.extract.cleaning.text_fields import fields_of_text
from services.extract.cleaning.titles import working_title
from services.extract.outcome import Cleaned, ReadRequest, Reason, UnreadableError
from shared.model import UNDECIDED_SOURCES, CleanArticle, Field, Source

_WORD = re.compile(r"[^\W_]+")
_WIDE = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def article_from_text(text: str, request: ReadRequest) -> Cleaned:
    """Read copied text; UnreadableError without an article."""
    clean = clean_plain_text(text)
    fields, authors, clean = fields_of_text(clean, request.received_at)
    body = clean.text or "\n\n".join(split_lines(text))
    return Cleaned(checked_article(body, fields, authors, request), clean.fates)


def article_from_page(source: str, request: ReadRequest) -> Cleaned:
    """Read a page made harmless (see `html_source`); UnreadableError without an article."""
    tree = parse_page(source)
    if tree is None:
        raise UnreadableError(Reason.NO_TEXT, "The page holds no element with text.")
    facts = read_page_facts(tree)
    title = title_of_page(facts)
    dates = publication_of_page(facts, request.received_at, request.modified_at)
    published = dates.published or _guessed_date(tree, facts)
    outlet = outlet_of_page(facts)
    credited = credits_of_page(facts, outlet.value if outlet else None)
    titles = [*facts.headings, *([title.value] if title else [])]
    body = read_body(tree, facts.articles, titles, credited.authors)
    paragraphs = [line.text for line in body.lines if not line.dropped]
    if not paragraphs:
        raise _no_body(is_lost=has_lost_text(tree))
    dateline, dated = dateline_of(paragraphs[0])
    if published is None or published.source in UNDECIDED_SOURCES:
        published = dated or published
    if published and is_in_future(published.value, request.received_at):
        published = None
    found = {
        "title": title,
        "published": published,
        "updated": dates.updated,
        "outlet": outlet,
        "url": Field(facts.url, Source.META, 0.95) if facts.url else None,
        "dateline": dateline,
        "agency": _agency(paragraphs, credited.agency),
    }
    fields = {name: field for name, field in found.items() if field}
    text = "\n\n".join(paragraphs)
    language = facts.html_language
    article = checked_article(text, fields, credited.authors, request, declared_language=language)
    lines, left_out = with_page_lines(tree, body.lines) if request.explain else (body.lines, ())
    return Cleaned(article, lines, (*body.notes, *left_out))


def checked_article(
    text: str,
    fields: Mapping[str, Field],
    authors: tuple[str, ...],
    request: ReadRequest,
    *,
    declared_language: str | None = None,
) -> CleanArticle:
    """Complete an article with outlet, language and working title; UnreadableError if short."""
    text = storable(text)
    _check_length(text, request)
    completed = {
        name: Field(storable(f.value), f.source, f.confidence) for name, f in fields.items()
    }
    folder = outlet_of_folder(request.outlet)
    title = completed.get("title")
    language = detect_language(text, title.value if title else "", declared_language)
    if folder:
        completed.setdefault("outlet", folder)
    if language:
        completed.setdefault("language", language)
    completed.setdefault("title", working_title(text))
    return CleanArticle(text, completed, tuple(storable(author) for author in authors))


def storable(text: str) -> str:
    """Replace what no database stores (zero characters, lone surrogates), keeping every offset."""
    return _UNSTORABLE.sub("\ufffd", text)


def _check_length(text: str, request: ReadRequest) -> None:
    words = sum(1 for _ in itertools.islice(_WORD.finditer(text), request.min_words))
    wide = sum(1 for _ in itertools.islice(_WIDE.finditer(text), 2 * request.min_words))
    if words + wide // 2 < request.min_words:
        detail = (
            f"Only {words} words of text were found; at least {request.min_words} make an article."
        )
        raise UnreadableError(Reason.TOO_SHORT, detail)


def _no_body(*, is_lost: bool) -> UnreadableError:
    if is_lost:
        detail = (
            "The page shows text, but no article was found in it (an overview or an app page?); "
            "copy the article's text into a .txt file."
        )
        return UnreadableError(Reason.NO_TEXT, detail)
    return UnreadableError(Reason.TOO_SHORT, "The page shows next to no text.")


def _agency(paragraphs: list[str], credited: str | None) -> Field | None:
    found = (agency_in_dateline(paragraphs[0]), *agency_at_end(paragraphs[-1]), credited)
    agency = next((name for name in found if name), None)
    return Field(agency, Source.TEXT, 0.85) if agency else None


def _guessed_date(tree: lxml_html.HtmlElement, facts: PageFacts) -> Field | None:
    """Ask htmldate, which nearly always answers: on pages without a date too. So it is a guess."""
    found = htmldate.find_date(tree, extensive_search=False, original_date=True, url=facts.url)
    if not found:
        return None
    date.fromisoformat(found)
    return Field(found, Source.GUESS, 0.4)
