"""Asking why over stored rows, and of articles that were never linked; on both engines."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from services.comparison import Comparison
from services.console.queries import get_article, get_story, parse_id
from services.console.queries.bonds import BondKind
from services.console.queries.pairs import (
    NoSuchArticleError,
    OneArticleError,
    article_of,
    explain_pair,
)
from services.console.queries.why import basis_in_words, coverage_in_words
from services.console.queries.why_document import why_document
from shared.errors import SettingsError
from shared.runtime import Runtime
from shared.tables import article_links, story_ruling_articles, story_rulings
from tests.clocks import NOON
from tests.e2e.corpus import (
    LANTERN,
    LANTERN_TITLE,
    QUARRY,
    QUARRY_RETOLD,
    QUARRY_RETOLD_TITLE,
    QUARRY_TITLE,
)
from tests.rows import add_article, add_link, add_mask, add_story, explanation

COMPARISON = Comparison()
DATED: dict[str, Any] = {"published_at": NOON, "published_source": "meta"}


def test_a_stored_link_answers_as_seen_from_the_first(runtime: Runtime):
    with runtime.database.write() as connection:
        story = add_story(connection)
        one, other = (add_article(connection, text=QUARRY, story_id=story) for _ in range(2))
        parts = explanation(days_apart=2, names=3.1) | {"shared_words": 70}
        add_link(connection, one, other, "contained", coverage=(0.9, 0.4), explanation=parts)
        seen = explain_pair(connection, COMPARISON, one, other)
        turned = explain_pair(connection, COMPARISON, other, one)
    assert seen.relation is not None
    assert (seen.relation.coverage_self, turned.weighed.coverage_self) == (0.9, 0.4)
    assert seen.passages[0].one.text == turned.passages[0].other.text == QUARRY[:10]
    assert (seen.shared_words, seen.weighed.days_apart, seen.linked_at) == (70, 2, NOON)
    assert seen.bond.kind is turned.bond.kind is BondKind.LINKED


def test_articles_without_a_link_are_compared_at_once_and_nothing_is_stored(runtime: Runtime):
    with runtime.database.write() as connection:
        stories = [add_story(connection), add_story(connection)]
        one = add_article(connection, QUARRY_TITLE, text=QUARRY, story_id=stories[0], **DATED)
        copy = add_article(
            connection, QUARRY_TITLE, text=f"{QUARRY}\n\n{LANTERN}", story_id=stories[1], **DATED
        )
        other = add_article(connection, LANTERN_TITLE, text=LANTERN, story_id=stories[1])
        copied = explain_pair(connection, COMPARISON, one, copy)
        apart = explain_pair(connection, COMPARISON, one, other)
        assert connection.execute(select(func.count()).select_from(article_links)).scalar() == 0
    assert copied.relation is not None
    assert (copied.relation.relation, copied.linked_at) == ("contained", None)
    assert copied.passages[0].other.text == copied.passages[0].one.text
    assert "neither was found as a candidate for the other" in basis_in_words(copied)
    assert apart.relation is None
    assert apart.weighed.score_sum is not None
    assert apart.would_change
    assert apart.bond.kind is BondKind.APART


def test_one_event_in_other_words_is_found_at_once(runtime: Runtime):
    with runtime.database.write() as connection:
        one = add_article(connection, QUARRY_TITLE, text=QUARRY, **DATED)
        other = add_article(connection, QUARRY_RETOLD_TITLE, text=QUARRY_RETOLD, **DATED)
        found = explain_pair(connection, COMPARISON, one, other)
    assert found.relation is not None
    assert found.relation.relation == "same_event"
    assert found.bond.words == f"a{one} and a{other} have no story yet"


def test_an_article_that_is_not_linked_yet_is_compared_and_named(runtime: Runtime):
    with runtime.database.write() as connection:
        one = add_article(connection, text=QUARRY, story_id=add_story(connection))
        new = add_article(connection, text=QUARRY, state="extracted", outcome=None)
        found = explain_pair(connection, COMPARISON, one, new)
    assert basis_in_words(found).endswith(f"compared just now: a{new} is not linked yet")
    assert found.bond.words == f"a{new} has no story yet"


def test_furniture_is_left_out_of_what_is_compared_at_once(runtime: Runtime):
    with runtime.database.write() as connection:
        ids = [
            add_article(connection, text=f"{own}\n\n{LANTERN}") for own in (QUARRY, QUARRY_RETOLD)
        ]
        before = explain_pair(connection, COMPARISON, *ids)
        for article, own in zip(ids, (QUARRY, QUARRY_RETOLD), strict=True):
            add_mask(connection, article, version=1)
            add_mask(connection, article, (len(own), len(own) + 2 + len(LANTERN)), version=2)
        after = explain_pair(connection, COMPARISON, *ids)
        document = why_document(after)
        shown = get_article(connection, ids[0])
    assert coverage_in_words(before)
    assert not coverage_in_words(after)
    assert document["one"]["furniture_version"] == 2
    assert shown is not None
    assert shown.furniture is not None
    assert shown.furniture.version == 2


def test_a_chain_leads_through_the_story(runtime: Runtime):
    with runtime.database.write() as connection:
        story = add_story(connection)
        merged = add_story(connection, merged_into=story)
        first, middle, last = (
            add_article(connection, story_id=each) for each in (story, merged, story)
        )
        # An overlap of few words binds nobody; a copy binds however unlikely the event.
        add_link(connection, first, last, "overlap", coverage=(0.1, 0.1), score=0.01)
        add_link(connection, first, middle, "contained", score=0.2)
        add_link(connection, middle, last, "same_event", coverage=(None, None), score=0.6)
        found = explain_pair(connection, COMPARISON, first, last)
    assert found.bond.kind is BondKind.CHAINED
    assert found.bond.words == f"both are in s{story} through a{middle}"


def test_a_person_who_ruled_is_named(runtime: Runtime):
    with runtime.database.write() as connection:
        story = add_story(connection)
        one, other = (add_article(connection, story_id=story) for _ in range(2))
        ruling = {"kind": "together", "story_id": story, "made_by": "anna", "made_at": NOON}
        for undone in (NOON + timedelta(hours=1), None):
            made = connection.execute(
                insert(story_rulings)
                .values(ruling | {"undone_at": undone, "undone_by": undone and "bo"})
                .returning(story_rulings.c.id)
            ).scalar_one()
            for article, side in ((one, "left"), (other, "right")):
                row = {"ruling_id": made, "article_id": article, "side": side}
                connection.execute(insert(story_ruling_articles).values(row))
        found = explain_pair(connection, COMPARISON, other, one)
        detail = get_story(connection, story)
    assert found.bond.kind is BondKind.RULED_TOGETHER
    assert found.bond.words.endswith("anna ruled on 2026-03-02 that they belong together")
    assert detail is not None
    assert [member.ruled for member in detail.members] == [
        f"with a{each}: anna ruled on 2026-03-02 that they belong together" for each in (other, one)
    ]


def test_a_story_stands_for_its_lead_article(runtime: Runtime):
    with runtime.database.write() as connection:
        story, empty = add_story(connection), add_story(connection)
        merged = add_story(connection, merged_into=story)
        add_article(connection, story_id=story)
        lead = add_article(
            connection,
            story_id=merged,
            published_at=NOON - timedelta(days=1),
            published_source="meta",
        )
        assert article_of(connection, parse_id(f"s{story}")) == lead
        assert article_of(connection, parse_id(f"s{merged}")) == lead
        assert article_of(connection, parse_id("a99")) == 99
        for wrong, error in (
            (f"s{empty}", NoSuchArticleError),
            ("s99", NoSuchArticleError),
            ("f1", SettingsError),
        ):
            with pytest.raises(error):
                article_of(connection, parse_id(wrong))


def test_mistakes_are_named(runtime: Runtime):
    with runtime.database.write() as connection:
        one = add_article(connection)
        with pytest.raises(NoSuchArticleError, match="there is no a99"):
            explain_pair(connection, COMPARISON, one, 99)
        with pytest.raises(OneArticleError, match=f"a{one} is the same article twice"):
            explain_pair(connection, COMPARISON, one, one)


def test_every_member_of_a_story_says_what_binds_it_most(runtime: Runtime):
    with runtime.database.write() as connection:
        story = add_story(connection)
        first, later, alone = (add_article(connection, story_id=story) for _ in range(3))
        add_link(connection, first, later, "same_event", coverage=(None, None), score=0.7)
        detail = get_story(connection, story)
    assert detail is not None
    bonds = {member.article_id: member.bond and member.bond.other_id for member in detail.members}
    assert bonds == {first: later, later: first, alone: None}
    assert detail.members.rows[0].relations == ()


def test_the_texts_may_be_empty(runtime: Runtime):
    with runtime.database.write() as connection:
        one, other = (add_article(connection, "", text="") for _ in range(2))
        found = explain_pair(connection, COMPARISON, one, other)
    assert found.relation is None
    assert found.passages == ()
