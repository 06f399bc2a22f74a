"""Reports and dashboards."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from engine.texts import localized
from report_engine import dashboards, reports
from report_engine.definition import Item, Report
from web.answers import json_answer, shows
from web.bodies import JsonRoute
from web.dependencies import Call, SignedIn
from web.schemas.reports import Dashboard, ReportAnswer, ReportInput

router = APIRouter(prefix="/api", tags=["reports"], route_class=JsonRoute)


@router.post("/reports/{app}/{report}/run", responses=shows(ReportAnswer))
def run_report(call: SignedIn, app: str, report: str, body: ReportInput | None = None) -> Response:
    """Run a report over the records that the reader may see, narrowed by `filter`, an expression."""
    condition = body.filter if body else None
    found, result = reports.run(call.session, call.actor, f"{app}.{report}", condition)
    return json_answer(
        {
            "report": _head(call, found),
            "columns": result.columns,
            "rows": result.rows,
            "totals": result.totals,
            "is_truncated": result.is_truncated,
        }
    )


@router.get("/dashboards/{app}/{key}", responses=shows(Dashboard))
def get_dashboard(call: SignedIn, app: str, key: str) -> Response:
    """Return a dashboard: its reports, of those that the reader may run, and where they stand."""
    found = dashboards.get(call.session, call.actor, f"{app}.{key}")
    items = [_item(call, item) for item in found.items]
    return json_answer({"key": found.name, "title": localized(found.title, call.language), "items": items})


def _head(call: Call, report: Report) -> dict[str, Any]:
    return {
        "key": report.name,
        "title": localized(report.title, call.language),
        "chart": report.chart.name,
        "form": report.form.name,
    }


def _item(call: Call, item: Item) -> dict[str, Any]:
    report = reports.get(call.session, call.actor, item.report)
    place = {"x": item.x, "y": item.y, "w": item.w, "h": item.h}
    title = localized(report.title, call.language)
    return {"key": item.key, "report": item.report, "title": title, "chart": report.chart.name, **place}
