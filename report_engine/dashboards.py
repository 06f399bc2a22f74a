"""The service of dashboards: publish, get, and what the reader can do with one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine import definitions, permissions
from engine.actor import Actor
from engine.db import Session
from engine.definitions import Definition, Source
from engine.errors import Conflict, InvalidDefinition, NotFound, Violation
from engine.texts import localized
from form_engine.values import target
from report_engine import reports, run
from report_engine.definition import Dashboard, Item, Report, SharedFilter
from report_engine.documents import dashboard_reading
from report_engine.querying import dataset, periods

Json = dict[str, Any]


def check(session: Session, document: dict[str, Any]) -> list[Violation]:
    """Return everything that is wrong with a dashboard's document."""
    return dashboard_reading.find_faults(session, document)


def publish(session: Session, actor: Actor, app: str, document: dict[str, Any]) -> Definition:
    """Put a dashboard into force; raises `InvalidDefinition` with every fault."""
    return publish_many(session, actor, app, [document])[0]


def publish_many(session: Session, actor: Actor, app: str, documents: Sequence[dict[str, Any]]) -> Sequence[Definition]:
    """Put dashboards of one app into force; raises `InvalidDefinition` with every fault of the first that has any."""
    definitions.require_designer(actor)
    definitions.lock(session)
    for document in documents:
        found = check(session, document)
        if found:
            raise InvalidDefinition(violations=found)
    sources = [Source("dashboards", app, document["key"], document) for document in documents]
    published = definitions.publish_many(session, actor, sources)
    pairs = [(one, dashboard_reading.references(session, one.document)) for one in published]
    definitions.set_references(session, pairs)
    return published


def get(session: Session, actor: Actor, name: str) -> Dashboard:
    """Return the dashboard; raises `NotFound` where there is none or none of the actor's roles names it.

    Reports that the actor may not see, or that stand on records or fields the actor may not see, are left out of it,
    and so are filters that narrow none of those that are left.
    """
    definition = definitions.catalog(session).find("dashboards", name)
    if definition is None or not permissions.allows(session, actor, "dashboards", name):
        raise NotFound("dashboard_not_found", name=name)
    whole = definitions.catalog(session).compiled(
        "report_engine.dashboards", name, lambda: dashboard_reading.dashboard(session, definition)
    )
    items = tuple(item for item in whole.items if _is_open(session, actor, item.report))
    filters = (_narrowed(session, actor, one, items) for one in whole.filters)
    return replace(whole, items=items, filters=tuple(one for one in filters if one.apply))


def _is_open(session: Session, actor: Actor, name: str) -> bool:
    try:
        report = reports.get(session, actor, name)
    except NotFound:
        return False
    except Conflict:
        return True  # what is broken is shown as broken, not hidden
    is_seen = permissions.grant(session, actor, report.form.name).may("view")
    return is_seen and not run.closed_fields(session, actor, report)


def _narrowed(session: Session, actor: Actor, one: SharedFilter, items: Sequence[Item]) -> SharedFilter:
    """Return the filter with those items alone that are there and whose field the reader may see."""
    kept = {}
    for item in items:
        path = one.apply.get(item.key)
        report = _find(session, actor, item)
        if path is None or report is None or dataset.member(report.form, path) is None:
            continue
        if not dataset.is_closed(session, actor, report.form, path):
            kept[item.key] = path
    return replace(one, apply=kept)


def _find(session: Session, actor: Actor, item: Item) -> Report | None:
    try:
        return reports.get(session, actor, item.report)
    except Conflict:
        return None


# --- for the page ----------------------------------------------------------------------------------------------------


def shown(session: Session, actor: Actor, found: Dashboard) -> Json:
    """Return the dashboard as the API gives it: what each item draws, narrows and sets."""
    return {
        "key": found.name,
        "title": localized(found.title, actor.language),
        "filters": [_filter(session, actor, found, one) for one in found.filters],
        "items": [_item(session, actor, found, item) for item in found.items],
    }


def _filter(session: Session, actor: Actor, found: Dashboard, one: SharedFilter) -> Json:
    shown: Json = {"key": one.key, "title": localized(one.title, actor.language), "type": one.type}
    if one.type == "period":
        shown |= {"default": None, "from": None, "to": None}
        if one.default is not None:
            days = periods.stretch(one.default, periods.today(session.now, session.time_zone))
            default = {"span": one.default.span, "count": one.default.count, "offset": one.default.offset}
            shown |= {
                "default": default | {"to_date": one.default.to_date},
                "from": days.first.isoformat(),
                "to": days.last.isoformat(),
            }
        return shown
    item = next(item for item in found.items if item.key in one.apply)
    report = reports.get(session, actor, item.report)
    member = dataset.titled(session, report.form, one.apply[item.key])
    field = member.field if member is not None else None
    choices: Sequence[Mapping[str, Any]] = field.options.get("options", ()) if field is not None else ()
    options = [
        {
            "value": choice["value"],
            "title": localized(choice.get("title", choice["value"]), actor.language),
            "color": choice.get("color"),
        }
        for choice in choices
    ]
    form = target(field) if field is not None else None
    if field is None and member is not None and member.type.record is not None:
        form = "meta.user" if member.type.record.name == "member" else member.type.record.name
    return shown | {"options": options, "form": form, "value_type": None if member is None else member.type.kind.value}


def _item(session: Session, actor: Actor, found: Dashboard, item: Item) -> Json:
    fields = {one.key: ".".join(one.apply[item.key]) for one in found.filters if item.key in one.apply}
    place = {"x": item.x, "y": item.y, "w": item.w, "h": item.h}
    shown: Json = {"key": item.key, "report": item.report, **place, "fields": fields}
    report = _find(session, actor, item)
    if report is None:
        definition = definitions.catalog(session).get("reports", item.report)
        chart = definition.document["chart"]
        head = {"title": definition.document["title"], "chart": chart["type"], "options": {}}
        return shown | head | {"form": definition.document["form"], "has_period": False, "links": {}}
    links = {
        dimension.key: key for dimension in report.dimensions for key, path in fields.items()
        if ".".join(dimension.path) == path
    }  # fmt: skip
    period = ".".join(report.period.path) if report.period is not None else None
    return shown | {
        "title": localized(report.title, actor.language),
        "chart": report.chart.name,
        "options": dict(report.options),
        "form": report.form.name,
        "has_period": period is not None and period in fields.values(),
        "links": links,
    }
