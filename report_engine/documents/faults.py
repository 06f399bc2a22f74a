"""Everything that is wrong with a report's document, each fault at its place in it.

Owns the checks before publication. They are asked again when a report is compiled, because a form may have changed
under it since; then the report says so instead of running.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine import catalog as catalogs
from engine import expressions, json_schema
from engine.db import Session
from engine.errors import NotFound, Violation, pointer
from engine.expressions import BOOLEAN, NUMBER, ExpressionError, Kind, Scope
from form_engine import forms
from form_engine.balancing import balance
from form_engine.definition import Form
from report_engine.chart_type import CHART_TYPES
from report_engine.definition import Path
from report_engine.documents import currencies
from report_engine.documents.schemas import EVERY_MEASURE, MEASURES, REPORT_SCHEMA
from report_engine.querying import dataset

_NUMERIC = frozenset({"sum", "average"})
_ORDERED = frozenset({Kind.NUMBER, Kind.DATE, Kind.DATETIME})
_DATES = frozenset({Kind.DATE, Kind.DATETIME})
Entry = Mapping[str, Any]
Faults = Iterator[Violation]


def source(session: Session, name: str) -> Form:
    """Return the form `name`, or the balance of that name as a form; raises `NotFound`."""
    if catalogs.catalog(session).find("balances", name) is not None:
        return balance.get(session, name).form
    return forms.get(session, name)


def find(session: Session, document: Entry) -> list[Violation]:
    """Return everything that is wrong with a report's document, with pointers into it."""
    found = json_schema.validator("report_engine.report", REPORT_SCHEMA).violations(document)
    if found:
        return found
    try:
        form = source(session, document["form"])
    except NotFound:
        return [Violation(pointer="#/form", code="report_form_unknown", params={"form": document["form"]})]
    found = [*_chart(document), *_keys(document), *_measure_kinds(document)]
    found += [*_dimensions(form, document), *_aggregates(form, document), *_period(form, document)]
    if found:
        return found  # what follows looks at types that are not known
    tables = sorted(used_tables(form, document))
    if len(tables) > 1:
        names = [form.fields[key].title for key in tables]
        return [Violation(pointer="#", code="report_two_tables", params={"tables": names})]
    rows = tables[0] if tables else None
    return [
        *_conditions(form, document, rows),
        *_made(form, document),
        *currencies.faults(form, document),
        *_top(form, document),
        *_gaps(document),
    ]


def paths(document: Entry) -> Iterator[tuple[Path, str]]:
    """Yield every path of a document with its place."""
    for part in ("dimensions", "measures"):
        for index, entry in enumerate(document.get(part, ())):
            for name in ("field", "currency"):
                if name in entry:
                    yield tuple(entry[name].split(".")), pointer(part, index, name)
    if "period" in document:
        yield tuple(document["period"]["field"].split(".")), "#/period/field"


def conditions(document: Entry) -> Iterator[tuple[str, str]]:
    """Yield every condition on records with its place."""
    if "filter" in document:
        yield document["filter"], "#/filter"
    for index, entry in enumerate(document["measures"]):
        if "filter" in entry:
            yield entry["filter"], pointer("measures", index, "filter")


def used_tables(form: Form, document: Entry) -> set[str]:
    """Return the sub-tables that a report goes through."""
    found = (dataset.member(form, path) for path, _ in paths(document))
    return {one.rows for one in found if one is not None and one.rows is not None}


# --- chart and keys --------------------------------------------------------------------------------------------------


def _chart(document: Entry) -> Faults:
    name = document["chart"]["type"]
    if name not in CHART_TYPES:
        params = {"name": name, "known": list(CHART_TYPES)}
        yield Violation(pointer="#/chart/type", code="report_chart_unknown", params=params)
        return
    kind = CHART_TYPES[name]
    schema = {"type": "object", "properties": {"type": True, **kind.options}, "additionalProperties": False}
    for spot in json_schema.validator(f"report_engine.chart.{name}", schema).violations(document["chart"]):
        yield Violation(pointer="#/chart" + spot.pointer[1:], code=spot.code, params=spot.params)
    for part, (least, most) in (("dimensions", kind.dimensions), ("measures", kind.measures)):
        if not least <= len(document.get(part, ())) <= most:
            params = {"chart": kind.title, "least": least, "most": most}
            yield Violation(pointer=f"#/{part}", code=f"report_chart_{part}", params=params)
            return
    least, most = kind.columns
    count = sum(entry.get("axis") == "columns" for entry in document.get("dimensions", ()))
    if not least <= count <= most or (most and count == len(document["dimensions"])):
        params = {"chart": kind.title, "least": least, "most": most}
        yield Violation(pointer="#/dimensions", code="report_chart_columns", params=params)


def _keys(document: Entry) -> Faults:
    seen: set[str] = set()
    for part in ("dimensions", "measures"):
        for index, entry in enumerate(document.get(part, ())):
            if entry["key"] in seen:
                params = {"key": entry["key"]}
                yield Violation(pointer=pointer(part, index, "key"), code="report_key_twice", params=params)
            seen.add(entry["key"])
    for index, text in enumerate(document.get("sort", ())):
        if text.removeprefix("-") not in seen:
            yield Violation(pointer=pointer("sort", index), code="report_sort_unknown", params={"key": text})


def _measure_kinds(document: Entry) -> Faults:
    for index, entry in enumerate(document["measures"]):
        kinds = [kind for kind in MEASURES if kind in entry]
        if len(kinds) != 1:
            spots: dict[str, Any] = {"kinds": list(MEASURES)}
            yield Violation(pointer=pointer("measures", index), code="report_measure_kind", params=spots)
            continue
        strange = set(entry) - EVERY_MEASURE - {kinds[0], *MEASURES[kinds[0]]}
        for name in sorted(strange):
            params: dict[str, Any] = {"member": name, "kind": kinds[0]}
            yield Violation(pointer=pointer("measures", index, name), code="report_measure_member", params=params)


# --- fields ----------------------------------------------------------------------------------------------------------


def _member(form: Form, text: str, place: str) -> dataset.Member | Violation:
    found = dataset.member(form, tuple(text.split(".")))
    if found is None:
        return Violation(pointer=place, code="report_field_unknown", params={"field": text, "form": form.title})
    return found


def _dimensions(form: Form, document: Entry) -> Faults:
    for index, entry in enumerate(document.get("dimensions", ())):
        place = pointer("dimensions", index, "field")
        found = _member(form, entry["field"], place)
        if isinstance(found, Violation):
            yield found
        elif found.type.kind is Kind.LIST:
            params = {"field": entry["field"], "form": form.title}
            yield Violation(pointer=place, code="report_field_unknown", params=params)
        elif "bucket" in entry and found.type.kind not in _DATES:
            params = {"field": entry["field"]}
            yield Violation(
                pointer=pointer("dimensions", index, "bucket"), code="report_bucket_not_date", params=params
            )


def _aggregates(form: Form, document: Entry) -> Faults:
    for index, entry in enumerate(document["measures"]):
        if "function" not in entry:
            continue
        place = pointer("measures", index, "field")
        if "field" not in entry:
            if entry["function"] != "count":
                params = {"function": entry["function"]}
                yield Violation(pointer=pointer("measures", index), code="report_measure_field", params=params)
            continue
        found = _member(form, entry["field"], place)
        if isinstance(found, Violation):
            yield found
        elif (code := _misfit(found.type.kind, entry["function"])) is not None:
            yield Violation(pointer=place, code=code, params={"field": entry["field"]})
        if "currency" in entry:
            grouped = [one["field"] for one in document.get("dimensions", ())]
            if entry["currency"] not in grouped:
                params = {"field": entry["currency"]}
                spot = pointer("measures", index, "currency")
                yield Violation(pointer=spot, code="report_currency_not_grouped", params=params)


def _misfit(kind: Kind, function: str) -> str | None:
    if kind is Kind.LIST:
        return None if function == "count" else "report_measure_not_number"
    if function in _NUMERIC and kind is not Kind.NUMBER:
        return "report_measure_not_number"
    if function in {"min", "max"} and kind not in _ORDERED:
        return "report_measure_not_ordered"
    return None


def _period(form: Form, document: Entry) -> Faults:
    period = document.get("period")
    if period is not None:
        found = _member(form, period["field"], "#/period/field")
        if isinstance(found, Violation):
            yield found
        elif found.type.kind not in _DATES:
            params = {"field": period["field"]}
            yield Violation(pointer="#/period/field", code="report_bucket_not_date", params=params)


def _conditions(form: Form, document: Entry, rows: str | None) -> Faults:
    for text, place in conditions(document):
        try:
            expressions.compile(text, dataset.names(form, rows), BOOLEAN)
        except ExpressionError as error:
            yield Violation(pointer=place, code=error.code, params=error.params)


# --- what is made of measures ----------------------------------------------------------------------------------------


def is_number(form: Form, entry: Entry) -> bool:
    """Whether a measure is one that others may be made of: a number, of records or calculated."""
    if entry.get("function") in {"min", "max"}:
        found = dataset.member(form, tuple(entry["field"].split(".")))
        return found is not None and found.type.kind is Kind.NUMBER
    return "function" in entry or "expression" in entry


def known_before(form: Form, document: Entry, index: int) -> list[str]:
    """Return the measures that the expression of measure `index` may name: aggregates, and calculations before it."""
    return [
        entry["key"]
        for place, entry in enumerate(document["measures"])
        if is_number(form, entry) and ("function" in entry or place < index)
    ]


def groupable(form: Form, document: Entry) -> list[str]:
    """Return the measures that a condition on groups may name."""
    return [one["key"] for one in document["measures"] if is_number(form, one) or not {"function"} & set(one)]


def _made(form: Form, document: Entry) -> Faults:
    every = {entry["key"]: entry for entry in document["measures"]}
    has_period = "period" in document or any("bucket" in one for one in document.get("dimensions", ()))
    for index, entry in enumerate(document["measures"]):
        if "expression" in entry:
            names = dict.fromkeys(known_before(form, document, index), NUMBER)
            yield from _compiled(entry["expression"], names, pointer("measures", index, "expression"))
        for kind in ("share_of", "compare"):
            of = every.get(entry.get(kind, ""))
            if kind in entry and (of is None or not is_number(form, of)):
                params = {"key": entry[kind]}
                yield Violation(pointer=pointer("measures", index, kind), code="report_measure_unknown", params=params)
        if "compare" in entry and not has_period:
            yield Violation(pointer=pointer("measures", index, "compare"), code="report_compare_needs_period")
    if "having" in document:
        names = dict.fromkeys(groupable(form, document), NUMBER)
        yield from _compiled(document["having"], names, "#/having", BOOLEAN)


def _compiled(text: str, names: Mapping[str, Any], place: str, expected: Any = NUMBER) -> Faults:
    try:
        expressions.compile(text, Scope(names), expected)
    except ExpressionError as error:
        yield Violation(pointer=place, code=error.code, params=error.params)


def _top(form: Form, document: Entry) -> Faults:
    top = document.get("top")
    if top is None:
        return
    if top["dimension"] not in {entry["key"] for entry in document.get("dimensions", ())}:
        yield Violation(pointer="#/top/dimension", code="report_sort_unknown", params={"key": top["dimension"]})
    numbers = [entry["key"] for entry in document["measures"] if is_number(form, entry)]
    wanted = top.get("by", document["measures"][0]["key"])
    if wanted not in numbers:
        yield Violation(pointer="#/top/by", code="report_measure_unknown", params={"key": wanted})


# --- gaps ------------------------------------------------------------------------------------------------------------


def fills_gaps(document: Entry, index: int) -> bool:
    """Whether a dimension shows spans in which nothing was: as it says, else where a drawing goes along it."""
    entry = document["dimensions"][index]
    if "gaps" in entry:
        return bool(entry["gaps"] == "fill")
    sort = document.get("sort", ())
    is_first = index == 0 and (not sort or sort[0].removeprefix("-") == entry["key"])
    is_other = any(one.get("gaps") == "fill" for one in document["dimensions"])
    if is_other or document.get("top", {}).get("dimension") == entry["key"]:
        return False
    return "bucket" in entry and is_first and CHART_TYPES[document["chart"]["type"]].is_continuous


def _gaps(document: Entry) -> Faults:
    """Only one dimension of gathered dates can be filled, and none of which only the largest groups are shown."""
    is_used = False
    for index, entry in enumerate(document.get("dimensions", ())):
        if entry.get("gaps") == "fill":
            is_top = document.get("top", {}).get("dimension") == entry["key"]
            if is_used or is_top or "bucket" not in entry:
                yield Violation(pointer=pointer("dimensions", index, "gaps"), code="report_gaps")
            is_used = True
