"""Articles that stand for others in their story: the same original, cleaned again. Reads only."""

from __future__ import annotations

from sqlalchemy import ScalarSelect, func, select

from shared.tables import articles, files

_newer = articles.alias("newer")


def replaced_by() -> ScalarSelect[int | None]:
    """Return, for a query over `articles`, the article that a newer cleaner made of the same file.

    None unless both are in one story: there the older one keeps its text and its evidence, and
    counts no more. In different stories each stands for what was read in it.
    """
    return (
        select(func.max(_newer.c.id))
        .select_from(files.join(_newer, _newer.c.file_id == files.c.id))
        .where(files.c.revises == articles.c.id, _newer.c.story_id == articles.c.story_id)
        .correlate(articles)
        .scalar_subquery()
    )
