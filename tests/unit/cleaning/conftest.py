"""Made-up pages to read fields from."""

from collections.abc import Callable

import pytest

from services.extract.cleaning.html_page import parse_page
from services.extract.cleaning.page_facts import PageFacts, read_page_facts

PROSE = (
    "The mayor opened the new bridge over the harbour on Monday, and hundreds of people walked "
    "across it in the rain while a brass band played. "
)


@pytest.fixture
def facts() -> Callable[..., PageFacts]:
    """Make the facts of a page of the given head and body, followed by three paragraphs."""

    def make(head: str = "", body: str = "", *, language: str = "en") -> PageFacts:
        paragraphs = f"<div>{f'<p>{PROSE * 2}</p>' * 3}</div>"
        tree = parse_page(
            f'<html lang="{language}"><head>{head}</head><body>{body}{paragraphs}</body></html>'
        )
        assert tree is not None
        return read_page_facts(tree)

    return make
