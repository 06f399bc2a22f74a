"""Work without a mouse: from signing in to a saved order."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys import steps
from tests.journeys.windows import settle

pytestmark = pytest.mark.browser

_MOST_STOPS = 60


def tab_to(page: Page, goal: Locator) -> None:
    """Press Tab until `goal` has the focus."""
    expect(goal).to_be_visible()
    for _ in range(_MOST_STOPS):
        if goal.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail("the focus never came there")


def choose(page: Page, title: str) -> None:
    """Type into the picker that has the focus, and take the first that is found."""
    page.keyboard.type(title)
    expect(page.locator(f".ant-select-item-option-active[title='{title}']:visible")).to_be_visible()
    page.keyboard.press("Enter")


def test_an_order_is_written_by_keyboard_alone(page: Page) -> None:
    page.goto("/sign-in")
    expect(page.get_by_label("用户名")).to_be_focused()
    page.keyboard.type("sales")
    page.keyboard.press("Tab")
    page.keyboard.type("demo")
    page.keyboard.press("Enter")
    settle(page, "#main h1")

    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="搜索或跳转")).to_be_focused()
    page.keyboard.type("新建销售")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="新建销售订单")).to_be_visible()

    tab_to(page, page.get_by_role("combobox", name="客户"))
    choose(page, "无锡卓越新能源科技有限公司")
    tab_to(page, page.get_by_role("button", name="添加一行"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("grid", name="明细").get_by_role("combobox", name="产品")).to_be_focused()
    choose(page, "伺服电机 750W")
    expect(steps.cell(page, 1, "单价")).to_have_text("¥1,280.00")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(steps.cell(page, 1, "金额")).to_have_text("¥3,840.00")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("heading", level=1, name=re.compile(r"SO\d+-\d+"))).to_be_visible()
    expect(steps.shown(page, "合计")).to_have_text("¥3,840.00")
