"""A record with what a person needs around it: its buttons, tasks and runs, and what points at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from engine.errors import NotAllowed, NotFound, Stale
from engine.texts import localized
from flow_engine import instances, tasks
from form_engine import actions, forms, records
from form_engine.querying import record_titles
from form_engine.record import Record
from web.dependencies import Call

RUNS_SHOWN = 20


def get(call: Call, form: str, record_id: UUID) -> Record:
    """Return a record that the actor may see by right, or because a task asks them about it."""
    try:
        return records.get(call.session, call.actor, form, record_id)
    except (NotFound, NotAllowed):
        if not tasks.may_view_record(call.session, call.actor, form, record_id):
            raise
    found = records.get(call.session, call.actor.as_platform(), form, record_id)
    return record_titles.entitled(call.session, call.actor, forms.get(call.session, form), [found])[0]


def show(call: Call, record: Record) -> dict[str, Any]:
    """Return one record as JSON."""
    return records.show(call.session, call.actor, record.form, [record])[0]


def surroundings(call: Call, record: Record) -> dict[str, Any]:
    """Return the buttons that may be pressed now, the reader's open tasks, the runs and what points at the record."""
    session, actor = call.session, call.actor
    form = forms.get(session, record.form)
    runs = instances.list_page(session, actor, form=record.form, record_id=record.id, limit=RUNS_SHOWN)
    return {
        "actions": [one.key for one in actions.offered(session, actor, form, record)],
        "tasks": tasks.open_on_record(session, actor, record.form, record.id),
        "instances": runs.items,
        "related": _related(call, record),
    }


def _related(call: Call, record: Record) -> list[dict[str, Any]]:
    try:
        found = records.related(call.session, call.actor, record.form, record.id)
    except (NotFound, NotAllowed):  # seen because of a task alone
        return []
    return [
        {
            "form": one.form,
            "field": one.field,
            "title": localized(forms.get(call.session, one.form).title, call.language),
            "count": one.count,
        }
        for one in found
    ]


@contextmanager
def telling_what_changed(call: Call) -> Iterator[None]:
    """Let a stale edit answer with the record as it is now, and who changed it when."""
    try:
        yield
    except Stale as error:
        current = error.params.get("current")
        if not isinstance(current, Record):
            raise
        shown = show(call, current) | {
            "changed_by": {"id": error.params.get("changed_by_id"), "title": error.params.get("changed_by")},
            "changed_at": error.params.get("changed_at"),
        }
        raise Stale(error.code, **{**error.params, "current": shown}) from error
