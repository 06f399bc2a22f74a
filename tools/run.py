"""`./run`: prepare what is missing, then become the server."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import NoReturn

from tools import node, python_packages, stamps
from tools.steps import ROOT, TOOLS, Command, run, speak_utf8, step


def main() -> NoReturn:
    """Prepare this checkout and serve it."""
    speak_utf8()
    arguments = _arguments()
    os.chdir(ROOT)
    prepare()
    if arguments.fresh:
        erase(arguments.data)
    os.environ["DOUGONG_DATA_DIR"] = str(arguments.data)
    if arguments.port is not None:
        os.environ["DOUGONG_PORT"] = str(arguments.port)
    os.environ.setdefault("DOUGONG_DEMO", "true")
    # The product speaks UTF-8 whatever locale this machine lacks.
    os.environ["PYTHONUTF8"] = "1"
    # Whoever forbids Python to keep compiled modules would wait three seconds for them at every start.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    program = str(python_packages.VENV / "bin" / "dougong")
    os.execv(program, [program, "serve"])


def prepare() -> None:
    """Install the packages and build the page; nothing, when both are as they should be."""
    with stamps.alone(TOOLS / "prepare.lock"):
        python_packages.prepare(with_tests=False)
        if not node.is_built():
            node.build(node.find())


def erase(data: Path) -> None:
    """Drop the data folder, unless a server still uses it."""
    if not data.exists():
        return
    with step(f"Dropping the data in {data}"):
        command: Command = [python_packages.PYTHON, "-m", "tools.erase", data]
        run(command, log="erase", advice="stop the server that uses this folder, or choose another one with --data")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run", description="Install what is missing and serve Dougong.")
    parser.add_argument("--port", type=int, metavar="N", help="serve on this port (8000)")
    parser.add_argument("--data", type=Path, default=None, metavar="DIR", help="folder of database and files (./var)")
    parser.add_argument("--fresh", action="store_true", help="drop that folder first: begin with new demo data")
    arguments = parser.parse_args()
    chosen = arguments.data or Path(os.environ.get("DOUGONG_DATA_DIR") or ROOT / "var")
    arguments.data = chosen.absolute()
    return arguments
