"""What a message says, and what hostile text cannot do to it."""

import json
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alert.gathering import Because, Change, PlannedNotification, gather
from services.alert.message import WHY_NOW, build_body, encode_body, one_line
from services.alert.message_text import render_text
from services.alert.reasons import Reason
from shared.model import Span
from tests.unit.alert.planned import BECAUSE, NOW, STORY, article, notification, rule

MESSAGE_ID = "0b1f6c1e-4d2a-4c86-9f6e-2f1f0d3c5a77"
NOISY = "Title\x1b[2J\n\u202egnp.exe\u2066\u200b \ud800 end"


def build(
    *rows: PlannedNotification, base_url: str | None = "http://127.0.0.1:8300/"
) -> dict[str, Any]:
    (gathered,) = gather(rows or [notification()], NOW)
    return build_body(gathered, message_id=MESSAGE_ID, created_at=NOW, base_url=base_url)


def test_message_says_which_rule_which_words_which_sentence_and_why_now():
    body = build()

    assert (body["schema"], body["type"], body["id"]) == (1, "newswatch.alert", MESSAGE_ID)
    assert body["summary"] == "dioxin-money: Ministers meet, agree on clean-up"
    assert body["story"] == {
        "id": "s3",
        "title": "Ministers meet, agree on clean-up",
        "articles": 6,
        "outlets": 5,
        "independent": 3,
        "url": "http://127.0.0.1:8300/stories/3",
    }
    (told_rule,) = body["rules"]
    assert (told_rule["id"], told_rule["revision"], told_rule["alert"]) == ("r4", 2, "al104")
    (because,) = told_rule["because"]
    assert because["sentence"] == BECAUSE.sentence
    assert because["evidence"][0] == {"field": "text", "start": 40, "end": 48, "text": "Bien Hoa"}
    (told_article,) = body["articles"]
    assert told_article["why_now"] == [
        {"reason": "first_in_story", "words": "the first you hear of this story"}
    ]


def test_text_of_a_message_reads_from_top_to_bottom():
    added = article(
        18,
        development=2,
        title="Aid grows again",
        url="https://delta.test/aid",
        new_sentences=("The work ends in 2030.",),
        more_sentences=3,
        changed_figures=(Change("300", "430 million USD", "dioxin aid"),),
        changed_sentences=(Change("Ten hectares.", "Twelve hectares."),),
    )

    text = render_text(
        build(notification(1), notification(2, article=added, reason=Reason.ADDS_NEW))
    )

    assert (
        text
        == """\
dioxin-money: Ministers meet, agree on clean-up

Story s3: Ministers meet, agree on clean-up
6 articles from 5 outlets, 3 independent
http://127.0.0.1:8300/stories/3

Why you are told
  rule dioxin-money (revision 2, alert al104)
    because "additional US$130 million" is 9 words from "Bien Hoa" (a17)
      words: "Bien Hoa", "additional US$130 million"
      sentence: Work at Bien Hoa gets an additional US$130 million.
    because "additional US$130 million" is 9 words from "Bien Hoa" (a18)
      words: "Bien Hoa", "additional US$130 million"
      sentence: Work at Bien Hoa gets an additional US$130 million.

What is told
  a17 · Harbour Post · 2026-06-10: the first you hear of this story
    Aid for the clean-up grows
  a18 · Harbour Post · 2026-06-10: it adds something new
    Aid grows again
    https://delta.test/aid
    new: The work ends in 2030.
    and 3 more new sentences
    changed figure: dioxin aid: 300 → 430 million USD
    corrected: Ten hectares. → Twelve hectares.

newswatch · message 0b1f6c1e-4d2a-4c86-9f6e-2f1f0d3c5a77
"""
    )


def test_every_rule_is_listed_once_and_every_article_once():
    rows = [
        notification(2 * n + m, rule=rule(n, name=f"rule-{n}"), article=article(m, development=m))
        for n in range(5)
        for m in (1, 2)
    ]

    body = build(*rows)

    assert [told["name"] for told in body["rules"]] == [f"rule-{n}" for n in range(5)]
    assert [told["id"] for told in body["articles"]] == ["a1", "a2"]
    assert body["summary"].startswith("rule-0, rule-1, rule-2 and 2 more: ")


def test_without_a_base_url_there_is_no_link():
    body = build(base_url=None)

    assert body["story"]["url"] is None
    assert "http" not in render_text(body)


def test_every_reason_that_tells_has_words_of_its_own():
    assert set(WHY_NOW) == {
        Reason.FIRST_IN_STORY,
        Reason.ADDS_NEW,
        Reason.EVERY_ARTICLE,
        Reason.CORRECTION,
    }


def test_every_cap_is_spoken():
    spans = tuple(Span("text", n, n + 1, f"w{n}") for n in range(12))
    because = tuple(Because(f"line {n}", spans, "x" * 700, more_spans=1) for n in range(7))
    added = article(
        new_sentences=tuple(f"Sentence {n}." for n in range(6)),
        more_sentences=10,
        changed_figures=tuple(Change(str(n), str(n + 1)) for n in range(12)),
    )
    rows = [
        notification(
            n,
            rule=rule(n, name=f"rule-{n:02}", because=because, more_because=1),
            article=replace(added, article_id=n),
        )
        for n in range(25)
    ]

    body = build(*rows)
    text = render_text(body)

    assert (len(body["rules"]), body["rules_more"]) == (20, 5)
    assert (len(body["articles"]), body["articles_more"]) == (10, 15)
    assert body["rules"][0]["because_more"] == 3
    assert body["rules"][0]["because"][0]["evidence_more"] == 3
    assert body["rules"][0]["because"][0]["sentence"].endswith("… (100 more characters)")
    assert body["articles"][0]["adds"]["sentences_more"] == 11
    assert body["articles"][0]["adds"]["figures_more"] == 2
    for words in (
        "and 5 more rules",
        "and 15 more articles",
        "and 3 more reasons",
        '"w9" and 3 more',
        "and 11 more new sentences",
        "and 2 more changed figures",
    ):
        assert words in text


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("javascript:alert(1)", id="script"),
        pytest.param("file:///etc/passwd", id="file"),
        pytest.param("https://a.test/\nX", id="line break"),
        pytest.param("https://a.test/\u202egpj", id="bidi"),
        pytest.param("https://[broken", id="broken"),
        pytest.param("https:", id="no host"),
        pytest.param("https://a.test/" + "a" * 2000, id="too long"),
    ],
)
def test_article_link_that_is_not_plainly_web_is_left_out(url):
    assert build(notification(article=article(url=url)))["articles"][0]["url"] is None


def test_hostile_title_cannot_move_the_cursor_nor_turn_the_line():
    noisy_story = replace(STORY, title=NOISY)
    body = build(
        notification(story=noisy_story, article=article(title=NOISY), rule=rule(name=NOISY))
    )

    text = render_text(body)

    assert "Title[2J gnp.exe end" in text
    assert all(
        character == "\n" or unicodedata.category(character) not in {"Cc", "Cf", "Cs"}
        for character in text
    )


def test_encoded_body_is_one_safe_line_that_reads_back_as_the_same():
    body = build(notification(article=article(title=NOISY + " Thủ đô")))

    line = encode_body(body).decode()

    assert "Thủ đô" in line
    assert not set(line) & set("\n\x1b\u202e\u2066")
    back = json.loads(line)
    assert back["articles"][0]["title"] == (NOISY + " Thủ đô").replace("\ud800", "\ufffd")
    assert back["articles"][0]["why_now"] == body["articles"][0]["why_now"]


def test_title_of_nothing_is_named_so():
    assert build(notification(article=article(title=" ")))["articles"][0]["title"] == "(no title)"


@given(st.text())
def test_one_line_is_one_line_and_stays_as_it_is(text):
    line = one_line(text)

    assert len(line.splitlines()) <= 1
    assert one_line(line) == line


@given(st.text(alphabet=st.characters(codec=None)))
def test_any_title_encodes_to_valid_json(title):
    line = encode_body(build(notification(article=article(title=title))))

    assert b"\n" not in line
    assert json.loads(line)["schema"] == 1
