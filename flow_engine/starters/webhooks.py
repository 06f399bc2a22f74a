"""Webhooks: flows that another system starts by a signed request, each message once.

Owns the tables `flow_webhook` and `flow_delivery`. Signed after Standard Webhooks (standardwebhooks.com, 1.0.0):
HMAC-SHA256 over `<id>.<timestamp>.<body>` with the flow's secret, which is derived from the installation's key and
nowhere stored. To whoever does not hold the secret every refusal looks alike, that of a name that is not there as well:
names cannot be found out by trying. The log says what it was.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from engine import events, json_schema, logs, secret_key
from engine.actor import Actor
from engine.db import Session
from engine.errors import Conflict, InvalidInput, NotFound, NotSignedIn, Violation
from engine.jobs import Payload, Task
from engine.models import flow_delivery, flow_webhook
from flow_engine.acting.people import acting_user
from flow_engine.definition import Flow
from flow_engine.documents import json_types, published
from flow_engine.documents.plain_values import shown
from flow_engine.runs.starting import start_runs
from flow_engine.trigger_type import Occasion

log = logging.getLogger("dougong.webhooks")

#: A message whose timestamp is further from now than this is refused: an old request cannot be sent again.
TOLERANCE: Final = timedelta(minutes=5)
#: So long the secret before the last one is taken, too, so that the other system can be told the new one in peace.
GRACE: Final = timedelta(days=1)
#: So long a message is known to have come.
_KEPT: Final = timedelta(days=30)
_PREFIX: Final = "whsec_"
_MAX_ID: Final = 200
_LONGEST_NAME_LOGGED: Final = 130


class BadSignature(NotSignedIn):
    """The request is not signed with the flow's secret."""

    code = "webhook_signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A request as it came: the three headers (None where one is missing) and the body, byte for byte."""

    id: str | None
    timestamp: str | None
    signature: str | None
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a message led to; the same for the same message."""

    message: str
    instance: UUID | None
    is_repeated: bool


def rotate(session: Session, actor: Actor, flow: Flow) -> str:
    """Make a new secret for a flow's webhook and return it, the only time that it is shown; the caller has checked rights.

    The secret before stays good for a day.
    """
    _require_webhook(flow)
    row = session.execute(_row(flow.name).with_for_update()).one_or_none()
    salt = secrets.token_urlsafe(16)
    values = {
        "salt": salt,
        "previous_salt": None if row is None else row.salt,
        "previous_until": None if row is None else session.now + GRACE,
        "rotated_at": session.now,
        "rotated_by": actor.user_id,
    }
    insert = postgresql.insert(flow_webhook).values(flow=flow.name, **values)
    session.execute(insert.on_conflict_do_update(index_elements=["flow"], set_=values))
    events.note(session, actor, "meta.flow_webhook", "rotate", after={"flow": flow.name})
    return _PREFIX + base64.b64encode(_secret(session, flow.name, salt)).decode()


def pause(session: Session, name: str, *, is_paused: bool) -> bool:
    """Close or open a webhook; a closed one looks as if it were not there. Return whether there is one."""
    statement = sa.update(flow_webhook).where(flow_webhook.c.flow == name).values(is_paused=is_paused)
    return session.execute(statement).rowcount > 0


def receive(session: Session, name: str, message: Message, read: Callable[[bytes], Any]) -> Receipt:
    """Take a message: check its signature, read its body, start the flow once.

    read -- JSON text -> value; raises what the caller's kind of request says.

    Raises `BadSignature`, also where there is no such webhook; to whoever signed rightly `NotFound` where it is closed,
    `Conflict` for another body under a known id, `InvalidInput` with pointers into the body, and what a run in the
    transaction refuses.
    """
    row = session.execute(_row(name)).one_or_none()
    message_id = _verified(session, name, row, message)
    flow = _open_flow(session, name, row)
    receipt = _earlier(session, name, message_id, message.body)
    if receipt is not None:
        return receipt
    plan = flow.trigger.plan if flow.trigger is not None else None
    if plan is None or plan.reception is None or plan.input is None:
        raise NotFound("webhook_not_found")
    value = read(message.body)
    check_input(flow, value)
    if flow.faults:
        raise Conflict("flow_definition_broken", violations=flow.faults, flow=flow.title)
    occasion = Occasion(
        action="webhook",
        key=f"webhook:{name}:{message_id}",
        input=json_types.read(value, plan.input),
        told={"message": message_id, "input": shown(value)},
    )
    options = flow.trigger.options if flow.trigger is not None else {}
    runs = start_runs(session, flow, acting_user(session, options.get("as")), [occasion])
    instance = runs[0].id if runs else None
    mine = sa.and_(flow_delivery.c.flow == name, flow_delivery.c.message == message_id)
    session.execute(sa.update(flow_delivery).where(mine).values(instance_id=instance))
    return Receipt(message=message_id, instance=instance, is_repeated=False)


def check_input(flow: Flow, value: object) -> None:
    """Raise `InvalidInput` where a value is not the input that a flow's webhook declares."""
    reception = flow.trigger.plan.reception if flow.trigger is not None else None
    if reception is None:
        return
    found = json_schema.validator(("webhook", flow.definition_id), reception.schema).violations(value)
    if found:
        raise InvalidInput(violations=found)


def _require_webhook(flow: Flow) -> None:
    if flow.trigger is None or flow.trigger.plan.reception is None:
        raise Conflict("flow_has_no_webhook", flow=flow.title)


def _row(name: str) -> sa.Select[Any]:
    return sa.select(flow_webhook).where(flow_webhook.c.flow == name)


def _open_flow(session: Session, name: str, row: sa.Row[Any] | None) -> Flow:
    """Return the flow of a webhook whose message is rightly signed; raises `NotFound` where it takes none now."""
    if row is None or row.is_paused:
        _note_refusal(name, "paused")
        raise NotFound("webhook_not_found")
    try:
        flow = published.get(session, name)
    except NotFound:
        _note_refusal(name, "flow_not_published")
        raise NotFound("webhook_not_found") from None
    if flow.trigger is None or flow.trigger.plan.reception is None:
        _note_refusal(name, "flow_has_no_webhook")
        raise NotFound("webhook_not_found")
    return flow


def _note_refusal(name: str, reason: str) -> None:
    """Tell the administrator, in the log, what the answer does not say."""
    logs.event(log, logging.INFO, "webhook_refused", {"webhook": name[:_LONGEST_NAME_LOGGED], "reason": reason})


def _secret(session: Session, name: str, salt: str) -> bytes:
    return secret_key.derive(session, "webhook", name, salt)


def _verified(session: Session, name: str, row: sa.Row[Any] | None, message: Message) -> str:
    """Return the message's id; raises `BadSignature`, always the same before the signature was found to be right.

    Where there is no such webhook the same is computed, with secrets that nobody was ever given.
    """
    if not message.id or len(message.id) > _MAX_ID or not message.id.isprintable() or not message.signature:
        _note_refusal(name, "headers_missing")
        raise BadSignature
    given = [_decoded(one) for one in message.signature.split()]
    signed = f"{message.id}.{message.timestamp}.".encode() + message.body
    expected = [
        hmac.new(_secret(session, name, salt), signed, hashlib.sha256).digest() for salt in _salts(session, row)
    ]
    # Every pair is compared, so that the time taken tells nothing.
    is_right = any([hmac.compare_digest(one, other) for one in given for other in expected])  # noqa: C419
    if row is None or not is_right:
        _note_refusal(name, "no_such_webhook" if row is None else "signature")
        raise BadSignature
    sent_at = _instant(message.timestamp)
    if sent_at is None or abs(sent_at - session.now) > TOLERANCE:
        _note_refusal(name, "timestamp")
        raise BadSignature("webhook_timestamp", minutes=int(TOLERANCE.total_seconds() // 60))
    return message.id


def _salts(session: Session, row: sa.Row[Any] | None) -> tuple[str, str]:
    """Return what the secrets that are good now are made of; always two, for both are tried."""
    if row is None:
        return ("", "")
    is_previous_good = row.previous_salt is not None and row.previous_until > session.now
    return (row.salt, row.previous_salt if is_previous_good else row.salt)


def _decoded(signature: str) -> bytes:
    version, _, text = signature.partition(",")
    if version != "v1":
        return b""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _instant(timestamp: str | None) -> datetime | None:
    if timestamp is None or not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        return None
    try:
        return datetime.fromtimestamp(int(timestamp), UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _earlier(session: Session, name: str, message_id: str, body: bytes) -> Receipt | None:
    """Note that a message has come; return what it led to if it had come before. Two at once wait for each other."""
    body_hash = hashlib.sha256(body).digest()
    row = {"flow": name, "message": message_id, "body_hash": body_hash, "received_at": session.now}
    insert = postgresql.insert(flow_delivery).values(**row).on_conflict_do_nothing()
    if session.execute(insert.returning(flow_delivery.c.message)).one_or_none() is not None:
        return None
    mine = sa.and_(flow_delivery.c.flow == name, flow_delivery.c.message == message_id)
    known = session.execute(sa.select(flow_delivery).where(mine)).one()
    if bytes(known.body_hash) != body_hash:
        raise Conflict("webhook_other_body", id=message_id)
    return Receipt(message=message_id, instance=known.instance_id, is_repeated=True)


def typed_input(flow: Flow, value: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return what somebody who starts a webhook's flow by hand gives it; raises `InvalidInput`."""
    plan = flow.trigger.plan if flow.trigger is not None else None
    if plan is None or plan.reception is None or plan.input is None:
        if value is not None:
            raise InvalidInput(violations=[Violation(pointer="#/input", code="flow_takes_no_input")])
        return None
    reception = json_schema.validator(("webhook", flow.definition_id), plan.reception.schema)
    found = reception.violations({} if value is None else value)
    if found:
        spots = [Violation(pointer="#/input" + one.pointer[1:], code=one.code, params=one.params) for one in found]
        raise InvalidInput(violations=spots)
    read: Mapping[str, Any] = json_types.read(value or {}, plan.input)
    return read


def forget_old(session: Session, _payload: Payload) -> None:
    """Forget messages that came long ago (the queue's task)."""
    session.execute(sa.delete(flow_delivery).where(flow_delivery.c.received_at < session.now - _KEPT))


TASKS: Final = (Task(name="flows.forget_deliveries", run=forget_old, every_seconds=3600.0),)
