"""Every request has an id, one line in the log, and a place in the metrics."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.web.conftest import Served


def _lines(caplog: pytest.LogCaptureFixture, count: int = 0) -> list[dict[str, Any]]:
    """Return the lines of requests once there are so many: a line is written when its answer is already there."""
    until = time.monotonic() + 5
    while sum(record.name == "dougong.access" for record in caplog.records) < count and time.monotonic() < until:
        time.sleep(0.005)
    return [record.dougong_fields for record in caplog.records if record.name == "dougong.access"]  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _heard(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "dougong")


def test_an_answer_has_an_id_of_its_own(client: httpx.Client) -> None:
    first, second = client.get("/healthz"), client.get("/api/session")
    assert re.fullmatch(r"[0-9a-f]{32}", first.headers["x-request-id"])
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


@pytest.mark.parametrize(
    ("given", "is_taken"),
    [
        ("7f3a-proxy.id_1", True),
        ("short", False),
        ("x" * 65, False),
        ('quote"in-it', False),
        ("with space inside", False),
        ("../../etc/passwd", False),
    ],
)
def test_takes_an_id_from_a_proxy_where_it_is_harmless(client: httpx.Client, given: str, *, is_taken: bool) -> None:
    answered = client.get("/healthz", headers={"X-Request-Id": given}).headers["x-request-id"]
    assert (answered == given) is is_taken


def test_a_request_is_one_line_without_its_query_or_body(
    signed_in: Callable[[str], httpx.Client], caplog: pytest.LogCaptureFixture
) -> None:
    client = signed_in("anna")
    client.get("/api/members", params={"search": "秘密-4711"})
    client.get("/api/records/crm/nothing/0190aaaa-0000-7000-8000-000000000000")
    client.post("/api/session", json={"username": "anna", "password": "geheim-0815"})

    _, listed, missing, refused = _lines(caplog, 4)
    assert (listed["method"], listed["path"], listed["status"]) == ("GET", "/api/members", 200)
    assert (missing["route"], missing["status"]) == ("/api/records/{app}/{form}/{record_id}", 404)
    assert missing["path"].endswith("/0190aaaa-0000-7000-8000-000000000000")
    assert refused["status"] == 401
    told = caplog.text + str(_lines(caplog))
    assert "秘密" not in told
    assert "geheim" not in told
    assert "search" not in told


def test_a_machine_that_asks_for_health_is_not_told_of(client: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    client.get("/healthz")
    client.get("/readyz")
    client.get("/api/session")
    assert [line["path"] for line in _lines(caplog, 1)] == ["/api/session"]


def test_unknown_paths_and_methods_make_no_names_of_their_own(client: httpx.Client, served: Served) -> None:
    client.get("/api/nothing/like/this")
    client.request("BREW", "/api/session")
    client.get("/api/session")
    known = {(method, route) for method, route, _ in served.app.state.requests.answered}
    assert ("GET", "other") in known
    assert ("OTHER", "/api/session") in known or ("OTHER", "other") in known
    assert not any("nothing" in route for _, route in known)
