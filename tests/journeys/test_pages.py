"""Every page, as each reader may meet it: Chinese in light, English in dark, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, Response

from tests.journeys import findings
from tests.journeys.person import Person
from tests.journeys.windows import PHONE, OpenPage, SignIn, Theme, settle

pytestmark = pytest.mark.browser


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A page of the product, who reads it, and what stands on it when it is there."""

    reader: str
    path: str
    landmark: str = "#main h1"


PLACES = {
    "sign-in": Place(reader="", path="/sign-in", landmark="h1"),
    "home": Place(reader="sales", path="/"),
    "apps": Place(reader="sales", path="/apps"),
    "app": Place(reader="sales", path="/apps/crm"),
    "account": Place(reader="sales", path="/me"),
    "list": Place(reader="sales", path="/apps/crm/forms/sales_order", landmark="#main a[href*='/forms/sales_order/']"),
    "empty list": Place(reader="sales", path="/apps/crm/forms/sales_order?q=zzzz"),
    "new record": Place(reader="sales", path="/apps/crm/forms/sales_order/new", landmark="#main form"),
    "record": Place(reader="sales", path="/apps/crm/forms/sales_order/{order}"),
    "balance": Place(reader="planner", path="/apps/erp/balances/availability", landmark="#main tbody tr, #main li"),
    "inbox": Place(reader="sales_manager", path="/tasks", landmark="#main a[href^='/tasks/']"),
    "task": Place(reader="sales_manager", path="/tasks/{task}", landmark="#main .react-flow__node"),
    "runs": Place(reader="admin", path="/instances", landmark="#main a[href^='/instances/']"),
    "run": Place(reader="admin", path="/instances/{run}", landmark="#main .react-flow__node"),
    "dashboard of sales": Place(reader="sales_manager", path="/apps/crm/dashboards/sales", landmark="#main canvas"),
    "dashboard of the works": Place(reader="director", path="/apps/erp/dashboards/overview", landmark="#main canvas"),
    "report": Place(reader="admin", path="/apps/erp/reports/work_orders_by_status", landmark="#main canvas"),
    "no permission": Place(reader="sales", path="/apps/erp/forms/stock_move", landmark="#main p"),
    "missing": Place(
        reader="sales", path="/apps/crm/forms/sales_order/00000000-0000-7000-8000-000000000000", landmark="#main p"
    ),
    "no such address": Place(reader="sales", path="/nowhere", landmark="h1, p"),
}

LOOKS: dict[str, tuple[str, Theme]] = {"Chinese, light": ("zh-CN", "light"), "English, dark": ("en-US", "dark")}


@pytest.fixture(scope="module")
def things(person: Callable[[str], Person]) -> dict[str, str]:
    """An order that waits for its approval, the task and the run that wait with it."""
    sales = person("sales")
    order = sales.press("crm.sales_order", sales.order({"伺服电机 750W": 2, "直线模组 500mm": 1}), "submit")
    task = person("sales_manager").open_task(order)
    return {"order": order["id"], "task": task["id"], "run": task["instance"]}


def faults(page: Page) -> list[str]:
    """Return everything that is wrong with a page as it stands."""
    wide = findings.sideways(page)
    return findings.barriers(page) + findings.raw_keys(page) + ([f"{wide} px too wide"] if wide else [])


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", PLACES)
def test_stands_without_faults(
    name: str, look: str, things: dict[str, str], open_page: OpenPage, sign_in: SignIn
) -> None:
    place, (language, theme) = PLACES[name], LOOKS[look]
    page = open_page(language=language, theme=theme)
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - playwright marks functions
    if place.reader:
        sign_in(page, place.reader, language=language)
    page.goto(place.path.format(**things))
    settle(page, place.landmark)
    found = {"desk": faults(page)}
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    settle(page, place.landmark)
    found["phone"] = faults(page)
    if language == "en-US":
        written = {text for answer in answers for text in findings.written_texts(answer)}
        found["Chinese"] = findings.foreign_words(page, written)
    assert {key: value for key, value in found.items() if value} == {}
