"""The fields of an article in a mail, from the mail's headers."""

from __future__ import annotations

import re
from datetime import datetime

from services.extract.cleaning.authors import names_in
from services.extract.cleaning.dates import dated_field, is_in_future
from services.extract.formats.mime import Part, plain_header
from shared.model import Field, Source

# Headers that say from whom, when and by which list a mail came.
TELLING_HEADERS = (
    "From", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe", "List-Post",
    "Precedence", "Feedback-ID",
)  # fmt: skip
_ANSWER = r"(?:re|aw|sv|vs|antw|odp|ynt|回复|答复|回覆|trả lời)"
_FORWARD = r"(?:fwd?|wg|tr|rv|enc|vb|doorst|转发|轉寄|chuyển tiếp)"
_PREFIX = re.compile(
    rf"\s{{0,5}}(?:{_ANSWER}|{_FORWARD})\s?(?:\[\d{{1,3}}\]|\(\d{{1,3}}\))?\s?[:：]\s{{0,5}}",
    re.IGNORECASE,
)
_MAX_PREFIXES = 20
_NAME_BEFORE_ADDRESS = re.compile(r"""\s*["']?([^"<>]{1,200}?)["']?\s*<""")
_NAME_IN_COMMENT = re.compile(r"[^()]{0,320}\(([^()]{1,200})\)")
_MARKS_OF_MASS_MAIL = ("list-unsubscribe", "list-id", "feedback-id")


def fields_of_mail(
    mail: Part, received_at: datetime | None
) -> tuple[dict[str, Field], tuple[str, ...]]:
    """Give the fields and authors a mail's headers state.

    The sender of a newsletter is its outlet, any other sender the author. Who passes an article on
    is neither, and the date of passing it on is a guess at its own.
    """
    title, is_passed_on = _title(mail)
    outlet, author = (None, None) if is_passed_on else _sender(mail)
    published = _published(mail, received_at, is_passed_on=is_passed_on)
    identity = mail.header("message-id").strip("<>")
    found = {
        "title": Field(title, Source.META, 0.9) if title else None,
        "published": published,
        "outlet": Field(outlet, Source.META, 0.8) if outlet else None,
        "external_id": Field(identity, Source.META, 0.9) if identity else None,
    }
    authors = names_in([author]) if author else ()
    return {name: field for name, field in found.items() if field}, authors


def _title(mail: Part) -> tuple[str, bool]:
    """Cut `Re:` and `Fwd:` off the subject; also say whether there was one."""
    subject = mail.header("subject")
    title = subject
    for _ in range(_MAX_PREFIXES):
        found = _PREFIX.match(title)
        if found is None:
            break
        title = title[found.end() :]
    return title.strip(), title != subject


def _published(mail: Part, received_at: datetime | None, *, is_passed_on: bool) -> Field | None:
    found = dated_field(mail.header("date"), Source.META, 0.9)
    if found is None or is_in_future(found.value, received_at):
        return None
    return Field(found.value, Source.GUESS, 0.3) if is_passed_on else found


def _sender(mail: Part) -> tuple[str | None, str | None]:
    """Tell (outlet, author): on a list where people write, the list is the outlet."""
    sender = _display_name(mail.raw_header("from"))
    is_mass_mail = mail.header("precedence").lower() in {"bulk", "list"} or any(
        mail.head.get(name) for name in _MARKS_OF_MASS_MAIL
    )
    if not is_mass_mail:
        return None, sender
    list_name = _display_name(mail.raw_header("list-id"))
    is_discussion = mail.header("list-post").lower().startswith("<mailto:")
    return (list_name, sender) if is_discussion else (sender or list_name, None)


def _display_name(value: str) -> str | None:
    """Read the name in `"Harbour Post" <news@example.org>` or `news@example.org (Harbour Post)`."""
    found = _NAME_BEFORE_ADDRESS.match(value) or _NAME_IN_COMMENT.match(value)
    name = plain_header(found[1]).strip(" \"'") if found else ""
    return name if name and "@" not in name else None
