"""The index of rules never loses a match: it agrees with evaluating every rule."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.model import Readable
from shared.query import Outcome, RuleSet, analyse, compile_rule, match_naively, parse
from tests.unit.query.rules import articles, rule_texts


def ruleset(*sources: str) -> RuleSet:
    return RuleSet(1, {n: compile_rule(parse(source)) for n, source in enumerate(sources, 1)})


@given(st.lists(rule_texts(), min_size=1, max_size=6), st.lists(articles(), min_size=1, max_size=4))
@settings(max_examples=250, deadline=None)
def test_the_index_agrees_with_evaluating_every_rule(sources, texts):
    rules = {n: compile_rule(parse(source)) for n, source in enumerate(sources)}
    indexed = RuleSet(7, rules, {"mine": 1, "the": 9_000})
    for article in texts:
        analysed = analyse(article)
        assert indexed.match(analysed) == match_naively(rules, analysed)
        assert indexed.match(analysed, only=[0, 2]) == match_naively(rules, analysed, only=[0, 2])


def test_only_rules_with_an_anchor_in_the_article_are_candidates():
    rules = ruleset("dioxin AND mine", "bomb OR mine", "topic:uxo", "pirat*", 'source:"V.N.A."')
    assert rules.candidates(analyse(Readable("", "a bomb"))) == {2}
    assert rules.candidates(analyse(Readable("Pirates", "", topics={"uxo": "about"}))) == {3, 4}
    assert rules.candidates(analyse(Readable("", "x", outlet="vna"))) == {5}


def test_rules_are_given_by_number_with_their_verdicts():
    found = ruleset("bomb", "mine", "bomb NEAR/2 mine").match(analyse(Readable("", "bomb mine")))
    assert [number for number, _ in found] == [1, 2, 3]
    assert all(verdict.outcome is Outcome.MATCHED for _, verdict in found)


def test_a_rule_out_of_budget_is_given_as_undecided():
    text = "aa " * 3_000 + "x " * 100 + "bb " * 3_000
    (found,) = ruleset("aa NEAR/3 bb").match(analyse(Readable("", text)))
    assert found[1].outcome is Outcome.UNDECIDED


@pytest.mark.parametrize("only", [[], [99]], ids=["none", "unknown"])
def test_asking_for_no_known_rule_gives_nothing(only):
    assert ruleset("bomb").match(analyse(Readable("", "bomb")), only=only) == []


def test_topics_given_later_reuse_the_tokens():
    analysed = analyse(Readable("", "bomb"))
    tagged = analysed.with_topics({"uxo": "mention"})
    assert tagged.starts is analysed.starts
    assert [number for number, _ in ruleset("topic:uxo", "bomb").match(tagged)] == [1, 2]
