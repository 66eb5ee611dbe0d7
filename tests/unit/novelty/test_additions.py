import time

import pytest

from services.extract.novelty import FigureKind, Novelty, NoveltyKind, split_sentences
from tests.unit.novelty.reading import what_it_adds
from tests.unit.reuse.texts import HARBOUR, invented_text

_AID = "The United States has given $300 million for dioxin clean-up at the old Bien Hoa air base."


def _sentences(text: str, novelty: Novelty) -> list[str]:
    return [text[start:end] for start, end in novelty.sentences]


def test_the_first_article_of_a_story_is_first():
    assert what_it_adds(HARBOUR, []).kind is NoveltyKind.FIRST


def test_a_copy_adds_nothing():
    found = what_it_adds(HARBOUR, [(1, HARBOUR)])
    assert found.kind is NoveltyKind.NOTHING_NEW
    assert (found.sentences, found.added_share, found.figures) == ((), 0.0, ())


def test_a_truncated_copy_first_and_the_full_one_later_is_an_update():
    half = HARBOUR[: HARBOUR.index(" The harbour master")]
    found = what_it_adds(HARBOUR, [(1, half)])
    assert found.kind is NoveltyKind.ADDS_NEW
    assert len(_sentences(HARBOUR, found)) == 3
    assert _sentences(HARBOUR, found)[0].startswith("The harbour master")


def test_the_full_text_first_and_a_truncated_copy_later_is_silent():
    half = HARBOUR[: HARBOUR.index(" The harbour master")]
    assert what_it_adds(half, [(1, HARBOUR)]).kind is NoveltyKind.NOTHING_NEW


def test_a_sentence_said_in_other_order_is_restated_not_new():
    said = "Rescue teams from Tolby cut through the twisted steel by torchlight for five hours."
    again = "For five hours, by torchlight, teams from Tolby cut through the steel to the rescue."
    assert what_it_adds(again, [(1, said)]).sentences == ()


@pytest.mark.parametrize(
    ("again", "is_firm"),
    [
        pytest.param(
            "For five hours, by torchlight, teams from Tolby cut through the steel to the rescue.",
            True,
            id="nearly-all-of-it",
        ),
        pytest.param(
            "Teams from Tolby needed torchlight and a hydraulic saw to cut the crane apart.",
            False,
            id="half-of-it",
        ),
    ],
)
def test_a_restated_sentence_names_the_one_it_restates_and_how_firmly(again, is_firm):
    said = "Rescue teams from Tolby cut through the twisted steel by torchlight for five hours."
    (found,) = what_it_adds(again, [(7, HARBOUR[:120]), (8, f"Dawn broke. {said}")]).restated
    assert found.article_id == 8
    assert f"Dawn broke. {said}"[slice(*found.earlier_sentence)] == said
    assert again[slice(*found.sentence)] == again
    assert (found.is_firm, found.likeness >= 0.6) == (is_firm, is_firm)


def test_of_two_equal_sentences_the_earlier_article_said_it_first():
    said = "Rescue teams from Tolby cut through the twisted steel by torchlight for five hours."
    again = "For five hours, by torchlight, teams from Tolby cut through the steel to the rescue."
    (found,) = what_it_adds(again, [(3, said), (4, said)]).restated
    assert found.article_id == 3


def test_what_a_text_says_twice_is_new_once():
    line = "Divers will inspect the quay wall beneath the wreck on Thursday morning."
    found = what_it_adds(f"{line}\n{line}\n{line}", [(1, HARBOUR)])
    assert _sentences(line, found) == [line]


def test_news_of_a_version_is_not_measured_against_all_that_it_repeats():
    known = invented_text(1, 600)
    update = f"{known} {invented_text(2, 24)}"
    assert what_it_adds(update, [(1, known)]).kind is NoveltyKind.NOTHING_NEW
    assert what_it_adds(update, [(1, known)], is_version=True).kind is NoveltyKind.ADDS_NEW


def test_what_is_known_may_come_from_several_articles():
    parts = [(1, HARBOUR[:300]), (2, HARBOUR[290:])]
    assert what_it_adds(HARBOUR, parts).kind is NoveltyKind.NOTHING_NEW


def test_one_new_sentence_is_not_enough():
    text = HARBOUR + " Divers will inspect the quay wall beneath the wreck on Thursday morning."
    found = what_it_adds(text, [(1, HARBOUR)])
    assert found.kind is NoveltyKind.NOTHING_NEW
    assert len(found.sentences) == 1
    assert found.reason.startswith("1 new sentence, ")


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        pytest.param(
            _AID, _AID.replace("300", "430"), ("$300 million", "$430 million"), id="money"
        ),
        pytest.param(
            _AID,
            "Aid for dioxin clean-up at the Bien Hoa air base of the United States rises from "
            "$300 million to $430 million.",
            ("$300 million", "$430 million"),
            id="from-to",
        ),
        pytest.param(
            _AID,
            "Dioxin clean-up at the old Bien Hoa air base now gets $430 million of the United "
            "States, said a note, which replaces the figure of $300 million given at noon.",
            ("$300 million", "$430 million"),
            id="which-replaces",
        ),
        pytest.param(
            _AID,
            "The United States has given $430 million, up from $300 million, for dioxin clean-up "
            "at the old Bien Hoa air base.",
            ("$300 million", "$430 million"),
            id="up-from",
        ),
        pytest.param(
            "Five people were killed when the river Aske burst its banks near Tolby.",
            "Twelve people were killed when the river Aske burst its banks near Tolby.",
            ("Five", "Twelve"),
            id="count-in-words",
        ),
        pytest.param(
            "Turnout in the Lindow mayoral election reached 41 percent, officials said.",
            "Turnout in the Lindow mayoral election reached 47%, officials said.",
            ("41 percent", "47%"),
            id="percent",
        ),
        pytest.param(
            "The Skerrin ferry inquiry will open in Westhaven on May 4.",
            "The Skerrin ferry inquiry will open in Westhaven on 6 May.",
            ("May 4", "6 May"),
            id="day",
        ),
    ],
)
def test_a_changed_figure_adds_something(before, after, change):
    found = what_it_adds(after, [(5, before)])
    (figure,) = [each for each in found.figures if each.kind is FigureKind.CHANGED]
    assert found.kind is NoveltyKind.ADDS_NEW
    assert (figure.before, figure.after) == change
    assert after[slice(*figure.span)] == figure.after
    assert figure.earlier_article_id == 5
    assert figure.before is not None
    assert figure.earlier_sentence is not None
    assert figure.before in before[slice(*figure.earlier_sentence)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(_AID, _AID.replace("$300 million", "US$300 million"), id="same-value"),
        pytest.param(
            _AID,
            "Norland will spend $430 million on a new rail line to Sarvik.",
            id="other-subject",
        ),
        pytest.param(
            "Five villages near Tolby were cut off when the river Aske burst its banks.",
            "Twelve boats near Tolby were sunk when the river Aske burst its banks.",
            id="other-things-counted",
        ),
        pytest.param(_AID, _AID + " Norland added $430 million for schools.", id="both-stand"),
        pytest.param(
            "Marrow Bay beat Tolby 31-24 in the last match of the season on Sunday.",
            "Marrow Bay beat Tolby 35-24 in the last match of the season on Sunday.",
            id="score-line",
        ),
        pytest.param(
            "The mayor of Lindow was elected in 2019 after a long campaign.",
            "The mayor of Lindow was elected in 2021 after a long campaign.",
            id="year",
        ),
    ],
)
def test_figures_about_other_things_have_not_changed(before, after):
    changed = [
        f for f in what_it_adds(after, [(1, before)]).figures if f.kind is FigureKind.CHANGED
    ]
    assert changed == []


def test_a_new_figure_is_named_in_a_new_sentence():
    text = HARBOUR + " Insurers put the damage at 14 million euros. Divers will inspect the quay."
    (figure,) = what_it_adds(text, [(1, HARBOUR)]).figures
    assert (figure.kind, figure.unit, figure.after) == (FigureKind.NEW, "EUR", "14 million euros")


def test_hundreds_of_figures_are_cut_aloud():
    table = " ".join(f"Team {number} won {number} games." for number in range(2, 260))
    assert what_it_adds(table, [(1, HARBOUR)]).has_more_figures
    assert not what_it_adds(HARBOUR, [(1, HARBOUR)]).has_more_figures


@pytest.mark.parametrize("text", ["", "Ten words and no more are all that it has."])
def test_next_to_nothing_adds_nothing(text):
    assert what_it_adds(text, [(1, HARBOUR)]).kind is NoveltyKind.NOTHING_NEW


def test_one_long_sentence_is_news_when_it_is_a_quarter_of_a_short_article():
    known = "A crane had collapsed onto a moored ferry shortly before dawn. "
    fresh = (
        "Divers found the missing deckhand alive on Thursday in an air pocket below the car deck."
    )
    earlier = [(1, HARBOUR)]
    assert what_it_adds(known + fresh, earlier).kind is NoveltyKind.ADDS_NEW
    assert what_it_adds(HARBOUR + " " + fresh, earlier).kind is NoveltyKind.NOTHING_NEW


def test_sentences_do_not_end_at_abbreviations_or_hard_line_breaks():
    text = (
        "Gen. Smith of the U.S. Army spoke on Nov. 2 at\nthe citadel. “Fine,” he said.\nBy A. Rao"
    )
    pieces = [text[each.start : each.end] for each in split_sentences(text)]
    assert pieces == [
        "Gen. Smith of the U.S. Army spoke on Nov. 2 at\nthe citadel.",
        "“Fine,” he said.",
        "By A. Rao",
    ]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Rescuers found 12 people near the old harbour of Tolby. " * 5_000, id="line"),
        pytest.param(invented_text(1, 20_000), id="twenty-thousand-words"),
        pytest.param("1,000,000,000." * 20_000, id="digits"),
        pytest.param("." * 100_000, id="stops"),
    ],
)
def test_hostile_texts_take_bounded_time(text):
    started = time.perf_counter()
    what_it_adds(text, [(1, text[::2]), (2, text)])
    assert time.perf_counter() - started < 10.0


@pytest.mark.parametrize(
    ("before", "after", "subject"),
    [
        pytest.param(
            "Joint teams flew 140 rescue missions over the Aske valley in one winter.",
            "Joint teams flew 160 rescue missions over the Aske valley in one winter.",
            ("rescue", "missions"),
            id="what-is-counted",
        ),
        pytest.param(
            "Turnout in the Lindow mayoral election reached 41 percent, officials said.",
            "Turnout in the Lindow mayoral election reached 47 percent, officials said.",
            ("turnout", "lindow", "mayoral", "reached"),
            id="in-the-order-of-reading",
        ),
        pytest.param(
            _AID,
            _AID.replace("$300 million", "430 million USD"),
            ("dioxin", "clean", "bien", "hoa"),
            id="without-the-unit",
        ),
    ],
)
def test_a_changed_figure_is_named_in_words_of_its_sentence(before, after, subject):
    (change,) = what_it_adds(after, [(1, before)]).figures
    assert change.subject == subject
