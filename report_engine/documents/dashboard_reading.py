"""Dashboards' documents: what is wrong with one, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine import catalog as catalogs
from engine import json_schema
from engine.db import Session
from engine.definitions import Definition, Reference
from engine.errors import NotFound, Violation, pointer
from engine.expressions import Kind
from report_engine.definition import Dashboard, Item, SharedFilter
from report_engine.documents import faults, reading
from report_engine.documents.schemas import DASHBOARD_SCHEMA
from report_engine.querying import dataset

_DATES = frozenset({Kind.DATE, Kind.DATETIME})
Entry = Mapping[str, Any]


def find_faults(session: Session, document: Entry) -> list[Violation]:
    """Return everything that is wrong with a dashboard's document."""
    found = json_schema.validator("report_engine.dashboard", DASHBOARD_SCHEMA).violations(document)
    return found or [*_items(session, document), *_filters(session, document)]


def _items(session: Session, document: Entry) -> Iterator[Violation]:
    seen: set[str] = set()
    view = catalogs.catalog(session)
    for index, item in enumerate(document["items"]):
        if item["key"] in seen:
            params = {"key": item["key"]}
            yield Violation(pointer=pointer("items", index, "key"), code="report_key_twice", params=params)
        seen.add(item["key"])
        if view.find("reports", item["report"]) is None:
            params = {"name": item["report"]}
            yield Violation(pointer=pointer("items", index, "report"), code="report_unknown", params=params)
        if item["x"] + item["w"] > 12:
            yield Violation(pointer=pointer("items", index, "w"), code="dashboard_too_wide")


def _filters(session: Session, document: Entry) -> Iterator[Violation]:
    reports = {item["key"]: item["report"] for item in document["items"]}
    seen: set[str] = set()
    for index, entry in enumerate(document.get("filters", ())):
        if entry["key"] in seen:
            params = {"key": entry["key"]}
            yield Violation(pointer=pointer("filters", index, "key"), code="report_key_twice", params=params)
        seen.add(entry["key"])
        if "default" in entry and entry["type"] != "period":
            yield Violation(pointer=pointer("filters", index, "default"), code="dashboard_default_not_period")
        for key, text in entry["apply"].items():
            place = pointer("filters", index, "apply", key)
            if key not in reports:
                yield Violation(pointer=place, code="dashboard_item_unknown", params={"key": key})
            else:
                yield from _applied(session, reports[key], text, entry["type"], place)


def _applied(session: Session, name: str, text: str, kind: str, place: str) -> Iterator[Violation]:
    definition = catalogs.catalog(session).find("reports", name)
    if definition is None:
        return  # told of the item
    try:
        form = faults.source(session, definition.document["form"])
    except NotFound:
        return
    found = dataset.member(form, tuple(text.split(".")))
    if found is None or found.type.kind is Kind.LIST:
        yield Violation(pointer=place, code="report_field_unknown", params={"field": text, "form": form.title})
    elif kind == "period" and found.type.kind not in _DATES:
        yield Violation(pointer=place, code="report_bucket_not_date", params={"field": text})


def dashboard(session: Session, definition: Definition) -> Dashboard:
    """Compile a published dashboard."""
    document = definition.document
    return Dashboard(
        name=definition.name,
        title=reading.text_of(session, definition, "title", document["title"]),
        version=definition.version,
        items=tuple(Item(**item) for item in document["items"]),
        filters=tuple(_filter(session, definition, entry) for entry in document.get("filters", ())),
    )


def _filter(session: Session, definition: Definition, entry: Entry) -> SharedFilter:
    title = entry.get("title", entry["key"])
    return SharedFilter(
        key=entry["key"],
        title=reading.text_of(session, definition, f"filters/{entry['key']}/title", title),
        type=entry["type"],
        apply={key: tuple(path.split(".")) for key, path in entry["apply"].items()},
        default=reading.span(entry["default"]) if "default" in entry else None,
    )


def references(session: Session, document: Entry) -> list[Reference]:
    """Return everything a dashboard stands on: its reports, and the fields that its filters narrow."""
    found = [
        Reference("reports", item["report"], None, pointer("items", index, "report"))
        for index, item in enumerate(document["items"])
    ]
    view = catalogs.catalog(session)
    reports = {item["key"]: item["report"] for item in document["items"]}
    for index, entry in enumerate(document.get("filters", ())):
        for key, text in entry["apply"].items():
            definition = view.find("reports", reports[key])
            if definition is None:
                continue
            form = faults.source(session, definition.document["form"])
            place = pointer("filters", index, "apply", key)
            for name, field in dataset.steps(session, form, tuple(text.split("."))):
                kind = "balances" if view.find("balances", name) else "forms"
                found.append(Reference(kind, name, field, place))
    return list(dict.fromkeys(found))
