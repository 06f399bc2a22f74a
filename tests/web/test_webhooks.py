"""Webhooks over HTTP: signed, once, within limits, and telling strangers nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa

from engine import identity
from engine.db import Database
from engine.models import flow_delivery, flow_instance
from engine.settings import Settings
from flow_engine import instances
from flow_engine.starters import overview, webhooks
from form_engine import records
from form_engine.record import Query
from tests.conftest import SettableClock
from tests.factories import works as factory
from tests.factories.works import ADMIN
from tests.web.conftest import Served
from web.bodies import read_json
from web.platform import Platform

AsUser = Callable[[str], httpx.Client]
PATH = "/api/webhooks/works/lead"
INPUT = {
    "type": "object",
    "required": ["name"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 40},
        "rank": {"type": "integer", "minimum": 0},
        "on": {"type": "string", "format": "date"},
        "tags": {"type": "array", "items": {"type": "object", "properties": {"id": {"type": "string"}}}},
    },
}
MAKE = {
    "type": "create_record",
    "form": "works.product",
    "values": {"name": "input.name + ' ' + TEXT(YEAR(input.on), '0')", "rank": "input.rank + COUNT(input.tags.id)"},
}


def lead(**more: Any) -> dict[str, Any]:
    trigger = {"type": "webhook", "input": INPUT, "as": "boss"}
    nodes = {"pause": {"type": "wait", "duration": {"seconds": 1}, "next": "make"}, "make": MAKE}
    return factory.flow("lead", nodes, runs="in_background", trigger=trigger, **more)


@pytest.fixture
def secret(platform: Platform) -> str:
    """The secret of the published webhook."""
    with platform.database.unit_of_work() as session:
        factory.build(session).publish(lead())
        return overview.renew_secret(session, ADMIN, "works.lead")


@pytest.fixture
def as_works_user(served: Served, platform: Platform) -> Iterator[AsUser]:
    """Clients of the factory's people, its webhook published and not yet opened."""
    with platform.database.unit_of_work() as session:
        factory.build(session).publish(lead())
    with ExitStack() as stack:

        def client(username: str) -> httpx.Client:
            with platform.database.unit_of_work() as session:
                user = identity.find_user(session, username)
                assert user is not None
                token, _ = identity.open_session(session, user.id)
            cookies, headers = {"dougong_session": token}, {"X-Requested-With": "dougong"}
            return stack.enter_context(httpx.Client(base_url=served.url, cookies=cookies, headers=headers))

        yield client


@pytest.fixture
def fresh_webhook(fresh_database: Database, tmp_path: Path) -> tuple[Platform, str]:
    """A platform whose commits are real, and the secret of its webhook."""
    cheap = Settings(data_dir=tmp_path, password_memory_kib=8, password_passes=1)
    platform = Platform(settings=cheap, database=fresh_database)
    with fresh_database.unit_of_work() as session:
        factory.build(session).publish(lead())
        return platform, overview.renew_secret(session, ADMIN, "works.lead")


def signed(
    secret: str, body: bytes, clock: SettableClock, *, message: str = "msg_1", seconds: int = 0
) -> dict[str, str]:
    """Return the headers as any library for Standard Webhooks makes them."""
    timestamp = str(int(clock.now.timestamp()) + seconds)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signature = hmac.new(key, f"{message}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": message,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1a,AAAA v1,{base64.b64encode(signature).decode()}",
        "content-type": "application/json",
    }


def send(client: httpx.Client, secret: str, clock: SettableClock, value: object, **more: Any) -> httpx.Response:
    body = json.dumps(value).encode()
    return client.post(PATH, content=body, headers=signed(secret, body, clock, **more))


def count(platform: Platform, table: sa.Table) -> int:
    with platform.database.unit_of_work() as session:
        return len(session.execute(sa.select(table)).all())


def products(platform: Platform) -> list[tuple[str, Any]]:
    with platform.database.unit_of_work() as session:
        found = records.list_page(session, ADMIN, "works.product", Query(sort="created_at,id")).items
        return [(one.values["name"], one.values["rank"]) for one in found][3:]


def test_a_signed_message_starts_the_flow_with_its_input(
    client: httpx.Client, platform: Platform, secret: str, clock: SettableClock
) -> None:
    value = {
        "name": "Acme",
        "rank": 3,
        "on": "2026-11-21",
        "tags": [{"id": "0b8a9f5e-0000-4000-8000-000000000000"}, {"id": "b"}],
    }
    answer = send(client, secret, clock, value)
    assert answer.status_code == 202, answer.text
    platform.worker().run_due()
    clock.advance(seconds=2)
    platform.worker().run_due()
    assert products(platform) == [("Acme 2026", 5)]
    with platform.database.unit_of_work() as session:
        run = instances.get(session, ADMIN, UUID(answer.json()["instance"]))
        assert (run["status"], run["record"], run["started_by"]["title"]) == ("completed", None, "Boss")
        assert run["occasion"] == {
            "type": "webhook",
            "title": "外部请求",
            "due_at": None,
            "message": "msg_1",
            "input": value,
        }


def test_the_same_message_again_gets_the_same_answer_and_starts_nothing(
    client: httpx.Client, platform: Platform, secret: str, clock: SettableClock
) -> None:
    first = send(client, secret, clock, {"name": "Acme"})
    clock.advance(hours=3)
    again = send(client, secret, clock, {"name": "Acme"})
    assert (again.status_code, again.json()) == (202, first.json())
    other = send(client, secret, clock, {"name": "Other"})
    assert (other.status_code, other.json()["code"]) == (409, "webhook_other_body")
    assert count(platform, flow_instance) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "v1,***"},
        {"webhook-signature": "v2,AAAA"},
        {"webhook-signature": ""},
        {"webhook-id": "msg_2"},
        {"webhook-id": ""},
        {"webhook-timestamp": "1"},
        {"webhook-timestamp": "later"},
    ],
)
def test_whoever_does_not_hold_the_secret_hears_one_thing(
    client: httpx.Client, platform: Platform, secret: str, clock: SettableClock, change: dict[str, str]
) -> None:
    body = b"not even json"
    answer = client.post(PATH, content=body, headers={**signed(secret, body, clock), **change})
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["errors"]) == (401, "webhook_signature", [])
    assert client.post(PATH).json()["code"] == "webhook_signature"
    assert count(platform, flow_delivery) == 0


@pytest.mark.parametrize(("seconds", "status"), [(-299, 202), (299, 202), (-301, 401), (301, 401)])
def test_a_message_is_good_for_five_minutes(
    client: httpx.Client, secret: str, clock: SettableClock, seconds: int, status: int
) -> None:
    answer = send(client, secret, clock, {"name": "Acme"}, seconds=seconds)
    assert answer.status_code == status
    assert status == 202 or answer.json()["code"] == "webhook_timestamp"


def test_input_that_is_not_as_declared_is_refused_with_pointers_and_may_be_mended(
    client: httpx.Client, platform: Platform, secret: str, clock: SettableClock
) -> None:
    answer = send(client, secret, clock, {"rank": -1, "on": "yesterday", "more": 1})
    assert answer.status_code == 422
    assert {(spot["pointer"], spot["code"]) for spot in answer.json()["errors"]} == {
        ("#/name", "required"),
        ("#/rank", "minimum"),
        ("#/on", "format"),
        ("#/more", "additionalProperties"),
    }
    assert count(platform, flow_delivery) == 0
    assert send(client, secret, clock, {"name": "Acme"}).status_code == 202


@pytest.mark.parametrize(("body", "status"), [(b"{", 400), (b"\xff", 400), (b'{"name": NaN}', 422), (b"", 400)])
def test_a_body_that_is_no_json_is_refused_once_its_signature_is_right(
    client: httpx.Client, secret: str, clock: SettableClock, body: bytes, status: int
) -> None:
    assert client.post(PATH, content=body, headers=signed(secret, body, clock)).status_code == status


def test_a_body_that_is_too_large_is_not_read(client: httpx.Client, secret: str, clock: SettableClock) -> None:
    body = json.dumps({"name": "x" * 1024 * 1024}).encode()
    assert client.post(PATH, content=body, headers=signed(secret, body, clock)).status_code == 413


def test_a_name_that_is_not_there_is_answered_like_a_wrong_signature(
    client: httpx.Client, platform: Platform, secret: str, clock: SettableClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "dougong.webhooks")
    body = b"{}"
    wrong = {**signed(secret, body, clock), "webhook-signature": "v1,AAAA"}
    right = signed(secret, body, clock)
    paths = ("works/nothing", "works/order", "nothing/lead")
    asked = [(PATH, wrong), *((f"/api/webhooks/{path}", headers) for path in paths for headers in (wrong, right))]
    answers = [client.post(path, content=body, headers=headers) for path, headers in asked]
    told = {
        (one.status_code, json.dumps({**one.json(), "instance": ""}), one.headers.get("www-authenticate"))
        for one in answers
    }
    assert len(told) == 1
    assert (answers[0].status_code, answers[0].json()["code"]) == (401, "webhook_signature")
    assert client.post("/api/webhooks/works/nothing").json()["code"] == "webhook_signature"  # without headers
    assert count(platform, flow_delivery) == 0
    noted = [vars(one)["dougong_fields"] for one in caplog.records if one.getMessage() == "webhook_refused"]
    assert noted[0] == {"webhook": "works.lead", "reason": "signature"}
    assert noted[1] == {"webhook": "works.nothing", "reason": "no_such_webhook"}
    assert noted[-1] == {"webhook": "works.nothing", "reason": "headers_missing"}


def test_unknown_names_cost_the_same_statements_and_hashes(
    client: httpx.Client,
    platform: Platform,
    secret: str,
    clock: SettableClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    body = b"{}"
    wrong = {**signed(secret, body, clock), "webhook-signature": "v1,AAAA"}
    seen: list[str] = []
    made = hmac.new

    def counted(*given: Any) -> Any:
        seen.append("hmac")
        return made(*given)

    monkeypatch.setattr("flow_engine.starters.webhooks.hmac.new", counted)

    def note(*_call: object) -> None:
        seen.append("statement")

    engine = platform.requests.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    costs = []
    for path in (PATH, "/api/webhooks/works/nothing"):
        seen.clear()
        assert client.post(path, content=body, headers=wrong).status_code == 401
        costs.append(list(seen))
    sa.event.remove(engine, "before_cursor_execute", note)
    assert costs[0] == costs[1]
    # Two secrets, each derived and used.
    assert costs[0].count("hmac") == 4


def test_who_signs_rightly_hears_that_a_flow_takes_nothing_now(
    client: httpx.Client, platform: Platform, secret: str, clock: SettableClock
) -> None:
    with platform.database.unit_of_work() as session:
        overview.switch(session, ADMIN, "works.lead", is_on=False)
    answer = send(client, secret, clock, {"name": "Acme"})
    assert (answer.status_code, answer.json()["code"]) == (404, "webhook_not_found")
    assert client.post(PATH).json()["code"] == "webhook_signature"
    with platform.database.unit_of_work() as session:
        overview.switch(session, ADMIN, "works.lead", is_on=True)
    assert send(client, secret, clock, {"name": "Acme"}).status_code == 202


def test_the_secret_before_is_good_for_a_day(
    client: httpx.Client, platform: Platform, secret: str, clock: SettableClock
) -> None:
    with platform.database.unit_of_work() as session:
        newer = overview.renew_secret(session, ADMIN, "works.lead")
    assert newer != secret
    assert send(client, secret, clock, {"name": "a"}, message="old").status_code == 202
    assert send(client, newer, clock, {"name": "b"}, message="new").status_code == 202
    clock.advance(days=1)
    assert send(client, secret, clock, {"name": "c"}, message="late").status_code == 401
    assert send(client, newer, clock, {"name": "d"}, message="newer").status_code == 202


def test_only_administrators_see_and_steer_what_starts_flows(as_works_user: AsUser) -> None:
    admin, clerk = as_works_user("admin"), as_works_user("clerk")
    assert clerk.get("/api/flows").status_code == 403
    assert clerk.post("/api/flows/works/lead/secret").status_code == 403
    assert clerk.post("/api/flows/works/lead/switch", json={"is_on": False}).status_code == 403
    (entry,) = admin.get("/api/flows").json()["items"]
    assert (entry["key"], entry["webhook"]["path"], entry["webhook"]["has_secret"]) == ("lead", PATH, False)
    made = admin.post("/api/flows/works/lead/secret")
    assert (made.status_code, made.json()["secret"][:6], made.headers["cache-control"]) == (201, "whsec_", "no-store")
    (entry,) = admin.get("/api/flows").json()["items"]
    assert (entry["webhook"]["has_secret"], entry["webhook"]["is_on"]) == (True, True)
    assert made.json()["secret"] not in json.dumps(entry)


def test_a_flow_of_a_webhook_can_be_tried_by_hand(as_works_user: AsUser) -> None:
    admin = as_works_user("admin")
    tried = admin.post("/api/flows/works/lead/dry_run", json={"input": {"name": "Acme"}})
    assert (tried.status_code, tried.json()["status"]) == (200, "waiting")
    refused = admin.post("/api/flows/works/lead/start", json={"input": {"rank": 1}})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/input/name")


def test_the_same_message_many_times_at_once_starts_one_run(
    fresh_webhook: tuple[Platform, str], clock: SettableClock
) -> None:
    platform, secret = fresh_webhook
    body = b'{"name": "Acme"}'
    headers = signed(secret, body, clock)
    message = webhooks.Message(
        id=headers["webhook-id"],
        timestamp=headers["webhook-timestamp"],
        signature=headers["webhook-signature"],
        body=body,
    )

    def receive(_: int) -> Any:
        with platform.database.unit_of_work() as session:
            return webhooks.receive(session, "works.lead", message, read_json).instance

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(receive, range(24)))) == 1
    assert count(platform, flow_instance) == 1
