"""Novelty of texts as written: tests have no texts that were read before."""

from collections.abc import Sequence

from services.extract import novelty
from services.extract.novelty import Novelty, read_text


def what_it_adds(
    text: str, earlier: Sequence[tuple[int, str]], *, is_version: bool = False
) -> Novelty:
    """Read all texts, then compare *text* with every earlier one (article id, text)."""
    known = [read_text(article_id, each) for article_id, each in earlier]
    return novelty.what_it_adds(read_text(0, text), known, is_version=is_version)
