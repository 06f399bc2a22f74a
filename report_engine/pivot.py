"""A pivot's groups as a matrix: rows × columns, measures in the cells, totals at both ends. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from report_engine.definition import Report

Json = dict[str, Any]
Key = tuple[tuple[Any, bool], ...]


def matrix(report: Report, rows: Sequence[Json], subtotals: Sequence[Json]) -> Json:
    """Return `{"rows", "columns", "cells", "row_totals", "column_totals"}`.

    Rows stand in the order of their totals (sorted by the report), columns in the order of theirs. A cell without
    records is None. Groups that were cut have no row.
    """
    measures = [one.key for one in report.measures]
    before = [one.key for one in report.dimensions if not one.is_column]
    above = [one.key for one in report.dimensions if one.is_column]
    is_whole = {one.is_column for one in report.dimensions if one.is_whole}
    row_sets, row_totals = _heads(before, rows, subtotals, measures, is_whole=False in is_whole)
    column_sets, column_totals = _heads(above, rows, subtotals, measures, is_whole=True in is_whole)
    places = {_key(groups): place for place, groups in enumerate(row_sets)}
    across = {_key(groups): place for place, groups in enumerate(column_sets)}
    cells: list[list[Json | None]] = [[None] * len(column_sets) for _ in row_sets]
    for row in rows:
        line = places[_key([row[key] for key in before])]
        column = across[_key([row[key] for key in above])]
        cells[line][column] = {key: row[key] for key in measures}
    return {
        "rows": row_sets,
        "columns": column_sets,
        "cells": cells,
        "row_totals": row_totals,
        "column_totals": column_totals,
    }


def _heads(
    keys: Sequence[str], rows: Sequence[Json], subtotals: Sequence[Json], measures: Sequence[str], *, is_whole: bool
) -> tuple[list[list[Json]], list[Json]]:
    """Return the groups along one side with their totals: those of the cells that are there, in the totals' order.

    is_whole -- those without any cell, too: spans in which nothing was.
    """
    shown = {_key([row[key] for key in keys]) for row in rows}
    found: list[list[Json]] = []
    totals: list[Json] = []
    for subtotal in subtotals:
        if subtotal["by"] != list(keys):
            continue
        groups = [subtotal["row"][key] for key in keys]
        if is_whole or _key(groups) in shown:
            shown.discard(_key(groups))
            found.append(groups)
            totals.append({key: subtotal["row"][key] for key in measures})
    for row in rows:  # a side of which the totals were cut
        groups = [row[key] for key in keys]
        if _key(groups) in shown:
            shown.discard(_key(groups))
            found.append(groups)
            totals.append(dict.fromkeys(measures))
    return found, totals


def _key(groups: Sequence[Mapping[str, Any]]) -> Key:
    return tuple((group["value"], bool(group.get("is_others"))) for group in groups)
