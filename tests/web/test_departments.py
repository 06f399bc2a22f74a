"""Departments over HTTP: the tree, moved and headed, deleted only when empty, on record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx

from engine.identity import User

SignIn = Callable[[str], httpx.Client]
People = dict[str, User]


def made(client: httpx.Client, key: str, **values: Any) -> dict[str, Any]:
    answer = client.post("/api/departments", json={"key": key, "title": key.title(), **values})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_grows_a_tree(signed_in: SignIn, people: People) -> None:
    client = signed_in("anna")
    company = made(client, "company")
    sales = made(client, "sales", parent=company["id"], head=str(people["berta"].id))
    client.patch(f"/api/users/{people['anna'].id}", json={"department": sales["id"]}).raise_for_status()
    assert client.get("/api/departments/tree").json()["items"] == [
        {"id": company["id"], "key": "company", "title": "Company", "parent": None, "head": None, "members": 0},
        {
            "id": sales["id"],
            "key": "sales",
            "title": "Sales",
            "parent": company["id"],
            "head": {"id": str(people["berta"].id), "title": "Berta"},
            "members": 1,
        },
    ]


def test_renames_moves_and_takes_the_head_away(signed_in: SignIn, people: People) -> None:
    client = signed_in("anna")
    company, other = made(client, "company"), made(client, "other")
    sales = made(client, "sales", parent=company["id"], head=str(people["berta"].id))
    at = f"/api/departments/{sales['id']}"
    assert client.patch(at, json={"title": "Selling"}).json()["parent"] == company["id"]
    moved = client.patch(at, json={"parent": other["id"], "head": None}).json()
    assert (moved["title"], moved["parent"], moved["head"]) == ("Selling", other["id"], None)
    cycle = client.patch(f"/api/departments/{other['id']}", json={"parent": sales["id"]})
    assert (cycle.status_code, cycle.json()["code"]) == (409, "department_cycle")
    assert client.patch(at, json={"parent": None}).json()["parent"] is None


def test_refuses_what_cannot_be(signed_in: SignIn, people: People) -> None:
    client = signed_in("anna")
    made(client, "company")
    taken = client.post("/api/departments", json={"key": "company", "title": "Again"})
    assert (taken.status_code, taken.json()["code"]) == (409, "department_key_taken")
    client.patch(f"/api/users/{people['berta'].id}", json={"is_active": False}).raise_for_status()
    for values, pointer in (
        ({"key": "Company"}, "#/key"),
        ({"title": " "}, "#/title"),
        ({"parent": str(uuid4())}, "#/parent"),
        ({"head": str(people["berta"].id)}, "#/head"),
    ):
        answer = client.post("/api/departments", json={"key": "new", "title": "New", **values})
        assert (answer.status_code, [spot["pointer"] for spot in answer.json()["errors"]]) == (422, [pointer])
    assert [one["key"] for one in client.get("/api/departments/tree").json()["items"]] == ["company"]


def test_deletes_only_what_is_empty(signed_in: SignIn, people: People) -> None:
    client = signed_in("anna")
    company = made(client, "company")
    sales = made(client, "sales", parent=company["id"])
    client.patch(f"/api/users/{people['berta'].id}", json={"department": sales["id"]}).raise_for_status()
    for one in (company, sales):
        answer = client.delete(f"/api/departments/{one['id']}")
        assert (answer.status_code, answer.json()["code"]) == (409, "department_in_use")
    client.patch(f"/api/users/{people['berta'].id}", json={"department": None}).raise_for_status()
    assert client.delete(f"/api/departments/{sales['id']}").status_code == 204
    assert client.delete(f"/api/departments/{company['id']}").status_code == 204
    assert client.get("/api/departments/tree").json() == {"items": []}
    lines = client.get(f"/api/departments/{sales['id']}/history").json()["items"]
    assert [(line["action"], line["by"]["title"]) for line in lines] == [("delete", "Anna"), ("create", "Anna")]


def test_only_administrators_change_the_tree(signed_in: SignIn) -> None:
    client = signed_in("berta")
    for answer in (
        client.get("/api/departments/tree"),
        client.post("/api/departments", json={"key": "mine", "title": "Mine"}),
        client.patch(f"/api/departments/{uuid4()}", json={"title": "Mine"}),
        client.delete(f"/api/departments/{uuid4()}"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "administrator_only")
