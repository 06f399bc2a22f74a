"""What flows cost: statements of an approval that makes records, and of a run in the background."""

from __future__ import annotations

import sqlalchemy as sa

from engine.db import Database
from engine.jobs import Worker
from flow_engine import flows
from form_engine import records
from tests.factories import works as factory
from tests.factories.works import ADMIN
from tests.form_engine.statements import counted

MAKE_ONE_A_LINE = {
    "each": {"type": "for_each", "items": "record.lines", "next": {"item": "make"}},
    "make": {
        "type": "create_record",
        "form": "works.work_order",
        "values": {"order": "record", "product": "item.product", "quantity": "item.quantity"},
    },
}


def test_an_approval_costs_the_writing_of_its_rows_and_little_else(fresh_database: Database) -> None:
    fresh_database.subscribers = factory.SUBSCRIBERS
    with fresh_database.unit_of_work() as session:
        works = factory.build(session)
        works.publish(factory.flow("make", MAKE_ONE_A_LINE))
        orders = [works.order("SO1", {"bolt": 1}), works.order("SO2", {"bolt": 1, "nut": 1, "gear": 1})]
    found = []
    for order in orders:
        with fresh_database.unit_of_work() as session, counted(session) as statements:
            records.update(session, ADMIN, "works.order", order.id, {"status": "approved"}, version=1)
        found.append(len(statements))
    # The catalogue, the order with its lines, its update and audit; the product, the work order and its audit for each
    # line; the run. Savepoints and reading again what is known are not among them.
    assert found == [5 + 3 * lines + 1 for lines in (1, 3)]


def test_a_run_in_the_background_costs_no_savepoints_and_nothing_twice(fresh_database: Database) -> None:
    fresh_database.subscribers = factory.SUBSCRIBERS
    with fresh_database.unit_of_work() as session:
        works = factory.build(session)
        works.publish(factory.flow("make", MAKE_ONE_A_LINE, runs="in_background"))
        works.update(works.order("SO1", {"bolt": 1}), status="approved")
    ran: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        ran.append(statement)

    sa.event.listen(fresh_database.engine, "before_cursor_execute", note)
    sa.event.listen(fresh_database.engine, "savepoint", lambda _connection, name: ran.append(name))
    assert Worker(fresh_database, flows.TASKS).run_one()
    # The claim; the job, the run, the order and its lines; who started it; what the work order points at, the work order
    # and its audit; the run; the catalogue.
    assert len(ran) == 11, ran
