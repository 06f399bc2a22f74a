"""The windows that journeys look through: sizes, themes, and what the fixtures that open them give."""

from __future__ import annotations

import os
import shutil
from typing import Literal, Protocol

from playwright.sync_api import Page, expect

PROGRAM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")

Theme = Literal["light", "dark"]

DESK = (1440, 900)
#: The narrowest phone that is promised.
PHONE = (390, 844)

#: Counts what the page asks the server and has no answer to yet; counted down when the page had time to draw it.
COUNT_QUESTIONS = """
  let open = 0;
  const count = (step) => { open += step; document.documentElement.dataset.questions = open; };
  const ask = window.fetch;
  window.fetch = (...question) => {
    count(1);
    const answered = () => setTimeout(() => count(-1), 120);
    const answer = ask(...question);
    answer.then(answered, answered);
    return answer;
  };
"""


class OpenPage(Protocol):
    """Open a page where nobody is signed in."""

    def __call__(self, *, language: str = "zh-CN", theme: Theme = "light", size: tuple[int, int] = DESK) -> Page:
        """Return the page, in a browser context of its own."""


class SignIn(Protocol):
    """Sign one of the demo's people in."""

    def __call__(self, page: Page, username: str, *, language: str = "zh-CN") -> None:
        """Put the session's cookie into the page's context; the account speaks `language` from then on."""


def chromium() -> str:
    """Return the browser's program; `./test` names it in DOUGONG_CHROMIUM."""
    program = os.environ.get("DOUGONG_CHROMIUM") or next(filter(None, map(shutil.which, _PROGRAMS)), None)
    assert program, "no Chromium: install it, or let ./test do so"
    return program


def settle(page: Page, landmark: str) -> None:
    """Wait until the page stands: its landmark is there, every question is answered, nothing says it is busy."""
    expect(page.locator(landmark).first).to_be_visible()
    # A page that asks nothing has counted nothing.
    expect(page.locator("html:not([data-questions]), html[data-questions='0']")).to_have_count(1)
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
