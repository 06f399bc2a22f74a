"""The virtual environment `.venv` with exactly the packages of a lock file, made with a uv of our own.

uv lies in `.tools` by `pip install --target`, which needs neither the venv module nor a pip that may write into the
system's Python. Every package is checked against the hashes in the lock file.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tools import pip_settings, stamps
from tools.steps import ROOT, TOOLS, Command, StepFailed, child_environment, run, step

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
RUNTIME = ROOT / "requirements.lock"
TEST = ROOT / "requirements-test.lock"
_UV = TOOLS / "bin" / "uv"
_STAMPS = VENV / ".stamps"
_NETWORK = (
    "check that this machine reaches a Python package index (a mirror set for pip is used: "
    "`python3 -m pip config list`), then run the command again"
)
#: `.venv/bin/dougong`: /bin/sh finds the Python, since a #! line breaks at a space in the path.
_COMMAND = """\
#!/bin/sh
'''exec' "$(dirname "$0")/python" "$0" "$@"
'''
import sys

from web.cli import main

sys.exit(main())
"""


def prepare(*, with_tests: bool) -> None:
    """Make `.venv` hold what the product needs, and what its tests need where asked."""
    lock = TEST if with_tests else RUNTIME
    value = stamps.digest([lock, sys.version, str(VENV)])
    # The environment of the tests holds everything of the product's.
    names = ["test"] if with_tests else ["runtime", "test"]
    if PYTHON.exists() and any(stamps.is_current(_STAMPS / name, _value(name)) for name in names):
        _connect()
        return
    with step("Installer (uv)"):
        _install_uv()
    with step("Python packages" + (" of product and tests" if with_tests else "")):
        _make_environment()
        install(lock, "packages")
        _connect()
        stamps.set_current(_STAMPS / ("test" if with_tests else "runtime"), value)


def install(requirements: Path, log: str) -> None:
    """Install the hash-pinned packages of a file into `.venv`."""
    options: list[str | Path] = ["--python", PYTHON, "--require-hashes", "--compile-bytecode"]
    command: Command = [_UV, "pip", "install", *options, "--requirements", requirements]
    run(command, log=log, advice=_NETWORK, environment=uv_environment())


def uv_environment() -> dict[str, str]:
    """Return the environment uv runs in: the machine's pip settings included."""
    environment = child_environment()
    return {**environment, **pip_settings.uv_environment(pip_settings.read(environment))}


def uv() -> Path:
    """Return our uv, installed where it is missing."""
    if not _UV.exists():
        with step("Installer (uv)"):
            _install_uv()
    return _UV


def _value(name: str) -> str:
    return stamps.digest([TEST if name == "test" else RUNTIME, sys.version, str(VENV)])


def _install_uv() -> None:
    requirements = ROOT / "tools" / "uv.txt"
    value = stamps.digest([requirements, sys.version])
    stamp = TOOLS / "uv.stamp"
    if _UV.exists() and stamps.is_current(stamp, value):
        return
    pip = [sys.executable, "-m", "pip"]
    run([*pip, "--version"], log="pip", advice="install pip: on Debian `apt-get install python3-pip`")
    options: Command = [
        "--target",
        TOOLS,
        "--upgrade",
        "--no-deps",
        "--no-compile",
        "--require-hashes",
        "--no-warn-script-location",
    ]
    quiet = child_environment(PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_ROOT_USER_ACTION="ignore")
    run([*pip, "install", *options, "-r", requirements], log="uv", advice=_NETWORK, environment=quiet)
    stamps.set_current(stamp, value)


def _make_environment() -> None:
    """Make `.venv`; a new one when the Python or the place of the checkout has changed."""
    value = stamps.digest([sys.version, str(VENV)])
    if PYTHON.exists() and stamps.is_current(_STAMPS / "environment", value):
        return
    advice = f"remove the folder {VENV} and run the command again"
    command: Command = [_UV, "venv", "--clear", "--no-project", "--python", sys.executable, VENV]
    run(command, log="venv", advice=advice, environment=uv_environment())
    stamps.set_current(_STAMPS / "environment", value)


def _connect() -> None:
    """Make the checkout importable in `.venv`, and give it the command `dougong`."""
    folders = list((VENV / "lib").glob("python3*/site-packages"))
    if not folders:
        raise StepFailed(reason=f"{VENV} is not whole", advice=f"remove {VENV} and run the command again")
    _write(folders[0] / "dougong.pth", f"{ROOT}\n")
    command = VENV / "bin" / "dougong"
    _write(command, _COMMAND)
    command.chmod(0o755)


def _write(path: Path, text: str) -> None:
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")
