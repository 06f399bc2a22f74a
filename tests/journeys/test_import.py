"""Sheets in and out by hand: from a file through its columns and a preview to records, on a desk and on a phone."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import Download, Page, expect

from tests.journeys.findings import barriers, sideways
from tests.journeys.windows import PHONE, OpenPage, SignIn, settle

pytestmark = pytest.mark.browser

CUSTOMERS = "/apps/crm/forms/customer"


def choose(page: Page, text: str) -> None:
    """Open the import and give it a file."""
    page.goto(CUSTOMERS)
    page.get_by_role("button", name="导入导出").click()
    page.get_by_role("button", name="导入…").click()
    page.locator("input[type=file]").set_input_files(
        {"name": "客户.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    expect(page.get_by_role("heading", name="预览")).to_be_visible()


def test_a_sheet_becomes_customers_after_its_column_is_matched(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "admin")
    choose(page, "Kunde,客户级别\n旅程一号,A 类 · 战略\n旅程二号,B\n")
    expect(page.get_by_text("试了 2 行 · 2 行有误")).to_be_visible()
    page.get_by_role("combobox", name="“Kunde”对应的字段").click()
    page.locator(".ant-select-item-option[title^='客户名称']:visible").click()
    expect(page.get_by_text("试了 2 行 · 没有发现问题")).to_be_visible()
    settle(page, "table")
    assert barriers(page) == []
    page.get_by_role("button", name="开始导入").click()
    expect(page.get_by_text("新增 2 条，更新 0 条，未导入 0 条")).to_be_visible()
    page.reload()
    expect(page.get_by_text("新增 2 条，更新 0 条，未导入 0 条")).to_be_visible()


def test_what_is_wrong_stands_in_its_cell_and_in_the_error_file(
    open_page: OpenPage, sign_in: SignIn, tmp_path: Path
) -> None:
    page = open_page(size=PHONE)
    sign_in(page, "admin")
    choose(page, "客户名称,信用额度\n旅程三号,viel\n旅程四号,5\n")
    expect(page.locator("td[data-faulty=true]")).to_contain_text("“viel”不是数字。")
    settle(page, "table")
    assert barriers(page) == []
    assert sideways(page) == 0
    page.get_by_role("button", name="开始导入").click()
    expect(page.get_by_text("没有导入：有错误，没有写入任何数据")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载错误文件").click()
    rows = saved(download.value, tmp_path)
    assert rows[1] == ["旅程三号", "viel", "信用额度: “viel”不是数字。"]


def test_the_list_as_it_is_shown_is_a_sheet(page: Page, sign_in: SignIn, tmp_path: Path) -> None:
    sign_in(page, "sales")
    page.goto(f"{CUSTOMERS}?view=strategic")
    page.get_by_role("button", name="导入导出").click()
    expect(page.get_by_role("button", name="导入…")).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("button", name="导出 CSV").click()
    rows = saved(download.value, tmp_path)
    assert download.value.suggested_filename == "客户.csv"
    assert rows[0] == ["客户名称", "行业", "区域", "信用额度", "负责人"]
    assert len(rows) > 1
    expect(page.get_by_role("status")).to_contain_text(f"已导出“客户.csv”，共 {len(rows) - 1} 条")


def test_exports_are_found_again_and_taken_once_more(open_page: OpenPage, sign_in: SignIn, tmp_path: Path) -> None:
    page = open_page(language="en-US", size=PHONE)
    sign_in(page, "planner", language="en-US")
    page.goto("/apps/erp/balances/stock")
    page.get_by_role("button", name="Import, export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export as CSV").click()
    first = saved(download.value, tmp_path)
    page.get_by_role("button", name="Import, export").press("Enter")
    page.get_by_role("button", name="My exports").press("Enter")
    newest = page.get_by_role("dialog").get_by_role("listitem").first
    expect(newest).to_contain_text(f"Records: {len(first) - 1}")
    settle(page, "ul")
    assert barriers(page) == []
    assert sideways(page) == 0
    page.reload()
    with page.expect_download() as again:
        newest.get_by_role("link", name="Download").click()
    assert saved(again.value, tmp_path) == first
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def saved(download: Download, folder: Path) -> list[list[str]]:
    """Return the lines of a sheet that the browser has saved."""
    target = folder / "sheet.csv"
    download.save_as(target)
    return list(csv.reader(io.StringIO(target.read_text("utf-8-sig"))))
