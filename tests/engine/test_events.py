"""Events and the audit trail: changed fields alone, secrets masked, one statement a batch."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine import events
from engine.actor import Actor
from engine.db import Database, Session
from engine.errors import Conflict
from engine.events import Action, RecordChanged, RecordsChanged, changed_fields, plain
from engine.ids import new_id
from engine.models import audit

ONE, TWO = UUID(int=1), UUID(int=2)


def change(
    actor: Actor, record: UUID, before: dict[str, object] | None, after: dict[str, object] | None
) -> RecordChanged:
    action: Action = "create" if before is None else "delete" if after is None else "update"
    return RecordChanged(
        form="crm.order", record_id=record, action=action, before=before, after=after, version=3, actor=actor
    )


def test_writes_a_batch_in_one_statement(database: Database, admin: Actor) -> None:
    database.subscribers = (events.audit_subscriber,)
    first, second, third = new_id(), new_id(), new_id()
    changes = (
        change(admin, first, None, {"id": first, "amount": Decimal("1.50"), "note": None}),
        change(admin.as_platform(), second, {"a": 1, "b": 2}, {"a": 1, "b": 3}),
        change(admin, third, {"a": 1}, None),
    )
    with database.unit_of_work() as session:
        session.publish(RecordsChanged(form="crm.order", changes=changes, actor=admin))
        rows = session.execute(sa.select(audit).order_by(audit.c.id)).all()
        assert [(row.record_id, row.action, row.by_platform, row.before, row.after) for row in rows] == [
            (first, "create", False, None, {"id": str(first), "amount": "1.50"}),
            (second, "update", True, {"b": 2}, {"b": 3}),
            (third, "delete", False, {"a": 1}, None),
        ]
        assert {(row.form, row.version, row.user_id, row.at) for row in rows} == {
            ("crm.order", 3, admin.user_id, session.now)
        }


def test_lists_the_history_of_a_record_newest_first(session: Session, admin: Actor) -> None:
    record = new_id()
    for number in range(3):
        events.note(session, admin, "crm.order", "update", record_id=record, after={"n": number})
    events.note(session, admin, "crm.order", "update", record_id=new_id(), after={"n": 9})
    found = events.history(session, "crm.order", record, limit=2)
    assert [entry.after for entry in found] == [{"n": 2}, {"n": 1}]
    assert found[0].before == {}
    older = events.history(session, "crm.order", record, before_id=found[-1].id)
    assert [entry.after for entry in older] == [{"n": 0}]


def test_masks_secrets_and_keeps_what_differs() -> None:
    before = {"name": "a", "password": "old", "token": None, "same": [1]}
    after = {"name": "b", "password": "new", "token": None, "same": [1]}
    assert changed_fields(before, after) == (
        {"name": "a", "password": "***"},
        {"name": "b", "password": "***"},
    )
    assert changed_fields({"amount": Decimal("1.0")}, {"amount": Decimal("1.0")}) == ({}, {})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("1E+3"), "1000"),
        (Decimal("0.10"), "0.10"),
        (date(2026, 11, 21), "2026-11-21"),
        (datetime(2026, 11, 21, 8, tzinfo=UTC), "2026-11-21T08:00:00+00:00"),
        (ONE, str(ONE)),
        ({"id": ONE, "name": "客户"}, str(ONE)),
        ([ONE, TWO], [str(ONE), str(TWO)]),
        (
            [{"id": ONE, "product": {"id": TWO, "name": "x"}, "n": Decimal(1)}],
            [{"id": str(ONE), "product": str(TWO), "n": "1"}],
        ),
        (None, None),
        (True, True),
        (7, 7),
    ],
)
def test_values_as_json(value: object, expected: object) -> None:
    assert plain(value) == expected


def test_a_subscriber_that_refuses_undoes_everything(database: Database, admin: Actor) -> None:
    def refuse(session: Session, event: object) -> None:
        raise Conflict("conflict")

    database.subscribers = (events.audit_subscriber, refuse)
    event = RecordsChanged(form="crm.order", changes=(change(admin, ONE, None, {"a": 1}),), actor=admin)
    with pytest.raises(Conflict), database.unit_of_work() as session:
        session.publish(event)
    with database.unit_of_work() as session:
        assert session.execute(sa.select(sa.func.count()).select_from(audit)).scalar_one() == 0
