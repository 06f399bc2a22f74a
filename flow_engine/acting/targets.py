"""Which records a node writes: an expression that gives a record or a list of records, and its form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from engine.expressions import Expression
from flow_engine.documents.planning import Planning
from flow_engine.runs.running import Running
from form_engine.definition import Form


def target_plan(planning: Planning) -> tuple[Form, Expression] | None:
    """Return the form and the expression of the option `record`; None after noting what is wrong.

    A node may name its `form` for readers; it must be the one that the expression gives.
    """
    record = planning.expression("record")
    if record is None:
        return None
    form = planning.record_form(record.type, "record")
    named = planning.option("form")
    if form is not None and named is not None and named != form.name:
        planning.fault("form", code="flow_form_differs", named=named, found=form.title)
        return None
    return None if form is None else (form, record)


def target_ids(running: Running, record: Expression) -> list[UUID]:
    """Return the ids of the records meant, each once."""
    found: Any = running.evaluate(record)
    items = found if isinstance(found, (list, tuple)) else [found]
    ids = [item["id"] if isinstance(item, Mapping) else item for item in items if item is not None]
    distinct = list(dict.fromkeys(one if isinstance(one, UUID) else UUID(str(one)) for one in ids))
    running.inputs["records"] = [str(one) for one in distinct]
    return distinct
