"""Reports over HTTP: a number, the records behind it, the sheet of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO

import httpx
import openpyxl

AsUser = Callable[[str], httpx.Client]


def test_a_number_leads_to_its_records_and_to_its_sheet(as_user: AsUser) -> None:
    director = as_user("director")
    run = {"filters": [{"field": "customer.region", "in": ["east"]}]}
    shown = director.post("/api/reports/crm/orders_by_status/run", json=run).json()
    first = shown["rows"][0]
    body = {"run": run, "group": {"status": first["status"]["value"]}, "measure": "count", "limit": 1}
    behind = director.post("/api/reports/crm/orders_by_status/records", json=body).json()
    assert str(behind["count"]) == first["count"]
    assert (behind["form"], behind["kind"], len(behind["items"])) == ("crm.sales_order", "form", 1)
    listed = director.get("/api/records/crm/sales_order", params={"filter": behind["filter"], "count": "exact"}).json()
    assert listed["count"] == behind["count"]

    sheet = director.get("/api/reports/crm/orders_by_status/export", params={"format": "xlsx", "run": json.dumps(run)})
    lines = [[cell.value for cell in row] for row in openpyxl.load_workbook(BytesIO(sheet.content)).worksheets[0]]
    assert lines[0][:2] == ["状态", "数量"]
    assert lines[-1][1] == int(shown["totals"]["count"])


def test_a_run_in_an_address_must_be_an_object(as_user: AsUser) -> None:
    answer = as_user("director").get("/api/reports/crm/orders_by_status/export", params={"run": "[1]"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/query/run")
