"""Approvals: who is asked, what a decision sets going, and that it happens once."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine import identity, jobs
from engine.db import Database
from engine.errors import Conflict, InvalidInput, NotFound
from engine.models import flow_instance, flow_task, job
from flow_engine import flows, instances, notifications, tasks
from form_engine import records
from tests.factories import works as factory
from tests.factories.works import ADMIN, Works


def run_jobs(works: Works) -> int:
    """Run every queued job in this session, as carefully as a worker does; return how many there were."""
    found = works.session.execute(sa.select(job).order_by(job.c.id)).all()
    for one in found:
        works.session.execute(sa.delete(job).where(job.c.id == one.id))
        task = next(task for task in flows.TASKS if task.name == one.task)
        (task.carefully or task.run)(works.session, one.payload)
    return len(found)


def approval(assignees: list[dict[str, Any]], **options: Any) -> dict[str, Any]:
    """Return the approval flow with other people asked."""
    nodes = {**factory.APPROVAL["nodes"]}
    nodes["manager"] = {**nodes["manager"], "assignees": assignees, **options}
    return {**factory.APPROVAL, "nodes": nodes}


def submitted(works: Works, *, actor: Any = ADMIN, **values: Any) -> Any:
    order = works.order("SO1", {"bolt": 3}, actor=actor, **values)
    works.update(order, status="submitted")
    assert run_jobs(works) == 1
    return order


def open_of(works: Works, name: str) -> list[dict[str, Any]]:
    return [dict(item) for item in tasks.list_for(works.session, works.people[name]).items]


def test_approval_approves_and_makes_work_orders_in_one_go(works: Works) -> None:
    works.publish(factory.APPROVAL, factory.MAKE)
    clerk, boss = works.people["clerk"], works.people["boss"]
    order = submitted(works, actor=clerk)
    task = open_of(works, "boss")[0]
    assert task["record"] == {"app": "works", "form": "order", "id": str(order.id), "title": "SO1"}
    assert (task["flow"], task["node"], task["node_title"]) == ("works.order_approval", "manager", "经理审批")
    assert task["decisions"] == ["approve", "reject", "return"]
    assert tasks.counts(works.session, boss) == {"open": 1}

    decided = tasks.decide(works.session, boss, UUID(task["id"]), "approve", "好")

    assert (decided["status"], decided["decision"], decided["opinion"]) == ("approved", "approve", "好")
    assert decided["decided_by"] == {"id": str(boss.user_id), "title": "Boss"}
    assert records.get(works.session, ADMIN, "works.order", order.id).values["status"] == "approved"
    assert len(works.all("works.work_order")) == 1
    heard = notifications.list_for(works.session, clerk).items
    assert [(one["text"], one["link"]) for one in heard] == [("订单 SO1 已通过", f"/apps/works/forms/order/{order.id}")]
    assert notifications.count_unread(works.session, clerk) == 1
    assert notifications.mark_read(works.session, clerk) == 1
    assert notifications.count_unread(works.session, clerk) == 0
    assert [item["id"] for item in tasks.list_for(works.session, boss, status="done").items] == [task["id"]]


def test_the_same_decision_again_changes_nothing_and_another_is_refused(works: Works) -> None:
    works.publish(factory.APPROVAL, factory.MAKE)
    submitted(works)
    boss = works.people["boss"]
    task_id = UUID(open_of(works, "boss")[0]["id"])
    first = tasks.decide(works.session, boss, task_id, "approve", "好")
    assert tasks.decide(works.session, boss, task_id, "approve") == first
    with pytest.raises(Conflict) as refused:
        tasks.decide(works.session, boss, task_id, "reject")
    assert refused.value.code == "task_decided"
    assert len(works.all("works.work_order")) == 1


@pytest.mark.parametrize(("decision", "status"), [("reject", "rejected"), ("return", "draft")])
def test_rejecting_and_returning_go_their_own_ways(works: Works, decision: str, status: str) -> None:
    works.publish(factory.APPROVAL, factory.MAKE)
    order = submitted(works)
    tasks.decide(works.session, works.people["boss"], UUID(open_of(works, "boss")[0]["id"]), decision, "价格太低")
    found = records.get(works.session, ADMIN, "works.order", order.id)
    assert (found.values["status"], found.values["opinion"]) == (status, "价格太低")
    assert works.all("works.work_order") == []


def test_a_decision_whose_consequences_are_refused_is_not_made(works: Works) -> None:
    works.publish(factory.APPROVAL, factory.MAKE)
    order = works.order("SO1", {"gear": 5000})
    works.update(order, status="submitted")
    run_jobs(works)
    task_id = UUID(open_of(works, "boss")[0]["id"])
    with pytest.raises(InvalidInput) as refused, works.session.connection.begin_nested():
        tasks.decide(works.session, works.people["boss"], task_id, "approve")
    assert refused.value.code == "flow_refused"
    assert tasks.get(works.session, works.people["boss"], task_id)["status"] == "open"
    assert records.get(works.session, ADMIN, "works.order", order.id).values["status"] == "submitted"


def test_all_must_approve(works: Works) -> None:
    both = [{"type": "user", "value": "boss"}, {"type": "user", "value": "deputy"}]
    works.publish(approval(both, mode="all"))
    order = submitted(works)
    tasks.decide(works.session, works.people["boss"], UUID(open_of(works, "boss")[0]["id"]), "approve")
    assert records.get(works.session, ADMIN, "works.order", order.id).values["status"] == "submitted"
    tasks.decide(works.session, works.people["deputy"], UUID(open_of(works, "deputy")[0]["id"]), "approve")
    assert records.get(works.session, ADMIN, "works.order", order.id).values["status"] == "approved"


def test_one_rejection_closes_the_others_tasks(works: Works) -> None:
    both = [{"type": "user", "value": "boss"}, {"type": "user", "value": "deputy"}]
    works.publish(approval(both, mode="all"))
    submitted(works)
    mine, other = open_of(works, "boss")[0], open_of(works, "deputy")[0]
    tasks.decide(works.session, works.people["boss"], UUID(mine["id"]), "reject")
    assert open_of(works, "deputy") == []
    with pytest.raises(Conflict) as refused:
        tasks.decide(works.session, works.people["deputy"], UUID(other["id"]), "approve")
    assert refused.value.code == "task_cancelled"


def test_in_sequence_one_is_asked_after_the_other(works: Works) -> None:
    both = [{"type": "user", "value": "deputy"}, {"type": "user", "value": "boss"}]
    works.publish(approval(both, mode="sequence"))
    order = submitted(works)
    assert open_of(works, "boss") == []
    pending = works.session.execute(sa.select(flow_task.c.id).where(flow_task.c.status == "pending")).scalar_one()
    with pytest.raises(Conflict) as refused:
        tasks.decide(works.session, works.people["boss"], pending, "approve")
    assert refused.value.code == "task_not_yet"
    tasks.decide(works.session, works.people["deputy"], UUID(open_of(works, "deputy")[0]["id"]), "approve")
    tasks.decide(works.session, works.people["boss"], UUID(open_of(works, "boss")[0]["id"]), "approve")
    assert records.get(works.session, ADMIN, "works.order", order.id).values["status"] == "approved"


def test_a_person_found_twice_is_asked_once(works: Works) -> None:
    works.publish(approval([{"type": "user", "value": "boss"}, {"type": "field", "value": "rep"}], mode="all"))
    submitted(works, rep=str(works.people["boss"].user_id))
    assert len(open_of(works, "boss")) == 1


def test_heads_are_found_up_the_departments(works: Works) -> None:
    session, people = works.session, works.people
    top = identity.create_department(session, ADMIN, key="top", title="总部", head_id=people["boss"].user_id)
    sales = identity.create_department(
        session, ADMIN, key="sales", title="销售部", parent_id=top.id, head_id=people["deputy"].user_id
    )
    identity.update_user(session, ADMIN, people["clerk"].user_id, department_id=sales.id)
    works.publish(
        approval(
            [
                {"type": "department_head", "value": 1, "of": "rep"},
                {"type": "department_head", "value": 2, "of": "rep"},
            ],
            mode="all",
        )
    )
    submitted(works, rep=str(people["clerk"].user_id))
    assert len(open_of(works, "deputy")) == 1
    assert len(open_of(works, "boss")) == 1


@pytest.mark.parametrize(
    ("policy", "asked", "status"),
    [("to_administrators", 1, "waiting"), ("approve", 0, "completed"), ("refuse", 0, "failed")],
)
def test_nobody_found(works: Works, policy: str, asked: int, status: str) -> None:
    works.publish(approval([{"type": "role", "value": "works.nobody"}], nobody_found=policy))
    submitted(works)
    assert len(open_of(works, "admin")) == asked
    assert works.session.execute(sa.select(flow_instance.c.status)).scalar_one() == status


def test_anothers_task_is_not_there(works: Works) -> None:
    works.publish(factory.APPROVAL)
    submitted(works)
    task_id = UUID(open_of(works, "boss")[0]["id"])
    with pytest.raises(NotFound):
        tasks.decide(works.session, works.people["clerk"], task_id, "approve")
    with pytest.raises(NotFound):
        tasks.get(works.session, works.people["clerk"], task_id)


def test_unknown_decisions_and_long_opinions_are_refused(works: Works) -> None:
    works.publish(factory.APPROVAL)
    submitted(works)
    boss, task_id = works.people["boss"], UUID(open_of(works, "boss")[0]["id"])
    with pytest.raises(InvalidInput) as refused:
        tasks.decide(works.session, boss, task_id, "maybe")
    assert [(spot.pointer, spot.code) for spot in refused.value.violations] == [("#/decision", "task_decision_unknown")]
    with pytest.raises(InvalidInput) as too_long:
        tasks.decide(works.session, boss, task_id, "approve", "x" * 2001)
    assert [spot.pointer for spot in too_long.value.violations] == ["#/opinion"]
    assert tasks.get(works.session, boss, task_id)["status"] == "open"


def test_a_task_lets_its_assignee_see_the_record(works: Works) -> None:
    works.publish(factory.APPROVAL)
    order = submitted(works)
    assert tasks.may_view_record(works.session, works.people["boss"], "works.order", order.id)
    assert not tasks.may_view_record(works.session, works.people["deputy"], "works.order", order.id)
    for scopes, may in (
        ({"works.order:read"}, True),
        ({"*:write"}, True),
        ({"works.other:write", "crm.*:read"}, False),
    ):
        program = replace(works.people["boss"], token_scopes=frozenset(scopes))
        assert tasks.may_view_record(works.session, program, "works.order", order.id) == may
        assert tasks.may_view_form(works.session, program, "works.order") == may
    assert len(tasks.open_on_record(works.session, works.people["boss"], "works.order", order.id)) == 1


def test_return_may_go_to_the_starter_and_back(works: Works) -> None:
    document = approval([{"type": "user", "value": "boss"}])
    document["nodes"]["manager"]["next"] = {"approve": "approve", "reject": "refuse", "return": "revise"}
    document["nodes"]["revise"] = {
        "type": "approval",
        "assignees": [{"type": "starter"}],
        "next": {"approve": "manager", "reject": "refuse"},
    }
    del document["nodes"]["back"]
    works.publish(document)
    clerk = works.people["clerk"]
    order = works.order("SO1", {"bolt": 3}, actor=clerk)
    works.update(order, actor=clerk, status="submitted")
    run_jobs(works)
    for _ in range(2):
        tasks.decide(works.session, works.people["boss"], UUID(open_of(works, "boss")[0]["id"]), "return", "改")
        tasks.decide(works.session, clerk, UUID(open_of(works, "clerk")[0]["id"]), "approve", "已改")
    tasks.decide(works.session, works.people["boss"], UUID(open_of(works, "boss")[0]["id"]), "approve")
    assert records.get(works.session, ADMIN, "works.order", order.id).values["status"] == "approved"
    instance = works.session.execute(sa.select(flow_instance.c.id)).scalar_one()
    shown = instances.get(works.session, ADMIN, instance)
    assert [node["node"] for node in shown["nodes"]] == [
        "start", "manager", "revise", "manager", "revise", "manager", "approve", "tell", "end",
    ]  # fmt: skip
    assert {node["status"] for node in shown["nodes"]} == {"done"}


def test_a_double_click_makes_one_set_of_work_orders(fresh_database: Database) -> None:
    fresh_database.subscribers = factory.SUBSCRIBERS
    with fresh_database.unit_of_work() as session:
        works = factory.build(session)
        works.publish(factory.APPROVAL, factory.MAKE)
        works.order("SO1", {"bolt": 3, "gear": 2}, status="submitted")
    jobs.Worker(fresh_database, flows.TASKS)
    with fresh_database.unit_of_work() as session:
        run_jobs(Works(session=session, people=works.people, products=works.products))
    boss = works.people["boss"]
    with fresh_database.unit_of_work() as session:
        task_id = UUID(tasks.list_for(session, boss).items[0]["id"])
    barrier = threading.Barrier(4)
    answers: list[Any] = []

    def click() -> None:
        barrier.wait()
        with fresh_database.unit_of_work() as session:
            answers.append(tasks.decide(session, boss, task_id, "approve"))

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(answers) == 4
    assert all(answer == answers[0] for answer in answers)
    with fresh_database.unit_of_work() as session:
        found = Works(session=session, people=works.people, products=works.products)
        assert len(found.all("works.work_order")) == 2
