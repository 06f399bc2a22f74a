"""Tokens that wait for something to happen to a record: which an event means, and going on behind them.

Owns SQL. The event is matched in the transaction that changes the record: what was committed while a run waited is never
missed, and a change that is taken back ends no waiting. A change of a form that no version of a flow waits for costs a
look into a table in memory; any other, one statement by an index over what the waiting runs wait for.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from engine import definitions, events, expressions, jobs
from engine.actor import Actor
from engine.db import Session
from engine.events import RecordChanged, RecordsChanged
from engine.expressions import USER, ExpressionError
from engine.models import definition, definition_version, flow_wait
from flow_engine.definition import Flow
from flow_engine.documents import published
from flow_engine.node_type import Awaited
from flow_engine.runs.keeping import refill
from flow_engine.runs.run import Run
from form_engine import forms
from form_engine.evaluating import loading

#: The queue's tasks: go on behind a token whose event has come; ask a node again whether it need wait at all.
FOUND: Final = "flows.found"
LOOK: Final = "flows.look"
#: Longer than a transaction lasts that was open when a run began to wait.
LOOK_AGAIN: Final = timedelta(seconds=30)

_Row = sa.Row[Any]


def key_of(form: str, values: Iterable[tuple[str, object]]) -> bytes:
    """Return what a waiting run and the event it waits for have in common: form, fields and their values, hashed."""
    text = json.dumps([form, [[field, _plain(value)] for field, value in sorted(values)]], ensure_ascii=False)
    return hashlib.sha256(text.encode()).digest()


def _plain(value: object) -> Any:
    return events.plain(value.normalize() if isinstance(value, Decimal) else value)


def write(session: Session, runs: Sequence[Run]) -> None:
    """Write what tokens of runs began to wait for, and forget what ended ones waited for."""
    for run in runs:
        ended = [token.number for token in run.instance.ended if token.node in run.flow.awaits]
        if ended and run.is_stored:
            gone = sa.and_(flow_wait.c.instance_id == run.id, flow_wait.c.token.in_(ended))
            session.execute(sa.delete(flow_wait).where(gone))
    rows = [
        {
            "instance_id": run.id,
            "token": one.token,
            "node": token.node,
            "definition_version_id": run.flow.definition_id,
            "form": one.listen.form,
            "key": key_of(one.listen.form, one.listen.values.items()),
        }
        for run in runs
        for one in run.listening
        if (token := run.instance.token(one.token)) is not None
    ]
    if not rows:
        return
    session.execute(sa.insert(flow_wait).values(rows))
    again = [_payload(run.id, one.token) for run in runs for one in run.listening if one.listen.looks_again]
    jobs.enqueue_many(session, LOOK, [(payload, None) for payload in again], at=session.now + LOOK_AGAIN)


def _payload(instance_id: UUID, token: int) -> dict[str, Any]:
    return {"instance": str(instance_id), "token": token}


def hear(session: Session, event: RecordsChanged) -> None:
    """Mark the tokens that waited for one of the changes, and have workers go on behind them after the commit."""
    awaited = _awaited(session).get(event.form)
    if not awaited:
        return
    meant: dict[bytes, list[RecordChanged]] = defaultdict(list)
    for change in event.changes:
        record = _record(change)
        for fields in awaited:
            meant[key_of(event.form, ((field, record.get(field)) for field in fields))].append(change)
    # In one order for everybody: two changes that end the waiting of the same runs cannot wait for each other.
    keys = sa.any_(sa.bindparam(None, list(meant), postgresql.ARRAY(sa.LargeBinary)))
    query = sa.select(flow_wait).where(flow_wait.c.key == keys, flow_wait.c.found_at.is_(None))
    waiting = session.execute(query.order_by(flow_wait.c.instance_id, flow_wait.c.token).with_for_update()).all()
    found = [(row, _first(session, row, meant[bytes(row.key)], event.actor)) for row in waiting]
    ended = [(row, change) for row, change in found if change is not None]
    for row, change in ended:
        mine = sa.and_(flow_wait.c.instance_id == row.instance_id, flow_wait.c.token == row.token)
        values = {"record_id": change.record_id, "found_at": session.now}
        session.execute(sa.update(flow_wait).where(mine).values(values))
    jobs.enqueue_many(session, FOUND, [(_payload(row.instance_id, row.token), None) for row, _ in ended])


def _record(change: RecordChanged) -> Mapping[str, Any]:
    return (change.after if change.after is not None else change.before) or {}


def _awaited(session: Session) -> Mapping[str, frozenset[tuple[str, ...]]]:
    """Return form -> the sets of fields that some version of a flow waits by; runs may stand on any of them."""

    def read() -> Mapping[str, frozenset[tuple[str, ...]]]:
        kept = sa.and_(
            definition.c.kind == "flows", sa.cast(definition_version.c.document, sa.Text).contains('"event"')
        )
        query = sa.select(definition_version.c.document).join(
            definition, definition.c.id == definition_version.c.definition_id
        )
        found: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        for document in session.execute(query.where(kept)).scalars():
            for node in document.get("nodes", {}).values():
                event = node.get("event")
                if isinstance(event, Mapping) and "form" in event:
                    found[event["form"]].add(tuple(sorted(event.get("match", {}))))
        return {form: frozenset(sets) for form, sets in found.items()}

    return definitions.catalog(session).compiled("flow_engine", "awaited", read)


def _first(session: Session, row: _Row, changes: Sequence[RecordChanged], actor: Actor) -> RecordChanged | None:
    flow = published.get_version(session, row.definition_version_id)
    awaited = flow.awaits.get(row.node)
    if awaited is None or flow.faults:
        return None
    return next((change for change in changes if _is_awaited(session, flow, row.node, awaited, change, actor)), None)


def _is_awaited(session: Session, flow: Flow, node: str, awaited: Awaited, change: RecordChanged, actor: Actor) -> bool:
    if change.action not in awaited.on:
        return False
    if awaited.when is None:
        return True
    record = _attached(session, flow, awaited.form, f"await:{node}:record", _record(change))
    old = None if change.before is None else _attached(session, flow, awaited.form, f"await:{node}:old", change.before)
    user = loading.actor_values(actor)
    tree = {key: below for key, below in flow.trees.get(f"await:{node}:user", {}).items() if below}
    refill(session, USER, [user], tree)
    names = {**record, "record": record, "old": old, "user": user}
    try:
        return bool(awaited.when.evaluate({**names, **expressions.at(session.now, session.time_zone)}))
    except ExpressionError:
        # The change is somebody else's business: it is not refused because a run that waits cannot judge it.
        return False


def _attached(session: Session, flow: Flow, form: str, origin: str, record: Mapping[str, Any]) -> dict[str, Any]:
    copy = dict(record)
    tree = flow.trees.get(origin, {})
    if any(tree.values()):
        loading.attach(session, forms.get(session, form).fields.values(), [copy], tree)
    return copy


def find_record(session: Session, instance_id: UUID, token: int) -> UUID | None:
    """Return the record whose change the token waited for, None while it waits."""
    mine = sa.and_(flow_wait.c.instance_id == instance_id, flow_wait.c.token == token)
    found: UUID | None = session.execute(sa.select(flow_wait.c.record_id).where(mine)).scalar_one_or_none()
    return found


def record_found(run: Run, node: str, record_id: UUID) -> dict[str, Any] | None:
    """Return the awaited record as later expressions see it, as it is now; its id alone where it is gone."""
    awaited = run.flow.awaits.get(node)
    if awaited is None:
        return None
    form = forms.get(run.session, awaited.form)
    found = loading.load_values(run.session, form, [record_id], run.flow.trees.get(node, {}))
    return dict(found.get(record_id, {"id": record_id}))
