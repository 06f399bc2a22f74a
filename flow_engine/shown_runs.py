"""Runs as the API gives them: log, journal, picture of the graph, in the reader's language and within their rights."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from engine import definitions, permissions
from engine.actor import Actor
from engine.db import Session
from engine.texts import localized
from flow_engine.definition import Flow
from flow_engine.runs.outbox import most_attempts
from flow_engine.shown_tasks import Titles, instant, person_json, record_json
from form_engine import forms
from form_engine.field_type import USERS
from form_engine.querying import filters, history, record_titles

Row = Mapping[str, Any]


def titles_of(session: Session, actor: Actor, rows: Sequence[Row], journal: Sequence[Row] = ()) -> Titles:
    """Return the titles of every record and person that instances and journal rows name."""
    wanted: dict[str, set[UUID]] = defaultdict(set)
    for row in rows:
        wanted[USERS].add(row["started_by"])
        if row["form"] is not None and row["record_id"] is not None:
            wanted[row["form"]].add(row["record_id"])
    for row in journal:
        wanted[row["form"]].add(row["record_id"])
    known = definitions.catalog(session)
    there = {form: ids for form, ids in wanted.items() if form == USERS or known.find("forms", form) is not None}
    return record_titles.titles(session, actor, there)


def summary(flow: Flow, actor: Actor, row: Row, titles: Titles) -> dict[str, Any]:
    """Return an instance without what it did."""
    return {
        "id": str(row["id"]),
        "flow": {
            "app": flow.app,
            "key": flow.key,
            "title": localized(flow.title, actor.language),
            "version": flow.version,
        },
        "status": row["status"],
        "runs": flow.runs,
        "record": record_json(row["form"], row["record_id"], titles),
        "started_at": instant(row["started_at"]),
        "started_by": person_json(row["started_by"], titles),
        "ended_at": instant(row["ended_at"]),
        "error": error(flow, actor, row["error"]),
        "parent": None if row["parent_id"] is None else str(row["parent_id"]),
        "occasion": _occasion(flow, actor, row["occasion"]),
    }


def _occasion(flow: Flow, actor: Actor, kept: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return what set a run off where no change of a record and no person did; what was sent, to administrators alone."""
    if kept is None or flow.trigger is None:
        return None
    due_at = kept.get("due_at")
    return {
        "type": flow.trigger.type.name,
        "title": localized(flow.trigger.type.title, actor.language),
        "due_at": None if due_at is None else instant(datetime.fromisoformat(due_at)),
        "message": kept.get("message"),
        "input": kept.get("input") if actor.has_every_right else None,
    }


def error(flow: Flow, actor: Actor, kept: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return a kept error in the reader's language; why something could not be sent, to administrators alone."""
    if kept is None:
        return None
    told = kept.get("cause", kept) if actor.has_every_right else kept
    node = flow.graph.nodes.get(kept.get("node", ""))
    return {
        "code": told["code"],
        "node": kept.get("node"),
        "node_title": localized(node.title, actor.language) if node is not None else None,
        "detail": localized(told["message"], actor.language),
        "errors": [
            {"pointer": one["pointer"], "code": one["code"], "detail": localized(one["message"], actor.language)}
            for one in kept.get("violations", ())
        ],
    }


def log(flow: Flow, actor: Actor, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return node runs; inputs and outputs hold values of any form, so only administrators see them."""
    shown = []
    for row in rows:
        node = flow.graph.nodes.get(row["node"])
        shown.append(
            {
                "node": row["node"],
                "title": localized(node.title, actor.language) if node is not None else row["node"],
                "type": node.type.name if node is not None else None,
                "status": row["status"],
                "iteration": list(row["iteration"]),
                "started_at": instant(row["started_at"]),
                "ended_at": instant(row["ended_at"]),
                "input": row["input"] if actor.has_every_right else None,
                "output": row["output"] if actor.has_every_right else None,
                "error": error(flow, actor, row["error"]),
            }
        )
    return shown


def in_scope(session: Session, actor: Actor, about: UUID | None, rows: Sequence[Row]) -> list[Row]:
    """Return the changed rows whose records lie in the actor's row scope; one statement a form that is not all theirs.

    about -- the record that the run is about: whoever may see the run may see it.
    """
    changed: dict[str, set[UUID]] = defaultdict(set)
    for row in rows:
        if row["record_id"] != about and _may_view(session, actor, row["form"]):
            changed[row["form"]].add(row["record_id"])
    visible = {
        name: filters.visible(session, actor, forms.get(session, name), ids) for name, ids in sorted(changed.items())
    }
    return [row for row in rows if row["record_id"] == about or _is_among(row["record_id"], visible.get(row["form"]))]


def _is_among(record_id: UUID, ids: frozenset[UUID] | None) -> bool:
    return ids is None or record_id in ids


def journal(session: Session, actor: Actor, rows: Sequence[Row], titles: Titles) -> list[dict[str, Any]]:
    """Return the changed rows of forms that the actor may view, told as the records' own history tells them."""
    seen = [row for row in rows if _may_view(session, actor, row["form"])]
    told = history.tell(
        session,
        actor,
        [history.Changed(form=row["form"], before=row["before"] or {}, after=row["after"] or {}) for row in seen],
    )
    return [
        _journal_row(session, actor, row, changes, titles)
        for row, changes in zip(seen, told, strict=True)
        # A row of which only the version moved, or only what is hidden, says nothing.
        if changes or row["action"] != "update"
    ]


def _may_view(session: Session, actor: Actor, form: str) -> bool:
    is_there = definitions.catalog(session).find("forms", form) is not None
    return is_there and permissions.grant(session, actor, form).may("view")


def _journal_row(
    session: Session, actor: Actor, row: Row, changes: list[dict[str, Any]], titles: Titles
) -> dict[str, Any]:
    closed = {
        key
        for key, access in permissions.grant(session, actor, row["form"]).fields.items()
        if access in ("hidden", "masked")
    }
    return {
        "seq": row["seq"],
        "node": row["node"],
        "iteration": list(row["iteration"]),
        "form": row["form"],
        "form_title": localized(forms.get(session, row["form"]).title, actor.language),
        "record_id": str(row["record_id"]),
        "record_title": titles.get((row["form"], row["record_id"]), ""),
        "action": row["action"],
        "changes": changes,
        "before": _open(row["before"], closed),
        "after": _open(row["after"], closed),
    }


def _open(values: Mapping[str, Any] | None, closed: set[str]) -> dict[str, Any] | None:
    return None if values is None else {key: value for key, value in values.items() if key not in closed}


def effects(actor: Actor, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return what a run sends outside, and how it stands; to whom and why not, to administrators alone."""
    return [
        {
            "id": str(row["id"]),
            "node": row["node"],
            "kind": row["kind"],
            "target": _target(row["payload"]) if actor.has_every_right else None,
            "status": row["status"],
            "attempts": row["attempts"],
            "max_attempts": most_attempts(row["payload"]),
            "error": _reason(actor, row["error"]),
            "next_attempt_at": instant(row["next_attempt_at"]) if row["status"] == "waiting" else None,
            "created_at": instant(row["created_at"]),
            "ended_at": instant(row["ended_at"]),
            "may": ["retry", "drop"] if row["status"] == "dead" and actor.has_every_right else [],
        }
        for row in rows
    ]


def _reason(actor: Actor, kept: Mapping[str, Any] | None) -> str | None:
    return None if kept is None or not actor.has_every_right else localized(kept["message"], actor.language)


def _target(payload: Row) -> str:
    if "url" in payload:
        return f"{payload.get('method', '')} {payload['url']}"
    return ", ".join(payload.get("to", ()))


def graph(flow: Flow, actor: Actor) -> dict[str, Any]:
    """Return nodes and ways for drawing, and what starts the flow."""
    nodes = [
        {
            "key": node.key,
            "title": localized(node.title, actor.language),
            "type": node.type.name,
            "type_title": localized(node.type.title, actor.language),
            "position": node.options.get("position"),
        }
        for node in flow.graph.nodes.values()
    ]
    ports = {
        (node.key, port.key): localized(port.title, actor.language)
        for node in flow.graph.nodes.values()
        for port in node.ports
    }
    edges = [
        {"source": source, "port": port, "title": ports.get((source, port), ""), "target": target}
        for source, port, target in flow.graph.edges()
    ]
    trigger = None
    if flow.trigger is not None:
        trigger = {"type": flow.trigger.type.name, "title": localized(flow.trigger.type.title, actor.language)}
    return {"start": flow.graph.start, "trigger": trigger, "nodes": nodes, "edges": edges}
