"""What a reader asks of a report, as JSON: read once, refused with its place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from engine import json_schema
from engine.errors import InvalidInput, Violation, pointer
from report_engine.definition import Choice, Days, Path, Range, Request, Span
from report_engine.documents import reading

_PATH: Final = {"type": "string", "pattern": "^[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*){0,3}$"}
_DAY: Final = {"type": ["string", "null"], "format": "date"}
#: No business date lies outside, and calendars end near.
_YEARS: Final = (1000, 8999)
#: Of a period, which is compared with one before it.
_PERIOD_YEARS: Final = (1900, 2199)

RUN_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "filter": {"type": ["string", "null"], "maxLength": 4000},
        "filters": {
            "type": ["array", "null"],
            "maxItems": 20,
            "items": {
                "type": "object",
                "required": ["field"],
                "additionalProperties": False,
                "properties": {
                    "field": _PATH,
                    "in": {"type": "array", "maxItems": 500, "items": {"type": ["string", "boolean", "null"]}},
                    "from": _DAY,
                    "to": _DAY,
                },
            },
        },
        "period": {
            "type": ["object", "null"],
            "additionalProperties": False,
            "properties": {
                "from": {"type": "string", "format": "date"},
                "to": {"type": "string", "format": "date"},
                "span": {"enum": ["day", "week", "month", "quarter", "year"]},
                "count": {"type": "integer", "minimum": 1, "maximum": 400},
                "offset": {"type": "integer", "minimum": 0, "maximum": 400},
                "to_date": {"type": "boolean"},
            },
            "oneOf": [{"required": ["from", "to"], "maxProperties": 2}, {"required": ["span"]}],
        },
        "sort": {
            "type": ["array", "null"],
            "maxItems": 6,
            "items": {"type": "string", "pattern": "^-?[a-z][a-z0-9_]{0,59}$"},
        },
        "limit": {"type": ["integer", "null"], "minimum": 1, "maximum": 10000},
    },
}


def read(sent: Mapping[str, Any] | None) -> Request:
    """Return the request of a JSON object; raises `InvalidInput` with every fault."""
    if not sent:
        return Request()
    spots = json_schema.validator("report_engine.run", RUN_SCHEMA).violations(dict(sent))
    if spots:
        raise InvalidInput(violations=spots)
    sort = sent.get("sort")
    return Request(
        filter=sent.get("filter") or None,
        filters=tuple(_filter(index, entry) for index, entry in enumerate(sent.get("filters") or ())),
        period=_period(sent.get("period")),
        sort=None if sort is None else tuple(reading.order(text) for text in sort),
        limit=sent.get("limit"),
    )


def _filter(index: int, entry: Mapping[str, Any]) -> Choice | Range:
    path: Path = tuple(entry["field"].split("."))
    if ("in" in entry) == ("from" in entry or "to" in entry):
        raise InvalidInput(violations=[Violation(pointer=pointer("filters", index), code="report_filter_shape")])
    if "in" in entry:
        return Choice(path=path, values=tuple(entry["in"]))
    first, last = (_day(entry.get(name), pointer("filters", index, name)) for name in ("from", "to"))
    return Range(path=path, first=first, last=last)


def _period(entry: Mapping[str, Any] | None) -> Span | Days | None:
    if entry is None:
        return None
    if "span" in entry:
        return reading.span(entry)
    first = _day(entry["from"], "#/period/from", _PERIOD_YEARS)
    last = _day(entry["to"], "#/period/to", _PERIOD_YEARS)
    if first is None or last is None or last < first:
        raise InvalidInput(violations=[Violation(pointer="#/period/to", code="report_period_backward")])
    return Days(first=first, last=last)


def _day(text: str | None, place: str, years: tuple[int, int] = _YEARS) -> date | None:
    if text is None:
        return None
    day = date.fromisoformat(text)
    if not years[0] <= day.year <= years[1]:
        params = {"first": years[0], "last": years[1]}
        raise InvalidInput(violations=[Violation(pointer=place, code="report_day_range", params=params)])
    return day
