"""Exports: their shape, and that they stream in pages; on both engines."""

import json

import pytest

from services.console import export
from services.console.export import export_alerts, export_articles, export_stories
from shared.runtime import Runtime
from tests.clocks import NOON
from tests.rows import (
    add_alert,
    add_article,
    add_channel,
    add_link,
    add_mask,
    add_match,
    add_message,
    add_notification,
    add_rule,
    add_story,
    add_subscription,
    add_tag,
    explanation,
)


def test_article_line_has_the_documented_shape(runtime: Runtime):
    with runtime.database.write() as connection:
        story = add_story(connection)
        fields = {"published": {"value": "2026-03-01", "source": "meta", "confidence": 1.0}}
        wire = add_article(
            connection,
            file="wire/a.txt",
            story_id=story,
            fields=fields,
            published_at=NOON,
            published_source="meta",
            outlet="Wire",
            language="en",
            external_id="w-1",
        )
        post = add_article(connection, file="post/b.txt", story_id=story)
        parts = explanation(days_apart=1, names=3.1, lead_places_differ=-0.8)
        add_link(connection, wire, post, "contained", coverage=(0.9, 0.5), explanation=parts)
        add_tag(connection, wire)
        add_mask(connection, wire, (0, 4), version=1)
        add_mask(connection, wire, (0, 9), (20, 24), version=2)
        first, second = export_articles(connection)
    assert first == {
        "id": f"a{wire}",
        "external_id": "w-1",
        "file": "wire/a.txt",
        "outcome": "new",
        "title": "A bridge is opened",
        "published": "2026-03-01",
        "published_source": "meta",
        "outlet": "Wire",
        "language": "en",
        "text": "A bridge is opened.\n\nIt was opened on Monday.",
        "story_id": f"s{story}",
        "lead": True,
        "topics": [
            {
                "id": "bridges",
                "level": "about",
                "evidence": [{"field": "title", "start": 2, "end": 8, "text": "bridge"}],
            }
        ],
        "relations": [
            {
                "other": f"a{post}",
                "relation": "contained",
                "coverage_self": 0.9,
                "coverage_other": 0.5,
                "passages_self": [[0, 10]],
                "passages_other": [[5, 15]],
                "method": "alignment",
                "version": "1",
                "score": 0.9,
                "log_odds": pytest.approx(-2.2),
                "contributions": [
                    {
                        "name": "names",
                        "words": "same names",
                        "value": 0.5,
                        "weight": 6.2,
                        "contribution": 3.1,
                    },
                    {
                        "name": "lead_places_differ",
                        "words": "places differ",
                        "value": 0.5,
                        "weight": -1.6,
                        "contribution": -0.8,
                    },
                ],
                "days_apart": 1,
            }
        ],
        "furniture": [[0, 9], [20, 24]],
        "furniture_version": 2,
    }
    assert (second["furniture"], second["furniture_version"]) == ([], None)
    assert (second["lead"], second["published"], second["topics"]) == (False, None, [])
    assert second["relations"][0]["passages_self"] == [[5, 15]]
    json.dumps(first)


def test_story_line_says_what_binds_each_article(runtime: Runtime, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(export, "PAGE", 2)
    with runtime.database.write() as connection:
        story = add_story(connection)
        first, second, third = (add_article(connection, story_id=story) for _ in range(3))
        outside = add_article(connection, story_id=add_story(connection))
        add_link(connection, first, second, "exact")
        add_link(connection, first, third, "same_event", coverage=(None, None), score=0.8)
        add_link(connection, second, third, "same_event", coverage=(None, None), score=0.8)
        add_link(connection, third, outside, "exact")
        line, other = export_stories(connection)
    assert [(each["article"], each["other"]) for each in line["because"]] == [
        (f"a{first}", f"a{second}"),
        (f"a{second}", f"a{first}"),
        (f"a{third}", f"a{first}"),
    ]
    assert line["because"][2]["words"] == f"the same event as a{first} (probability 80 %)"
    assert line["because"][2]["contributions"] == []
    assert other["because"] == []
    json.dumps(line)


def test_article_that_is_not_linked_yet_is_exported_without_a_story(runtime: Runtime):
    with runtime.database.write() as connection:
        add_article(connection, state="extracted", outcome=None)
        (line,) = export_articles(connection)
    assert (line["story_id"], line["lead"], line["outcome"]) == (None, False, None)


@pytest.mark.parametrize("page", [1, 2, 3])
def test_every_row_is_exported_once_whatever_the_page(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, page: int
):
    monkeypatch.setattr(export, "PAGE", page)
    with runtime.database.write() as connection:
        rules = [add_rule(connection, name) for name in ("one", "two", "three")]
        stories = [add_story(connection) for _ in range(3)]
        articles = [add_article(connection, story_id=story) for story in stories]
        alerts = [add_alert(connection, *pair) for pair in zip(rules, stories, strict=True)]
        assert [line["id"] for line in export_articles(connection)] == [f"a{n}" for n in articles]
        assert [line["id"] for line in export_stories(connection)] == [f"s{n}" for n in stories]
        assert [line["id"] for line in export_alerts(connection)] == [f"al{n}" for n in alerts]


def test_merged_stories_and_folded_alerts_are_exported_as_part_of_the_other(runtime: Runtime):
    with runtime.database.write() as connection:
        story = add_story(connection)
        merged = add_story(connection, merged_into=story)
        rule = add_rule(connection)
        article = add_article(connection, story_id=merged)
        alert = add_alert(connection, rule, story)
        folded = add_alert(connection, rule, merged, folded_into=alert)
        (story_line,) = export_stories(connection)
        (alert_line,) = export_alerts(connection)
    assert (story_line["id"], story_line["articles"]) == (f"s{story}", [f"a{article}"])
    assert (alert_line["id"], alert_line["folded"]) == (f"al{alert}", [f"al{folded}"])


def test_alert_line_has_reasons_and_ledger(runtime: Runtime):
    with runtime.database.write() as connection:
        story, rule, channel = add_story(connection), add_rule(connection), add_channel(connection)
        desk = add_subscription(connection, rule, channel)
        article = add_article(connection, story_id=story)
        add_match(connection, rule, article)
        alert = add_alert(connection, rule, story)
        uuid = "0b1f6c1e-4d2a-4c86-9f6e-000000000001"
        message = add_message(connection, channel, story, state="sent", sent_at=NOON, uuid=uuid)
        add_notification(
            connection, desk, alert, article, story, "told", message_id=message, told_at=NOON
        )
        (line,) = export_alerts(connection)
    assert line["rule"] == {"id": f"r{rule}", "name": "bridges", "query": "bridge"}
    assert line["matches"][0]["because"] == ['"bridge" (title)']
    (told,) = line["notifications"]
    assert (told["subscriber"], told["state"], told["message"]) == ("desk", "told", uuid)
    assert told["told_at"] == "2026-03-02T12:00:00+00:00"
    json.dumps(line)
