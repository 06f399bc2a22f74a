"""The map of a package that has folders: its README names every module, under the folder where it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

#: Folders of kinds grow by themselves; their files need no line.
_KINDS = {"field_types", "node_types", "trigger_types"}


@pytest.mark.parametrize("package", ["form_engine", "flow_engine"])
def test_the_map_names_every_module_where_it_stands(package: str) -> None:
    text = (ROOT / package / "README.md").read_text("utf-8")
    chapters = text.partition("## Where things are")[2].partition("\n## ")[0].split("\n### ")
    named = {"" if at == 0 else chapter.partition("/\n")[0]: _named(chapter) for at, chapter in enumerate(chapters)}
    folders = {path.parent.name for path in (ROOT / package).glob("*/__init__.py")}
    there = {folder: _modules(ROOT / package / folder) for folder in folders - _KINDS}
    there[""] = _modules(ROOT / package) | {f"{folder}/" for folder in folders}
    assert named == there


@pytest.mark.parametrize("package", ["form_engine", "flow_engine"])
def test_a_folder_holds_about_a_dozen_modules(package: str) -> None:
    folders = {path.parent for path in (ROOT / package).rglob("__init__.py") if path.parent.name not in _KINDS}
    assert {folder.name: len(_modules(folder)) for folder in folders if len(_modules(folder)) > 14} == {}


def _named(chapter: str) -> set[str]:
    rows = [line.split("|")[1] for line in chapter.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`(\w+/?)`", row)}


def _modules(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("*.py") if path.stem != "__init__"}
