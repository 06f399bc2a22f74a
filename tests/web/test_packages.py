"""Apps as files over HTTP: in with a preview, out as a zip, upgraded, taken away, tested; for administrators alone."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from app_templates import exporter, loader
from engine.catalog import catalog
from engine.texts import catalogue
from web.definition_kinds import definition_kinds
from web.platform import Platform

AsUser = Callable[[str], httpx.Client]


def zipped(files: Mapping[str, Any]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, body in files.items():
            archive.writestr(name, body if isinstance(body, str) else json.dumps(body, ensure_ascii=False))
    return buffer.getvalue()


def shop(**properties: Any) -> dict[str, Any]:
    own = {"name": {"title": "名称"}, **properties}
    return {
        "app.json": {"key": "shop", "format": 1, "title": "小店", "version": "1.0.0"},
        "forms/item.json": {"$id": "shop.item", "format": 1, "title": "货品", "required": ["name"], "properties": own},
        "data/item.csv": "key,name\na,甲\n",
    }


def send(client: httpx.Client, path: str, files: Mapping[str, Any], **fields: Any) -> httpx.Response:
    return client.post(path, files={"file": ("shop.zip", zipped(files))}, data=fields)


def columns(platform: Platform) -> list[str]:
    with platform.database.unit_of_work() as session:
        query = "select column_name from information_schema.columns where table_schema = 'shop' order by 1"
        return [name for (name,) in session.execute(sa.text(query)) if not name.endswith(("_at", "_by"))]


def test_an_app_comes_in_with_a_preview(as_user: AsUser, demo_platform: Platform) -> None:
    admin = as_user("admin")
    told = send(admin, "/api/apps?preview=true", shop())
    assert told.status_code == 200
    assert columns(demo_platform) == []
    body = told.json()
    (app,) = body["apps"]
    assert (app["key"], app["version"], app["installed_version"], body["kept"]) == ("shop", "1.0.0", None, False)
    assert [(one["kind"], one["key"], one["change"]) for one in app["definitions"]] == [
        ("apps", "shop", "added"),
        ("forms", "item", "added"),
    ]
    assert app["rows"] == [{"form": "shop.item", "title": "item", "new": 1, "known": 0}]
    assert any(step["sql"].startswith('CREATE TABLE "shop"."item"') for step in body["steps"])

    done = send(admin, "/api/apps", shop(), revision=body["revision"], data="true")
    assert done.status_code == 201
    assert done.json()["kept"] is True
    assert [one["key"] for one in admin.get("/api/apps").json()["items"]] == ["crm", "erp", "shop"]
    assert admin.get("/api/records/shop/item").json()["items"][0]["title"] == "甲"

    late = send(admin, "/api/apps", shop(price={"title": "价格"}), revision=body["revision"])
    assert (late.status_code, late.json()["code"]) == (409, "app_changed_meanwhile")


def test_a_field_that_goes_is_flagged_and_told_in_words(as_user: AsUser) -> None:
    admin = as_user("admin")
    assert send(admin, "/api/apps", shop(price={"title": "价格"})).status_code == 201
    body = send(admin, "/api/apps?preview=true", shop()).json()
    (form,) = body["apps"][0]["definitions"]
    assert form["changes"] == [
        {"pointer": "/properties/price", "at": "价格", "change": "removed", "before": {"title": "价格"}, "after": None}
    ]
    assert [step["sql"] for step in body["steps"] if step["is_destructive"]] == [
        'ALTER TABLE "shop"."item" RENAME COLUMN "price" TO "_1_price"'
    ]


def test_a_package_with_faults_is_a_problem_with_the_whole_list(as_user: AsUser, demo_platform: Platform) -> None:
    files = shop(total={"x-field": {"type": "money", "formula": "nothing"}}, maker={"x-field": {"type": "relation"}})
    files["reports/r.json"] = {"key": "r", "format": 1, "title": "R", "form": "shop.none"}
    for path in ("/api/apps", "/api/apps?preview=true"):
        answer = send(as_user("admin"), path, files)
        assert answer.status_code == 422
        assert {one["pointer"] for one in answer.json()["errors"]} >= {
            "shop/forms/item.json#/properties/total/x-field/formula",
            "shop/reports/r.json#/form",
        }
        assert all(one["detail"] for one in answer.json()["errors"])
    assert columns(demo_platform) == []


@pytest.mark.parametrize("content", [b"", b"nothing", zipped({"../x.json": "{}"}), zipped({"README.md": "?"})])
def test_what_is_no_app_is_refused(as_user: AsUser, content: bytes) -> None:
    answer = as_user("admin").post("/api/apps", files={"file": ("x.zip", content)})
    assert answer.status_code == 422
    assert all(one["detail"] for one in answer.json()["errors"])
    assert as_user("admin").post("/api/apps").status_code == 422


def test_only_administrators_carry_apps(as_user: AsUser) -> None:
    clerk = as_user("sales_manager")
    answers = [
        send(clerk, "/api/apps", shop()),
        send(clerk, "/api/apps?preview=true", shop()),
        send(clerk, "/api/apps/crm/upgrade", shop()),
        clerk.get("/api/apps/crm/export"),
        clerk.get("/api/apps/crm/changes"),
        clerk.delete("/api/apps/crm"),
        clerk.post("/api/apps/crm/test"),
    ]
    assert [answer.status_code for answer in answers] == [403] * 7


def test_a_running_app_goes_out_and_comes_back(as_user: AsUser, demo_platform: Platform) -> None:
    admin = as_user("admin")
    answer = admin.get("/api/apps/crm/export?with=erp")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == 'attachment; filename="crm-1.0.0.zip"'
    assert [one.key for one in loader.load_archive(io.BytesIO(answer.content))] == ["crm", "erp"]

    back = admin.post("/api/apps", files={"file": ("crm.zip", answer.content)})

    assert back.status_code == 201
    assert [app["definitions"] for app in back.json()["apps"]] == [[], []]
    assert back.json()["steps"] == []
    assert admin.get("/api/apps/crm/export?with=erp").content == answer.content
    assert admin.get("/api/apps/nobody/export").status_code == 404


def test_an_upgrade_asks_where_both_changed(as_user: AsUser, demo_platform: Platform) -> None:
    admin = as_user("admin")
    assert send(admin, "/api/apps", shop()).status_code == 201
    mine = dict(shop()["forms/item.json"], title="商品")
    admin.put("/api/apps/shop/forms/item", json=mine)
    assert admin.post("/api/apps/shop/forms/item/publish").status_code == 200
    (changed,) = admin.get("/api/apps/shop/changes").json()["items"]
    assert changed["changes"] == [
        {"pointer": "/title", "at": "标题", "change": "changed", "before": "货品", "after": "商品"}
    ]
    theirs = shop(price={"title": "价格"})
    theirs["forms/item.json"]["title"] = "物料"
    place = "shop/forms/item.json#/title"

    told = send(admin, "/api/apps/shop/upgrade?preview=true", theirs).json()
    assert told["conflicts"] == [
        {
            "pointer": place,
            "at": "表单 › 货品 › 标题",
            "base": "货品",
            "ours": "商品",
            "theirs": "物料",
            "choice": None,
        }
    ]
    refused = send(admin, "/api/apps/shop/upgrade", theirs)
    assert (refused.status_code, refused.json()["code"]) == (409, "upgrade_has_conflicts")
    assert [one["pointer"] for one in refused.json()["errors"]] == [place]

    done = send(admin, "/api/apps/shop/upgrade", theirs, choices=json.dumps({place: "ours"}))
    assert done.status_code == 201
    form = admin.get("/api/apps/shop/forms/item").json()["document"]
    assert (form["title"], list(form["properties"])) == ("商品", ["name", "price"])
    assert send(admin, "/api/apps/shop/upgrade", theirs, choices='{"a": "both"}').status_code == 422
    assert send(admin, "/api/apps/crm/upgrade", theirs).json()["errors"][0]["code"] == "package_other_app"
    assert send(admin, "/api/apps/nobody/upgrade", theirs).status_code == 404


def test_an_app_that_others_need_is_not_taken_away(as_user: AsUser, demo_platform: Platform) -> None:
    admin = as_user("admin")
    told = admin.delete("/api/apps/crm?preview=true").json()
    assert told["definitions"]["forms"] == 6
    (customers,) = (one for one in told["records"] if one["form"] == "crm.customer")
    assert (customers["title"], customers["count"] > 20) == ("客户", True)
    places = {one["at"]: one for one in told["needed_by"]}
    assert places["流程 › 订单审批通过 → 预留库存、生成生产工单 › 触发 › 表单"] == {
        "app": "erp",
        "pointer": "erp/flows/order_approved_creates_work_orders.json#/trigger/form",
        "at": "流程 › 订单审批通过 → 预留库存、生成生产工单 › 触发 › 表单",
        "name": "crm.sales_order",
        "detail": "没有表单“crm.sales_order”",
    }
    refused = admin.delete("/api/apps/crm?confirm=crm")
    assert (refused.status_code, refused.json()["code"]) == (409, "app_in_use")
    assert admin.get("/api/records/crm/customer").status_code == 200


def test_apps_go_with_their_records_once_their_keys_are_said(as_user: AsUser, demo_platform: Platform) -> None:
    admin = as_user("admin")
    refused = admin.delete("/api/apps/crm?with=erp")
    assert (refused.status_code, refused.json()["code"]) == (409, "app_has_records")
    assert admin.delete("/api/apps/crm?with=erp&confirm=crm").status_code == 409
    assert admin.get("/api/records/crm/customer").json()["items"]

    gone = admin.delete("/api/apps/crm?with=erp&confirm=crm,erp")
    assert gone.status_code == 204, gone.text

    assert admin.get("/api/apps").json()["items"] == []
    with demo_platform.database.unit_of_work() as session:
        left = "select count(*) from pg_namespace where nspname in ('crm', 'erp')"
        assert session.execute(sa.text(left)).scalar() == 0
        assert session.execute(sa.text("select count(*) from meta.user_role")).scalar() == 0
        under_way = "select count(*) from meta.flow_instance where status in ('running', 'waiting')"
        assert session.execute(sa.text(under_way)).scalar() == 0
        notes = "select before->>'app' from meta.audit where form = 'meta.app' and action = 'delete' order by 1"
        assert list(session.execute(sa.text(notes)).scalars()) == ["crm", "erp"]
        assert [one for kind in ("forms", "flows", "roles") for one in catalog(session).list(kind)] == []

    packed = zipped({f"{one.key}/{path}": text for one in loader.load_catalog() for path, text in files(one).items()})
    assert admin.post("/api/apps", files={"file": ("all.zip", packed)}).status_code == 201
    with demo_platform.database.unit_of_work() as session:
        assert exporter.export(session, "crm") == files(loader.load_catalog(["crm"])[0])


def files(template: Any) -> dict[str, str]:
    from app_templates.packages.writing import files_of

    return files_of(template)


def test_scenarios_are_played_on_demand(as_user: AsUser) -> None:
    items = as_user("admin").post("/api/apps/erp/test").json()["items"]
    assert {one["key"]: one["passed"] for one in items}["order_walk"] is True
    assert len(items) == 6
    assert as_user("admin").post("/api/apps/nobody/test").status_code == 404


def test_a_draft_needs_an_app_to_be_of(as_user: AsUser) -> None:
    answer = as_user("admin").put("/api/apps/nope/forms/x", json={"$id": "nope.x", "properties": {}})
    assert answer.status_code == 404
    assert as_user("admin").get("/api/apps/nope/forms/x").status_code == 404


def members(schema: object) -> Iterator[str]:
    if isinstance(schema, Mapping):
        own = schema.get("properties")
        yield from own if isinstance(own, Mapping) else ()
        for inner in schema.values():
            yield from members(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from members(inner)


def test_every_member_of_a_definition_has_a_word_for_people() -> None:
    found = {name for kind in definition_kinds().values() for name in members(kind.schema)}
    silent = {"$schema", "x-field", "x-form", "properties", "items", "patternProperties", "propertyNames"}
    assert sorted(name for name in found - silent if f"member_{name}" not in catalogue()) == []
