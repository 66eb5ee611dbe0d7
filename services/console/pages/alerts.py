"""The page of one alert: why it was raised, and who was told of what, or not, and why."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from services.console.pages.environment import path_for, render
from services.console.pages.reading import RowId, RuntimeOf, reading
from services.console.queries import get_alert

router = APIRouter()


@router.get("/alerts/{alert_id}", name="show_alert")
def show_alert(request: Request, runtime: RuntimeOf, alert_id: RowId) -> Response:
    """Show one alert; one that was folded into another leads there; 404 when there is none."""
    with reading(runtime) as (connection, now):
        alert = get_alert(connection, alert_id)
    if alert is None:
        raise HTTPException(404, f"There is no alert al{alert_id}.")
    if alert.summary.id != alert_id:
        target = path_for(request, "show_alert", alert_id=alert.summary.id)
        return RedirectResponse(target, status_code=308)
    return render(request, "alert.html", {"alert": alert, "now": now})
