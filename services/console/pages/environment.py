"""The templates, and what they may call. Every value is made visible and escaped on its way out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from services.console.pages import words


def _visible(value: Any) -> Any:
    """Make what a template prints visible; here, so that no template can forget it."""
    if isinstance(value, Markup):
        return value
    return words.visible(value) if isinstance(value, str) else value


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("services.console", "templates"),
        autoescape=True,
        finalize=_visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for verb in (
        words.counted,
        words.duration,
        words.exact_time,
        words.is_dated,
        words.language_tag,
        words.link_address,
        words.machine_time,
        words.relative,
        words.shortened,
        words.spoken,
    ):
        environment.filters[verb.__name__] = verb
    return environment


TEMPLATES = _environment()


def path_for(request: Request, name: str, **parameters: Any) -> str:
    """Return the path of a route, below the base path the console is served under."""
    base = str(request.scope.get("root_path", "")).rstrip("/")
    return base + str(request.app.url_path_for(name, **parameters))


def render(
    request: Request, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HTMLResponse:
    """Answer with *template*; `url_for` in it knows the base path, `now` is None when unknown."""

    def url_for(name: str, **parameters: Any) -> str:
        return path_for(request, name, **parameters)

    page = TEMPLATES.get_template(template).render({"now": None, **context, "url_for": url_for})
    return HTMLResponse(page, status_code=status)
