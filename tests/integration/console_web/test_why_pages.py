"""The page and the API that say why two articles belong together, asked over HTTP."""

import json

import pytest

from tests.integration.console_web.newsroom import COPY_TEXT, LEAD_TEXT
from tests.integration.console_web.test_pages import plain
from tests.rows import add_article, add_link, add_story


def test_the_page_says_it_in_words_and_numbers(console):
    page = console.get("/articles/2/why/1")
    said = plain(page)

    assert page.status == 200
    assert "86 % of a2 stands in a1" in said
    assert "86 % of a2 stands in a1; 72 % of a1 stands in a2; 70 shared words" in said
    assert "Both are in s1 by their own link." in said
    assert "No date on a2." in said
    assert "before looking −4.5" in said
    assert said.index("same names +3.1") < said.index("same phrases +2.4")
    assert "in all: probability 90 % −0.5" in said
    assert "it is a copy: that decides, whatever the sum is" in said


def test_both_texts_are_marked_with_links_from_each_passage_to_its_twin(console):
    page = console.get("/articles/1/why/2").text

    assert 'id="one-1" href="#other-1"' in page
    assert 'id="other-1" href="#one-1"' in page
    assert page.count('id="one-1"') == page.count('id="other-1"') == 1
    assert '<mark class="shared" title="passage 1">' in page


def test_furniture_is_greyed_on_both_pages_with_the_reason(console):
    words = COPY_TEXT.partition("\n\n")[0]
    for path in ("/articles/2", "/articles/1/why/2"):
        page = console.get(path)
        assert f'counts for nothing">{words}</mark>' in page.text
        assert "greyed" in plain(page)
        assert "an outlet repeats this on many pages; it counts for nothing" in plain(page)
    assert "greyed" not in plain(console.get("/articles/1"))


def test_relations_lead_to_the_page_that_says_why(console):
    for path in ("/articles/2", "/stories/1"):
        assert 'href="/articles/2/why/1"' in console.get(path).text


def test_articles_that_were_never_linked_are_compared_when_asked(console):
    said = plain(console.get("/articles/2/why/3"))

    assert "compared just now" in said
    assert "before looking" in said


def test_a_chain_is_told_step_by_step(console, newsroom):
    with newsroom.database.write() as connection:
        last = add_article(connection, text="Nothing of the kind.", story_id=1)
        add_link(connection, 3, last, "same_event", coverage=(None, None), score=0.8)
    said = plain(console.get(f"/articles/2/why/{last}"))

    assert "Both are in s1 through a1, a3. a2: 86 % of it stands in a1 (why) a1: the" in said


@pytest.mark.parametrize("path", ["/articles/4/why/1", "/articles/1/why/4"])
def test_a_hostile_article_is_text_beside_another(console, path):
    page = console.get(path)

    assert page.status == 200
    assert "<script" not in page.text
    assert "<img" not in page.text
    assert "\u202e" not in page.text
    assert 'onload="' not in page.text
    assert "⟨U+202E⟩" in page.text


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/articles/1/why/99", "there is no a99."),
        ("/articles/1/why/1", "a1 is the same article twice"),
        ("/articles/1/why/one", "There is nothing here"),
        ("/articles/1/why/99999999999999999999", "There is nothing here"),
    ],
)
def test_a_pair_that_cannot_be_asked_about_is_a_page_with_404(console, path, words):
    answer = console.get(path)

    assert answer.status == 404
    assert words in plain(answer)


def test_the_api_answers_with_the_document(console):
    answer = console.get("/api/v1/articles/a1/why/a2")
    document = json.loads(answer.body)

    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert (document["one"]["id"], document["other"]["id"]) == ("a1", "a2")
    assert (document["relation"], document["stored"]) == ("contained", True)
    (passage,) = document["passages"]
    for side, text in (("one", LEAD_TEXT), ("other", COPY_TEXT)):
        place = passage[side]
        assert text[place["start"] : place["end"]] == place["text"]
    total = document["score"]["before"] + sum(
        part["contribution"] for part in document["score"]["contributions"]
    )
    assert total == pytest.approx(document["score"]["log_odds"])


def test_the_api_takes_stories_for_their_leads(console):
    document = json.loads(console.get("/api/v1/articles/s3/why/a3").body)

    assert document["one"]["id"] == "a1"


@pytest.mark.parametrize(
    ("pair", "status", "words"),
    [
        ("a1/why/a99", 404, "there is no a99"),
        ("a1/why/a1", 400, "the same article twice"),
        ("a1/why/f1", 400, "why is asked of articles"),
        ("a1/why/17", 400, "is not an id"),
    ],
)
def test_the_api_names_mistakes(console, pair, status, words):
    answer = console.get(f"/api/v1/articles/{pair}")

    assert answer.status == status
    assert words in json.loads(answer.body)["error"]


def test_the_answer_is_the_same_on_each_engine(console_on_each_engine):
    answer = console_on_each_engine.get("/api/v1/articles/a3/why/a1")

    assert json.loads(answer.body)["story"] == {
        "together": True,
        "by": "link",
        "words": "both are in s1 by their own link",
        "one": "s1",
        "other": "s1",
        "chain": [],
    }


def test_a_story_without_links_among_its_articles_says_so(console, newsroom):
    with newsroom.database.write() as connection:
        story = add_story(connection)
        for _ in range(2):
            add_article(connection, story_id=story)
    said = plain(console.get(f"/stories/{story}"))

    assert "No link binds it to another article of this story any more." in said
