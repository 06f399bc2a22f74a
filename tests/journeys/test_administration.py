"""Administrators at work: people, departments, roles, definitions and apps, each on its page."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.findings import barriers, sideways
from tests.journeys.person import Person
from tests.journeys.windows import PHONE, OpenPage, SignIn, settle

pytestmark = pytest.mark.browser

Meet = Callable[[str], Person]


def open_admin(page: Page, entry: str) -> None:
    """Open one of the administrators' pages by the menu."""
    page.goto("/admin")
    page.get_by_role("navigation", name="主导航").get_by_role("link", name=entry, exact=True).click()
    expect(page.get_by_role("heading", level=1, name=entry)).to_be_visible()


def choose(page: Page, box: str, option: str) -> None:
    """Take an option of one of the form's choices."""
    page.get_by_role("combobox", name=box, exact=True).last.click()
    page.locator(f".ant-select-item-option[title='{option}']:visible").click()


def test_an_account_is_made_used_and_closed(page: Page, open_page: OpenPage, sign_in: SignIn) -> None:
    sign_in(page, "admin")
    open_admin(page, "用户")
    page.get_by_role("button", name="新建用户").click()
    page.get_by_label("用户名", exact=True).fill("admin")
    page.get_by_label("姓名", exact=True).fill("方晴")
    page.get_by_role("button", name="新建并生成链接").click()
    expect(page.get_by_role("alert").filter(has_text="已被使用")).to_be_visible()
    page.get_by_label("用户名", exact=True).fill("fangqing")
    choose(page, "角色", "客户关系 · 销售代表")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="新建并生成链接").click()
    link = page.get_by_role("textbox", name="一次性链接").input_value()
    page.get_by_role("dialog").get_by_role("button", name="关闭", exact=True).last.click()

    theirs = open_page()
    theirs.goto(link)
    theirs.locator("#password").fill("a long enough password")
    theirs.get_by_role("button").click()
    expect(theirs.get_by_role("heading", level=1)).to_contain_text("方晴")

    page.get_by_role("searchbox", name="搜索姓名、用户名或邮箱").fill("fangqing")
    expect(page).to_have_url(re.compile("search=fangqing"))
    page.get_by_role("link", name="方晴").click()
    expect(page.get_by_role("region", name="变更记录")).to_contain_text("创建了账号")
    expect(page.get_by_role("region", name="登录会话").get_by_role("button", name="结束会话")).to_have_count(1)
    page.get_by_role("button", name="停用", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="停用", exact=True).click()
    expect(page.get_by_text("已停用", exact=True)).to_be_visible()
    expect(page.get_by_role("region", name="登录会话")).to_contain_text("没有登录中的会话")
    theirs.goto("/tasks")
    expect(theirs).to_have_url(re.compile("/sign-in"))


def test_a_department_grows_and_goes(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "admin")
    open_admin(page, "部门")
    page.get_by_role("button", name=re.compile("^销售部")).click()
    expect(page.get_by_role("button", name="删除", exact=True)).to_be_disabled()
    page.get_by_role("button", name="在“销售部”下新建").click()
    page.get_by_label("名称", exact=True).fill("华东大区")
    page.get_by_label("键", exact=True).fill("east")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("region", name="华东大区")).to_contain_text("销售部")
    page.get_by_role("region", name="华东大区").get_by_role("button", name="编辑", exact=True).click()
    choose(page, "上级部门", "　财务部")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("region", name="华东大区")).to_contain_text("财务部")
    page.get_by_role("region", name="华东大区").get_by_role("button", name="删除", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="删除", exact=True).click()
    expect(page.get_by_role("button", name=re.compile("^华东大区"))).to_have_count(0)


def test_a_role_is_made_checked_published_and_given(page: Page, sign_in: SignIn, person: Meet) -> None:
    sign_in(page, "admin")
    open_admin(page, "角色与权限")
    page.get_by_role("button", name="新建角色").click()
    choose(page, "应用", "客户关系")
    page.get_by_label("名称", exact=True).fill("合同专员")
    page.get_by_label("键", exact=True).fill("contracts")
    page.get_by_role("dialog").get_by_role("button", name="新建", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="合同专员")).to_be_visible()
    page.get_by_role("checkbox", name="联系人：修改").check()
    expect(page.get_by_role("checkbox", name="联系人：查看")).to_be_checked()
    page.get_by_role("button", name="设置联系人的范围和字段").click()
    drawer = page.get_by_role("dialog", name="联系人")
    drawer.get_by_role("textbox", name="记录范围").fill("onwer == user")
    expect(drawer.get_by_role("alert").first).to_contain_text("owner")
    drawer.get_by_role("button", name="填入“自己负责的”").click()
    expect(drawer.get_by_role("alert")).to_have_count(0)
    drawer.get_by_role("combobox", name="手机", exact=True).click()
    page.locator(".ant-select-item-option[title='脱敏']:visible").click()
    page.locator(".ant-drawer-close").click()
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.get_by_text("已发布第 1 版，立即生效")).to_be_visible()

    choose_member = page.get_by_role("combobox", name="添加成员")
    choose_member.click()
    choose_member.fill("finance")
    page.locator(".ant-select-item-option:visible").filter(has_text="吴丽华").click()
    expect(page.get_by_role("region", name="成员").get_by_role("link", name="吴丽华")).to_be_visible()
    assert "crm.contact" in person("finance").get("session")["forms"]

    page.goto("/admin/roles?tab=form&form=crm.contact")
    row = page.get_by_role("row").filter(has_text="合同专员")
    expect(row).to_contain_text("owner == user")
    expect(row).to_contain_text("手机 · 脱敏")
    page.get_by_role("link", name="合同专员").click()
    page.get_by_role("button", name="移除 吴丽华").click()
    expect(page.get_by_role("region", name="成员")).to_contain_text("还没有成员")
    assert "crm.contact" not in person("finance").get("session")["forms"]


def write(page: Page, document: object) -> None:
    """Put a document into the code editor, in place of what is there."""
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(json.dumps(document, ensure_ascii=False, indent=2))


def publish(page: Page) -> None:
    """Publish what is in the editor, once the trial has said what it will do."""
    page.get_by_role("button", name="发布…").click()
    page.get_by_role("dialog").get_by_role("button", name="发布", exact=True).click()


def test_a_definition_is_edited_compared_published_and_taken_back(page: Page, sign_in: SignIn, person: Meet) -> None:
    before = person("admin").get("apps/crm/forms/contact")
    document, version = before["document"], before["version"]
    sign_in(page, "admin")
    page.goto("/admin/definitions?search=crm.contact")
    page.locator("#main").get_by_role("link", name="联系人", exact=True).click()
    settle(page, ".cm-content")
    wished = {**document["properties"], "wechat": {"title": "微信号", "x-field": {"type": "texxt"}}}
    write(page, {**document, "properties": wished})
    problem = page.get_by_role("button", name=re.compile("第 [0-9]+ 行")).first
    expect(problem).to_contain_text("texxt")
    expect(page.get_by_role("button", name="发布…")).to_be_disabled()
    wished["wechat"]["x-field"]["type"] = "text"
    write(page, {**document, "properties": wished})
    expect(page.get_by_text("没有问题，可以发布")).to_be_visible()
    page.get_by_role("tab", name="差异").click()
    expect(page.locator(".cm-changedLine, .cm-insertedLine").filter(has_text="微信号").first).to_be_visible()
    page.get_by_role("button", name="发布…").click()
    expect(page.get_by_role("dialog")).to_contain_text('ADD COLUMN "wechat"')
    page.get_by_role("dialog").get_by_role("button", name="发布", exact=True).click()
    expect(page.get_by_text(f"线上第 {version + 1} 版").first).to_be_visible()
    page.get_by_role("tab", name="影响").click()
    user = page.get_by_role("row").filter(has=page.get_by_role("link", name="销售订单", exact=True))
    expect(user).to_contain_text("联系人 › 表单")
    page.get_by_role("tab", name="版本").click()
    page.get_by_role("row").filter(has_text=re.compile(rf"^{version}\b")).get_by_role("button", name="回到此版").click()
    page.get_by_role("button", name="发布…").click()
    expect(page.get_by_role("dialog")).to_contain_text("会移走数据")
    page.get_by_role("dialog").get_by_role("button", name="发布", exact=True).click()
    expect(page.get_by_text(f"线上第 {version + 2} 版").first).to_be_visible()
    assert person("admin").get("apps/crm/forms/contact")["document"] == document


def test_another_administrators_draft_is_not_overwritten(page: Page, sign_in: SignIn, person: Meet) -> None:
    admin = person("admin")
    document = admin.get("apps/crm/roles/service")["document"]
    sign_in(page, "admin")
    page.goto("/admin/definitions/crm/roles/service")
    settle(page, ".cm-content")
    admin.put("apps/crm/roles/service", {**document, "description": "对方写的"})
    write(page, {**document, "description": "我写的"})
    page.get_by_role("button", name="保存草稿").click()
    page.get_by_role("dialog", name="别人刚刚修改了这份定义").get_by_role("button", name="载入对方的").click()
    expect(page.locator(".cm-content")).to_contain_text("对方写的")
    page.get_by_role("button", name="放弃草稿").click()
    page.get_by_role("dialog").get_by_role("button", name="放弃草稿").click()
    expect(page.locator(".cm-content")).not_to_contain_text("对方写的")
    assert admin.get("apps/crm/roles/service")["draft"] is None


def changed(folder: Path, version: str) -> Path:
    """Return the exported app with another version and another note, as one would change it on disk."""
    found = zipfile.ZipFile(folder)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as written:
        for name in found.namelist():
            text = found.read(name)
            if name.endswith("app.json"):
                text = json.dumps({**json.loads(text), "version": version}, ensure_ascii=False, indent=2).encode()
            written.writestr(name, text)
    target = folder.with_name("changed.zip")
    target.write_bytes(content.getvalue())
    return target


def test_an_app_leaves_is_changed_and_comes_back(page: Page, sign_in: SignIn, tmp_path: Path) -> None:
    sign_in(page, "admin")
    open_admin(page, "应用管理")
    row = page.get_by_role("row").filter(has_text="客户关系")
    with page.expect_download() as download:
        row.get_by_role("link", name="导出").click()
    exported = tmp_path / "crm.zip"
    download.value.save_as(exported)
    page.get_by_role("button", name="导入应用").click()
    drawer = page.get_by_role("dialog", name="导入应用")
    drawer.locator("input[type=file]").set_input_files(changed(exported, "9.9.9"))
    expect(drawer).to_contain_text("→ 9.9.9")
    expect(drawer).to_contain_text("不改动数据表")
    drawer.get_by_role("button", name="确认导入").click()
    expect(row).to_contain_text("9.9.9")
    page.get_by_role("button", name="导入应用").click()
    drawer.locator("input[type=file]").set_input_files(exported)
    expect(drawer).to_contain_text("9.9.9 →")
    drawer.get_by_role("button", name="确认导入").click()
    expect(row).not_to_contain_text("9.9.9")


def test_who_is_no_administrator_finds_no_administration(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "sales")
    page.goto("/admin/users")
    expect(page.get_by_text("没有权限", exact=True)).to_be_visible()
    expect(page.get_by_role("navigation", name="主导航").get_by_text("管理", exact=True)).to_have_count(0)


@pytest.mark.parametrize(
    "path",
    ["users", "departments", "roles", "roles/crm/sales", "definitions", "definitions/crm/forms/customer", "apps"],
)
def test_pages_have_no_barriers(open_page: OpenPage, sign_in: SignIn, path: str) -> None:
    page = open_page(size=PHONE, theme="dark", language="en-US")
    sign_in(page, "admin", language="en-US")
    page.goto(f"/admin/{path}")
    settle(page, "#main h1")
    assert (barriers(page), sideways(page)) == ([], 0)
