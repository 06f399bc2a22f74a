"""Reports and dashboards: numbers, the records behind them, sheets of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query
from starlette.responses import Response

from engine.errors import InvalidInput, Violation
from engine.texts import localized
from report_engine import dashboards, reports
from report_engine.definition import Cell, Report
from web.answers import json_answer, shows
from web.bodies import JsonRoute, read_json
from web.dependencies import Call, ReportReader, SignedIn
from web.schemas.reports import Dashboard, RecordsAnswer, RecordsInput, ReportAnswer, RunInput
from web.sheets import SHEETS, sheet

router = APIRouter(prefix="/api", tags=["reports"], route_class=JsonRoute)

_REPORT = "/reports/{app}/{report}"


@router.post(_REPORT + "/run", responses=shows(ReportAnswer))
def run_report(call: ReportReader, app: str, report: str, body: Annotated[RunInput | None, Body()] = None) -> Response:
    """Run a report over the records that the reader may see, narrowed by what the body asks."""
    found, result = reports.run(call.session, call.actor, f"{app}.{report}", body)
    return json_answer(
        {
            "report": _head(call, found),
            "columns": result.columns,
            "rows": result.rows,
            "subtotals": result.subtotals,
            "totals": result.totals,
            "pivot": result.pivot,
            "period": result.period,
            "earlier": result.earlier,
            "is_cut": result.is_cut,
            "has_totals": result.has_totals,
            "limit": result.limit,
        }
    )


@router.get(_REPORT + "/export", responses=SHEETS)
def export_report(
    call: ReportReader,
    app: str,
    report: str,
    kind: Annotated[Literal["csv", "xlsx"], Query(alias="format")] = "xlsx",
    run: Annotated[str | None, Query(max_length=8000, description="The body of a run, as JSON.")] = None,
) -> Response:
    """Return the report as a sheet, numbers as numbers; a pivot as a matrix."""
    name = f"{app}.{report}"
    request = _request(run)
    title = localized(reports.get(call.session, call.actor, name).title, call.language)
    return sheet(kind, title, lambda path: reports.export(call.session, call.actor, name, request, kind, path))


@router.post(_REPORT + "/records", responses=shows(RecordsAnswer))
def records_behind(call: ReportReader, app: str, report: str, body: RecordsInput) -> Response:
    """Return the records behind one number of a report, a page at a time."""
    cell = Cell(group=body.group, others=frozenset(body.others), measure=body.measure)
    name = f"{app}.{report}"
    found = reports.records_behind(call.session, call.actor, name, body.run, cell, limit=body.limit, cursor=body.cursor)
    return json_answer(
        {
            "form": found.form.name,
            "form_title": localized(found.form.title, call.language),
            "kind": "balance" if found.is_balance else "form",
            "columns": found.columns,
            "items": found.items,
            "count": found.count,
            "next_cursor": found.next_cursor,
            "filter": found.filter,
        }
    )


@router.get("/dashboards/{app}/{key}", responses=shows(Dashboard))
def get_dashboard(call: SignedIn, app: str, key: str) -> Response:
    """Return a dashboard: its reports, of those that the reader may run, where they stand, and what filters them."""
    found = dashboards.get(call.session, call.actor, f"{app}.{key}")
    return json_answer(dashboards.shown(call.session, call.actor, found))


def _head(call: Call, report: Report) -> dict[str, Any]:
    return {
        "key": report.name,
        "title": localized(report.title, call.language),
        "chart": report.chart.name,
        "options": report.options,
        "form": report.form.name,
        "form_title": localized(report.form.title, call.language),
        "subtotals": report.has_subtotals,
    }


def _request(text: str | None) -> dict[str, Any] | None:
    """Return the body of a run that stands in an address; raises `InvalidInput` for anything but an object."""
    if not text:
        return None
    value = read_json(text.encode("utf-8", "replace"))
    if not isinstance(value, dict):
        raise InvalidInput(violations=[Violation(pointer="#/query/run", code="type", params={"expected": "object"})])
    return value
