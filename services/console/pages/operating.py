"""What operators and machines ask: health, readiness, metrics; and the two static files."""

from __future__ import annotations

from importlib.resources import files

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from services.console.metrics import CONTENT_TYPE, expose
from services.console.pages.health import HealthChecks, check_alive, check_ready

router = APIRouter()

# An ordinary route, not a mount: a mount is not found when a proxy strips the base path.
STATIC_FILES = {"console.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"}
_STATIC_SECONDS = 300


@router.api_route("/healthz", name="healthz", methods=["GET", "HEAD"])
async def healthz(request: Request) -> JSONResponse:
    """Answer 200 while the process lives and its database answers within 2 s, else 503."""
    checks: HealthChecks = request.app.state.health
    return _answer(await checks.find_trouble(check_alive))


@router.api_route("/readyz", name="readyz", methods=["GET", "HEAD"])
async def readyz(request: Request) -> JSONResponse:
    """Answer 200 when tables can be read and the doorbell answers, else 503 with the reason."""
    checks: HealthChecks = request.app.state.health
    return _answer(await checks.find_trouble(check_ready))


@router.get("/metrics", name="metrics")
async def metrics(request: Request) -> Response:
    """Answer with the figures of this moment; without a database, that it is down."""
    checks: HealthChecks = request.app.state.health
    figures = await checks.read_figures()
    return Response(await run_in_threadpool(expose, figures), media_type=CONTENT_TYPE)


@router.get("/static/{file}", name="static_file")
def static_file(file: str) -> Response:
    """Answer with one of the files the pages link to."""
    if file not in STATIC_FILES:
        raise HTTPException(404, "The console has no such file.")
    content = files("services.console").joinpath("static", file).read_bytes()
    return Response(
        content,
        media_type=STATIC_FILES[file],
        headers={"Cache-Control": f"public, max-age={_STATIC_SECONDS}"},
    )


def _answer(trouble: str | None) -> JSONResponse:
    if trouble is None:
        return JSONResponse({"status": "ok"})
    return JSONResponse({"status": "trouble", "reason": trouble}, status_code=503)
