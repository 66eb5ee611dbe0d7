"""What `show` quotes: the order of a story, why articles belong together, what each adds."""

import pytest

from services.cli.quoting import additions, because, in_order, news
from services.console.queries import Member, Relation
from tests.clocks import NOON

TEXT = "The bridge was opened. A second span follows in spring, at a price of 9 million crowns."
SECOND = TEXT.index("A second")


def _member(article_id: int, development: int | None) -> Member:
    return Member(
        article_id=article_id,
        file_id=article_id,
        file="a.txt",
        title="",
        outlet=None,
        at=NOON,
        published_at=None,
        published_source=None,
        received_at=NOON,
        outcome="new",
        outcome_reason=None,
        refers_to=None,
        development=development,
        is_lead=False,
        relations=(),
        more_relations=0,
        novelty=None,
        changed_figures=(),
    )


def _relation(relation: str, *passages: tuple[int, int], reasons: tuple[str, ...] = ()) -> Relation:
    return Relation(1, "", relation, "", None, None, passages, passages, 0.9, "", reasons)


def test_developments_stand_in_their_order_each_before_what_added_nothing_to_it():
    members = [_member(1, 2), _member(4, None), _member(3, 1), _member(5, 3), _member(9, None)]

    assert [member.article_id for member in in_order(members)] == [3, 1, 4, 5, 9]


def test_articles_without_a_development_keep_the_order_of_their_arrival():
    members = [_member(5, None), _member(2, None)]

    assert [member.article_id for member in in_order(members)] == [2, 5]


def test_furniture_is_not_quoted_as_evidence():
    relation = _relation("overlap", (0, len(TEXT)))

    assert because(relation, TEXT, ((SECOND, len(TEXT)),)) == "“The bridge was opened.”"
    # What is left beside it is a full stop.
    assert because(relation, TEXT, ((0, len(TEXT) - 1),)) == ""
    told = {"kind": "adds_new", "reason": "2 new", "sentences": [[0, 22], [SECOND, len(TEXT)]]}
    assert news(told, TEXT, ((0, 21),)) == f"2 new: “{TEXT[SECOND:]}”"
    assert news(told, TEXT, ((0, len(TEXT)),)) == "2 new"


def test_the_same_event_is_told_by_its_heaviest_reasons():
    relation = _relation("same_event", reasons=("same names +3.1", "same\x1bday +2", "c", "d"))

    assert because(relation, TEXT) == "same names +3.1; same day +2; c; and 1 more"


def test_shared_words_are_quoted_by_their_longest_passage():
    relation = _relation("overlap", (0, 10), (SECOND, len(TEXT)))

    assert because(relation, TEXT) == f"“{TEXT[SECOND:]}” and 1 more passage"


@pytest.mark.parametrize(
    ("relation", "text"),
    [
        pytest.param(_relation("exact", (0, 10)), TEXT, id="the same text"),
        pytest.param(_relation("overlap", (0, 900)), TEXT, id="no such place"),
        pytest.param(_relation("overlap", (0, 10)), "", id="text not read"),
        pytest.param(_relation("same_event"), TEXT, id="no reasons kept"),
    ],
)
def test_where_there_is_nothing_to_quote_nothing_is_said(relation: Relation, text: str):
    assert because(relation, text) == ""


def test_what_is_new_is_told_with_its_first_sentence():
    novelty = {
        "kind": "adds_new",
        "reason": "3 new sentences",
        "sentences": [[SECOND, len(TEXT)], [0, 22]],
        "sentences_more": 1,
    }

    assert news(novelty, TEXT) == f"3 new sentences: “{TEXT[SECOND:]}” and 2 more sentences"


def test_a_long_sentence_is_cut_aloud():
    novelty = {"kind": "adds_new", "reason": "1 new sentence", "sentences": [[0, 500]]}

    assert news(novelty, "eleven " * 100).endswith("eleven eleven …”")


def test_a_correction_is_called_one():
    novelty = {"kind": "correction", "reason": "its title says so", "sentences": []}

    assert news(novelty, TEXT) == "a correction (its title says so)"


@pytest.mark.parametrize("kind", ["first", "nothing_new", None])
def test_nothing_new_is_not_told(kind: str | None):
    assert news({"kind": kind, "reason": "no new sentence", "sentences": []}, TEXT) == ""
    assert news(None, TEXT) == ""


def test_what_an_article_changes_and_restates_is_quoted_with_what_was_before():
    before = "The bridge was shut. A second span follows in spring, for 7 million crowns."
    old = [before.index("A second"), len(before)]
    novelty = {
        "kind": "adds_new",
        "reason": "changed figure: 7 → 9",
        "sentences": [],
        "figures": [
            {
                "kind": "changed",
                "earlier_article_id": 3,
                "earlier_sentence": old,
                "sentence": [SECOND, len(TEXT)],
            }
        ],
        "changes": [
            {"before": old, "after": [SECOND, len(TEXT)]},
            {"before": [0, 20], "after": None},
            {"before": None, "after": [0, 22]},
        ],
        "restated": [{"article_id": 2, "sentence": [0, 22], "is_firm": True}] * 4,
    }

    assert list(additions(novelty, {5: (TEXT, ()), 3: (before, ())}, 5, 3)) == [
        "new: changed figure: 7 → 9",
        f"changed: a3 “{before[old[0] :]}” → “{TEXT[SECOND:]}”",
        f"rewritten: “{before[old[0] :]}” → “{TEXT[SECOND:]}”",
        "taken out: “The bridge was shut.”",
        *["restates a2 firmly: “The bridge was opened.”"] * 3,
        "and 1 more sentence that restates",
    ]


def test_without_the_texts_nothing_is_quoted():
    novelty = {
        "kind": "nothing_new",
        "restated": [{"article_id": 2, "sentence": [0, 9], "is_firm": False}],
    }
    assert list(additions(novelty, {}, 5, None)) == []
    assert list(additions(None, {}, 5, None)) == []
