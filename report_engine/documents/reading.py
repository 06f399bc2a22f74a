"""A report's document into a report: compiled from one published version, with what it stands on.

What is wrong with a document is told by `faults`; here it is right. A path over relations is typed like in any
expression, because it is looked up in the same record types.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import definitions, expressions
from engine.db import Session
from engine.definitions import Definition, Reference
from engine.errors import Conflict, NotFound
from engine.expressions import BOOLEAN, NUMBER, Expression, Kind, Scope
from engine.texts import LocalizedText
from form_engine.definition import Form
from report_engine.chart_type import CHART_TYPES
from report_engine.definition import (
    Aggregate,
    Calculation,
    Comparison,
    Dimension,
    Measure,
    Order,
    Path,
    Period,
    Report,
    Share,
    Span,
    Top,
)
from report_engine.documents import faults
from report_engine.querying import dataset
from report_engine.querying.dataset import Member

#: What is shown of a calculation that is a fraction, unless it says otherwise.
_FRACTION_SCALE = 4
_COUNT: LocalizedText = {"zh-CN": "数量", "en-US": "Count"}
Entry = Mapping[str, Any]


def report(session: Session, definition: Definition) -> Report:
    """Compile a published report.

    Raises `Conflict("report_field_gone")`, naming the fields, or `Conflict("report_broken")`, where a form has changed
    under it so that it can no longer run.
    """
    document = definition.document
    _require_sound(session, definition)
    form = faults.source(session, document["form"])
    rows = next(iter(faults.used_tables(form, document)), None)
    reader = _Reader(session, definition, form, rows)
    return Report(
        name=definition.name,
        title=reader.text("title", document["title"]),
        version=definition.version,
        form=form,
        rows=rows,
        chart=CHART_TYPES[document["chart"]["type"]],
        options={key: value for key, value in document["chart"].items() if key != "type"},
        dimensions=tuple(reader.dimension(*each) for each in enumerate(document.get("dimensions", ()))),
        measures=tuple(reader.measure(index, entry) for index, entry in enumerate(document["measures"])),
        filter=reader.condition(document.get("filter")),
        having=reader.having(document.get("having")),
        period=reader.period(document.get("period")),
        top=_top(document),
        has_subtotals=document.get("subtotals", False),
        has_totals=document.get("totals", True),
        sort=tuple(order(text) for text in document.get("sort", ())),
        limit=document.get("limit"),
    )


def order(text: str) -> Order:
    """Return the sort key of `-total` or `month`."""
    return Order(key=text.removeprefix("-"), is_descending=text.startswith("-"))


def text_of(session: Session, definition: Definition, path: str, text: str) -> LocalizedText:
    """Return a text of a definition in every language that its app has."""
    whole = f"{definition.kind}/{definition.key}/{path}"
    return definitions.catalog(session).text(definition.app, whole, text)


def span(entry: Entry) -> Span:
    """Return the spans that an object with `span` means."""
    return Span(
        span=entry["span"],
        count=entry.get("count", 1),
        offset=entry.get("offset", 0),
        to_date=entry.get("to_date", False),
    )


def _require_sound(session: Session, definition: Definition) -> None:
    found = faults.find(session, definition.document)
    if not found:
        return
    title = text_of(session, definition, "title", definition.document["title"])
    gone = [str(one.params.get("field")) for one in found if one.code == "report_field_unknown"]
    if gone:
        raise Conflict("report_field_gone", violations=found, report=title, fields=gone)
    raise Conflict("report_broken", violations=found, report=title)


def _top(document: Entry) -> Top | None:
    entry = document.get("top")
    if entry is None:
        return None
    by = entry.get("by", document["measures"][0]["key"])
    return Top(dimension=entry["dimension"], by=by, count=entry["count"], others=entry.get("others", False))


class _Reader:
    """Reads the parts of one document."""

    def __init__(self, session: Session, definition: Definition, form: Form, rows: str | None) -> None:
        self._session = session
        self._definition = definition
        self._form = form
        self._rows = rows

    def text(self, path: str, text: str) -> LocalizedText:
        return text_of(self._session, self._definition, path, text)

    def dimension(self, index: int, entry: Entry) -> Dimension:
        path, found = self._member(entry["field"])
        return Dimension(
            key=entry["key"],
            title=self._title("dimensions", entry, found),
            path=path,
            type=found.type,
            field=found.field,
            bucket=entry.get("bucket"),
            is_column=entry.get("axis") == "columns",
            is_whole=faults.fills_gaps(self._definition.document, index),
        )

    def measure(self, index: int, entry: Entry) -> Measure:
        if "function" in entry:
            return self._aggregate(entry)
        title = self._title("measures", entry, None)
        if "expression" in entry:
            return self._calculation(index, entry, title)
        if "share_of" in entry:
            return Share(key=entry["key"], title=title, of=entry["share_of"], tone=entry.get("tone"))
        return Comparison(
            key=entry["key"],
            title=title,
            of=entry["compare"],
            to=entry.get("to", "previous_period"),
            change=entry.get("as", "percent"),
            tone=entry.get("tone"),
        )

    def condition(self, text: str | None) -> Expression | None:
        if text is None:
            return None
        return expressions.compile(text, dataset.names(self._form, self._rows), BOOLEAN)

    def having(self, text: str | None) -> Expression | None:
        if text is None:
            return None
        names = faults.groupable(self._form, self._definition.document)
        return expressions.compile(text, Scope(dict.fromkeys(names, NUMBER)), BOOLEAN)

    def period(self, entry: Entry | None) -> Period | None:
        if entry is None:
            return None
        path, found = self._member(entry["field"])
        return Period(path=path, type=found.type, span=span(entry))

    def _aggregate(self, entry: Entry) -> Aggregate:
        path, found = self._member(entry["field"]) if "field" in entry else (None, None)
        return Aggregate(
            key=entry["key"],
            title=self._title("measures", entry, found),
            function=entry["function"],
            path=path,
            type=None if found is None or found.type.kind is Kind.LIST else found.type,
            field=None if found is None else found.field,
            filter=self.condition(entry.get("filter")),
            currency=tuple(entry["currency"].split(".")) if "currency" in entry else None,
            tone=entry.get("tone"),
        )

    def _calculation(self, index: int, entry: Entry, title: LocalizedText) -> Calculation:
        names = faults.known_before(self._form, self._definition.document, index)
        is_percent = entry.get("format") == "percent"
        return Calculation(
            key=entry["key"],
            title=title,
            expression=expressions.compile(entry["expression"], Scope(dict.fromkeys(names, NUMBER)), NUMBER),
            scale=entry.get("scale", _FRACTION_SCALE if is_percent else 2),
            format="percent" if is_percent else "number",
            unit=entry.get("unit"),
            tone=entry.get("tone"),
        )

    def _member(self, text: str) -> tuple[Path, Member]:
        path = tuple(text.split("."))
        found = dataset.titled(self._session, self._form, path)
        if found is None:
            raise NotFound("report_field_unknown", field=text, form=self._form.title)
        return path, found

    def _title(self, part: str, entry: Entry, found: Member | None) -> LocalizedText:
        if "title" in entry:
            return self.text(f"{part}/{entry['key']}/title", entry["title"])
        if found is not None:
            return found.field.title if found.field is not None else entry["field"]
        return _COUNT if "function" in entry else entry["key"]


# --- references ------------------------------------------------------------------------------------------------------


def references(session: Session, document: Entry) -> list[Reference]:
    """Return everything a report stands on: its form, and each field along each of its paths, in whatever form."""
    form = faults.source(session, document["form"])
    found = [Reference(_kind(session, form.name), form.name, None, "#/form")]
    rows = next(iter(faults.used_tables(form, document)), None)
    for path, place in faults.paths(document):
        found += [Reference(_kind(session, name), name, key, place) for name, key in dataset.steps(session, form, path)]
    for text, place in faults.conditions(document):
        for path in expressions.compile(text, dataset.names(form, rows), BOOLEAN).paths:
            if path[0] != "user":
                real = dataset.of_rows(path, rows)
                steps = dataset.steps(session, form, real)
                found += [Reference(_kind(session, name), name, key, place) for name, key in steps]
    return list(dict.fromkeys(found))


def _kind(session: Session, name: str) -> str:
    return "balances" if definitions.catalog(session).find("balances", name) else "forms"
