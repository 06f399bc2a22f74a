"""A Chromium and a Chinese font for the tests that drive the page; both from Debian where they are missing."""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess

from tools.node import Node
from tools.steps import StepFailed, child_environment, run, step

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
_FONT = "fonts-noto-cjk"


def find_chromium() -> str | None:
    """Return the path of a Chromium: `DOUGONG_CHROMIUM`, else one on the search path."""
    named = os.environ.get("DOUGONG_CHROMIUM")
    return named or next(filter(None, map(shutil.which, _PROGRAMS)), None)


def has_chinese_font() -> bool:
    """Whether Chinese is drawn as Chinese, not as boxes."""
    if shutil.which("fc-list") is None:
        return False
    answer = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True, check=False)
    return bool(answer.stdout.strip())


def missing_packages() -> list[str]:
    """Return the Debian packages the browser tests still need."""
    packages = [] if find_chromium() else ["chromium"]
    return packages if has_chinese_font() else [*packages, "fontconfig", _FONT]


def prepare() -> None:
    """Install what is missing, as root on a Debian; say what to install otherwise."""
    packages = missing_packages()
    if not packages:
        return
    with step("Chromium and a Chinese font"):
        by_hand = f"install {' '.join(packages)}: on Debian `sudo apt-get install {' '.join(packages)}`"
        if os.geteuid() != 0 or shutil.which("apt-get") is None:
            raise StepFailed(reason="the browser tests need them", advice=by_hand)
        environment = child_environment(DEBIAN_FRONTEND="noninteractive")
        run(["apt-get", "update"], log="apt-update", advice=by_hand, environment=environment)
        command = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
        run(command, log="apt-install", advice=by_hand, environment=environment)


def environment(node: Node) -> dict[str, str]:
    """Return what the browser tests find their browser by."""
    variables = {"DOUGONG_CHROMIUM": find_chromium() or ""}
    if ctypes.util.find_library("atomic") is None:
        # Playwright's own Node needs libatomic, which a bare Debian does not have; any other Node serves as well.
        variables["PLAYWRIGHT_NODEJS_PATH"] = str(node.folder / "node")
    return variables
