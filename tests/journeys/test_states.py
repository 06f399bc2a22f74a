"""What pages say when something is wrong: refused input, another's change, no permission, no server; and in which language."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys import steps
from tests.journeys.person import Json, Person
from tests.journeys.windows import SignIn, settle

pytestmark = pytest.mark.browser

Meet = Callable[[str], Person]


def draft(person: Meet) -> Json:
    return person("sales").order({"伺服电机 750W": 1})


def edit(page: Page, order: Json) -> None:
    """Open an order and begin to edit it."""
    page.goto(f"/apps/crm/forms/sales_order/{order['id']}")
    page.get_by_role("button", name="编辑", exact=True).click()
    expect(page.get_by_role("button", name="保存", exact=True)).to_be_visible()


def test_a_refused_order_is_marked_at_its_fields_and_cells(page: Page, sign_in: SignIn, person: Meet) -> None:
    before = len(person("admin").records("crm.sales_order", "status == 'draft'"))
    sign_in(page, "sales")
    steps.new_order(page)
    page.get_by_role("button", name="添加一行").click()
    steps.pick(page, page.get_by_role("grid", name="明细").get_by_role("combobox", name="产品"), "伺服电机 750W")
    page.get_by_role("button", name="保存", exact=True).click()
    summary = page.get_by_role("alert").filter(has_text="2 处需要修改")
    expect(summary).to_be_visible()
    expect(page.get_by_role("combobox", name="客户")).to_have_attribute("aria-invalid", "true")
    expect(steps.cell(page, 1, "数量")).to_have_attribute("aria-invalid", "true")
    expect(steps.cell(page, 1, "产品")).to_have_attribute("aria-invalid", "false")
    summary.get_by_role("button", name=re.compile("第 1 行 · 数量")).click()
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    summary = page.get_by_role("alert").filter(has_text="需要修改")
    summary.get_by_role("button", name="客户").click()
    expect(page.get_by_role("combobox", name="客户")).to_be_focused()
    assert len(person("admin").records("crm.sales_order", "status == 'draft'")) == before

    steps.pick(page, page.get_by_role("combobox", name="客户"), "无锡卓越新能源科技有限公司")
    steps.save(page)
    expect(steps.shown(page, "合计")).to_have_text("¥2,560.00")


def test_anothers_change_is_shown_and_nothing_is_lost(page: Page, sign_in: SignIn, person: Meet) -> None:
    order = draft(person)
    sign_in(page, "sales")
    edit(page, order)
    page.get_by_label("备注").fill("我写的备注")
    place = f"records/crm/sales_order/{order['id']}"
    theirs = {"note": "对方写的备注", "delivery_date": "2027-05-20"}
    person("admin").patch(place, {"values": theirs}, version=order["version"])
    page.get_by_role("button", name="保存", exact=True).click()
    dialog = page.get_by_role("dialog", name="别人刚刚修改了这条记录")
    expect(dialog).to_contain_text("系统管理员")
    expect(dialog.get_by_role("group", name="备注")).to_contain_text("对方写的备注")
    dialog.get_by_role("radio", name=re.compile("我的")).check()
    dialog.get_by_role("button", name="按所选保存").click()
    expect(steps.shown(page, "备注")).to_have_text("我写的备注")
    values = person("sales").get(place)["values"]
    assert (values["note"], values["delivery_date"]) == ("我写的备注", "2027-05-20")


def test_who_may_not_is_told_so(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "planner")
    page.goto("/apps/crm/forms/sales_order/new")
    expect(page.get_by_text("没有权限")).to_be_visible()
    page.get_by_role("link", name="回到首页").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("赵敏")


@pytest.mark.parametrize(
    ("answer", "says"),
    [(lambda route: route.abort(), "连接不到服务器"), (lambda route: route.fulfill(status=500), "加载失败")],
    ids=["offline", "failing"],
)
def test_a_page_that_cannot_be_loaded_offers_to_try_again(
    answer: Callable[[Route], None], says: str, page: Page, sign_in: SignIn, person: Meet
) -> None:
    order = draft(person)
    sign_in(page, "sales")
    page.goto("/")
    settle(page, "#main h1")
    page.route("**/api/records/**", answer)
    page.goto(f"/apps/crm/forms/sales_order/{order['id']}")
    expect(page.get_by_text(says, exact=True).first).to_be_visible()
    page.unroute("**/api/records/**")
    page.get_by_role("button", name="重试").first.click()
    expect(page.get_by_role("heading", level=1, name=re.compile(order["values"]["number"]))).to_be_visible()


def test_what_was_typed_survives_a_server_that_is_away(page: Page, sign_in: SignIn, person: Meet) -> None:
    order = draft(person)
    sign_in(page, "sales")
    edit(page, order)
    page.get_by_label("备注").fill("写到一半")
    page.route("**/api/records/**", lambda route: route.abort())
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("连接不到服务器").first).to_be_visible()
    expect(page.get_by_label("备注")).to_have_value("写到一半")
    page.unroute("**/api/records/**")
    steps.save(page)
    expect(steps.shown(page, "备注")).to_have_text("写到一半")


def test_the_language_changes_while_one_works(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "sales")
    page.goto("/apps/crm/forms/sales_order")
    settle(page, "#main tbody tr")
    page.get_by_role("searchbox", name="搜索").fill("SO")
    expect(page).to_have_url(re.compile("search=SO"))
    page.evaluate("document.body.dataset.same = 'page'")
    page.get_by_role("button", name="切换语言").click()
    page.get_by_role("menuitem", name="English").click()
    expect(page.get_by_role("heading", level=1, name="Sales orders")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Customer")).to_be_visible()
    expect(page.get_by_role("searchbox", name="Search")).to_have_value("SO")
    expect(page.locator("html")).to_have_attribute("lang", "en-US")
    expect(page.locator("body[data-same=page]")).to_have_count(1)
    page.get_by_role("button", name="Switch language").click()
    page.get_by_role("menuitem", name="简体中文").click()
    expect(page.get_by_role("heading", level=1, name="销售订单")).to_be_visible()
