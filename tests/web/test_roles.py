"""Rights over HTTP: what roles grant side by side, and what somebody may do because of which role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from engine import permissions, rights
from engine.actor import Actor
from engine.catalog import catalog
from engine.db import Session
from engine.permissions import FORM_ACTIONS
from tests import demo
from web.platform import Platform

AsUser = Callable[[str], httpx.Client]


def rights_of(admin: httpx.Client, username: str) -> dict[str, Any]:
    found = admin.get("/api/users", params={"search": username}).json()["items"]
    account = next(one for one in found if one["username"] == username)
    answer = admin.get(f"/api/rights/users/{account['id']}")
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


def test_lists_roles_with_their_members(as_user: AsUser) -> None:
    roles = {role["name"]: role for role in as_user("admin").get("/api/roles").json()["items"]}
    assert (roles["crm.sales"]["title"], roles["crm.sales"]["app_title"]) == ("销售代表", "客户关系")
    assert (roles["crm.sales"]["members"], roles["crm.sales_manager"]["members"]) == (2, 1)
    assert roles["crm.sales"]["version"] == 1


def test_names_everything_that_roles_may_name(as_user: AsUser) -> None:
    found = as_user("admin").get("/api/rights/subjects").json()
    assert found["actions"] == sorted(FORM_ACTIONS)
    apps = {app["key"]: app for app in found["apps"]}
    order = next(form for form in apps["crm"]["forms"] if form["name"] == "crm.sales_order")
    assert (order["title"], order["kind"]) == ("销售订单", "forms")
    assert {"key": "customer", "title": "客户"} in order["fields"]
    stock = next(form for form in apps["erp"]["forms"] if form["name"] == "erp.stock")
    assert (stock["kind"], {"key": "quantity", "title": "数量"} in stock["fields"]) == ("balances", True)
    assert "crm.sales_funnel" in {report["name"] for report in apps["crm"]["reports"]}
    assert "erp.overview" in {dashboard["name"] for dashboard in apps["erp"]["dashboards"]}
    assert "crm.order_approval" in {flow["name"] for flow in apps["crm"]["flows"]}


def test_sets_roles_side_by_side(as_user: AsUser) -> None:
    admin = as_user("admin")
    found = admin.get("/api/rights/forms/crm/sales_order").json()
    sales = next(one for one in found["items"] if one["role"]["name"] == "crm.sales")
    assert sales["entry"] == "crm.sales_order"
    assert sales["actions"]["view"] == "sales_rep == user or owner == user"
    assert sales["fields"]["status"] == "read_only"
    assert (sales["members"], sales["role"]["title"]) == (2, "销售代表")
    assert admin.get("/api/rights/forms/crm/nothing").json()["code"] == "form_not_found"


@pytest.mark.parametrize("username", ["sales", "sales_manager", "director", "planner", "warehouse", "finance"])
def test_the_explanation_agrees_with_what_is_granted(demo_platform: Platform, username: str) -> None:
    with demo_platform.database.unit_of_work() as session:
        actor = demo.actor(session, username)
        forms = [item.name for kind in ("forms", "balances") for item in catalog(session).list(kind)]
        assert sum(explained(session, actor, name) for name in forms) > 0
        for section in rights.SECTIONS:
            for item in catalog(session).list(section):
                named = rights.granting_roles(session, section, item.name, actor.roles)
                assert bool(named) == permissions.allows(session, actor, section, item.name)


def explained(session: Session, actor: Actor, form: str) -> int:
    """Hold the explanation of a form to the grant in force; return how many roles grant something."""
    granted = permissions.grant(session, actor, form)
    found = rights.role_grants(session, form, actor.roles)
    assert {action for one in found for action in one.actions} == granted.actions
    for action in granted.actions:
        scopes = {one.actions[action] for one in found if action in one.actions}
        theirs = granted.scopes[action]
        assert (None if None in scopes else scopes) == (None if theirs is None else set(theirs))
    return len(found)


def test_explains_what_somebody_may_do(as_user: AsUser) -> None:
    admin = as_user("admin")
    found = rights_of(admin, "sales")
    assert (found["is_administrator"], [role["name"] for role in found["roles"]]) == (False, ["crm.sales"])
    order = next(one for one in found["forms"] if one["name"] == "crm.sales_order")
    assert order["actions"] == ["create", "print", "update", "view"]
    assert [grant["role"]["title"] for grant in order["grants"]] == ["销售代表"]
    assert order["fields"]["status"] == "read_only"
    seen = as_user("sales").get("/api/session").json()
    assert found["menu"] == seen["apps"]
    assert {form["name"] for form in found["forms"]} == set(seen["forms"])


def test_an_administrator_has_every_menu_beside_what_roles_give(as_user: AsUser) -> None:
    found = rights_of(as_user("admin"), "admin")
    assert (found["is_administrator"], found["roles"], found["forms"]) == (True, [], [])
    assert found["menu"] == as_user("admin").get("/api/session").json()["apps"]


def test_nobody_else_reads_rights(as_user: AsUser) -> None:
    sales = as_user("sales")
    for path in ("/api/roles", "/api/rights/subjects", "/api/rights/forms/crm/sales_order"):
        answer = sales.get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "administrator_only")


def test_a_changed_role_counts_at_once_and_cannot_lock_administrators_out(
    as_user: AsUser, demo_platform: Platform
) -> None:
    admin, sales = as_user("admin"), as_user("sales")
    role = admin.get("/api/apps/crm/roles/sales").json()
    changed = {**role["document"], "forms": {"crm.customer": {"actions": ["view"], "fields": {"phone": "hidden"}}}}
    assert admin.put("/api/apps/crm/roles/sales", json=changed).json()["violations"] == []
    assert sales.get("/api/records/crm/sales_order").status_code == 200  # until it is published
    assert admin.post("/api/apps/crm/roles/sales/publish").json()["version"] == role["version"] + 1
    assert sales.get("/api/records/crm/sales_order").status_code == 404
    assert admin.get("/api/records/crm/sales_order").status_code == 200
    assert [one["entry"] for one in rights_of(admin, "sales")["forms"][0]["grants"]] == ["crm.customer"]


def test_a_refused_role_says_where_and_changes_nothing(as_user: AsUser) -> None:
    admin = as_user("admin")
    role = admin.get("/api/apps/crm/roles/sales").json()
    wrong = {
        **role["document"],
        "forms": {"crm.sales_order": {"actions": ["view"], "scope": {"view": "onwer == user"}}},
    }
    draft = admin.put("/api/apps/crm/roles/sales", json=wrong).json()
    assert [spot["pointer"] for spot in draft["violations"]] == ["#/forms/crm.sales_order/scope/view"]
    answer = admin.post("/api/apps/crm/roles/sales/publish")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/forms/crm.sales_order/scope/view")
    again = admin.get("/api/apps/crm/roles/sales").json()
    assert (again["version"], again["document"]) == (role["version"], role["document"])
