"""What a rule finds in an article, with evidence, and why it does not."""

import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from shared.model import Readable, Span
from shared.query import (
    Outcome,
    Verdict,
    analyse,
    because,
    compile_rule,
    evaluate,
    parse,
    sentence_of,
)
from tests.unit.query.rules import articles, rule_texts


def verdict_on(rule: str, text: str = "", title: str = "", **fields: Any) -> Verdict:
    return evaluate(compile_rule(parse(rule)), analyse(Readable(title, text, **fields)))


def matches(rule: str, text: str = "", title: str = "", **fields: Any) -> bool:
    return verdict_on(rule, text, title, **fields).outcome is Outcome.MATCHED


@pytest.mark.parametrize(
    ("rule", "text", "is_match"),
    [
        pytest.param("mine", "Mines were found", True, id="plural-of-the-rule"),
        pytest.param("mines", "a mine", True, id="singular-of-the-rule"),
        pytest.param("mine", "mining", False, id="no-stemming"),
        pytest.param("remain", "the remains", False, id="remains-is-no-plural"),
        pytest.param('"mine"', "mines", False, id="quotes-switch-plurals-off"),
        pytest.param("=mine", "Mine", False, id="exact-case"),
        pytest.param("=mine", "mine", True, id="exact-case-same"),
        pytest.param("MIA", "Mia and Miami", False, id="acronym-is-not-a-name"),
        pytest.param("MIA", "an MIA search", True, id="acronym"),
        pytest.param("nocase(MIA)", "Mia", True, id="nocase"),
        pytest.param("Mia", "MIA", True, id="other-words-ignore-case"),
        pytest.param("UXO", "UXOs", True, id="acronym-plural"),
        pytest.param("UN", "the U.N. said", True, id="dotted-in-text"),
        pytest.param("U.S.", "the US said", True, id="dotted-in-rule"),
        pytest.param("US", "join us", False, id="us-is-not-the-country"),
        pytest.param("US", "US$130 million", False, id="currency-is-not-the-country"),
        pytest.param("clean-up", "a cleanup", True, id="hyphen-joined"),
        pytest.param("clean-up", "to clean up", True, id="hyphen-apart"),
        pytest.param("cleanup", "a clean-up", True, id="joined-finds-hyphen"),
        pytest.param("cyber-attack", "cyberattacks rose", True, id="hyphen-joined-plural"),
        pytest.param("cyber-attack", "cyber attacks rose", True, id="hyphen-apart-plural"),
        pytest.param("dioxin*", "dioxin-tainted soil", True, id="prefix"),
        pytest.param("diox*", "oxide", False, id="prefix-only-at-the-start"),
        pytest.param('"war legac*"', "war legacies", True, id="prefix-in-phrase"),
        pytest.param('"war legac*"', "war old legacies", False, id="phrase-is-in-a-row"),
        pytest.param("Da Nang".join('""'), "Đà Nẵng", True, id="plain-finds-marks"),
        pytest.param("Đặng", "Dang", False, id="marks-need-marks"),
        pytest.param("Đặng", "Đa\u0323\u0306ng", True, id="decomposed-marks"),
        pytest.param("bomb AND mine", "a bomb", False, id="and"),
        pytest.param("bomb OR mine", "a bomb", True, id="or"),
        pytest.param("bomb AND NOT mine", "a bomb, a mine", False, id="not"),
        pytest.param("bomb NEAR/2 mine", "mine and bomb", True, id="near-any-order"),
        pytest.param("bomb NEAR/2 mine", "mine and a bomb", False, id="near-too-far"),
        pytest.param("bomb PRE/2 mine", "mine and bomb", False, id="pre-wrong-order"),
        pytest.param("bomb PRE/2 mine", "bomb or mine", True, id="pre"),
        pytest.param("bomb NEAR/9 bomb", "one bomb", False, id="near-needs-two"),
        pytest.param("bomb NEAR/9 bomb", "bomb after bomb", True, id="near-itself-twice"),
        pytest.param("mine NEAR/s bomb", "A mine. The bomb.", False, id="sentence"),
        pytest.param("mine NEAR/p bomb", "A mine. The bomb.", True, id="paragraph"),
        pytest.param("mine NEAR/p bomb", "A mine.\n\nThe bomb.", False, id="other-paragraph"),
        pytest.param("a1 PRE/1 b1 PRE/1 c1", "a1 b1 c1", True, id="chain"),
        pytest.param("a1 PRE/1 b1 PRE/1 c1", "a1 b1 x1 c1", False, id="chain-broken"),
        pytest.param("ATLEAST/2(bomb OR mine)", "bomb, mine", True, id="count"),
        pytest.param("ATLEAST/2(bomb OR mine)", "bomb", False, id="count-too-few"),
        pytest.param("WHO", "BIG SHIP LEAVES WHO TALKS", False, id="shouted-headline"),
        pytest.param("WHO", "BIG SHIP LEAVES WHO TALKS\n\nWHO said", True, id="heard-elsewhere"),
        pytest.param("WHO", "with the UN, EU, NATO, WHO", True, id="a-list-is-no-headline"),
    ],
)
def test_a_rule_matches_a_text(rule, text, is_match):
    assert matches(rule, text) is is_match


def test_near_never_crosses_from_title_to_text():
    assert not matches("bomb NEAR/50 mine", "mine", title="bomb")
    assert not matches('"bomb mine"', "mine", title="bomb")


def test_fields_limit_where_words_count():
    assert matches("title:bomb", title="A bomb")
    assert not matches("title:bomb", "A bomb")
    assert matches("lead:bomb", "x " * 200 + "bomb")
    assert not matches("lead:bomb", "x " * 400 + "bomb")
    assert not matches("body:bomb", title="bomb")


def test_english_plurals_are_left_alone_in_other_languages():
    assert not matches("mine", "mines", language="vi")
    assert matches("mines", "mines", language="vi")


def test_conditions_ask_for_topic_outlet_and_language():
    assert matches("topic:uxo", topics={"uxo": "mention"})
    assert not matches("topic:uxo/about", topics={"uxo": "mention"})
    assert matches("topic:uxo/about", topics={"uxo": "about"})
    assert matches("source:vietnam-insider", outlet="Vietnam Insider")
    assert matches("source:vna", outlet="Vietnam News Agency", outlet_aliases=("VNA",))
    assert not matches("source:vna")
    assert matches("bomb AND lang:(en OR vi)", "bomb", language="en-GB")


def test_evidence_holds_the_first_three_and_the_total():
    verdict = verdict_on("bomb", "bomb " * 7)
    assert [span.start for span in verdict.evidence] == [0, 5, 10]
    assert verdict.evidence_total == 7


@given(rule_texts(), articles())
@settings(max_examples=200, deadline=None)
def test_all_evidence_quotes_its_field(source, article):
    verdict = evaluate(compile_rule(parse(source)), analyse(article))
    for span in verdict.evidence:
        assert (article.title if span.field == "title" else article.text)[
            span.start : span.end
        ] == span.text
    assert because(verdict, article) or verdict.outcome is not Outcome.MATCHED
    assert verdict.why_not or verdict.outcome is Outcome.MATCHED


@pytest.mark.parametrize(
    ("rule", "text", "reasons"),
    [
        pytest.param("MIA", "Mia, Mia and Mia", ("found Mia ×3, MIA ×0",), id="capitals"),
        pytest.param("Đặng", "Dang", ("found Dang ×1, Đặng ×0",), id="marks"),
        pytest.param(
            "bomb NEAR/8 mine",
            "bomb " + "x " * 22 + "mine",
            ("NEAR/8: closest 23 words",),
            id="near",
        ),
        pytest.param(
            "bomb PRE/8 mine",
            "mine bomb",
            ("PRE/8: both found, but never in this order",),
            id="pre",
        ),
        pytest.param("title:bomb", "bomb", ("bomb: only in text, not in title",), id="field"),
        pytest.param("bomb AND mine", "x", ("bomb: not found", "mine: not found"), id="nothing"),
        pytest.param(
            "bomb AND NOT mine", "bomb mine mine", ("excluded by NOT: mine found ×2",), id="not"
        ),
        pytest.param("ATLEAST/3(bomb)", "bomb bomb", ("ATLEAST: 2 of 3",), id="count"),
        pytest.param(
            "WHO", "BIG SHIP LEAVES WHO", ("WHO: only in an all-caps headline",), id="shouted"
        ),
        pytest.param("topic:uxo", "x", ("topic uxo: not tagged",), id="topic"),
        pytest.param("source:vna", "x", ("outlet is unknown, not vna",), id="outlet"),
    ],
)
def test_why_a_rule_did_not_match_is_said_in_words(rule, text, reasons):
    assert verdict_on(rule, text).why_not == reasons


def test_a_long_list_of_what_is_missing_says_how_much_longer_it_is():
    rule = " AND ".join(f"word{n}" for n in range(20))
    assert verdict_on(rule, "x").why_not[-1] == "and 14 more that are missing"


def test_because_speaks_in_short_sentences():
    text = "Opening words.\n\nMoney for Bien Hoa will clear the old base of dioxin under UNCLOS."
    article = Readable("A treaty: UNCLOS", text, topics={"law-of-the-sea": "about"})
    rule = compile_rule(
        parse('("Bien Hoa" NEAR/9 dioxin) AND title:UNCLOS AND topic:law-of-the-sea')
    )
    assert because(evaluate(rule, analyse(article)), article) == (
        '"Bien Hoa" 7 words from "dioxin" (paragraph 2)',
        "UNCLOS (title, exact capitals)",
        "topic law-of-the-sea",
    )


@pytest.mark.parametrize(
    ("rule", "title", "text", "lines"),
    [
        pytest.param(
            "bomb NEAR/9 field",
            "",
            "a bomb in some wide green field.\n\nNot far from there lay a bomb near a field",
            ('"bomb" 3 words from "field" (paragraph 2)',),
            id="the nearest",
        ),
        pytest.param(
            "Hanoi",
            "Talks in HANOI",
            "Hanoi again, and Hanoi",
            ("HANOI (title)",),
            id="title before text",
        ),
        pytest.param("mine", "", "mines, a mine", ('"mines" (paragraph 1)',), id="plurals"),
        pytest.param(
            "dioxin AND bomb NEAR/9 field AND mine PRE/2 sea",
            "",
            "dioxin, a bomb in a field, a mine at sea",
            (
                '"mine" 2 words from "sea" (paragraph 1)',
                '"bomb" 3 words from "field" (paragraph 1)',
                '"dioxin" (paragraph 1)',
            ),
            id="words that are near come first",
        ),
        pytest.param(
            " OR ".join(f"w{n}" for n in range(9)),
            "",
            " ".join(f"w{n} w{n}" for n in range(9)),
            (*(f'"w{n}" (paragraph 1)' for n in range(6)), "and 3 more"),
            id="terms beyond six are counted",
        ),
    ],
)
def test_because_gives_the_best_reason_of_each_term(rule, title, text, lines):
    article = Readable(title, text)
    assert because(evaluate(compile_rule(parse(rule)), analyse(article)), article) == lines


def test_because_of_a_topic_names_the_words_that_earned_it():
    span = Span("title", 10, 16, "UNCLOS")
    article = Readable(
        "A treaty: UNCLOS",
        "",
        topics={"law-of-the-sea": "about"},
        topic_evidence={"law-of-the-sea": (span,)},
    )
    verdict = evaluate(compile_rule(parse("topic:law-of-the-sea/about")), analyse(article))
    assert because(verdict, article) == ("topic law-of-the-sea/about: UNCLOS (title)",)
    assert (verdict.evidence, verdict.evidence_total) == ((span,), 1)


def test_the_sentence_around_a_span_is_quoted_with_its_place():
    article = Readable("", "First one. The U.S. found a bomb here. Last one.")
    (span,) = evaluate(compile_rule(parse("bomb")), analyse(article)).evidence
    sentence = sentence_of(span, article)
    assert sentence.text == "The U.S. found a bomb here."
    assert article.text[sentence.start : sentence.end] == sentence.text


@pytest.mark.parametrize(
    "rule",
    [
        "aa NEAR/50 bb NEAR/50 cc",
        "aa NEAR/p bb NEAR/p cc",
        "(aa OR bb) NEAR/50 (bb OR aa) NEAR/50 zz",
        "ATLEAST/50(aa NEAR/50 bb)",
    ],
)
def test_a_hostile_pair_ends_in_time_matched_or_undecided(rule):
    article = analyse(Readable("", "aa bb " * 20_000))
    compiled = compile_rule(parse(rule))
    started = time.process_time()
    verdict = evaluate(compiled, article)
    assert time.process_time() - started < 3
    assert verdict.outcome in (Outcome.UNDECIDED, Outcome.NOT_MATCHED, Outcome.MATCHED)
    assert verdict.outcome is not Outcome.UNDECIDED or "undecided" in verdict.why_not[0]


def test_running_out_of_budget_is_undecided_never_a_silent_no():
    text = "aa " * 3_000 + "x " * 100 + "bb " * 3_000
    assert verdict_on("aa NEAR/3 bb", text).outcome is Outcome.UNDECIDED
    assert verdict_on("aa AND NOT (aa NEAR/3 bb)", text).outcome is Outcome.UNDECIDED


BLOCK = "Read also: dioxin and tides"
HELD = (
    f"The harbour was dredged\n{BLOCK}\nby a barge near Osmund, and dioxin was found.\n\nIt rained."
)
HELD_FURNITURE = ((HELD.index(BLOCK), HELD.index(BLOCK) + len(BLOCK)),)


@pytest.mark.parametrize(
    ("rule", "is_match"),
    [
        pytest.param("tides", False, id="word"),
        pytest.param("tide*", False, id="prefix"),
        pytest.param('"dioxin and tides"', False, id="phrase"),
        pytest.param('"dredged by"', False, id="a-phrase-across-it"),
        pytest.param("dredged NEAR/50 barge", False, id="near-across-it"),
        pytest.param("dredged PRE/s barge", False, id="one-sentence-across-it"),
        pytest.param("dredged NEAR/p barge", True, id="one-paragraph-around-it"),
        pytest.param("ATLEAST/2(dioxin)", False, id="counted-outside-only"),
        pytest.param("harbour AND NOT tides", True, id="it-excludes-nothing"),
        pytest.param('"a barge near"', True, id="phrase-after-it"),
        pytest.param("body:dioxin", True, id="same-word-outside"),
    ],
)
def test_furniture_neither_matches_nor_joins_what_stands_around_it(rule: str, is_match: bool):
    assert matches(rule, HELD, furniture=HELD_FURNITURE) is is_match


def test_evidence_beside_furniture_keeps_the_offsets_of_the_stored_text():
    verdict = verdict_on("dioxin", HELD, furniture=HELD_FURNITURE)

    at = HELD.rindex("dioxin")
    assert verdict.evidence == (Span("text", at, at + 6, "dioxin"),)


def test_what_stands_only_in_furniture_is_said_to_stand_there():
    assert verdict_on("tides AND whales", HELD, furniture=HELD_FURNITURE).why_not == (
        "tides: only in furniture",
        "whales: not found",
    )


@given(rule_texts(), articles())
@settings(max_examples=60, deadline=None)
def test_an_article_that_is_all_furniture_matches_as_one_without_text(rule: str, article: Readable):
    hidden = replace(article, furniture=((0, len(article.text)),))
    compiled = compile_rule(parse(rule))

    assert (
        evaluate(compiled, analyse(hidden)).outcome
        is evaluate(compiled, analyse(replace(article, text=""))).outcome
    )
