"""The report of the demo: lines of 80 columns, and words for everything the ledger knows."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.alert.reasons import Reason
from services.cli.demo_alerts import REASONS, alert_lines, fewer_reasons, in_words, quote
from services.cli.demo_report import (
    WIDTH,
    apart_lines,
    book_lines,
    headline,
    listed,
    shortened,
    story_lines,
)
from services.console.audit import AuditLine, AuditReport, Difference
from services.console.queries import (
    AlertDetail,
    AlertSummary,
    ChangedFigure,
    LedgerCounts,
    Member,
    NotificationRow,
    Page,
    RecordId,
    RecordKind,
    Relation,
    StoryDetail,
    StorySummary,
    SubscriptionLedger,
)
from services.expectations import Expectations
from services.expectations.document import Totals
from shared.model import Readable

NOW = datetime(2026, 1, 2, tzinfo=UTC)
TOPICS = ("dioxin-remediation", "maritime-security", "strategic-partnership", "uxo-clearance")


def _summary(story_id: int = 5, articles: int = 3, **changed: Any) -> StorySummary:
    given: dict[str, Any] = {
        "id": story_id,
        "title": "A title that says rather more than there is room for on one line of a terminal",
        "lead_id": 1,
        "article_count": articles,
        "outlet_count": 2,
        "independent_count": 1,
        "developments": 1,
        "first_at": NOW,
        "last_at": NOW,
        "changed_at": NOW,
        "topics": TOPICS,
        "alert_count": 0,
    }
    return StorySummary(**given | changed)


def _relation(other_id: int, relation: str, score: float = 0.999) -> Relation:
    return Relation(other_id, "", relation, "of a1", 0.4, 0.92, (), (), score, "words", ())


def _member(article_id: int, *relations: Relation, figure: ChangedFigure | None = None) -> Member:
    changed = f"changed figure: {figure.before} → {figure.after}" if figure else "no new sentence"
    return Member(
        article_id=article_id,
        file_id=article_id,
        file=f"harbour-post/{article_id}-a-rather-long-name.txt",
        title="",
        outlet=None,
        at=NOW,
        published_at=None,
        published_source=None,
        received_at=NOW,
        outcome="new",
        outcome_reason=None,
        refers_to=None,
        development=None,
        is_lead=article_id == 1,
        relations=relations,
        more_relations=0,
        novelty={"reason": changed},
        changed_figures=(figure,) if figure else (),
    )


def _story(*members: Member, summary: StorySummary | None = None) -> StoryDetail:
    summary = summary or _summary(articles=len(members))
    figures = tuple(each for member in members for each in member.changed_figures)
    none: Page[Any] = Page((), 0)
    return StoryDetail(5, summary, Page(members, len(members)), figures, none, (), none, None)


def _row(state: str, reason: str) -> NotificationRow:
    return NotificationRow(1, 1, 1, 5, None, state, reason, "", NOW, None, None, None, None)


def _alert(*rows: NotificationRow, because: tuple[str, ...] = ('"bomb" (title)',)) -> AlertDetail:
    ledger = SubscriptionLedger(1, "desk", "alerts-file", "new", "active", rows)
    summary = AlertSummary(
        1, 1, "uxo", 5, "T " * 90, NOW, NOW, None, None, None, because, 1, LedgerCounts()
    )
    return AlertDetail(1, summary, "bomb", _summary(), (), Page((), 0), (ledger,))


def _line(left: tuple[str, int], *right: tuple[str, int], missing: int = 0) -> AuditLine:
    lost = Difference((RecordId(RecordKind.FILE, 1),), "f1 has no article", "newswatch retry f1")
    return AuditLine("", left, right, (lost,) * missing, missing)


def _books(missing: int = 0) -> AuditReport:
    files = _line(("files", 31), ("articles", 29), ("rejected", 2), ("waiting", 0), missing=missing)
    rows = _line(("matches", 48), ("told", 35), ("held", 0), ("suppressed", 13))
    return AuditReport((files, _line(("containers", 1), ("whole", 1)), files, rows))


FATES = {"new": 27, "exact_copy": 1, "revision": 1, "rejected:not_text": 2, "container": 1}


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_of_the_ledger_has_words_for_one_and_for_several(reason: Reason):
    assert in_words(reason.value, 1).startswith("1 ")
    assert in_words(reason.value, 3).startswith("3 ")
    assert REASONS[reason][0] != REASONS[reason][1]
    assert "_" not in in_words(reason.value, 2)


def test_a_list_breaks_after_its_separator_and_hangs():
    found = listed(TOPICS * 2, first="topics: ", hang="  ")

    assert all(len(line) <= WIDTH for line in found)
    assert all(line.endswith(",") for line in found[:-1])
    assert all(line.startswith("  ") for line in found[1:])
    assert " ".join(line.strip() for line in found) == "topics: " + ", ".join(TOPICS * 2)


def test_a_wrapped_item_leaves_room_for_the_separator_after_it():
    found = listed([f"{'x' * 39} {'y' * 40}", "z" * 60], separator="; ")

    assert max(map(len, found)) <= WIDTH


def test_only_a_word_longer_than_a_line_makes_a_longer_line():
    word = "x" * 100

    assert listed(["short", f"one {word} two"]) == ["short,", "    one", f"    {word}", "    two"]


@pytest.mark.parametrize(
    ("text", "short"),
    [
        pytest.param("as it is", "as it is", id="short"),
        pytest.param("cut between words", "cut between…", id="between words"),
        pytest.param("x" * 40, "x" * 14 + "…", id="one word"),
        pytest.param("a\x1b[31mb\nc", "a [31mb c", id="nothing a terminal obeys"),
    ],
)
def test_a_title_is_shortened_between_words(text: str, short: str):
    assert shortened(text, 15) == short


def test_the_headline_counts_files_members_and_what_became_of_them():
    assert " ".join(line.strip() for line in headline(28, FATES, 8.44)) == (
        "28 files dropped ▸ 29 articles (27 new · 1 exact copy · 1 revision) · "
        "1 container with 4 members · 2 rejected (not text) · 8.4 s"
    )


def test_a_relation_names_the_file_and_is_to_the_lead_where_there_is_one():
    nearer, lead = _relation(2, "contained"), _relation(1, "contained")

    said = "\n".join(story_lines([_story(_member(1), _member(2), _member(3, nearer, lead))]))

    assert "carries 92 % of harbour-post/1-a-rather-long-name.txt" in said
    assert "of a1" not in said


def test_shared_words_say_more_than_the_same_event_as_the_lead():
    lead, nearer = _relation(1, "same_event"), _relation(2, "near_duplicate")

    said = "\n".join(story_lines([_story(_member(1), _member(2), _member(3, lead, nearer))]))

    assert "nearly the same text as harbour-post/2-a-rather-long-name.txt" in said


def test_nobody_is_sure_of_an_event_whatever_the_rounding_says():
    said = " ".join(story_lines([_story(_member(1), _member(2, _relation(1, "same_event")))]))

    assert "over 99 %" in said
    assert "100 %" not in said


def test_a_changed_figure_is_said_once_with_its_subject_and_file():
    figure = ChangedFigure(3, "140", "160", "", "joint missions", 2)

    said = "\n".join(story_lines([_story(_member(1), _member(3, figure=figure))]))

    assert said.count("140") == 1
    assert "changed figure: joint missions 140 → 160" in said
    assert "(harbour-post/3-a-rather-long-name.txt)" in said


def test_stories_of_one_article_take_one_line_each_and_no_line_is_too_long():
    single = _story(_member(1), summary=_summary(7, 1))
    plain = _story(_member(1), summary=_summary(8, 1, topics=()))

    found = story_lines([single, plain, _story(_member(1), _member(2))])

    assert found[-3] == "2 more stories of one article each"
    assert found[-2].startswith(" s7 ")
    assert found[-2].endswith("dioxin-remediation and 3 more")
    assert max(map(len, found)) <= WIDTH
    assert found[0].endswith("articles  outlets  independent")
    assert found[1].endswith("2        2            1")


def test_the_ledger_is_told_in_words():
    copies = [_row("suppressed", "copy_of_known")] * 3

    found = alert_lines(_alert(_row("told", "first_in_story"), *copies), None)

    assert found[0].startswith(" uxo ▸ s5 T T")
    assert found[1] == '      because "bomb" (title)'
    assert found[2] == ("      told desk once by alerts-file; 3 copies of a known text kept quiet")
    assert max(map(len, found)) <= WIDTH


def test_an_alert_that_nobody_asked_for_says_so():
    assert alert_lines(_alert(), None)[-1] == "      nobody asked to be told"


@pytest.mark.parametrize(
    ("because", "shown"),
    [
        pytest.param("abc", ["a", "b", "c"], id="three"),
        pytest.param("abcde", ["a", "b", "c", "and 2 more"], id="five"),
        pytest.param(["a", "b", "c", "d", "and 4 more"], ["a", "b", "c", "and 5 more"], id="cut"),
        pytest.param((), [], id="none"),
    ],
)
def test_three_reasons_are_shown_and_the_others_counted(because, shown):
    assert fewer_reasons(because) == shown


LONG = "Words " * 30 + "before a bomb that lay close by " + "and after " * 30


@pytest.mark.parametrize(
    ("query", "text", "quoted"),
    [
        pytest.param("bomb", "First. A bomb lay here. Last.", "“A bomb lay here.”", id="sentence"),
        pytest.param("bomb", "First.\nA bomb\nlay here.", "“A bomb”", id="lines"),
        pytest.param("mine", "A bomb lay here.", "", id="no match"),
        pytest.param("source:here", "A bomb lay here.", "", id="no words"),
    ],
)
def test_the_best_evidence_is_quoted_in_its_sentence(query: str, text: str, quoted: str):
    assert quote(query, Readable("", text, outlet="here"), said_before="") == quoted


def test_a_long_sentence_is_quoted_around_the_words_by_whole_words():
    found = quote("bomb NEAR/5 close", Readable("", LONG), said_before="")

    assert found.startswith("“… ")
    assert found.endswith(" …”")
    assert "a bomb that lay close" in found
    assert len(found) <= 66
    assert set(found.strip("“”… ").split()) <= set(LONG.split())


def test_a_title_that_was_just_said_is_not_quoted_again():
    article = Readable("A bomb in a field", "")

    assert quote("bomb", article, said_before=" uxo ▸ s5 A bomb in a field") == ""
    assert quote("bomb", article, said_before=" uxo ▸ s5 Another") == "“A bomb in a field”"


def test_books_that_balance_take_two_lines():
    assert book_lines(_books(), FATES, 28) == [
        "books balance: 28 files + 4 members = 29 articles + 2 rejected + 1 container ·",
        "               48 ledger rows = 35 told + 13 suppressed",
    ]


def test_books_that_do_not_balance_are_told_in_detail():
    said = "\n".join(book_lines(_books(missing=1), FATES, 28))

    assert "BOOKS DO NOT BALANCE: 31 files ≠ 29 articles" in said
    assert "f1: f1 has no article" in said
    assert "newswatch retry f1" in said


def test_what_stayed_apart_comes_from_the_golden_answer():
    story = {
        "label": "sale",
        "articles": ["a.txt"],
        "outlets": 1,
        "independent": 1,
        "title_words": [],
    }
    totals = dict.fromkeys(Totals.model_fields, 0)
    expected = Expectations(
        {
            "schema": 1,
            "totals": totals,
            "files": {"a.txt": {"outcome": "new", "story": "sale"}},
            "story": [story],
            "relations": {"none": [{"why": "two bombs", "files": ["a.txt"]}] * 2},
            "tags": [{"file": "a.txt", "must": [], "must_not": ["uxo-clearance"]}],
        }
    )
    quiet = _story(_member(1), summary=_summary(7, 1, topics=(), title="A clearance sale"))

    assert apart_lines(expected, [quiet, _story(_member(1))]) == [
        "2 look-alikes stayed apart: two bombs (twice)",
        "1 story earned neither topic nor alert: A clearance sale",
    ]
