"""Published flows, compiled: each version once per catalogue, and which of them hear of a form."""

from __future__ import annotations

from collections.abc import Mapping

from engine import definitions
from engine.db import Session
from engine.definitions import Definition
from flow_engine.definition import Flow
from flow_engine.documents.checks import build
from flow_engine.trigger_type import TRIGGER_TYPES

_OWNER = "flow_engine"


def get(session: Session, name: str) -> Flow:
    """Return the flow in force; raises `NotFound`."""
    return _compiled(session, definitions.catalog(session).get("flows", name))


def get_version(session: Session, version_id: int) -> Flow:
    """Return the version that an instance is pinned to, in force or not; checked against today's forms."""
    return _compiled(session, definitions.get_version(session, version_id))


def _compiled(session: Session, definition: Definition) -> Flow:
    def compile_flow() -> Flow:
        return build(
            session,
            definition.app,
            definition.document,
            version=definition.version,
            definition_id=definition.id,
        )

    return definitions.catalog(session).compiled(_OWNER, f"version {definition.id}", compile_flow)


def started_apart(session: Session) -> tuple[Flow, ...]:
    """Return the flows that the clock or another system starts, in the order of their names."""
    catalog = definitions.catalog(session)

    def names() -> tuple[str, ...]:
        return tuple(
            definition.name
            for definition in catalog.list("flows")
            if (trigger := definition.document.get("trigger")) and TRIGGER_TYPES[trigger["type"]].occasions is None
        )

    return tuple(get(session, name) for name in catalog.compiled(_OWNER, "started apart", names))


def listening(session: Session, form: str) -> tuple[Flow, ...]:
    """Return the flows whose trigger is about `form`, in the order in which they run: by app, then key."""
    catalog = definitions.catalog(session)

    def by_form() -> Mapping[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for definition in sorted(catalog.list("flows"), key=lambda one: (one.app, one.key)):
            trigger = definition.document.get("trigger", {})
            about = trigger.get("form")
            if about is not None and TRIGGER_TYPES[trigger["type"]].occasions is not None:
                found[about] = (*found.get(about, ()), definition.name)
        return found

    return tuple(get(session, name) for name in catalog.compiled(_OWNER, "by form", by_form).get(form, ()))
