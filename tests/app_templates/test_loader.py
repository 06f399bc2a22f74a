"""Folders of apps: what is read, and every fault of them at once."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app_templates import checks, loader
from engine.errors import InvalidDefinition

Write = Callable[[str, Any], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small sound app."""
    app = tmp_path / "shop"
    files = {
        "app.json": {"key": "shop", "format": 1, "title": "小店", "version": "1.0.0", "menu": []},
        "forms/item.json": {
            "$id": "shop.item",
            "format": 1,
            "title": "货品",
            "properties": {"name": {"title": "名称"}},
        },
        "i18n/en-US.json": {"forms/item/title": "Item"},
    }
    for name, body in files.items():
        (app / name).parent.mkdir(parents=True, exist_ok=True)
        (app / name).write_text(json.dumps(body, ensure_ascii=False), "utf-8")
    return app


def refused(folder: Path) -> list[tuple[str, str]]:
    """Load and check the app; return the faults as (pointer, code)."""
    with pytest.raises(InvalidDefinition) as refusal:
        checks.check(loader.load(folder))
    return sorted((spot.pointer, spot.code) for spot in refusal.value.violations)


def change(folder: Path, name: str, **members: Any) -> None:
    path = folder / name
    body = json.loads(path.read_text("utf-8")) if path.exists() else {}
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(body | members, ensure_ascii=False), "utf-8")


def test_reads_documents_translations_and_rows(folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "data/item.csv").write_text("key,name\na,甲\nb,乙\n", "utf-8")

    (template,) = loader.load(folder)

    assert [(document.kind, document.key) for document in template.documents] == [("forms", "item")]
    assert template.translations["en-US"] == {"forms/item/title": "Item"}
    assert [(row.key, row.values) for row in template.rows["item"]] == [("a", {"name": "甲"}), ("b", {"name": "乙"})]
    checks.check([template])


def test_rows_without_a_key_are_more_lines_of_the_record_above(folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "data/item.csv").write_text("key,name,parts.name\na,甲,一\n,,二\nb,乙,\n", "utf-8")

    (template,) = loader.load(folder)

    assert [row.tables for row in template.rows["item"]] == [{"parts": [{"name": "一"}, {"name": "二"}]}, {}]


def test_lists_every_unreadable_file_at_once(folder: Path) -> None:
    (folder / "forms/item.json").write_text("{", "utf-8")
    (folder / "forms/Bad.json").write_text("[]", "utf-8")
    (folder / "surprise.txt").write_text("", "utf-8")
    (folder / "i18n/xx.json").write_text("{}", "utf-8")

    with pytest.raises(InvalidDefinition) as refusal:
        loader.load(folder)

    assert sorted((spot.pointer, spot.code) for spot in refusal.value.violations) == [
        ("shop/forms/Bad.json#", "template_key_invalid"),
        ("shop/forms/Bad.json#", "template_not_object"),
        ("shop/forms/item.json#", "template_not_json"),
        ("shop/i18n/xx.json#", "template_language_unknown"),
        ("shop/surprise.txt#", "template_file_unknown"),
    ]


def test_lists_every_dangling_reference_at_once(folder: Path) -> None:
    change(
        folder,
        "app.json",
        requires=["bank"],
        menu=[{"key": "a", "title": "甲", "form": "shop.no"}, {"key": "b", "title": "乙", "report": "shop.r"}],
    )
    change(folder, "forms/item.json", properties={"maker": {"x-field": {"type": "relation", "form": "shop.maker"}}})
    change(folder, "balances/stock.json", key="stock", sources=[{"form": "shop.move"}])
    change(folder, "flows/f.json", key="f", trigger={"form": "shop.order"}, nodes={"n": {"form": "shop.bill"}})
    change(folder, "reports/r2.json", key="r2", form="shop.sale")
    change(folder, "dashboards/d.json", key="d", items=[{"report": "shop.gone"}])
    change(folder, "roles.json", roles=[{"key": "clerk", "forms": {"bank.*": {}}, "reports": ["shop.none"]}])
    change(folder, "i18n/en-US.json", **{"forms/item/nothing": "x"})

    assert refused(folder) == [
        ("shop/app.json#/menu/0/form", "template_form_unknown"),
        ("shop/app.json#/menu/1/report", "template_report_unknown"),
        ("shop/app.json#/requires/0", "template_app_unknown"),
        ("shop/balances/stock.json#/sources/0/form", "template_form_unknown"),
        ("shop/dashboards/d.json#/items/0/report", "template_report_unknown"),
        ("shop/flows/f.json#/nodes/n/form", "template_form_unknown"),
        ("shop/flows/f.json#/trigger/form", "template_form_unknown"),
        ("shop/forms/item.json#/properties/maker/x-field/form", "template_form_unknown"),
        ("shop/i18n/en-US.json#/forms~1item~1nothing", "template_path_unknown"),
        ("shop/reports/r2.json#/form", "template_form_unknown"),
        ("shop/roles.json#/roles/0/forms/bank.*", "template_form_unknown"),
        ("shop/roles.json#/roles/0/reports/0", "template_report_unknown"),
    ]


def test_finds_columns_and_rows_that_are_not_there(folder: Path) -> None:
    change(
        folder,
        "forms/item.json",
        properties={"name": {}, "whole": {"x-field": {"type": "relation", "form": "shop.item"}}},
    )
    (folder / "data").mkdir()
    (folder / "data/item.csv").write_text("key,name,whole,color\na,甲,,red\nb,乙,z,\n", "utf-8")
    (folder / "data/ghost.csv").write_text("key\na\n", "utf-8")

    assert refused(folder) == [
        ("shop/data/ghost.csv#", "template_form_unknown"),
        ("shop/data/item.csv#/2/color", "template_column_unknown"),
        ("shop/data/item.csv#/3/whole", "template_row_unknown"),
    ]


def test_asks_nothing_of_rows_of_an_app_that_is_not_checked_along(folder: Path) -> None:
    whole = {"x-field": {"type": "relation", "form": "bank.account"}}
    change(folder, "forms/item.json", properties={"name": {}, "account": whole})
    (folder / "data").mkdir()
    (folder / "data/item.csv").write_text("key,name,account\na,甲,main\n", "utf-8")

    assert refused(folder) == [("shop/forms/item.json#/properties/account/x-field/form", "template_form_unknown")]


def test_the_shipped_apps_are_sound_and_translated() -> None:
    templates = loader.load_catalog()
    checks.check(templates)

    assert [template.key for template in templates] == ["crm", "erp"]
    for template in templates:
        wanted = {
            path
            for document in (template.app, *template.documents)
            for path in titles(document.kind, document.key, document.body)
        }
        assert wanted - set(template.translations["en-US"]) == set()


def titles(kind: str, key: str, body: Any) -> set[str]:
    """Return the paths of every Chinese text of a document."""
    found: set[str] = set()

    def walk(node: Any, path: str) -> None:
        if isinstance(node, dict):
            for name, child in node.items():
                walk(child, f"{path}/{name}")
        elif isinstance(node, list):
            for index, child in enumerate(node):
                own = (child.get("key") or child.get("value")) if isinstance(child, dict) else None
                walk(child, f"{path}/{own if own is not None else index}")
        elif isinstance(node, str) and any("\u4e00" <= letter <= "\u9fff" for letter in node):
            found.add(path)

    walk(body, f"{kind}/{key}")
    # A default value is data, not a text of the product.
    return {path for path in found if not path.endswith("/default")}


def test_a_json_schema_from_elsewhere_is_a_form(folder: Path) -> None:
    schema = {"$id": "https://example.com/person.json", "type": "object", "properties": {"name": {"type": "string"}}}
    (folder / "forms/person.json").write_text(json.dumps(schema), "utf-8")

    (template,) = loader.load(folder)

    (person,) = (document for document in template.of_kind("forms") if document.key == "person")
    assert person.body == schema | {"$id": "shop.person", "format": 1, "title": "person"}


def test_a_folder_without_app_json_is_no_app(folder: Path) -> None:
    (folder / "app.json").unlink()
    assert refused(folder) == [("shop#", "template_no_app")]


@pytest.mark.parametrize("junk", [5, "text", [1], {"a": 5}, [{"key": 5}], None])
def test_junk_in_a_document_is_refused_in_words_or_left_to_its_engine(folder: Path, junk: Any) -> None:
    change(folder, "forms/item.json", properties=junk, **{"x-form": junk})
    change(folder, "flows/f.json", key="f", trigger=junk, nodes=junk)
    change(folder, "balances/b.json", key="b", sources=junk)
    change(folder, "dashboards/d.json", key="d", items=junk)
    change(folder, "roles.json", roles=[{"key": "clerk", "forms": junk, "reports": junk}])
    with contextlib.suppress(InvalidDefinition):
        checks.check(loader.load(folder))

    change(folder, "app.json", menu=junk)
    assert {pointer.partition("#/menu")[0] for pointer, _ in refused(folder)} == {"shop/app.json"}
