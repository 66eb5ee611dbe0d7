"""The page of one article: its text with the evidence where it stands, and its fields."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from services.console.pages.environment import render
from services.console.pages.evidence import gather_evidence
from services.console.pages.reading import RowId, RuntimeOf, reading
from services.console.queries import get_article

router = APIRouter()


@router.get("/articles/{article_id}", name="show_article")
def show_article(request: Request, runtime: RuntimeOf, article_id: RowId) -> HTMLResponse:
    """Show one article; 404 when there is none."""
    with reading(runtime) as (connection, now):
        article = get_article(connection, article_id)
    if article is None:
        raise HTTPException(404, f"There is no article a{article_id}.")
    context = {"article": article, "evidence": gather_evidence(article), "now": now}
    return render(request, "article.html", context)
