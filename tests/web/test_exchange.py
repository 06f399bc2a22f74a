"""Sheets over HTTP: out with the list's rights, in as a job that nobody has to wait for."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import httpx
import openpyxl
import sqlalchemy as sa

from web.platform import Platform

AsUser = Callable[[str], httpx.Client]
PRODUCTS = "/api/records/erp/product"
CUSTOMERS = "/api/records/crm/customer"


def send(client: httpx.Client, text: str, where: str = CUSTOMERS, **options: str) -> httpx.Response:
    return client.post(f"{where}/import", files={"file": ("客户.csv", text.encode())}, data=options)


def done(platform: Platform, client: httpx.Client, answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 202, answer.text
    platform.worker().run_due()
    found: dict[str, Any] = client.get(answer.headers["Location"]).json()
    return found


def count(platform: Platform) -> int:
    with platform.database.unit_of_work() as session:
        return int(session.execute(sa.text("SELECT count(*) FROM crm.customer")).scalar_one())


def test_exports_what_the_list_shows(as_user: AsUser) -> None:
    client = as_user("sales")
    listed = client.get(CUSTOMERS, params={"filter": "level == 'A'", "sort": "name", "fields": "name,level"}).json()
    answer = client.get(
        f"{CUSTOMERS}/export",
        params={"format": "csv", "filter": "level == 'A'", "sort": "name", "fields": "name,level"},
    )
    assert answer.status_code == 200, answer.text
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["客户名称", "客户级别"]
    assert rows[1:] == [[one["values"]["name"], "A 类 · 战略"] for one in listed["items"]]


def test_exports_a_balance_for_those_who_may_see_it(as_user: AsUser) -> None:
    client = as_user("planner")
    listed = client.get("/api/balances/erp/stock", params={"limit": 200}).json()["items"]
    answer = client.get("/api/balances/erp/stock/export", params={"format": "csv"})
    assert answer.status_code == 200, answer.text
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == len(listed) + 1 > 1
    assert client.get("/api/balances/erp/nothing/export").status_code == 404


def test_export_and_import_need_their_rights(as_user: AsUser, demo_platform: Platform) -> None:
    client = as_user("sales")
    assert client.get("/api/records/crm/contact/export").status_code == 403
    before = count(demo_platform)
    assert send(client, "客户名称\n新客户\n", commit="true").status_code == 403
    assert client.get(f"{CUSTOMERS}/import/template").status_code == 403
    demo_platform.worker().run_due()
    assert count(demo_platform) == before


def test_preview_says_what_would_happen_and_writes_nothing(as_user: AsUser, demo_platform: Platform) -> None:
    client, before = as_user("admin"), count(demo_platform)
    answer = send(client, "客户名称,客户级别,意见\n天工机械,b 类 · 重点,x\n,A,y\n")
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert [(one["header"], one["field"], one["sample"]) for one in shown["columns"]] == [
        ("客户名称", "name", "天工机械"),
        ("客户级别", "level", "b 类 · 重点"),
        ("意见", None, "x"),
    ]
    assert [(row["line"], row["action"], row["cells"][0]) for row in shown["rows"]] == [
        (2, "create", "天工机械"),
        (3, "create", ""),
    ]
    assert [(one["field"], one["title"], one["code"]) for one in shown["rows"][1]["errors"]] == [
        ("name", "客户名称", "required")
    ]
    assert (shown["tried"], shown["failed"], shown["rows_total"]) == (2, 1, 2)
    assert count(demo_platform) == before


def test_an_import_goes_on_by_itself_and_tells_at_the_end(as_user: AsUser, demo_platform: Platform) -> None:
    client, before = as_user("admin"), count(demo_platform)
    preview = send(client, "Kunde,客户级别\n天工一,A\n天工二,B\n").json()
    answer = client.post(
        f"{CUSTOMERS}/import",
        data={"file_id": preview["file"]["id"], "mapping": json.dumps({"Kunde": "name"}), "commit": "true"},
    )
    assert answer.json()["status"] == "queued"
    ended = done(demo_platform, client, answer)
    assert (ended["status"], ended["rows_total"], ended["rows_read"]) == ("completed", 2, 2)
    assert (ended["created"], ended["updated"], ended["failed"], ended["errors"]) == (2, 0, 0, [])
    assert count(demo_platform) == before + 2
    assert client.get(f"{ended and answer.headers['Location']}/errors").status_code == 404
    newest = client.get("/api/notifications").json()["items"][0]
    assert "新增 2 条" in newest["text"]
    assert newest["link"] == f"/apps/crm/forms/customer?import={ended['id']}"
    assert [one["id"] for one in client.get(f"{CUSTOMERS}/import").json()["items"]] == [ended["id"]]


def test_one_wrong_row_in_the_middle_keeps_everything_out(as_user: AsUser, demo_platform: Platform) -> None:
    client, before = as_user("admin"), count(demo_platform)
    text = "客户名称,信用额度\n" + "".join(f"批量{n},{'viel' if n == 1500 else n}\n" for n in range(2500))
    ended = done(demo_platform, client, send(client, text, commit="true"))
    assert (ended["status"], ended["created"], ended["failed"]) == ("failed", 0, 1)
    assert [(one["line"], one["title"], one["code"]) for one in ended["errors"]] == [
        (1502, "信用额度", "cell_not_number")
    ]
    assert count(demo_platform) == before
    errors = client.get(f"/api/imports/{ended['id']}/errors")
    rows = list(csv.reader(io.StringIO(errors.content.decode("utf-8-sig"))))
    assert rows[0] == ["客户名称", "信用额度", "错误原因"]
    assert len(rows) == 2501
    assert rows[1501] == ["批量1500", "viel", "信用额度: “viel”不是数字。"]
    assert [row for row in rows[1:] if row[2]] == [rows[1501]]


def test_the_right_rows_are_taken_when_asked_for(as_user: AsUser, demo_platform: Platform) -> None:
    client, before = as_user("admin"), count(demo_platform)
    ended = done(demo_platform, client, send(client, "客户名称\n天工一\nx\n天工二\n", commit="true", partial="true"))
    assert (ended["status"], ended["created"], ended["failed"]) == ("completed", 2, 1)
    assert count(demo_platform) == before + 2
    rows = list(csv.reader(io.StringIO(client.get(f"/api/imports/{ended['id']}/errors").content.decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["客户名称", "x"]


def test_a_job_that_comes_twice_imports_once(as_user: AsUser, demo_platform: Platform) -> None:
    client, before = as_user("admin"), count(demo_platform)
    answer = send(client, "客户名称\n天工一\n", commit="true")
    with demo_platform.database.unit_of_work() as session:
        session.execute(sa.text(
            "INSERT INTO meta.job (task, payload, run_at, created_at) "
            "SELECT task, payload, run_at, created_at FROM meta.job WHERE task = 'records.import'"
        ))  # fmt: skip
    assert done(demo_platform, client, answer)["created"] == 1
    assert count(demo_platform) == before + 1


def test_a_cancelled_import_leaves_nothing(as_user: AsUser, demo_platform: Platform) -> None:
    client, before = as_user("admin"), count(demo_platform)
    answer = send(client, "客户名称\n天工一\n", commit="true")
    asked = client.post(f"{answer.headers['Location']}/cancel").json()
    assert (asked["status"], asked["is_cancelled"]) == ("queued", True)
    ended = done(demo_platform, client, answer)
    assert (ended["status"], ended["created"]) == ("cancelled", 0)
    assert count(demo_platform) == before
    again = client.post(f"{answer.headers['Location']}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "import_ended")


def test_nobody_sees_the_imports_and_sheets_of_others(as_user: AsUser, demo_platform: Platform) -> None:
    admin, planner = as_user("admin"), as_user("planner")
    answer = send(admin, "客户名称\n天工一\n", commit="true")
    location = answer.headers["Location"]
    assert [planner.get(location).status_code, planner.post(f"{location}/cancel").status_code] == [404, 404]
    stolen = planner.post(f"{PRODUCTS}/import", data={"file_id": answer.json()["file_id"]})
    assert stolen.status_code in {403, 404}
    assert done(demo_platform, admin, answer)["status"] == "completed"


def test_refuses_calls_without_a_file_or_with_a_wrong_mapping(as_user: AsUser, demo_platform: Platform) -> None:
    client, before = as_user("admin"), count(demo_platform)
    assert client.post(f"{CUSTOMERS}/import", data={"mode": "create"}).status_code == 422
    assert send(client, "客户名称\n天工一\n", mapping="[1]").json()["errors"][0]["code"] == "mapping_malformed"
    assert send(client, "客户名称\n天工一\n", mode="all").status_code == 422
    assert count(demo_platform) == before


def test_the_template_has_the_headers_that_an_import_knows(as_user: AsUser) -> None:
    answer = as_user("admin").get(f"{CUSTOMERS}/import/template", params={"format": "csv"})
    header = next(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert header[:3] == ["客户名称*", "客户级别", "状态"]


def test_a_workbook_is_read_whatever_its_stored_file_is_called(as_user: AsUser, demo_platform: Platform) -> None:
    book = openpyxl.Workbook()
    for row in (["客户名称", "信用额度"], ["新客户一", 1000], ["新客户二", "很多"]):
        book.worksheets[0].append(row)
    content = io.BytesIO()
    book.save(content)
    before = count(demo_platform)

    answer = as_user("sales_manager").post(f"{CUSTOMERS}/import", files={"file": ("客户.xlsx", content.getvalue())})

    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["tried"], told["failed"], count(demo_platform)) == (2, 1, before)
