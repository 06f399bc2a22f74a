"""Sheets in and out by hand: from a file through its columns and a preview to records, on a desk and on a phone."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

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
    target = tmp_path / "errors.csv"
    download.value.save_as(target)
    rows = list(csv.reader(io.StringIO(target.read_text("utf-8-sig"))))
    assert rows[1] == ["旅程三号", "viel", "信用额度: “viel”不是数字。"]


def test_the_list_as_it_is_shown_is_a_sheet(page: Page, sign_in: SignIn, tmp_path: Path) -> None:
    sign_in(page, "sales")
    page.goto(f"{CUSTOMERS}?view=strategic")
    page.get_by_role("button", name="导入导出").click()
    expect(page.get_by_role("button", name="导入…")).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 CSV").click()
    target = tmp_path / "list.csv"
    download.value.save_as(target)
    rows = list(csv.reader(io.StringIO(target.read_text("utf-8-sig"))))
    assert rows[0] == ["客户名称", "行业", "区域", "信用额度", "负责人"]
    assert len(rows) > 1
