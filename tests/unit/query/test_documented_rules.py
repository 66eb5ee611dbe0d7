"""docs/rules.md: every example is one the parser takes, and every refusal is the real one."""

import re
from pathlib import Path

import pytest

from services.console.rule_file import parse_rule_file
from shared.query import RuleSyntaxError, canonical, parse

PAGE = (Path(__file__).parents[3] / "docs" / "rules.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


EXAMPLES = [line for block in blocks("rule") for line in block.splitlines() if line.strip()]


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_documented_rule_parses(example):
    assert parse(canonical(parse(example))) == parse(example)


def test_the_page_has_examples():
    assert len(EXAMPLES) >= 10


def test_the_documented_refusal_is_word_for_word_the_real_one():
    (shown,) = blocks("text")
    with pytest.raises(RuleSyntaxError) as caught:
        parse("(UXO OR mine AND clearance)")
    assert str(caught.value) == shown.rstrip("\n")


def test_the_documented_rule_file_is_read():
    (text,) = blocks("toml")
    read = parse_rule_file(text, "watch_rules.toml", ["dioxin-remediation"])
    assert [rule.name for rule in read.rules] == ["dioxin-money"]
