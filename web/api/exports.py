"""Sheets of any length as jobs: asking for one, how far it is, taking it along."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body
from starlette.responses import Response

from form_engine.exchange import export_runs
from form_engine.record import Query
from web.answers import json_answer, shows
from web.bodies import JsonRoute
from web.dependencies import Call, SignedIn
from web.idempotency import IdempotencyKey, once
from web.schemas.exports import BalanceExportInput, ExportInput, ExportRun, ExportRuns
from web.sheets import SHEETS, stored

router = APIRouter(tags=["records"], route_class=JsonRoute)


@router.post("/api/records/{app}/{form}/export", status_code=202, responses=shows(ExportRun, 202))
def start_export(
    call: SignedIn, app: str, form: str, body: Annotated[ExportInput | None, Body()] = None, key: IdempotencyKey = None
) -> Response:
    """Start an export of the list: it goes on by itself, whether or not one waits for it."""
    asked = body or ExportInput()
    query = Query(filter=asked.filter, search=asked.search, sort=asked.sort, fields=asked.fields, bin=asked.bin)
    return _started(call, f"{app}.{form}", query, asked, key)


@router.post("/api/balances/{app}/{balance}/export", status_code=202, responses=shows(ExportRun, 202))
def start_balance_export(
    call: SignedIn,
    app: str,
    balance: str,
    body: Annotated[BalanceExportInput | None, Body()] = None,
    key: IdempotencyKey = None,
) -> Response:
    """Start an export of the balance's rows; whoever may see them may take them along."""
    asked = body or BalanceExportInput()
    query = Query(filter=asked.filter, search=asked.search, sort=asked.sort)
    return _started(call, f"{app}.{balance}", query, asked, key)


@router.get("/api/exports", responses=shows(ExportRuns))
def list_exports(call: SignedIn) -> Response:
    """List one's last exports, newest first."""
    return json_answer({"items": export_runs.list_recent(call.session, call.actor)})


@router.get("/api/exports/{export_id}", responses=shows(ExportRun))
def get_export(call: SignedIn, export_id: UUID) -> Response:
    """Return how far an export is, or how it ended."""
    return json_answer(export_runs.get(call.session, call.actor, export_id))


@router.post("/api/exports/{export_id}/cancel", responses=shows(ExportRun))
def cancel_export(call: SignedIn, export_id: UUID) -> Response:
    """Ask an export to stop; there will be no file."""
    return json_answer(export_runs.cancel(call.session, call.actor, export_id))


@router.get("/api/exports/{export_id}/file", responses=SHEETS)
def export_file(call: SignedIn, export_id: UUID) -> Response:
    """Return the sheet of an export that is completed."""
    return stored(*export_runs.file(call.session, call.actor, export_id))


def _started(call: Call, name: str, query: Query, asked: BalanceExportInput, key: str | None) -> Response:
    def start() -> Response:
        started = export_runs.start(call.session, call.actor, name, query, asked.format)
        return json_answer(started, 202, {"Location": f"/api/exports/{started['id']}"})

    return once(call, key, start)
