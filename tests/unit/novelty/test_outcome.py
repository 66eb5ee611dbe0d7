from datetime import timedelta

import pytest

from services.extract.novelty import (
    ArticleFacts,
    Outcome,
    Recleaned,
    RelatedArticle,
    compare_sentences,
    decide_outcome,
    find_correction,
)
from services.extract.reuse import relate, tokenize
from tests.clocks import NOON
from tests.unit.reuse.texts import HARBOUR, invented_text

_EDITED = HARBOUR.replace("All four workers were", "Two of the workers were")


def _related(
    article_id: int, facts: ArticleFacts, own: str = HARBOUR, other: str = HARBOUR
) -> RelatedArticle:
    relation = relate(tokenize(own), tokenize(other))
    assert relation is not None
    return RelatedArticle(article_id, facts, relation)


def _piece(text: str, place: tuple[int, int] | None) -> str:
    assert place is not None
    return text[slice(*place)]


def _facts(
    outlet: str | None = "Bay Post", url: str | None = None, title: str = "Crane falls on ferry"
) -> ArticleFacts:
    return ArticleFacts(outlet, url, title)


@pytest.mark.parametrize(
    ("own", "other", "text", "outcome"),
    [
        pytest.param(_facts(), _facts(), HARBOUR, Outcome.EXACT_COPY, id="same-text-same-outlet"),
        pytest.param(
            _facts(), _facts(outlet="Daily Tide"), HARBOUR, Outcome.NEW, id="same-text-other-outlet"
        ),
        pytest.param(
            _facts(None), _facts(None), HARBOUR, Outcome.EXACT_COPY, id="same-text-outlets-unknown"
        ),
        pytest.param(_facts(None), _facts(), HARBOUR, Outcome.NEW, id="same-text-one-unknown"),
        pytest.param(_facts(), _facts(), _EDITED, Outcome.REVISION, id="same-title-edited"),
        pytest.param(
            _facts(url="https://bay.example/1", title="Crane falls"),
            _facts(url="https://bay.example/1", title="Crane collapses"),
            _EDITED,
            Outcome.REVISION,
            id="same-address-edited",
        ),
        pytest.param(
            _facts(), _facts(title="Another day"), _EDITED, Outcome.NEW, id="other-title-edited"
        ),
        pytest.param(
            _facts(outlet="Daily Tide"), _facts(), _EDITED, Outcome.NEW, id="other-outlet-edited"
        ),
        pytest.param(
            _facts(),
            _facts(),
            f"{HARBOUR[:90]}. {invented_text(1, 300)}",
            Outcome.NEW,
            id="same-title-hardly-any-text-in-common",
        ),
    ],
)
def test_the_outcome_depends_on_text_outlet_address_and_title(own, other, text, outcome):
    decision = decide_outcome(own, [_related(3, other, own=f"{text}", other=HARBOUR)])
    assert decision.outcome is outcome
    assert decision.reason
    assert outcome is Outcome.NEW or decision.article_id == 3


@pytest.mark.parametrize(
    ("own", "other", "reason"),
    [
        (_facts(), _facts(), "same text, same outlet"),
        (_facts(None), _facts(None), "same text, both outlets unknown"),
        (
            _facts(None, "https://bay.example/1"),
            _facts(None, "https://bay.example/1"),
            "same text, same address",
        ),
        (_facts(), _facts("Daily Tide"), "same text, another outlet"),
        (_facts(None), _facts("Daily Tide"), "same text, one outlet unknown"),
    ],
)
def test_the_reason_of_an_equal_text_says_what_is_known(own, other, reason):
    assert decide_outcome(own, [_related(3, other)]).reason == reason


@pytest.mark.parametrize(
    ("url", "words", "hours", "outcome"),
    [
        pytest.param(None, 45, 24, Outcome.NEW, id="the next briefing, with the same beginning"),
        pytest.param(None, 45, 2, Outcome.REVISION, id="the same morning, written anew"),
        pytest.param(None, 150, 24, Outcome.REVISION, id="the next day, mostly as it was"),
        pytest.param("https://bay.example/briefing", 25, 24, Outcome.NEW, id="at one address"),
        pytest.param("https://bay.example/briefing", 25, 2, Outcome.REVISION, id="rewritten there"),
    ],
)
def test_a_daily_briefing_is_no_revision_of_the_day_before(url, words, hours, outcome):
    known = invented_text(0, words)
    before = f"{known} {invented_text(1, 120 - words if words < 120 else 20)}"
    after = f"{known} {invented_text(2, 120 - words if words < 120 else 20)}"
    facts = [
        ArticleFacts("Bay Post", url, "Morning briefing", NOON + timedelta(hours=h))
        for h in (0, hours)
    ]
    decision = decide_outcome(facts[1], [_related(3, facts[0], after, before)])
    assert decision.outcome is outcome


def test_an_outlet_is_one_whether_its_page_or_its_folder_names_it():
    own, other = _facts(outlet="Bay Post"), _facts(outlet="bay-post")
    decision = decide_outcome(own, [_related(3, other, own=HARBOUR, other=HARBOUR)])
    assert (decision.outcome, decision.article_id) == (Outcome.EXACT_COPY, 3)


def test_an_article_without_relations_is_new():
    decision = decide_outcome(_facts(), [])
    assert (decision.outcome, decision.article_id) == (Outcome.NEW, None)


def test_a_live_blog_updated_twenty_times_at_one_address_is_one_article_revised():
    facts = _facts(url="https://bay.example/live", title="Live: the harbour")
    text, known = invented_text(0, 60), []
    for number in range(1, 21):
        known.append((number, text))
        text = f"{invented_text(number, 36)} {text}"
        related = [_related(article, facts, text, earlier) for article, earlier in known]
        decision = decide_outcome(facts, related)
        assert (decision.outcome, decision.article_id) == (Outcome.REVISION, number)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        pytest.param("Correction: crane fell on Monday", HARBOUR, id="title-starts"),
        pytest.param("Crane fell on Monday (corrected)", HARBOUR, id="title-ends"),
        pytest.param(None, f"CORRECTED - two were hurt.\n\n{HARBOUR}", id="first-line"),
        pytest.param("Crane", f"This story has been corrected.\n{HARBOUR}", id="note"),
    ],
)
def test_an_article_that_says_it_corrects_is_a_correction(title, text):
    assert find_correction(title, text) is not None


@pytest.mark.parametrize(
    ("title", "text"),
    [
        pytest.param("Market correction worries brokers", HARBOUR, id="word-in-title"),
        pytest.param(None, f"{HARBOUR}\n\nCorrected the next day.", id="far-below"),
    ],
)
def test_the_word_alone_is_no_correction(title, text):
    assert find_correction(title, text) is None


def test_a_revision_lists_its_changed_sentences():
    changes = compare_sentences(HARBOUR, _EDITED)
    found = find_correction("Crane", _EDITED, changes, is_revision=True)
    assert found is not None
    (change,) = found.changes
    assert _piece(HARBOUR, change.before).startswith("All four workers")
    assert _piece(_EDITED, change.after).startswith("Two of the workers")


def test_a_revision_that_changes_no_sentence_corrects_nothing():
    spaced = HARBOUR.replace(" ", "  ")
    changes = compare_sentences(HARBOUR, spaced)
    assert find_correction("Crane", spaced, changes, is_revision=True) is None


def test_added_and_removed_sentences_stand_alone_and_moved_ones_do_not_differ():
    before = "The quay is closed. Nobody was hurt on the island."
    after = "Nobody was hurt on the island. Divers arrive from Westhaven tomorrow."
    gone, added = sorted(compare_sentences(before, after), key=lambda each: each.before is None)
    assert _piece(before, gone.before) == "The quay is closed."
    assert gone.after is None
    assert _piece(after, added.after).startswith("Divers")


@pytest.mark.parametrize(
    "related",
    [
        pytest.param([], id="nothing in common any more"),
        pytest.param([_related(7, _facts())], id="the same words"),
        pytest.param(
            [_related(7, _facts(), _EDITED), _related(9, _facts())], id="an equal text elsewhere"
        ),
    ],
)
def test_an_article_cleaned_again_revises_what_it_was_whatever_the_words_say(related):
    decision = decide_outcome(_facts(), related, Recleaned(7, "3", "1"))

    assert (decision.outcome, decision.article_id) == (Outcome.REVISION, 7)
    assert decision.reason == "cleaned again: cleaner 3 instead of 1"
