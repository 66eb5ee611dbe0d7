"""The body of a page: parted, stated only in JSON-LD, or not there at all."""

import json

import pytest

from services.extract.cleaning.html_page import has_lost_text, parse_page, read_body
from services.extract.cleaning.parted_body import unite
from services.extract.outcome import ReadRequest
from services.extract.reading import read_file


def paragraphs(first: int, last: int) -> list[str]:
    return [
        f"Paragraph {n} tells of the bridge over the harbour, of its builders and of its cost."
        for n in range(first, last)
    ]


def marked(texts: list[str]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def tree_of(page: str):
    tree = parse_page(f"<html><body>{page}</body></html>")
    assert tree is not None
    return tree


def read(page: str):
    return read_file(page.encode(), ReadRequest("page.html"))


def test_body_parted_by_an_advertisement_is_read_whole_and_in_order():
    page = (
        f'<article><div class="part body">{marked(paragraphs(0, 4))}</div><div>Advertisement</div>'
        f'<div class="part body">{marked(paragraphs(4, 12))}</div></article>'
    )

    article = read(page).article

    assert article is not None
    assert article.text.split("\n\n") == paragraphs(0, 12)


@pytest.mark.parametrize("read_part", [0, 1, 2])
def test_parts_are_joined_in_page_order_whichever_was_read(read_part):
    parts = [paragraphs(n, n + 2) for n in (0, 2, 4)]
    tree = tree_of("".join(f'<div class="part">{marked(part)}</div>' for part in parts))

    assert unite(tree, parts[read_part])

    filled = [part for part in tree.iter("div") if len(part)]
    assert [p.text for p in filled[0]] == paragraphs(0, 6)
    assert len(filled) == 1


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(
            '<div class="part">{read}</div><div class="other">{unread}</div>', id="other class"
        ),
        pytest.param("<div>{read}</div><div>{unread}</div>", id="no class"),
        pytest.param(
            '<article><div class="part">{read}</div></article>'
            '<article><div class="part">{unread}</div></article>',
            id="another article",
        ),
        pytest.param('<div class="part">{unread}<div class="part">{read}</div></div>', id="around"),
    ],
)
def test_what_is_no_part_of_the_body_is_left_alone(page):
    read_part, unread = paragraphs(0, 4), paragraphs(4, 8)
    tree = tree_of(page.format(read=marked(read_part), unread=marked(unread)))

    assert not unite(tree, read_part)


def test_body_that_only_json_ld_states_is_taken_from_there_aloud():
    stated = "\n".join(paragraphs(0, 30))
    script = json.dumps({"@type": "NewsArticle", "articleBody": stated})
    page = (
        f'<html><head><script type="application/ld+json">{script}</script></head><body><article>'
        f"<p>{paragraphs(0, 1)[0]}</p><p>Loading the rest of the article ...</p></article>"
    )

    reading = read(page)

    assert reading.article is not None
    assert reading.article.text.split("\n\n") == paragraphs(0, 30)
    assert any("JSON-LD" in note for note in reading.notes)


@pytest.mark.parametrize(
    "stated",
    [
        pytest.param("A summary of the article in one sentence.", id="shorter"),
        pytest.param(marked(paragraphs(20, 90)), id="markup"),
        pytest.param({"text": "x" * 9000}, id="no text"),
    ],
)
def test_page_that_shows_its_body_is_believed_before_its_json_ld(stated):
    tree = tree_of(f"<article>{marked(paragraphs(0, 6))}</article>")

    body = read_body(tree, [{"articleBody": stated}], ())

    assert [line.text for line in body.lines] == paragraphs(0, 6)
    assert body.notes == ()


def test_text_is_lost_from_five_hundred_visible_characters_on():
    assert has_lost_text(tree_of("<div>" + "word " * 110 + "</div>"))
    assert not has_lost_text(tree_of("<div>" + "word " * 90 + "</div>"))
    assert not has_lost_text(tree_of("<nav>" + "word " * 900 + "</nav>"))
