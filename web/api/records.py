"""Records: list, create, one record, many at once, its history, its buttons."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from engine.errors import InvalidInput, Violation, pointer
from form_engine import actions, records
from form_engine.querying import history
from form_engine.record import LIMIT_MAX, Change
from form_engine.record import Query as RecordQuery
from form_engine.record import Record as StoredRecord
from web import problems, record_page
from web.answers import IfMatch, etag, json_answer, no_content, page_answer, seen_version, shows
from web.bodies import JsonRoute
from web.dependencies import Call, SignedIn
from web.idempotency import IdempotencyKey, once
from web.schemas.records import (
    BatchInput,
    Evaluation,
    EvaluationInput,
    History,
    Record,
    RecordAnswer,
    RecordInput,
    RecordPage,
    Records,
)

router = APIRouter(prefix="/api/records/{app}/{form}", tags=["records"], route_class=JsonRoute)

Filter = Annotated[
    str | None, Query(alias="filter", max_length=4000, description="An expression: `status == 'draft'`.")
]
Search = Annotated[str | None, Query(max_length=200, description="Words looked for in the text fields.")]
Sort = Annotated[str | None, Query(max_length=400, description="`-order_date,number`")]
Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX)]
Cursor = Annotated[str | None, Query(max_length=2000, description="`next_cursor` of the page before.")]
Fields = Annotated[str | None, Query(max_length=4000, description="`number,customer`: only these.")]
Bin = Annotated[bool, Query(alias="bin", description="The recycle bin in place of the living records.")]
Surroundings = Annotated[bool, Query(description="false: the record alone, for programs that need no page around it.")]
Count = Literal["none", "capped", "exact"]


@router.get("", responses=shows(RecordPage))
def list_records(
    call: SignedIn,
    app: str,
    form: str,
    where: Filter = None,
    search: Search = None,
    sort: Sort = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    fields: Fields = None,
    count: Count = "none",
    in_bin: Bin = False,  # noqa: FBT002 - a query parameter has a name
) -> Response:
    """List the records that the reader may see, a page at a time."""
    keys = tuple(key.strip() for key in fields.split(",")) if fields else None
    query = RecordQuery(
        filter=where, search=search, sort=sort, limit=limit, cursor=cursor, fields=keys, count=count, bin=in_bin
    )
    written = records.listed(call.session, call.actor, f"{app}.{form}", query)
    if written is not None:
        return page_answer(written.items, written.next_cursor, written.count)
    page = records.list_page(call.session, call.actor, f"{app}.{form}", query)
    items = records.show(call.session, call.actor, f"{app}.{form}", page.items, fields=keys)
    return json_answer({"items": items, "next_cursor": page.next_cursor, "count": page.count})


@router.post("", status_code=201, responses=shows(Record, 201))
def create_record(call: SignedIn, app: str, form: str, body: RecordInput, key: IdempotencyKey = None) -> Response:
    """Create a record. With `Idempotency-Key`, the same request again gets the same answer."""

    def create() -> Response:
        record = records.create(call.session, call.actor, f"{app}.{form}", body.values)
        return _one(call, record, 201, {"Location": f"/api/records/{app}/{form}/{record.id}"})

    return once(call, key, create)


@router.post("/evaluate", responses=shows(Evaluation))
def evaluate_record(call: SignedIn, app: str, form: str, body: EvaluationInput) -> Response:
    """Compute formulas, states of fields and what is wrong, for values that are not saved. Changes nothing."""
    evaluation = records.evaluate(call.session, call.actor, f"{app}.{form}", body.values, body.id)
    return json_answer(
        {
            "values": evaluation.values,
            "states": evaluation.states,
            "violations": problems.spots(evaluation.violations, call.language),
        }
    )


@router.post("/batch", responses=shows(Records))
def change_records(call: SignedIn, app: str, form: str, body: BatchInput, key: IdempotencyKey = None) -> Response:
    """Create, update, delete and restore many in one transaction: all of them or none."""
    _refuse_wrong_ids(body)
    changes = [
        Change(
            action=change.action,
            id=change.id,
            version=change.version,
            values=change.values,
            pointer=f"#/changes/{index}/values",
        )
        for index, change in enumerate(body.changes)
    ]

    def change() -> Response:
        with record_page.telling_what_changed(call):
            changed = records.apply(call.session, call.actor, f"{app}.{form}", changes)
        return json_answer({"items": records.show(call.session, call.actor, f"{app}.{form}", changed)})

    return once(call, key, change)


@router.get("/{record_id}", responses=shows(RecordAnswer))
def get_record(
    call: SignedIn,
    app: str,
    form: str,
    record_id: UUID,
    surroundings: Surroundings = True,  # noqa: FBT002 - a query parameter has a name
) -> Response:
    """Return one record with the reader's open tasks on it, the runs it took part in, and what points at it."""
    record = record_page.get(call, f"{app}.{form}", record_id)
    shown = record_page.show(call, record)
    if surroundings:
        shown |= record_page.surroundings(call, record)
    return json_answer(shown, headers=etag(record.version))


@router.patch("/{record_id}", responses=shows(Record))
def update_record(
    call: SignedIn,
    app: str,
    form: str,
    record_id: UUID,
    body: RecordInput,
    if_match: IfMatch = None,
) -> Response:
    """Change the values that are sent; a sub-table is sent whole, rows that stay with their `id`."""
    version = seen_version(if_match)
    with record_page.telling_what_changed(call):
        record = records.update(call.session, call.actor, f"{app}.{form}", record_id, body.values, version=version)
    return _one(call, record)


@router.delete("/{record_id}", status_code=204)
def delete_record(call: SignedIn, app: str, form: str, record_id: UUID, if_match: IfMatch = None) -> Response:
    """Put the record into the recycle bin."""
    version = seen_version(if_match)
    with record_page.telling_what_changed(call):
        records.delete(call.session, call.actor, f"{app}.{form}", record_id, version=version)
    return no_content()


@router.post("/{record_id}/restore", responses=shows(Record))
def restore_record(call: SignedIn, app: str, form: str, record_id: UUID) -> Response:
    """Take the record out of the recycle bin."""
    return _one(call, records.restore(call.session, call.actor, f"{app}.{form}", record_id))


@router.get("/{record_id}/history", responses=shows(History))
def list_history(call: SignedIn, app: str, form: str, record_id: UUID) -> Response:
    """List what happened to the record, newest first, in the fields that the reader may see."""
    return json_answer({"items": history.history(call.session, call.actor, f"{app}.{form}", record_id)})


@router.post("/{record_id}/actions/{action}", responses=shows(Record))
def press_action(
    call: SignedIn,
    app: str,
    form: str,
    record_id: UUID,
    action: str,
    if_match: IfMatch = None,
    key: IdempotencyKey = None,
) -> Response:
    """Press a button of the record."""
    version = None if if_match is None else seen_version(if_match)

    def press() -> Response:
        with record_page.telling_what_changed(call):
            pressed = actions.press(call.session, call.actor, f"{app}.{form}", record_id, action, version=version)
        return _one(call, pressed)

    return once(call, key, press)


def _refuse_wrong_ids(body: BatchInput) -> None:
    """Refuse a creation with an id, which is ours to give, and every other change without one."""
    spots = [
        Violation(pointer=pointer("changes", index, "id"), code=code, params={"field": "id"})
        for index, change in enumerate(body.changes)
        for code in ["field_is_system" if change.action == "create" else "required"]
        if (change.id is None) != (change.action == "create")
    ]
    if spots:
        raise InvalidInput(violations=spots)


def _one(call: Call, record: StoredRecord, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return json_answer(record_page.show(call, record), status, etag(record.version) | (headers or {}))
