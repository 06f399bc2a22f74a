"""Events that nodes wait for: their check, their values, and whether what is awaited is there already.

Owns the SQL of that last question. How an event is heard and what follows is `runs.listening`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.expressions import TEXT, Expression, Kind, Type, record_of
from flow_engine.acting.querying import bound
from flow_engine.documents.planning import Planning, event_condition, own_types, selection
from flow_engine.node_type import Awaited
from flow_engine.runs.running import Running
from form_engine import forms
from form_engine.definition import Form
from form_engine.evaluating.columns import FormColumns


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPlan:
    """An awaited event.

    match    -- field -> what it must be, as the run says when it begins to wait.
    existing -- condition by which a record that is there already will do; None where none will.
    """

    awaited: Awaited
    match: Mapping[str, Expression]
    takes_existing: bool
    existing: Expression | None
    output: Type


def plan_event(planning: Planning, option: str) -> EventPlan | None:
    """Check the event at `option`: its form, the fields that must match, its condition."""
    form = planning.target(option, "form")
    if form is None:
        return None
    types = own_types(form)
    match: dict[str, Expression] = {}
    for field in planning.option(option, "match") or {}:
        expected = types.get(field)
        if expected is None or expected.kind is Kind.LIST:
            known = [key for key, one in types.items() if one.kind is not Kind.LIST]
            planning.fault(option, "match", field, code="flow_field_unknown", field=field, form=form.title, known=known)
            continue
        compiled = planning.expression(option, "match", field, expected=_expected(field, expected))
        if compiled is not None and field == "id" and compiled.type.kind not in (Kind.RECORD, Kind.TEXT):
            planning.fault(option, "match", field, code="flow_no_record_type", found=str(compiled.type))
        elif compiled is not None:
            match[field] = compiled
            planning.notes.references.append(("forms", form.name, field, planning.pointer(option, "match", field)))
    when, existing, takes_existing = None, None, bool(planning.option(option, "existing"))
    if (text := planning.option(option, "when")) is not None:
        at, origin = planning.pointer(option, "when"), f"await:{planning.node.key}"
        when = event_condition(planning.notes, form, str(text), at=at, origin=origin)
        if takes_existing:
            existing = selection(planning.notes, form, str(text), at=at)
    on = frozenset(planning.option(option, "on"))
    awaited = Awaited(form=form.name, on=on, fields=tuple(sorted(match)), when=when)
    return EventPlan(
        awaited=awaited,
        match=match,
        takes_existing=takes_existing,
        existing=existing,
        output=record_of(form.record_type),
    )


def _expected(field: str, type_: Type) -> Type | None:
    """Return what a field must be compared with; an id is meant by a record as well as by its text."""
    return None if field == "id" and type_ == TEXT else type_


def event_values(running: Running, plan: EventPlan) -> dict[str, Any]:
    """Return what the fields of the awaited event must be; an empty value stands as None."""
    return {field: running.evaluate(one) for field, one in plan.match.items()}


def find_existing(running: Running, plan: EventPlan, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the oldest record that matches now, as later expressions see it; None where there is none."""
    session = running.session
    form = forms.get(session, plan.awaited.form)
    columns = FormColumns(session=session, form=form)
    conditions: list[sa.ColumnElement[bool]] = [form.table.c.deleted_at.is_(None)]
    conditions += [_is(form, columns, field, value) for field, value in values.items()]
    if plan.existing is not None:
        conditions.append(plan.existing.to_sql(columns, now=session.now, zone=session.time_zone))
    query = sa.select(form.table.c.id).where(*conditions).order_by(form.table.c.id).limit(1)
    found = session.execute(query).scalar_one_or_none()
    return None if found is None else next(iter(running.load(form, [found])), None)


def _is(form: Form, columns: FormColumns, field: str, value: Any) -> sa.ColumnElement[bool]:
    if field == "id":
        given = value.get("id") if isinstance(value, Mapping) else value
        try:
            return form.table.c.id == UUID(str(given))
        except ValueError:
            return sa.false()
    type_ = own_types(form)[field]
    return columns.column((field,), type_) == bound(value, type_)
