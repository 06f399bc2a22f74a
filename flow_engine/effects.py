"""What flows send outside, for administrators: list it, try the dead again, or drop them and let the run go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine import events
from engine.actor import Actor
from engine.db import Session
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound, Violation
from engine.models import flow_effect, flow_instance
from engine.texts import localized
from flow_engine.runs import continuing, outbox
from flow_engine.runs.continuing import load_run
from flow_engine.state import TokenStatus

LIMIT_MAX = 200
STATUSES = ("waiting", "sending", "sent", "dead", "dropped")
_SHOWN = ("id", "node", "kind", "payload", "idempotency_key", "status", "attempts", "error", "created_at", "ended_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectPage:
    """Effects as JSON, newest first; `next_cursor` is None on the last page."""

    items: tuple[Mapping[str, Any], ...]
    next_cursor: str | None


def list_page(
    session: Session, actor: Actor, *, status: str | None = None, limit: int = 50, cursor: UUID | None = None
) -> EffectPage:
    """List what was to leave, newest first; for administrators. One statement."""
    _require_administrator(actor)
    if status is not None and status not in STATUSES:
        params = {"known": list(STATUSES)}
        raise InvalidInput(violations=[Violation(pointer="#/status", code="flow_status_unknown", params=params)])
    limit = max(1, min(limit, LIMIT_MAX))
    query = _query().order_by(flow_effect.c.id.desc()).limit(limit + 1)
    if status is not None:
        query = query.where(flow_effect.c.status == status)
    if cursor is not None:
        query = query.where(flow_effect.c.id < cursor)
    rows = session.execute(query).mappings().all()
    items = tuple(_shown(actor, row) for row in rows[:limit])
    return EffectPage(items=items, next_cursor=items[-1]["id"] if len(rows) > limit else None)


def retry(session: Session, actor: Actor, effect_id: UUID) -> Mapping[str, Any]:
    """Have the run of a dead effect go on from what failed in it: its node makes it anew, under the same idempotency key.

    Raises `NotAllowed`, `NotFound`, `Conflict` where it is not dead.
    """
    instance_id, _ = _lock_dead(session, actor, effect_id)
    continuing.retry(load_run(session, instance_id))
    return _told(session, actor, effect_id, "retry")


def drop(session: Session, actor: Actor, effect_id: UUID) -> Mapping[str, Any]:
    """Give a dead effect up; its run goes on, the node's value is empty. Raises as `retry`."""
    instance_id, token_number = _lock_dead(session, actor, effect_id)
    values = {"status": "dropped", "ended_at": session.now}
    session.execute(sa.update(flow_effect).where(flow_effect.c.id == effect_id).values(values))
    run = load_run(session, instance_id)
    token = run.instance.token(token_number)
    if token is not None and token.status is TokenStatus.FAILED:
        continuing.skip(run, token)
    return _told(session, actor, effect_id, "drop")


def _require_administrator(actor: Actor) -> None:
    if not actor.has_every_right:
        raise NotAllowed("administrator_only")


def _lock_dead(session: Session, actor: Actor, effect_id: UUID) -> tuple[UUID, int]:
    """Lock the effect's run, then the effect; return instance and token."""
    _require_administrator(actor)
    columns = (flow_effect.c.instance_id, flow_effect.c.token, flow_effect.c.status)
    query = sa.select(*columns).where(flow_effect.c.id == effect_id)
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound("flow_effect_not_found", id=str(effect_id))
    locking = sa.select(flow_instance.c.id).where(flow_instance.c.id == found.instance_id).with_for_update()
    session.execute(locking)
    found = session.execute(query.with_for_update()).one()
    if found.status != "dead":
        raise Conflict("flow_effect_not_dead", status=found.status)
    return found.instance_id, found.token


def _told(session: Session, actor: Actor, effect_id: UUID, action: str) -> Mapping[str, Any]:
    events.note(session, actor, "meta.flow_effect", action, after={"id": str(effect_id)})
    return _shown(actor, session.execute(_query().where(flow_effect.c.id == effect_id)).mappings().one())


def _query() -> sa.Select[Any]:
    return sa.select(flow_effect, flow_instance.c.flow).join_from(
        flow_effect, flow_instance, flow_instance.c.id == flow_effect.c.instance_id
    )


def _shown(actor: Actor, found: Mapping[Any, Any]) -> dict[str, Any]:
    due = found["next_attempt_at"] if found["status"] == "waiting" else None
    shown = {key: str(found[key]) if key == "id" else found[key] for key in _SHOWN}
    # What a header holds may be a password of the other system.
    payload = {key: value for key, value in found["payload"].items() if key not in ("headers", "answer", "attempts")}
    return {
        **shown,
        "payload": payload,
        "error": None if found["error"] is None else localized(found["error"]["message"], actor.language),
        "instance": str(found["instance_id"]),
        "flow": found["flow"],
        "next_attempt_at": due,
        "max_attempts": outbox.most_attempts(found["payload"]),
    }
