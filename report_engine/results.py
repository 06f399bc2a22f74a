"""Rows of a report's statement as the page draws them: titles, exact numbers as text, totals in their places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine import definitions
from engine.actor import Actor
from engine.db import Session
from engine.texts import LocalizedText, localized, message
from form_engine.definition import Field
from form_engine.querying import record_titles
from form_engine.values import instant, target
from report_engine import pivot
from report_engine.definition import (
    Aggregate,
    Bucket,
    Calculation,
    Comparison,
    Dimension,
    Measure,
    Path,
    Report,
    Request,
    Share,
)
from report_engine.documents import currencies
from report_engine.querying import conditions, periods, query
from report_engine.querying.measures import FRACTION_PLACES

Json = dict[str, Any]
_Titles = Mapping[tuple[str, UUID], str]
_COUNTS = frozenset({"count", "count_distinct"})
_SHORT_FRACTION = 4
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_NAMES: tuple[LocalizedText, ...] = tuple(
    {"zh-CN": f"{number}月", "en-US": name} for number, name in enumerate(_MONTHS, start=1)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a run gives; the shapes are those of the API.

    columns   -- dimensions, then measures: `{"key", "title", "role", "type", …}`.
    rows      -- a mapping each: dimension -> `{"value", "title", "color"?}`, measure -> number as text, or None.
    subtotals -- `{"by": [dimension, …], "row": {…}}`.
    totals    -- measure -> number as text over all records, also those of groups that were cut.
    pivot     -- rows, columns and cells of a pivot; None for other drawings.
    period    -- the days that count, and those they are compared with; None without a period.
    is_cut    -- whether there are more groups than were read.
    has_totals -- whether the totals are to be shown.
    """

    columns: Sequence[Json]
    rows: Sequence[Json]
    subtotals: Sequence[Json]
    totals: Mapping[str, str | None]
    pivot: Json | None
    period: Json | None
    earlier: Json | None
    is_cut: bool
    limit: int
    has_totals: bool


def result(
    session: Session, actor: Actor, report: Report, request: Request, found: Sequence[sa.Row[Any]], most: int
) -> Result:
    """Return the statement's rows as a result. One statement for each form or platform table that titles come from."""
    sets: dict[int, list[sa.Row[Any]]] = {one.number: [] for one in query.groupings(report)}
    for row in found:
        sets[row[0]].append(row)
    is_cut = any(len(rows) > most for rows in sets.values())
    shown = _Shown(session, actor, report, [row for rows in sets.values() for row in rows[:most]])
    groupings = query.groupings(report)
    of = {one: [shown.row(row, one.places) for row in sets[one.number][:most]] for one in groupings}
    finest, whole = groupings[0], groupings[-1]
    keys = [one.key for one in report.dimensions]
    subtotals = [
        {"by": [keys[place] for place in one.places], "row": row} for one in groupings[1:-1] for row in of[one]
    ]
    totals = of[whole][0] if of[whole] else {one.key: None for one in report.measures}
    rows = of[finest]
    days = conditions.stretches(session, report, request)
    return Result(
        columns=columns(session, report, actor.language),
        rows=rows,
        subtotals=subtotals,
        totals={one.key: totals[one.key] for one in report.measures},
        pivot=pivot.matrix(report, rows, subtotals) if report.chart.columns[1] else None,
        period=_days(days[0], report) if days else None,
        earlier=_earlier(report, days),
        is_cut=is_cut,
        limit=most,
        has_totals=report.has_totals,
    )


def _days(days: periods.Stretch, report: Report | None = None) -> Json:
    shown: Json = {"from": days.first.isoformat(), "to": days.last.isoformat()}
    return shown if report is None or report.period is None else {"field": ".".join(report.period.path), **shown}


def _earlier(report: Report, days: Sequence[periods.Stretch]) -> Json | None:
    if not days:
        return None
    kinds = dict.fromkeys(one.to for one in report.comparisons)
    return {to: _days(each) for to, each in zip(kinds, days[1:], strict=True)}


# --- columns ---------------------------------------------------------------------------------------------------------


def columns(session: Session, report: Report, language: str) -> list[Json]:
    """Return what each column is, for whoever draws or writes it."""
    document = definitions.catalog(session).get("reports", report.name).document
    money = currencies.of_measures(report.form, document)
    return [*(_dimension(one, language) for one in report.dimensions)] + [
        _measure(report, one, money, language) for one in report.measures
    ]


def _dimension(one: Dimension, language: str) -> Json:
    return {
        "key": one.key,
        "title": localized(one.title, language),
        "role": "dimension",
        "type": one.type.kind.value,
        "bucket": one.bucket,
        "axis": "columns" if one.is_column else "rows",
        "field": ".".join(one.path),
    }


def _measure(report: Report, one: Measure, money: Mapping[str, str | None], language: str) -> Json:
    like = report.measure(one.of) if isinstance(one, Share | Comparison) else one
    is_fraction = isinstance(one, Share) or (isinstance(one, Comparison) and one.change == "percent")
    is_percent = is_fraction or (isinstance(like, Calculation) and like.format == "percent")
    column: Json = {
        "key": one.key,
        "title": localized(one.title, language),
        "role": "measure",
        "kind": _KINDS[type(one)],
        "type": _type(like),
        "function": one.function if isinstance(one, Aggregate) else None,
        "format": "percent" if is_percent else "number",
        "currency": None if is_percent else money.get(like.key),
        "unit": None if is_percent else _unit(like),
        "tone": one.tone or _tone_of_change(one, like),
        "scale": _SHORT_FRACTION if is_fraction else _scale(like),
        "of": None,
        "to": None,
        "as": None,
    }
    if isinstance(one, Share):
        column["of"] = one.of
    elif isinstance(one, Comparison):
        column |= {"of": one.of, "to": one.to, "as": one.change}
    return column


def _tone_of_change(one: Measure, like: Measure) -> str | None:
    """Return the tone of what a change is a change of: more of what is bad is no good news."""
    return like.tone if isinstance(one, Comparison) and one.change != "value" else None


_KINDS: Mapping[type, str] = {
    Aggregate: "aggregate",
    Calculation: "expression",
    Share: "share",
    Comparison: "comparison",
}


def _type(one: Measure) -> str:
    is_counted = not isinstance(one, Aggregate) or one.function in _COUNTS or one.type is None
    return "number" if is_counted or not isinstance(one, Aggregate) or one.type is None else one.type.kind.value


def _unit(one: Measure) -> str | None:
    if isinstance(one, Calculation):
        return one.unit
    if isinstance(one, Aggregate) and one.field is not None and one.function not in _COUNTS:
        unit = one.field.options.get("unit")
        return None if unit is None else str(unit)
    return None


def _scale(one: Measure) -> int | None:
    if isinstance(one, Calculation):
        return one.scale
    if not isinstance(one, Aggregate) or one.function in _COUNTS:
        return 0
    if one.field is None:
        return None
    kind = one.field.type.column(one.field.options)
    scale = getattr(kind, "scale", None)
    return int(scale) if scale is not None else 0 if isinstance(kind, sa.Integer) else None


# --- rows ------------------------------------------------------------------------------------------------------------


class _Shown:
    """Shows rows; knows the titles of everything that they point to."""

    def __init__(self, session: Session, actor: Actor, report: Report, rows: Sequence[sa.Row[Any]]) -> None:
        self._report = report
        self._language = actor.language
        self._first = len(report.dimensions) + 2
        self._others = message("report_others", {}, actor.language)
        self._fractions = frozenset(
            one.key for one in report.measures if isinstance(one, Share | Comparison) and _is_fraction(one)
        )
        wanted: dict[str, set[UUID]] = {}
        for place, one in enumerate(report.dimensions, start=1):
            to = points_to(one)
            if to is not None:
                wanted.setdefault(to, set()).update(row[place] for row in rows if row[place] is not None)
        self._titles = record_titles.titles(session, actor, wanted)

    def row(self, row: sa.Row[Any], places: Sequence[int]) -> Json:
        """Return a row with the dimensions at `places` and every measure."""
        report = self._report
        shown: Json = {}
        is_others = bool(row[self._first - 1])
        for place in places:
            one = report.dimensions[place]
            if is_others and report.top is not None and report.top.dimension == one.key:
                shown[one.key] = {"value": None, "title": self._others, "is_others": True}
            else:
                shown[one.key] = self._group(one, row[place + 1])
        for place, measure in enumerate(report.measures, start=self._first):
            shown[measure.key] = number(row[place], shorter=measure.key in self._fractions)
        return shown

    def _group(self, one: Dimension, value: Any) -> Json:
        """Return one group's value with its title; an empty value has an empty title, which the page names."""
        if value is None:
            return {"value": None, "title": ""}
        if isinstance(value, UUID):
            to = points_to(one)
            return {"value": str(value), "title": self._titles.get((to, value), "") if to else str(value)}
        for choice in _choices(one.field):
            if choice["value"] == value:
                title = localized(choice.get("title", value), self._language)
                return {"value": value, "title": title, "color": choice.get("color")}
        if isinstance(value, bool):
            return {"value": value, "title": ""}
        if isinstance(value, datetime):
            return {"value": instant(value), "title": instant(value)}
        if isinstance(value, date):
            return {"value": value.isoformat(), "title": span_title(value, one.bucket, self._language)}
        text = number(value)
        return {"value": text, "title": text}


def span_title(day: date, bucket: Bucket | None, language: str) -> str:
    """Return what people call the span that begins on `day`: Nov 2026, 2026年第47周; a day as 2026-11-21."""
    if bucket is None or bucket == "day":
        return day.isoformat()
    name = periods.named(day, bucket)
    params = {"year": str(name.year), "number": name.number, "month": localized(_MONTH_NAMES[day.month - 1], language)}
    return message(f"report_span_{bucket}", params, language)


def _is_fraction(one: Share | Comparison) -> bool:
    return isinstance(one, Share) or one.change == "percent"


def points_to(one: Dimension) -> str | None:
    """Return what a dimension's ids are of: a form, or a platform table; None for values."""
    if one.field is not None:
        return target(one.field)
    if one.type.record is not None:
        return {"member": "meta.user", "department": "meta.department"}.get(one.type.record.name, one.type.record.name)
    return None


def _choices(field: Field | None) -> Sequence[Mapping[str, Any]]:
    return field.options.get("options", ()) if field is not None else ()


def number(value: Any, *, shorter: bool = False) -> str | None:
    """Return a number as exact text; `shorter` leaves zeros at the end of a fraction out, down to four places."""
    if value is None:
        return None
    if isinstance(value, Decimal):
        text = format(value, "f")
        if shorter and "." in text:
            whole, _, places = text.partition(".")
            text = f"{whole}.{places[:_SHORT_FRACTION]}{places[_SHORT_FRACTION:].rstrip('0')}"
        return text
    if isinstance(value, datetime):
        return instant(value)
    return value.isoformat() if isinstance(value, date) else str(value)


__all__ = ["FRACTION_PLACES", "Path", "Result", "columns", "number", "points_to", "result"]
