"""Administrators with apps that come as files: upgraded where both sides changed, compared, tried out, deleted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys import shop
from tests.journeys.findings import barriers, sideways
from tests.journeys.person import Person
from tests.journeys.windows import PHONE, OpenPage, SignIn, settle

pytestmark = pytest.mark.browser

Meet = Callable[[str], Person]


@pytest.fixture
def admin(person: Meet) -> Iterator[Person]:
    """The administrator, with the small shop installed and its form changed since."""
    found = person("admin")
    found.send("apps", shop.packed(shop.first_version()))
    found.put("apps/shop/forms/item", shop.customised())
    found.post("apps/shop/forms/item/publish")
    yield found
    if any(app["key"] == "shop" for app in found.get("apps")["items"]):
        found.delete("apps/shop", confirm="shop")


def open_action(page: Page, app: str, action: str) -> Locator:
    """Open what an app's menu offers, by the keyboard alone; return the dialog."""
    page.goto("/admin/apps")
    settle(page, "#main table")
    page.get_by_role("button", name=re.compile(f"{app} 的更多操作|More for {app}")).focus()
    page.keyboard.press("Enter")
    items = page.get_by_role("menuitem")
    expect(items.first).to_be_focused()
    for at in range(1, items.all_inner_texts().index(action) + 1):
        page.keyboard.press("ArrowDown")
        expect(items.nth(at)).to_be_focused()
    page.keyboard.press("Enter")
    return page.get_by_role("dialog")


def offer(dialog: Locator, files: Mapping[str, Any] | bytes) -> None:
    """Choose a zip."""
    content = files if isinstance(files, bytes) else shop.packed(files)
    file = {"name": "shop.zip", "mimeType": "application/zip", "buffer": content}
    dialog.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]  # a payload


def test_an_upgrade_asks_where_both_changed_and_says_what_it_kept(page: Page, sign_in: SignIn, admin: Person) -> None:
    sign_in(page, "admin")
    dialog = open_action(page, "小店", "升级…")
    confirm = dialog.get_by_role("button", name="确认升级")
    offer(dialog, b"no zip at all")
    expect(dialog.get_by_role("alert")).to_contain_text("不是可读的 ZIP 文件")
    offer(dialog, {path.replace("shop/", "store/"): body for path, body in shop.second_version().items()})
    expect(dialog.get_by_role("alert")).to_contain_text("store/")
    broken = shop.second_version()
    broken["shop/forms/item.json"]["properties"]["price"]["x-field"]["type"] = "texxt"
    offer(dialog, broken)
    expect(dialog.get_by_role("alert")).to_contain_text("shop/forms/item.json#/properties/price/x-field/type")
    expect(confirm).to_be_disabled()

    offer(dialog, shop.second_version())
    form = dialog.get_by_role("region", name="表单 › 货品")
    option = form.get_by_role("group", name="级别 › 选项 › 乙 › 标题")
    expect(option).to_contain_text(re.compile("原来.*乙.*保留这里的.*乙等.*用新版本的.*二级"))
    expect(dialog.get_by_text("已选 0 / 2")).to_be_visible()
    expect(dialog).to_contain_text('ADD COLUMN "weight"')
    form.get_by_role("group", name="名称 › 标题").get_by_role("radio", name="用新版本的").focus()
    page.keyboard.press("Space")
    expect(dialog.get_by_text("已选 1 / 2")).to_be_visible()
    expect(confirm).to_be_disabled()
    option.get_by_role("radio", name="保留这里的").check()
    expect(confirm).to_be_enabled()

    admin.put("apps/shop/roles/clerk", {"key": "clerk", "format": 1, "title": "店员", "forms": {}})
    admin.post("apps/shop/roles/clerk/publish")
    confirm.click()
    expect(dialog.get_by_role("alert").first).to_contain_text("预览之后又有别的发布")
    dialog.get_by_role("button", name="重新预览").click()
    expect(confirm).to_be_enabled()
    confirm.click()
    expect(dialog).to_contain_text("小店 已升级到 2.0.0")
    expect(dialog.get_by_role("region", name="保留下来的本地修改")).to_contain_text(
        re.compile("级别 › 选项 › 乙等 › 标题 · 二级 → 乙等.*新增 货架")
    )
    expect(dialog.get_by_role("region", name="改用新版本的地方")).to_contain_text("表单 › 货品 › 名称 › 标题")

    page.goto("/apps/shop/forms/item/new")
    for field in ("商品名称", "货架", "重量"):
        expect(page.locator("#main form label", has_text=field)).to_be_visible()
    page.get_by_role("combobox", name="级别").click()
    expect(page.locator(".ant-select-item-option[title='乙等']:visible")).to_be_visible()


def test_an_app_is_compared_tried_out_and_deleted(page: Page, sign_in: SignIn, admin: Person) -> None:
    sign_in(page, "admin")
    expect(open_action(page, "小店", "本地修改")).to_contain_text(re.compile("名称 → 品名.*乙 → 乙等.*新增 货架"))

    played = open_action(page, "小店", "运行场景测试")
    expect(played.get_by_text("2 个场景中有 1 个未通过")).to_be_visible()
    failed = played.get_by_role("listitem").filter(has_text="价格翻倍")
    expect(failed).to_contain_text(re.compile("未通过.*第 1 段 · 结果 1.*应为.*price: 10.*实际.*price: 5"))
    expect(played.get_by_role("listitem").filter(has_text="记下一件货品")).to_contain_text("通过")
    assert admin.get("records/shop/item")["items"] == []

    refused = open_action(page, "客户关系", "删除…")
    expect(refused.get_by_role("alert")).to_contain_text("不能删除")
    expect(refused).to_contain_text("表单 › 发货单 › 销售订单 › 表单 → 销售订单")
    expect(refused.get_by_role("button", name="删除")).to_have_count(0)

    admin.post("records/shop/item", {"values": {"name": "水泵"}})
    asked = open_action(page, "小店", "删除…")
    expect(asked).to_contain_text("货品：1 条记录")
    delete = asked.get_by_role("button", name="删除", exact=True)
    asked.get_by_role("textbox").fill("sho")
    expect(delete).to_be_disabled()
    asked.get_by_role("textbox").fill("shop")
    delete.click()
    expect(page.get_by_role("row").filter(has_text="小店")).to_have_count(0)
    assert [one["key"] for one in admin.get("apps")["items"]] == ["crm", "erp"]


def test_dialogs_have_no_barriers(open_page: OpenPage, sign_in: SignIn, admin: Person) -> None:
    page = open_page(size=PHONE, theme="dark", language="en-US")
    sign_in(page, "admin", language="en-US")
    for action, landmark in (
        ("Local changes", ".ant-modal details"),
        ("Run scenario tests", ".ant-modal dl"),
        ("Delete…", "#delete-app-key"),
        ("Upgrade…", ".ant-drawer fieldset"),
    ):
        dialog = open_action(page, "小店", action)
        if action == "Upgrade…":
            offer(dialog, {**shop.second_version(), "shop/app.json": shop.app("0.9.0")})
            expect(dialog).to_contain_text("The file's version 0.9.0 is older than 1.0.0")
            dialog.get_by_role("button", name="Keep all of ours").click()
            expect(dialog.get_by_text("All are chosen")).to_be_visible()
        settle(page, landmark)
        assert (action, barriers(page), sideways(page)) == (action, [], 0)
