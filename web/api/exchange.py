"""Files of records: a list out as a sheet, a sheet in as records, and how far an import is."""

from __future__ import annotations

import json
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, UploadFile
from fastapi import File as FormFile
from fastapi import Form as FormValue
from fastapi import Query as QueryValue
from starlette.responses import Response

from engine import files, time_limits
from engine.errors import InvalidInput, Violation
from engine.texts import localized
from form_engine import balances, forms
from form_engine.exchange import exporting, runs
from form_engine.exchange.importing import Options
from form_engine.record import Query
from web.answers import json_answer, shows
from web.api.records import Bin, Fields, Filter, Search, Sort
from web.bodies import JsonRoute
from web.dependencies import Call, SignedIn
from web.schemas.exchange import ImportPreview, ImportRun, ImportRuns
from web.sheets import SHEETS, sheet, stored

router = APIRouter(tags=["records"], route_class=JsonRoute)
_RECORDS = "/api/records/{app}/{form}"

Format = Annotated[Literal["xlsx", "csv"], QueryValue(alias="format")]
_MOST_MAPPING = 200_000


@router.get(_RECORDS + "/export", responses=SHEETS)
def export_records(
    call: SignedIn,
    app: str,
    form: str,
    kind: Format = "xlsx",
    where: Filter = None,
    search: Search = None,
    sort: Sort = None,
    fields: Fields = None,
    in_bin: Bin = False,  # noqa: FBT002 - a query parameter has a name
) -> Response:
    """Return the whole list as a sheet: the same filter, search, order and columns as the list, and the same rights."""
    time_limits.lift(call.session)
    keys = tuple(key.strip() for key in fields.split(",")) if fields else None
    query = Query(filter=where, search=search, sort=sort, fields=keys, bin=in_bin)
    name = f"{app}.{form}"
    title = localized(forms.get(call.session, name).title, call.language)
    return sheet(kind, title, lambda path: exporting.export(call.session, call.actor, name, query, kind, path))


@router.get("/api/balances/{app}/{balance}/export", responses=SHEETS)
def export_balance(
    call: SignedIn,
    app: str,
    balance: str,
    kind: Format = "xlsx",
    where: Filter = None,
    search: Search = None,
    sort: Sort = None,
) -> Response:
    """Return the balance's rows as a sheet; whoever may see them may take them along."""
    time_limits.lift(call.session)
    query = Query(filter=where, search=search, sort=sort)
    name = f"{app}.{balance}"
    title = localized(balances.get(call.session, name).title, call.language)
    return sheet(kind, title, lambda path: exporting.export(call.session, call.actor, name, query, kind, path))


@router.get(_RECORDS + "/import/template", responses=SHEETS)
def import_template(call: SignedIn, app: str, form: str, kind: Format = "xlsx") -> Response:
    """Return an empty sheet with the headers that an import knows; a star marks what must be filled."""
    name = f"{app}.{form}"
    title = localized(forms.get(call.session, name).title, call.language)
    return sheet(kind, title, lambda path: exporting.template(call.session, call.actor, name, kind, path))


@router.post(_RECORDS + "/import", status_code=202, responses=shows(ImportPreview) | shows(ImportRun, 202))
def import_records(
    call: SignedIn,
    app: str,
    form: str,
    file: Annotated[UploadFile | None, FormFile(description="The sheet: CSV or XLSX.")] = None,
    file_id: Annotated[UUID | None, FormValue(description="A sheet that was sent before.")] = None,
    mapping: Annotated[
        str | None, FormValue(max_length=_MOST_MAPPING, description='JSON: `{"客户": "customer", "备注": null}`.')
    ] = None,
    mode: Annotated[Literal["create", "update", "both"], FormValue()] = "create",
    key: Annotated[str | None, FormValue(max_length=130, description="What tells records apart.")] = None,
    partial: Annotated[bool, FormValue(description="Write the right rows even where others are wrong.")] = False,  # noqa: FBT002 - a form field has a name
    commit: Annotated[bool, FormValue(description="False: only show what would happen.")] = False,  # noqa: FBT002 - likewise
) -> Response:
    """Show what an import would do (200), or start it (202): it goes on by itself, whether or not one waits for it."""
    name = f"{app}.{form}"
    forms.get(call.session, name)
    options = Options(mapping=_mapping(mapping), mode=mode, key=key or None, partial=partial)
    source = file_id or _upload(call, file)
    if not commit:
        return json_answer(runs.preview(call.session, call.actor, name, source, options))
    started = runs.start(call.session, call.actor, name, source, options)
    return json_answer(started, 202, {"Location": f"/api/imports/{started['id']}"})


@router.get(_RECORDS + "/import", responses=shows(ImportRuns))
def list_imports(call: SignedIn, app: str, form: str) -> Response:
    """List one's last imports into the form, newest first."""
    return json_answer({"items": runs.list_recent(call.session, call.actor, f"{app}.{form}")})


@router.get("/api/imports/{import_id}", responses=shows(ImportRun))
def get_import(call: SignedIn, import_id: UUID) -> Response:
    """Return how far an import is, or how it ended."""
    return json_answer(runs.get(call.session, call.actor, import_id))


@router.post("/api/imports/{import_id}/cancel", responses=shows(ImportRun))
def cancel_import(call: SignedIn, import_id: UUID) -> Response:
    """Ask an import to stop; nothing of it stays."""
    return json_answer(runs.cancel(call.session, call.actor, import_id))


@router.get("/api/imports/{import_id}/errors", responses=SHEETS)
def import_errors(call: SignedIn, import_id: UUID) -> Response:
    """Return the sheet that was sent, with a column that says what is wrong."""
    return stored(*runs.error_file(call.session, call.actor, import_id))


def _upload(call: Call, file: UploadFile | None) -> UUID:
    if file is None:
        raise InvalidInput(violations=[Violation(pointer="#/file", code="required", params={"field": "file"})])
    limit = call.platform.settings.max_import_bytes
    return files.upload(call.session, call.actor, file.filename or "", file.file, max_bytes=limit).id


def _mapping(text: str | None) -> dict[str, str | None] | None:
    """Return the mapping; raises `InvalidInput` for anything but an object of texts."""
    if text is None:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict) or not all(path is None or isinstance(path, str) for path in value.values()):
        raise InvalidInput(violations=[Violation(pointer="#/mapping", code="mapping_malformed")])
    return value
