"""Stories, articles and topics as the console reads them, on both engines."""

from datetime import timedelta

import pytest

from services.console.queries import (
    get_article,
    get_story,
    list_stories,
    list_topics,
    resolve_story,
)
from services.console.queries.origins import Credit
from shared.model import Span
from shared.runtime import Runtime
from shared.stories.origins import Carrying
from tests.clocks import NOON
from tests.rows import (
    add_alert,
    add_article,
    add_event,
    add_link,
    add_match,
    add_rule,
    add_story,
    add_tag,
)

HOUR = timedelta(hours=1)


def test_title_is_that_of_the_earliest_article_whose_date_decides(runtime: Runtime):
    with runtime.database.write() as connection:
        story = add_story(connection)
        add_article(connection, "Arrived first", story_id=story)
        add_article(
            connection,
            "Guessed to be old",
            story_id=story,
            received_at=NOON + HOUR,
            published_at=NOON - 48 * HOUR,
            published_source="guess",
        )
        lead = add_article(
            connection,
            "Published first",
            story_id=story,
            received_at=NOON + 2 * HOUR,
            published_at=NOON - HOUR,
            published_source="meta",
        )
        found = list_stories(connection).rows[0]
    assert (found.title, found.lead_id) == ("Published first", lead)
    assert (found.first_at, found.last_at) == (NOON - HOUR, NOON + HOUR)


def test_copies_count_as_articles_but_not_as_independent_texts(runtime: Runtime):
    with runtime.database.write() as connection:
        story = add_story(connection)
        wire, copy, long, other = (
            add_article(connection, story_id=story, outlet=outlet)
            for outlet in ("Wire", "Post", "Weekly", None)
        )
        add_link(connection, wire, copy, "exact")
        add_link(connection, wire, long, "contained", coverage=(0.95, 0.40))
        add_link(connection, copy, long, "contained", coverage=(0.95, 0.40))
        add_link(connection, wire, other, "overlap", coverage=(0.30, 0.30))
        found = list_stories(connection).rows[0]
    # Wire and its copy stand in the long one: what is left are the long one and the other.
    assert (found.article_count, found.outlet_count, found.independent_count) == (4, 3, 2)


def test_parts_of_one_agency_text_are_one_text_with_its_origin_and_credits(runtime: Runtime):
    evidence = {"field": "text", "start": 7, "end": 9, "text": "AP"}
    credited = {"agency": {"value": "AP", "source": "text", "confidence": 0.85}}
    with_place = {"agency": credited["agency"] | {"evidence": evidence}}
    with runtime.database.write() as connection:
        story = add_story(connection)
        first = add_article(connection, story_id=story, outlet="Post", fields=with_place)
        second = add_article(connection, story_id=story, outlet="Tide", fields=credited)
        other = add_article(connection, story_id=story, outlet="Echo")
        add_link(connection, first, second, "overlap", coverage=(0.6, 0.7))
        add_link(connection, second, other, "overlap", coverage=(0.3, 0.4))
        found = get_story(connection, story)
    assert found is not None
    assert found.summary.independent_count == 2
    (origin,) = found.origins
    assert (origin.first.article_id, origin.agencies) == (first, ("AP",))
    assert [(carrier.source.outlet, carrier.how) for carrier in origin.carriers] == [
        ("Tide", Carrying.PARTS)
    ]
    assert found.credits == (
        Credit(first, "AP", Span("text", 7, 9, "AP")),
        Credit(second, "AP", None),
    )


def test_merged_story_is_listed_as_the_one_it_became(runtime: Runtime):
    with runtime.database.write() as connection:
        root = add_story(connection)
        middle = add_story(connection, merged_into=root)
        lost = add_story(connection, merged_into=middle)
        add_article(connection, story_id=root)
        add_article(connection, story_id=lost)
        rule = add_rule(connection)
        add_alert(connection, rule, lost)
        page = list_stories(connection)
        assert [story.id for story in page] == [root]
        assert (page.rows[0].article_count, page.rows[0].alert_count) == (2, 1)
        assert resolve_story(connection, lost) == root
        detail = get_story(connection, lost)
        assert detail is not None
        assert (detail.asked_id, detail.summary.id) == (lost, root)


def test_newest_stories_come_first_and_the_page_says_what_it_cut(runtime: Runtime):
    with runtime.database.write() as connection:
        ids = [add_story(connection, changed_at=NOON + n * HOUR) for n in range(5)]
        page = list_stories(connection, 2)
    assert [story.id for story in page] == [ids[4], ids[3]]
    assert (page.total, page.cut) == (5, 3)


def test_stories_can_be_asked_for_by_topic_and_outlet(runtime: Runtime):
    with runtime.database.write() as connection:
        tagged, other = add_story(connection), add_story(connection)
        add_tag(connection, add_article(connection, story_id=tagged, outlet="Post"), "bridges")
        add_article(connection, story_id=other, outlet="Wire")
        assert [s.id for s in list_stories(connection, topic="bridges")] == [tagged]
        assert [s.id for s in list_stories(connection, outlet="Wire")] == [other]
        assert [s.id for s in list_stories(connection, outlet="PÓST-")] == [tagged]
        assert not list_stories(connection, outlet="Po").rows
        assert list_stories(connection, topic="bridges").rows[0].topics == ("bridges",)


@pytest.mark.parametrize("unknown", [1, 10**17])
def test_unknown_story_and_article_are_none(runtime: Runtime, unknown: int):
    with runtime.database.read() as connection:
        assert get_story(connection, unknown) is None
        assert resolve_story(connection, unknown) is None
        assert get_article(connection, unknown) is None


def test_story_tells_what_each_article_has_to_do_with_earlier_ones(runtime: Runtime):
    figure = {
        "kind": "changed",
        "unit": "USD",
        "subject": ["dioxin", "aid"],
        "before": "300 million",
        "after": "430 million",
        "span": [4, 15],
        "sentence": [0, 40],
        "earlier_article_id": None,
        "earlier_sentence": None,
    }
    with runtime.database.write() as connection:
        story, lost = add_story(connection), add_story(connection)
        wire = add_article(connection, story_id=story, development=1)
        post = add_article(
            connection,
            "Later",
            story_id=story,
            received_at=NOON + HOUR,
            development=2,
            novelty={"kind": "adds_new", "reason": "changed figure", "figures": [figure]},
        )
        add_link(connection, wire, post, "contained", coverage=(0.92, 0.5))
        add_event(connection, "merged", story, lost, happened_at=NOON + 2 * HOUR)
        found = get_story(connection, story)
    assert found is not None
    lead, later = found.members.rows
    assert (lead.article_id, lead.is_lead, lead.relations) == (wire, True, ())
    assert [relation.words for relation in later.relations] == [f"carries 92 % of a{wire}"]
    assert found.changed_figures[0].before == "300 million"
    assert found.changed_figures[0].subject == "dioxin aid"
    assert [entry.kind for entry in found.timeline] == ["article", "article", "merged"]
    assert found.timeline[-1].words == f"s{story} took over s{lost}"


def test_article_comes_with_fields_tags_relations_and_matches(runtime: Runtime):
    with runtime.database.write() as connection:
        story = add_story(connection)
        first = add_article(connection, "First", story_id=story)
        second = add_article(connection, story_id=story, file="b.html")
        add_link(connection, first, second, "same_event", coverage=(None, None))
        add_tag(connection, second)
        rule = add_rule(connection)
        add_match(connection, rule, second)
        found = get_article(connection, second)
    assert found is not None
    assert found.fields["title"].source == "text"
    assert found.tags[0].evidence[0].text == "bridge"
    assert found.file == "b.html"
    assert found.relations.rows[0].words == f"the same event as a{first} (probability 90 %)"
    assert found.relations.rows[0].passages_self == ()
    assert (found.matches[0].rule, found.matches[0].because) == ("bridges", ('"bridge" (title)',))


def test_topics_are_counted_and_show_their_latest_stories(runtime: Runtime):
    with runtime.database.write() as connection:
        stories = [add_story(connection) for _ in range(4)]
        for story in stories:
            add_tag(connection, add_article(connection, story_id=story))
        add_tag(connection, add_article(connection, story_id=stories[0]), level="mention")
        found, unused = list_topics(connection, known={"bridges", "tunnels"})
    assert (found.id, found.article_count, found.about_count, found.story_count) == (
        "bridges",
        5,
        4,
        4,
    )
    assert [story.id for story in found.latest] == [stories[0], stories[3], stories[2]]
    assert (unused.id, unused.article_count, unused.latest) == ("tunnels", 0, ())
