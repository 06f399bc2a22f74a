"""Accounts over HTTP: found, made, changed, closed; their sessions and tokens ended; all of it on record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from engine import identity, permissions
from engine.actor import Actor
from engine.identity import User
from web.platform import Platform

SignIn = Callable[[str], httpx.Client]
AsUser = Callable[[str], httpx.Client]
People = dict[str, User]


@pytest.fixture
def sales(platform: Platform, admin: Actor) -> identity.Department:
    """A department below another one, and a role `crm.sales`."""
    with platform.database.unit_of_work() as session:
        permissions.publish(session, admin, "crm", [{"key": "sales", "title": "Sales", "format": 1}])
        company = identity.create_department(session, admin, key="company", title="Company")
        return identity.create_department(session, admin, key="sales", title="Sales", parent_id=company.id)


def made(client: httpx.Client, username: str = "carla", **values: Any) -> dict[str, Any]:
    answer = client.post("/api/users", json={"username": username, "name": username.title(), **values})
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/api/users/{answer.json()['user']['id']}"
    found: dict[str, Any] = answer.json()
    return found


def test_a_new_account_signs_in_by_its_link_once(signed_in: SignIn, sales: identity.Department) -> None:
    client = signed_in("anna")
    carla = made(client, department=str(sales.id), roles=["crm.sales"], email="carla@example.com")
    shown = carla["user"]
    assert shown["department"] == {"id": str(sales.id), "title": "Sales"}
    assert shown["roles"] == [{"name": "crm.sales", "title": "Sales"}]
    assert (shown["is_active"], shown["is_administrator"], shown["seen_at"]) == (True, False, None)
    client.cookies.clear()
    link = carla["link"].partition("/password")[2]
    # A page without a referrer would send its form as from another site.
    assert client.get(f"/password{link}").headers["referrer-policy"] == "same-origin"
    assert client.post(f"/password{link}", data={"password": "correct horse"}).status_code == 303
    assert client.get("/api/session").json()["user"]["username"] == "carla"
    again = client.post(f"/password{link}", data={"password": "another one"})
    assert again.status_code == 422


def test_lists_and_narrows(signed_in: SignIn, sales: identity.Department) -> None:
    client = signed_in("anna")
    carla = made(client, department=str(sales.id), roles=["crm.sales"], email="c@example.com")["user"]
    client.patch(f"/api/users/{made(client, 'dora')['user']['id']}", json={"is_active": False})

    def listed(**params: Any) -> list[str]:
        found = client.get("/api/users", params=params).json()
        assert found["count"] >= len(found["items"])
        return [user["username"] for user in found["items"]]

    assert listed() == ["anna", "berta", "carla", "dora"]
    assert listed(limit=1, offset=1) == ["berta"]
    assert client.get("/api/users", params={"limit": 1}).json()["count"] == 4
    assert listed(search="C@EXAMPLE") == ["carla"]
    assert listed(search="%") == []
    assert listed(department=carla["department"]["id"]) == ["carla"]
    company = next(one for one in client.get("/api/departments/tree").json()["items"] if one["key"] == "company")
    assert listed(department=company["id"]) == ["carla"]
    assert listed(role="crm.sales") == ["carla"]
    assert listed(is_active="false") == ["dora"]
    assert listed(is_administrator="true") == ["anna"]


def test_refuses_accounts_that_cannot_be(signed_in: SignIn, people: People) -> None:
    client = signed_in("anna")
    for values, pointer, code in (
        ({"username": "a b"}, "#/username", "username_invalid"),
        ({"department": str(uuid4())}, "#/department", "department_not_found"),
        ({"roles": ["crm.none"]}, "#/roles/0", "role_unknown"),
        ({"name": "  "}, "#/name", "not_acceptable_value"),
        ({"language": "fr"}, "#/language", "enum"),
    ):
        answer = client.post("/api/users", json={"username": "carla", "name": "Carla", **values})
        spots = [(spot["pointer"], spot["code"]) for spot in answer.json()["errors"]]
        assert (answer.status_code, spots) == (422, [(pointer, code)]), values
    taken = client.post("/api/users", json={"username": "BERTA", "name": "Berta"})
    assert (taken.status_code, taken.json()["code"]) == (409, "username_taken")
    assert client.get("/api/users").json()["count"] == len(people)


def test_changes_only_what_is_sent(signed_in: SignIn, people: People, sales: identity.Department) -> None:
    client = signed_in("anna")
    at = f"/api/users/{people['berta'].id}"
    client.patch(at, json={"department": str(sales.id), "email": "b@example.com"}).raise_for_status()
    client.patch(at, json={"name": "Berta B."}).raise_for_status()
    shown = client.patch(at, json={"roles": ["crm.sales"], "language": "zh-CN"}).json()
    assert (shown["name"], shown["email"], shown["language"]) == ("Berta B.", "b@example.com", "zh-CN")
    assert (shown["department"]["title"], [role["name"] for role in shown["roles"]]) == ("Sales", ["crm.sales"])
    gone = client.patch(at, json={"department": None, "email": None, "roles": []}).json()
    assert (gone["department"], gone["email"], gone["roles"], gone["name"]) == (None, None, [], "Berta B.")


def test_closing_ends_sessions_and_tokens_at_once(signed_in: SignIn, people: People, served: Any) -> None:
    client = signed_in("anna")
    at = f"/api/users/{people['berta'].id}"
    with httpx.Client(base_url=served.url, headers={"X-Requested-With": "dougong"}) as berta:
        berta.post("/api/session", json={"username": "berta", "password": "demo"}).raise_for_status()
        token = berta.post("/api/tokens", json={"title": "Nightly", "scopes": ["*:read"]}).json()["token"]
        assert client.patch(at, json={"is_active": False}).json()["is_active"] is False
        assert berta.get("/api/session").status_code == 401
        berta.cookies.clear()
        bearer = {"Authorization": f"Bearer {token}"}
        assert berta.get("/api/session", headers=bearer).status_code == 401
        assert berta.post("/api/session", json={"username": "berta", "password": "demo"}).status_code == 401
        refused = client.post(f"{at}/password_link")
        assert (refused.status_code, refused.json()["code"]) == (409, "user_inactive")
        client.patch(at, json={"is_active": True}).raise_for_status()
        assert berta.post("/api/session", json={"username": "berta", "password": "demo"}).status_code == 200


def test_the_last_administrator_stays(signed_in: SignIn, people: People) -> None:
    client = signed_in("anna")
    at = f"/api/users/{people['anna'].id}"
    for change in ({"is_active": False}, {"is_administrator": False}):
        answer = client.patch(at, json={**change, "name": "Changed"})
        assert (answer.status_code, answer.json()["code"]) == (409, "last_administrator")
        shown = client.get(at).json()
        assert (shown["is_active"], shown["is_administrator"], shown["name"]) == (True, True, "Anna")
    client.patch(f"/api/users/{people['berta'].id}", json={"is_administrator": True}).raise_for_status()
    assert client.patch(at, json={"is_administrator": False}).status_code == 200
    assert client.get(at).status_code == 403


def test_a_new_link_ends_the_one_before(signed_in: SignIn, people: People) -> None:
    client = signed_in("anna")
    at = f"/api/users/{people['berta'].id}/password_link"
    first, second = (client.post(at).json()["link"].partition("/password")[2] for _ in range(2))
    client.cookies.clear()
    assert client.post(f"/password{first}", data={"password": "correct horse"}).status_code == 422
    signed = client.post("/api/session", json={"username": "berta", "password": "demo"})
    assert signed.status_code == 200  # until the link is used
    client.cookies.clear()
    assert client.post(f"/password{second}", data={"password": "correct horse"}).status_code == 303


def test_sees_and_ends_sessions(signed_in: SignIn, people: People, served: Any) -> None:
    client = signed_in("anna")
    at = f"/api/users/{people['berta'].id}/sessions"
    with httpx.Client(base_url=served.url, headers={"X-Requested-With": "dougong", "User-Agent": "Firefox/1"}) as berta:
        for _ in range(2):
            berta.cookies.clear()
            berta.post("/api/session", json={"username": "berta", "password": "demo"}).raise_for_status()
        items = client.get(at).json()["items"]
        assert [(one["user_agent"], one["is_own"]) for one in items] == [("Firefox/1", False)] * 2
        assert client.delete(f"{at}/{items[0]['id']}").status_code == 204
        missing = client.delete(f"{at}/{items[0]['id']}")
        assert (missing.status_code, missing.json()["code"]) == (404, "session_not_found")
        assert [one["id"] for one in client.get(at).json()["items"]] == [items[1]["id"]]
        assert client.delete(at).status_code == 204
        assert client.get(at).json() == {"items": []}
        assert berta.get("/api/session").status_code == 401
    own = client.get(f"/api/users/{people['anna'].id}/sessions").json()["items"]
    assert [one["is_own"] for one in own] == [True]


def test_sees_and_revokes_tokens(signed_in: SignIn, people: People) -> None:
    client = signed_in("berta")
    client.post("/api/tokens", json={"title": "Nightly", "scopes": ["*:read"]}).raise_for_status()
    client.cookies.clear()
    client = signed_in("anna")
    at = f"/api/users/{people['berta'].id}/tokens"
    [token] = client.get(at).json()["items"]
    assert (token["title"], token["scopes"], "token" in token) == ("Nightly", ["*:read"], False)
    others = client.delete(f"/api/users/{people['anna'].id}/tokens/{token['id']}")
    assert (others.status_code, others.json()["code"]) == (404, "token_not_found")
    assert client.delete(f"{at}/{token['id']}").status_code == 204
    assert client.get(at).json() == {"items": []}


def test_every_change_is_on_record(signed_in: SignIn, people: People, sales: identity.Department) -> None:
    client = signed_in("anna")
    at = f"/api/users/{made(client)['user']['id']}"
    client.patch(at, json={"department": str(sales.id), "roles": ["crm.sales"]}).raise_for_status()
    client.post(f"{at}/password_link").raise_for_status()
    client.patch(at, json={"is_active": False}).raise_for_status()
    lines = client.get(f"{at}/history").json()["items"]
    assert [(line["action"], line["by"]["title"]) for line in lines] == [
        ("update", "Anna"),
        ("password_link", "Anna"),
        ("set_roles", "Anna"),
        ("update", "Anna"),
        ("password_link", "Anna"),
        ("create", "Anna"),
    ]
    assert (lines[0]["before"], lines[0]["after"]) == ({"is_active": True}, {"is_active": False})
    assert (lines[2]["before"], lines[2]["after"]) == ({"roles": []}, {"roles": ["Sales"]})
    assert (lines[3]["before"], lines[3]["after"]) == ({}, {"department_id": "Sales"})
    assert lines[5]["after"]["username"] == "carla"


def test_names_what_waits_for_somebody(as_user: AsUser, demo_platform: Platform) -> None:
    admin, manager = as_user("admin"), as_user("sales_manager")
    demo_platform.worker().run_due()  # the demo's own submitted orders
    [account] = admin.get("/api/users", params={"search": "sales_manager"}).json()["items"]
    shown = admin.get(f"/api/users/{account['id']}").json()
    theirs = manager.get("/api/tasks").json()["items"]
    assert shown["open_task_count"] == len(theirs) > 0
    assert [(task["id"], task["record"]) for task in shown["open_tasks"]] == [
        (task["id"], task["record"]) for task in theirs
    ]
    assert [unit["title"] for unit in shown["heads"]] == ["销售部"]


@pytest.mark.parametrize("path", ["", "/{id}", "/{id}/sessions", "/{id}/tokens", "/{id}/history"])
def test_only_administrators_look(signed_in: SignIn, people: People, path: str) -> None:
    client = signed_in("berta")
    answer = client.get("/api/users" + path.replace("{id}", str(people["berta"].id)))
    assert (answer.status_code, answer.json()["code"]) == (403, "administrator_only")


def test_nobody_else_changes_accounts(signed_in: SignIn, people: People) -> None:
    client = signed_in("berta")
    at = f"/api/users/{people['berta'].id}"
    for answer in (
        client.post("/api/users", json={"username": "carla", "name": "Carla"}),
        client.patch(at, json={"is_administrator": True}),
        client.post(f"{at}/password_link"),
        client.delete(f"/api/users/{people['anna'].id}/sessions"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "administrator_only")
    assert client.get("/api/session").json()["is_administrator"] is False


def test_an_unknown_account_is_not_there(signed_in: SignIn) -> None:
    client = signed_in("anna")
    for answer in (client.get(f"/api/users/{uuid4()}"), client.patch(f"/api/users/{uuid4()}", json={"name": "X"})):
        assert (answer.status_code, answer.json()["code"]) == (404, "user_not_found")
