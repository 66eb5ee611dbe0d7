"""Lines of a page's body: which go, and with which reason."""

from collections.abc import Sequence

import pytest

from services.extract.cleaning.html_page import parse_page
from services.extract.cleaning.lone_links import LoneLinks, folded, read_lone_links
from services.extract.cleaning.page_lines import filter_lines

_LEAD = "The mayor opened the new bridge over the harbour on Monday, and hundreds walked across it."
_MORE = "Work on the bridge began four years ago and cost more than 400 million, the city said."
_END = "Until now people had to take a ferry, which ran every hour and not at all in a storm."
_TEASER = "A new ferry is planned for the summer"


def dropped(
    lines: Sequence[str],
    titles: Sequence[str] = (),
    links: LoneLinks = LoneLinks(),  # noqa: B008 - frozen
    authors: Sequence[str] = (),
) -> dict[str, str | None]:
    return {fate.text: fate.dropped for fate in filter_lines(lines, titles, links, authors)}


def links_of(body: str) -> LoneLinks:
    tree = parse_page(f"<html><body>{body}</body></html>")
    assert tree is not None
    return read_lone_links(tree)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param("Harbour bridge opens after four years", "title", id="title"),
        pytest.param("City: Harbour bridge opens after four years", "title", id="with a kicker"),
        pytest.param("Harbour bridge opens after 4 years", "title", id="a word changed"),
        pytest.param("3 March 2025", "byline or date line", id="date"),
        pytest.param("By Ann Lee", "byline or date line", id="byline"),
        pytest.param("Why it matters", None, id="heading"),
    ],
)
def test_title_date_and_byline_above_the_first_paragraph_go(line, reason):
    found = dropped([line, _LEAD, _MORE], titles=["Harbour bridge opens after four years"])

    assert found[line] == reason
    assert found[_LEAD] is None


def test_what_looks_like_a_title_or_date_below_the_first_paragraph_stays():
    lines = [_LEAD, "3 March 2025", "Harbour bridge opens after 4 years", _MORE]

    found = dropped(lines, titles=["Harbour bridge opens after four years"])

    assert set(found.values()) == {None}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param("Additional reporting by Bo Chan", "credit", id="reporting by"),
        pytest.param(
            "A writer in Bay City contributed to this report.", "credit", id="contributed"
        ),
        pytest.param("First published in the Bay Review.", "credit", id="first published"),
        pytest.param("Ann Lee covers the harbour.", "about the author", id="author"),
        pytest.param("Ann Leeson walked home.", None, id="another name"),
        pytest.param("Contact the desk: desk@example.org", "how to reach the author", id="address"),
        pytest.param("She wrote to me@example.org for years.", None, id="address in prose"),
        pytest.param("Related articles", "heading of further links", id="heading of links"),
        pytest.param("Yonhap", None, id="agency, a field reads it"),
    ],
)
def test_what_is_about_the_making_of_the_article_goes_at_its_end(line, reason):
    assert dropped([_LEAD, _MORE, _END, line], authors=["Ann Lee"])[line] == reason


def test_line_about_the_author_stays_amid_the_article():
    line = "Ann Lee covers the harbour."

    assert dropped([_LEAD, line, _MORE], authors=["Ann Lee"])[line] is None


def test_links_at_the_end_go_with_their_heading():
    links = LoneLinks(anywhere=frozenset({folded(_TEASER)}))

    found = dropped([_LEAD, _MORE, "What else happened", f"- {_TEASER}"], links=links)

    assert found["What else happened"] == "heading of further links"
    assert found[f"- {_TEASER}"] == "link to another page"
    assert found[_MORE] is None


def test_paragraph_that_is_a_link_goes_anywhere_and_a_list_of_links_stays():
    links = links_of(f'<p><a href="/1">{_TEASER}</a></p><ul><li><a href="/2">{_MORE}</a></ul>')

    found = dropped([_LEAD, _TEASER, f"- {_MORE}", _END], links=links)

    assert found[_TEASER] == "link to another page"
    assert found[f"- {_MORE}"] is None


@pytest.mark.parametrize(
    ("markup", "is_lone"),
    [
        pytest.param(f'<p><a href="/1">{_TEASER}</a></p>', True, id="alone"),
        pytest.param(f'<p><b>MORE: <a href="/1">{_TEASER}</a></b></p>', True, id="kicker"),
        pytest.param(f'<p>Read | <a href="/1">{_TEASER}</a></p>', True, id="bar"),
        pytest.param(f'<p>We hear: <a href="/1">{_TEASER}</a>, says he.</p>', False, id="sentence"),
        pytest.param(f'<p>So <a href="/1">{_TEASER}</a></p>', False, id="word before"),
        pytest.param(f'<p><a href="#part">{_TEASER}</a></p>', False, id="within the page"),
        pytest.param(f'<h2><a href="/1">{_TEASER}</a></h2>', False, id="heading"),
    ],
)
def test_only_a_link_that_fills_its_paragraph_is_a_lone_one(markup, is_lone):
    assert bool(links_of(markup).paragraphs) is is_lone


def test_a_long_paragraph_told_twice_is_told_once_and_a_short_label_stays():
    lines = [_LEAD, "Ingredients", _MORE, "Ingredients", _LEAD, _END]

    fates = filter_lines(lines, ())

    assert [fate.dropped for fate in fates] == [None, None, None, None, "repeat", None]
