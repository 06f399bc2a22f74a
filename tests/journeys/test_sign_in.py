"""The first thing a stranger does: open the page, sign in, sign out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_a_signed_in_person_sees_the_home_page(page: Page, sign_in: Callable[[Page, str], None]) -> None:
    sign_in(page, "sales")
    page.goto("/")
    expect(page.get_by_text("林悦").first).to_be_visible()
    expect(page).not_to_have_url("/sign-in")


def test_a_stranger_is_asked_to_sign_in(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("textbox").first).to_be_visible()
    assert "/sign-in" in page.url
