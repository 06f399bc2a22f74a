"""The walk from an order to its work orders over HTTP, and what surrounds it: tasks, runs, balances, definitions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from engine import identity
from engine.actor import SYSTEM
from web.platform import Platform

AsUser = Callable[[str], httpx.Client]
ORDERS = "/api/records/crm/sales_order"


def submitted(client: httpx.Client, platform: Platform) -> dict[str, Any]:
    """Create an order of two lines that stock does not cover, submit it, and let the worker ask who is to approve."""
    customer = client.get("/api/relations/crm/customer", params={"limit": 1}).json()["items"][0]["id"]
    products = client.get("/api/relations/erp/product", params={"limit": 2}).json()["items"]
    lines = [{"product": product["id"], "quantity": "5000", "price": "1.00"} for product in products]
    created = client.post(ORDERS, json={"values": {"customer": customer, "lines": lines}})
    assert created.status_code == 201, created.text
    answer = client.post(f"{ORDERS}/{created.json()['id']}/actions/submit", headers={"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text
    platform.worker().run_due()
    order: dict[str, Any] = answer.json()
    return order


def task_of(client: httpx.Client, order: dict[str, Any]) -> dict[str, Any]:
    items = client.get("/api/tasks").json()["items"]
    return next(item for item in items if item["record"]["id"] == order["id"])


def work_orders(client: httpx.Client, order: dict[str, Any]) -> list[dict[str, Any]]:
    params = {"filter": f"sales_order == '{order['id']}'"}
    items: list[dict[str, Any]] = client.get("/api/records/erp/work_order", params=params).json()["items"]
    return items


def test_an_approved_order_has_its_work_orders_at_once(as_user: AsUser, demo_platform: Platform) -> None:
    sales, manager, planner = as_user("sales"), as_user("sales_manager"), as_user("planner")
    order = submitted(sales, demo_platform)
    assert order["values"]["status"] == "submitted"
    task = task_of(manager, order)
    assert task["decisions"] == ["approve", "reject", "return"]
    decided = manager.post(f"/api/tasks/{task['id']}/approve", json={"opinion": "同意"})
    assert (decided.status_code, decided.json()["status"], decided.json()["opinion"]) == (200, "approved", "同意")
    made = work_orders(planner, order)
    assert len(made) == 2
    assert {item["values"]["sales_order"]["id"] for item in made} == {order["id"]}
    page = sales.get(f"{ORDERS}/{order['id']}").json()
    assert page["values"]["status"] == "approved"
    assert {entry["form"]: entry["count"] for entry in page["related"]}["erp.work_order"] == 2
    run = sales.get(f"/api/instances/{page['instances'][0]['id']}").json()
    assert run["flow"]["app"] in ("crm", "erp")
    assert run["graph"]["nodes"]


def test_a_double_click_approves_once(as_user: AsUser, demo_platform: Platform) -> None:
    sales, manager, planner = as_user("sales"), as_user("sales_manager"), as_user("planner")
    order = submitted(sales, demo_platform)
    task = task_of(manager, order)
    first = manager.post(f"/api/tasks/{task['id']}/approve")
    second = manager.post(f"/api/tasks/{task['id']}/approve")
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    other = manager.post(f"/api/tasks/{task['id']}/reject")
    assert (other.status_code, other.json()["code"]) == (409, "task_decided")
    assert len(work_orders(planner, order)) == 2


def test_nobody_decides_for_another(as_user: AsUser, demo_platform: Platform) -> None:
    sales, manager = as_user("sales"), as_user("sales_manager")
    order = submitted(sales, demo_platform)
    task = task_of(manager, order)
    answer = sales.post(f"/api/tasks/{task['id']}/approve")
    assert (answer.status_code, answer.json()["code"]) == (404, "task_not_found")
    assert manager.get(f"/api/tasks/{task['id']}").json()["status"] == "open"
    unknown = manager.post(f"/api/tasks/{task['id']}/shred")
    assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (422, "task_decision_unknown")


def test_whoever_is_asked_may_see_what_it_is_about(as_user: AsUser, demo_platform: Platform) -> None:
    sales, manager = as_user("sales"), as_user("sales_manager")
    order = submitted(sales, demo_platform)
    with demo_platform.database.unit_of_work() as session:
        user = identity.find_user(session, "sales_manager")
        assert user is not None
        identity.set_roles(session, SYSTEM, user.id, [])
    record = manager.get(f"{ORDERS}/{order['id']}")
    assert (record.status_code, len(record.json()["tasks"]), record.json()["actions"]) == (200, 1, [])
    assert record.json()["values"]["total"] == order["values"]["total"]
    schema = manager.get("/api/forms/crm/sales_order/schema").json()
    assert schema["x-grant"]["actions"] == ["view"]
    assert manager.get(ORDERS).status_code == 404
    assert manager.get("/api/forms/crm/customer/schema").status_code == 404
    assert manager.post(f"/api/tasks/{record.json()['tasks'][0]['id']}/approve").status_code == 200
    assert manager.get(f"{ORDERS}/{order['id']}").status_code == 200


def test_a_button_works_only_when_it_is_offered(as_user: AsUser, demo_platform: Platform) -> None:
    sales = as_user("sales")
    order = submitted(sales, demo_platform)
    again = sales.post(f"{ORDERS}/{order['id']}/actions/submit")
    assert (again.status_code, again.json()["code"]) == (409, "action_not_offered")
    stale = sales.post(f"{ORDERS}/{order['id']}/actions/submit", headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    unknown = sales.post(f"{ORDERS}/{order['id']}/actions/shred")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "action_not_found")
    assert sales.get(f"{ORDERS}/{order['id']}").json()["version"] == order["version"]


def test_counts_what_waits(as_user: AsUser, demo_platform: Platform) -> None:
    manager = as_user("sales_manager")
    demo_platform.worker().run_due()  # the demo's own submitted orders
    before = manager.get("/api/tasks/counts").json()["open"]
    submitted(as_user("sales"), demo_platform)
    assert manager.get("/api/tasks/counts").json() == {"open": before + 1}
    assert manager.get("/api/session").json()["open_tasks"] == before + 1


def test_reads_and_proves_a_balance(as_user: AsUser) -> None:
    client = as_user("warehouse")
    page = client.get("/api/balances/erp/stock", params={"limit": 3, "count": "exact"}).json()
    assert (len(page["items"]), page["items"][0]["id"]) == (3, None)
    assert page["count"] > 3
    schema = client.get("/api/balances/erp/stock/schema").json()
    assert set(page["items"][0]["values"]) == set(schema["properties"])
    assert as_user("admin").post("/api/balances/erp/stock/verify").json() == {"items": []}
    assert as_user("admin").post("/api/balances/erp/stock/rebuild").json() == {"items": []}


def test_runs_reports_and_shows_dashboards(as_user: AsUser) -> None:
    director = as_user("director")
    report = director.post("/api/reports/crm/sales_funnel/run").json()
    assert (report["report"]["chart"], report["is_cut"]) == ("funnel", False)
    assert [column["key"] for column in report["columns"]] == ["stage", "amount", "count"]
    none = director.post("/api/reports/crm/sales_funnel/run", json={"filter": "amount < 0"}).json()
    assert none["totals"]["count"] == "0"
    wrong = director.post("/api/reports/crm/sales_funnel/run", json={"filter": "colour == 1"})
    assert wrong.status_code == 422
    board = director.get("/api/dashboards/erp/overview").json()
    assert (board["key"], board["items"][0]["w"]) == ("erp.overview", 3)


def test_a_role_finds_its_own_menu(as_user: AsUser) -> None:
    service = as_user("service").get("/api/session").json()
    items = {item["key"] for app in service["apps"] for item in app["menu"]}
    assert "tickets" in items
    assert "opportunities" not in items
    assert service["forms"]["crm.customer"]["actions"] == ["view"]


def test_tells_notifications_and_marks_them_read(as_user: AsUser, demo_platform: Platform) -> None:
    sales, manager = as_user("sales"), as_user("sales_manager")
    order = submitted(sales, demo_platform)
    manager.post(f"/api/tasks/{task_of(manager, order)['id']}/approve")
    unread = sales.get("/api/session").json()["unread_notifications"]
    items = sales.get("/api/notifications").json()["items"]
    assert len([item for item in items if item["read_at"] is None]) == unread
    assert sales.post("/api/notifications/read").json() == {"unread": 0}
    assert sales.get("/api/notifications", params={"unread": "true"}).json()["items"] == []


# --- definitions -----------------------------------------------------------------------------------------------------


def test_a_form_is_edited_checked_and_published(as_user: AsUser) -> None:
    admin = as_user("admin")
    address = "/api/apps/crm/forms/customer"
    document = admin.get(address).json()["document"]
    document["properties"]["website"] = {"title": "网站", "x-field": {"type": "text"}}
    saved = admin.put(address, json=document).json()
    assert saved["violations"] == []
    assert "website" not in admin.get("/api/forms/crm/customer/schema").json()["properties"]
    published = admin.post(f"{address}/publish")
    assert (published.status_code, published.json()["version"], published.json()["draft"]) == (200, 2, None)
    assert "website" in admin.get("/api/forms/crm/customer/schema").json()["properties"]
    record = admin.post(
        "/api/records/crm/customer", json={"values": {"name": "新客户", "website": "https://x.example"}}
    )
    assert record.json()["values"]["website"] == "https://x.example"
    versions = admin.get(f"{address}/versions").json()["items"]
    assert [(version["version"], version["is_in_force"]) for version in versions] == [(2, True), (1, False)]
    old = admin.get(address, params={"version": 1}).json()
    assert (old["version"], "website" in old["document"]["properties"]) == (1, False)
    uses = admin.get(f"{address}/impact").json()["items"]
    assert "crm.sales_order" in {use["name"] for use in uses}


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "zh-CN",
            {
                ("reports", "各区域销售", "#/dimensions/0/field"): ("区域", "维度 › 1 › 字段"),
                ("flows", "官网线索 → 客户和商机", "#/nodes/make_customer/values/phone"): (
                    "电话",
                    "建客户 › 值 › 电话",
                ),
                ("roles", "客服", "#/forms/crm.customer/fields/phone"): ("电话", "表单 › 客户 › 字段 › 电话"),
                ("forms", "联系人", "#/properties/customer/x-field/form"): (None, "客户 › 表单"),
            },
        ),
        (
            "en-US",
            {
                ("reports", "Sales by region", "#/dimensions/0/field"): ("Region", "Dimensions › 1 › Field"),
                ("flows", "Lead from the website → customer and opportunity", "#/nodes/make_customer/values/phone"): (
                    "Phone",
                    "Create the customer › Values › Phone",
                ),
                ("roles", "Customer service", "#/forms/crm.customer/fields/phone"): (
                    "Phone",
                    "Forms › Customer › Fields › Phone",
                ),
                ("forms", "Contact", "#/properties/customer/x-field/form"): (None, "Customer › Form"),
            },
        ),
    ],
)
def test_tells_where_a_definition_is_used_in_words(as_user: AsUser, language: str, expected: dict[Any, Any]) -> None:
    admin = as_user("admin")
    assert admin.patch("/api/session", json={"language": language}).status_code == 200
    uses = admin.get("/api/apps/crm/forms/customer/impact").json()["items"]
    found = {(use["kind"], use["title"], use["pointer"]): (use["member_title"], use["at"]) for use in uses}
    assert {key: found.get(key) for key in expected} == expected


def test_a_wrong_draft_is_kept_and_not_published(as_user: AsUser) -> None:
    admin = as_user("admin")
    address = "/api/apps/crm/forms/customer"
    document = admin.get(address).json()["document"]
    document["properties"]["name"]["x-field"]["type"] = "hologram"
    saved = admin.put(address, json=document)
    assert saved.status_code == 200
    assert [spot["pointer"] for spot in saved.json()["violations"]] == ["#/properties/name/x-field/type"]
    answer = admin.post(f"{address}/publish")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_definition")
    assert admin.get(address).json()["version"] == 1
    assert admin.delete(f"{address}/draft").status_code == 204
    gone = admin.post(f"{address}/publish")
    assert (gone.status_code, gone.json()["code"]) == (404, "draft_not_found")


@pytest.mark.parametrize("kind", ["balances/x", "flows/x", "reports/x", "dashboards/x", "roles/x"])
def test_every_kind_can_be_checked(as_user: AsUser, kind: str) -> None:
    answer = as_user("admin").put(f"/api/apps/crm/{kind}", json={"key": "x"})
    assert answer.status_code == 200
    assert answer.json()["violations"]


def test_an_unknown_kind_is_not_found(as_user: AsUser) -> None:
    answer = as_user("admin").put("/api/apps/crm/gadgets/x", json={})
    assert (answer.status_code, answer.json()["code"]) == (404, "definition_kind_unknown")


def test_lists_apps_and_for_administrators_what_is_in_them(as_user: AsUser, demo_platform: Platform) -> None:
    assert demo_platform.settings.demo
    shown = {app["key"]: app for app in as_user("admin").get("/api/apps").json()["items"]}
    assert {"customer", "sales_order"} <= {form["key"] for form in shown["crm"]["definitions"]["forms"]}
    assert as_user("sales").get("/api/apps").json()["items"][0]["definitions"] == {}


def test_names_the_demos_people(as_user: AsUser) -> None:
    demo = as_user("sales").get("/api/demo").json()
    assert demo["demo"] is True
    assert {user["username"] for user in demo["users"]} >= {"admin", "sales", "sales_manager", "planner"}
