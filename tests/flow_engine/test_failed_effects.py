"""Runs whose mail or request failed for good: failed at its node, told in the reader's language, and mended one way."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from engine.actor import Actor
from engine.db import Database
from engine.errors import Conflict
from engine.jobs import Worker
from engine.models import flow_effect, flow_instance, flow_token
from flow_engine import effects, flows, instances
from flow_engine.outside.channel import Outside, use_outside
from flow_engine.runs import dispatch, outbox
from form_engine import records
from tests.conftest import SettableClock
from tests.factories import works as factory
from tests.factories.works import ADMIN
from tests.peers import Peer, mail_server

ENGLISH = replace(ADMIN, language="en-US")
MAIL = {"type": "mail", "to": "record.opinion", "subject": "{record.number}", "text": "x"}


@pytest.fixture
def post(database: Database) -> Iterator[Peer]:
    """A mail server that the installation sends by."""
    with mail_server() as peer:
        use_outside(database, Outside(smtp_url=f"smtp://127.0.0.1:{peer.port}"))
        yield peer


def begin(database: Database, nodes: dict[str, Any]) -> tuple[UUID, UUID]:
    """Publish a background flow, approve an order with a wrong address, let workers work; return order and run."""
    database.subscribers = factory.SUBSCRIBERS
    with database.unit_of_work() as session:
        works = factory.build(session)
        works.publish(factory.flow("tell", nodes, runs="in_background"))
        order = works.order("SO1", {"bolt": 1}, opinion="old@example.com")
        works.update(order, status="approved")
    work(database)
    with database.unit_of_work() as session:
        return order.id, session.execute(sa.select(flow_instance.c.id)).scalar_one()


def one_mail() -> dict[str, Any]:
    note = {"type": "update_record", "record": "record", "values": {"count": "COUNT(tell.refused)"}}
    return {"tell": {**MAIL, "title": "通知客户", "next": "note"}, "note": note}


def two_mails() -> dict[str, Any]:
    """Two branches, each with a mail."""
    split = {"type": "parallel", "branches": [{"key": "x", "title": "x"}, {"key": "y", "title": "y"}]}
    first = {**MAIL, "to": "'one@example.com'", "next": "both"}
    second = {**MAIL, "to": "'two@example.com'", "next": "both"}
    return {
        "split": {**split, "next": {"x": "first", "y": "second"}},
        "first": first,
        "second": second,
        "both": {"type": "join"},
    }


def work(database: Database) -> None:
    with database.unit_of_work() as session:
        outbox.tick(session, {})
    Worker(database, flows.TASKS).run_due()


def run_of(database: Database, run_id: UUID, actor: Actor = ADMIN) -> dict[str, Any]:
    with database.unit_of_work() as session:
        return instances.get(session, actor, run_id)


def test_a_refused_mail_fails_the_run_at_its_node_and_says_why_in_both_languages(
    database: Database, post: Peer
) -> None:
    post.replies = [b"550 5.1.1 no such user here"]
    _, run_id = begin(database, one_mail())
    chinese, english = run_of(database, run_id), run_of(database, run_id, ENGLISH)
    why = (
        "邮件服务器不收这些收件人：“old@example.com: 550 5.1.1 no such user here”。请核对收件地址后重试。",
        (
            'The mail server took none of the recipients: "old@example.com: 550 5.1.1 no such user here". '
            "Check their addresses, then try again."
        ),
    )
    assert (chinese["status"], chinese["may"]) == ("failed", ["cancel", "retry"])
    assert chinese["error"] == {
        "code": "sending_recipients_refused",
        "node": "tell",
        "node_title": "通知客户",
        "detail": why[0],
        "errors": [],
    }
    assert (chinese["error"]["detail"], english["error"]["detail"]) == why
    (line,) = english["nodes"]
    assert (line["node"], line["status"], line["error"]["detail"]) == ("tell", "failed", why[1])
    assert line["ended_at"] is not None
    (dead,) = english["effects"]
    assert (dead["status"], dead["attempts"], dead["error"], dead["may"]) == ("dead", 1, why[1], ["retry", "drop"])
    with database.unit_of_work() as session:
        (listed,) = instances.list_page(session, ADMIN, status="failed").items
        assert (listed["id"], listed["error"]["detail"]) == (str(run_id), why[0])
        assert instances.list_page(session, ADMIN, status="waiting").items == ()
        told = [effects.list_page(session, actor, status="dead").items[0]["error"] for actor in (ADMIN, ENGLISH)]
        assert tuple(told) == why


def test_whoever_is_no_administrator_learns_that_it_failed_and_whom_to_ask(database: Database, post: Peer) -> None:
    post.replies = [b"550 secret.internal says no"]
    _, run_id = begin(database, one_mail())
    with database.unit_of_work() as session:
        starter = session.execute(sa.select(flow_instance.c.started_by)).scalar_one()
    clerk = Actor(user_id=starter, username="clerk", name="Clerk", language="en-US")
    shown = run_of(database, run_id, clerk)
    assert shown["error"]["code"] == "flow_sending_failed"
    told = (
        '"通知客户" could not be sent, and the run stopped here. Ask an administrator to see why and to send it again.'
    )
    assert [shown["error"]["detail"], shown["nodes"][0]["error"]["detail"]] == [told, told]
    assert run_of(database, run_id, replace(clerk, language="zh-CN"))["error"]["detail"] == (
        "“通知客户”没有发送成功，流程停在这里。请让管理员查看原因并重新发送。"
    )
    assert "secret.internal" not in str(shown)
    assert "old@example.com" not in str(shown)


@pytest.mark.parametrize("by", ["run", "effect"])
def test_tried_again_the_node_sends_what_was_mended_under_the_same_key(database: Database, post: Peer, by: str) -> None:
    post.replies = [b"550 no such user"]
    order_id, run_id = begin(database, one_mail())
    before = run_of(database, run_id)["effects"][0]
    with database.unit_of_work() as session:
        order = records.get(session, ADMIN, "works.order", order_id)
        records.update(session, ADMIN, "works.order", order_id, {"opinion": "new@example.com"}, version=order.version)
    with database.unit_of_work() as session:
        if by == "run":
            assert instances.retry(session, ADMIN, run_id)["status"] == "running"
        else:
            assert effects.retry(session, ADMIN, UUID(before["id"]))["status"] == "waiting"
        shown = instances.get(session, ADMIN, run_id)
        (waiting,) = shown["effects"]
        assert (shown["status"], shown["error"]) == ("running", None)
        assert (waiting["id"], waiting["status"], waiting["attempts"]) == (before["id"], "waiting", 0)
        outbox.tick(session, {})
        assert outbox.claim(session, UUID(before["id"])) is None
    work(database)
    (mail,) = (email.message_from_bytes(one, policy=email.policy.default) for one in post.mails)
    assert (mail["To"], mail["Message-ID"]) == ("new@example.com", f"<{run_id}-1@dougong>")
    shown = run_of(database, run_id)
    assert (shown["status"], [(line["node"], line["status"]) for line in shown["nodes"]]) == (
        "completed",
        [("tell", "failed"), ("tell", "done"), ("note", "done")],
    )
    (sent,) = shown["effects"]
    assert (sent["id"], sent["status"], sent["target"]) == (before["id"], "sent", "new@example.com")


def test_it_may_fail_and_be_tried_again_more_than_once(database: Database, post: Peer) -> None:
    post.replies = [b"550 no", b"550 no", b"550 no"]
    _, run_id = begin(database, one_mail())
    for _ in range(3):
        assert run_of(database, run_id)["status"] == "failed"
        with database.unit_of_work() as session:
            instances.retry(session, ADMIN, run_id)
        work(database)
    assert run_of(database, run_id)["status"] == "completed"
    with database.unit_of_work() as session:
        assert session.execute(sa.select(flow_effect.c.idempotency_key)).scalars().all() == [f"{run_id}-1"]
    assert len(post.mails) == 1


def test_what_the_node_no_longer_sends_is_forgotten(database: Database, post: Peer) -> None:
    post.replies = [b"550 no such user"]
    order_id, run_id = begin(database, one_mail())
    with database.unit_of_work() as session:
        order = records.get(session, ADMIN, "works.order", order_id)
        records.update(session, ADMIN, "works.order", order_id, {"opinion": None}, version=order.version)
        instances.retry(session, ADMIN, run_id)
    work(database)
    shown = run_of(database, run_id)
    assert (shown["status"], shown["effects"][0]["status"], post.mails) == ("completed", "dropped", [])


def test_of_two_that_failed_one_is_given_up_and_the_other_still_tells_why(database: Database, post: Peer) -> None:
    post.replies = [b"550 no one", b"550 no two"]
    _, run_id = begin(database, two_mails())
    first, second = run_of(database, run_id)["effects"]
    with database.unit_of_work() as session:
        assert effects.drop(session, ADMIN, UUID(second["id"]))["status"] == "dropped"
        with pytest.raises(Conflict) as again:
            effects.drop(session, ADMIN, UUID(second["id"]))
        assert again.value.code == "flow_effect_not_dead"
    shown = run_of(database, run_id)
    assert (shown["status"], shown["error"]["node"], shown["error"]["detail"]) == ("failed", "first", first["error"])
    assert "one@example.com: 550 no one" in first["error"]
    with database.unit_of_work() as session:
        effects.retry(session, ADMIN, UUID(first["id"]))
    work(database)
    shown = run_of(database, run_id)
    assert (shown["status"], [one["status"] for one in shown["effects"]]) == ("completed", ["sent", "dropped"])
    assert len(post.mails) == 1


@pytest.mark.parametrize("after", ["failing", "retrying"])
def test_a_cancelled_run_leaves_nothing_to_be_sent(database: Database, post: Peer, after: str) -> None:
    post.replies = [b"550 no such user"]
    _, run_id = begin(database, one_mail())
    with database.unit_of_work() as session:
        if after == "retrying":
            instances.retry(session, ADMIN, run_id)
        shown = instances.cancel(session, ADMIN, run_id)
    assert (shown["status"], shown["effects"][0]["status"]) == ("cancelled", "dropped")
    work(database)
    assert (run_of(database, run_id)["status"], post.mails) == ("cancelled", [])


@pytest.mark.parametrize(("exit_", "status"), [(True, "completed"), (False, "failed")])
def test_a_worker_that_dies_in_the_last_attempt_is_a_failure_like_another(
    database: Database, post: Peer, clock: SettableClock, exit_: bool, status: str
) -> None:
    sorry = {"type": "update_record", "record": "record", "values": {"opinion": "tell.error"}}
    tell = {**MAIL, "attempts": 1, **({"next": {"failed": "sorry", "next": "sorry"}} if exit_ else {"next": "sorry"})}
    database.subscribers = factory.SUBSCRIBERS
    with database.unit_of_work() as session:
        works = factory.build(session)
        works.publish(factory.flow("tell", {"tell": tell, "sorry": sorry}, runs="in_background"))
        order = works.order("SO1", {}, opinion="a@example.com")
        works.update(order, status="approved")
    Worker(database, flows.TASKS[:1]).run_due()
    with database.unit_of_work() as session:
        effect_id = session.execute(sa.select(flow_effect.c.id)).scalar_one()
        assert outbox.claim(session, effect_id) is not None
    clock.advance(minutes=3)
    dispatch.send(database, {"effect": str(effect_id)})
    with database.unit_of_work() as session:
        (listed,) = instances.list_page(session, ADMIN).items
        opinion = records.get(session, ADMIN, "works.order", order.id).values["opinion"]
    said = "最后一次发送时后台进程中断，不知道对方是否已收到。请与对方核对后重试。"
    assert (listed["status"], opinion) == (status, said if exit_ else "a@example.com")
    assert post.mails == []
    if not exit_:
        assert listed["error"]["detail"] == said


def test_every_failed_token_has_its_dead_effect(database: Database, post: Peer) -> None:
    post.replies = [b"550 no one", b"550 no two"]
    _, run_id = begin(database, two_mails())
    with database.unit_of_work() as session:
        failed = session.execute(
            sa.select(flow_token.c.number).where(flow_token.c.instance_id == run_id, flow_token.c.status == "failed")
        )
        dead = session.execute(sa.select(flow_effect.c.token).where(flow_effect.c.status == "dead"))
        assert sorted(failed.scalars()) == sorted(dead.scalars())


#: What the version before made of a mail that failed for good.
BEFORE = """
ALTER TABLE meta.flow_effect ALTER COLUMN error TYPE text USING 'SMTP 550: no such user';
UPDATE meta.flow_token SET status = 'waiting' WHERE status = 'failed';
UPDATE meta.flow_log SET status = 'waiting', error = NULL, ended_at = NULL WHERE status = 'failed';
UPDATE meta.flow_instance SET status = 'waiting', error = NULL;
"""


def migrate(database: Database) -> None:
    """Apply the migration alone; those after it have been."""
    with database.engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        import_module("engine.migrations.versions.0011_effect_errors").upgrade()


def test_what_failed_before_is_migrated_shown_and_tried_again(fresh_database: Database) -> None:
    with mail_server() as post:
        use_outside(fresh_database, Outside(smtp_url=f"smtp://127.0.0.1:{post.port}"))
        post.replies = [b"550 no such user"]
        _, run_id = begin(fresh_database, one_mail())
        with fresh_database.unit_of_work() as session:
            session.execute(sa.text(BEFORE))
        migrate(fresh_database)
        shown = run_of(fresh_database, run_id)
        assert (shown["status"], shown["error"]["node"], shown["error"]["detail"]) == (
            "failed",
            "tell",
            "SMTP 550: no such user",
        )
        assert [(line["status"], line["error"]["detail"]) for line in shown["nodes"]] == [
            ("failed", "SMTP 550: no such user")
        ]
        assert shown["effects"][0]["error"] == "SMTP 550: no such user"
        with fresh_database.unit_of_work() as session:
            instances.retry(session, ADMIN, run_id)
        work(fresh_database)
        assert (run_of(fresh_database, run_id)["status"], len(post.mails)) == ("completed", 1)
