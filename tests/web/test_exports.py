"""Exports as jobs: the same sheet as the list's own, by the rights of the moment, for its asker alone."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import httpx
import openpyxl
import pytest
import sqlalchemy as sa

from engine import permissions
from engine.actor import SYSTEM
from engine.catalog import catalog
from form_engine.exchange import export_runs, exporting, sheets
from tests.conftest import SettableClock
from web.platform import Platform

AsUser = Callable[[str], httpx.Client]
CUSTOMERS = "/api/records/crm/customer"
ORDERS = "/api/records/crm/sales_order"
STOCK = "/api/balances/erp/stock"


def ask(client: httpx.Client, where: str = CUSTOMERS, **query: Any) -> str:
    """Start an export; return where it is."""
    answer = client.post(f"{where}/export", json={"format": "csv", **query})
    assert answer.status_code == 202, answer.text
    assert (answer.json()["status"], answer.json()["rows_total"]) == ("queued", None)
    return answer.headers["Location"]


def done(platform: Platform, client: httpx.Client, location: str) -> dict[str, Any]:
    platform.worker().run_due()
    found: dict[str, Any] = client.get(location).json()
    return found


def taken(platform: Platform, client: httpx.Client, where: str, **query: Any) -> bytes:
    """Export and return the bytes of the file."""
    location = ask(client, where, **query)
    ended = done(platform, client, location)
    assert (ended["status"], ended["rows_written"]) == ("completed", ended["rows_total"])
    answer = client.get(f"{location}/file")
    assert answer.status_code == 200, answer.text
    assert "attachment" in answer.headers["content-disposition"]
    assert len(answer.content) == ended["file_size"]
    return answer.content


def lines(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def cells(content: bytes) -> list[tuple[Any, ...]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    return list(sheet.iter_rows(values_only=True))


def regrant(platform: Platform, entry: dict[str, Any]) -> None:
    """Let the sales role say this of customers."""
    with platform.database.unit_of_work() as session:
        role = deepcopy(dict(catalog(session).get("roles", "crm.sales").document))
        role["forms"]["crm.customer"] = entry
        permissions.publish(session, SYSTEM, "crm", [role])


def forget(platform: Platform) -> None:
    """Do what recurs every day."""
    task = next(one for one in export_runs.TASKS if one.every_seconds is not None)
    with platform.database.unit_of_work() as session:
        task.run(session, {})


def counted(platform: Platform, table: str, where: str = "true") -> int:
    with platform.database.unit_of_work() as session:
        return int(session.execute(sa.text(f"SELECT count(*) FROM {table} WHERE {where}")).scalar_one())


def test_a_csv_is_byte_for_byte_what_the_list_gives_at_once(as_user: AsUser, demo_platform: Platform) -> None:
    client = as_user("sales")
    asked = {"filter": "level == 'A'", "sort": "-name", "search": "公司", "fields": "name,level,region"}
    at_once = client.get(f"{CUSTOMERS}/export", params={"format": "csv", **asked})
    as_job = taken(demo_platform, client, CUSTOMERS, **{**asked, "fields": asked["fields"].split(",")})
    assert as_job == at_once.content
    assert len(lines(as_job)) > 1
    director = as_user("director")
    whole = director.get(f"{ORDERS}/export", params={"format": "csv"})
    assert taken(demo_platform, director, ORDERS) == whole.content


def test_a_workbook_holds_the_values_that_the_list_gives_at_once(as_user: AsUser, demo_platform: Platform) -> None:
    client = as_user("director")
    at_once = client.get(f"{ORDERS}/export", params={"sort": "number"})
    as_job = taken(demo_platform, client, ORDERS, format="xlsx", sort="number")
    assert cells(as_job) == cells(at_once.content)
    assert len(cells(as_job)) > 1


def test_exports_a_balance_and_the_bin(as_user: AsUser, demo_platform: Platform) -> None:
    planner, admin = as_user("planner"), as_user("admin")
    at_once = planner.get(f"{STOCK}/export", params={"format": "csv", "sort": "-quantity"})
    assert taken(demo_platform, planner, STOCK, sort="-quantity") == at_once.content
    made = admin.post(CUSTOMERS, json={"values": {"name": "不再合作"}}).json()
    admin.delete(f"{CUSTOMERS}/{made['id']}", headers={"If-Match": '"1"'})
    assert lines(taken(demo_platform, admin, CUSTOMERS, fields=["name"], bin=True)) == [["客户名称"], ["不再合作"]]


def test_without_a_body_it_is_the_whole_list_as_a_workbook(as_user: AsUser, demo_platform: Platform) -> None:
    client = as_user("sales")
    started = client.post(f"{CUSTOMERS}/export")
    assert started.status_code == 202
    ended = done(demo_platform, client, started.headers["Location"])
    assert (ended["source"], ended["kind"], ended["title"], ended["format"]) == ("crm.customer", "form", "客户", "xlsx")
    assert (ended["file_name"], ended["has_file"], ended["error"]) == ("客户.xlsx", True, None)
    assert ended["rows_total"] == counted(demo_platform, "crm.customer", "deleted_at IS NULL")
    assert ended["kept_until"] == "2026-11-28T08:00:00Z"


def test_refuses_at_once_what_the_list_refuses(as_user: AsUser, demo_platform: Platform) -> None:
    client = as_user("sales")
    refused = [
        client.post(f"{CUSTOMERS}/export", json=body)
        for body in (
            {"filter": "nothing == 1"},
            {"sort": "nothing"},
            {"fields": ["nothing"]},
            {"format": "pdf"},
            {"x": 1},
        )
    ]
    assert [answer.status_code for answer in refused] == [422] * 5
    assert client.post("/api/records/crm/contact/export", json={}).status_code == 403
    assert client.post("/api/records/crm/nothing/export", json={}).status_code == 404
    assert client.post("/api/balances/erp/stock/export", json={"bin": True}).status_code == 422
    assert counted(demo_platform, "meta.export_run") == 0
    assert counted(demo_platform, "meta.job", "task = 'records.export'") == 0


def test_the_same_request_twice_is_one_export(as_user: AsUser, demo_platform: Platform) -> None:
    client = as_user("sales")
    answers = [
        client.post(f"{CUSTOMERS}/export", json={"format": "csv"}, headers={"Idempotency-Key": "monday"}) for _ in "ab"
    ]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["Location"] == answers[0].headers["Location"]
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    assert counted(demo_platform, "meta.export_run") == 1


def test_one_person_does_not_keep_the_workers_for_themselves(as_user: AsUser, demo_platform: Platform) -> None:
    client = as_user("sales")
    for _ in range(10):
        ask(client)
    refused = client.post(f"{CUSTOMERS}/export", json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "exports_too_many")
    assert counted(demo_platform, "meta.export_run") == 10
    ask(as_user("sales2"))
    demo_platform.worker().run_due()
    ask(client)


def test_hidden_fields_and_rows_out_of_scope_are_absent(as_user: AsUser, demo_platform: Platform) -> None:
    client = as_user("sales")
    entry = {"actions": ["view", "export"], "scope": {"export": "level == 'A'"}, "fields": {"credit_limit": "hidden"}}
    regrant(demo_platform, entry)
    rows = lines(taken(demo_platform, client, CUSTOMERS))
    assert "信用额度" not in rows[0]
    assert {row[rows[0].index("客户级别")] for row in rows[1:]} == {"A 类 · 战略"}
    assert len(rows) - 1 == counted(demo_platform, "crm.customer", "level = 'A' AND deleted_at IS NULL")


def test_who_lost_the_right_meanwhile_gets_nothing(as_user: AsUser, demo_platform: Platform) -> None:
    client, admin = as_user("sales"), as_user("admin")
    location = ask(client)
    regrant(demo_platform, {"actions": ["view"]})
    demo_platform.worker().run_due()
    assert (client.get(location).status_code, client.get(f"{location}/file").status_code) == (403, 403)
    assert client.get("/api/exports").json() == {"items": []}
    ended = admin.get(location).json()
    assert (ended["status"], ended["has_file"], ended["error"]["code"]) == ("failed", False, "action_not_allowed")
    assert admin.get(f"{location}/file").json()["code"] == "export_without_file"
    assert counted(demo_platform, "meta.file", "form = 'meta.export_run'") == 0
    assert counted(demo_platform, "meta.audit", "action = 'export'") == 0


def test_the_rights_of_the_run_are_those_of_its_moment(as_user: AsUser, demo_platform: Platform) -> None:
    client = as_user("sales")
    location = ask(client)
    regrant(demo_platform, {"actions": ["view", "export"], "fields": {"credit_limit": "hidden"}})
    done(demo_platform, client, location)
    assert "信用额度" not in lines(client.get(f"{location}/file").content)[0]


def test_a_file_with_a_field_that_was_closed_since_is_not_given(as_user: AsUser, demo_platform: Platform) -> None:
    client = as_user("sales")
    location, without = ask(client), ask(client, fields=["name"])
    done(demo_platform, client, location)
    regrant(demo_platform, {"actions": ["view", "export"], "fields": {"credit_limit": "masked"}})
    refused = client.get(f"{location}/file")
    assert (refused.status_code, refused.json()["code"]) == (403, "export_rights_changed")
    assert client.get(f"{without}/file").status_code == 200


def test_nobody_sees_the_exports_of_others_but_an_administrator(as_user: AsUser, demo_platform: Platform) -> None:
    sales, other, admin = as_user("sales"), as_user("sales2"), as_user("admin")
    location = ask(sales)
    done(demo_platform, sales, location)
    asked = [other.get(location), other.get(f"{location}/file"), other.post(f"{location}/cancel")]
    assert [(answer.status_code, answer.json()["code"]) for answer in asked] == [(404, "export_not_found")] * 3
    assert other.get("/api/exports").json() == {"items": []}
    assert [one["id"] for one in sales.get("/api/exports").json()["items"]] == [location.rpartition("/")[2]]
    assert admin.get(f"{location}/file").content == sales.get(f"{location}/file").content


def test_a_token_exports_within_its_scopes(as_user: AsUser, demo_platform: Platform) -> None:
    client = as_user("director")
    location = ask(client, ORDERS)
    made = client.post("/api/tokens", json={"title": "t", "scopes": ["crm.customer:read"]}).json()
    with httpx.Client(base_url=client.base_url, headers={"Authorization": f"Bearer {made['token']}"}) as program:
        assert program.post(f"{ORDERS}/export").status_code == 404
        assert program.get(location).status_code == 404
        own = ask(program)
        assert done(demo_platform, program, own)["status"] == "completed"
        assert [one["source"] for one in program.get("/api/exports").json()["items"]] == ["crm.customer"]
        assert program.get(f"{own}/file").content == client.get(f"{own}/file").content


def test_the_newest_stands_first(as_user: AsUser, clock: SettableClock) -> None:
    client = as_user("director")
    first = ask(client)
    clock.advance(minutes=1)
    second = ask(client, ORDERS)
    listed = [f"/api/exports/{one['id']}" for one in client.get("/api/exports").json()["items"]]
    assert listed == [second, first]


def test_a_cancelled_export_has_no_file(as_user: AsUser, demo_platform: Platform) -> None:
    client = as_user("sales")
    location = ask(client)
    asked = client.post(f"{location}/cancel").json()
    assert (asked["status"], asked["is_cancelled"]) == ("queued", True)
    ended = done(demo_platform, client, location)
    assert (ended["status"], ended["has_file"], ended["rows_written"]) == ("cancelled", False, 0)
    again = client.post(f"{location}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "export_ended")
    assert counted(demo_platform, "meta.file") == 0
    assert counted(demo_platform, "meta.audit", "action = 'export'") == 0


def test_the_trail_says_who_took_how_many_records_along(as_user: AsUser, demo_platform: Platform) -> None:
    client = as_user("sales")
    ended = done(demo_platform, client, ask(client, filter="level == 'A'"))
    with demo_platform.database.unit_of_work() as session:
        query = "SELECT form, after FROM meta.audit WHERE action = 'export'"
        lines_of_it = session.execute(sa.text(query)).all()
    expected = {"format": "csv", "records": ended["rows_written"], "filter": "level == 'A'"}
    assert [tuple(line) for line in lines_of_it] == [("crm.customer", expected)]


def test_a_list_too_long_for_one_request_names_the_way_of_the_job(
    as_user: AsUser, demo_platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_user("sales")
    many = counted(demo_platform, "crm.customer", "deleted_at IS NULL")
    monkeypatch.setattr(exporting, "MOST_AT_ONCE", many)
    assert client.get(f"{CUSTOMERS}/export").status_code == 200
    monkeypatch.setattr(exporting, "MOST_AT_ONCE", many - 1)
    refused = client.get(f"{CUSTOMERS}/export")
    assert (refused.status_code, refused.json()["code"]) == (413, "export_too_long")
    assert "POST /api/records/crm/customer/export" in refused.json()["detail"]
    assert done(demo_platform, client, ask(client))["rows_written"] == many


def test_a_workbook_has_no_room_for_more_lines_than_a_worksheet(
    as_user: AsUser, demo_platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_user("sales")
    many = counted(demo_platform, "crm.customer", "deleted_at IS NULL")
    monkeypatch.setattr(sheets, "MOST_LINES", many)  # with the header, one too few
    refused = done(demo_platform, client, ask(client, format="xlsx"))
    assert (refused["status"], refused["has_file"]) == ("failed", False)
    assert (refused["error"]["code"], "CSV" in refused["error"]["detail"]) == ("sheet_too_long", True)
    assert done(demo_platform, client, ask(client, format="csv"))["status"] == "completed"
    monkeypatch.setattr(sheets, "MOST_LINES", many + 1)
    assert done(demo_platform, client, ask(client, format="xlsx"))["status"] == "completed"


def test_lines_of_sub_tables_count_against_a_worksheet_too(
    as_user: AsUser, demo_platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_user("director")
    orders = len(lines(taken(demo_platform, client, ORDERS, fields=["number"])))
    monkeypatch.setattr(sheets, "MOST_LINES", orders)
    refused = done(demo_platform, client, ask(client, ORDERS, format="xlsx"))
    assert (refused["status"], refused["error"]["code"]) == ("failed", "sheet_too_long")
    assert client.get(f"{ORDERS}/export").json()["code"] == "sheet_too_long"
    assert list((demo_platform.settings.data_dir / "files" / "incoming").iterdir()) == []


def test_a_message_tells_the_end_of_an_export_that_took_its_time(
    as_user: AsUser, demo_platform: Platform, clock: SettableClock
) -> None:
    client = as_user("planner")
    before = len(client.get("/api/notifications").json()["items"])
    done(demo_platform, client, ask(client, STOCK))
    assert len(client.get("/api/notifications").json()["items"]) == before
    location = ask(client, STOCK)
    clock.advance(seconds=5)
    ended = done(demo_platform, client, location)
    newest = client.get("/api/notifications").json()["items"][0]
    assert f"共 {ended['rows_written']} 条" in newest["text"]
    assert newest["link"] == f"/apps/erp/balances/stock?export={ended['id']}"


def test_exports_and_their_files_are_forgotten_after_a_week(
    as_user: AsUser, demo_platform: Platform, clock: SettableClock
) -> None:
    client = as_user("sales")
    location = ask(client)
    done(demo_platform, client, location)
    clock.advance(days=6, hours=23)
    forget(demo_platform)
    assert counted(demo_platform, "meta.export_run") == 1
    clock.advance(days=1, hours=2)
    forget(demo_platform)
    assert counted(demo_platform, "meta.export_run") == 0
    assert counted(demo_platform, "meta.file", "form = 'meta.export_run'") == 0
    assert as_user("sales").get(location).status_code == 404


def test_the_language_is_that_of_whoever_asked(as_user: AsUser, demo_platform: Platform) -> None:
    client = as_user("sales")
    client.patch("/api/session", json={"language": "en-US"})
    location = ask(client, fields=["name"])
    client.patch("/api/session", json={"language": "zh-CN"})
    ended = done(demo_platform, client, location)
    assert lines(client.get(f"{location}/file").content)[0] == ["Name"]
    assert (ended["title"], ended["file_name"]) == ("客户", "Customer.csv")
