"""From a page of reports to the records behind a figure and to a sheet: what a sales director does on a Monday."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.findings import barriers, sideways
from tests.journeys.windows import PHONE, OpenPage, SignIn, settle

pytestmark = pytest.mark.browser

DASHBOARD = "/apps/crm/dashboards/sales"
PIVOT = "/apps/crm/reports/sales_by_rep_month"


def choose(page: Page, filter_title: str, option: str) -> None:
    """Set a shared filter."""
    page.get_by_role("combobox", name=filter_title).click()
    page.locator(f".ant-select-item-option[title='{option}']:visible").click()
    page.keyboard.press("Escape")


def amount(text: str) -> str:
    """Return `¥1,234.50` as `1234.50`."""
    return text.removeprefix("¥").replace(",", "")


def test_a_dashboard_is_narrowed_and_a_figure_leads_to_its_records(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "director")
    page.goto(DASHBOARD)
    pivot = page.get_by_role("region", name="业务员 × 月份")
    total = pivot.locator("tfoot button").last
    whole = total.inner_text()
    choose(page, "区域", "华东")
    expect(total).not_to_have_text(whole)
    settle(page, "#main canvas")
    assert barriers(page) == []
    narrowed = total.inner_text()
    total.click()
    drawer = page.get_by_role("dialog")
    count = int(drawer.get_by_text("条销售订单").inner_text().split()[1])
    assert count > 0
    drawer.get_by_role("link", name="在销售订单列表中打开").click()
    expect(page.get_by_text("报表中的数据")).to_be_visible()
    expect(page.get_by_text(f"共 {count} 条")).to_be_visible()
    # Back is back: the page of reports with its filter and the same figure.
    page.go_back()
    expect(page.get_by_role("region", name="业务员 × 月份").locator("tfoot button").last).to_have_text(narrowed)


def test_a_group_that_is_pressed_narrows_the_whole_page(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "director")
    page.goto(DASHBOARD)
    settle(page, "#main canvas")
    expect(page.get_by_role("button", name="清除筛选")).to_have_count(0)
    ring = page.get_by_role("img", name="各区域销售")
    box = ring.bounding_box()
    assert box is not None
    # The first slice begins at the top and goes to the right: a point of the ring half way to three o'clock.
    reach = min(box["width"], box["height"]) / 2 * 0.55 * 0.7071
    ring.click(position={"x": box["width"] / 2 + reach, "y": box["height"] / 2 - reach})
    expect(page.locator("search .ant-select-selection-item-content").first).to_be_visible()
    page.get_by_role("button", name="清除筛选").click()
    expect(page.get_by_role("button", name="清除筛选")).to_have_count(0)


def test_groups_and_figures_of_a_drawing_are_pressed_by_keyboard(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "director")
    page.goto(DASHBOARD)
    settle(page, "#main canvas")
    card = page.get_by_role("region", name="各区域销售", exact=True).first
    page.get_by_role("button", name="看表：各区域销售").press("Enter")
    east = card.get_by_role("button", name="华东", exact=True)
    east.press("Enter")
    expect(east).to_have_attribute("aria-pressed", "true")
    expect(east).to_be_focused()
    expect(card.get_by_role("row")).to_have_count(3)
    settle(page, "#main canvas")
    assert barriers(page) == []
    figure = card.locator("tbody td button").last
    shown = figure.inner_text()
    figure.press("Enter")
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("各区域销售 › 华东 › 订单额")
    expect(drawer.get_by_text("条销售订单")).to_be_visible()
    page.keyboard.press("Escape")
    east.press("Enter")
    expect(east).to_have_attribute("aria-pressed", "false")
    expect(card.get_by_role("button", name=shown, exact=True)).to_be_visible()
    page.get_by_role("button", name="看图：各区域销售").press("Enter")
    expect(card.get_by_role("img")).to_be_visible()


def test_a_report_goes_into_a_sheet_and_is_the_same_there(page: Page, sign_in: SignIn, tmp_path: Path) -> None:
    sign_in(page, "director")
    page.goto(PIVOT)
    total = page.locator("tfoot button").last
    shown = amount(total.inner_text())
    page.get_by_role("button", name="更多操作").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 Excel").click()
    target = tmp_path / "report.xlsx"
    download.value.save_as(target)
    sheet = openpyxl.load_workbook(target).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert f"{rows[-1][-1]:.2f}" == shown


def test_reports_fit_a_phone_and_are_read_in_english(open_page: OpenPage, sign_in: SignIn) -> None:
    page = open_page(language="en-US", size=PHONE)
    sign_in(page, "director", language="en-US")
    page.goto(PIVOT)
    expect(page.get_by_role("combobox", name="Period")).to_be_visible()
    settle(page, "table")
    assert barriers(page) == []
    assert sideways(page) == 0
    page.locator("tfoot button").last.click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("Sales order")).not_to_have_count(0)
    assert sideways(page) == 0
