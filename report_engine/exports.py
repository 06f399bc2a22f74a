"""Reports as sheets: real numbers and dates, spans as texts that sort, a pivot as a matrix, totals in the last line.

Whoever may run a report may have it as a sheet: it holds what the page shows. Texts that a spreadsheet would take for
formulas are made harmless by the same writer as those of records.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from engine import events
from engine.actor import Actor
from engine.db import Session
from engine.texts import message
from form_engine.exchange import sheets
from form_engine.exchange.cells import Raw
from form_engine.exchange.sheets import Format
from report_engine import run
from report_engine.definition import Report, Request
from report_engine.querying import periods
from report_engine.results import Result

Json = Mapping[str, Any]
_EXACT_DATES = (None, "day")


def export(session: Session, actor: Actor, report: Report, request: Request, kind: Format, path: Path) -> int:
    """Write the report into a sheet at `path`; return how many lines of groups. Writes a line to the audit trail.

    Raises what a run raises. A report of more groups than a sheet gets says so in its last line.
    """
    result = run.run_whole(session, actor, report, request)
    zone = ZoneInfo(session.time_zone)
    count = 0
    with sheets.written(path, kind) as writer:
        lines = (
            _matrix(result, actor.language, zone) if result.pivot is not None else _list(result, actor.language, zone)
        )
        for line in lines:
            writer.row(line, is_header=count == 0)
            count += 1
        if result.is_cut:
            writer.row([message("report_cut", {"limit": result.limit}, actor.language)])
    events.note(session, actor, "meta.report", "export", after={"report": report.name, "format": kind, "lines": count})
    return count


def _list(result: Result, language: str, zone: ZoneInfo) -> Iterator[list[Raw]]:
    columns = result.columns
    yield [column["title"] for column in columns]
    for row in result.rows:
        yield [_cell(row[column["key"]], column, language, zone) for column in columns]
    dimensions = [column for column in columns if column["role"] == "dimension"]
    if dimensions and result.has_totals:
        first = message("report_total", {}, language)
        heads: list[Raw] = [first, *("" for _ in dimensions[1:])]
        yield heads + [_number(result.totals[column["key"]], column) for column in columns[len(dimensions) :]]


def _matrix(result: Result, language: str, zone: ZoneInfo) -> Iterator[list[Raw]]:
    pivot = result.pivot or {}
    rows = [column for column in result.columns if column["role"] == "dimension" and column["axis"] == "rows"]
    measures = [column for column in result.columns if column["role"] == "measure"]
    total = message("report_total", {}, language)
    above = [column for column in result.columns if column["role"] == "dimension" and column["axis"] == "columns"]
    tops = [
        " / ".join(_text(group, column, language) for group, column in zip(groups, above, strict=True))
        for groups in pivot["columns"]
    ]
    yield [column["title"] for column in rows] + [
        f"{top} {measure['title']}" if len(measures) > 1 else top for top in (*tops, total) for measure in measures
    ]
    for groups, cells, totals in zip(pivot["rows"], pivot["cells"], pivot["row_totals"], strict=True):
        line = [_cell(group, column, language, zone) for group, column in zip(groups, rows, strict=True)]
        yield line + list(_numbers([*cells, totals], measures))
    heads: list[Raw] = [total, *("" for _ in rows[1:])]
    yield heads + list(_numbers([*pivot["column_totals"], result.totals], measures))


def _numbers(cells: Sequence[Json | None], measures: Sequence[Json]) -> Iterator[Raw]:
    for cell in cells:
        for measure in measures:
            yield None if cell is None else _number(cell[measure["key"]], measure)


def _cell(value: Any, column: Json, language: str, zone: ZoneInfo) -> Raw:
    if column["role"] == "measure":
        return _number(value, column)
    if value["value"] is not None and not value.get("is_others"):
        if column["type"] in {"date", "datetime"} and column["bucket"] in _EXACT_DATES:
            return _moment(value["value"], zone)
        if column["type"] == "number":
            return Decimal(value["value"])
    return _text(value, column, language)


def _text(group: Json, column: Json, language: str) -> str:
    value = group["value"]
    if value is not None and column["bucket"] is not None:
        return periods.code(date.fromisoformat(value), column["bucket"])
    if isinstance(value, bool):
        return message("report_yes" if value else "report_no", {}, language)
    if value is None and not group.get("is_others"):
        return message("report_empty", {}, language)
    return str(group["title"])


def _number(text: str | None, column: Json) -> Raw:
    if text is None:
        return None
    return Decimal(text) if column["type"] == "number" else _moment(text, None)


def _moment(text: str, zone: ZoneInfo | None) -> Raw:
    if len(text) == len("2026-11-21"):
        return date.fromisoformat(text)
    at = datetime.fromisoformat(text)
    return at.astimezone(zone or UTC).replace(tzinfo=None, microsecond=0)
