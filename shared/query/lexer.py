"""A rule cut into lexemes with their places. Hand-written, linear, never raises. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shared.query.errors import RuleError, nearest

FIELDS_NOW = ("title", "lead", "body", "topic", "source", "lang")
FIELDS_LATER = ("money", "number", "date", "published", "country", "entity", "author")

_LEXEME = re.compile(
    r"(?P<space>\s+|#[^\n]*)|(?P<open>\()|(?P<close>\))"
    r"|(?P<phrase>[\"“”](?:\\.|[^\"“”\\])*+[\"“”])|(?P<unclosed>[\"“”].*+)"
    r"|(?P<word>[^\s()\"“”#]+)",
    re.DOTALL,
)
_NEAR = re.compile(r"(NEAR|PRE)/([0-9]{1,6}|s|p)\Z")
_ATLEAST = re.compile(r"ATLEAST/([0-9]{1,6})\Z")
_FIELD = re.compile(r"([A-Za-z_]+):")
_OTHER_NEAR = re.compile(r"(?i)(?:w/|adj/?|o?near/|pre/|/)(\d{1,6}|[sp])?\Z")
_BARE_NEAR = ("NEAR", "PRE", "ATLEAST", "ADJ", "W")
_NO_PHRASE = re.compile(r" (?:(?:AND|OR|NOT)\b|(?:NEAR|PRE)/)|[()]")
_OTHER_SIGNS = {"&&": "AND", "||": "OR", "|": "OR", "!": "AND NOT", "&": "AND"}
_WORD = re.compile(r"[^\W_](?:[\w\u0300-\u036f\u00ad'’./&+-]|[\u2010\u2011–])*\*?\Z")


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One piece of a rule: *kind* and the code points `[start, end)` it stands on."""

    kind: str  # word phrase ( ) AND OR NOT NEAR ATLEAST field nocase = end
    text: str
    start: int
    end: int


def cut(source: str) -> tuple[list[Lexeme], list[RuleError]]:
    """Return the lexemes of *source*, closed by one of kind `end`, and what cannot be read."""
    lexemes: list[Lexeme] = []
    errors: list[RuleError] = []
    at = 0
    while at < len(source):
        found = _LEXEME.match(source, at)
        if found is None:  # a lone backslash or control character cannot occur: `word` takes any
            break
        at = found.end()
        _sort(found, lexemes, errors)
        if found.lastgroup == "word":
            at = lexemes[-1].end if lexemes and lexemes[-1].kind in ("field", "=") else at
    lexemes.append(Lexeme("end", "", len(source), len(source)))
    return lexemes, errors


def _sort(found: re.Match[str], lexemes: list[Lexeme], errors: list[RuleError]) -> None:
    kind, text, start, end = found.lastgroup, found.group(), found.start(), found.end()
    if kind == "space":
        return
    if kind == "phrase":
        lexemes.append(Lexeme("phrase", re.sub(r"\\(.)", r"\1", text[1:-1]), start, end))
    elif kind == "unclosed":
        message = "this quotation mark is never closed"
        hint = _closed(text)
        errors.append(RuleError(start + 1, start + 2, "unclosed-quote", message, ('"',), hint))
        lexemes.append(Lexeme("phrase", text[1:], start, end))
    elif kind in ("open", "close"):
        lexemes.append(Lexeme(text, text, start, end))
    else:
        _sort_word(text, start, lexemes, errors)


def _closed(text: str) -> str:
    """Return what to write for the unclosed phrase *text*: its words up to the next operator."""
    phrase = _NO_PHRASE.split(" ".join(text[1:101].split()), maxsplit=1)[0].strip()
    return f'write "{phrase}"' if phrase else "write a second one, or leave this one out"


def _sort_word(text: str, start: int, lexemes: list[Lexeme], errors: list[RuleError]) -> None:
    end = start + len(text)
    field = _FIELD.match(text)
    if text in ("AND", "OR", "NOT"):
        lexemes.append(Lexeme(text, text, start, end))
    elif _NEAR.match(text):
        lexemes.append(Lexeme("NEAR", text, start, end))
    elif _ATLEAST.match(text):
        lexemes.append(Lexeme("ATLEAST", text, start, end))
    elif text.startswith("="):
        lexemes.append(Lexeme("=", "=", start, start + 1))
    elif text == "nocase":
        lexemes.append(Lexeme("nocase", text, start, end))
    elif field:
        _check_field(field.group(1), start, errors)
        lexemes.append(Lexeme("field", field.group(1), start, start + field.end()))
    else:
        errors.extend(check_word(text, start))
        lexemes.append(Lexeme("word", text, start, end))


def _check_field(name: str, start: int, errors: list[RuleError]) -> None:
    if name in FIELDS_NOW:
        return
    place = (start + 1, start + len(name) + 2)
    if name in FIELDS_LATER:
        message = f"{name}: comes with a later version of the rule language"
        errors.append(RuleError(*place, "not-yet", message, FIELDS_NOW))
        return
    meant = nearest(name, FIELDS_NOW)
    hint = f"write {meant}:" if meant else f"known fields: {', '.join(FIELDS_NOW)}"
    errors.append(RuleError(*place, "unknown-field", f"unknown field '{name}'", FIELDS_NOW, hint))


def check_word(text: str, start: int) -> list[RuleError]:
    """Return what is wrong with the bare word *text* at offset *start*."""
    place = (start + 1, start + len(text) + 1)
    if text.startswith("@"):
        return [RuleError(*place, "not-yet", "saved term lists (@name) come with a later version")]
    if text in _OTHER_SIGNS:
        operator = _OTHER_SIGNS[text]
        return [
            RuleError(
                *place, "unknown-operator", f"'{text}' is no operator", (), f"write {operator}"
            )
        ]
    if text in _BARE_NEAR or (_OTHER_NEAR.match(text) and text.lower() != "adj"):
        return [_other_near(text, place)]
    if text.lower() in ("and", "or", "not"):
        message = f"'{text}' is not an operator: operators are upper case"
        hint = f'write {text.upper()}   or, for the word itself, quote the phrase: "… {text} …"'
        return [RuleError(*place, "lower-case-operator", message, (text.upper(),), hint)]
    return _check_spelling(text, place)


def _other_near(text: str, place: tuple[int, int]) -> RuleError:
    found = _OTHER_NEAR.match(text)
    n = (found.group(1) if found else None) or "5"
    if text == "ATLEAST":
        hint = "write ATLEAST/3(one OR two)"
        return RuleError(*place, "unknown-operator", "ATLEAST needs a number", ("ATLEAST/n",), hint)
    message = f"'{text}' means different things in different products"
    if text in ("NEAR", "PRE"):
        message = f"{text} needs a distance in words"
    hint = f"write NEAR/{n} (any order)   or   PRE/{n} (in this order)"
    return RuleError(*place, "unknown-operator", message, ("NEAR/n", "PRE/n"), hint)


def _check_spelling(text: str, place: tuple[int, int]) -> list[RuleError]:
    body = text.removesuffix("*")
    if text[0] == "-" and len(text) > 1:
        return [
            RuleError(
                *place,
                "unknown-operator",
                "'-' excludes nothing here",
                (),
                f"write AND NOT {text[1:]}",
            )
        ]
    if "*" in body or "?" in body:
        message = "a wildcard stands only at the end of a word: *"
        return [
            RuleError(
                *place, "wildcard-place", message, (), 'for a question mark, use quotes: "…?"'
            )
        ]
    if text.endswith("*") and sum(c.isalnum() for c in body) < 3:
        message = "a wildcard needs at least 3 letters before it"
        hint = "write 3 letters or more before *, or the words themselves: (one OR two)"
        return [RuleError(*place, "wildcard-short", message, (), hint)]
    if not _WORD.match(text):
        odd = next((c for c in text if not (c.isalnum() or c in "'’./&+-*")), text[0])
        message = f"'{odd}' has no meaning in a bare word"
        return [RuleError(*place, "odd-character", message, (), f'quote it: "{text}"')]
    return []
