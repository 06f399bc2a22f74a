"""`dougong app …` and `dougong user …`, beside a server on the same database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import databases
from tests.terminal import Terminal

FORM: dict[str, Any] = {"$id": "shop.item", "format": 1, "title": "货品", "properties": {"name": {"title": "名称"}}}


def write(folder: Path, name: str, body: Any) -> None:
    """Write a file of the app `shop`."""
    path = folder / "shop" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(body, ensure_ascii=False), "utf-8")


@pytest.fixture
def terminal(
    server_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Terminal]:
    with databases.clone(server_url) as url:
        made = Terminal(url, tmp_path, monkeypatch, capfd)
        write(made.folder, "app.json", {"key": "shop", "format": 1, "title": "小店"})
        write(made.folder, "forms/item.json", FORM)
        yield made


def changes(report: dict[str, Any]) -> list[str]:
    """Return what an import did to the app `shop`."""
    return [f"{one['change']} {one['kind']}/{one['key']}" for one in report["apps"][0]["definitions"]]


def test_import_publishes_the_difference(terminal: Terminal) -> None:
    assert terminal.json("app", "check", "shop") == {"apps": [{"app": "shop", "definitions": 2}], "faults": []}
    assert changes(terminal.json("app", "import", "shop", "--preview")) == ["added apps/shop", "added forms/item"]
    assert terminal.json("app", "list") == []

    assert changes(terminal.json("app", "import", "shop")) == ["added apps/shop", "added forms/item"]
    assert changes(terminal.json("app", "import", "shop")) == []
    write(terminal.folder, "forms/item.json", FORM | {"title": "商品"})
    said = terminal.run("app", "import", "shop")
    assert "shop  (now -): 1 changed" in said
    assert '      ~ Title: "货品" → "商品"' in said

    (listed,) = terminal.json("app", "list")
    assert (listed["key"], listed["title"], listed["definitions"]["forms"]) == ("shop", "小店", 1)


def test_check_names_every_fault_and_says_so_by_its_exit_code(terminal: Terminal) -> None:
    write(
        terminal.folder,
        "forms/item.json",
        FORM | {"properties": {"total": {"x-field": {"type": "money", "formula": "a"}}}},
    )
    write(terminal.folder, "reports/r.json", {"key": "r", "format": 1, "title": "R", "form": "shop.none"})
    with pytest.raises(AssertionError, match="formula"):
        terminal.run("app", "check", "shop")
    with pytest.raises(AssertionError, match=r"reports/r\.json#/form"):
        terminal.run("app", "check", "shop", "--json")
    assert terminal.json("app", "list") == []


def test_export_diff_and_upgrade(terminal: Terminal) -> None:
    terminal.run("app", "format", "shop")
    terminal.run("app", "import", "shop")
    assert terminal.json("app", "export", "shop", "--to", "out") == [{"app": "shop", "folder": "out/shop", "files": 2}]
    for name in ("app.json", "forms/item.json"):
        assert (terminal.folder / "out/shop" / name).read_bytes() == (terminal.folder / "shop" / name).read_bytes()
    assert terminal.run("app", "export", "shop", "--to", "shop.zip") == "shop.zip\n"
    assert changes(terminal.json("app", "import", "shop.zip")) == []
    assert terminal.run("app", "diff", "shop") == "ours: nothing changed\n"

    write(terminal.folder, "forms/item.json", FORM | {"title": "物料"})
    assert '~ Title: "货品" → "物料"' in terminal.run("app", "diff", "shop", "shop")
    assert changes(terminal.json("app", "upgrade", "shop", "--preview")) == ["changed forms/item"]
    assert changes(terminal.json("app", "upgrade", "shop", "--choose", "shop/forms/item.json#/x=ours")) == [
        "changed forms/item"
    ]
    assert terminal.json("app", "diff", "shop") == {"ours": []}


def test_scenarios_are_played_and_a_failure_is_readable(terminal: Terminal) -> None:
    scenario: dict[str, Any] = {
        "key": "s", "format": 1, "title": "起名", "on": "2026-11-21",
        "story": [{"when": [{"create": "shop.item", "name": "a", "values": {"name": "甲"}}],
                   "then": [{"record": "a", "has": {"name": "甲"}}]}],
    }  # fmt: skip
    write(terminal.folder, "scenarios/s.json", scenario)
    terminal.run("app", "import", "shop")
    assert terminal.run("app", "test") == "ok   shop/s  起名  (2 steps)\n"
    assert terminal.json("app", "test", "shop")[0]["passed"] is True

    scenario["story"][0]["then"][0]["has"]["name"] = "乙"
    write(terminal.folder, "scenarios/s.json", scenario)
    terminal.run("app", "import", "shop")
    with pytest.raises(AssertionError) as said:
        terminal.run("app", "test")
    for line in (
        "FAIL shop/s",
        "at story/0/then/0: What was found",
        'expected  {"name": "乙"}',
        'found     {"name": "甲"}',
    ):
        assert line in str(said.value)


def test_a_refused_import_names_every_fault_and_keeps_nothing(terminal: Terminal) -> None:
    write(
        terminal.folder,
        "forms/item.json",
        FORM | {"properties": {"total": {"x-field": {"type": "money", "formula": "a"}}}},
    )
    write(terminal.folder, "reports/r.json", {"key": "r", "format": 1, "title": "R", "form": "shop.none"})
    said = terminal.run("app", "import", "shop", is_refused=True)
    assert "shop/reports/r.json#/form" in said
    (terminal.folder / "shop/reports/r.json").unlink()
    assert "shop/forms/item.json#/properties/total/x-field/formula" in terminal.run(
        "app", "import", "shop", is_refused=True
    )
    assert terminal.json("app", "list") == []


def test_accounts_are_made_without_signing_in(terminal: Terminal) -> None:
    write(terminal.folder, "roles.json", {"roles": [{"key": "clerk", "format": 1, "title": "店员"}]})
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
    write(old.folder, "app.json", {"key": "shop", "format": 1, "title": "小店"})
    write(old.folder, "forms/item.json", FORM)
    old.run("app", "import", "shop")
    old.run("database", "pg_dump", "-Fc", "-f", "shop.dump")
    new.run("database", "pg_restore", "--clean", "--if-exists", "--exit-on-error", "-d", "dougong", "shop.dump")
    assert [app["key"] for app in new.json("app", "list")] == ["shop"]
    assert new.run("database", "psql", "-Atc", "select count(*) from shop.item") == "0\n"
    assert "no such program" in new.run("database", "no-such-program", is_refused=True)
