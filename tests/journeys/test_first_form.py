"""The first form of the tutorial, in the page: published, filled in, refused, mended, saved."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

pytestmark = pytest.mark.browser

TUTORIAL = Path(__file__).resolve().parents[2] / "docs" / "tutorial.md"
_PROOF = {"X-Requested-With": "dougong"}


def publish(page: Page, served: str) -> None:
    """Import the tutorial's app with its form, as an administrator's program would."""
    found = re.search(r"```json repair/forms/request\.json\n(.*?)```", TUTORIAL.read_text("utf-8"), re.DOTALL)
    assert found is not None
    menu = [{"key": "requests", "title": "报修", "form": "repair.request"}]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("app.json", json.dumps({"key": "repair", "format": 1, "title": "设备报修", "menu": menu}))
        package.writestr("forms/request.json", found[1])
    file: FilePayload = {"name": "repair.zip", "mimeType": "application/zip", "buffer": packed.getvalue()}
    imported = page.request.post(f"{served}/api/apps", multipart={"file": file}, headers=_PROOF)
    assert imported.ok, imported.text()


def test_a_form_of_ones_own_counts_asks_and_saves(
    page: Page, served: str, sign_in: Callable[[Page, str], None]
) -> None:
    sign_in(page, "admin")
    publish(page, served)
    page.goto("/apps/repair/forms/request/new")

    page.get_by_role("textbox", name="设备").fill("3 号注塑机")
    page.get_by_role("combobox", name="紧急程度").click()
    page.locator(".ant-select-dropdown:visible").get_by_text("停机").click()
    page.get_by_role("button", name="添加一行").click()
    # Typed on, as in a spreadsheet: a text, a whole number, an amount.
    for text, key in (("密封圈", "Tab"), ("2", "Tab"), ("35.5", "Enter")):
        page.keyboard.type(text)
        page.keyboard.press(key)
    expect(page.get_by_role("gridcell", name="¥71.00")).to_be_visible()

    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert").filter(has_text="现象")).to_be_visible()
    page.get_by_role("textbox", name="现象").fill("漏油")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile(r"BX\d{4}-0001 3 号注塑机"))
