"""What people do on the pages, step by step, as they would tell it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from playwright.sync_api import Locator, Page, expect


def new_order(page: Page) -> None:
    """Open CRM › 销售订单 › 新建 by the menu."""
    page.goto("/")
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="销售订单").click()
    page.get_by_role("button", name="新建", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="新建销售订单")).to_be_visible()


def pick(page: Page, field: Locator, title: str) -> None:
    """Search for a record in a relation's picker and take it."""
    field.click()
    field.fill(title)
    page.locator(f".ant-select-item-option[title='{title}']:visible").click()


def cell(page: Page, row: int, column: str) -> Locator:
    """Return a cell of the order's lines, by the number of its row from 1 and the column's title."""
    grid = page.get_by_role("grid", name="明细")
    titles = [title.strip(" *") for title in grid.get_by_role("columnheader").all_text_contents()]
    return grid.get_by_role("row").nth(row).get_by_role("gridcell").nth(titles.index(column) - 1)


def add_line(page: Page, row: int, product: str, quantity: str) -> None:
    """Add a line: choose the product, which brings unit and price, and type the quantity."""
    page.get_by_role("button", name="添加一行").click()
    pick(page, page.get_by_role("grid", name="明细").get_by_role("combobox", name="产品"), product)
    expect(cell(page, row, "单价")).to_contain_text("¥")
    cell(page, row, "数量").click()
    page.keyboard.type(quantity)
    page.keyboard.press("Enter")
    expect(cell(page, row, "数量")).to_have_text(quantity)


def fill_order(page: Page, customer: str, lines: Mapping[str, str]) -> None:
    """Fill a new order: customer, delivery in the last days of next year, lines of products and quantities."""
    pick(page, page.get_by_role("combobox", name="客户"), customer)
    for row, (product, quantity) in enumerate(lines.items(), start=1):
        add_line(page, row, product, quantity)


def save(page: Page) -> None:
    """Save what is being edited; afterwards the record is shown."""
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("button", name="编辑", exact=True)).to_be_visible()


def record_id(page: Page) -> str:
    """Return the id of the record whose page this is."""
    found = re.search(r"/forms/\w+/([0-9a-f-]{36})", page.url)
    assert found, page.url
    return found[1]


def press(page: Page, button: str) -> None:
    """Press one of the record's own buttons; afterwards it is no longer offered."""
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("button", name=button, exact=True)).to_have_count(0)


def shown(page: Page, field: str) -> Locator:
    """Return where a record's page shows the value of `field`."""
    return page.locator("#main dt", has_text=re.compile(f"^{re.escape(field)}$")).locator(
        "xpath=following-sibling::dd[1]"
    )
