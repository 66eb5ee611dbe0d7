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
    add_match,
    add_message,
    add_notification,
    add_rule,
    add_story,
    add_subscription,
    add_tag,
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
        add_link(connection, wire, post, "contained", coverage=(0.9, 0.5))
        add_tag(connection, wire)
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
            }
        ],
    }
    assert (second["lead"], second["published"], second["topics"]) == (False, None, [])
    assert second["relations"][0]["passages_self"] == [[5, 15]]
    json.dumps(first)


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
