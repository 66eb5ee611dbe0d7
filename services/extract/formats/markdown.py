"""Markdown with optional front matter: fields from the front matter, text without its marks."""

from __future__ import annotations

import re

from services.extract.cleaning.fields import checked_article
from services.extract.cleaning.plain_text import split_lines
from services.extract.cleaning.records import fields_of_record
from services.extract.formats.decoding import decode
from services.extract.outcome import Reading, ReadRequest
from shared.model import Field, Source

_FRONT_MATTER = re.compile(r"\s{0,20}(?:---|\+\+\+)[ \t]*\r?\n")
_FRONT_MATTER_END = re.compile(r"^(?:---|\+\+\+|\.\.\.)[ \t]*\r?$", re.MULTILINE)
_PAIR = re.compile(r"""^([A-Za-z_][\w -]{0,40}?)\s?[:=]\s{0,10}(.{0,2000}?)\s*$""")
_MAX_FRONT_MATTER_CHARACTERS = 20_000
_HEADING = re.compile(r"#{1,6}\s+(?=\S)")
_FENCE = re.compile(r"^(?:```|~~~)")
_RULE = re.compile(r"^(?:[-*_=]\s?){3,}$|^\|?[\s:|-]{3,}$")
_LIST = re.compile(r"^(?:[-*+]|\d{1,3}[.)])\s+")
_REFERENCE = re.compile(r"^\[[^\]]{1,100}\]:\s?\S+.{0,200}$")
_IMAGE = re.compile(r"!\[[^\[\]]{0,500}\](?:\([^()\s]{0,2000}[^()]{0,200}\)|\[[^\[\]]{0,100}\])")
_LINK = re.compile(
    r"\[([^\[\]]{1,500})\](?:\([^()\s]{0,2000}(?:\s[^()]{0,200})?\)|\[[^\[\]]{0,100}\])"
)
_AUTOLINK = re.compile(r"<(https?://[^<>\s]{1,2000})>")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>")
_CODE = re.compile(r"`([^`\n]{1,500})`")
_STRONG = re.compile(r"(?<![\w*\\])(\*{1,3})(?=\S)([^*\n]{1,1000}?)(?<=[^\s\\])\1(?![\w*])")
_STRONG_LINE = re.compile(r"(?<![\w\\])(_{1,3})(?=\S)([^_\n]{1,1000}?)(?<=[^\s\\])\1(?!\w)")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!<>|~-])")


def read(data: bytes, request: ReadRequest) -> Reading:
    """Read a Markdown file: no furniture is sought in it, people write it by hand."""
    decoded = decode(data)
    front, body = split_front_matter(decoded.text)
    title, paragraphs = _paragraphs(body)
    fields, authors = fields_of_record(front, Source.META)
    if title:
        fields.setdefault("title", Field(title, Source.TEXT, 0.95))
    if (
        paragraphs
        and paragraphs[0].casefold()
        == fields.get("title", Field("", Source.TEXT, 0)).value.casefold()
    ):
        paragraphs = paragraphs[1:]
    article = checked_article("\n\n".join(paragraphs), fields, authors, request)
    return Reading("markdown", article=article, notes=decoded.notes)


def split_front_matter(text: str) -> tuple[dict[str, object], str]:
    """Split front matter (simple pairs and lists, as in YAML and TOML) from the rest."""
    start = _FRONT_MATTER.match(text.lstrip("\ufeff"))
    text = text.lstrip("\ufeff")
    end = (
        _FRONT_MATTER_END.search(text, start.end(), start.end() + _MAX_FRONT_MATTER_CHARACTERS)
        if start
        else None
    )
    if start is None or end is None:
        return {}, text
    return _pairs(text[start.end() : end.start()].splitlines()), text[end.end() :]


def _pairs(lines: list[str]) -> dict[str, object]:
    found: dict[str, object] = {}
    key = ""
    for line in lines:
        if pair := _PAIR.match(line):
            key, value = pair[1].strip().lower(), pair[2]
            found[key] = _value(value)
        elif key and line.lstrip().startswith("- "):
            listed = found.get(key)
            found[key] = [
                *(listed if isinstance(listed, list) else []),
                _unquoted(line.lstrip()[2:]),
            ]
    return {key: value for key, value in found.items() if value}


def _value(text: str) -> str | list[str]:
    if text.startswith("[") and text.endswith("]"):
        return [_unquoted(part) for part in text[1:-1].split(",") if part.strip()]
    return _unquoted(text)


def _unquoted(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'" else text


def _paragraphs(body: str) -> tuple[str | None, list[str]]:
    """Give the first heading, if it comes first, and the paragraphs without marks."""
    title: str | None = None
    paragraphs: list[str] = []
    for block in _blocks(body):
        heading = _HEADING.match(block)
        text = _plain(block[heading.end() :].rstrip("#") if heading else block)
        if heading and title is None and not paragraphs:
            title = text
        elif text:
            paragraphs.append(text)
    return title, paragraphs


def _blocks(body: str) -> list[str]:
    """Join the lines of each paragraph; headings, list items and rules stand alone."""
    blocks: list[str] = []
    is_open = is_fenced = False
    for raw in body.splitlines():
        line = raw.strip()
        if _FENCE.match(line):
            is_fenced, is_open = not is_fenced, False
            continue
        if not is_fenced:
            line = re.sub(r"^(?:>\s?){1,10}", "", line)
        if not line or _RULE.match(line) or _REFERENCE.match(line):
            is_open = False
        elif is_open and not (is_fenced or _HEADING.match(line) or _LIST.match(line)):
            blocks[-1] += " " + line
        else:
            blocks.append(line)
            is_open = not _HEADING.match(line) and not is_fenced
    return blocks


def _plain(text: str) -> str:
    text = _IMAGE.sub("", text)
    text = _LINK.sub(r"\1", text)
    text = _AUTOLINK.sub(r"\1", text)
    text = _CODE.sub(r"\1", _TAG.sub("", text))
    text = _STRONG_LINE.sub(r"\2", _STRONG.sub(r"\2", text))
    return " ".join(split_lines(_ESCAPED.sub(r"\1", text)))
