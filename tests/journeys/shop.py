"""A small app that comes as a file, for what administrators do with apps: its folder, and its next version."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

#: Path in the archive -> document.
Files = dict[str, dict[str, Any]]


def _story(key: str, title: str, price: str) -> dict[str, Any]:
    create = {"create": "shop.item", "name": "item", "values": {"name": "水泵", "price": "5"}}
    then = {"record": "item", "has": {"name": "水泵", "price": price}}
    return {"key": key, "format": 1, "title": title, "on": "2026-11-21", "story": [{"when": [create], "then": [then]}]}


def app(version: str) -> dict[str, Any]:
    """Return what the app says about itself."""
    menu = [{"key": "items", "title": "货品", "form": "shop.item"}]
    return {"key": "shop", "format": 1, "title": "小店", "version": version, "menu": menu}


def first_version() -> Files:
    """Return the app with one form, a scenario that holds and one that does not."""
    options = [{"value": "a", "title": "甲"}, {"value": "b", "title": "乙"}]
    return {
        "shop/app.json": app("1.0.0"),
        "shop/forms/item.json": {
            "$id": "shop.item",
            "format": 1,
            "title": "货品",
            "required": ["name"],
            "properties": {
                "name": {"title": "名称"},
                "price": {"title": "价格", "x-field": {"type": "decimal"}},
                "level": {"title": "级别", "x-field": {"type": "select", "options": options}},
            },
        },
        "shop/scenarios/kept.json": _story("kept", "记下一件货品", "5"),
        "shop/scenarios/doubled.json": _story("doubled", "价格翻倍", "10"),
    }


def customised() -> dict[str, Any]:
    """Return the form as somebody changed it here: a title, an option, and a field of their own."""
    form = deepcopy(first_version()["shop/forms/item.json"])
    form["properties"]["name"]["title"] = "品名"
    form["properties"]["level"]["x-field"]["options"][1]["title"] = "乙等"
    form["properties"]["shelf"] = {"title": "货架"}
    return form


def second_version() -> Files:
    """Return the next version: the same title and option changed another way, and a field that nobody touched."""
    files = first_version()
    files["shop/app.json"] = app("2.0.0")
    form = files["shop/forms/item.json"]
    form["properties"]["name"]["title"] = "商品名称"
    form["properties"]["level"]["x-field"]["options"][1]["title"] = "二级"
    form["properties"]["weight"] = {"title": "重量", "x-field": {"type": "decimal"}}
    return files


def packed(files: Mapping[str, Any]) -> bytes:
    """Return the files as a zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, body in files.items():
            archive.writestr(name, json.dumps(body, ensure_ascii=False))
    return buffer.getvalue()
