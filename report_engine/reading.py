"""Documents into reports and dashboards: what is wrong with them, and what they come to.

Owns the checks before publication and the compiling of one published version. A report's fields are looked up in its
form's record type, so a path over relations is typed like in any expression.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine import catalog as catalogs
from engine import definitions, expressions, json_schema
from engine.db import Session
from engine.definitions import Definition
from engine.errors import NotFound, Violation, pointer
from engine.expressions import BOOLEAN, Expression, ExpressionError, Kind, Type
from engine.texts import LocalizedText
from form_engine import forms
from form_engine.balancing import balance
from form_engine.definition import Field, Form
from form_engine.querying import filters
from report_engine.chart_type import CHART_TYPES
from report_engine.definition import Dashboard, Dimension, Item, Measure, Order, Path, Report
from report_engine.documents import DASHBOARD_SCHEMA, REPORT_SCHEMA

_NUMERIC = frozenset({"sum", "average"})
_MEASURED = frozenset({"sum", "average", "min", "max", "count_distinct"})


def source(session: Session, name: str) -> Form:
    """Return the form `name`, or the balance of that name as a form; raises `NotFound`."""
    if catalogs.catalog(session).find("balances", name) is not None:
        return balance.get(session, name).form
    return forms.get(session, name)


def member(form: Form, path: Path) -> tuple[Type, Field | None] | None:
    """Return type and field at the end of a path over relations, None where it leads to nothing."""
    record = form.record_type
    kind: Type | None = None
    for depth, key in enumerate(path):
        kind = record.member(key)
        if kind is None or kind.kind is Kind.LIST:
            return None
        if depth < len(path) - 1:
            if kind.record is None:
                return None
            record = kind.record
    fields: Mapping[str, Field] = form.fields if record is form.record_type else getattr(record, "fields", {})
    return (kind, fields.get(path[-1])) if kind is not None else None


# --- reports ---------------------------------------------------------------------------------------------------------


def report_faults(session: Session, document: Mapping[str, Any]) -> list[Violation]:
    """Return everything that is wrong with a report's document, with pointers into it."""
    found = json_schema.validator("report_engine.report", REPORT_SCHEMA).violations(document)
    if found:
        return found
    try:
        form = source(session, document["form"])
    except NotFound:
        return [Violation(pointer="#/form", code="report_form_unknown", params={"form": document["form"]})]
    return [*_chart_faults(document), *_column_faults(form, document), *_expression_faults(form, document)]


def _chart_faults(document: Mapping[str, Any]) -> Iterator[Violation]:
    name = document["chart"]["type"]
    if name not in CHART_TYPES:
        params = {"name": name, "known": list(CHART_TYPES)}
        yield Violation(pointer="#/chart/type", code="report_chart_unknown", params=params)
        return
    kind = CHART_TYPES[name]
    for part, (least, most) in (("dimensions", kind.dimensions), ("measures", kind.measures)):
        if not least <= len(document.get(part, ())) <= most:
            params = {"chart": kind.title, "least": least, "most": most}
            yield Violation(pointer=f"#/{part}", code=f"report_chart_{part}", params=params)


def _column_faults(form: Form, document: Mapping[str, Any]) -> Iterator[Violation]:
    seen: set[str] = set()
    for part in ("dimensions", "measures"):
        for index, entry in enumerate(document.get(part, ())):
            if entry["key"] in seen:
                yield Violation(
                    pointer=pointer(part, index, "key"), code="report_key_twice", params={"key": entry["key"]}
                )
            seen.add(entry["key"])
            yield from _field_faults(form, entry, part, index)
    for index, text in enumerate(document.get("sort", ())):
        if text.removeprefix("-") not in seen:
            yield Violation(pointer=pointer("sort", index), code="report_sort_unknown", params={"key": text})


def _field_faults(form: Form, entry: Mapping[str, Any], part: str, index: int) -> Iterator[Violation]:
    text = entry.get("field")
    place = pointer(part, index, "field")
    if text is None:
        if part == "measures" and entry["function"] in _MEASURED:
            params = {"function": entry["function"]}
            yield Violation(pointer=pointer(part, index), code="report_measure_field", params=params)
        return
    found = member(form, tuple(text.split(".")))
    if found is None:
        yield Violation(pointer=place, code="report_field_unknown", params={"field": text, "form": form.title})
        return
    kind = found[0].kind
    if entry.get("function") in _NUMERIC and kind is not Kind.NUMBER:
        yield Violation(pointer=place, code="report_measure_not_number", params={"field": text})
    if "bucket" in entry and kind not in {Kind.DATE, Kind.DATETIME}:
        yield Violation(pointer=pointer(part, index, "bucket"), code="report_bucket_not_date", params={"field": text})


def _expression_faults(form: Form, document: Mapping[str, Any]) -> Iterator[Violation]:
    if "filter" not in document:
        return
    try:
        expressions.compile(document["filter"], filters.names(form), BOOLEAN)
    except ExpressionError as error:
        yield Violation(pointer="#/filter", code=error.code, params=error.params)


def report(session: Session, definition: Definition) -> Report:
    """Compile a published report."""
    document = definition.document
    form = source(session, document["form"])
    return Report(
        name=definition.name,
        title=_text(session, definition, "title", document["title"]),
        version=definition.version,
        form=form,
        chart=CHART_TYPES[document["chart"]["type"]],
        dimensions=tuple(_dimension(session, definition, form, entry) for entry in document.get("dimensions", ())),
        measures=tuple(_measure(session, definition, form, entry) for entry in document["measures"]),
        filter=_filter(form, document.get("filter")),
        sort=tuple(
            Order(key=text.removeprefix("-"), is_descending=text.startswith("-")) for text in document.get("sort", ())
        ),
        limit=document.get("limit"),
    )


def _filter(form: Form, text: str | None) -> Expression | None:
    return expressions.compile(text, filters.names(form), BOOLEAN) if text else None


def _text(session: Session, definition: Definition, path: str, text: str) -> LocalizedText:
    whole = f"{definition.kind}/{definition.key}/{path}"
    return definitions.catalog(session).text(definition.app, whole, text)


def _column(
    session: Session, definition: Definition, form: Form, part: str, entry: Mapping[str, Any]
) -> tuple[LocalizedText, Path, Type, Field | None]:
    path = tuple(entry["field"].split("."))
    found = member(form, path)
    if found is None:
        raise NotFound("report_field_unknown", field=entry["field"], form=form.title)
    title: LocalizedText = found[1].title if found[1] is not None else entry["field"]
    if "title" in entry:
        title = _text(session, definition, f"{part}/{entry['key']}/title", entry["title"])
    return title, path, *found


def _dimension(session: Session, definition: Definition, form: Form, entry: Mapping[str, Any]) -> Dimension:
    title, path, kind, field = _column(session, definition, form, "dimensions", entry)
    return Dimension(key=entry["key"], title=title, path=path, type=kind, field=field, bucket=entry.get("bucket"))


def _measure(session: Session, definition: Definition, form: Form, entry: Mapping[str, Any]) -> Measure:
    if "field" not in entry:
        title: LocalizedText = {"zh-CN": "数量", "en-US": "Count"}
        if "title" in entry:
            title = _text(session, definition, f"measures/{entry['key']}/title", entry["title"])
        return Measure(key=entry["key"], title=title, function=entry["function"])
    title, path, kind, field = _column(session, definition, form, "measures", entry)
    return Measure(key=entry["key"], title=title, function=entry["function"], path=path, type=kind, field=field)


# --- dashboards ------------------------------------------------------------------------------------------------------


def dashboard_faults(session: Session, document: Mapping[str, Any]) -> list[Violation]:
    """Return everything that is wrong with a dashboard's document."""
    found = json_schema.validator("report_engine.dashboard", DASHBOARD_SCHEMA).violations(document)
    if found:
        return found
    seen: set[str] = set()
    view = catalogs.catalog(session)
    for index, item in enumerate(document["items"]):
        if item["key"] in seen:
            params = {"key": item["key"]}
            found.append(Violation(pointer=pointer("items", index, "key"), code="report_key_twice", params=params))
        seen.add(item["key"])
        if view.find("reports", item["report"]) is None:
            params = {"name": item["report"]}
            found.append(Violation(pointer=pointer("items", index, "report"), code="report_unknown", params=params))
        if item["x"] + item["w"] > 12:
            found.append(Violation(pointer=pointer("items", index, "w"), code="dashboard_too_wide"))
    return found


def dashboard(session: Session, definition: Definition) -> Dashboard:
    """Compile a published dashboard."""
    return Dashboard(
        name=definition.name,
        title=_text(session, definition, "title", definition.document["title"]),
        version=definition.version,
        items=tuple(Item(**item) for item in definition.document["items"]),
    )
