"""The walk that must always work: an order, its approval, the work orders that a stored flow makes of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.person import Json, Person
from tests.journeys.windows import SignIn, settle

pytestmark = pytest.mark.browser

CUSTOMER = "无锡卓越新能源科技有限公司"
SHORT = "直线模组 500mm"
COVERED = "伺服电机 750W"
LACK = 7

Meet = Callable[[str], Person]


def work_orders(person: Meet, order: str) -> list[tuple[str, Decimal]]:
    """Return product and quantity of the work orders linked to an order."""
    found = person("admin").records("erp.work_order", f"sales_order == '{order}'")
    return [(one["values"]["product"]["title"], Decimal(one["values"]["quantity"])) for one in found]


def open_work_orders(page: Page) -> int:
    """Return what the dashboard counts now."""
    page.goto("/apps/erp/dashboards/overview")
    number = page.get_by_role("region", name="未完工工单").locator("p")
    expect(number).to_have_text(re.compile(r"^\d+$"))
    return int(number.inner_text())


def submitted(person: Meet, **values: str) -> Json:
    """Return an order that `sales` has submitted, by the API."""
    sales = person("sales")
    return sales.press("crm.sales_order", sales.order({SHORT: 1}, **values), "submit")


def open_task(page: Page, person: Meet, sign_in: SignIn, order: Json) -> None:
    """As `sales_manager`, open the task about `order` from the inbox."""
    person("sales_manager").open_task(order)
    sign_in(page, "sales_manager")
    page.goto("/tasks")
    page.get_by_role("main").get_by_role("link", name=re.compile(order["values"]["number"])).click()
    expect(page.get_by_role("heading", level=1, name=re.compile(order["values"]["number"]))).to_be_visible()


def write_order(page: Page, quantities: dict[str, str]) -> str:
    """As `sales`, fill and save an order, looking at what is computed; return its id."""
    steps.new_order(page)
    steps.fill_order(page, CUSTOMER, quantities)
    expect(steps.cell(page, 1, "单位")).to_have_text("件")
    expect(steps.cell(page, 1, "单价")).to_have_text("¥2,380.00")
    expect(steps.cell(page, 2, "单价")).to_have_text("¥1,280.00")
    amount = Decimal(quantities[SHORT]) * 2380
    expect(steps.cell(page, 1, "金额")).to_have_text(f"¥{amount:,.2f}")
    expect(steps.cell(page, 2, "金额")).to_have_text("¥2,560.00")
    expect(page.get_by_label("合计", exact=True)).to_have_text(f"¥{amount + 2560:,.2f}")
    steps.save(page)
    expect(page.get_by_role("heading", level=1, name=re.compile(rf"SO\d+-\d+ {CUSTOMER}"))).to_be_visible()
    expect(steps.shown(page, "合计")).to_have_text(f"¥{amount + 2560:,.2f}")
    return steps.record_id(page)


def test_an_approved_order_becomes_the_work_orders_that_stock_lacks(page: Page, sign_in: SignIn, person: Meet) -> None:
    free = person("admin").free_stock()
    assert free[COVERED] >= 2
    quantities = {SHORT: str(int(free[SHORT]) + LACK), COVERED: "2"}
    sign_in(page, "planner")
    counted = open_work_orders(page)

    sign_in(page, "sales")
    order_id = write_order(page, quantities)
    steps.press(page, "提交审批")
    expect(steps.shown(page, "状态")).to_have_text("待审批")
    order = person("sales").get(f"records/crm/sales_order/{order_id}")

    open_task(page, person, sign_in, order)
    expect(steps.shown(page, "客户")).to_have_text(CUSTOMER)
    page.get_by_role("button", name="同意").dblclick()
    expect(page.get_by_role("status").filter(has_text="已处理")).to_be_visible()
    [run] = person("admin").finished_runs(order, "order_approved_creates_work_orders")
    assert work_orders(person, order_id) == [(SHORT, free[SHORT] - int(free[SHORT]) + LACK)]
    left = person("admin").free_stock()
    assert left[COVERED] == free[COVERED] - 2
    assert left[SHORT] == 0

    sign_in(page, "planner")
    assert open_work_orders(page) == counted + 1
    make(page, order_id, order)
    assert open_work_orders(page) == counted

    sign_in(page, "sales")
    page.goto(f"/apps/crm/forms/sales_order/{order_id}")
    expect(steps.shown(page, "状态")).to_have_text("已审批")
    expect(steps.shown(page, "生产进度 %")).to_have_text("100")

    sign_in(page, "admin")
    look_at_run(page, run, order)


def make(page: Page, order_id: str, order: Json) -> None:
    """As `planner`, find the order's work order on its page, and release, start and finish it."""
    page.goto(f"/apps/crm/forms/sales_order/{order_id}")
    expect(steps.shown(page, "生产进度 %")).to_have_text("0")
    related = page.get_by_role("region", name="相关记录")
    related.get_by_role("tab", name=re.compile("生产工单")).click()
    row = related.get_by_role("row", name=re.compile(SHORT))
    expect(row).to_have_count(1)
    expect(row).to_contain_text("已计划")
    row.get_by_role("link").first.click()
    expect(steps.shown(page, "销售订单")).to_contain_text(order["values"]["number"])
    steps.press(page, "下达")
    steps.press(page, "开工")
    page.get_by_role("button", name="编辑", exact=True).click()
    steps.pick(page, page.get_by_role("combobox", name="入库仓库"), "成品一仓")
    steps.save(page)
    steps.press(page, "完工入库")
    expect(steps.shown(page, "状态")).to_have_text("已完工")
    expect(steps.shown(page, "进度 %")).to_have_text("100")


def look_at_run(page: Page, run: Json, order: Json) -> None:
    """As administrator, see the way that the run took and the rows that it made."""
    page.goto(f"/instances/{run['id']}")
    settle(page, "#main .react-flow__node")
    picture = page.get_by_role("figure")
    expect(picture.get_by_text("生成生产工单")).to_be_visible()
    journal = page.get_by_role("region", name="改动的数据")
    expect(journal.get_by_role("link", name=re.compile(rf"WO\d+-\d+ {SHORT}"))).to_have_count(1)
    expect(journal.locator("li").filter(has_text="生产工单").filter(has_text=f"{LACK}")).to_have_count(1)
    expect(page.get_by_role("main")).to_contain_text(order["values"]["number"])


def test_a_refused_order_says_why(page: Page, sign_in: SignIn, person: Meet) -> None:
    order = submitted(person)
    open_task(page, person, sign_in, order)
    page.get_by_role("button", name="驳回").click()
    expect(page.get_by_text("请填写意见")).to_be_visible()
    page.get_by_role("textbox", name="审批意见").fill("毛利太低，请重新报价")
    page.get_by_role("button", name="驳回").click()
    expect(page.get_by_role("status").filter(has_text="已处理")).to_be_visible()
    person("admin").finished_runs(order, "order_approval")

    sign_in(page, "sales")
    page.goto(f"/apps/crm/forms/sales_order/{order['id']}")
    expect(steps.shown(page, "状态")).to_have_text("已驳回")
    expect(steps.shown(page, "审批意见")).to_have_text("毛利太低，请重新报价")
    page.get_by_role("button", name=re.compile("通知，")).click()
    told = page.get_by_role("region", name="通知").get_by_role("button", name=re.compile(order["values"]["number"]))
    expect(told).to_contain_text("被驳回")
    assert work_orders(person, order["id"]) == []


def test_an_order_that_was_sent_back_is_submitted_again(page: Page, sign_in: SignIn, person: Meet) -> None:
    order = submitted(person)
    open_task(page, person, sign_in, order)
    page.get_by_role("textbox", name="审批意见").fill("请补交货日期")
    page.get_by_role("button", name="退回").click()
    expect(page.get_by_role("status").filter(has_text="已处理")).to_be_visible()
    person("admin").finished_runs(order, "order_approval")

    sign_in(page, "sales")
    page.goto(f"/apps/crm/forms/sales_order/{order['id']}")
    expect(steps.shown(page, "状态")).to_have_text("草稿")
    expect(steps.shown(page, "审批意见")).to_have_text("请补交货日期")
    page.get_by_role("button", name="编辑", exact=True).click()
    page.get_by_label("备注").fill("交期已与客户确认")
    steps.save(page)
    steps.press(page, "提交审批")
    expect(steps.shown(page, "状态")).to_have_text("待审批")

    open_task(page, person, sign_in, order)
    expect(steps.shown(page, "备注")).to_have_text("交期已与客户确认")
