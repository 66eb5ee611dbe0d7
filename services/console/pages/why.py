"""The page that says why two articles are, or are not, one text or one story."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from services.console.pages.environment import render
from services.console.pages.reading import ComparingOf, RowId, RuntimeOf, reading
from services.console.pages.side_by_side import both_sides
from services.console.queries.pairs import NoSuchArticleError, OneArticleError, explain_pair
from services.console.queries.relations import probability
from services.console.queries.score_sums import sum_lines
from services.console.queries.why import (
    basis_in_words,
    coverage_in_words,
    headline,
    mask_in_words,
    time_in_words,
)

router = APIRouter()

MOST_LISTED = 20


@router.get("/articles/{one_id}/why/{other_id}", name="show_why")
def show_why(
    request: Request, runtime: RuntimeOf, comparing: ComparingOf, one_id: RowId, other_id: RowId
) -> HTMLResponse:
    """Show why two articles belong together or not; 404 when one is not there or both are one."""
    try:
        with reading(runtime) as (connection, now):
            why = explain_pair(connection, comparing, one_id, other_id)
    except (NoSuchArticleError, OneArticleError) as error:
        raise HTTPException(404, f"{error}.") from None
    context = {
        "why": why,
        "sides": both_sides(why),
        "said": headline(why),
        "basis": basis_in_words(why),
        "coverage": coverage_in_words(why),
        "time_gap": time_in_words(why),
        "probability": probability(why.weighed.score),
        "masks": [(each, mask_in_words(each)) for each in (why.one, why.other)],
        "lines": list(sum_lines(why.weighed.score_sum)) if why.weighed.score_sum else [],
        "listed": why.passages[:MOST_LISTED],
        "now": now,
    }
    return render(request, "why.html", context)
