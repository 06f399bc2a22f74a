"""What holds for every operation of the API's description, whatever it does."""

from __future__ import annotations

import json
import re
from uuid import uuid4

import httpx
import pytest

from web import openapi

PATHS = json.loads(openapi.COMMITTED.read_text("utf-8"))["paths"]
OPERATIONS = [(method.upper(), path) for path, operations in PATHS.items() for method in operations]
#: Its bodies are read once they are known to be signed; `test_webhooks` tells.
WEBHOOK = "/api/webhooks/{app}/{flow}"
#: What one may ask before signing in.
OPEN = {("POST", "/api/session"), ("GET", "/api/demo"), ("GET", "/healthz"), ("POST", WEBHOOK), ("GET", "/readyz")}


def address(path: str) -> str:
    """Return the path with something in place of every parameter."""
    return re.sub(r"\{(\w+)\}", lambda found: str(uuid4()) if found[1].endswith("_id") else "x", path)


def takes_json(method: str, path: str) -> bool:
    body = PATHS[path][method.lower()].get("requestBody", {})
    return "application/json" in body.get("content", {})


@pytest.mark.parametrize(("method", "path"), [entry for entry in OPERATIONS if entry not in OPEN])
def test_nobody_gets_in_without_signing_in(client: httpx.Client, method: str, path: str) -> None:
    for headers in ({}, {"Cookie": "dougong_session=stolen"}, {"Authorization": "Bearer dgt_guessed"}):
        answer = client.request(method, address(path), headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")


@pytest.mark.parametrize(
    ("method", "path"), [entry for entry in OPERATIONS if takes_json(*entry) and entry[1] != WEBHOOK]
)
def test_every_body_is_read_strictly(client: httpx.Client, method: str, path: str) -> None:
    headers = {"Content-Type": "application/json"}
    for content, code in ((b"{", "body_not_json"), (b"\xff", "body_not_utf8")):
        answer = client.request(method, address(path), content=content, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_everything_open_is_meant_to_be() -> None:
    assert set(OPERATIONS) >= OPEN
    assert all(path.startswith("/api/") for entry, path in OPERATIONS if (entry, path) not in OPEN)
