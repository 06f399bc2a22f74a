"""What a hostile or clumsy user sends: exact refusals in their language, nothing changed, nothing given away."""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa

from web.platform import Platform

AsUser = Callable[[str], httpx.Client]
CUSTOMERS = "/api/records/crm/customer"
ORDERS = "/api/records/crm/sales_order"
PRODUCTS = "/api/records/erp/product"
NOBODY = UUID(int=1)


def refusal(answer: httpx.Response) -> tuple[int, str, list[tuple[str, str]]]:
    """Return status, code and spots of a problem, after a look at its sentences."""
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    for text in (problem["title"], problem["detail"], *(spot["detail"] for spot in problem["errors"])):
        assert text, problem
        assert not re.search(r"\{\w*\}|^[a-z_]+$", text), text
    return answer.status_code, problem["code"], [(spot["pointer"], spot["code"]) for spot in problem["errors"]]


def first(client: httpx.Client, path: str, **params: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(path, params={"limit": "1", **params}).json()["items"][0]
    return found


def an_order(client: httpx.Client, **values: object) -> dict[str, Any]:
    product = first(client, PRODUCTS, filter="category == 'finished'")["id"]
    line = {"product": product, "quantity": "1", "price": "2"}
    answer = client.post(
        ORDERS, json={"values": {"customer": first(client, CUSTOMERS)["id"], "lines": [line]} | values}
    )
    assert answer.status_code == 201, answer.text
    record: dict[str, Any] = answer.json()
    return record


def written(platform: Platform) -> dict[str, int]:
    """Return how much there is of everything that a change leaves behind."""
    tables = ("crm.sales_order", "crm.sales_order__lines", "meta.audit", "meta.job", "meta.flow_instance")
    with platform.database.unit_of_work() as session:
        return {name: session.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar_one() for name in tables}


# --- values ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        ("quantity", "1e3", "number_format"),
        ("quantity", "NaN", "number_format"),
        ("quantity", "１２", "number_format"),
        ("quantity", "1_000", "number_format"),
        ("quantity", "9" * 27, "number_format"),
        ("quantity", 10**26, "exclusiveMaximum"),
        ("quantity", 0, "exclusiveMinimum"),
        ("quantity", 1.2345, "decimal_places"),
        ("quantity", True, "type"),
        ("price", "abc", "number_format"),
        ("price", "-0", "number_format"),
        ("price", "1.239", "number_format"),
        ("price", -0.01, "minimum"),
        ("product", "x", "format"),
        ("product", {"id": str(NOBODY)}, "type"),
        ("product", str(NOBODY), "relation_not_found"),
        ("id", str(NOBODY), "unknown_row"),
        ("amount", "5", "formula_is_computed"),
        ("colour", "red", "unknown_field"),
    ],
)
@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_refuses_a_cell_where_it_stands(
    as_user: AsUser, demo_platform: Platform, cell: str, value: object, code: str, language: str
) -> None:
    client = as_user("sales")
    client.patch("/api/session", json={"language": language})
    line = {"product": first(client, PRODUCTS)["id"], "quantity": "1", "price": "1", cell: value}
    values = {"customer": first(client, CUSTOMERS)["id"], "lines": [line]}
    before = written(demo_platform)
    answer = client.post(ORDERS, json={"values": values})
    assert refusal(answer) == (422, "invalid_input", [(f"#/lines/0/{cell}", code)])
    has_chinese = re.search(r"[\u4e00-\u9fff]", answer.json()["errors"][0]["detail"]) is not None
    assert has_chinese is (language == "zh-CN") or cell in ("amount", "id")  # these name the field by its title
    assert written(demo_platform) == before


def test_a_date_that_is_none_is_told_once(as_user: AsUser) -> None:
    client = as_user("sales")
    for text in ("2026-02-30", "10000-01-01", "tomorrow"):
        values = {"customer": first(client, CUSTOMERS)["id"], "order_date": text}
        spots = refusal(client.post(ORDERS, json={"values": values}))[2]
        assert [spot for spot in spots if spot[0] == "#/order_date"] == [("#/order_date", "format")]


def test_a_batch_neither_chooses_ids_nor_guesses_them(as_user: AsUser, demo_platform: Platform) -> None:
    client = as_user("sales")
    customer = first(client, CUSTOMERS)
    before = written(demo_platform)
    changes = [
        {"action": "create", "id": customer["id"], "values": {"name": "天工机械"}},
        {"action": "update", "values": {"name": "天工机械"}},
        {"action": "delete"},
    ]
    answer = client.post(f"{CUSTOMERS}/batch", json={"changes": changes})
    spots = [("#/changes/0/id", "field_is_system"), ("#/changes/1/id", "required"), ("#/changes/2/id", "required")]
    assert refusal(answer) == (422, "invalid_input", spots)
    assert written(demo_platform) == before


def test_an_update_that_changes_nothing_is_no_change(as_user: AsUser, demo_platform: Platform) -> None:
    client = as_user("sales")
    order = an_order(client, note="x")
    before = written(demo_platform)
    lines = [{"id": line["id"], "quantity": "1.000", "price": 2} for line in order["values"]["lines"]]
    for values in ({}, {"note": "x"}, {"contact": None}, {"lines": lines}):
        answer = client.patch(f"{ORDERS}/{order['id']}", json={"values": values}, headers={"If-Match": '"1"'})
        assert (answer.status_code, answer.headers["etag"], answer.json()) == (200, '"1"', order)
    assert written(demo_platform) == before
    many = [{"action": "update", "id": order["id"], "values": {"note": "x"}}, {"action": "create", "values": {}}]
    refused = client.post(f"{ORDERS}/batch", json={"changes": many})
    assert refused.status_code == 422


# --- lists -----------------------------------------------------------------------------------------------------------


def forged(order: str, *values: object) -> dict[str, str]:
    return {"sort": order, "cursor": base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")}


@pytest.mark.parametrize(
    ("order", "value"),
    [
        ("version", True),
        ("version", 1.5),
        ("-total", "1e999999"),
        ("-total", "NaN"),
        ("status", "\ud800"),
        ("status", "a\x00"),
        ("created_at", "0001-01-01T00:00:00+23:59"),
        ("created_at", 5),
        ("order_date", "2026-99-01"),
        ("order_date", ["x"]),
    ],
)
def test_a_forged_cursor_is_refused(as_user: AsUser, order: str, value: object) -> None:
    client = as_user("sales")
    cursor = client.get(ORDERS, params={"limit": "1", "sort": order}).json()["next_cursor"]
    mark = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))[0]
    answer = client.get(ORDERS, params=forged(order, mark, value, str(NOBODY)))
    assert refusal(answer) == (422, "invalid_input", [("#/cursor", "cursor_invalid")])


@pytest.mark.parametrize(
    "path", [ORDERS, "/api/tasks", "/api/instances", "/api/balances/erp/stock", "/api/members", "/api/session"]
)
def test_a_mistyped_parameter_does_not_list_everything(as_user: AsUser, path: str) -> None:
    answer = as_user("sales").get(path, params={"fitler": "status == 'draft'"})
    assert refusal(answer) == (422, "invalid_input", [("#/query/fitler", "parameter_unknown")])


@pytest.mark.parametrize("path", ["/api/tasks", "/api/instances", "/api/notifications"])
def test_every_cursor_is_read_alike(as_user: AsUser, path: str) -> None:
    answer = as_user("sales").get(path, params={"cursor": "x"})
    assert refusal(answer) == (422, "invalid_input", [("#/cursor", "flow_cursor_invalid")])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("status == 'a'; DROP TABLE crm.sales_order", "expression_character"),
        ("().__class__", "expression_underscore"),
        ("status.upper() == 'A'", "expression_method"),
        ("'%1000000000d' % 1", "expression_text_format"),
        ("9 ** 9 ** 9 > total", "expression_power_operator"),
        ("x := 1", "expression_character"),
        ("status = 'a'", "expression_assignment"),
        ("[x for x in lines]", "expression_comprehension"),
        ("not " * 500 + "True", "expression_too_deep"),
        ("total > '5'", "expression_comparison"),
        ("status", "expression_type"),
        ("deleted_at == None", "expression_unknown_name_near"),
        (" ", "expression_blank"),
    ],
)
def test_a_filter_that_escapes_or_exhausts_is_refused(as_user: AsUser, text: str, code: str) -> None:
    answer = as_user("sales").get(ORDERS, params={"filter": text})
    assert refusal(answer) == (422, "invalid_input", [("#/filter", code)])
    assert not re.search(r"\b(number|text|boolean|record of|list of)\b", answer.json()["errors"][0]["detail"])


# --- rights ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["cost", "margin"])
def test_a_hidden_field_cannot_be_guessed(as_user: AsUser, field: str) -> None:
    client = as_user("sales")
    ways = {
        "#/filter": {"filter": f"{field} > 1"},
        "#/sort": {"sort": f"-{field}"},
        "#/fields/1": {"fields": f"name,{field}"},
    }
    for spot, params in ways.items():
        code = "field_not_filterable" if spot == "#/filter" else "unknown_field"
        assert refusal(client.get(PRODUCTS, params=params)) == (422, "invalid_input", [(spot, code)])
    over = client.get("/api/records/erp/work_order", params={"filter": f"product.{field} > 1"})
    assert refusal(over) == (422, "invalid_input", [("#/filter", "field_not_filterable")])
    report = client.post("/api/reports/crm/top_customers/run", json={"filter": f"SUM(lines.product.{field}) > 1"})
    assert refusal(report) == (422, "invalid_input", [("#/filter", "field_not_filterable")])
    picked = client.get("/api/relations/erp/product", params={"fill": f"price,{field}"})
    assert refusal(picked) == (422, "invalid_input", [("#/fill/1", "unknown_field")])
    product = first(client, PRODUCTS)
    assert field not in product["values"]
    assert field not in client.get(f"{PRODUCTS}/{product['id']}/history").text
    assert field not in client.get("/api/forms/erp/product/schema").json()["properties"]


def test_a_filter_over_a_relation_sees_only_ones_own_rows(as_user: AsUser) -> None:
    """A work order may be seen by everybody; the total of an order that is not one's own may not be guessed by it."""
    work_orders = "/api/records/erp/work_order"
    params = {"filter": "sales_order.total > 0", "limit": "200"}
    seen = as_user("sales").get(work_orders, params=params).json()["items"]
    all_of_them = as_user("sales_manager").get(work_orders, params=params).json()["items"]
    mine = {one["id"] for one in as_user("sales").get(ORDERS, params={"limit": "200"}).json()["items"]}
    assert {one["values"]["sales_order"]["id"] for one in seen} <= mine
    expected = [one["id"] for one in all_of_them if one["values"]["sales_order"]["id"] in mine]
    assert [one["id"] for one in seen] == expected
    assert len(expected) < len(all_of_them)


def test_a_seller_does_nothing_beyond_the_role(as_user: AsUser, demo_platform: Platform) -> None:
    mine, other, admin = as_user("sales"), as_user("sales2"), as_user("admin")
    order = an_order(mine)
    address = f"{ORDERS}/{order['id']}"
    match = {"If-Match": '"1"'}
    before = written(demo_platform)
    forbidden: list[tuple[dict[str, object], str]] = [
        ({"status": "approved"}, "field_is_read_only"),
        ({"approval_opinion": "x"}, "field_is_read_only"),
        ({"production_progress": 100}, "field_is_read_only"),
        ({"number": "SO1"}, "field_is_generated"),
        ({"total": 1}, "formula_is_computed"),
        ({"owner": str(NOBODY)}, "field_is_system"),
    ]
    for values, code in forbidden:
        answer = mine.patch(address, json={"values": values}, headers=match)
        assert refusal(answer) == (422, "invalid_input", [(f"#/{next(iter(values))}", code)])
    for answer in (
        other.get(address),
        other.get(f"{address}/history"),
        other.patch(address, json={"values": {"note": "x"}}, headers=match),
        other.post(f"{address}/actions/submit"),
    ):
        assert refusal(answer) == (404, "record_not_found", [])
    assert refusal(mine.delete(address, headers=match)) == (403, "action_not_allowed", [])
    assert mine.delete(address, headers=match).json()["detail"] == "您没有在“销售订单”中删除的权限。"
    definition = "/api/apps/crm/forms/customer"
    document = admin.get(definition).json()["document"]
    for answer in (mine.get(definition), mine.put(definition, json=document), mine.post(f"{definition}/publish")):
        assert refusal(answer) == (403, "administrator_only", [])
    assert refusal(mine.post("/api/flows/crm/order_approval/start", json={"record": order["id"]})) == (
        403,
        "flow_not_startable",
        [],
    )
    assert written(demo_platform) == before
    token = admin.post("/api/tokens", json={"title": "t", "scopes": ["*:read"]}).json()
    assert refusal(mine.delete(f"/api/tokens/{token['id']}")) == (404, "token_not_found", [])
    assert [one["id"] for one in admin.get("/api/tokens").json()["items"]] == [token["id"]]


# --- the same twice --------------------------------------------------------------------------------------------------


def test_twenty_clicks_submit_once(as_user: AsUser, demo_platform: Platform) -> None:
    client = as_user("sales")
    order = an_order(client)

    def press(_: int) -> tuple[int, str | None]:
        answer = client.post(f"{ORDERS}/{order['id']}/actions/submit")
        return answer.status_code, answer.json().get("code")

    with ThreadPoolExecutor(8) as threads:
        answers = Counter(threads.map(press, range(20)))
    assert answers == {(200, None): 1, (409, "action_not_offered"): 19}
    runs = client.get("/api/instances", params={"record": order["id"]}).json()["items"]
    assert len(runs) == 1


def submitted(client: httpx.Client, platform: Platform, quantity: str, products: int = 3) -> dict[str, Any]:
    params = {"filter": "category == 'finished'", "limit": str(products)}
    found = client.get(PRODUCTS, params=params).json()["items"]
    lines = [{"product": one["id"], "quantity": quantity, "price": "1"} for one in found]
    order = an_order(client, lines=lines)
    assert client.post(f"{ORDERS}/{order['id']}/actions/submit").status_code == 200
    platform.worker().run_due()
    return order


def task_of(client: httpx.Client, order: dict[str, Any]) -> str:
    items = client.get("/api/tasks", params={"limit": "100"}).json()["items"]
    return next(str(item["id"]) for item in items if item["record"]["id"] == order["id"])


def test_twenty_approvals_at_once_make_one_set_of_work_orders(as_user: AsUser, demo_platform: Platform) -> None:
    manager, planner = as_user("sales_manager"), as_user("planner")
    order = submitted(as_user("sales"), demo_platform, "100000")
    address = f"/api/tasks/{task_of(manager, order)}"

    def decide(number: int) -> tuple[int, str]:
        way = "approve" if number % 4 else "reject"
        answer = manager.post(f"{address}/{way}", json={"opinion": "好"})
        return answer.status_code, answer.json().get("code") or answer.json()["status"]

    with ThreadPoolExecutor(8) as threads:
        answers = Counter(threads.map(decide, range(20)))
    status = manager.get(f"{ORDERS}/{order['id']}").json()["values"]["status"]
    kept, refused = (15, 5) if status == "approved" else (5, 15)
    assert answers == {(200, status): kept, (409, "task_decided"): refused}
    params = {"filter": f"sales_order == '{order['id']}'", "count": "exact"}
    made = planner.get("/api/records/erp/work_order", params=params).json()["count"]
    assert made == (3 if status == "approved" else 0)


def test_nobody_decides_for_others_or_reads_their_runs(as_user: AsUser, demo_platform: Platform) -> None:
    manager = as_user("sales_manager")
    order = submitted(as_user("sales"), demo_platform, "1", 1)
    task = task_of(manager, order)
    run = manager.get(f"/api/tasks/{task}").json()["instance"]
    others = {name: as_user(name) for name in ("sales", "sales2", "service", "director", "warehouse", "admin")}
    before = written(demo_platform)
    for client in others.values():
        answer = client.post(f"/api/tasks/{task}/approve", json={})
        assert refusal(answer) == (404, "task_not_found", [])
    for client in (others["sales2"], others["warehouse"]):
        for answer in (
            client.get(f"/api/instances/{run}"),
            client.post(f"/api/instances/{run}/cancel"),
            client.post(f"/api/instances/{run}/retry"),
        ):
            assert refusal(answer) == (404, "flow_instance_not_found", [])
        assert client.get("/api/instances", params={"record": order["id"]}).json()["items"] == []
    assert refusal(others["service"].post(f"/api/instances/{run}/cancel")) == (403, "flow_not_steerable", [])
    assert "total" not in others["service"].get(f"/api/instances/{run}").text
    assert written(demo_platform) == before


def test_a_hand_gets_round_no_condition(as_user: AsUser, demo_platform: Platform) -> None:
    order, hands = an_order(as_user("sales")), [as_user("sales_manager"), as_user("admin")]
    before = written(demo_platform)
    path = "/api/flows/erp/order_approved_creates_work_orders/start"
    answers = [hand.post(path, json={"record": order["id"]}) for hand in hands]
    assert [refusal(answer) for answer in answers] == [
        (403, "flow_not_startable", []),
        (409, "flow_condition_not_met", []),
    ]
    assert written(demo_platform) == before


# --- what a page costs -----------------------------------------------------------------------------------------------


def test_lists_and_pages_cost_the_same_however_much_there_is(as_user: AsUser, demo_platform: Platform) -> None:
    manager, sales = as_user("sales_manager"), as_user("sales")
    orders = [submitted(sales, demo_platform, "1", 1) for _ in range(2)]
    seen: list[str] = []
    sa.event.listen(
        demo_platform.requests.engine, "before_cursor_execute", lambda *call: seen.append(call[2])  # the statement
    )  # fmt: skip

    def cost(path: str) -> int:
        assert manager.get(path).status_code == 200  # what is compiled once a version is compiled
        seen.clear()
        assert manager.get(path).status_code == 200
        return len(seen)

    lists = ("/api/tasks", "/api/instances", ORDERS, "/api/records/erp/work_order", "/api/balances/erp/stock")
    # One statement for each form that the rows point to: thirty rows point to all of them, a single one may not.
    costs = {path: (cost(f"{path}?limit=30"), cost(f"{path}?limit=50")) for path in lists}
    assert {path: short for path, (short, long) in costs.items() if short != long} == {}
    assert max(long for _, long in costs.values()) <= 9, costs
    page = cost(f"{ORDERS}/{orders[0]['id']}")
    assert page == cost(f"{ORDERS}/{orders[1]['id']}") <= 24
    assert cost(f"/api/tasks/{task_of(manager, orders[0])}") <= 12
