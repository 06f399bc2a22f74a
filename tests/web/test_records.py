"""Records over HTTP: each path's way, and each refusal, after which nothing has changed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import jsonschema
import pytest
import sqlalchemy as sa

from web.platform import Platform

AsUser = Callable[[str], httpx.Client]
CUSTOMERS = "/api/records/crm/customer"
ORDERS = "/api/records/crm/sales_order"
#: An id that nothing has.
NOBODY = "01a1ffb3-0000-7000-8000-000000000000"


def made(client: httpx.Client, name: str = "天工机械", **values: object) -> dict[str, Any]:
    answer = client.post(CUSTOMERS, json={"values": {"name": name, **values}})
    assert answer.status_code == 201, answer.text
    record: dict[str, Any] = answer.json()
    return record


def count(platform: Platform, table: str = "crm.customer") -> int:
    with platform.database.unit_of_work() as session:
        statement = sa.text(f"SELECT count(*) FROM {table} WHERE deleted_at IS NULL")
        return int(session.execute(statement).scalar_one())


def spots(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(spot["pointer"], spot["code"]) for spot in answer.json()["errors"]]


def test_creates_a_record_and_says_where_it_is(as_user: AsUser) -> None:
    client = as_user("sales")
    answer = client.post(CUSTOMERS, json={"values": {"name": "天工机械", "level": "C"}})
    record = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"{CUSTOMERS}/{record['id']}"
    assert answer.headers["etag"] == '"1"'
    assert (record["title"], record["version"]) == ("天工机械", 1)
    assert (record["owner"]["title"], record["values"]["sales_rep"]["title"]) == ("林悦", "林悦")
    read = client.get(answer.headers["location"])
    assert read.headers["etag"] == '"1"'
    assert read.json()["values"] == record["values"]
    assert (read.json()["tasks"], read.json()["instances"]) == ([], [])
    assert read.json()["related"] == []


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, [("#/name", "required")]),
        ({"name": 7}, [("#/name", "type")]),
        ({"name": "天工", "colour": "red"}, [("#/colour", "unknown_field")]),
        ({"name": "天工", "level": "Z"}, [("#/level", "enum")]),
        ({"name": "天工", "credit_limit": 5}, [("#/credit_limit", "field_is_read_only")]),
        ({"name": "天工", "id": NOBODY}, [("#/id", "field_is_system")]),
        ({"name": "天工", "sales_rep": NOBODY}, [("#/sales_rep", "relation_not_found")]),
        ({"name": "x" * 100_000}, [("#/name", "maxLength")]),
    ],
)
def test_refuses_a_record_that_cannot_be(
    as_user: AsUser, demo_platform: Platform, values: dict[str, object], expected: list[tuple[str, str]]
) -> None:
    before = count(demo_platform)
    answer = as_user("sales").post(CUSTOMERS, json={"values": values})
    assert (answer.status_code, spots(answer)) == (422, expected)
    assert count(demo_platform) == before


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "#/values", "required"),
        ({"values": []}, "#/values", "type"),
        ({"values": {}, "x": 1}, "#/x", "additionalProperties"),
    ],
)
def test_refuses_a_body_without_values(as_user: AsUser, body: dict[str, object], pointer: str, code: str) -> None:
    answer = as_user("sales").post(CUSTOMERS, json=body)
    assert (answer.status_code, spots(answer)) == (422, [(pointer, code)])


def test_marks_the_cell_that_is_wrong(as_user: AsUser, demo_platform: Platform) -> None:
    client = as_user("sales")
    customer = made(client)["id"]
    before = count(demo_platform, "crm.sales_order")
    lines = [{"quantity": "1"}, {"quantity": "lots", "price": "1.00"}]
    answer = client.post(ORDERS, json={"values": {"customer": customer, "lines": lines}})
    assert answer.status_code == 422
    assert ("#/lines/0/product", "required") in spots(answer)
    assert ("#/lines/1/quantity", "number_format") in spots(answer)
    assert count(demo_platform, "crm.sales_order") == before


def test_the_same_request_twice_creates_once(as_user: AsUser, demo_platform: Platform) -> None:
    client = as_user("sales")
    before = count(demo_platform)
    body = {"values": {"name": "天工机械"}}
    first = client.post(CUSTOMERS, json=body, headers={"Idempotency-Key": "one"})
    second = client.post(CUSTOMERS, json=body, headers={"Idempotency-Key": "one"})
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"
    assert second.headers["location"] == first.headers["location"]
    assert count(demo_platform) == before + 1
    other = client.post(CUSTOMERS, json={"values": {"name": "另一家"}}, headers={"Idempotency-Key": "one"})
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert count(demo_platform) == before + 1


def test_the_same_request_twice_at_the_same_moment_creates_once(as_user: AsUser, demo_platform: Platform) -> None:
    client = as_user("sales")
    before = count(demo_platform)

    def send(_: int) -> httpx.Response:
        return client.post(CUSTOMERS, json={"values": {"name": "天工机械"}}, headers={"Idempotency-Key": "three"})

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.text for answer in answers}) == 1
    assert count(demo_platform) == before + 1


def test_a_refused_request_may_be_sent_again_under_its_name(as_user: AsUser) -> None:
    client = as_user("sales")
    headers = {"Idempotency-Key": "two"}
    assert client.post(CUSTOMERS, json={"values": {}}, headers=headers).status_code == 422
    assert client.post(CUSTOMERS, json={"values": {"name": "天工机械"}}, headers=headers).status_code == 201


def test_changes_what_is_sent_and_nothing_else(as_user: AsUser) -> None:
    client = as_user("sales")
    record = made(client, phone="0512-1", region="east")
    address = f"{CUSTOMERS}/{record['id']}"
    answer = client.patch(address, json={"values": {"phone": None}}, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert answer.json()["values"] == record["values"] | {"phone": None}


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 428, "precondition_required"),
        ({"If-Match": "3"}, 400, "malformed_header"),
        ({"If-Match": '"7"'}, 412, "stale"),
    ],
)
@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_an_edit_names_the_version_it_is_based_on(
    as_user: AsUser, method: str, headers: dict[str, str], status: int, code: str
) -> None:
    client = as_user("sales_manager")
    address = f"{CUSTOMERS}/{made(client)['id']}"
    body = {"values": {"phone": "1"}} if method == "PATCH" else None
    answer = client.request(method, address, headers=headers, json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (client.get(address).json()["version"], client.get(address).json()["values"]["phone"]) == (1, None)


def test_a_stale_edit_is_shown_what_the_other_person_did(as_user: AsUser) -> None:
    mine, other = as_user("sales"), as_user("sales_manager")
    address = f"{CUSTOMERS}/{made(mine)['id']}"
    other.patch(address, json={"values": {"phone": "0512-2"}}, headers={"If-Match": '"1"'})
    answer = mine.patch(address, json={"values": {"phone": "0512-3"}}, headers={"If-Match": '"1"'})
    current = answer.json()["current"]
    assert answer.status_code == 412
    assert (current["version"], current["values"]["phone"]) == (2, "0512-2")
    assert current["changed_by"]["title"] == "顾晓峰"
    assert current["changed_at"] == current["updated_at"]


def test_deletes_into_the_bin_and_takes_out_again(as_user: AsUser, demo_platform: Platform) -> None:
    client = as_user("sales_manager")
    before = count(demo_platform)
    record = made(client)
    address = f"{CUSTOMERS}/{record['id']}"
    assert client.delete(address, headers={"If-Match": '"1"'}).status_code == 204
    assert (client.get(address).status_code, count(demo_platform)) == (404, before)
    in_bin = client.get(CUSTOMERS, params={"bin": "true", "filter": "name == '天工机械'"}).json()["items"]
    assert [item["id"] for item in in_bin] == [record["id"]]
    assert client.post(f"{address}/restore").json()["deleted_at"] is None
    assert client.get(address).status_code == 200


def test_a_customer_with_orders_stays(as_user: AsUser) -> None:
    client = as_user("sales_manager")
    customer = client.get(ORDERS, params={"limit": 1}).json()["items"][0]["values"]["customer"]["id"]
    version = client.get(f"{CUSTOMERS}/{customer}").headers["etag"]
    answer = client.delete(f"{CUSTOMERS}/{customer}", headers={"If-Match": version})
    assert answer.status_code == 409
    assert client.get(f"{CUSTOMERS}/{customer}").status_code == 200


def test_lists_page_by_page_without_loss(as_user: AsUser, demo_platform: Platform) -> None:
    client = as_user("sales")
    found: list[str] = []
    params = {"sort": "-name", "limit": "7", "count": "exact", "fields": "name"}
    while True:
        page = client.get(CUSTOMERS, params=params).json()
        assert page["count"] == count(demo_platform)
        found += [item["values"]["name"] for item in page["items"]]
        assert all(list(item["values"]) == ["name"] for item in page["items"])
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert len(set(found)) == len(found) == count(demo_platform)


def test_filters_and_searches(as_user: AsUser) -> None:
    client = as_user("sales")
    made(client, "天工机械", region="overseas", industry="medical")
    for params in (
        {"filter": "region == 'overseas' and industry == 'medical' and name == '天工机械'"},
        {"search": "天工机械"},
    ):
        items = client.get(CUSTOMERS, params=params).json()["items"]
        assert [item["title"] for item in items] == ["天工机械"]


@pytest.mark.parametrize(
    ("params", "pointers"),
    [
        ({"filter": "colour == 'red'"}, ["#/filter"]),
        ({"filter": "name.__class__"}, ["#/filter"]),
        ({"filter": "'%1000000000d' % 1"}, ["#/filter"]),
        ({"filter": "9 ** 9 ** 9 > 1"}, ["#/filter"]),
        ({"filter": "name = 'x'"}, ["#/filter"]),
        ({"filter": "name == 'a'; DROP TABLE crm.customer"}, ["#/filter"]),
        ({"filter": "(" * 1000 + ")" * 1000}, ["#/filter"]),
        ({"sort": "colour"}, ["#/sort"]),
        ({"fields": "colour"}, ["#/fields"]),
        ({"cursor": "rubbish"}, ["#/cursor"]),
        ({"limit": "0"}, ["#/query/limit"]),
        ({"limit": "1e3"}, ["#/query/limit"]),
        ({"count": "all"}, ["#/query/count"]),
    ],
)
def test_refuses_a_list_that_cannot_be(as_user: AsUser, params: dict[str, str], pointers: list[str]) -> None:
    answer = as_user("sales").get(CUSTOMERS, params=params)
    assert answer.status_code == 422
    assert {spot.split("/")[1] for spot, _ in spots(answer)} == {pointers[0].split("/")[1]}


def test_shows_each_reader_their_fields_alone(as_user: AsUser) -> None:
    record = made(as_user("sales"), phone="13812341234")
    values = as_user("service").get(f"{CUSTOMERS}/{record['id']}").json()["values"]
    assert "credit_limit" not in values
    assert values["phone"] == "138****1234"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/records/crm/nothing", 404, "form_not_found"),
        ("GET", "/api/records/crm/opportunity", 404, "form_not_found"),
        ("POST", "/api/records/crm/customer", 403, "action_not_allowed"),
        ("GET", f"/api/records/crm/customer/{NOBODY}", 404, "record_not_found"),
        ("GET", "/api/records/crm/customer/7", 422, "invalid_input"),
        ("GET", "/api/forms/crm/opportunity/schema", 404, "form_not_found"),
        ("GET", "/api/balances/erp/stock", 404, "form_not_found"),
        ("POST", "/api/balances/erp/stock/verify", 403, "administrator_only"),
        ("GET", "/api/apps/crm/forms/customer", 403, "administrator_only"),
        ("GET", f"/api/tasks/{NOBODY}", 404, "task_not_found"),
        ("GET", f"/api/instances/{NOBODY}", 404, "flow_instance_not_found"),
        ("GET", f"/api/files/{NOBODY}", 404, "file_not_found"),
        ("POST", "/api/reports/crm/sales_funnel/run", 404, "report_not_found"),
        ("GET", "/api/dashboards/erp/overview", 404, "dashboard_not_found"),
    ],
)
def test_rights_hold_on_every_path(as_user: AsUser, method: str, path: str, status: int, code: str) -> None:
    body = {"values": {"name": "x"}} if path == CUSTOMERS and method == "POST" else None
    answer = as_user("service").request(method, path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_batch_happens_whole_or_not_at_all(as_user: AsUser, demo_platform: Platform) -> None:
    client = as_user("sales")
    record = made(client)
    before = count(demo_platform)
    changes: list[dict[str, object]] = [
        {"action": "create", "values": {"name": "甲乙丙"}},
        {"action": "update", "id": record["id"], "version": 1, "values": {"phone": "1"}},
        {"action": "create", "values": {"name": 5}},
    ]
    answer = client.post(f"{CUSTOMERS}/batch", json={"changes": changes})
    assert (answer.status_code, spots(answer)) == (422, [("#/changes/2/values/name", "type")])
    assert count(demo_platform) == before
    answer = client.post(f"{CUSTOMERS}/batch", json={"changes": changes[:2]})
    assert [item["version"] for item in answer.json()["items"]] == [1, 2]
    assert count(demo_platform) == before + 1


def test_computes_a_form_that_is_being_filled(as_user: AsUser, demo_platform: Platform) -> None:
    client = as_user("sales")
    before = count(demo_platform, "crm.sales_order")
    lines = [{"quantity": "3", "price": "2.50"}, {"quantity": "1", "price": "0.01"}]
    values = {"order_date": "2026-11-21", "delivery_date": "2026-11-20", "lines": lines}
    answer = client.post(f"{ORDERS}/evaluate", json={"values": values}).json()
    assert answer["values"]["total"] == "7.51"
    assert [row["amount"] for row in answer["values"]["lines"]] == ["7.50", "0.01"]
    assert ("#/delivery_date", "交期早于下单日期") in [
        (spot["pointer"], spot["detail"]) for spot in answer["violations"]
    ]
    assert answer["states"]["#/customer"]["required"] is True
    assert count(demo_platform, "crm.sales_order") == before


def test_serves_a_schema_that_stands_alone(as_user: AsUser) -> None:
    client = as_user("sales")
    answer = client.get("/api/forms/crm/customer/schema")
    schema = answer.json()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert validator.is_valid({"name": "天工机械"})
    assert not validator.is_valid({"name": "天工机械", "colour": "red"})
    assert schema["x-grant"]["fields"] == {"credit_limit": "read_only"}
    known = client.get("/api/forms/crm/customer/schema", headers={"If-None-Match": answer.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    hidden = as_user("service").get("/api/forms/crm/customer/schema").json()
    assert "credit_limit" not in hidden["properties"]


def test_tells_the_history_of_a_record(as_user: AsUser) -> None:
    client = as_user("sales")
    address = f"{CUSTOMERS}/{made(client)['id']}"
    client.patch(address, json={"values": {"region": "east"}}, headers={"If-Match": '"1"'})
    items = client.get(f"{address}/history").json()["items"]
    assert [(item["action"], item["version"], item["by"]["title"]) for item in items] == [
        ("update", 2, "林悦"),
        ("create", 1, "林悦"),
    ]
    assert [one["field"] for one in items[0]["changes"]] == ["region"]


def test_offers_records_people_and_departments_to_choose_from(as_user: AsUser) -> None:
    client = as_user("sales")
    record = made(client, phone="0512-9")
    answer = client.get("/api/relations/crm/customer", params={"search": "天工机械", "fill": "phone,region"}).json()
    assert answer == {"items": [{"id": record["id"], "title": "天工机械", "fill": {"phone": "0512-9", "region": None}}]}
    by_id = client.get("/api/relations/crm/customer", params={"ids": record["id"]}).json()["items"]
    assert [item["title"] for item in by_id] == ["天工机械"]
    members = client.get("/api/members", params={"search": "顾晓峰"}).json()["items"]
    assert [(item["title"], item["subtitle"]) for item in members] == [("顾晓峰", "销售部")]
    assert "销售部" in [item["title"] for item in client.get("/api/departments").json()["items"]]
    wrong = client.get("/api/members", params={"ids": "7"})
    assert (wrong.status_code, spots(wrong)) == (422, [("#/query/ids", "format")])


def test_a_file_is_its_uploaders_until_a_record_holds_it(as_user: AsUser) -> None:
    mine, other = as_user("sales"), as_user("sales2")
    answer = mine.post("/api/files", files={"file": ("合同.txt", b"signed", "text/plain")})
    assert (answer.status_code, answer.json()["name"], answer.json()["size"]) == (201, "合同.txt", 6)
    address = answer.headers["location"]
    content = mine.get(address)
    assert (content.content, content.headers["x-content-type-options"]) == (b"signed", "nosniff")
    assert content.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E5%90%88")
    assert other.get(address).status_code == 404
    missing = mine.post("/api/files", files={"other": ("a.txt", b"a", "text/plain")})
    assert (missing.status_code, spots(missing)) == (422, [("#/file", "required")])


def test_a_page_costs_the_same_statements_however_much_is_on_it(as_user: AsUser, demo_platform: Platform) -> None:
    client = as_user("sales_manager")
    order = client.get(ORDERS, params={"limit": 1}).json()["items"][0]
    client.get(f"{ORDERS}/{order['id']}")  # what is compiled once per version is compiled
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    sa.event.listen(demo_platform.requests.engine, "before_cursor_execute", note)
    counts: dict[str, int] = {}
    for name, path in {
        "short list": f"{ORDERS}?limit=2",
        "long list": f"{ORDERS}?limit=50",
        "record": f"{ORDERS}/{order['id']}",
    }.items():
        statements.clear()
        assert client.get(path).status_code == 200
        counts[name] = len(statements)
    assert counts["short list"] == counts["long list"]
    assert counts["long list"] <= 10, statements
    assert counts["record"] <= 24, statements
