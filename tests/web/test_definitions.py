"""Definitions over HTTP: drafts that nobody overwrites unseen, checks, versions and going back to one, apps included."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import httpx
import pytest

AsUser = Callable[[str], httpx.Client]
ROLE = "/api/apps/crm/roles/sales"


def read(client: httpx.Client, at: str = ROLE) -> dict[str, Any]:
    answer = client.get(at)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    assert answer.headers["etag"] == f'"{found["tag"]}"'
    return found


def save(client: httpx.Client, document: dict[str, Any], tag: str | None, at: str = ROLE) -> httpx.Response:
    return client.put(at, json=document, headers={} if tag is None else {"If-Match": f'"{tag}"'})


def test_two_administrators_do_not_overwrite_each_other(as_user: AsUser) -> None:
    one, other = as_user("admin"), as_user("admin")
    seen = read(one)
    mine, theirs = ({**seen["document"], "description": text} for text in ("mine", "theirs"))
    first = save(other, theirs, seen["tag"])
    assert first.status_code == 200
    refused = save(one, mine, seen["tag"])
    assert (refused.status_code, refused.json()["code"]) == (412, "definition_stale")
    current = refused.json()["current"]
    assert (current["draft"], current["draft_saved_by"]["title"]) == (theirs, "系统管理员")
    assert current["tag"] == first.json()["tag"]
    assert read(one)["draft"] == theirs
    assert save(one, mine, current["tag"]).status_code == 200
    stale = other.post(f"{ROLE}/publish", headers={"If-Match": f'"{current["tag"]}"'})
    assert (stale.status_code, read(other)["version"]) == (412, seen["version"])
    assert other.post(f"{ROLE}/publish", headers={"If-Match": f'"{read(other)["tag"]}"'}).status_code == 200
    late = save(one, theirs, seen["tag"])  # published meanwhile
    assert (late.status_code, late.json()["current"]["document"]) == (412, mine)


def test_a_check_keeps_nothing(as_user: AsUser) -> None:
    admin = as_user("admin")
    seen = read(admin)
    wrong = {**seen["document"], "reports": ["crm.nothing"]}
    answer = admin.post(f"{ROLE}/check", json=wrong)
    assert [(spot["pointer"], spot["code"]) for spot in answer.json()["violations"]] == [
        ("#/reports/0", "role_target_unknown")
    ]
    assert admin.post(f"{ROLE}/check", json=seen["document"]).json()["violations"] == []
    assert read(admin) == seen


def test_goes_back_to_an_older_version(as_user: AsUser) -> None:
    admin = as_user("admin")
    first = read(admin)
    save(admin, {**first["document"], "title": "Reps"}, first["tag"]).raise_for_status()
    assert admin.post(f"{ROLE}/publish").json()["version"] == 2
    old = admin.get(ROLE, params={"version": 1}).json()["document"]
    save(admin, old, read(admin)["tag"]).raise_for_status()
    assert admin.post(f"{ROLE}/publish").json()["version"] == 3
    assert read(admin)["document"] == first["document"]
    versions = admin.get(f"{ROLE}/versions").json()["items"]
    assert [(one["version"], one["is_in_force"]) for one in versions] == [(3, True), (2, False), (1, False)]
    assert versions[0]["publisher"] == "系统管理员"


def test_a_discarded_draft_is_gone(as_user: AsUser) -> None:
    admin = as_user("admin")
    seen = read(admin)
    save(admin, {**seen["document"], "title": "Reps"}, seen["tag"]).raise_for_status()
    assert read(admin)["draft_saved_by"]["title"] == "系统管理员"
    assert admin.delete(f"{ROLE}/draft").status_code == 204
    assert read(admin) == seen
    missing = admin.post(f"{ROLE}/publish")
    assert (missing.status_code, missing.json()["code"]) == (404, "draft_not_found")


@pytest.mark.parametrize("kind", ["apps", "forms", "balances", "flows", "reports", "dashboards", "roles"])
def test_every_kind_has_a_schema(as_user: AsUser, kind: str) -> None:
    answer = as_user("admin").get(f"/api/definition_kinds/{kind}")
    assert (answer.status_code, answer.json()["kind"]) == (200, kind)
    assert answer.json()["schema"]["type"] == "object"


def test_changes_a_menu(as_user: AsUser) -> None:
    admin, sales = as_user("admin"), as_user("sales")
    at = "/api/apps/crm/apps/crm"
    app = read(admin, at)
    entry = {"key": "people", "title": "联系人名册", "form": "crm.contact"}
    for menu, pointer in (
        ([{**entry, "form": "crm.nothing"}], "#/menu/0/form"),
        ([{"key": "more", "title": "More", "items": [{**entry, "form": "crm.gone"}]}], "#/menu/0/items/0/form"),
    ):
        checked = save(admin, {**app["document"], "menu": menu}, None, at).json()
        assert [spot["pointer"] for spot in checked["violations"]] == [pointer]
        assert admin.post(f"{at}/publish").status_code == 422
    other = save(admin, {**app["document"], "key": "erp"}, None, at).json()
    assert [spot["pointer"] for spot in other["violations"]] == ["#/key"]
    assert read(admin, at)["document"] == app["document"]
    assert save(admin, {**app["document"], "menu": [entry]}, None, at).json()["violations"] == []
    assert admin.post(f"{at}/publish").json()["version"] == app["version"] + 1
    [crm] = [one for one in sales.get("/api/session").json()["apps"] if one["key"] == "crm"]
    assert [(one["key"], one["title"]) for one in crm["menu"]] == [("people", "联系人名册")]


def test_a_preview_says_what_tables_would_become_and_does_nothing(as_user: AsUser) -> None:
    admin = as_user("admin")
    at = "/api/apps/crm/forms/ticket"
    seen = read(admin, at)
    document = copy.deepcopy(seen["document"])
    del document["properties"]["description"]
    document["x-form"]["layout"][1]["fields"].remove("description")
    document["properties"]["urgent"] = {"title": "加急", "x-field": {"type": "boolean"}}
    answer = admin.post(f"{at}/preview", json=document)
    shown = answer.json()
    assert shown["version"] == seen["version"] + 1
    added = [step for step in shown["steps"] if 'ADD COLUMN "urgent"' in step["sql"]]
    taken = [step for step in shown["steps"] if 'RENAME COLUMN "description"' in step["sql"]]
    assert [step["is_destructive"] for step in (*added, *taken)] == [False, True]
    assert read(admin, at) == seen
    assert admin.get("/api/records/crm/ticket", params={"fields": "description"}).status_code == 200


def test_a_preview_is_refused_like_the_publication(as_user: AsUser) -> None:
    admin = as_user("admin")
    seen = read(admin)
    answer = admin.post(f"{ROLE}/preview", json={**seen["document"], "reports": ["crm.nothing"]})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/reports/0")
    assert read(admin) == seen


def test_refuses_places_that_cannot_be(as_user: AsUser) -> None:
    admin = as_user("admin")
    for path, code in (
        ("/api/apps/crm/scripts/x", "definition_kind_unknown"),
        ("/api/apps/crm/forms/nothing", "definition_not_found"),
        ("/api/definition_kinds/scripts", "definition_kind_unknown"),
    ):
        answer = admin.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, code)
    assert admin.put("/api/apps/nothing/forms/x", json={}).status_code == 404


def test_only_administrators_see_definitions(as_user: AsUser) -> None:
    sales = as_user("sales")
    for answer in (
        sales.get(ROLE),
        sales.put(ROLE, json={}),
        sales.post(f"{ROLE}/check", json={}),
        sales.get("/api/definition_kinds/forms"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "administrator_only")
