"""ninjs, the agencies' JSON, of all three generations (https://iptc.org/standards/ninjs/).

1.x has `headline` and `body_text`, 2.x lists as `bodies`, 3.x the same with capitals inside words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from services.extract.cleaning.blocks import Body
from services.extract.cleaning.json_ld import values
from services.extract.cleaning.news_items import NewsItem, body_of_string, status_notes
from services.extract.outcome import ReadRequest, Reason, UnreadableError

_MARKS = frozenset(
    (
        "versioncreated", "firstcreated", "contentcreated", "pubstatus", "bodies", "headlines",
        "body_text", "body_xhtml", "standard", "$standard", "infosources", "copyrightholder",
    )
)  # fmt: skip
_TEXTLESS = {
    "picture": "a picture", "graphic": "a graphic", "video": "a video", "audio": "a recording",
    "planning": "planned coverage", "event": "an event to come", "component": "a component",
    "composite": "a package of other items",
}  # fmt: skip


def is_ninjs(record: Mapping[str, Any]) -> bool:
    """Say whether a JSON object is a ninjs item by its keys."""
    keys = {key.lower() for key in record}
    return bool(keys & {"uri", "guid"}) and bool(keys & _MARKS)


def item_of_ninjs(record: Mapping[str, Any], request: ReadRequest) -> NewsItem:
    """Give what a ninjs item states; the items it is associated with are not followed.

    Raises:
        UnreadableError: it is a picture or anything else that has no text of its own.
    """
    said = {key.lower(): value for key, value in record.items()}
    until = _text(said, "embargoed")
    notes = status_notes(_text(said, "pubstatus"), until or None)
    kind = _text(said, "type").lower()
    body = _body(said, request)
    if kind in _TEXTLESS and (kind != "composite" or body is None):
        detail = f"The item is {_TEXTLESS[kind]}; it has no text of its own."
        raise UnreadableError(Reason.NO_TEXT, " ".join((*notes, detail)))
    if associated := said.get("associations"):
        notes.append(f"Its {len(associated):,} associated items are not followed.")
    return NewsItem(
        paragraphs=body.paragraphs if body else (),
        title=_headline(said),
        bylines=_bylines(said),
        dateline=_text(said, "located") or _text(said, "dateline"),
        created=_texts(said, "contentcreated", "firstcreated", "versioncreated"),
        modified=_texts(said, "versioncreated"),
        outlets=(*_texts(said, "copyrightholder", "source"), *_names(said.get("infosources"))),
        credits=_names(said.get("infosources")),
        language=_text(said, "language"),
        external_id="#".join(
            filter(None, (_text(said, "uri") or _text(said, "guid"), _text(said, "version")))
        ),
        url=_text(said, "uri"),
        notes=(*notes, *(body.notes if body else ())),
    )


def _body(said: Mapping[str, Any], request: ReadRequest) -> Body | None:
    """Read the first body that holds text: marked up, since its paragraphs are sure, or plain."""
    found = sorted(_bodies(said), key=lambda body: "html" not in body[0])
    bodies = (body_of_string(text, kind, request) for kind, text in found)
    return next((body for body in bodies if body.paragraphs), None)


def _bodies(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each body as (type in small letters, text)."""
    for key, value in said.items():
        if key.startswith("body_") and isinstance(value, str):
            yield key.removeprefix("body_"), value
    for body in _listed(said.get("bodies")):
        kind = f"{_text(body, 'contenttype')} {_text(body, 'role')}".lower()
        if "nitf" not in kind:
            yield kind, _text(body, "value")


def _headline(said: Mapping[str, Any]) -> str:
    headlines = list(_listed(said.get("headlines")))
    headlines.sort(key=lambda each: _text(each, "role").lower() != "main")
    listed = (_text(each, "value") for each in headlines)
    return next(filter(None, (_text(said, "headline"), *listed, _text(said, "title"))), "")


def _bylines(said: Mapping[str, Any]) -> tuple[str, ...]:
    for key in ("by", "byline", "bylines"):
        if found := values(said.get(key), "by", "byline", "name", "value"):
            return tuple(found)
    return ()


def _names(found: Any) -> tuple[str, ...]:
    return tuple(values(found, "name", "literal", "title"))


def _listed(found: Any) -> Iterator[Mapping[str, Any]]:
    for each in found if isinstance(found, list) else ():
        if isinstance(each, Mapping):
            yield {key.lower(): value for key, value in each.items()}


def _texts(said: Mapping[str, Any], *keys: str) -> tuple[str, ...]:
    return tuple(filter(None, (_text(said, key) for key in keys)))


def _text(said: Mapping[str, Any], key: str) -> str:
    found = said.get(key)
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    return found.strip() if isinstance(found, str) else ""
