"""What a reader sees when a page cannot be shown: what happened, and what to do."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from services.console.pages.environment import render

log = logging.getLogger("newswatch.console")


def add_error_pages(app: FastAPI) -> None:
    """Answer every trouble of *app* with a page in words and the right status."""
    app.add_exception_handler(HTTPException, _show_http_error)
    app.add_exception_handler(RequestValidationError, _show_bad_address)
    for trouble in (DBAPIError, PoolTimeoutError, OSError):
        app.add_exception_handler(trouble, _show_database_trouble)


def _show_http_error(request: Request, error: Exception) -> HTMLResponse:
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = str(getattr(error, "detail", ""))
    context = {"headline": _headline(status), "detail": detail, "advice": ""}
    answer = render(request, "error.html", context, status=status)
    answer.headers.update(getattr(error, "headers", None) or {})
    return answer


def _headline(status: int) -> str:
    return {404: "There is nothing here", 405: "This page can only be read"}.get(
        status, f"This did not work ({status})"
    )


def _show_bad_address(request: Request, error: Exception) -> HTMLResponse:  # noqa: ARG001 - Starlette's signature
    context = {
        "headline": "There is nothing here",
        "detail": "The address holds no number that a story, article or alert could have.",
        "advice": "",
    }
    return render(request, "error.html", context, status=404)


def _show_database_trouble(request: Request, error: Exception) -> HTMLResponse:
    words = str(getattr(error, "orig", None) or error).strip()
    line = words.splitlines()[0] if words else type(error).__name__
    log.warning("page %s: %s", request.url.path, line)
    context = {
        "headline": "The database cannot be read",
        "detail": line,
        "advice": "Nothing is lost: files stay in the inbox until it is back. "
        "`newswatch doctor` says more.",
    }
    return render(request, "error.html", context, status=503)
