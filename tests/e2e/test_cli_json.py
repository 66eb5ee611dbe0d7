"""`--json` is one document with a shape that scripts rely on; `--jsonl` one object a line."""

import re
import shutil
from pathlib import Path

import pytest

from tests.e2e.commanding import HOSTILE_TITLE, RULES, Answer, Commands, ask, write_samples
from tests.e2e.corpus import LANTERN, QUARRY_TITLE
from tests.e2e.shapes import (
    ALERT,
    ARTICLE,
    FILE,
    NUMBER,
    RULE,
    STORY,
    TIME,
    Shape,
    misfits,
)


def _page(row: Shape) -> Shape:
    return {"rows": [row], "total": int}


SPAN = {"field": str, "start": int, "end": int, "text": str}
TOPIC = {"id": str, "level": re.compile("(about|mention)$"), "evidence": [SPAN]}
INSPECTED = {
    "file": str,
    "item": (str, None),
    "outcome": str,
    "title": (str, None),
    "published": (str, None),
    "published_source": (str, None),
    "author": [str],
    "outlet": (str, None),
    "language": (str, None),
    "text": str,
    "fields": dict,
    "notes": [str],
    "lines": [{"text": str, "dropped": (str, None)}],
    "members": [str],
    "topics": [TOPIC],
    "rules": [{"name": str, "matched": bool, "evidence": [SPAN], "why_not": [str]}],
}
CONTRIBUTION = {
    "name": str,
    "words": str,
    "value": NUMBER,
    "weight": NUMBER,
    "contribution": NUMBER,
}
JUDGED = {
    "method": str,
    "version": str,
    "score": NUMBER,
    "log_odds": (NUMBER, None),
    "contributions": [CONTRIBUTION],
    "days_apart": (int, None),
}
EXPORTED_ARTICLE = {
    "id": ARTICLE,
    "external_id": (str, None),
    "file": str,
    "outcome": re.compile("(new|exact_copy|revision)$"),
    "title": str,
    "published": (str, None),
    "published_source": (str, None),
    "outlet": (str, None),
    "language": (str, None),
    "text": str,
    "story_id": STORY,
    "lead": bool,
    "topics": [TOPIC],
    "relations": [
        {
            "other": ARTICLE,
            "relation": str,
            "coverage_self": (NUMBER, None),
            "coverage_other": (NUMBER, None),
            "passages_self": [[int]],
            "passages_other": [[int]],
            **JUDGED,
        }
    ],
    "furniture": [[int]],
    "furniture_version": (int, None),
}
ASKED = {
    "id": ARTICLE,
    "title": str,
    "outlet": (str, None),
    "published_at": (TIME, None),
    "published_source": (str, None),
    "received_at": TIME,
    "state": str,
    "story_id": (STORY, None),
    "furniture": [[int]],
    "furniture_version": (int, None),
    "furniture_words": str,
}
PLACE = {"start": int, "end": int, "text": str}
WHY = {
    "one": ASKED,
    "other": ASKED,
    "words": str,
    "relation": (str, None),
    "stored": bool,
    "linked_at": (TIME, None),
    "method": str,
    "version": str,
    "basis": str,
    "coverage_one": (NUMBER, None),
    "coverage_other": (NUMBER, None),
    "coverage": (str, None),
    "shared_words": int,
    "passages": [{"one": PLACE, "other": PLACE, "furniture": bool}],
    "probability": NUMBER,
    "score": {
        "version": str,
        "before": NUMBER,
        "contributions": [CONTRIBUTION],
        "log_odds": NUMBER,
        "words": str,
    },
    "days_apart": (int, None),
    "time": str,
    "story": {
        "together": bool,
        "by": str,
        "words": str,
        "one": (STORY, None),
        "other": (STORY, None),
        "chain": [{"from": ARTICLE, "to": ARTICLE, "words": str}],
    },
    "would_change": [str],
}
STORY_ROW = {
    "id": STORY,
    "title": str,
    "lead_id": ARTICLE,
    "article_count": int,
    "outlet_count": int,
    "independent_count": int,
    "first_at": TIME,
    "last_at": TIME,
    "changed_at": TIME,
    "topics": [str],
}
ALERT_ROW = {
    "id": ALERT,
    "rule_id": RULE,
    "rule": str,
    "story_id": STORY,
    "story_title": str,
    "opened_at": TIME,
    "acked_at": (TIME, None),
    "because": [str],
    "ledger": dict.fromkeys(("told", "planned", "held", "suppressed", "dead"), int),
}
FILE_ROW = {"id": FILE, "name": str, "fate": str, "why": (str, None), "story_id": (STORY, None)}
CHANGES = {"entries": [{"name": str, "action": str, "lines": [str]}]}
LINE = {
    "left": dict,
    "right": dict,
    "name": str,
    "ok": bool,
    "words": str,
    "differences": [{"ids": [str], "words": str}],
}
DOCUMENTS: dict[str, Shape] = {
    "stories": {"stories": [STORY_ROW], "total": int},
    "show s1": {"summary": STORY_ROW, "members": _page({"article_id": ARTICLE, "outcome": str})},
    "show a1": {"id": ARTICLE, "title": str, "text": str, "story_id": STORY, "fields": dict},
    "show a1 --why a2": WHY,
    "show s2 --why s1": WHY,
    "show al1": {
        "summary": ALERT_ROW,
        "query": str,
        "matches": _page({"article_id": ARTICLE}),
        "subscriptions": list,
    },
    "show f1": {"summary": FILE_ROW, "last_error": (str, None)},
    "topics": {"topics": [{"id": str, "article_count": int, "story_count": int}]},
    "alerts": {"alerts": [ALERT_ROW], "total": int},
    "ack al1": {"done": [ALERT], "already": [ALERT], "unknown": [ALERT]},
    "rules list": {"rules": [{"id": RULE, "name": str, "query": str, "match_count": int}]},
    "rules set moths moth": {"id": RULE, "name": str, "revision": int, "understood": str},
    "rules test moth": {"understood": str},
    "rules test moth --file samples/moth.json": {
        "understood": str,
        "outcome": "matched",
        "evidence": [SPAN],
        "because": [str],
        "why_not": [str],
    },
    "rules sync rules.toml": {
        **dict.fromkeys(("rules", "channels", "subscriptions"), CHANGES),
        "warnings": [],
    },
    "subscribe anna --rule quarry": {
        "id": int,
        "rule_id": RULE,
        "is_new": bool,
        "words": str,
        "channel": str,
        "is_new_channel": bool,
        "place": str,
    },
    "queues": {
        "headline": str,
        "keeping_up": bool,
        "inbox": str,
        "jobs": None,
        "steps": [{"backlog": {"step": str, "due": int, "leased": int, "dead": int}}],
        "workers": list,
    },
    "dead": {"groups": list, "total": 0},
    "retry f1": {"matched": int, "done": [FILE], "refused": [{"id": FILE, "why": str}]},
    "trace f1": {
        "traces": [{"file": FILE_ROW, "steps": [{"at": (TIME, None), "step": str, "words": str}]}],
        "total": 1,
    },
    "audit": {"ok": True, "lines": [LINE]},
    "doctor": {"ok": bool, "checks": [{"name": str, "ok": bool, "words": str, "what_to_do": str}]},
    "config show": [{"name": str, "origin": str, "meaning": str}],
    "db check": {"ok": True, "pending": []},
    "db upgrade": {"database": str, "applied": []},
    "inspect samples --rules rules.toml": [INSPECTED],
    "reclean a1 a2 a99": {
        "articles": [
            {
                "article_id": ARTICLE,
                "verdict": "passed_over",
                "file": None,
                "file_id": None,
                "detail": str,
                "difference": None,
                "new_file_id": None,
            }
        ],
        "applied": False,
        "counts": {"changed": 0, "unchanged": 2, "refused": 0, "unreadable": 0, "passed_over": 1},
    },
    "add samples/moth.json nosuch.txt": {"files": [FILE_ROW], "left": [{"name": str, "why": str}]},
}


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Answer]:
    """A data folder with an alert, and what `add --wait --json` said when it was filled."""
    commands = Commands(tmp_path_factory.mktemp("worked"))
    (commands.folder / "rules.toml").write_text(RULES, "utf-8")
    assert commands.run("rules", "sync", "rules.toml").code == 0
    write_samples(commands.folder / "samples")
    return commands.folder, commands.run("add", "samples", "--wait", "--json")


@pytest.fixture(autouse=True)
def here(worked: tuple[Path, Answer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the worked folder, as the current one."""
    shutil.copytree(worked[0], tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


@pytest.mark.parametrize("words", DOCUMENTS)
def test_json_is_one_document_of_its_shape(words: str):
    answer = ask(*words.split(), "--json")

    assert misfits(DOCUMENTS[words], answer.document) == []


def test_add_says_the_fate_of_each_file(worked: tuple[Path, Answer]):
    answer = worked[1]

    assert answer.code == 4
    assert misfits({"files": [FILE_ROW], "left": []}, answer.document) == []
    fates = {row["name"]: row["fate"] for row in answer.document["files"]}
    assert fates == {"moth.json": "new", "quarry.txt": "new", "stub.txt": "rejected:too_short"}


def test_inspect_gives_the_article_with_its_rules_and_reasons():
    answer = ask("inspect", "samples", "--rules", "rules.toml", "--json")

    moth, quarry, stub = answer.document
    assert answer.code == 4
    assert (moth["outcome"], quarry["outcome"]) == ("article", "article")
    assert stub["outcome"] == "rejected:too_short"
    assert moth["text"] == LANTERN
    assert quarry["title"] == QUARRY_TITLE
    assert [rule["matched"] for rule in (*moth["rules"], *quarry["rules"])] == [False, True]
    assert moth["rules"][0]["why_not"]
    assert quarry["rules"][0]["why_not"] == []
    for span in quarry["rules"][0]["evidence"]:
        assert quarry[span["field"]][span["start"] : span["end"]] == span["text"]


def test_inspect_gives_every_line_of_a_text_with_what_became_of_it():
    (quarry,) = ask("inspect", "samples/quarry.txt", "--json").document

    kept = [line["text"] for line in quarry["lines"] if line["dropped"] is None]
    assert [line for line in kept if line != QUARRY_TITLE] == quarry["text"].split("\n\n")


def test_inspect_names_the_members_of_a_container_before_them():
    Path("feed.jsonl").write_text(Path("samples/moth.json").read_text("utf-8") + "\n{}")

    answer = ask("inspect", "feed.jsonl", "--json")

    container, *members = answer.document
    assert answer.code == 4
    assert misfits([INSPECTED], answer.document) == []
    assert (container["outcome"], container["item"]) == ("container", None)
    assert container["members"] == [member["item"] for member in members]
    assert members[0]["outcome"] == "article"


def test_inspect_stores_nothing(here: Path):
    before = ask("export", "articles").out
    ask("--data-dir", "elsewhere", "inspect", "samples", "--json")

    assert not (here / "elsewhere").exists()
    assert ask("export", "articles").out == before


def test_export_articles_is_one_article_a_line():
    answer = ask("export", "articles", "--jsonl")

    assert answer.code == 0
    assert misfits([EXPORTED_ARTICLE], answer.lines) == []
    found = {line["file"]: line for line in answer.lines}
    assert found.keys() == {"moth.json", "quarry.txt"}
    assert found["moth.json"]["external_id"] == "x-1"
    assert found["moth.json"]["text"] == LANTERN
    assert all(line["lead"] for line in answer.lines)


@pytest.mark.parametrize(
    ("what", "shape"),
    [
        pytest.param(
            "stories",
            {
                "id": STORY,
                "articles": [ARTICLE],
                "lead": ARTICLE,
                "because": [
                    {"article": ARTICLE, "other": ARTICLE, "relation": str, "words": str, **JUDGED}
                ],
            },
            id="stories",
        ),
        pytest.param(
            "alerts",
            {"id": ALERT, "rule": {"id": RULE, "name": str}, "matches": [{"article": ARTICLE}]},
            id="alerts",
        ),
    ],
)
def test_export_is_one_object_a_line(what: str, shape: Shape):
    answer = ask("export", what, "--jsonl")

    assert answer.lines
    assert misfits([shape], answer.lines) == []


def test_hostile_characters_come_back_as_they_were_from_json():
    titles = {line["file"]: line["title"] for line in ask("export", "articles").lines}

    assert titles["moth.json"] in (HOSTILE_TITLE, " ".join(HOSTILE_TITLE.split()))
