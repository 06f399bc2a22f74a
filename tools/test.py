"""`./test`: prepare everything, then run every part, all of them even when one fails, and sum up."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools import browser, node, python_packages, stamps
from tools.steps import ROOT, TOOLS, child_environment, speak_utf8

_MOST_WORKERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One command of a part."""

    name: str
    command: Sequence[str]
    folder: Path = ROOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A named part of the checks, with what it needs to be prepared."""

    title: str
    needs_page: bool
    checks: Callable[[node.Node | None], list[Check]]


def main() -> None:
    """Run the parts named on the command line, all of them when none is."""
    speak_utf8()
    os.chdir(ROOT)
    chosen = _arguments().parts or list(PARTS)
    found = _prepare(chosen)
    environment = child_environment(PATH=_path(found), **(browser.environment(found) if found else {}))
    results: list[tuple[str, float, bool]] = []
    for name in chosen:
        for check in PARTS[name].checks(found):
            print(f"\n━━ {name}: {check.name} ━━", flush=True)
            started = time.monotonic()
            is_good = _runs(check, environment)
            results.append((f"{name}: {check.name}", time.monotonic() - started, is_good))
    _sum_up(results)
    if not all(is_good for _, _, is_good in results):
        raise SystemExit(1)


def _prepare(chosen: Sequence[str]) -> node.Node | None:
    with stamps.alone(TOOLS / "prepare.lock"):
        python_packages.prepare(with_tests=True)
        if not any(PARTS[name].needs_page for name in chosen):
            return None
        found = node.find()
        node.prepare(found)
        if "browser" in chosen:
            browser.prepare()
            node.build(found)
        return found


def _house(_: node.Node | None) -> list[Check]:
    return [
        Check(name="lint", command=_python("ruff", "check", ".")),
        Check(name="format", command=_python("ruff", "format", "--check", ".")),
        Check(name="types", command=_python("mypy")),
        Check(name="layers", command=[str(python_packages.VENV / "bin" / "lint-imports")]),
    ]


def _ui(found: node.Node | None) -> list[Check]:
    if found is None:
        raise ValueError("this part needs Node")
    return [Check(name="lint, types and tests of the page", command=[*found.npm, "run", "check"], folder=node.UI)]


def _unit(_: node.Node | None) -> list[Check]:
    workers = str(min(os.cpu_count() or 1, _MOST_WORKERS))
    return [Check(name="engines and API", command=_python("pytest", "-q", "-n", workers, "-m", "not browser"))]


def _browser(_: node.Node | None) -> list[Check]:
    return [Check(name="journeys in Chromium", command=_python("pytest", "-q", "-m", "browser", "tests/journeys"))]


PARTS: Mapping[str, Part] = {
    "house": Part(title="lint, format, types, layers", needs_page=False, checks=_house),
    "ui": Part(title="lint, types and tests of the page", needs_page=True, checks=_ui),
    "unit": Part(title="tests of engines and API on a real PostgreSQL", needs_page=False, checks=_unit),
    "browser": Part(title="journeys through the built page in a real Chromium", needs_page=True, checks=_browser),
}


def _python(module: str, *arguments: str) -> list[str]:
    return [str(python_packages.PYTHON), "-m", module, *arguments]


def _path(found: node.Node | None) -> str:
    folders = [str(python_packages.VENV / "bin"), *([str(found.folder)] if found else [])]
    return os.pathsep.join([*folders, os.environ.get("PATH", os.defpath)])


def _runs(check: Check, environment: Mapping[str, str]) -> bool:
    return subprocess.run(list(check.command), cwd=check.folder, env=environment, check=False).returncode == 0


def _sum_up(results: Sequence[tuple[str, float, bool]]) -> None:
    print("\n━━ summary ━━")
    for name, seconds, is_good in results:
        print(f"{'✓' if is_good else '✗'} {name:<45} {seconds:7.1f} s")
    total = sum(seconds for _, seconds, _ in results)
    failed = sum(not is_good for _, _, is_good in results)
    print(f"{'✗' if failed else '✓'} {failed} of {len(results)} failed, {total:.1f} s", file=sys.stdout, flush=True)


def _part(name: str) -> str:
    if name not in PARTS:
        raise argparse.ArgumentTypeError(f"{name!r} is no part; there are {', '.join(PARTS)}")
    return name


def _arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    parts = "; ".join(f"{name}: {part.title}" for name, part in PARTS.items())
    parser = argparse.ArgumentParser(prog="./test", description=f"Prepare, then run every check. Parts: {parts}.")
    # A choice of its own, not argparse's `choices`: Python 3.11 holds the empty list against them and refuses it.
    parser.add_argument("parts", nargs="*", type=_part, metavar="PART", help=", ".join(PARTS))
    return parser.parse_args(words)
