"""The title of a page: which witness is believed, and what is cut off it."""

import pytest

from services.extract.cleaning.agreement import agree, share_words
from services.extract.cleaning.page_titles import title_of_page
from shared.model import Source

_SITE = '<meta property="og:site_name" content="Harbour Post">'


def og(title: str) -> str:
    return f'<meta property="og:title" content="{title}">'


def json_ld(**fields: str) -> str:
    said = ",".join(f'"{key}":"{value}"' for key, value in fields.items())
    return f'<script type="application/ld+json">{{"@type":"NewsArticle",{said}}}</script>'


@pytest.mark.parametrize(
    "shown",
    [
        "Bridge opens after years | Harbour Post",
        "Bridge opens after years - Harbour Post",
        "Bridge opens after years – Harbour Post",
        "Bridge opens after years » HARBOUR POST",
        "Bridge opens after years | Harbour Post | harbourpost.example",
        "Harbour Post | Bridge opens after years",
        "Harbour Post – Bridge opens after years",
    ],
)
def test_name_of_the_outlet_is_cut_off_either_end(facts, shown):
    address = '<link rel="canonical" href="https://www.harbourpost.example/news/bridge">'

    title = title_of_page(facts(f"{_SITE}{address}<title>{shown}</title>"))

    assert title is not None
    assert title.value == "Bridge opens after years"


@pytest.mark.parametrize(
    "shown",
    [
        "North - South talks open",
        "Harbour Post: a hundred years of a newspaper",
        "Bridge opens after years - how the Harbour Post saw its long and costly construction",
    ],
)
def test_words_that_only_look_like_the_outlet_stay(facts, shown):
    title = title_of_page(facts(f"{_SITE}<title>{shown}</title>"))

    assert title is not None
    assert title.value == shown


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        pytest.param(
            og("Bridge opens after four years - Post"),
            "<h1>Harbour Post</h1><h1>Bridge opens after four years</h1>",
            "Bridge opens after four years",
            id="of several headings the one that agrees",
        ),
        pytest.param(
            og("Bridge opens after four years"),
            "<h1>After four years of work the harbour bridge opens to walkers</h1>",
            "After four years of work the harbour bridge opens to walkers",
            id="the only heading, in other words",
        ),
        pytest.param(
            og("Harbour: bridge opens") + json_ld(headline="Harbour: bridge opens"),
            "<h1>Bridge opens</h1>",
            "Harbour: bridge opens",
            id="what two others say alike",
        ),
        pytest.param(
            og("Bridge opens after years"),
            "<h1>BRIDGE OPENS AFTER YEARS</h1>",
            "Bridge opens after years",
            id="capitals are a matter of style",
        ),
        pytest.param(
            og("Bridge opens after years"),
            "<h1><span>Harbour – </span>Bridge opens after years</h1>",
            "Bridge opens after years",
            id="kicker before the heading",
        ),
        pytest.param(
            "<title>Bridge opens after years | Harbour Post</title>",
            "<h1>Harbour Post</h1>",
            "Bridge opens after years",
            id="the only heading is the logo",
        ),
        pytest.param(json_ld(headline="A &amp; B"), "", "A & B", id="entities in JSON-LD"),
        pytest.param(
            og("Bridge"), "<h1><i>Fish</i><b>chips</b>, and\u00ad</h1>", "Fish chips, and",
            id="parts of a heading",
        ),
    ],
)  # fmt: skip
def test_title_is_chosen_by_agreement(facts, head, body, title):
    found = title_of_page(facts(head, body))

    assert found is not None
    assert found.value == title


def test_name_of_a_web_page_is_no_second_witness(facts):
    page = (
        '<script type="application/ld+json">{"@type":"WebPage","name":"Bridges: all we know",'
        '"datePublished":"2025-11-02"}</script>'
    )

    title = title_of_page(facts(page + og("Bridges: all we know"), "<h1>All about bridges</h1>"))

    assert title is not None
    assert (title.value, title.source) == ("All about bridges", Source.PAGE)


@pytest.mark.parametrize(
    ("head", "body", "source"),
    [
        (og("Bridge opens"), "", Source.META),
        (json_ld(headline="Bridge opens"), "", Source.JSON_LD),
        ("", "<h1>Bridge opens after years</h1>", Source.PAGE),
    ],
)
def test_title_names_its_witness(facts, head, body, source):
    found = title_of_page(facts(head, body))

    assert found is not None
    assert found.source is source


def test_page_that_names_no_title_has_none(facts):
    assert title_of_page(facts()) is None


def test_headlines_agree_a_kicker_or_a_letter_apart():
    assert agree("Bridge opens after four years", "Harbour: Bridge opens after four years")
    assert agree("Bridge opens after years", "Bridge opened after years")
    assert not agree("Bridge opens after years", "Tunnel closes for weeks")
    assert not agree("", "Bridge")


def test_headlines_in_other_words_share_the_longer_ones():
    assert share_words("After years the harbour bridge opens", "Harbour bridge open at last")
    assert not share_words("Harbour bridge opens", "A recipe for fish soup")
    assert not share_words("Bridge", "Bridge")
