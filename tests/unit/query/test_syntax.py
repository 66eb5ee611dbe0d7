"""Reading rules: what is understood, and what is refused where and how."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.query import RuleError, RuleSyntaxError, canonical, parse, render
from tests.unit.query.rules import rule_texts


def errors_of(source: str) -> tuple[RuleError, ...]:
    with pytest.raises(RuleSyntaxError) as caught:
        parse(source)
    return caught.value.errors


@pytest.mark.parametrize(
    ("source", "understood"),
    [
        ("((dioxin))", "dioxin"),
        ("title:(UNCLOS)", "title:UNCLOS"),
        ("a1 AND (b1 OR c1) # why", "a1 AND (b1 OR c1)"),
        ("# first\ndioxin # second\nAND mine", "dioxin AND mine"),
        ("nocase(MIA OR DPAA)", "nocase(MIA) OR nocase(DPAA)"),
        ("(a1 OR b1) NEAR/4 (c1 OR d1) PRE/2 e1", "(a1 OR b1) NEAR/4 (c1 OR d1) PRE/2 e1"),
        ("source:(vnexpress OR “Vietnam News”)", 'source:(vnexpress OR "Vietnam News")'),
        ("topic:(a OR b/about) AND NOT lang:vi", "topic:(a OR b/about) AND NOT lang:vi"),
        ('"say \\"no\\"" NEAR/p mine', '"say \\"no\\"" NEAR/p mine'),
        ("ATLEAST/3(mine OR bomb)", "ATLEAST/3(mine OR bomb)"),
        ('=US AND ="Law of the Sea"', '=US AND ="Law of the Sea"'),
        ("mine AND NOT (gold OR coal)", "mine AND NOT (gold OR coal)"),
    ],
)
def test_a_rule_is_understood_as(source, understood):
    assert canonical(parse(source)) == understood
    assert parse(understood) == parse(source)


@given(rule_texts())
@settings(max_examples=150, deadline=None)
def test_the_canonical_form_parses_to_the_same_rule(source):
    rule = parse(source)
    assert parse(canonical(rule)) == rule
    assert canonical(parse(canonical(rule))) == canonical(rule)


@pytest.mark.parametrize(
    ("source", "column", "code"),
    [
        pytest.param("", 1, "empty", id="empty"),
        pytest.param('"Bien Hoa AND dioxin', 1, "unclosed-quote", id="quote"),
        pytest.param("(UXO OR mine AND clearance)", 14, "mixed", id="mixed"),
        pytest.param("Hegseth visit AND Hanoi", 9, "missing-operator", id="no-operator"),
        pytest.param("bomb and mine", 6, "lower-case-operator", id="lower-case"),
        pytest.param("bomb or mine", 6, "lower-case-operator", id="lower-case-or"),
        pytest.param("bomb AND not mine", 10, "lower-case-operator", id="lower-case-not"),
        pytest.param("tittle:dioxin", 1, "unknown-field", id="field"),
        pytest.param("NOT dioxin", 1, "pure-not", id="pure-not"),
        pytest.param("mine AND (NOT dioxin)", 11, "pure-not", id="pure-not-inside"),
        pytest.param("mine OR NOT dioxin", 9, "not-under-or", id="not-under-or"),
        pytest.param("mine AND NOT NOT bomb", 14, "double-not", id="double-not"),
        pytest.param("mi*", 1, "wildcard-short", id="short-wildcard"),
        pytest.param("di*xin", 1, "wildcard-place", id="wildcard-inside"),
        pytest.param("bomb NEAR/500 mine", 6, "near-distance", id="distance"),
        pytest.param("bomb NEAR mine", 6, "unknown-operator", id="near-without-number"),
        pytest.param("bomb w/5 mine", 6, "unknown-operator", id="w-n"),
        pytest.param("bomb | mine", 6, "unknown-operator", id="pipe"),
        pytest.param("bomb -mine", 6, "unknown-operator", id="minus"),
        pytest.param("(a1 AND b1) NEAR/3 mine", 1, "near-operand", id="near-operand"),
        pytest.param("a1 NEAR/3 b1 NEAR/3 c1 NEAR/3 d1", 31, "near-chain", id="chain"),
        pytest.param("bomb AND", 9, "missing-operand", id="end"),
        pytest.param("(bomb", 1, "unclosed-parenthesis", id="open"),
        pytest.param("bomb)", 5, "stray-parenthesis", id="close"),
        pytest.param("the", 1, "too-broad", id="stop-word"),
        pytest.param("lang:en", 1, "too-broad", id="only-language"),
        pytest.param("dioxin OR lang:en", 11, "too-broad", id="or-language"),
        pytest.param('"…"', 1, "no-words", id="no-words"),
        pytest.param("topic:Law", 7, "topic-id", id="topic-id"),
        pytest.param("lang:english AND mine", 6, "language", id="language"),
        pytest.param("title:topic:mine", 7, "missing-operand", id="field-in-field"),
        pytest.param("=dioxin*", 2, "exact-wildcard", id="exact-wildcard"),
        pytest.param("ATLEAST/1(mine)", 1, "atleast-count", id="count"),
        pytest.param("money:USD>=100M AND mine", 1, "not-yet", id="money"),
        pytest.param("number:994 NEAR/6 remains", 1, "not-yet", id="number"),
        pytest.param("published:>=2025-11-01 AND mine", 1, "not-yet", id="published"),
        pytest.param("entity:Hegseth", 1, "not-yet", id="entity"),
        pytest.param("@officials AND mine", 1, "not-yet", id="list"),
        pytest.param("x" * 20_001, 20_001, "too-long", id="length"),
        pytest.param("(" * 40 + "a1" + ")" * 40, 33, "too-deep", id="depth"),
        pytest.param(
            " OR ".join(f"w{n}" for n in range(1001)), 7891, "too-many-leaves", id="leaves"
        ),
        pytest.param(
            " OR ".join(f"wor{n}*" for n in range(21)), 191, "too-many-wildcards", id="wild"
        ),
    ],
)
def test_a_mistake_is_refused_at_its_column(source, column, code):
    first = errors_of(source)[0]
    assert (first.column, first.code) == (column, code)


def test_several_mistakes_are_reported_at_once():
    found = errors_of("tittle:bomb AND mi* AND bomb NEAR/99 mine")
    assert [error.code for error in found] == ["unknown-field", "wildcard-short", "near-distance"]
    with pytest.raises(RuleSyntaxError) as caught:
        parse("tittle:bomb AND mi*")
    assert len(str(caught.value).split("\n\n")) == 2


def test_an_error_shows_the_line_the_place_and_what_to_write():
    source = "(UXO OR mine AND clearance)"
    (error,) = errors_of(source)
    assert render(source, error) == (
        "column 14: AND and OR mixed without parentheses\n"
        "    (UXO OR mine AND clearance)\n"
        "                 ^^^\n"
        "write (UXO OR mine) AND clearance   or   UXO OR (mine AND clearance)"
    )


@pytest.mark.parametrize(
    ("source", "suggestion"),
    [
        ("tittle:dioxin", "write title:"),
        ("bomb w/7 mine", "write NEAR/7 (any order)   or   PRE/7 (in this order)"),
        ("Hegseth visit", 'write "Hegseth visit" (a phrase)   or   Hegseth AND visit'),
        ("bomb || mine", "write OR"),
        ('"Bien Hoa AND dioxin', 'write "Bien Hoa"'),
        ('bomb AND "', "write a second one, or leave this one out"),
        ("mi*", "write 3 letters or more before *, or the words themselves: (one OR two)"),
    ],
)
def test_a_mistake_says_what_to_write_instead(source, suggestion):
    assert errors_of(source)[0].suggestion == suggestion


def test_an_error_in_a_long_text_shows_only_its_neighbourhood():
    source = "bomb AND " * 300 + "mi*"
    shown = render(source, errors_of(source)[0]).splitlines()[1:3]
    assert all(len(line) <= 110 for line in shown)
    assert shown[0][shown[1].index("^") :].startswith("mi*")


@given(st.text(alphabet='abMIA "()*:=#/&ANDORTE15\n', max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_rule_or_has_errors_inside_the_text(source):
    try:
        parse(source)
    except RuleSyntaxError as error:
        for one in error.errors:
            assert 1 <= one.column <= len(source) + 1
            assert one.column < one.end
            assert render(source, one)


@pytest.mark.parametrize(
    "source",
    [
        "NOT " * 5_000,
        "(" * 20_000,
        '"' * 20_000,
        "a1 NEAR/3 " * 2_000,
        "title:" * 3_000,
        "a1 OR " * 3_300,
    ],
    ids=["not", "open", "quotes", "near", "fields", "or"],
)
def test_hostile_rules_are_refused_quickly(source):
    started = time.process_time()
    errors_of(source)
    assert time.process_time() - started < 2
