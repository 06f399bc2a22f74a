"""A run that waits, as JSON in its row, and back: values by their types, records by their ids.

A record that stands behind a value is kept as its id and read again when the run goes on: people change records while a
flow waits. Rows of a sub-table and other values without an identity of their own are kept as they were.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from engine import definitions
from engine.db import Session
from engine.expressions import DATE, DATETIME, NUMBER, Kind, Type
from flow_engine.definition import Flow
from flow_engine.documents.json_types import JSON_RECORD
from flow_engine.state import Instance, InstanceStatus, Loop, Token
from form_engine.evaluating import loading
from form_engine.field_type import DEPARTMENTS, USERS

#: What expressions call the platform's own record types, and what `loading` calls them.
_PLATFORM = {"member": USERS, "department": DEPARTMENTS, USERS: USERS, DEPARTMENTS: DEPARTMENTS}


def encode(value: Any, type_: Type | None) -> Any:
    """Return `value` as JSON."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (list, tuple)):
        item = type_.item if type_ is not None else None
        return [encode(one, item) for one in value]
    if isinstance(value, Mapping):
        record = type_.record if type_ is not None else None
        if record is not None and _has_identity(record.name) and value.get("id") is not None:
            return {"id": str(value["id"])}
        return {key: encode(one, record.member(key) if record is not None else None) for key, one in value.items()}
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, (datetime, date)) else str(value)


def _has_identity(name: str) -> bool:
    """Whether records of this type stand in a table of their own; a sub-table's rows are called `app.form.field`."""
    return name in _PLATFORM or name.count(".") == 1


def decode(value: Any, type_: Type | None) -> Any:
    """Return the value that `encode` made JSON of; records have their ids alone until `refill`."""
    if value is None or type_ is None:
        return value
    if type_.kind is Kind.LIST:
        return [decode(one, type_.item) for one in value]
    if type_.record is not None and isinstance(value, Mapping):
        decoded = {key: decode(one, type_.record.member(key)) for key, one in value.items()}
        return {**decoded, "id": _id(value["id"])} if "id" in value and type_.record.name != JSON_RECORD else decoded
    if type_ == NUMBER:
        return Decimal(value)
    if type_ == DATETIME:
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if type_ == DATE else value


def _id(value: Any) -> Any:
    try:
        return UUID(value)
    except (TypeError, ValueError, AttributeError):
        return value


def refill(session: Session, type_: Type | None, values: Sequence[Any], tree: Mapping[str, Any]) -> None:
    """Fetch into `values` (mappings of one type) what `tree` reaches: one statement a record type and level."""
    present = [value for value in values if value is not None]
    if type_ is None or not present or not tree:
        return
    if type_.kind is Kind.LIST:
        refill(session, type_.item, [one for value in present for one in value], tree)
        return
    record = type_.record
    if record is None:
        return
    name = _PLATFORM.get(record.name, record.name)
    is_form = definitions.catalog(session).find("forms", name) is not None
    if is_form or name in _PLATFORM:
        shells = [value for value in present if value.get("id") is not None]
        found = loading.members(session, name, sorted({shell["id"] for shell in shells}), tree) if shells else {}
        for shell in shells:
            shell.update(found.get(shell["id"], {}))
        return
    for key, below in tree.items():
        refill(session, record.member(key), [value.get(key) for value in present], below)


def state_json(flow: Flow, instance: Instance, old: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what a run that goes on later needs, tokens and status aside."""
    return {
        "values": {key: encode(value, flow.outputs.get(key)) for key, value in instance.values.items()},
        "loops": {
            key: {"index": loop.index, "items": [encode(one, flow.items.get(key)) for one in loop.items]}
            for key, loop in instance.loops.items()
        },
        "joins": dict(instance.joins),
        "last_number": instance.last_number,
        # Nearly no run has any.
        **({"origins": sorted(instance.origins.items())} if instance.origins else {}),
        "old": None if old is None else {key: encode(value, None) for key, value in old.items()},
    }


def instance_from(
    session: Session, flow: Flow, status: str, state: Mapping[str, Any], tokens: Sequence[Token]
) -> Instance:
    """Return the instance that `state_json` made JSON of, its records read again."""
    values = {key: decode(value, flow.outputs.get(key)) for key, value in state["values"].items()}
    loops = {}
    for key, loop in state["loops"].items():
        items = [decode(one, flow.items.get(key)) for one in loop["items"]]
        refill(session, flow.items.get(key), items, flow.trees.get(f"item:{key}", {}))
        loops[key] = Loop(items=tuple(items), index=loop["index"])
    for key, value in values.items():
        refill(session, flow.outputs.get(key), [value], flow.trees.get(key, {}))
    return Instance(
        status=InstanceStatus(status),
        tokens=tuple(tokens),
        loops=loops,
        joins=state["joins"],
        values=values,
        last_number=state["last_number"],
        origins=dict(state.get("origins", ())),
    )


def old_from(flow: Flow, state: Mapping[str, Any], record_type: Type | None) -> dict[str, Any] | None:
    """Return the record as it was before the change that started the run."""
    kept = state.get("old")
    if kept is None or record_type is None or record_type.record is None or "old" not in flow.trees:
        return None
    return {key: decode(value, record_type.record.member(key)) for key, value in kept.items()}
