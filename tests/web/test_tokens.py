"""API tokens: made once, shown once, scoped, ended."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

SignIn = Callable[[str], httpx.Client]


def made(client: httpx.Client, *scopes: str) -> dict[str, str]:
    answer = client.post("/api/tokens", json={"title": "Nightly", "scopes": list(scopes)})
    assert answer.status_code == 201, answer.text
    token: dict[str, str] = answer.json()
    assert answer.headers["location"] == f"/api/tokens/{token['id']}"
    return token


def test_a_token_acts_for_its_owner_without_a_cookie(signed_in: SignIn) -> None:
    client = signed_in("berta")
    token = made(client, "*:read")
    assert token["token"].startswith(token["hint"])
    client.cookies.clear()
    bearer = {"Authorization": f"Bearer {token['token']}", "X-Requested-With": ""}
    assert client.get("/api/session", headers=bearer).json()["user"]["username"] == "berta"


def test_a_token_is_listed_without_itself_and_ends_when_deleted(signed_in: SignIn) -> None:
    client = signed_in("berta")
    token = made(client, "crm.*:read")
    listed = client.get("/api/tokens").json()["items"]
    assert [entry["id"] for entry in listed] == [token["id"]]
    assert "token" not in listed[0]
    assert client.delete(f"/api/tokens/{token['id']}").status_code == 204
    assert client.get("/api/tokens").json() == {"items": []}
    client.cookies.clear()
    answer = client.get("/api/session", headers={"Authorization": f"Bearer {token['token']}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_not_valid")


def test_a_token_for_reading_writes_nothing(signed_in: SignIn) -> None:
    client = signed_in("berta")
    token = made(client, "*:read")
    client.cookies.clear()
    bearer = {"Authorization": f"Bearer {token['token']}"}
    answer = client.patch("/api/session", json={"language": "zh-CN"}, headers=bearer)
    assert (answer.status_code, answer.json()["code"]) == (403, "token_scope_missing")
    assert client.get("/api/session", headers=bearer).json()["user"]["language"] == "en-US"


def test_a_token_of_an_administrator_does_not_administer(signed_in: SignIn) -> None:
    client = signed_in("anna")
    token = made(client, "*:write")
    client.cookies.clear()
    bearer = {"Authorization": f"Bearer {token['token']}"}
    answer = client.get("/api/apps/crm/forms/customer", headers=bearer)
    assert (answer.status_code, answer.json()["code"]) == (403, "administrator_only")


def test_a_token_makes_no_token(signed_in: SignIn) -> None:
    client = signed_in("berta")
    token = made(client, "*:write")
    client.cookies.clear()
    bearer = {"Authorization": f"Bearer {token['token']}"}
    answer = client.post("/api/tokens", json={"title": "Another", "scopes": ["*:read"]}, headers=bearer)
    assert (answer.status_code, answer.json()["code"]) == (403, "token_makes_no_token")


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"scopes": ["*:read"]}, "#/title", "required"),
        ({"title": "x", "scopes": []}, "#/scopes", "minItems"),
        ({"title": "x", "scopes": ["*:everything"]}, "#/scopes/0", "token_scope_invalid"),
        ({"title": "x", "scopes": ["*:read"], "expires_in_days": 400}, "#/expires_in_days", "maximum"),
        ({"title": "x", "scopes": ["*:read"], "for": "ever"}, "#/for", "additionalProperties"),
        ({"title": 1, "scopes": ["*:read"]}, "#/title", "type"),
    ],
)
def test_refuses_a_token_that_cannot_be(signed_in: SignIn, body: dict[str, object], pointer: str, code: str) -> None:
    client = signed_in("berta")
    answer = client.post("/api/tokens", json=body)
    assert answer.status_code == 422
    assert [(spot["pointer"], spot["code"]) for spot in answer.json()["errors"]] == [(pointer, code)]
    assert client.get("/api/tokens").json() == {"items": []}


def test_nobody_deletes_anothers_token(signed_in: SignIn) -> None:
    token = made(signed_in("anna"), "*:read")
    client = signed_in("berta")
    answer = client.delete(f"/api/tokens/{token['id']}")
    assert (answer.status_code, answer.json()["code"]) == (404, "token_not_found")
    assert len(signed_in("anna").get("/api/tokens").json()["items"]) == 1
