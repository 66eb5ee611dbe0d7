"""The page of one story: its articles, how they relate, what each brought, and when."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from services.console.pages.environment import path_for, render
from services.console.pages.reading import RowId, RuntimeOf, reading
from services.console.pages.words import is_dated
from services.console.queries import get_story, resolve_story

router = APIRouter()


@router.get("/stories/{story_id}", name="show_story")
def show_story(request: Request, runtime: RuntimeOf, story_id: RowId) -> Response:
    """Show one story; one that was merged into another leads there; 404 when there is none."""
    with reading(runtime) as (connection, now):
        root = resolve_story(connection, story_id)
        story = get_story(connection, story_id) if root == story_id else None
    if root is None:
        raise HTTPException(404, f"There is no story s{story_id}.")
    if story is None:
        return RedirectResponse(path_for(request, "show_story", story_id=root), status_code=308)
    undated = {member.article_id for member in story.members if not is_dated(member)}
    return render(request, "story.html", {"story": story, "undated": undated, "now": now})
