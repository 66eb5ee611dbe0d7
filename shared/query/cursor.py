"""The parser's place in the rule, and the mistakes found so far. Pure."""

from __future__ import annotations

from typing import Final

from shared.query.errors import RuleError
from shared.query.lexer import Lexeme
from shared.query.tree import Node, Term

DEPTH_LIMIT: Final = 32


MISTAKE_LIMIT: Final = 100


class StopReadingError(Exception):
    """Raised inside the parser: too deep, or too many mistakes; never leaves the parser."""


class Cursor:
    """Lexemes read one by one, with the mistakes found and the depth reached."""

    def __init__(self, source: str, lexemes: list[Lexeme], errors: list[RuleError]) -> None:
        self.source = source
        self.lexemes = lexemes
        self.errors = errors
        self.at = 0
        self.depth = 0

    @property
    def here(self) -> Lexeme:
        """The lexeme read next."""
        return self.lexemes[self.at]

    def take(self) -> Lexeme:
        """Return the next lexeme and step over it; the end is never stepped over."""
        taken = self.lexemes[self.at]
        if taken.kind != "end":
            self.at += 1
        return taken

    def refuse(
        self,
        place: Lexeme | Node,
        code: str,
        message: str,
        expected: tuple[str, ...] = (),
        hint: str = "",
    ) -> None:
        """Note a mistake at *place*; reading goes on."""
        column, end = place.start + 1, max(place.end, place.start + 1) + 1
        limit = len(self.source) + 1
        self.errors.append(
            RuleError(min(column, limit), min(end, limit + 1), code, message, expected, hint)
        )
        if len(self.errors) >= MISTAKE_LIMIT:
            raise StopReadingError

    def deeper(self, place: Lexeme) -> None:
        """Count one more level; leave the parser when there are too many."""
        self.depth += 1
        if self.depth > DEPTH_LIMIT:
            self.refuse(
                place, "too-deep", f"more than {DEPTH_LIMIT} levels of parentheses, NOT and fields"
            )
            raise StopReadingError

    def missing_operand(self) -> Term:
        """Note that an operand is missing here, and stand in for it."""
        lexeme = self.here
        seen = "the end of the rule" if lexeme.kind == "end" else f"'{lexeme.text}'"
        message = f"expected a word, a phrase or '(' before {seen}"
        self.refuse(lexeme, "missing-operand", message, ("a word", "a phrase", "("))
        if lexeme.kind == "NOT":
            self.take()
            self.refuse(lexeme, "not-place", "NOT stands only beside AND", (), "write … AND NOT …")
            return Term("", start=lexeme.start, end=lexeme.end)
        if lexeme.kind == "NEAR":
            self.take()
        return Term("", start=lexeme.start, end=lexeme.end)

    def close(self, opened: Lexeme) -> int:
        """Step over the closing parenthesis of *opened*; return where it ends."""
        if self.here.kind == ")":
            return self.take().end
        self.refuse(opened, "unclosed-parenthesis", "this parenthesis is never closed", (")",))
        return self.here.start


def short(text: str, width: int = 30) -> str:
    """Return *text* cut with an ellipsis to *width* characters."""
    return text if len(text) <= width else f"{text[: width - 1]}…"
