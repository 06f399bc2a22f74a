"""A report computed in plain Python, independent of SQL: what the statement is compared with.

Deliberately slow and obvious: every group looks at every row again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

Row = Mapping[str, Any]
Group = tuple[Any, ...]


def bucket(day: date | None, span: str | None) -> date | None:
    if day is None or span is None:
        return day
    starts = {
        "day": day,
        "week": day - timedelta(days=day.weekday()),
        "month": day.replace(day=1),
        "quarter": day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
        "year": day.replace(month=1, day=1),
    }
    return starts[span]


def rounded(value: Fraction | None, places: int) -> Decimal | None:
    """Return the value at so many places, half away from zero, exactly."""
    if value is None:
        return None
    scaled = abs(value) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    found = Decimal(whole).scaleb(-places)
    return (-found if value < 0 else found).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def exact(value: Any) -> Fraction | None:
    return None if value is None else Fraction(value)


def spans(days: Sequence[date], span: str) -> list[date]:
    """Return the first day of every span from the first of `days` to the last."""
    found = [min(days)]
    while found[-1] < max(days):
        later = found[-1] + timedelta(days={"day": 1, "week": 7, "month": 31, "quarter": 93, "year": 366}[span])
        found.append(bucket(later, span) or later)
    return found


def aggregate(entry: Mapping[str, Any], rows: Sequence[Row]) -> Fraction | None:
    """Return an aggregate over rows; a value of the order counts once an order."""
    kept = [row for row in rows if "only" not in entry or row["status"] == entry["only"]]
    path = entry.get("field")
    if path is None:
        return Fraction(len({row["id"] for row in kept}))
    if path.startswith("lines"):
        values = [row[path] for row in kept if row["line"] is not None]
    else:
        values = list({row["id"]: row[path] for row in kept}.values())
    values = [value for value in values if value is not None]
    match entry["function"]:
        case "count":
            return Fraction(len(values))
        case "count_distinct":
            return Fraction(len(set(values)))
    if not values:
        return None
    match entry["function"]:
        case "sum":
            return sum((Fraction(value) for value in values), Fraction(0))
        case "average":
            return exact(rounded(sum((Fraction(value) for value in values), Fraction(0)) / len(values), 6))
        case "min":
            return Fraction(min(values))
    return Fraction(max(values))


def measured(
    document: Mapping[str, Any], rows: Sequence[Row], everything: Sequence[Row], *, is_whole: bool = False
) -> dict[str, Decimal | None]:
    """Return the measures of a group; where gaps are filled, a sum of nothing is 0."""
    found: dict[str, Fraction | None] = {}
    whole: dict[str, Fraction | None] = {}
    for entry in document["measures"]:
        if "function" in entry:
            found[entry["key"]] = aggregate(entry, rows)
            if is_whole and entry["function"] == "sum":
                found[entry["key"]] = found[entry["key"]] or Fraction(0)
            whole[entry["key"]] = aggregate(entry, everything)
    for entry in document["measures"]:
        if "divided" in entry:
            top, bottom = (found[key] for key in entry["divided"])
            ratio = None if top is None or not bottom else top / bottom
            found[entry["key"]] = exact(rounded(ratio, entry["scale"]))
        elif "share_of" in entry:
            part, all_of_it = found[entry["share_of"]], whole[entry["share_of"]]
            share = None if part is None or not all_of_it else part / all_of_it
            found[entry["key"]] = exact(rounded(share, 6))
    return {key: rounded(value, 12) for key, value in found.items()}


def grouped(document: Mapping[str, Any], rows: Sequence[Row]) -> dict[Group, dict[str, Decimal | None]]:
    """Return every group with its measures, and the total under the empty group `()`."""
    kept = [row for row in rows if "status_is" not in document or row["status"] == document["status_is"]]
    key: Callable[[Row], Group] = lambda row: tuple(  # noqa: E731 - passed on
        bucket(row[one["field"]], one["bucket"]) if "bucket" in one else row[one["field"]]
        for one in document["dimensions"]
    )
    groups = {key(row) for row in kept} if document["dimensions"] else set()
    whole = next((place for place, one in enumerate(document["dimensions"]) if one.get("gaps") == "fill"), None)
    if whole is not None:
        groups |= without_gaps(groups, whole, document["dimensions"][whole]["bucket"])
    found = {
        group: measured(document, [row for row in kept if key(row) == group], kept, is_whole=whole is not None)
        for group in groups
    }
    return found | {(): measured(document, kept, kept)}


def without_gaps(groups: set[Group], place: int, span: str) -> set[Group]:
    """Return each span beside each group of the other dimensions."""
    days = [group[place] for group in groups if group[place] is not None]
    if not days:
        return set()
    rest = {(group[:place], group[place + 1 :]) for group in groups}
    return {(*before, day, *after) for day in spans(days, span) for before, after in rest}


def joined(orders: Iterable[Mapping[str, Any]], *, keeps_all: bool) -> list[Row]:
    """Return orders with each of their lines beside them; one without lines once, where it is kept."""
    rows: list[Row] = []
    for order in orders:
        rows += [
            {**order, "line": line["id"], **{f"lines.{name}": value for name, value in line.items()}}
            for line in order["lines"]
        ]
        if not order["lines"] and keeps_all:
            rows.append({**order, "line": None, "lines.product": None, "lines.amount": None, "lines.quantity": None})
    return rows
