"""The answer to why for machines, in the shape that `newswatch show A --why B --json` prints."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from services.console.pages.reading import ComparingOf, RuntimeOf, reading
from services.console.queries import parse_id
from services.console.queries.pairs import NoSuchArticleError, article_of, explain_pair
from services.console.queries.why_document import why_document
from shared.errors import SettingsError

router = APIRouter()


@router.get("/api/v1/articles/{one}/why/{other}", name="api_why")
def api_why(runtime: RuntimeOf, comparing: ComparingOf, one: str, other: str) -> JSONResponse:
    """Answer 200 with the document; 400 for what is no pair of articles, 404 for a missing one.

    Articles are `a17`; a story (`s3`) stands for its lead article.
    """
    try:
        with reading(runtime) as (connection, _):
            pair = [article_of(connection, parse_id(each)) for each in (one, other)]
            document = why_document(explain_pair(connection, comparing, *pair))
    except SettingsError as error:
        return JSONResponse({"error": str(error)}, status_code=400)
    except NoSuchArticleError as error:
        return JSONResponse({"error": str(error)}, status_code=404)
    return JSONResponse(document)
