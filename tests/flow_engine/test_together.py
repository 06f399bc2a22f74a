"""Runs of several jobs in one transaction: each does what it would do alone, behind those before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine.db import Database, Session
from engine.errors import NotFound
from engine.jobs import Payload, Task, Worker
from engine.models import flow_instance, flow_journal, flow_log, flow_token, flow_wait, job
from flow_engine import flows
from flow_engine.runs.continuing import CONTINUE
from flow_engine.runs.runner import FlowRefused
from form_engine import records
from form_engine.record import Record
from tests.engine.test_jobs import until, working
from tests.factories import works as factory
from tests.factories.works import ADMIN, Works, flow
from tests.form_engine.statements import counted

ON_UPDATE = {"type": "record", "form": "works.order", "on": ["update"]}
COUNT_UP = {"type": "update_record", "record": "record", "values": {"count": "COALESCE(record.count, 0) + 1"}}


def together(session: Session, task: str = CONTINUE, *, most: int = 100) -> int:
    """Take away the waiting jobs of a task and do them in this transaction; return how many were done."""
    found = session.execute(sa.delete(job).where(job.c.task == task).returning(job.c.id, job.c.payload)).all()
    payloads = [row.payload for row in sorted(found, key=lambda row: int(row.id))]
    left = iter(range(1, most))
    return _task(task)(session, payloads, lambda: next(left, None) is not None)


def _task(name: str) -> Callable[[Session, Sequence[Payload], Callable[[], bool]], int]:
    task: Task = next(task for task in flows.TASKS if task.name == name)
    assert task.together is not None
    return task.together


def runs(session: Session) -> list[Any]:
    return list(session.execute(sa.select(flow_instance).order_by(flow_instance.c.id)))


def value(works: Works, record: Record, key: str) -> Any:
    return records.get(works.session, ADMIN, record.form, record.id).values[key]


def counting_up(works: Works, **orders: int) -> list[Record]:
    """Orders for each of which so many runs wait that count it up."""
    trigger = {**ON_UPDATE, "when": "opinion != old.opinion"}
    works.publish(flow("up", {"n": COUNT_UP}, trigger=trigger, runs="in_background"))
    made = [works.order(name, {}) for name in orders]
    for number in range(max(orders.values())):
        for order, times in zip(made, orders.values(), strict=True):
            if number < times:
                works.update(order, opinion=str(number))
    return made


def test_runs_about_one_record_see_what_those_before_them_did(works: Works) -> None:
    first, second = counting_up(works, A=3, B=1)
    assert together(works.session) == 4
    assert (value(works, first, "count"), value(works, second, "count")) == (3, 1)
    assert [run.status for run in runs(works.session)] == ["completed"] * 4
    journal = works.session.execute(sa.select(flow_journal.c.after).order_by(flow_journal.c.instance_id)).scalars()
    assert sorted(int(one["count"]) for one in journal) == [1, 1, 2, 3]


def test_what_is_shared_is_asked_once(works: Works) -> None:
    counting_up(works, A=1, B=1, C=1, D=1)
    with counted(works.session) as statements:
        assert together(works.session) == 4
    # The jobs; the runs, who started them, the orders; for each run the order once more, locked, with its lines, its
    # update and the audit; all runs.
    assert len(statements) == 1 + 3 + 4 * 4 + 1, statements


def test_a_run_sees_what_those_before_it_did_to_what_its_record_points_at(works: Works) -> None:
    set_rank = {
        "each": {"type": "for_each", "items": "record.lines", "next": {"item": "rank"}},
        "rank": {"type": "update_record", "record": "item.product", "values": {"rank": "item.product.rank + 1"}},
    }
    works.publish(flow("rank", set_rank, runs="in_background"))
    for number in range(3):
        works.order(f"SO{number}", {"bolt": 1}, status="approved")
    assert together(works.session) == 3
    assert value(works, works.products["bolt"], "rank") == 4


def test_flows_that_runs_set_off_belong_to_one_chain_each(works: Works) -> None:
    make = {
        "type": "create_record",
        "form": "works.work_order",
        "values": {"order": "record", "product": f"'{works.products['bolt'].id}'", "quantity": "1"},
    }
    label = {"type": "update_record", "record": "record", "values": {"label": "'made'"}}
    works.publish(
        flow("make", {"n": make}, runs="in_background"),
        flow("label", {"n": label}, trigger={"type": "record", "form": "works.work_order", "on": ["create"]}),
        flow(
            "later",
            {"end": {"type": "end"}},
            trigger={"type": "record", "form": "works.work_order", "on": ["create"]},
            runs="in_background",
        ),
    )
    for number in range(3):
        works.order(f"SO{number}", {}, status="approved")
    assert together(works.session) == 3
    found = runs(works.session)
    makers = [run.id for run in found if run.flow == "works.make"]
    for name in ("works.label", "works.later"):
        mine = [run for run in found if run.flow == name]
        assert sorted(run.parent_id for run in mine) == sorted(makers)
        assert [run.chain for run in mine] == [["works.make"]] * 3
    assert [one.values["label"] for one in works.all("works.work_order")] == ["made"] * 3
    assert together(works.session) == 3
    assert {run.status for run in runs(works.session)} == {"completed"}


def test_a_run_hears_what_the_next_one_does(works: Works) -> None:
    wait = {
        "until": {
            "type": "wait",
            "event": {"form": "works.order", "on": ["update"], "match": {"number": "'SO2'"}, "when": "count == 1"},
            "next": "note",
        },
        "note": {"type": "update_record", "record": "record", "values": {"opinion": "'heard'"}},
    }
    works.publish(
        flow("await_it", wait, runs="in_background", trigger={**ON_UPDATE, "when": "opinion == 'wait'"}),
        flow(
            "count_it",
            {"n": COUNT_UP},
            runs="in_background",
            trigger={**ON_UPDATE, "when": "opinion == 'count' and count == None"},
        ),
    )
    first, second = works.order("SO1", {}), works.order("SO2", {})
    works.update(first, opinion="wait")
    works.update(second, opinion="count")
    assert together(works.session) == 2
    found = works.session.execute(sa.select(flow_wait.c.record_id, flow_wait.c.found_at)).one()
    assert (found.record_id, found.found_at) == (second.id, works.session.now)
    assert together(works.session, "flows.found") == 1
    assert value(works, first, "opinion") == "heard"
    assert [run.status for run in runs(works.session)] == ["completed"] * 2


def test_two_jobs_of_one_run_are_not_done_together(works: Works) -> None:
    counting_up(works, A=1, B=1)
    first, second = (str(run.id) for run in runs(works.session))
    payloads: Sequence[Payload] = [{"instance": one} for one in (first, second, first)]
    works.session.execute(sa.delete(job))
    assert _task(CONTINUE)(works.session, payloads, lambda: True) == 2
    assert _task(CONTINUE)(works.session, payloads[2:], lambda: True) == 1
    assert [run.status for run in runs(works.session)] == ["completed"] * 2


def test_done_are_the_first_until_it_is_enough(works: Works) -> None:
    orders = counting_up(works, A=1, B=1, C=1)
    assert together(works.session, most=2) == 2
    assert sorted(value(works, one, "count") or 0 for one in orders) == [0, 1, 1]
    assert sorted(run.status for run in runs(works.session)) == ["completed", "completed", "running"]


def test_one_that_is_refused_or_gone_refuses_all(works: Works) -> None:
    orders = counting_up(works, A=1, B=1)
    works.publish(flow("never", {"n": {**COUNT_UP, "values": {"count": "1 / 0"}}}, runs="in_background"))
    works.order("SO9", {}, status="approved")
    with pytest.raises(FlowRefused), works.session.connection.begin_nested():
        together(works.session)
    assert [value(works, one, "count") for one in orders] == [None, None]
    gone = [{"instance": str(runs(works.session)[0].id)}, {"instance": str(UUID(int=7))}]
    with pytest.raises(NotFound), works.session.connection.begin_nested():
        _task(CONTINUE)(works.session, gone, lambda: True)
    assert {run.status for run in runs(works.session)} == {"running"}


def test_what_runs_leave_behind_is_what_they_leave_alone(works: Works) -> None:
    wait = {
        "pause": {"type": "wait", "duration": {"days": 1}, "next": "up"},
        "up": {**COUNT_UP, "next": "each"},
        "each": {"type": "for_each", "items": "record.lines", "next": {"item": "make"}},
        "make": {
            "type": "create_record",
            "form": "works.work_order",
            "values": {"order": "record", "product": "item.product", "quantity": "item.quantity"},
        },
    }
    works.publish(flow("pausing", wait, runs="in_background"))
    lines: Sequence[dict[str, int]] = ({"bolt": 1}, {"bolt": 2, "nut": 1}, {})
    people = ("clerk", "boss", "clerk")
    left = []
    for is_together in (True, False):
        ids = []
        for number, (given, person) in enumerate(zip(lines, people, strict=True)):
            before = {run.id for run in runs(works.session)}
            order = works.order(f"SO{number}", given, rep=str(works.people[person].user_id))
            works.update(order, status="approved", actor=works.people[person] if person == "clerk" else ADMIN)
            ids += [run.id for run in runs(works.session) if run.id not in before]
        for task in (CONTINUE, "flows.wake"):
            if task != CONTINUE:
                payloads: list[Payload] = [{"instance": str(one), "token": 1} for one in ids]
            else:
                payloads = [{"instance": str(one)} for one in ids]
            if is_together:
                assert _task(task)(works.session, payloads, lambda: True) == 3
            else:
                for payload in payloads:
                    next(one for one in flows.TASKS if one.name == task).run(works.session, payload)
        left.append([_left(works.session, one) for one in ids])
    assert left[0] == left[1]
    assert [len(logs) for _, logs, *_ in left[0]] == [4, 5, 3]


def _left(session: Session, run: UUID) -> list[Any]:
    """Everything that stands about a run, but for ids of records."""
    log, journal, token, instance = flow_log.c, flow_journal.c, flow_token.c, flow_instance.c
    queries = (
        sa.select(instance.status, instance.state, instance.ended_at, instance.error, instance.started_by).where(
            instance.id == run
        ),
        sa.select(log.seq, log.token, log.node, log.iteration, log.status, log.started_at, log.ended_at)
        .where(log.instance_id == run)
        .order_by(log.seq),
        sa.select(journal.seq, journal.node, journal.iteration, journal.form, journal.action, journal.at)
        .where(journal.instance_id == run)
        .order_by(journal.seq),
        sa.select(token.number, token.node, token.status).where(token.instance_id == run).order_by(token.number),
    )
    return [[tuple(row) for row in session.execute(query)] for query in queries]


def test_a_run_that_fails_stops_alone(fresh_database: Database) -> None:
    fresh_database.subscribers = factory.SUBSCRIBERS
    nodes = {"up": {"type": "update_record", "record": "record", "values": {"count": "6 / record.count"}}}
    with fresh_database.unit_of_work() as session:
        works = factory.build(session)
        works.publish(flow("divide", nodes, runs="in_background"))
        orders = [works.order(f"SO{number}", {}, count=number, status="approved") for number in (1, 2, 0, 3)]
    with working(Worker(fresh_database, flows.TASKS, threads=1)):
        until(lambda: _is_over(fresh_database))
    with fresh_database.unit_of_work() as session:
        found = Works(session=session, people=works.people, products=works.products)
        assert [value(found, one, "count") for one in orders] == [6, 3, 0, 2]
        stopped = [(run.record_id, run.error["node"]) for run in runs(session) if run.status == "failed"]
        assert stopped == [(orders[2].id, "up")]
        assert sorted(run.status for run in runs(session)) == ["completed", "completed", "completed", "failed"]


def _is_over(database: Database) -> bool:
    with database.unit_of_work() as session:
        return all(run.status in ("completed", "failed") for run in runs(session))
