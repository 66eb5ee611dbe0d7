"""From a file in the inbox to a message at its receiver, with every worker running."""

import json
import os
from collections.abc import Callable

from standardwebhooks.webhooks import Webhook

from services.console.store import subscribe
from tests.e2e.corpus import (
    LANTERN,
    LANTERN_TITLE,
    QUARRY,
    QUARRY_CORRECTED,
    QUARRY_RETOLD,
    QUARRY_RETOLD_TITLE,
    QUARRY_TITLE,
    record,
    report,
)
from tests.e2e.newsroom import Newsroom, read_paper, wait_until
from tests.e2e.watching import SECRET, Desk, watch
from tests.integration.channel_receiver import Receiver, says

RULES = {"quarry": "Hollin AND quarry", "moth": '"lantern moth"'}


def test_articles_become_stories_relations_and_explained_alerts_told_once(newsroom: Newsroom):
    books = newsroom.books
    with Receiver(says("204 No Content")).running() as receiver, newsroom.open():
        watch(
            newsroom.runtime.database,
            RULES,
            desks=[Desk("desk", "quarry", channels=("paper", "hook")), Desk("desk", "moth")],
            webhook=receiver.url,
        )
        newsroom.drop("osmund-wire/wire.json", record(QUARRY_TITLE, QUARRY))
        newsroom.settle()
        newsroom.drop("osmund-wire/again.json", record(QUARRY_TITLE, QUARRY))
        newsroom.drop("tarn-times/copy.json", record(QUARRY_TITLE, QUARRY))
        newsroom.settle()
        newsroom.drop("osmund-wire/corrected.json", record(QUARRY_TITLE, QUARRY_CORRECTED))
        newsroom.settle()
        newsroom.drop("valley-voice/retold.json", record(QUARRY_RETOLD_TITLE, QUARRY_RETOLD))
        newsroom.drop("tarn-times/moth.txt", f"{LANTERN_TITLE}\n\n{LANTERN}")
        newsroom.drop("old.json", record(*report(1), published="2001-01-01"))
        newsroom.settle()
        wait_until(
            lambda: {state for *_, state, _ in books.ledger()} <= {"told", "suppressed"},
            "everybody is told",
        )

    assert not [path for path in newsroom.inbox.rglob("*") if path.is_file()]
    assert books.outcomes() == {
        "wire.json": "new",
        "again.json": "exact_copy",
        "copy.json": "new",
        "corrected.json": "revision",
        "retold.json": "new",
        "moth.txt": "new",
        "old.json": "new",
    }
    quarry = {"wire.json", "again.json", "copy.json", "corrected.json", "retold.json"}
    assert books.stories() == {
        frozenset(quarry),
        frozenset({"moth.txt"}),
        frozenset({"old.json"}),
    }
    relations = books.relations()
    assert relations[frozenset({"wire.json", "copy.json"})] == "exact"
    assert relations[frozenset({"wire.json", "corrected.json"})] == "near_duplicate"
    assert relations[frozenset({"wire.json", "retold.json"})] == "same_event"
    assert sorted(rule for rule, _ in books.alerts()) == ["moth", "quarry"]
    assert set(books.alerts().values()) == {1}
    expected = {
        ("wire.json", "told", "first_in_story"),
        ("again.json", "suppressed", "copy_of_known"),
        ("copy.json", "suppressed", "copy_of_known"),
        ("corrected.json", "told", "correction"),
        ("retold.json", "told", "adds_new"),
    }
    for channel in ("paper", "hook"):
        rows = [row for row in books.ledger() if row.rule == "quarry" and row.channel == channel]
        assert {(row.file, row.state, row.reason) for row in rows} == expected
        assert len(rows) == len(expected)

    told = [json.loads(line) for line in read_paper(newsroom.runtime)]
    first = told[0]
    assert first["rules"][0]["name"] == "quarry"
    because = first["rules"][0]["because"][0]
    assert {span["text"] for span in because["evidence"]} >= {"Hollin", "quarry"}
    assert "quarry" in because["sentence"] or "Hollin" in because["sentence"]
    assert first["story"] | {"id": "", "url": ""} == first["story"] | {
        "id": "",
        "url": "",
        "articles": 1,
        "outlets": 1,
        "independent": 1,
    }
    assert len({line["id"] for line in told}) == len(told) == 4
    assert len(receiver.requests) == 3
    for request in receiver.requests:
        body = Webhook(SECRET).verify(request.body, request.headers)
        assert body["id"] == request.headers["webhook-id"]
        assert body["rules"][0]["because"]


def test_bad_files_are_named_one_by_one_and_stop_no_other(
    open_newsroom: Callable[..., Newsroom],
):
    newsroom = open_newsroom(inbox={"max_bytes": 200_000}, extract={"time_seconds": 1.0})
    paragraphs = "".join(f"<p>Paragraph {n} has words.</p>" for n in range(7000))
    with newsroom.open():
        newsroom.drop("first.txt", f"{LANTERN_TITLE}\n\n{LANTERN}")
        newsroom.drop("empty.txt", b"")
        newsroom.drop("three-words.txt", "Only three words")
        newsroom.drop("scan.txt", bytes(range(256)) * 20)
        newsroom.drop("paper.pdf", b"%PDF-1.7\n" + b"\xe2\xe3\xcf\xd3" * 30)
        newsroom.drop("large.txt", "The mayor opened a bridge. " * 10_000)
        newsroom.drop("nothing.json", '{"headline": "No text at all"}')
        newsroom.drop("broken.jsonl", '{"text": "')
        newsroom.drop(
            "not-utf-8-\udcff.txt".encode("utf-8", "surrogateescape").decode("latin-1"), LANTERN
        )
        newsroom.drop("slow.html", f"<html><body>{paragraphs}</body></html>"[:199_000])
        newsroom.drop("last.json", record(QUARRY_TITLE, QUARRY))
        (newsroom.inbox / "link.txt").symlink_to(newsroom.inbox / "elsewhere.txt")
        os.mkfifo(newsroom.inbox / "pipe.txt")
        newsroom.settle()

    fates = newsroom.books.fates()
    assert fates.pop("slow.html") in {"read", "rejected:timed_out"}
    odd = next(name for name in fates if name.startswith("not-utf-8"))
    assert fates.pop(odd) == "read"
    assert fates == {
        "first.txt": "read",
        "empty.txt": "rejected:empty",
        "three-words.txt": "rejected:too_short",
        "scan.txt": "rejected:not_text",
        "paper.pdf": "rejected:malformed",
        "large.txt": "rejected:too_large",
        "nothing.json": "rejected:no_text",
        "broken.jsonl": "rejected:malformed",
        "last.json": "read",
    }


def test_a_folder_of_names_too_long_for_an_index_stops_no_other_file(newsroom: Newsroom):
    """Sixteen folders of 240 letters that no compression shortens: 3,800 bytes of name."""
    import random

    chance = random.Random(7)
    parts = [
        "".join(chance.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=240)) for _ in range(15)
    ]
    watch(newsroom.runtime.database, RULES)
    with newsroom.open():
        newsroom.drop("before.json", record(QUARRY_TITLE, QUARRY))
        folder = newsroom.inbox
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        for part in parts:
            os.mkdir(part, dir_fd=descriptor)
            inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
        written = os.open("deep.json", os.O_WRONLY | os.O_CREAT, 0o644, dir_fd=descriptor)
        os.write(written, record(QUARRY_TITLE, QUARRY).encode())
        os.close(written)
        os.close(descriptor)
        # Written in place, as the deep one: all of them settle in one scan, and share a commit.
        for number in range(4):
            (newsroom.inbox / f"after-{number}.json").write_text(record(*report(number)))
        wait_until(lambda: len(newsroom.books.articles()) >= 5, "the others are read", seconds=15)
        newsroom.settle()

    fates = newsroom.books.fates()
    assert {fates[f"after-{number}.json"] for number in range(4)} == {"read"}


def test_a_container_dropped_whole_is_matched_member_by_member(newsroom: Newsroom):
    watch(newsroom.runtime.database, {"depot": "depot"})
    lines = [record(*report(n), id=f"d-{n}", outlet="Depot News") for n in range(40)]
    with newsroom.open():
        newsroom.drop("depot/feed.jsonl", "\n".join(lines))
        newsroom.settle(seconds=60)

    books = newsroom.books
    fates = books.fates()
    assert fates.pop("feed.jsonl") == "container"
    assert list(fates.values()) == ["read"] * 40
    assert {row.external_id for row in books.articles()} == {f"d-{n}" for n in range(40)}
    assert set(books.alerts().values()) == {1}
    assert len(books.alerts()) == len(books.stories())


def test_rules_and_subscriptions_count_from_when_they_were_made(newsroom: Newsroom):
    database, books = newsroom.runtime.database, newsroom.books
    with newsroom.open():
        newsroom.drop("archived.json", record(QUARRY_TITLE, QUARRY, outlet="Osmund Wire"))
        newsroom.settle()
        watch(database, RULES)
        newsroom.drop("copy.json", record(QUARRY_TITLE, QUARRY, outlet="Tarn Times"))
        newsroom.settle()
        subscribe(database, "late", rule="quarry", channel="paper")
        newsroom.drop(
            "retold.json", record(QUARRY_RETOLD_TITLE, QUARRY_RETOLD, outlet="Valley Voice")
        )
        newsroom.settle()
        wait_until(lambda: len(read_paper(newsroom.runtime)) >= 3, "three messages")

    assert {(row.subscriber, row.file): row.reason for row in books.ledger()} == {
        ("desk", "copy.json"): "first_in_story",
        ("desk", "retold.json"): "adds_new",
        ("late", "retold.json"): "first_in_story",
    }
    assert list(books.alerts().values()) == [1]
