"""A mail: its body is an article; with attached articles it is a container of body and these."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from services.extract.cleaning.fields import article_from_text
from services.extract.cleaning.html_source import make_harmless
from services.extract.formats.html_page import clean_page
from services.extract.formats.mail_fields import TELLING_HEADERS, fields_of_mail
from services.extract.formats.marked_text import count_words, without_tags
from services.extract.formats.mime import Part, parse_message
from services.extract.outcome import (
    Cleaned,
    Member,
    Reading,
    ReadRequest,
    Reason,
    UnreadableError,
)
from shared.model import Source

# The text version of a newsletter says the same in other words and with addresses in it.
_TEXT_MUST_HOLD_TIMES = 1.25
_TEXTS = frozenset(("text/plain", "text/html", "text/enriched"))
_NO_ARTICLES = ("image/", "audio/", "video/", "font/")
_NO_ARTICLE = frozenset(
    (
        "text/calendar", "text/vcard", "text/x-vcard", "text/rfc822-headers", "application/ics",
        "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature",
        "application/pgp-keys", "application/pgp-encrypted", "application/ms-tnef",
        "message/delivery-status", "message/disposition-notification",
    )
)  # fmt: skip
_SUFFIXES = {"text/html": ".html", "text/plain": ".txt", "message/rfc822": ".eml",
             "application/pdf": ".pdf", "application/json": ".json"}  # fmt: skip
_NAMED_IN_NOTE = 5
_COUNTED_CHARACTERS = 1_000_000
# Mail is laid out with tables; as blocks their text reads as the paragraphs people see.
_LAYOUT = re.compile(r"<(/?)(?:table|tbody|thead|tfoot|tr|td|th|center)(?=[\s/>])", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://|www\.|mailto:)\S{1,2000}")
_UNSAFE_IN_NAME = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|#]+")
_SOFT_BREAK = re.compile(r"(?<=\S) \r?\n(?=\S)")


@dataclass(slots=True)
class _Found:
    """What a part holds: pieces of the body as (is HTML, text), attachments, things passed over."""

    pieces: list[tuple[bool, str]] = field(default_factory=list)
    attachments: list[Part] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)
    words: int = 0  # in the pieces

    @property
    def has_html(self) -> bool:
        return any(is_html for is_html, _ in self.pieces)


def read(data: bytes, request: ReadRequest) -> Reading:
    """Read a mail's body, or say that it holds articles beside it."""
    mail, notes = parse_message(data)
    found = _find(mail)
    notes = (*notes, *_notes(found))
    if found.attachments:
        return Reading("eml", members=True, notes=notes)
    if not found.words:
        detail = " ".join(("The mail holds no text.", *notes))
        raise UnreadableError(Reason.NO_TEXT, detail)
    cleaned, dropped = _clean(found, request)
    article = _with_headers(cleaned, mail, request)
    return Reading("eml", article=article.article, notes=(*notes, *dropped), lines=article.lines)


def iter_members(data: bytes, request: ReadRequest) -> Iterator[Member]:
    """Yield the body as a mail of its own, then each attachment: `mail.eml#2-report.pdf`."""
    mail, _ = parse_message(data)
    found = _find(mail)
    if not found.attachments:
        raise UnreadableError(Reason.UNSUPPORTED, "The mail holds no attached articles.")
    if found.words:
        yield Member(f"{request.name}#1.eml", _body_alone(mail, found))
    for place, part in enumerate(found.attachments, start=2):
        yield Member(f"{request.name}#{place}{_attached_name(part)}", part.content)


def _find(mail: Part) -> _Found:
    """Find body and attachments; a mail of one text is that text, even if called attached."""
    found = _Found()
    if mail.kind in _TEXTS:
        _add_text(mail, found)
        return found
    return _find_below(mail, is_first=True)


def _find_below(part: Part, *, is_first: bool) -> _Found:
    """Find body and attachments below *part*; *is_first* says that no body came before it."""
    if part.kind == "multipart/alternative":
        return _best_of([_find_below(child, is_first=is_first) for child in part.parts])
    found = _Found()
    if part.kind == "multipart/related":
        _add_related(part, found, is_first=is_first)
    elif part.parts:
        for child in part.parts:
            _add(_find_below(child, is_first=is_first and not found.pieces), found)
    elif not part.kind.startswith("multipart/"):
        _add_single(part, found, is_first=is_first)
    return found


def _add(other: _Found, found: _Found) -> None:
    found.pieces += other.pieces
    found.attachments += other.attachments
    found.passed_over += other.passed_over
    found.words += other.words


def _best_of(choices: list[_Found]) -> _Found:
    """Choose HTML unless the text holds plainly more; what is attached to any choice stays."""
    best = _Found()
    for choice in choices:
        handicap = _TEXT_MUST_HOLD_TIMES if best.has_html and not choice.has_html else 1.0
        advantage = _TEXT_MUST_HOLD_TIMES if choice.has_html and not best.has_html else 1.0
        if choice.words * advantage > best.words * handicap:
            best.pieces, best.words = choice.pieces, choice.words
        best.attachments += choice.attachments
        best.passed_over += choice.passed_over
    return best


def _add_related(part: Part, found: _Found, *, is_first: bool) -> None:
    """Take the root of a page with its resources; those are no articles."""
    root = root_of_related(part)
    for child in part.parts:
        if child is root:
            _add(_find_below(child, is_first=is_first), found)
        elif child.kind == "message/rfc822" or _is_attached(child, is_first=False):
            _add_single(child, found, is_first=False)
        else:
            found.passed_over.append(child.filename or child.kind)


def root_of_related(part: Part) -> Part | None:
    """Give the part that `start` names by its Content-ID, else the first."""
    start = str(part.head.get_param("start") or "").strip("<> ")
    named = (p for p in part.parts if start and p.header("content-id").strip("<> ") == start)
    return next(named, next(iter(part.parts), None))


def _add_single(part: Part, found: _Found, *, is_first: bool) -> None:
    if part.kind.startswith(_NO_ARTICLES) or part.kind in _NO_ARTICLE:
        found.passed_over.append(part.filename or part.kind)
    elif part.kind in _TEXTS and not _is_attached(part, is_first=is_first):
        _add_text(part, found)
    else:
        found.attachments.append(part)


def _add_text(part: Part, found: _Found) -> None:
    """Add a piece of the body; one that is no text is passed over, the rest of the mail read."""
    is_html = part.kind != "text/plain"
    try:
        text = _text_of(part)
    except UnreadableError:
        found.passed_over.append(f"{(part.filename or part.kind)[:60]} (not text)")
        return
    found.pieces.append((is_html, text))
    found.words += _count_body_words(text, is_html=is_html)


def _is_attached(part: Part, *, is_first: bool) -> bool:
    """Say whether it is called attached, or has a file's name; the body may have one as well."""
    is_called = part.head.get_content_disposition() == "attachment"
    return is_called or (bool(part.filename) and not is_first)


def _text_of(part: Part) -> str:
    text = part.text.text
    if str(part.head.get_param("format") or "").lower() == "flowed":
        return _SOFT_BREAK.sub(" ", text)
    return text


def _count_body_words(text: str, *, is_html: bool) -> int:
    text = text.lstrip()[:_COUNTED_CHARACTERS]
    if is_html:
        text = without_tags(make_harmless(text)[0])
    return count_words(_ADDRESS.sub(" ", text))


def _joined(found: _Found) -> tuple[bool, str]:
    """Put the pieces of a body together; some programs cut it at each picture."""
    if not found.has_html:
        return False, "\n\n".join(text for _, text in found.pieces)
    return True, "\n".join(text if is_html else _marked_up(text) for is_html, text in found.pieces)


def _marked_up(text: str) -> str:
    paragraphs = re.split(r"\n\s*\n", html.escape(text, quote=False))
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


def _clean(found: _Found, request: ReadRequest) -> tuple[Cleaned, tuple[str, ...]]:
    is_html, text = _joined(found)
    if is_html:
        return clean_page(_LAYOUT.sub(r"<\1div", text), request)
    return article_from_text(text, request), ()


def _with_headers(cleaned: Cleaned, mail: Part, request: ReadRequest) -> Cleaned:
    """Put in what the headers state; a guess of theirs gives way to what the body says."""
    stated, authors = fields_of_mail(mail, request.received_at)
    article = cleaned.article
    fields = dict(article.fields)
    for name, said in stated.items():
        if said.source is not Source.GUESS or name not in fields:
            fields[name] = said
    article = replace(article, fields=fields, authors=article.authors or authors)
    return replace(cleaned, article=article)


def _notes(found: _Found) -> tuple[str, ...]:
    count = len(found.passed_over)
    if not count:
        return ()
    names = ", ".join(name[:80] for name in found.passed_over[:_NAMED_IN_NOTE])
    more = f" and {count - _NAMED_IN_NOTE} more" if count > _NAMED_IN_NOTE else ""
    return (f"Parts that hold no article were passed over: {names}{more}.",)


def _body_alone(mail: Part, found: _Found) -> bytes:
    """Write the body as a mail with the same headers and no attachments."""
    is_html, text = _joined(found)
    kept = [f"{name}: {raw}" for name in TELLING_HEADERS if (raw := mail.raw_header(name))]
    kind = "text/html" if is_html else "text/plain"
    kept += ["MIME-Version: 1.0", f"Content-Type: {kind}; charset=utf-8"]
    kept.append("Content-Transfer-Encoding: 8bit")
    return ("\n".join(kept) + "\n\n" + text).encode("utf-8", "replace")


def _attached_name(part: Part) -> str:
    """Give `-report.pdf`, or only a suffix for an attachment without a name."""
    name = _UNSAFE_IN_NAME.sub("_", part.filename)[-100:].strip(". ")
    return f"-{name}" if name else _SUFFIXES.get(part.kind, ".bin")
