"""Takes the pictures of the docs from a running demo: `python -m tests.journeys.screenshots http://127.0.0.1:8000`.

Writes PNGs into docs/images. Prepares an order that waits for its approval and one in production, so that the pictures
show work in progress. Needs a Chromium, as the journeys do.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys import steps
from tests.journeys.person import Json, signed_in
from tests.journeys.windows import COUNT_QUESTIONS, PHONE, PROGRAM_OPTIONS, chromium, settle

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
DESK = (1280, 800)
CUSTOMER = "无锡卓越新能源科技有限公司"
OTHERS = (
    {"六轴机械臂 R6": 1},
    {"行星减速机 PX60": 6, "伺服驱动器 A2": 6},
    {"伺服电机 1.5kW": 12},
    {"视觉控制器 VC10": 2, "安全光幕 SG20": 2},
)
#: A report of each kind of drawing.
CHARTS = {
    "area": "crm.order_trend",
    "bar": "crm.won_lost_by_month",
    "funnel": "crm.sales_funnel",
    "gauge": "crm.win_rate",
    "line": "crm.win_rate_by_month",
    "number": "crm.revenue_this_year",
    "pie": "crm.sales_by_region",
    "pivot": "crm.sales_by_rep_month",
    "table": "crm.receivables_ageing",
}
DRAWN = {"area", "bar", "funnel", "gauge", "line", "pie"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """What the pictures show: a waiting order with its task, and an order in production with its run."""

    waiting: Json
    task: Json
    produced: Json
    run: Json


def prepare(address: str) -> Story:
    """Write the orders that the pictures show, as the demo's people."""
    with signed_in(address, "sales") as sales, signed_in(address, "sales_manager") as manager:
        customer = sales.find("crm.customer", CUSTOMER)["id"]
        free = sales.free_stock()
        produced = sales.order(
            {"直线模组 500mm": int(free["直线模组 500mm"]) + 20, "伺服电机 750W": 4, "控制柜 C200": 2},
            customer=customer,
            delivery_date="2026-12-20",
        )
        produced = sales.press("crm.sales_order", produced, "submit")
        manager.post(f"tasks/{manager.open_task(produced)['id']}/approve", {"opinion": "交期可以接受"})
        run = manager.finished_runs(produced, "order_approved_creates_work_orders")[0]
        others = [
            sales.press("crm.sales_order", sales.order(lines, customer=one["id"], delivery_date="2027-01-15"), "submit")
            for lines, one in zip(OTHERS, sales.get("relations/crm/customer", limit=20)["items"][7:], strict=False)
        ]
        waiting = sales.order(
            {"四轴机械臂 S4": 2, "控制柜 C200": 2, "安全光幕 SG20": 4}, customer=customer, delivery_date="2027-01-31"
        )
        waiting = sales.press("crm.sales_order", waiting, "submit")
        for one in others:
            manager.open_task(one)
        return Story(waiting=waiting, task=manager.open_task(waiting), produced=produced, run=run)


@contextmanager
def page_of(browser: Browser, address: str, username: str, size: tuple[int, int], language: str) -> Iterator[Page]:
    """Give a page at which `username` is signed in; nobody when empty."""
    context = browser.new_context(
        base_url=address,
        locale=language,
        timezone_id="Asia/Shanghai",
        viewport={"width": size[0], "height": size[1]},
        reduced_motion="reduce",
        is_mobile=size == PHONE,
        has_touch=size == PHONE,
    )
    context.add_init_script(COUNT_QUESTIONS)
    page = context.new_page()
    if username:
        headers = {"X-Requested-With": "dougong"}
        page.request.post("/api/session", data={"username": username, "password": "demo"}, headers=headers)
        page.request.patch("/api/session", data={"language": language}, headers=headers)
    yield page
    context.close()


def take(browser: Browser, address: str, story: Story) -> None:
    """Take every picture."""
    order = f"/apps/crm/forms/sales_order/{story.produced['id']}"

    def picture(
        name: str,
        reader: str,
        path: str,
        landmark: str,
        *,
        size: tuple[int, int] = DESK,
        language: str = "zh-CN",
        then: Callable[[Page], None] | None = None,
    ) -> None:
        with page_of(browser, address, reader, size, language) as page:
            page.goto(path)
            settle(page, landmark)
            if then:
                then(page)
                settle(page, landmark)
            file = IMAGES / f"{name}.png"
            page.screenshot(path=file)
            sys.stdout.write(f"{file.name}  {file.stat().st_size // 1000} kB\n")

    picture("sign-in", "", "/sign-in", "h1")
    picture("list", "sales", "/apps/crm/forms/sales_order", "#main tbody a")
    picture("order", "sales", "/apps/crm/forms/sales_order/new", "#main form", then=fill)
    picture("order-en", "sales", order, "#main dl", language="en-US", then=to_work_orders)
    picture("task", "sales_manager", f"/tasks/{story.task['id']}", "#main .react-flow__node")
    picture("run", "admin", f"/instances/{story.run['id']}", "#main .react-flow__node")
    picture("dashboard", "director", "/apps/erp/dashboards/overview", "#main canvas")
    picture("dashboard-sales", "director", "/apps/crm/dashboards/sales", "#main canvas", size=(1280, 1300))
    picture("behind", "director", "/apps/crm/reports/sales_by_rep_month", "#main tfoot button", then=to_records)
    for kind, report in CHARTS.items():
        app, _, key = report.partition(".")
        with page_of(browser, address, "director", (900, 560), "zh-CN") as page:
            page.goto(f"/apps/{app}/reports/{key}")
            settle(page, "#main canvas" if kind in DRAWN else "#main [data-chart]")
            page.locator("#main [data-chart]").screenshot(path=IMAGES / f"chart-{kind}.png")
    picture("phone-order", "sales", order, "#main dl", size=PHONE)
    picture("phone-inbox", "sales_manager", "/tasks", "#main a[href^='/tasks/']", size=PHONE)


def to_work_orders(page: Page) -> None:
    """Scroll to what came of an order."""
    page.get_by_role("tab", name=re.compile("Work order")).click()
    page.locator("#main").evaluate("element => element.scrollTo(0, element.scrollHeight)")


def to_records(page: Page) -> None:
    """Show what is behind the whole."""
    page.locator("#main tfoot button").last.click()
    page.get_by_role("dialog").locator("tbody a").first.wait_for()


def fill(page: Page) -> None:
    """Fill a new order up to its last line, which is being chosen."""
    steps.fill_order(page, CUSTOMER, {"直线模组 500mm": "12", "伺服电机 750W": "24", "控制柜 C200": "3"})
    page.locator("#main").evaluate("element => element.scrollTo(0, 330)")


def main(address: str) -> None:
    """Take the pictures of the demo at `address`."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    story = prepare(address)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=PROGRAM_OPTIONS)
        take(browser, address, story)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
