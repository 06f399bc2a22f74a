"""The lock files pin by hash all that pyproject.toml asks for, and the product's holds none of the tests' tools."""

from __future__ import annotations

import re
import tomllib

from tools import python_packages
from tools.steps import ROOT


def _asked(group: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = project["dependencies"] + (project["optional-dependencies"]["test"] if group == "test" else [])
    return {re.split(r"[\[<>=~! ;]", requirement)[0] for requirement in wanted}


def _pinned(text: str) -> dict[str, str]:
    blocks = re.split(r"\n(?=\S)", text)
    return {block.split("==")[0]: block for block in blocks if "==" in block.split("\n")[0]}


def test_every_package_is_pinned_with_hashes() -> None:
    for lock, group in ((python_packages.RUNTIME, "runtime"), (python_packages.TEST, "test")):
        pinned = _pinned(lock.read_text("utf-8"))
        assert _asked(group) <= set(pinned), f"run `python3 -m tools.lock`: {lock.name} lacks packages"
        assert all("--hash=sha256:" in block for block in pinned.values())


def test_what_is_tested_is_what_is_run() -> None:
    runtime, test = (_pinned(lock.read_text("utf-8")) for lock in (python_packages.RUNTIME, python_packages.TEST))
    versions = [{name: block.split()[0] for name, block in pins.items()} for pins in (runtime, test)]
    assert versions[0].items() <= versions[1].items()
    assert not {"pytest", "mypy", "ruff", "playwright"} & set(runtime)
