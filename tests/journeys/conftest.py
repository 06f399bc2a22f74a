"""A real server process with the demo apps, and a real Chromium that walks through the built page.

Every test gets a browser context of its own, so nobody is signed in. A page that logs an error or breaks fails its test.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests import databases
from tests.journeys.person import Person, signed_in
from tests.journeys.windows import COUNT_QUESTIONS, DESK, PROGRAM_OPTIONS, OpenPage, SignIn, Theme, chromium

ROOT = Path(__file__).resolve().parents[2]
#: Two cores may be busy with other tests: a page has time, a test that hangs ends.
_TIMEOUT_SECONDS = 60


@pytest.fixture(scope="session")
def served(server_url: str) -> Iterator[str]:
    """The address of a server with the demo apps, freshly installed."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="dougong-journeys-"))
        url = stack.enter_context(databases.clone(server_url))
        settings = {"DATABASE_URL": url, "DATA_DIR": folder, "DEMO": "true", "PORT": "0"}
        process = stack.enter_context(
            subprocess.Popen(
                [str(Path(sys.executable).parent / "dougong"), "serve"],
                cwd=ROOT,
                env={**os.environ, "LANG": "C.UTF-8", **{f"DOUGONG_{key}": value for key, value in settings.items()}},
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        stack.callback(process.send_signal, signal.SIGTERM)
        assert process.stdout is not None
        first_line = process.stdout.readline()
        assert "http://" in first_line, "the server did not start; what it said stands above"
        yield first_line.split()[-1]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for the run; `./test` names it in DOUGONG_CHROMIUM."""
    expect.set_options(timeout=_TIMEOUT_SECONDS * 1000 / 3)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=PROGRAM_OPTIONS)
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser: Browser, served: str) -> Iterator[OpenPage]:
    """Open pages in browser contexts of their own, where nobody is signed in; no motion.

    An exception in a page or an error on its console fails the test. Answers that refuse something (401, 403, 409, 412,
    422) are part of walks; the browser's own lines about them are no errors of the page.
    """
    faults: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            faults.append(message.text)

    with ExitStack() as stack:

        def open_one(*, language: str = "zh-CN", theme: Theme = "light", size: tuple[int, int] = DESK) -> Page:
            context = browser.new_context(
                base_url=served,
                locale=language,
                timezone_id="Asia/Shanghai",
                viewport={"width": size[0], "height": size[1]},
                color_scheme=theme,
                reduced_motion="reduce",
            )
            stack.callback(context.close)
            context.set_default_timeout(_TIMEOUT_SECONDS * 1000)
            context.add_init_script(COUNT_QUESTIONS)
            page = context.new_page()
            page.on("console", listen)
            page.on("pageerror", lambda error: faults.append(str(error)))
            return page

        yield open_one
    assert not faults


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A Chinese page on a desk's screen."""
    return open_page()


@pytest.fixture
def sign_in(served: str) -> SignIn:
    """Sign one of the demo users in over the API, in the page's own context: `sign_in(page, "sales")`."""

    def enter(page: Page, username: str, *, language: str = "zh-CN") -> None:
        headers = {"X-Requested-With": "dougong"}
        page.context.clear_cookies()
        for method, body in (
            ("POST", {"username": username, "password": "demo"}),
            ("PATCH", {"language": language}),
        ):
            answer = page.request.fetch(f"{served}/api/session", method=method, data=body, headers=headers)
            assert answer.ok, answer.text()

    return enter


@pytest.fixture(scope="session")
def person(served: str) -> Iterator[Callable[[str], Person]]:
    """The demo's people over HTTP: `person("sales")`."""
    with ExitStack() as stack:
        known: dict[str, Person] = {}

        def meet(username: str) -> Person:
            if username not in known:
                known[username] = stack.enter_context(signed_in(served, username))
            return known[username]

        yield meet
