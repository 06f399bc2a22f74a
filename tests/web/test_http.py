"""What holds for every path: problems for all that fails, limits, headers, transactions that end before the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
import sqlalchemy as sa
from fastapi import APIRouter, FastAPI
from sqlalchemy.exc import OperationalError
from starlette.responses import Response

from engine import identity
from engine.models import user
from tests.web.conftest import serve
from web.answers import json_answer, seen_version
from web.app import create_app
from web.bodies import JsonRoute
from web.dependencies import SignedIn
from web.middleware import CONTENT_SECURITY_POLICY, preferred_language
from web.platform import Platform
from web.problems import MalformedHeader, PreconditionRequired

SignIn = Callable[[str], httpx.Client]
PROBLEM = "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/nothing", 404, "unknown_path"),
        ("POST", "/api/nothing", 404, "unknown_path"),
        ("GET", "/api", 404, "unknown_path"),
        ("POST", "/", 404, "unknown_path"),
        ("PUT", "/api/session", 405, "method_not_allowed"),
        ("GET", "/api/session/", 404, "unknown_path"),
        ("GET", "/assets/none.js", 404, "unknown_path"),
        ("GET", "/assets/..%2f..%2f..%2fplatform.py", 404, "unknown_path"),
        ("GET", "/api/session", 401, "not_signed_in"),
        ("GET", "/api/records/crm/customer?limit=many", 401, "not_signed_in"),
        ("GET", "/api/records/crm/customer/no-id", 401, "not_signed_in"),
        ("POST", "/api/files", 401, "not_signed_in"),
        ("GET", "/api/tokens?%00", 400, "address_not_readable"),
        ("GET", "/api/apps/crm%00/forms/x", 400, "address_not_readable"),
    ],
)
def test_every_refusal_is_a_problem(client: httpx.Client, method: str, path: str, status: int, code: str) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    assert (answer.json()["code"], answer.json()["status"]) == (code, status)
    assert answer.json()["type"] == f"/problems/{code}"


def test_a_wrong_method_says_the_right_ones(client: httpx.Client) -> None:
    assert client.put("/healthz").headers["allow"] == "GET"


@pytest.mark.parametrize(
    ("content", "kind", "status", "code", "pointers"),
    [
        (b'{"username": ', "application/json", 400, "body_not_json", ["#"]),
        (b'\xff\xfe{"a"', "application/json", 400, "body_not_utf8", ["#"]),
        (b'{"username": NaN, "password": "x"}', "application/json", 422, "invalid_input", ["#"]),
        (b'{"username": "a", "username": "b"}', "application/json", 422, "invalid_input", ["#"]),
        (b"[" * 5000 + b"]" * 5000, "application/json", 422, "invalid_input", ["#"]),
        (b"[]", "application/json", 422, "invalid_input", ["#"]),
        (b"null", "application/json", 422, "invalid_input", ["#"]),
        (b"", "application/json", 422, "invalid_input", ["#"]),
        (b"username=a", "application/x-www-form-urlencoded", 415, "unsupported_media_type", []),
        (b'{"username": "a"}', "text/plain", 415, "unsupported_media_type", []),
        (b'{"username": "a\\u0000", "password": "x"}', "application/json", 422, "invalid_input", ["#/username"]),
        (b'{"username": "\\ud800", "password": "x"}', "application/json", 422, "invalid_input", ["#/username"]),
        (
            b'{"username": "' + b"a" * 300 + b'"}',
            "application/json",
            422,
            "invalid_input",
            ["#/username", "#/password"],
        ),
    ],
)
def test_every_bad_body_is_a_problem(
    client: httpx.Client, content: bytes, kind: str, status: int, code: str, pointers: list[str]
) -> None:
    answer = client.post("/api/session", content=content, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert [spot["pointer"] for spot in answer.json()["errors"]] == pointers


def test_refuses_a_body_over_the_limit_whether_announced_or_not(client: httpx.Client, platform: Platform) -> None:
    limit = platform.settings.max_body_bytes
    announced = client.post("/api/session", content=b" " * (limit + 1), headers={"Content-Type": "application/json"})
    assert (announced.status_code, announced.json()["code"]) == (413, "body_too_large")

    def chunks() -> Iterator[bytes]:
        for _ in range(limit // 65_536 + 2):
            yield b" " * 65_536

    streamed = client.post("/api/session", content=chunks(), headers={"Content-Type": "application/json"})
    assert (streamed.status_code, streamed.json()["code"]) == (413, "body_too_large")


def test_keeps_the_browser_from_doing_more_than_the_page_needs(client: httpx.Client) -> None:
    answer = client.get("/api/session")
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert "unsafe-eval" not in CONTENT_SECURITY_POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "zh-CN"),
        ("en", "en-US"),
        ("en-GB,en;q=0.9", "en-US"),
        ("de,fr;q=0.8", "zh-CN"),
        ("zh-TW;q=0.5,en;q=0.8", "en-US"),
        ("*;q=0.1, ;;,en;q=x", "zh-CN"),
    ],
)
def test_speaks_the_language_that_the_reader_prefers(accepted: str, language: str) -> None:
    scope = {"type": "http", "headers": [(b"accept-language", accepted.encode())]}
    assert preferred_language(scope) == language


@pytest.mark.parametrize(("header", "version"), [('"3"', 3), ('W/"12"', 12), (' "1" ', 1), ("*", None)])
def test_reads_the_version_an_edit_is_for(header: str, version: int | None) -> None:
    assert seen_version(header) == version


@pytest.mark.parametrize("header", ["", "3", '"abc"', '"1", "2"', '"-1"', '"99999999999"'])
def test_refuses_an_if_match_that_is_no_version(header: str) -> None:
    with pytest.raises(MalformedHeader):
        seen_version(header)


def test_an_edit_without_a_version_is_refused() -> None:
    with pytest.raises(PreconditionRequired):
        seen_version(None)


def test_lives_and_is_ready(client: httpx.Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    answer = client.get("/readyz").json()
    assert answer["status"] == "degraded"  # nobody works here
    assert [(check["name"], check["ok"]) for check in answer["checks"]] == [
        ("database", True),
        ("migrations", True),
        ("workers", False),
        ("data_dir", True),
        ("disk", True),
    ]
    assert all(check["detail"] for check in answer["checks"])
    # Folders, versions, and what the database says: for operators.
    for headers in ({"Host": "erp.example.com"}, {"X-Forwarded-For": "203.0.113.9"}):
        told = client.get("/readyz", headers=headers).json()
        assert told == answer | {"checks": [check | {"detail": ""} for check in answer["checks"]]}


def test_describes_itself_and_explains_its_problems(client: httpx.Client) -> None:
    assert client.get("/openapi.json").json()["openapi"].startswith("3.1")
    assert "/api/session" in client.get("/docs").text
    assert "Sign in first." in client.get("/problems/not_signed_in").text
    assert client.get("/problems/none").status_code == 404


# --- transactions ----------------------------------------------------------------------------------------------------


@pytest.fixture
def probes(platform: Platform) -> FastAPI:
    """An application with paths that fail in the ways a service can."""
    app = create_app(platform)
    router = APIRouter(route_class=JsonRoute)

    @router.post("/api/probe/commit")
    def fail_at_commit(call: SignedIn) -> Response:
        call.session.execute(sa.text("CREATE TABLE probe (id int PRIMARY KEY, next int)"))
        call.session.execute(
            sa.text("ALTER TABLE probe ADD FOREIGN KEY (next) REFERENCES probe DEFERRABLE INITIALLY DEFERRED")
        )
        call.session.execute(sa.text("INSERT INTO probe VALUES (1, 2)"))
        return json_answer({"made": True}, 201)

    @router.post("/api/probe/unexpected")
    def fail_unexpectedly(call: SignedIn) -> Response:
        call.session.execute(sa.update(user).values(name="changed"))
        raise RuntimeError("secret")

    tries: list[int] = []

    @router.post("/api/probe/deadlock/{failures}")
    def deadlock(call: SignedIn, failures: int, body: dict[str, str]) -> Response:
        tries.append(1)
        if len(tries) <= failures:
            call.session.execute(sa.update(user).values(name="lost"))
            raise OperationalError("UPDATE", {}, _Deadlock())
        call.session.execute(sa.update(user).values(name=body["name"]))
        return json_answer({"tries": len(tries)})

    app.include_router(router)
    return app


class _Deadlock(Exception):
    pgcode = "40P01"


@pytest.fixture
def probe(probes: FastAPI, client: httpx.Client, people: dict[str, identity.User]) -> Iterator[httpx.Client]:
    assert people
    with serve(probes) as served:
        with httpx.Client(base_url=served.url, headers=client.headers) as caller:
            caller.post("/api/session", json={"username": "berta", "password": "demo"})
            yield caller


def names(platform: Platform) -> set[str]:
    with platform.database.unit_of_work() as session:
        return {found.name for found in identity.list_users(session)}


def test_a_commit_that_fails_is_an_error_answer(probe: httpx.Client, platform: Platform) -> None:
    answer = probe.post("/api/probe/commit")
    assert (answer.status_code, answer.json()["code"]) == (409, "still_referenced")
    with platform.database.unit_of_work() as session:
        assert session.execute(sa.text("SELECT to_regclass('probe')")).scalar_one() is None


def test_an_unexpected_error_tells_nothing_and_changes_nothing(probe: httpx.Client, platform: Platform) -> None:
    answer = probe.post("/api/probe/unexpected")
    assert (answer.status_code, answer.headers["content-type"]) == (500, PROBLEM)
    assert "secret" not in answer.text
    assert answer.json()["instance"].startswith("urn:uuid:")
    assert names(platform) == {"Anna", "Berta"}


def test_a_deadlock_is_tried_once_more_with_the_same_body(probe: httpx.Client, platform: Platform) -> None:
    answer = probe.post("/api/probe/deadlock/1", json={"name": "Clara"})
    assert (answer.status_code, answer.json()) == (200, {"tries": 2})
    assert names(platform) == {"Clara"}


def test_a_second_deadlock_asks_for_patience(probe: httpx.Client, platform: Platform) -> None:
    answer = probe.post("/api/probe/deadlock/2", json={"name": "Clara"})
    assert (answer.status_code, answer.json()["code"]) == (503, "database_contended")
    assert answer.headers["retry-after"] == "2"
    assert names(platform) == {"Anna", "Berta"}
