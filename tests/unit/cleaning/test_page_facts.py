"""What a page says about itself, read from whatever shape it has."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from services.extract.cleaning.json_ld import article_nodes
from services.extract.cleaning.outlets import outlet_of_page
from services.extract.cleaning.page_facts import PageFacts
from shared.model import Source

_ADDRESS = "https://example.org/news/bridge-opens"
_H1 = "<h1>Bridge opens after four years of work</h1>"


@pytest.mark.parametrize(
    "block",
    [
        '{"@type":"NewsArticle","headline":"Bridge"}',
        '[{"@type":"NewsArticle","headline":"Bridge"}]',
        '{"@graph":[{"@type":"WebSite"},{"@type":["Thing","NewsArticle"],"headline":"Bridge"}]}',
        '{"@type":"WebPage","mainEntity":{"@type":"NewsArticle","headline":"Bridge"}}',
        '{"@type":"https://schema.org/NewsArticle","headline":"Bridge"}',
        '<!-- {"@type":"NewsArticle","headline":"Bridge"} -->',
        '//<![CDATA[\n{"@type":"NewsArticle","headline":"Bridge"}\n//]]>',
        '{"@type":"NewsArticle","headline":"Bridge","text":"a\nb\tc",}',
        '{"@type":"NewsArticle","headline":"Bridge"};',
    ],
)
def test_article_is_found_however_json_ld_is_written(block):
    assert [node["headline"] for node in article_nodes([block])] == ["Bridge"]


@pytest.mark.parametrize(
    "block",
    [
        "", "null", "7", '"NewsArticle"', "[]", "{", '{"@type":null}', '{"@type":{"@type":[]}}',
        '{"@graph":{"@graph":"x"}}', "[" * 100_000, '{"@type":"Product","name":"Bridge"}',
        '{"@type":7,"headline":"Bridge"}',
    ],
)  # fmt: skip
def test_block_that_describes_no_article_is_passed_over(block):
    assert article_nodes([block]) == []


def test_wrong_types_in_json_ld_leave_the_article_readable():
    said = {"@type": "Article", "author": 7, "publisher": [[1]], "datePublished": {"a": []}}

    nodes = article_nodes([json.dumps(said)])

    assert nodes == [said]


def test_only_the_first_thousands_of_nodes_are_looked_at():
    many = json.dumps([{"@type": "Thing"}] * 6000 + [{"@type": "NewsArticle"}])

    assert article_nodes([many]) == []


def test_article_of_this_page_goes_before_those_of_its_teasers(facts):
    said = [
        {"@type": "NewsArticle", "headline": "Tunnel closes", "url": "https://example.org/t"},
        {"@type": "NewsArticle", "headline": "Bridge opens after four years of work"},
    ]
    block = f'<script type="application/ld+json">{json.dumps(said)}</script>'

    assert facts(block, _H1).articles[0]["headline"].startswith("Bridge")


def page_with_node(
    facts: Callable[..., PageFacts], node: Mapping[str, object]
) -> tuple[Mapping[str, Any], ...]:
    block = json.dumps({"@type": "NewsArticle", **node})
    head = f'<link rel="canonical" href="{_ADDRESS}"><script>{block}</script>'
    return facts(head, _H1).articles


@pytest.mark.parametrize(
    "address", ["https://example.org/news/ferry-fares", "/news/ferry-fares", "//example.org/f"]
)
def test_article_of_another_address_and_headline_is_left_out(facts, address):
    node = {"headline": "Ferry fares go up again", "url": address, "datePublished": "2019-05-01"}

    assert page_with_node(facts, node) == ()


@pytest.mark.parametrize(
    "node",
    [
        {"headline": "Ferry fares go up again"},
        {"url": "https://example.org/news/ferry-fares"},
        {"url": "https://example.org/f", "headline": "Bridge opens after four years of work"},
        {"url": "https://example.org/f", "headline": "After years of delays the bridge opens"},
        {"url": "https://example.org/", "headline": "Ferry fares go up again"},
        {"url": "https://example.org/?p=7", "headline": "Ferry fares go up again"},
        {"url": "http://[", "headline": "Ferry fares go up again"},
        {"@id": "#article", "headline": "Ferry fares go up again"},
        {"mainEntityOfPage": True, "headline": "Ferry fares go up again"},
    ],
)
def test_article_that_does_not_state_another_page_is_kept(facts, node):
    assert len(page_with_node(facts, node)) == 1


@pytest.mark.parametrize(
    "address",
    [
        "http://www.example.org/news/bridge-opens/",
        "https://example.org/news/bridge-opens?utm_source=x#top",
        "https://example.org/news/bridge-opens.html",
        "https://example.org/news/bridge-opens.amp.html",
        "https://example.org/amp/news/bridge-opens",
        "https://amp.example.org/news/bridge-opens/amp/",
        "https://example.org/news/bridge-opens/index.html",
        "https://partner.example/2025/bridge-opens",
        "https://example.org/News/Bridge%2Dopens",
    ],
)
def test_address_of_the_page_is_known_however_it_is_written(facts, address):
    node = {"headline": "Ferry fares go up again", "url": address}

    assert len(page_with_node(facts, node)) == 1


def test_nothing_is_left_out_of_a_page_that_states_no_address(facts):
    block = '{"@type":"NewsArticle","headline":"Ferry fares go up","url":"https://example.org/f"}'

    assert len(facts(f"<script>{block}</script>", _H1).articles) == 1


@pytest.mark.parametrize(
    ("head", "url"),
    [
        ('<link rel="canonical" href="https://example.org/b">', "https://example.org/b"),
        ('<link rel="Canonical alternate" href="https://example.org/b">', "https://example.org/b"),
        (
            '<link rel="canonical" href="/b"><meta property="og:url" content="https://example.org/c">',
            "https://example.org/b",
        ),
        (
            (
                '<link rel="canonical" href="https://example.org/">'
                '<meta property="og:url" content="https://example.org/b">'
            ),
            "https://example.org/b",
        ),
        (
            (
                '<script type="application/ld+json">{"@type":"NewsArticle",'
                '"mainEntityOfPage":{"@id":"https://example.org/b"}}</script>'
            ),
            "https://example.org/b",
        ),
        ('<link rel="canonical" href="/b">', None),
        ('<link rel="canonical" href="javascript:void(0)">', None),
        ('<link rel="canonical" href="http://[">', None),
        ("", None),
    ],
)
def test_address_of_a_page_is_whole_and_its_own(facts, head, url):
    assert facts(head).url == url


@pytest.mark.parametrize(
    ("head", "outlet", "source"),
    [
        ('<meta property="og:site_name" content="Fish &amp;amp; Sea">', "Fish & Sea", Source.META),
        (
            (
                '<script type="application/ld+json">{"@type":"NewsArticle",'
                '"publisher":{"name":"Harbour Post"}}</script>'
            ),
            "Harbour Post",
            Source.JSON_LD,
        ),
        (
            (
                "<title>Bridge opens | Harbour Post</title>"
                '<link rel="canonical" href="https://www.harbour-post.example/b">'
            ),
            "Harbour Post",
            Source.META,
        ),
    ],
)
def test_outlet_of_a_page_names_its_witness(facts, head, outlet, source):
    found = outlet_of_page(facts(head))

    assert found is not None
    assert (found.value, found.source) == (outlet, source)


def test_outlet_is_not_taken_from_a_title_that_only_has_a_dash(facts):
    head = '<title>North - South talks</title><link rel="canonical" href="https://post.example/b">'

    assert outlet_of_page(facts(head)) is None


def test_blanks_without_end_in_json_ld_cost_one_pass():
    assert article_nodes(['{"a":' + ("," + " " * 1000) * 900 + "x"]) == []


def test_ten_thousand_elements_beside_the_headline_are_bounded(facts):
    page = facts("", _H1 + "<div><span>Nov 2, 2025</span></div>" * 10_000)

    assert 0 < len(page.beside) <= 64
