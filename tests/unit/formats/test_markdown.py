from services.extract.formats.markdown import split_front_matter
from services.extract.outcome import ReadRequest
from services.extract.reading import read_file

_MARKDOWN = """---
title: "The bridge is open"
date: 2025-11-02
authors:
  - Ann Lee
  - Bo Chan
tags: [harbour, bridge]
outlet: Harbour Post
---

# The bridge is open

The **mayor** opened the [new bridge](https://example.org/b "Bridge") on Monday,
and *hundreds* came_to_see it. ![A crowd](crowd.png)

## What it cost

- 40 million, `all told`
- > more later

---

2 * 3 * 4 is not emphasis, and \\*this\\* neither.
"""


def read(text: str):
    article = read_file(text.encode(), ReadRequest("bridge.md")).article
    assert article is not None
    return article


def test_front_matter_gives_the_fields():
    article = read(_MARKDOWN)

    assert article.value("title") == "The bridge is open"
    assert article.value("published") == "2025-11-02"
    assert article.value("outlet") == "Harbour Post"
    assert article.authors == ("Ann Lee", "Bo Chan")


def test_text_has_no_marks_and_does_not_repeat_the_title():
    assert read(_MARKDOWN).text.split("\n\n") == [
        "The mayor opened the new bridge on Monday, and hundreds came_to_see it.",
        "What it cost",
        "- 40 million, all told",
        "- > more later",
        "2 * 3 * 4 is not emphasis, and *this* neither.",
    ]


def test_heading_is_the_title_without_front_matter():
    article = read("# Bridge open\n\nThe mayor opened the bridge on Monday.\n")

    assert (article.value("title"), article.value("published")) == ("Bridge open", None)


def test_toml_front_matter_is_read_too():
    front, rest = split_front_matter('+++\ntitle = "Bridge"\ntags = ["a", "b"]\n+++\nText')

    assert front == {"title": "Bridge", "tags": ["a", "b"]}
    assert rest.strip() == "Text"


def test_rule_at_the_start_is_no_front_matter():
    assert split_front_matter("---\nText\n") == ({}, "---\nText\n")
