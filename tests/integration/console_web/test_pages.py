"""What the pages say, asked over HTTP."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pytest
from fastapi import FastAPI
from starlette.types import Message

from services.comparison import Comparison
from services.console.main import create_app
from shared.clock import utc_now
from shared.tables import article_tags
from tests.integration.console_web.newsroom import LEAD_TITLE, UPDATE_TITLE
from tests.integration.console_web.serving import Answer, serving
from tests.rows import add_article, add_story, add_worker


def plain(answer: Answer) -> str:
    """Return the text of a page, its markup left out, its white space folded."""
    inside, kept = False, []
    for character in answer.text:
        inside = character == "<" or (inside and character != ">")
        if not inside:
            kept.append("" if character == ">" else character)
    return " ".join(unescape("".join(kept)).split())


def test_the_overview_lists_stories_newest_first(console):
    page = console.get("/")

    assert page.status == 200
    said = plain(page)
    assert said.index(LEAD_TITLE) < said.index("alert('title')")
    assert "3 articles 2 outlets 2 independent" in said


def test_the_overview_says_what_is_new(console):
    said = plain(console.get("/"))

    assert "Development 2 by Beacon Wire: 4 new sentences, 61 % of its words" in said
    assert "aid for Bien Hoa 300 million USD → 430 million USD" in said


def test_the_overview_says_why_an_alert_was_raised_and_what_became_of_it(console):
    said = plain(console.get("/"))

    assert '"dioxin" 3 words from "Bien Hoa" (paragraph 2)' in said
    assert "1 told, 1 held, 1 suppressed" in said


def test_the_overview_says_how_the_queues_are(console):
    said = plain(console.get("/"))

    assert "Keeping up. Oldest waiting" in said
    assert "1 dead letter gave up after the last attempt" in said
    assert "the receiver answered N" in said


def test_an_undated_article_shows_its_arrival_as_such(console):
    story, dated, undated = (
        plain(console.get(path)) for path in ("/stories/1", "/articles/1", "/articles/2")
    )

    assert story.count("undated, arrived 3 h ago") == 1
    assert story.count("published 3 h ago") == 1
    timeline = story.partition("Timeline")[2]
    assert timeline.count("undated, arrived 20") == 2
    assert "published 3 h ago" in dated
    assert "undated arrived 3 h ago" in undated
    assert "published" not in undated.casefold()


@pytest.mark.parametrize(
    ("path", "headline"),
    [
        ("/", "Stories and alerts"),
        ("/stories/1", LEAD_TITLE),
        ("/articles/1", LEAD_TITLE),
        ("/alerts/1", "dioxin-money"),
    ],
)
def test_every_page_is_there_on_each_engine(console_on_each_engine, path, headline):
    page = console_on_each_engine.get(path)

    assert page.status == 200
    assert headline in plain(page)


def test_an_empty_console_says_what_to_do_next(runtime):
    with serving(runtime) as console:
        said = plain(console.get("/"))

    assert "No story yet. Drop an article file" in said
    assert str(runtime.settings.inbox.dir) in said
    assert "No alert yet. Write a watch rule" in said
    assert "No worker is live. Nothing waits. Start them with newswatch run." in said


def test_files_that_nobody_takes_are_counted_on_the_first_page(runtime):
    runtime.settings.inbox.dir.mkdir()
    for name in ("one.txt", "two.txt", "three.txt.part"):
        (runtime.settings.inbox.dir / name).write_text("A bridge is opened.")
    with serving(runtime) as console:
        said = plain(console.get("/"))
        with runtime.database.write() as connection:
            add_worker(connection, "ingest", seen_at=utc_now())
        taken = plain(console.get("/"))

    assert f"2 files lie in {runtime.settings.inbox.dir} and nobody takes them." in said
    assert "nobody takes them" not in taken


def test_a_story_page_says_how_its_articles_relate_and_what_changed(console):
    said = plain(console.get("/stories/1"))

    assert "86 % of it stands in a1" in said
    assert "the same event as a1 (probability 91 %)" in said
    assert "aid for Bien Hoa: 300 million USD → 430 million USD" in said
    assert "s1 took over s3" in said
    assert UPDATE_TITLE in said


def test_a_merged_story_leads_to_the_one_it_is_part_of(console):
    answer = console.get("/stories/3")

    assert answer.status == 308
    assert answer.headers["Location"] == "/stories/1"


def test_a_folded_alert_leads_to_the_one_it_was_folded_into(console):
    answer = console.get("/alerts/2")

    assert answer.status == 308
    assert answer.headers["Location"] == "/alerts/1"


def test_an_article_page_marks_the_evidence_by_kind(console):
    page = console.get("/articles/1").text

    assert '<mark class="topic" title="topic war-legacy-remediation">war-legacy work</mark>' in page
    # Inside the topic's words and the passage shared with a2 stand the words of the rule.
    assert ">dioxin</mark>" in page
    assert 'class="rule topic shared"' in page
    assert 'class="shared"' in page


def test_an_article_page_shows_fields_with_their_sources(console):
    page = console.get("/articles/1")

    assert '<a href="https://example.org/hanoi" rel="noopener noreferrer">' in page.text
    assert "outlet Beacon Wire dateline" in plain(page)


def test_evidence_that_does_not_stand_in_the_text_is_told(sqlite_runtime):
    with sqlite_runtime.database.write() as connection:
        add_article(connection, "Erased", text="", story_id=add_story(connection))
        span = {"field": "text", "start": 0, "end": 3, "text": "MIA"}
        connection.execute(
            article_tags.insert().values(article_id=1, topic="mia", level="about", evidence=[span])
        )
    with serving(sqlite_runtime) as console:
        page = console.get("/articles/1")

    assert page.status == 200
    assert "1 piece of evidence cannot be marked" in plain(page)


def test_an_alert_page_says_who_was_told_and_who_was_not_and_why(console):
    said = plain(console.get("/alerts/1"))

    assert "told first in story: the first article of the story" in said
    assert "suppressed copy of known: 86 % of it stands in a1" in said
    assert "held muted by: muted by anna until tomorrow" in said
    assert "message m1 (webhook) is sent: 200 OK; 1 attempt, the last delivered" in said


@pytest.mark.parametrize("path", ["/", "/stories/2", "/articles/4"])
def test_a_hostile_article_is_text_on_every_page(console, path):
    page = console.get(path)

    assert page.status == 200
    assert "<script" not in page.text
    assert "<img" not in page.text
    assert "\u202e" not in page.text
    assert "⟨U+202E⟩" in page.text
    assert "&lt;script&gt;" in page.text


def test_a_title_of_a_million_characters_does_not_fill_the_lists(sqlite_runtime):
    with sqlite_runtime.database.write() as connection:
        story_id = add_story(connection)
        add_article(connection, "T" * 1_000_000, story_id=story_id)
    with serving(sqlite_runtime) as console:
        for path in ("/", f"/stories/{story_id}"):
            page = console.get(path)
            assert len(page.body) < 20_000
            assert "… (999,700 more characters)" in page.text


def test_a_hostile_article_brings_no_link_no_attribute_and_no_template(console):
    page = console.get("/articles/4").text

    assert 'href="javascript:' not in page
    assert 'onload="' not in page
    assert 'onerror="' not in page
    assert "{{ 7 * 7 }}" in unescape(page)
    assert "⟨U+200B⟩" in page
    assert "⟨U+001B⟩" in page


@pytest.mark.parametrize(
    "path",
    [
        "/stories/99",
        "/articles/99",
        "/alerts/99",
        "/stories/0",
        "/articles/-1",
        "/articles/99999999999999999999",
        "/articles/one",
        "/nowhere",
        "/static/../main.py",
        "/static/%2e%2e%2fmain.py",
        "/docs",
        "/openapi.json",
    ],
)
def test_what_is_not_there_is_a_page_with_404(console, path):
    answer = console.get(path)

    assert answer.status == 404
    assert "There is nothing here" in answer.text


def test_a_write_is_refused(console):
    assert console.get("/", method="POST").status == 405


def test_no_page_writes_a_path_that_forgets_the_base(newsroom):
    app = create_app(newsroom, Comparison())
    for path in ("/", "/stories/1", "/articles/1", "/articles/1/why/2", "/alerts/1", "/nowhere"):
        page = _under_base(app, path)
        assert 'href="/news/' in page
        assert 'href="/' not in page.replace('href="/news/', "")


def _under_base(app: FastAPI, path: str) -> str:
    """Ask *app* as a server under /news does, and return the page."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/news" + path,
        "raw_path": ("/news" + path).encode(),
        "root_path": "/news",
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    with ThreadPoolExecutor(1) as aside:  # a browser test may have left a loop in this thread
        aside.submit(asyncio.run, app(scope, receive, send)).result()
    return b"".join(message.get("body", b"") for message in sent).decode()
