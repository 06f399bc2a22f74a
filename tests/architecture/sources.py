"""The code base as the architecture tests read it: its files, parsed."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("engine", "form_engine", "flow_engine", "report_engine", "app_templates", "web")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def python_files(*folders: str) -> list[Path]:
    """Return every Python file below the folders, in order."""
    return sorted(
        path for folder in folders for path in (ROOT / folder).rglob("*.py") if "node_modules" not in path.parts
    )


def page_files(suffix: str) -> list[Path]:
    """Return the sources of the page with this suffix."""
    return sorted((ROOT / "web" / "ui" / "src").rglob(f"*{suffix}"))


def committed_files() -> list[Path]:
    """Return every file git tracks."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in listing.split("\0") if name and (path := ROOT / name).is_file()]


@cache
def tree(path: Path) -> ast.Module:
    """Return the parsed file."""
    return ast.parse(path.read_text("utf-8"), str(path))


def name(path: Path) -> str:
    """Return the path as one reads it in a message."""
    return str(path.relative_to(ROOT))


def lines(path: Path) -> int:
    """Return how many lines the file has."""
    return path.read_bytes().count(b"\n")


def functions(path: Path) -> Iterator[Function]:
    """Give every function of the file, inner ones too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, Function):
            yield node


def classes(path: Path) -> Iterator[ast.ClassDef]:
    """Give every class of the file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef):
            yield node
