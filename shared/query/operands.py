"""The parser's lower half: what stands between operators. Pure."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import replace

from shared.query.cursor import Cursor, short
from shared.query.lexer import Lexeme, check_word
from shared.query.tokens import tokens
from shared.query.tree import TEXT_FIELDS, And, AtLeast, Meta, Near, Node, Not, Or, Term, Within

COUNT_LIMIT = 50
_TOPIC = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:/about|/mention)?\Z")
_LANGUAGE = re.compile(r"[a-z]{2,3}\Z")


class Operands(Cursor, ABC):
    """Groups, fields, conditions, counts and terms."""

    @abstractmethod
    def expression(self) -> Node:
        """Read items joined by AND or by OR."""

    def unit(self) -> Node:
        """'(' expr ')' | ATLEAST | nocase | field | term."""
        lexeme = self.here
        if lexeme.kind == "(":
            return self.group()
        if lexeme.kind == "ATLEAST":
            return self.at_least()
        if lexeme.kind == "nocase":
            return self.any_case()
        if lexeme.kind == "field":
            return self.field()
        if lexeme.kind in ("=", "word", "phrase"):
            return self.term()
        return self.missing_operand()

    def group(self) -> Node:
        """'(' expr ')'."""
        opened = self.take()
        self.deeper(opened)
        inner = self.expression()
        self.depth -= 1
        end = self.close(opened)
        return replace(inner, start=opened.start, end=end)

    def at_least(self) -> Node:
        """ATLEAST/n '(' term { OR term } ')'."""
        sign = self.take()
        count = int(sign.text.partition("/")[2])
        if not 2 <= count <= COUNT_LIMIT:
            self.refuse(sign, "atleast-count", f"ATLEAST counts 2 to {COUNT_LIMIT}, not {count}")
        if self.here.kind != "(":
            message = f"expected '(' after {sign.text}"
            self.refuse(
                self.here, "missing-parenthesis", message, ("(",), f"write {sign.text}(one OR two)"
            )
            return self.unit()
        inner = self.group()
        items = inner.items if isinstance(inner, Or) else (inner,)
        if not all(isinstance(item, Term | Near) for item in items):
            message = "ATLEAST counts words, phrases and NEAR groups joined by OR"
            self.refuse(inner, "atleast-operand", message)
        return AtLeast(count, items, sign.start, inner.end)

    def any_case(self) -> Node:
        """The word nocase, '(' term { OR term } ')'."""
        sign = self.take()
        if self.here.kind != "(":
            self.refuse(
                self.here,
                "missing-parenthesis",
                "expected '(' after nocase",
                ("(",),
                "write nocase(MIA)",
            )
            return self.unit()
        inner = self.group()
        leaves = inner.items if isinstance(inner, Or) else (inner,)
        terms = [leaf for leaf in leaves if isinstance(leaf, Term) and not leaf.exact]
        if len(terms) != len(leaves):
            self.refuse(
                inner,
                "nocase-operand",
                "nocase(…) takes words and phrases joined by OR, without '='",
            )
        freed = tuple(replace(term, any_case=True) for term in terms)
        if isinstance(inner, Or):
            return Or(freed, sign.start, inner.end)
        return replace(freed[0], start=sign.start) if freed else inner

    def field(self) -> Node:
        """A field name with what follows its colon."""
        name = self.take()
        self.deeper(name)
        made = self.text_field(name) if name.text in TEXT_FIELDS else self.meta_field(name)
        self.depth -= 1
        return made

    def text_field(self, name: Lexeme) -> Node:
        """title: | lead: | body: before a term or a group."""
        if self.here.kind not in ("(", "word", "phrase", "=", "nocase"):
            self.missing_operand()
            return Term("", start=name.start, end=name.end)
        inner = self.unit()
        if _has(inner, Meta | Within):
            message = f"inside {name.text}: stand only words, phrases and their operators"
            self.refuse(inner, "field-operand", message)
        return Within(name.text, inner, name.start, inner.end)

    def meta_field(self, name: Lexeme) -> Node:
        """topic: | source: | lang: before a value or a list of values."""
        values = [self.meta_value(name)] if self.here.kind != "(" else self.meta_list(name)
        end = self.lexemes[self.at - 1].end
        known = [value for value in values if value is not None]
        return Meta(
            name.text,
            tuple(v.text for v in known),
            tuple((v.start, v.end) for v in known),
            name.start,
            end,
        )

    def meta_list(self, name: Lexeme) -> list[Lexeme | None]:
        """'(' value { OR value } ')'."""
        opened = self.take()
        values = [self.meta_value(name)]
        while self.here.kind not in (")", "end"):
            if self.here.kind == "OR":
                self.take()
            else:
                message = f"expected OR or ')' in the list after {name.text}:"
                self.refuse(self.here, "value-list", message, ("OR", ")"))
                if self.here.kind not in ("word", "phrase"):
                    self.take()
                    continue
            values.append(self.meta_value(name))
        self.close(opened)
        return values

    def meta_value(self, name: Lexeme) -> Lexeme | None:
        """One value of a condition, checked; None if there is none."""
        lexeme = self.here
        if lexeme.kind not in ("word", "phrase"):
            self.refuse(
                lexeme, "missing-value", f"expected a value after {name.text}:", ("a name",)
            )
            return None
        self.take()
        self.check_value(name.text, lexeme)
        return lexeme

    def check_value(self, name: str, value: Lexeme) -> None:
        """Note what is wrong with the value of a condition."""
        if name == "topic" and not _TOPIC.match(value.text):
            hint = "write topic:law-of-the-sea   or   topic:law-of-the-sea/about"
            self.refuse(value, "topic-id", f"'{short(value.text)}' is no topic id", (), hint)
        elif name == "lang" and not _LANGUAGE.match(value.text):
            self.refuse(
                value,
                "language",
                f"'{short(value.text)}' is no language code",
                (),
                "write lang:en",
            )
        elif name == "source" and not any(c.isalnum() for c in value.text):
            self.refuse(value, "source", "an outlet's name has letters or digits")

    def term(self) -> Term:
        """[ '=' ] word | phrase."""
        sign = self.take() if self.here.kind == "=" else None
        lexeme = self.here
        if lexeme.kind not in ("word", "phrase"):
            return self.missing_operand()
        self.take()
        start = sign.start if sign else lexeme.start
        if sign and "*" in lexeme.text:
            self.refuse(
                lexeme, "exact-wildcard", "'=' (exactly this) and '*' (anything) exclude each other"
            )
        if sign is None and lexeme.kind == "phrase":
            self.check_phrase(lexeme)
        if next(iter(tokens(lexeme.text)), None) is None and not self.refused(lexeme):
            self.refuse(lexeme, "no-words", "there is no word in this to look for")
        return Term(
            lexeme.text, lexeme.kind == "phrase", sign is not None, start=start, end=lexeme.end
        )

    def check_phrase(self, lexeme: Lexeme) -> None:
        """Note what is wrong with the wildcards in a phrase."""
        for word in lexeme.text.split():
            if "*" in word.strip(".,;:!?()"):
                found = check_word(word, lexeme.start)
                if found:
                    self.refuse(lexeme, found[0].code, found[0].message, (), found[0].suggestion)

    def refused(self, lexeme: Lexeme) -> bool:
        """Whether a mistake was noted at this lexeme already."""
        return any(error.column == lexeme.start + 1 for error in self.errors)


def _has(node: Node, kinds: type | object) -> bool:
    """Whether *node* or anything in it is one of *kinds*; depth is bounded by the parser."""
    if isinstance(node, kinds):  # type: ignore[arg-type]  # a union of classes, which isinstance takes
        return True
    match node:
        case And(items) | Or(items) | AtLeast(_, items) | Near(items):
            return any(_has(item, kinds) for item in items)
        case Not(item) | Within(_, item):
            return _has(item, kinds)
        case _:
            return False
