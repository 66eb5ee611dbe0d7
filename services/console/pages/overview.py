"""The first page: stories, alerts, and how the queues are."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from services.console.inbox import lying_words
from services.console.pages.environment import render
from services.console.pages.news import News, latest_news
from services.console.pages.reading import RuntimeOf, reading
from services.console.queries import (
    Page,
    StorySummary,
    count_fates,
    dead,
    get_story,
    list_alerts,
    list_stories,
    queues,
)

router = APIRouter()

MOST_STORIES = 30
MOST_ALERTS = 10
MOST_DEAD_GROUPS = 5
# What is new is read story by story: for the first few, and not for a story that fills pages.
MOST_NEWS = 10
MOST_NEWS_ARTICLES = 60


@router.get("/", name="show_overview")
def show_overview(request: Request, runtime: RuntimeOf) -> HTMLResponse:
    """Show the stories newest first, the latest alerts, and what waits."""
    inbox = runtime.settings.inbox
    with reading(runtime) as (connection, now):
        stories = list_stories(connection, MOST_STORIES)
        report = queues(connection, now)
        dead_count = sum(step.backlog.dead for step in report.steps)
        context = {
            "now": now,
            "stories": stories,
            "news": _read_news(connection, stories),
            "alerts": list_alerts(connection, MOST_ALERTS),
            "report": report,
            "lying": "" if report.is_taking else lying_words(inbox.dir, stay=inbox.take == "leave"),
            "dead_count": dead_count,
            "dead_groups": dead(connection)[:MOST_DEAD_GROUPS] if dead_count else (),
            "fates": count_fates(connection),
            "inbox": str(inbox.dir),
        }
    return render(request, "overview.html", context)


def _read_news(connection: Connection, stories: Page[StorySummary]) -> dict[int, News]:
    """Return what the first few stories gained last, by story."""
    grown = [
        story
        for story in stories
        if story.developments > 1 and story.article_count <= MOST_NEWS_ARTICLES
    ]
    found = (get_story(connection, story.id) for story in grown[:MOST_NEWS])
    return {story.summary.id: news for story in found if story and (news := latest_news(story))}
