"""What leaves the platform: after the commit, at least once, under one key; failures are tried again, then seen."""

from __future__ import annotations

import email
import email.policy
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine.db import Database
from engine.errors import Conflict, NotAllowed, NotFound
from engine.jobs import Worker
from engine.models import flow_effect, flow_instance, job
from flow_engine import effects, flows, instances
from flow_engine.outside.channel import Outside, use_outside
from flow_engine.runs import outbox
from form_engine import records
from tests.conftest import SettableClock
from tests.factories import works as factory
from tests.factories.works import ADMIN
from tests.peers import Peer


def approved(database: Database, node: dict[str, Any], opinion: str) -> UUID:
    """Publish a flow with one outside node, approve an order; return its id. Nothing has run yet."""
    nodes = {
        "ask": {**node, "next": "note"},
        "note": {"type": "update_record", "record": "record", "values": {"opinion": opinion}},
    }
    database.subscribers = factory.SUBSCRIBERS
    with database.unit_of_work() as session:
        works = factory.build(session)
        works.publish(factory.flow("ask_outside", nodes, runs="in_background"))
        order = works.order("SO 1/ü", {"bolt": 1})
        works.update(order, status="approved")
    return order.id


def request(web: Peer, **more: Any) -> dict[str, Any]:
    url = f"http://127.0.0.1:{web.port}/orders/{{record.number}}"
    return {"type": "http_request", "method": "POST", "url": url, "body": {"number": "record.number"}, **more}


def allow(database: Database, web: Peer) -> None:
    use_outside(database, Outside(http_allow=frozenset({f"127.0.0.1:{web.port}"})))


def run_due(database: Database) -> None:
    with database.unit_of_work() as session:
        outbox.tick(session, {})
    Worker(database, flows.TASKS).run_due()


def effect(database: Database) -> Any:
    with database.unit_of_work() as session:
        return session.execute(sa.select(flow_effect)).one()


def outcome(database: Database, order_id: UUID) -> tuple[str, Any]:
    """Return the status of the run, and what it wrote."""
    with database.unit_of_work() as session:
        status = session.execute(sa.select(flow_instance.c.status)).scalar_one()
        return status, records.get(session, ADMIN, "works.order", order_id).values["opinion"]


def test_a_request_leaves_after_the_commit_and_its_answer_is_read(database: Database, web: Peer) -> None:
    allow(database, web)
    web.answers = [(404, {}, "没有".encode())]
    order_id = approved(database, request(web), "ask.body if ask.status == 404 else 'other'")
    assert web.requests == []
    run_due(database)
    assert outcome(database, order_id) == ("completed", "没有")
    ((method, path, headers, body),) = web.requests
    assert (method, path, body) == ("POST", "/orders/SO%201%2F%C3%BC", '{"number": "SO 1/ü"}'.encode())
    assert headers["Idempotency-Key"] == effect(database).idempotency_key
    assert (effect(database).status, effect(database).attempts) == ("sent", 1)


def test_a_failure_is_tried_again_under_the_same_key(database: Database, web: Peer, clock: SettableClock) -> None:
    allow(database, web)
    web.answers = [(503, {}, "维护中\n\x00<b>".encode()), (200, {}, b"done")]
    order_id = approved(database, request(web), "ask.body")
    run_due(database)
    assert (effect(database).status, effect(database).error) == (
        "waiting",
        {
            "code": "sending_answer_later",
            "message": {
                "zh-CN": "对方暂时处理不了请求，答复 HTTP 503：“维护中 <b>”。请待对方恢复后重试。",
                "en-US": "The other side could not handle the request for now and answered HTTP 503: "
                '"维护中 <b>". Try again once it has recovered.',
            },
        },
    )
    run_due(database)
    assert len(web.requests) == 1
    clock.advance(seconds=5)
    run_due(database)
    assert outcome(database, order_id) == ("completed", "done")
    assert len({headers["Idempotency-Key"] for _, _, headers, _ in web.requests}) == 1


def test_what_fails_for_ever_is_dead_seen_and_can_be_retried(
    database: Database, web: Peer, clock: SettableClock
) -> None:
    allow(database, web)
    web.answers = [(500, {}, b"")]
    order_id = approved(database, request(web), "ask.body")
    for _ in range(outbox.MAX_ATTEMPTS + 2):
        run_due(database)
        clock.advance(hours=2)
    assert len(web.requests) == outbox.MAX_ATTEMPTS
    web.answers = [(200, {}, b"at last")]
    with database.unit_of_work() as session:
        (dead,) = effects.list_page(session, ADMIN, status="dead").items
        assert (dead["flow"], dead["node"], dead["error"]) == (
            "works.ask_outside",
            "ask",
            "对方暂时处理不了请求，答复 HTTP 500：（没有内容）。请待对方恢复后重试。",
        )
        assert effects.retry(session, ADMIN, UUID(dead["id"]))["status"] == "waiting"
        with pytest.raises(Conflict):
            effects.drop(session, ADMIN, UUID(dead["id"]))
    run_due(database)
    assert outcome(database, order_id) == ("completed", "at last")
    assert len({headers["Idempotency-Key"] for _, _, headers, _ in web.requests}) == 1


def test_a_dropped_effect_lets_the_run_go_on_without_an_answer(database: Database) -> None:
    order_id = approved(
        database,
        {"type": "http_request", "method": "GET", "url": "http://127.0.0.1:1/"},
        "'none' if ask.status == None else 'some'",
    )
    run_due(database)
    found = effect(database)
    assert (found.status, found.error["code"]) == ("dead", "sending_inside_network")
    with database.unit_of_work() as session:
        clerk = factory.ADMIN.__class__(user_id=UUID(int=9), username="clerk", name="Clerk")
        for refused, actor, effect_id in ((NotAllowed, clerk, found.id), (NotFound, ADMIN, UUID(int=3))):
            with pytest.raises(refused):
                effects.drop(session, actor, effect_id)
        with pytest.raises(NotAllowed):
            effects.list_page(session, clerk)
        assert effects.drop(session, ADMIN, found.id)["status"] == "dropped"
    assert outcome(database, order_id) == ("completed", "none")


def test_a_worker_that_dies_while_sending_leaves_it_to_another(
    database: Database, web: Peer, clock: SettableClock
) -> None:
    allow(database, web)
    order_id = approved(database, request(web), "ask.body")
    with database.unit_of_work() as session:
        found = session.execute(sa.select(job.c.payload)).scalars().all()
    assert len(found) == 1
    Worker(database, flows.TASKS[:1]).run_due()
    with database.unit_of_work() as session:
        assert outbox.claim(session, effect(database).id) is not None
    run_due(database)
    assert web.requests == []
    clock.advance(minutes=3)
    run_due(database)
    assert outcome(database, order_id) == ("completed", "ok")
    assert effect(database).attempts == 2


def test_cancelling_drops_what_is_unsent(database: Database, web: Peer) -> None:
    allow(database, web)
    order_id = approved(database, request(web), "ask.body")
    Worker(database, flows.TASKS[:1]).run_due()
    with database.unit_of_work() as session:
        instances.cancel(session, ADMIN, session.execute(sa.select(flow_instance.c.id)).scalar_one())
    run_due(database)
    assert (outcome(database, order_id), web.requests) == (("cancelled", None), [])
    assert effect(database).status == "dropped"


def test_a_dry_run_sends_nothing(database: Database, web: Peer) -> None:
    allow(database, web)
    order_id = approved(database, request(web), "ask.body")
    with database.unit_of_work() as session:
        tried = flows.dry_run(session, ADMIN, "works.ask_outside", order_id)
        assert [line["status"] for line in tried["nodes"]] == ["waiting"]
        assert session.execute(sa.select(sa.func.count()).select_from(flow_effect)).scalar_one() == 0


def test_mail_reaches_the_server_with_subject_text_and_an_id_of_its_own(database: Database, post: Peer) -> None:
    use_outside(database, Outside(smtp_url=f"smtp://127.0.0.1:{post.port}", mail_from="erp@example.com"))
    node = {
        "type": "mail",
        "to": "'a@example.com'",
        "subject": "订单 {record.number}",
        "text": "已通过：{record.number}",
    }
    order_id = approved(database, node, "'sent'")
    run_due(database)
    assert outcome(database, order_id) == ("completed", "sent")
    message = email.message_from_bytes(post.mails[0], policy=email.policy.default)
    assert (message["From"], message["To"], message["Subject"]) == ("erp@example.com", "a@example.com", "订单 SO 1/ü")
    assert message.get_content().strip() == "已通过：SO 1/ü"
    assert message["Message-ID"] == f"<{effect(database).idempotency_key}@dougong>"


@pytest.mark.parametrize(("reply", "status"), [(b"550 unknown", "dead"), (b"451 later", "waiting")])
def test_a_refused_address_is_final_a_busy_one_is_not(
    database: Database, post: Peer, reply: bytes, status: str
) -> None:
    use_outside(database, Outside(smtp_url=f"smtp://127.0.0.1:{post.port}"))
    post.replies = [reply]
    approved(database, {"type": "mail", "to": "'a@example.com'", "subject": "x", "text": "x"}, "'sent'")
    run_due(database)
    assert (effect(database).status, post.mails) == (status, [])


def test_mail_without_a_server_fails_the_run(database: Database) -> None:
    order_id = approved(database, {"type": "mail", "to": "'a@example.com'", "subject": "x", "text": "x"}, "'sent'")
    run_due(database)
    assert (effect(database).status, outcome(database, order_id)) == ("dead", ("failed", None))


def test_a_wrong_address_stops_the_run(database: Database) -> None:
    order_id = approved(database, {"type": "mail", "to": "'a, b@x'", "subject": "x", "text": "x"}, "'sent'")
    run_due(database)
    assert outcome(database, order_id) == ("failed", None)


def with_failed_exit(node: dict[str, Any]) -> dict[str, Any]:
    nodes = {
        "ask": {**node, "next": {"next": "note", "failed": "sorry"}},
        "note": {
            "type": "update_record",
            "record": "record",
            "values": {"opinion": "'rate ' + TEXT(ask.answer.rate, '0.00')"},
        },
        "sorry": {"type": "update_record", "record": "record", "values": {"opinion": "ask.error"}},
    }
    return factory.flow("ask_outside", nodes, runs="in_background")


RATE = {"type": "object", "required": ["rate"], "properties": {"rate": {"type": "number"}}}


@pytest.mark.parametrize(
    ("answers", "tries", "outcome_", "status"),
    [
        ([(200, {}, b'{"rate": 7.25}')], 1, "rate 7.25", "sent"),
        ([(503, {}, b""), (200, {}, b'{"rate": 1}')], 2, "rate 1.00", "sent"),
        (
            [(404, {}, b"no such rate")],
            1,
            "对方拒绝了请求，答复 HTTP 404：“no such rate”。请核对请求的地址、请求头和内容。",
            "sent",
        ),
        (
            [(503, {}, b"")],
            2,
            "对方暂时处理不了请求，答复 HTTP 503：（没有内容）。请待对方恢复后重试。",
            "dropped",
        ),
        (
            [(200, {}, b"{}")],
            1,
            "对方的答复与节点里 answer 的声明不符：#/rate 此项必填。请与对方核对，或修改声明后重试。",
            "dropped",
        ),
    ],
)
def test_where_failure_has_an_exit_the_run_leaves_by_it_and_waits_for_nobody(
    database: Database,
    web: Peer,
    clock: SettableClock,
    answers: list[tuple[int, dict[str, str], bytes]],
    tries: int,
    outcome_: str,
    status: str,
) -> None:
    allow(database, web)
    web.answers = answers
    database.subscribers = factory.SUBSCRIBERS
    with database.unit_of_work() as session:
        works = factory.build(session)
        works.publish(with_failed_exit(request(web, attempts=2, answer=RATE)))
        order = works.order("SO1", {})
        works.update(order, status="approved")
    for _ in range(3):
        run_due(database)
        clock.advance(hours=2)
    assert outcome(database, order.id) == ("completed", outcome_)
    assert (len(web.requests), effect(database).status) == (tries, status)


def test_what_an_answer_does_not_declare_cannot_be_read(database: Database) -> None:
    with database.unit_of_work() as session:
        works = factory.build(session)
        document = with_failed_exit(
            {"type": "http_request", "method": "GET", "url": "https://example.com/", "answer": RATE}
        )
        document["nodes"]["note"]["values"]["opinion"] = "ask.answer.price"
        (fault,) = flows.check(works.session, "works", document)
        assert (fault.pointer, fault.code) == ("#/nodes/note/values/opinion", "expression_unknown_member")
        document["nodes"]["ask"]["answer"] = {"type": "string"}
        codes = {fault.code for fault in flows.check(works.session, "works", document)}
        assert codes == {"flow_schema_no_object", "expression_unknown_member"}
