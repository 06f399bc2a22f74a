"""`dougong app …` and `dougong user …`, as processes beside a server's database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import databases

ROOT = Path(__file__).resolve().parents[2]
FORM: dict[str, Any] = {"$id": "shop.item", "format": 1, "title": "货品", "properties": {"name": {"title": "名称"}}}


class Terminal:
    """A terminal of a machine with a platform of its own."""

    def __init__(self, url: str, folder: Path, data: str = "var") -> None:
        self.folder = folder
        settings = {"DOUGONG_DATABASE_URL": url, "DOUGONG_DATA_DIR": str(folder / data)}
        self._environment = {**os.environ, "LC_ALL": "C.UTF-8", **settings}

    def run(self, *arguments: str, is_refused: bool = False) -> str:
        """Run `dougong`; return what it printed, of a refusal what it said."""
        command = [sys.executable, "-c", "from web.cli import main; main()", *arguments]
        answer = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            env={**self._environment, "PYTHONPATH": str(ROOT)},
        )
        assert (answer.returncode != 0) == is_refused, answer.stdout + answer.stderr
        return answer.stderr if is_refused else answer.stdout

    def json(self, *arguments: str) -> Any:
        """Run `dougong … --json`; return what it printed."""
        return json.loads(self.run(*arguments, "--json"))

    def write(self, name: str, body: Any) -> None:
        """Write a file of the app `shop`."""
        path = self.folder / "shop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(body, ensure_ascii=False), "utf-8")


@pytest.fixture
def terminal(server_url: str, tmp_path: Path) -> Iterator[Terminal]:
    with databases.clone(server_url) as url:
        made = Terminal(url, tmp_path)
        made.write("app.json", {"key": "shop", "format": 1, "title": "小店"})
        made.write("forms/item.json", FORM)
        yield made


def test_import_publishes_the_difference(terminal: Terminal) -> None:
    assert terminal.json("app", "check", "shop")[0]["published"] == ["apps/shop", "forms/item"]
    assert terminal.json("app", "list") == []

    assert terminal.json("app", "import", "shop")[0]["published"] == ["apps/shop", "forms/item"]
    assert terminal.json("app", "import", "shop")[0]["published"] == []
    terminal.write("forms/item.json", FORM | {"title": "商品"})
    assert terminal.json("app", "import", "shop")[0]["published"] == ["forms/item"]

    (listed,) = terminal.json("app", "list")
    assert (listed["key"], listed["title"], listed["definitions"]["forms"]) == ("shop", "小店", 1)


def test_a_refused_import_names_every_fault_and_keeps_nothing(terminal: Terminal) -> None:
    terminal.write("forms/item.json", FORM | {"properties": {"total": {"x-field": {"type": "money", "formula": "a"}}}})
    terminal.write("reports/r.json", {"key": "r", "format": 1, "title": "R", "form": "shop.none"})
    said = terminal.run("app", "import", "shop", is_refused=True)
    assert "shop/reports/r.json#/form" in said
    (terminal.folder / "shop/reports/r.json").unlink()
    assert "shop/forms/item.json#/properties/total/x-field/formula" in terminal.run(
        "app", "import", "shop", is_refused=True
    )
    assert terminal.json("app", "list") == []


def test_accounts_are_made_without_signing_in(terminal: Terminal) -> None:
    terminal.write("roles.json", {"roles": [{"key": "clerk", "format": 1, "title": "店员"}]})
    terminal.run("app", "import", "shop")

    made = terminal.json("user", "create", "anna", "--name", "安娜", "--base-url", "https://shop.example")
    assert made["link"].startswith("https://shop.example/password?token=")
    assert terminal.run("user", "roles", "anna", "shop.clerk") == "anna: shop.clerk\n"
    assert "shop.boss" in terminal.run("user", "roles", "anna", "shop.boss", is_refused=True)
    assert terminal.json("user", "link", "anna")["link"] != made["link"]
    assert terminal.json("user", "list")[-1] == {
        "username": "anna",
        "name": "安娜",
        "is_administrator": False,
        "is_active": True,
        "roles": ["shop.clerk"],
    }
    assert terminal.run("user", "link", "nobody", is_refused=True).strip() != ""


def test_the_embedded_database_is_dumped_and_restored(tmp_path: Path) -> None:
    old, new = Terminal("", tmp_path, "old"), Terminal("", tmp_path, "new")
    old.write("app.json", {"key": "shop", "format": 1, "title": "小店"})
    old.write("forms/item.json", FORM)
    old.run("app", "import", "shop")
    old.run("database", "pg_dump", "-Fc", "-f", "shop.dump")
    new.run("database", "pg_restore", "--clean", "--if-exists", "--exit-on-error", "-d", "dougong", "shop.dump")
    assert [app["key"] for app in new.json("app", "list")] == ["shop"]
    assert new.run("database", "psql", "-Atc", "select count(*) from shop.item") == "0\n"
    assert "no such program" in new.run("database", "no-such-program", is_refused=True)
