"""`dougong app …` and `dougong user …`, beside a server on the same database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import databases
from web.cli import main

FORM: dict[str, Any] = {"$id": "shop.item", "format": 1, "title": "货品", "properties": {"name": {"title": "名称"}}}


class Terminal:
    """A terminal of a machine with a platform of its own; commands run in this process, which spares their start."""

    def __init__(
        self, url: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        self.folder = folder
        self.data = "var"
        self._url = url
        self._monkeypatch = monkeypatch
        self._capfd = capfd

    def run(self, *arguments: str, is_refused: bool = False) -> str:
        """Run `dougong`; return what it printed, of a refusal what it said."""
        settings = {"LC_ALL": "C.UTF-8", "DOUGONG_DATABASE_URL": self._url, "DOUGONG_DATA_DIR": self.data}
        self._capfd.readouterr()
        with self._monkeypatch.context() as patch, pytest.raises(SystemExit) as ended:
            patch.chdir(self.folder)
            patch.setattr("sys.argv", ["dougong", *arguments])
            for name, value in settings.items():
                patch.setenv(name, value)
            main()
        printed = self._capfd.readouterr()
        assert bool(ended.value.code) == is_refused, printed.out + printed.err
        return printed.err if is_refused else printed.out

    def json(self, *arguments: str) -> Any:
        """Run `dougong … --json`; return what it printed."""
        return json.loads(self.run(*arguments, "--json"))

    def write(self, name: str, body: Any) -> None:
        """Write a file of the app `shop`."""
        path = self.folder / "shop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(body, ensure_ascii=False), "utf-8")


@pytest.fixture
def terminal(
    server_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Terminal]:
    with databases.clone(server_url) as url:
        made = Terminal(url, tmp_path, monkeypatch, capfd)
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


def test_the_embedded_database_is_dumped_and_restored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    old, new = (Terminal("", tmp_path, monkeypatch, capfd) for _ in range(2))
    old.data, new.data = "old", "new"
    old.write("app.json", {"key": "shop", "format": 1, "title": "小店"})
    old.write("forms/item.json", FORM)
    old.run("app", "import", "shop")
    old.run("database", "pg_dump", "-Fc", "-f", "shop.dump")
    new.run("database", "pg_restore", "--clean", "--if-exists", "--exit-on-error", "-d", "dougong", "shop.dump")
    assert [app["key"] for app in new.json("app", "list")] == ["shop"]
    assert new.run("database", "psql", "-Atc", "select count(*) from shop.item") == "0\n"
    assert "no such program" in new.run("database", "no-such-program", is_refused=True)
