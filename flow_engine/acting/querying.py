"""Queries of nodes: filter, order and totals of a form or a balance as SQL, with the flow's values bound in.

Owns the SQL that flows read records with. Record rights do not narrow it: a published flow has one truth, whoever set
it off; deleted records are never found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine.db import Session
from engine.expressions import (
    BOOLEAN,
    NUMBER,
    Columns,
    Expression,
    Kind,
    Members,
    NotTranslatable,
    Type,
    record_of,
)
from engine.expressions.sql import constant
from flow_engine.acting.locking import hold, plan_hold
from flow_engine.documents.planning import Planning
from flow_engine.node_type import Hold
from flow_engine.runs.running import Running
from form_engine.definition import Form
from form_engine.evaluating import loading
from form_engine.evaluating.columns import FormColumns

Element = sa.ColumnElement[Any]

_AGGREGATE = re.compile(r"\s*(SUM|COUNT|MIN|MAX|AVERAGE)\s*\((.*)\)\s*", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """One aggregate over the found rows; `of` is None for a plain count."""

    function: str
    of: Expression | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryPlan:
    """A query, planned; a balance is queried by its face as a form.

    sort -- (field, descending).
    hold -- the row that a locking query of a balance means, where its filter fixes every dimension.
    """

    source: Form
    filter: Expression | None
    sort: tuple[tuple[str, bool], ...]
    aggregates: Mapping[str, Total]
    lock: bool
    hold: Hold | None


def plan_query(planning: Planning, source: Form) -> tuple[QueryPlan, Type | None]:
    """Type the node's filter, sort and aggregates; the second result is the type of the totals, None without any."""
    members = source.record_type
    own = {key: found for key in members.members() if (found := members.member(key)) is not None}
    condition = None
    if planning.option("filter") is not None:
        condition = planning.expression("filter", expected=BOOLEAN, more=own)
        _check_sql(planning, source, condition, "filter")
    totals: dict[str, Total] = {}
    types: dict[str, Type] = {}
    for key, text in (planning.option("aggregates") or {}).items():
        total = _total(planning, source, key, str(text), own)
        if total is not None:
            totals[key] = total
            is_count = total.of is None or total.function in ("COUNT", "SUM", "AVERAGE")
            types[key] = NUMBER if is_count or total.of is None else total.of.type
    plan = QueryPlan(
        source=source,
        filter=condition,
        sort=tuple(_sort(planning, own)),
        aggregates=totals,
        lock=bool(planning.option("lock")),
        hold=plan_hold(planning, source.name, condition.text)
        if condition is not None and _is_held(planning, source)
        else None,
    )
    return plan, record_of(Members("totals", types)) if planning.option("aggregates") else None


def _is_held(planning: Planning, source: Form) -> bool:
    return bool(planning.option("lock")) and _is_balance(source)


def _is_balance(source: Form) -> bool:
    """Return whether the source is a balance: its table has no recycle bin."""
    return "deleted_at" not in source.table.c


def _total(planning: Planning, source: Form, key: str, text: str, own: Mapping[str, Type]) -> Total | None:
    found = _AGGREGATE.fullmatch(text)
    if found is None:
        planning.fault("aggregates", key, code="flow_aggregate_unknown", text=text)
        return None
    function, inner = found[1].upper(), found[2]
    if function == "COUNT" and not inner.strip():
        return Total(function=function, of=None)
    expected = NUMBER if function in ("SUM", "AVERAGE") else None
    of = planning.compile(inner, "aggregates", key, expected=expected, more=own)
    _check_sql(planning, source, of, "aggregates", key)
    return None if of is None else Total(function=function, of=of)


def _sort(planning: Planning, own: Mapping[str, Type]) -> list[tuple[str, bool]]:
    order = []
    for part in str(planning.option("sort") or "").split(","):
        key = part.removeprefix("-")
        if key and (key not in own or own[key].kind is Kind.LIST):
            planning.fault("sort", code="flow_sort_unknown", field=key, known=list(own))
        elif key:
            order.append((key, part.startswith("-")))
    return order


def _check_sql(planning: Planning, source: Form, expression: Expression | None, *path: str | int) -> None:
    """Note now what would fail at the first run: an expression that has no SQL."""
    if expression is None:
        return
    empty = dict.fromkeys(planning.names)
    try:
        expression.to_sql(
            _columns(planning.notes.session, source, empty), now=datetime(2000, 1, 1, tzinfo=UTC), zone="UTC"
        )
    except NotTranslatable as error:
        planning.fault(*path, code=error.code, **error.params)


@dataclass(frozen=True, slots=True, kw_only=True)
class _FlowColumns:
    """The queried source's columns, and every name of the flow as a bound value."""

    source: Columns
    values: Mapping[str, object]

    def column(self, path: tuple[str, ...], type: Type) -> Element:
        if path[0] not in self.values:
            return self.source.column(path, type)
        value: Any = self.values[path[0]]
        for key in path[1:]:
            value = value.get(key) if isinstance(value, Mapping) else None
        return bound(value, type)

    def rows(self, path: tuple[str, ...], select: Callable[[Columns], Element]) -> Element:
        if path[0] in self.values:
            raise NotTranslatable("expression_not_translatable")
        return self.source.rows(path, select)


def bound(value: Any, type: Type) -> Element:
    """Return a value of an expression as one that is bound into a statement; a record stands for its id."""
    if type.kind is Kind.LIST:
        raise NotTranslatable("expression_not_translatable")
    if isinstance(value, Mapping):
        value = value.get("id")
    if type.kind is Kind.RECORD and isinstance(value, str):
        value = UUID(value)
    if type.kind is Kind.TEXT and isinstance(value, UUID):
        value = str(value)
    return constant(value, type)


def _columns(session: Session, source: Form, values: Mapping[str, object]) -> Columns:
    return _FlowColumns(source=FormColumns(session=session, form=source), values=values)


def _condition(running: Running, plan: QueryPlan, columns: Columns) -> Element:
    table = plan.source.table
    living = sa.true() if _is_balance(plan.source) else table.c.deleted_at.is_(None)
    if plan.filter is None:
        return living
    return sa.and_(living, plan.filter.to_sql(columns, now=running.session.now, zone=running.session.time_zone))


def aggregate(running: Running, plan: QueryPlan) -> dict[str, Any]:
    """Return the totals over the matching rows; a sum or count of nothing is 0, anything else is empty."""
    columns = _columns(running.session, plan.source, running.names)
    now = running.session.now
    operands = {
        key: sa.literal(1) if total.of is None else total.of.to_sql(columns, now=now, zone=running.session.time_zone)
        for key, total in plan.aggregates.items()
    }
    if plan.hold is not None:
        hold(running, plan.hold)
    rows = sa.select(*(operand.label(f"_{key}") for key, operand in operands.items())).select_from(plan.source.table)
    rows = rows.where(_condition(running, plan, columns))
    if plan.lock:
        rows = rows.order_by(plan.source.table.c.id).with_for_update(of=plan.source.table)
    inner = rows.subquery()
    selected = [_AGGREGATES[total.function](inner.c[f"_{key}"]).label(key) for key, total in plan.aggregates.items()]
    found = running.session.execute(sa.select(*selected)).mappings().one()
    return {key: Decimal(value) if isinstance(value, int) else value for key, value in found.items()}


_AGGREGATES: Mapping[str, Callable[[Element], Element]] = {
    "SUM": lambda column: sa.func.coalesce(sa.func.sum(column), 0),
    "COUNT": sa.func.count,
    "MIN": sa.func.min,
    "MAX": sa.func.max,
    "AVERAGE": sa.func.avg,
}


def find(running: Running, plan: QueryPlan, limit: int) -> list[dict[str, Any]]:
    """Return the matching records (or rows of the balance) as expressions see them."""
    columns = _columns(running.session, plan.source, running.names)
    if plan.hold is not None:
        hold(running, plan.hold)
    condition = _condition(running, plan, columns)
    order = [_ordered(plan.source, key, is_descending) for key, is_descending in plan.sort]
    table = plan.source.table
    is_balance = _is_balance(plan.source)
    query = sa.select(table if is_balance else table.c.id).where(condition).order_by(*order, table.c.id).limit(limit)
    if plan.lock:
        query = query.with_for_update(of=table)
    rows = running.session.execute(query).mappings().all()
    if not is_balance:
        return running.load(plan.source, [row["id"] for row in rows])
    items = [
        {key: loading.value(field, row[field.column]) for key, field in plan.source.fields.items()} for row in rows
    ]
    running.attach(plan.source, items)
    return items


def select_ids(session: Session, form: Form, condition: Expression | None, *, limit: int) -> list[UUID]:
    """Return the ids of the living records that a condition over their fields selects, oldest first, at most `limit`."""
    columns = FormColumns(session=session, form=form)
    query = sa.select(form.table.c.id).where(form.table.c.deleted_at.is_(None)).order_by(form.table.c.id).limit(limit)
    if condition is not None:
        query = query.where(condition.to_sql(columns, now=session.now, zone=session.time_zone))
    return list(session.execute(query).scalars())


def _ordered(source: Form, key: str, is_descending: bool) -> Element:  # noqa: FBT001 - private, two callers
    field = source.fields.get(key)
    column = source.table.c[field.column if field is not None else key]
    return column.desc().nulls_last() if is_descending else column.asc().nulls_last()
