"""Runs a report for a reader: rights, limits, and rows as the page draws them.

Owns the result's shape, the refusal of fields that the reader may not see, the time limit, and the order of options.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine import permissions
from engine.actor import Actor
from engine.db import Session
from engine.errors import InvalidInput, NotAllowed, NotFound, Violation
from engine.texts import LocalizedText, localized
from form_engine import forms
from form_engine.definition import Field, Form
from form_engine.querying import record_titles
from form_engine.values import target
from report_engine import query
from report_engine.definition import Dimension, Measure, Report

#: A report that needs longer is stopped and says so.
TIMEOUT_SECONDS = 20
#: SQLSTATE of a statement that ran into its time limit.
_QUERY_CANCELED = "57014"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a run gives.

    columns      -- dimensions, then measures: `{"key", "title", "role", "type", "currency"?, "scale"?, "bucket"?}`.
    rows         -- a mapping each: dimension -> `{"value", "title", "color"?}`, measure -> number as text, or None.
    totals       -- measure -> number as text over all records, also those of groups that were cut.
    is_truncated -- whether there are more groups than were read.
    """

    columns: Sequence[Mapping[str, Any]]
    rows: Sequence[Mapping[str, Any]]
    totals: Mapping[str, str | None]
    is_truncated: bool


def run(session: Session, actor: Actor, report: Report, condition: str | None = None) -> Result:
    """Return the report's rows as `actor` may see them; `condition` narrows them further.

    Two statements (rows, totals), one more for each form or platform table that titles come from.
    Raises `NotAllowed` naming fields the reader may not see, `InvalidInput` for a condition that cannot be or a run
    that takes too long.
    """
    _require_readable(session, actor, report)
    session.execute(sa.text(f"SET LOCAL statement_timeout = '{TIMEOUT_SECONDS}s'"))
    try:
        found = session.execute(query.grouped(session, actor, report, condition)).fetchall()
        totals = session.execute(query.totals(session, actor, report, condition)).one()
    except sa.exc.DBAPIError as error:
        if getattr(error.orig, "pgcode", None) == _QUERY_CANCELED:
            spot = Violation(pointer="#", code="report_too_slow", params={"seconds": TIMEOUT_SECONDS})
            raise InvalidInput(violations=[spot]) from error
        raise
    session.execute(sa.text("SET LOCAL statement_timeout = DEFAULT"))
    most = query.limit(report)
    rows = _ordered(report, found[:most])
    titles = _titles(session, actor, report, rows)
    return Result(
        columns=_columns(report, actor.language),
        rows=[_row(report, row, titles, actor.language) for row in rows],
        totals={each.key: _number(value) for each, value in zip(report.measures, totals, strict=True)},
        is_truncated=len(found) > most,
    )


def _require_readable(session: Session, actor: Actor, report: Report) -> None:
    """Refuse a report over fields hidden from the reader, or masked, here or along a relation: silence would mislead."""
    permissions.require(permissions.grant(session, actor, report.form.name), "view")
    closed = closed_fields(session, actor, report)
    if closed:
        raise NotAllowed("report_fields_closed", fields=closed)


def closed_fields(session: Session, actor: Actor, report: Report) -> list[LocalizedText]:
    """Return the titles of the dimensions and measures that stand on fields the reader may not see."""
    parts: list[Dimension | Measure] = [*report.dimensions, *report.measures]
    return [part.title for part in parts if part.path and not _is_readable(session, actor, report.form, part.path)]


def _is_readable(session: Session, actor: Actor, form: Form, path: Sequence[str]) -> bool:
    granted = permissions.grant(session, actor, form.name)
    if not granted.may("view") or granted.fields.get(path[0]) in {"hidden", "masked"}:
        return False
    if len(path) == 1:
        return True
    field = form.fields.get(path[0])
    to = target(field) if field is not None else None
    if to is None or to.startswith("meta."):
        return True
    try:
        return _is_readable(session, actor, forms.get(session, to), path[1:])
    except NotFound:
        return False


def _ordered(report: Report, rows: Sequence[sa.Row[Any]]) -> list[sa.Row[Any]]:
    """Without a sort of its own, a report follows the order in which options were defined (stages, states)."""
    if report.sort:
        return list(rows)
    ranks = [_ranks(each.field) for each in report.dimensions]
    return sorted(
        rows, key=lambda row: tuple(rank.get(row[place], len(rank)) if rank else 0 for place, rank in enumerate(ranks))
    )


def _choices(field: Field | None) -> Sequence[Mapping[str, Any]]:
    return field.options.get("options", ()) if field is not None else ()


def _ranks(field: Field | None) -> dict[Any, int]:
    return {choice["value"]: rank for rank, choice in enumerate(_choices(field))}


def _titles(
    session: Session, actor: Actor, report: Report, rows: Sequence[sa.Row[Any]]
) -> Mapping[tuple[str, UUID], str]:
    wanted: dict[str, set[UUID]] = {}
    for place, dimension in enumerate(report.dimensions):
        to = _points_to(dimension)
        if to is not None:
            wanted.setdefault(to, set()).update(row[place] for row in rows if row[place] is not None)
    return record_titles.titles(session, actor, wanted)


def _points_to(dimension: Dimension) -> str | None:
    if dimension.field is not None:
        return target(dimension.field)
    return dimension.type.record.name if dimension.type.record is not None else None


def _columns(report: Report, language: str) -> list[dict[str, Any]]:
    columns: list[dict[str, Any]] = []
    for dimension in report.dimensions:
        column = {"key": dimension.key, "title": localized(dimension.title, language), "role": "dimension"}
        columns.append(column | {"type": dimension.type.kind.value, "bucket": dimension.bucket})
    for measure in report.measures:
        options = measure.field.options if measure.field is not None else {}
        counts = measure.function in {"count", "count_distinct"}
        column = {"key": measure.key, "title": localized(measure.title, language), "role": "measure"}
        columns.append(
            column
            | {
                "type": "number" if measure.type is None or counts else measure.type.kind.value,
                "function": measure.function,
                "currency": None if counts else options.get("currency"),
                "scale": 0 if counts else options.get("scale"),
            }
        )
    return columns


def _row(
    report: Report, row: sa.Row[Any], titles: Mapping[tuple[str, UUID], str], language: str
) -> dict[str, dict[str, Any] | str | None]:
    result: dict[str, dict[str, Any] | str | None] = {}
    for place, dimension in enumerate(report.dimensions):
        result[dimension.key] = _group(dimension, row[place], titles, language)
    for place, measure in enumerate(report.measures, len(report.dimensions)):
        result[measure.key] = _number(row[place])
    return result


def _group(dimension: Dimension, value: Any, titles: Mapping[tuple[str, UUID], str], language: str) -> dict[str, Any]:
    """Return one group's value as JSON with its title; an empty value has an empty title, which the page names."""
    if value is None:
        return {"value": None, "title": ""}
    if isinstance(value, UUID):
        to = _points_to(dimension)
        return {"value": str(value), "title": titles.get((to, value), "") if to else str(value)}
    for choice in _choices(dimension.field):
        if choice["value"] == value:
            title = localized(choice.get("title", value), language)
            return {"value": value, "title": title, "color": choice.get("color")}
    if isinstance(value, bool):
        return {"value": value, "title": ""}
    text = _number(value)
    return {"value": text, "title": _bucket(dimension, value) or text}


def _bucket(dimension: Dimension, value: Any) -> str:
    if not isinstance(value, date):
        return ""
    if dimension.bucket == "quarter":
        return f"{value.year}-Q{(value.month + 2) // 3}"
    formats = {"month": "%Y-%m", "year": "%Y"}
    return value.strftime(formats.get(dimension.bucket or "", "%Y-%m-%d"))


def _number(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)
