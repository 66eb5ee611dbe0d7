"""The parser: recursive descent over lexemes, several mistakes reported at once. Pure.

Grammar: docs/rules.md. Explicit operators only; AND and OR are never mixed at one level, because
trained analysts disagree on what the mixture means (rules research, section 2.1).
"""

from __future__ import annotations

from typing import Final

from shared.query.checks import check_rule
from shared.query.cursor import StopReadingError, short
from shared.query.errors import RuleError, RuleSyntaxError
from shared.query.lexer import Lexeme, cut
from shared.query.operands import Operands
from shared.query.tree import And, Near, Node, Not, Or, Reach, Rule, Term

RULE_CHARACTERS: Final = 20_000
NEAR_WORDS_LIMIT: Final = 50
NEAR_CHAIN_LIMIT: Final = 2
NEAR_LEAVES_LIMIT: Final = 50
_SHOWN_ERRORS = 20
_OPERAND_STARTS = ("word", "phrase", "(", "field", "nocase", "ATLEAST", "=", "NOT")
_OPERATORS = ("AND", "OR", "NEAR/n", "PRE/n")


def parse(source: str) -> Rule:
    """Read the rule *source*.

    Raises:
        RuleSyntaxError: with every mistake found (at most 20), each with its place.
    """
    if len(source) > RULE_CHARACTERS:
        message = f"the rule has {len(source)} characters; the limit is {RULE_CHARACTERS}"
        raise RuleSyntaxError(
            source, [RuleError(RULE_CHARACTERS + 1, len(source) + 1, "too-long", message)]
        )
    lexemes, errors = cut(source)
    parser = _Parser(source, lexemes, errors)
    try:
        root = parser.rule()
    except StopReadingError:
        raise RuleSyntaxError(source, _shown(errors)) from None
    if not errors:
        errors.extend(check_rule(root))
    if errors:
        raise RuleSyntaxError(source, _shown(errors))
    return Rule(root, source)


def _shown(errors: list[RuleError]) -> list[RuleError]:
    """Return the first 20 mistakes in order of place, the last saying that there are more."""
    ordered = sorted(errors, key=lambda error: (error.column, error.end))
    if len(ordered) <= _SHOWN_ERRORS:
        return ordered
    last = ordered[_SHOWN_ERRORS - 1]
    more = f"{len(ordered) - _SHOWN_ERRORS + 1} or more further mistakes from here"
    return [*ordered[: _SHOWN_ERRORS - 1], RuleError(last.column, last.end, "more", more)]


class _Parser(Operands):
    # -- rule and expression ------------------------------------------------------------------

    def rule(self) -> Node:
        if self.here.kind == "end":
            self.refuse(self.here, "empty", "the rule is empty", ("a word", "a phrase"))
            return Term("")
        root = self.expression()
        while self.here.kind != "end":
            self.refuse(
                self.take(), "stray-parenthesis", "this closing parenthesis was never opened"
            )
            if self.here.kind != "end":
                self.expression()
        return root

    def expression(self) -> Node:
        """Item { AND item } | item { OR item }; any mixture is an error."""
        items = [self.item()]
        operators: list[Lexeme] = []
        while True:
            if self.here.kind in ("AND", "OR"):
                operators.append(self.take())
            elif self.here.kind in _OPERAND_STARTS:
                self.missing_operator()
            else:
                break
            items.append(self.item())
        return self.combine(items, operators)

    def missing_operator(self) -> None:
        before = self.lexemes[self.at - 1]
        if self.errors and self.errors[-1].column - 1 in (before.start, self.here.start):
            return  # the neighbour is already refused; a second message would only repeat it
        message = f"expected {', '.join(_OPERATORS)} before '{short(self.here.text)}'"
        hint = ""
        if before.kind == self.here.kind == "word":
            pair = f"{before.text} {self.here.text}"
            hint = f'write "{pair}" (a phrase)   or   {before.text} AND {self.here.text}'
        self.refuse(self.here, "missing-operator", message, _OPERATORS, hint)

    def combine(self, items: list[Node], operators: list[Lexeme]) -> Node:
        kinds = {operator.kind for operator in operators}
        if len(kinds) == 2:
            self.refuse_mixture(items, operators)
        if kinds == {"OR"}:
            for item in items:
                if isinstance(item, Not):
                    hint = "write … AND NOT …"
                    self.refuse(
                        item,
                        "not-under-or",
                        "NOT stands only beside AND, never beside OR",
                        (),
                        hint,
                    )
        elif all(isinstance(item, Not) for item in items):
            message = "a rule or group that only excludes would match almost everything"
            self.refuse(
                items[0], "pure-not", message, (), "name something to look for: … AND NOT …"
            )
        if len(items) == 1:
            return items[0]
        made = Or if kinds == {"OR"} else And
        flat = [
            one for item in items for one in (item.items if isinstance(item, made) else (item,))
        ]
        return made(tuple(flat), items[0].start, items[-1].end)

    def refuse_mixture(self, items: list[Node], operators: list[Lexeme]) -> None:
        odd = next(operator for operator in operators if operator.kind != operators[0].kind)
        hint = ""
        if len(items) == len(operators) + 1:
            or_first = self.grouped(items, operators, "OR")
            hint = f"write {or_first}   or   {self.grouped(items, operators, 'AND')}"
        self.refuse(odd, "mixed", "AND and OR mixed without parentheses", (), hint)

    def grouped(self, items: list[Node], operators: list[Lexeme], tight: str) -> str:
        """Return the source of *items* with the operator *tight* binding first."""
        groups = [[self.text_of(items[0])]]
        for operator, item in zip(operators, items[1:], strict=True):
            if operator.kind == tight:
                groups[-1].append(self.text_of(item))
            else:
                groups.append([self.text_of(item)])
        loose = "AND" if tight == "OR" else "OR"
        joined = [f" {tight} ".join(group) for group in groups]
        return f" {loose} ".join(
            f"({text})" if len(group) > 1 else text
            for text, group in zip(joined, groups, strict=True)
        )

    def text_of(self, node: Node) -> str:
        text = " ".join(self.source[node.start : node.end].split())
        return short(text, 40)

    def item(self) -> Node:
        """[ NOT ] prox."""
        if self.here.kind != "NOT":
            return self.prox()
        sign = self.take()
        self.deeper(sign)
        if self.here.kind == "NOT":
            self.refuse(
                self.here, "double-not", "NOT NOT says nothing", (), "write it without both"
            )
        inner = self.item()
        self.depth -= 1
        return inner if isinstance(inner, Not) else Not(inner, sign.start, inner.end)

    # -- proximity ----------------------------------------------------------------------------

    def prox(self) -> Node:
        operands = [self.unit()]
        reaches: list[Reach] = []
        while self.here.kind == "NEAR":
            reaches.append(self.reach(self.take()))
            operands.append(self.unit())
        if not reaches:
            return operands[0]
        if len(reaches) > NEAR_CHAIN_LIMIT:
            message = f"at most {NEAR_CHAIN_LIMIT} NEAR or PRE in one chain"
            self.refuse(
                operands[NEAR_CHAIN_LIMIT + 1], "near-chain", message, (), "split it with AND"
            )
        for operand in operands:
            self.check_operand(operand)
        return Near(tuple(operands), tuple(reaches), operands[0].start, operands[-1].end)

    def reach(self, lexeme: Lexeme) -> Reach:
        name, _, distance = lexeme.text.partition("/")
        if distance in ("s", "p"):
            return Reach(name == "PRE", None, distance)
        words = int(distance)
        if not 1 <= words <= NEAR_WORDS_LIMIT:
            message = f"{name} reaches 1 to {NEAR_WORDS_LIMIT} words, not {words}"
            hint = f"write {name}/{NEAR_WORDS_LIMIT}   or   {name}/p (same paragraph)"
            self.refuse(lexeme, "near-distance", message, (), hint)
        return Reach(name == "PRE", words)

    def check_operand(self, operand: Node) -> None:
        leaves = operand.items if isinstance(operand, Or) else (operand,)
        if not all(isinstance(leaf, Term) for leaf in leaves):
            message = "beside NEAR and PRE stand words, phrases or (… OR …) lists of them"
            self.refuse(operand, "near-operand", message, (), "join other conditions with AND")
        elif len(leaves) > NEAR_LEAVES_LIMIT:
            message = f"{len(leaves)} alternatives beside NEAR; the limit is {NEAR_LEAVES_LIMIT}"
            self.refuse(operand, "near-leaves", message)
