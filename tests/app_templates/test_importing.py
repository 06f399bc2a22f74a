"""Apps coming in and going out: what a preview says is what happens; a refusal changes nothing; upgrades keep customisations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import pytest
import sqlalchemy as sa

from app_templates import checks, exporter, importing, loader
from app_templates.changing import places
from app_templates.changing.elements import MISSING
from app_templates.importing import Report, Wishes, shown_steps
from app_templates.packages.writing import files_of
from app_templates.template import Template
from engine import definitions
from engine.actor import SYSTEM, Actor
from engine.catalog import catalog
from engine.db import Session
from engine.errors import Conflict, DomainError, InvalidDefinition, NotAllowed
from form_engine import balances, forms, records
from form_engine.record import Query
from tests.form_engine.statements import counted
from web.platform import Platform

Files = dict[str, Any]


def relation(form: str) -> dict[str, Any]:
    return {"x-field": {"type": "relation", "form": form}}


def shop_forms() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the forms of the small app: goods, and what moves them."""
    item = {
        "$id": "shop.item", "format": 1, "title": "货品", "required": ["name"],
        "properties": {
            "name": {"title": "名称"},
            "weight": {"title": "重量", "x-field": {"type": "decimal", "scale": 2}},
            "note": {"title": "备注"},
        },
        "x-form": {"record_title": "{name}", "rules": [{"key": "light", "check": "weight == None or weight < 100"}]},
    }  # fmt: skip
    move = {
        "$id": "shop.move", "format": 1, "title": "出入",
        "properties": {"goods": {"title": "货品", **relation("shop.item")}, "weight": {"x-field": {"type": "decimal"}},
                       "number": {"x-field": {"type": "integer"}}},
    }  # fmt: skip
    return item, move


def shop() -> Files:
    """Return a small app with a use of every kind of everything."""
    item, move = shop_forms()
    stock = {
        "key": "stock", "format": 1, "title": "库存", "by": ["goods"], "measures": {"weight": {"scale": 2}},
        "sources": [{"key": "in", "form": "shop.move", "by": {"goods": "goods"}, "add": {"weight": "weight"}}],
    }  # fmt: skip
    tidy = {
        "key": "tidy", "format": 1, "title": "整理", "runs": "in_transaction",
        "trigger": {"type": "record", "form": "shop.move", "on": ["create"], "when": "weight == None"},
        "nodes": {"start": {"type": "start", "next": "fill"},
                  "fill": {"type": "update_record", "record": "record", "values": {"weight": "0"}, "next": "end"},
                  "end": {"type": "end"}},
    }  # fmt: skip
    report = {
        "key": "weights", "format": 1, "title": "重量", "form": "shop.move", "chart": {"type": "bar"},
        "dimensions": [{"key": "goods", "field": "goods"}],
        "measures": [{"key": "sum", "function": "sum", "field": "weight"}],
    }  # fmt: skip
    tile = {"key": "w", "report": "shop.weights", "x": 0, "y": 0, "w": 6, "h": 4}
    clerk = {
        "key": "clerk", "format": 1, "title": "店员", "reports": ["shop.*"],
        "forms": {"shop.item": {"actions": ["view"]},
                  "shop.move": {"actions": ["view"], "scope": "weight > 0", "fields": {"weight": "read_only"}}},
    }  # fmt: skip
    menu = [{"key": "items", "title": "货品", "form": "shop.item"}]
    return {
        "app.json": {"key": "shop", "format": 1, "title": "小店", "version": "1.0.0", "menu": menu},
        "forms/item.json": item,
        "forms/move.json": move,
        "balances/stock.json": stock,
        "flows/tidy.json": tidy,
        "reports/weights.json": report,
        "dashboards/main.json": {"key": "main", "format": 1, "title": "看板", "items": [tile]},
        "roles.json": {"format": 1, "roles": [clerk]},
        "i18n/en-US.json": {"forms/item/title": "Item", "forms/item/properties/note/title": "Note"},
        "data/item.csv": "key,name,weight\na,甲,1.5\nb,乙,\n",
        "README.md": "# 小店\n",
        "prints/label.html": "<p>{{ name }}</p>\n",
    }


def template(files: Mapping[str, Any], app: str = "shop") -> Template:
    def content(body: Any) -> bytes:
        return body.encode() if isinstance(body, str) else json.dumps(body, ensure_ascii=False).encode()

    return loader.read({f"{app}/{path}": content(body) for path, body in files.items()})[0]


def bring(platform: Platform, files: Files, **wishes: Any) -> Report:
    with platform.database.unit_of_work() as session:
        return importing.bring(session, SYSTEM, [template(files)], Wishes(**wishes))


def refused(platform: Platform, files: Files, **wishes: Any) -> list[tuple[str, str]]:
    """Try an import, see that it changed nothing, and return what it was refused for."""
    before = state(platform)
    with pytest.raises(DomainError) as refusal, platform.database.unit_of_work() as session:
        importing.bring(session, SYSTEM, [template(files)], Wishes(**wishes))
    assert state(platform) == before
    return sorted((spot.pointer, spot.code) for spot in refusal.value.violations)


def state(platform: Platform) -> Any:
    with platform.database.unit_of_work() as session:
        view = catalog(session)
        there = {(one.kind, one.name, one.version) for kind in definitions.KINDS for one in view.list(kind)}
        query = "select table_name, column_name, data_type from information_schema.columns where table_schema = 'shop'"
        columns = {tuple(row) for row in session.execute(sa.text(query))}
        folder = session.execute(sa.text("select md5(string_agg(files::text, '')) from meta.app_folder")).scalar()
        return there, columns, folder, view.translations("shop")


def summary(report: Report) -> list[str]:
    (app,) = report.apps
    return [f"{one.change} {one.kind}/{one.key}" for one in app.definitions]


def exported(platform: Platform) -> dict[str, str]:
    with platform.database.unit_of_work() as session:
        return exporter.export(session, "shop")


# --- round trip ------------------------------------------------------------------------------------------------------


def test_export_gives_back_the_folder_byte_for_byte(platform: Platform) -> None:
    bring(platform, shop())
    files = exported(platform)
    assert sorted(files) == sorted(shop())
    assert files["README.md"] == "# 小店\n"
    assert files["data/item.csv"] == shop()["data/item.csv"]
    assert files["prints/label.html"] == shop()["prints/label.html"]

    again = bring(platform, dict(files))

    assert (summary(again), again.steps) == ([], ())
    assert exported(platform) == files


def test_the_shipped_apps_come_back_byte_for_byte(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        for key in ("crm", "erp"):
            folder = loader.CATALOG / key
            there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
            files = exporter.export(session, key)
            assert set(files) == there
            assert [name for name, text in files.items() if (folder / name).read_bytes() != text.encode()] == []
        packed = exporter.archive(session, ["crm", "erp"])
        assert packed == exporter.archive(session, ["crm", "erp"])


# --- preview ---------------------------------------------------------------------------------------------------------


def test_a_preview_says_what_will_happen_and_does_not_do_it(platform: Platform) -> None:
    bring(platform, shop())
    files = shop()
    files["app.json"]["version"] = "1.1.0"
    del files["forms/item.json"]["properties"]["note"]
    del files["i18n/en-US.json"]["forms/item/properties/note/title"]
    files["forms/item.json"]["properties"]["level"] = {"title": "级别", "x-field": {"type": "text"}}
    files["forms/item.json"]["properties"]["weight"]["minimum"] = 0
    del files["dashboards/main.json"]
    files["reports/heavy.json"] = {**files["reports/weights.json"], "key": "heavy", "title": "重的"}
    files["README.md"] = "# 大店\n"
    before = state(platform)

    with platform.database.unit_of_work() as session:
        told = importing.preview(session, SYSTEM, [template(files)], Wishes())
        assert session.after_commit == []
        assert forms.get(session, "shop.item").version == 1
    assert state(platform) == before

    (app,) = told.apps
    assert app.size == sum(len(text.encode()) for text in files_of(template(files)).values())
    assert (app.version, app.installed_version, told.kept) == ("1.1.0", "1.0.0", False)
    assert summary(told) == [
        "changed apps/shop", "changed forms/item", "added reports/heavy", "removed dashboards/main",
    ]  # fmt: skip
    item = next(one for one in app.definitions if one.key == "item")
    assert [(one.change, places.told(one.place, "zh-CN")) for one in item.changes] == [
        ("added", "重量 › 最小值"), ("removed", "备注"), ("added", "级别"),
    ]  # fmt: skip
    assert app.translations == {"en-US": {"added": 0, "changed": 0, "removed": 1}}
    assert app.files == {"README.md": "changed"}
    assert [(row.form, row.new, row.known) for row in app.rows] == [("shop.item", 2, 0)]
    steps = shown_steps(told.steps)
    assert [sql for sql, taking in steps if taking] == ['ALTER TABLE "shop"."item" RENAME COLUMN "note" TO "_1_note"']
    assert ('ALTER TABLE "shop"."item" ADD COLUMN "level" TEXT', False) in steps

    done = bring(platform, files, revision=told.revision)
    assert (summary(done), shown_steps(done.steps)) == (summary(told), steps)
    assert refused(platform, shop(), revision=told.revision) == []


def test_an_import_is_an_administrators_and_is_noted(platform: Platform) -> None:
    clerk = Actor(user_id=SYSTEM.user_id, username="clerk", name="店员")
    with pytest.raises(NotAllowed), platform.database.unit_of_work() as session:
        importing.bring(session, clerk, [template(shop())], Wishes())
    bring(platform, shop())
    with platform.database.unit_of_work() as session:
        row = session.execute(sa.text("select action, after from meta.audit where form = 'meta.app'")).one()
    assert (row.action, row.after["app"], row.after["added"]) == ("import", "shop", 8)


# --- what goes together ----------------------------------------------------------------------------------------------


def without_weight() -> Files:
    """Return the app without the field `shop.move.weight` and without every use of it."""
    files = shop()
    del files["forms/move.json"]["properties"]["weight"]
    files["balances/stock.json"]["sources"][0]["add"]["weight"] = "number"
    del files["flows/tidy.json"]["trigger"]["when"]
    files["flows/tidy.json"]["nodes"]["fill"]["values"] = {"number": "1"}
    files["reports/weights.json"]["measures"][0]["field"] = "number"
    files["roles.json"]["roles"][0]["forms"]["shop.move"] = {"actions": ["view"], "scope": "number > 0"}
    return files


def test_a_field_goes_together_with_its_uses(platform: Platform) -> None:
    bring(platform, shop(), has_data=True)
    with platform.database.unit_of_work() as session:
        (item,) = records.list_page(session, SYSTEM, "shop.item", Query(filter="name == '甲'")).items
        records.create(session, SYSTEM, "shop.move", {"goods": str(item.id), "weight": "2.5", "number": 7})

    done = bring(platform, without_weight())

    assert summary(done) == [
        "changed forms/move", "changed balances/stock", "changed flows/tidy", "changed reports/weights",
        "changed roles/clerk",
    ]  # fmt: skip
    with platform.database.unit_of_work() as session:
        assert balances.verify(session, "shop.stock") == []
        (row,) = balances.list_page(session, SYSTEM, "shop.stock", Query()).items
        assert str(row.values["weight"]) == "7.00"
        assert catalog(session).get("balances", "shop.stock").version == 2

    back = bring(platform, shop())
    assert shown_steps(back.steps)[0][0].endswith('RENAME COLUMN "_1_weight" TO "weight"')
    with platform.database.unit_of_work() as session:
        (row,) = balances.list_page(session, SYSTEM, "shop.stock", Query()).items
        assert str(row.values["weight"]) == "2.50"


@pytest.mark.parametrize(
    ("part", "place"),
    [
        ("balances/stock.json", "shop/balances/stock.json#/sources/0/add/weight"),
        ("flows/tidy.json", "shop/flows/tidy.json#/trigger/when"),
        ("reports/weights.json", "shop/reports/weights.json#/measures/0/field"),
        ("roles.json", "shop/roles.json#/roles/0/forms/shop.move/scope"),
    ],
)
def test_a_use_that_stays_behind_refuses_the_field_to_go(platform: Platform, part: str, place: str) -> None:
    bring(platform, shop())
    files = without_weight()
    files[part] = shop()[part]
    assert place in [pointer for pointer, _ in refused(platform, files)]


def test_what_is_gone_from_the_folder_is_retired_and_comes_back(platform: Platform) -> None:
    bring(platform, shop(), has_data=True)
    files = {path: shop()[path] for path in ("app.json", "forms/item.json")}
    bring(platform, files)
    with platform.database.unit_of_work() as session:
        view = catalog(session)
        kinds = ("forms", "balances", "flows", "reports", "dashboards", "roles")
        assert [one.name for kind in kinds for one in view.list(kind, "shop")] == ["shop.item"]
        assert session.execute(sa.text("select to_regclass('shop.stock'), to_regclass('shop.move')")).one() == (
            None, "shop.move",
        )  # fmt: skip
        assert view.translations("shop") == {}

    bring(platform, shop(), has_data=True)

    with platform.database.unit_of_work() as session:
        assert catalog(session).get("forms", "shop.move").version == 2
        assert records.list_page(session, SYSTEM, "shop.item", Query(count="exact")).count == 2
    assert sorted(exported(platform)) == sorted(shop())


def test_a_balance_may_not_take_the_table_of_a_retired_form(platform: Platform) -> None:
    bring(platform, shop())
    files = {path: shop()[path] for path in ("app.json", "forms/item.json")}
    bring(platform, files)
    source = {"key": "in", "form": "shop.item", "by": {"name": "name"}, "add": {"weight": "weight"}}
    files["balances/move.json"] = {
        "key": "move", "format": 1, "title": "M", "by": ["name"], "measures": {"weight": {}}, "sources": [source],
    }  # fmt: skip
    assert refused(platform, files) == [("shop/balances/move.json#/key", "package_name_used")]


# --- faults ----------------------------------------------------------------------------------------------------------


def test_all_faults_of_all_kinds_come_in_one_list(platform: Platform) -> None:
    files = shop()
    files["forms/item.json"]["properties"]["weight"]["x-field"]["formula"] = "nothing * 2"
    files["forms/item.json"]["x-form"]["views"] = [{"key": "v", "columns": ["ghost"]}]
    files["forms/move.json"]["properties"]["place"] = relation("shop.place")
    files["balances/stock.json"]["sources"][0]["add"]["weight"] = "wait"
    files["flows/tidy.json"]["nodes"]["fill"]["next"] = "nowhere"
    files["reports/weights.json"]["measures"][0]["field"] = "colour"
    files["dashboards/main.json"]["items"][0]["report"] = "shop.none"
    files["roles.json"]["roles"][0]["forms"]["shop.item"]["fields"] = {"ghost": "hidden"}
    files["app.json"]["menu"][0]["view"] = "none"
    files["i18n/en-US.json"]["forms/item/gone/title"] = "Gone"
    files["data/item.csv"] = "key,name,colour\na,甲,red\n"
    files["scenarios/s.json"] = {"key": "s", "format": 1, "title": "S", "on": "2026-11-21", "story": []}

    assert {pointer for pointer, _ in refused(platform, files)} == {
        "shop/app.json#/menu/0/view",
        "shop/balances/stock.json#/sources/0/add/weight",
        "shop/dashboards/main.json#/items/0/report",
        "shop/data/item.csv#/2/colour",
        "shop/flows/tidy.json#/nodes/end",
        "shop/flows/tidy.json#/nodes/fill/next",
        "shop/forms/item.json#/properties/weight/x-field/formula",
        "shop/forms/item.json#/x-form/views/0/columns/0",
        "shop/forms/move.json#/properties/place/x-field/form",
        "shop/i18n/en-US.json#/forms~1item~1gone~1title",
        "shop/reports/weights.json#/measures/0/field",
        "shop/roles.json#/roles/0/forms/shop.item/fields/ghost",
        "shop/scenarios/s.json#/story",
    }


def test_a_check_reads_what_is_installed_and_writes_nothing(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session, counted(session) as statements:
        assert checks.faults(loader.load_catalog(), session) == []
        assert checks.faults(loader.load_catalog(["crm"]), session) == []
    assert {statement.split()[0] for statement in statements} <= {"SELECT"}
    assert len(statements) <= 3


def test_titles_that_lead_round_in_a_circle_are_refused(platform: Platform) -> None:
    files = shop()
    files["forms/item.json"]["properties"]["last"] = relation("shop.move")
    files["forms/item.json"]["x-form"]["record_title"] = "{name} {last}"
    files["forms/move.json"]["x-form"] = {"record_title": "{goods}"}
    found = [pair for pair in refused(platform, files) if pair[1] == "template_title_loops"]
    assert found == [
        ("shop/forms/item.json#/x-form/record_title", "template_title_loops"),
        ("shop/forms/move.json#/x-form/record_title", "template_title_loops"),
    ]


def test_rows_that_break_rules_are_refused_all_at_once(platform: Platform) -> None:
    files = shop()
    files["data/item.csv"] = "key,owner,name,weight\na,,甲,1\nb,,乙,500\nc,,,1\nd,nobody,丁,1\ne,,戊,much\n"
    found = refused(platform, files, has_data=True)
    assert ("shop/data/item.csv#/5/owner", "template_cell_invalid") in found
    assert {pointer.partition("#")[2].split("/")[1] for pointer, _ in found} >= {"4", "5", "6"}
    files["data/item.csv"] = "key,name,weight\na,甲,1\nb,乙,500\n"
    assert refused(platform, files, has_data=True) == [("shop/data/item.csv#/3/weight", "rule_unmet")]


def test_another_app_that_would_break_is_named_with_its_place(platform: Platform) -> None:
    bring(platform, shop())
    bank = {
        "app.json": {"key": "bank", "format": 1, "title": "账", "requires": ["shop"]},
        "forms/bill.json": {
            "$id": "bank.bill", "format": 1, "title": "账单",
            "properties": {"move": relation("shop.move"), "w": {"x-field": {"type": "decimal", "formula": "move.weight"}}},
        },
    }  # fmt: skip
    with platform.database.unit_of_work() as session:
        importing.bring(session, SYSTEM, [template(bank, "bank")], Wishes())

    assert refused(platform, without_weight()) == [
        ("bank/forms/bill.json#/properties/w/x-field/formula", "package_breaks_other")
    ]


# --- upgrades --------------------------------------------------------------------------------------------------------


def customise(session: Session) -> None:
    """Change the installed app as an administrator does at the page: a field, a title, an option of a role."""
    document = deepcopy(catalog(session).get("forms", "shop.item").document)
    document["properties"]["colour"] = {"title": "颜色", "x-field": {"type": "text"}}
    document["properties"]["name"]["title"] = "品名"
    forms.publish(session, SYSTEM, document)


def newer() -> Files:
    files = shop()
    files["app.json"]["version"] = "2.0.0"
    files["forms/item.json"]["properties"]["weight"]["title"] = "净重"
    files["forms/item.json"]["properties"]["level"] = {"title": "级别", "x-field": {"type": "text"}}
    files["README.md"] = "# 二\n"
    return files


def test_an_upgrade_keeps_what_was_customised_and_brings_what_is_new(platform: Platform) -> None:
    bring(platform, shop())
    with platform.database.unit_of_work() as session:
        customise(session)

    report = bring(platform, newer(), is_upgrade=True)

    assert report.conflicts == ()
    with platform.database.unit_of_work() as session:
        properties = forms.get(session, "shop.item").fields
        assert {key: field.title for key, field in properties.items()} == {
            "name": "品名", "weight": "净重", "note": {"zh-CN": "备注", "en-US": "Note"}, "colour": "颜色", "level": "级别",
        }  # fmt: skip
        # What is customised is told against the folder that was installed last.
        base, ours = exporter.remembered(session, "shop"), exporter.running(session, "shop")
        changes = [place.pointer for one in importing.element_changes(base, ours) for place in one.changes]
        assert changes == ["/properties/name/title", "/properties/colour"]
    assert exported(platform)["README.md"] == "# 二\n"
    again = bring(platform, newer(), is_upgrade=True)
    assert (summary(again), again.conflicts) == ([], ())


def test_a_conflict_waits_for_a_choice(platform: Platform) -> None:
    bring(platform, shop())
    with platform.database.unit_of_work() as session:
        customise(session)
    files = newer()
    files["forms/item.json"]["properties"]["name"]["title"] = "商品名称"
    place = "shop/forms/item.json#/properties/name/title"

    with platform.database.unit_of_work() as session:
        told = importing.preview(session, SYSTEM, [template(files)], Wishes(is_upgrade=True))
    (clash,) = told.conflicts
    conflict = clash.conflict
    assert (clash.pointer, conflict.base, conflict.ours, conflict.theirs) == (place, "名称", "品名", "商品名称")
    assert places.told(clash.place, "zh-CN") == "表单 › 货品 › 名称 › 标题"
    assert refused(platform, files, is_upgrade=True) == [(place, "upgrade_conflict")]

    bring(platform, files, is_upgrade=True, choices={place: "theirs"})
    with platform.database.unit_of_work() as session:
        assert forms.get(session, "shop.item").fields["name"].title == "商品名称"
        assert "colour" in forms.get(session, "shop.item").fields


def test_without_a_remembered_folder_only_what_differs_is_a_conflict(platform: Platform) -> None:
    bring(platform, shop())
    with platform.database.unit_of_work() as session:
        customise(session)
        session.execute(sa.text("delete from meta.app_folder"))
    with platform.database.unit_of_work() as session:
        told = importing.preview(session, SYSTEM, [template(newer())], Wishes(is_upgrade=True))
    found = [(clash.pointer, clash.conflict.base is MISSING, clash.conflict.ours) for clash in told.conflicts]
    assert [(place.partition("#")[2], *rest) for place, *rest in found] == [
        ("/version", True, "1.0.0"),
        ("/properties/name/title", True, "品名"),
        ("/properties/weight/title", True, "重量"),
    ]
    bring(
        platform, newer(), is_upgrade=True, choices=dict.fromkeys([clash.pointer for clash in told.conflicts], "theirs")
    )
    with platform.database.unit_of_work() as session:
        assert list(forms.get(session, "shop.item").fields) == ["name", "weight", "note", "colour", "level"]


def test_a_plain_import_replaces_what_was_customised(platform: Platform) -> None:
    bring(platform, shop())
    with platform.database.unit_of_work() as session:
        customise(session)
    report = bring(platform, shop())
    assert summary(report) == ["changed forms/item"]
    assert exported(platform) == exported(platform)
    with platform.database.unit_of_work() as session:
        assert "colour" not in forms.get(session, "shop.item").fields


def test_an_app_that_is_in_use_elsewhere_meanwhile_refuses_an_old_preview(platform: Platform) -> None:
    bring(platform, shop())
    with platform.database.unit_of_work() as session:
        told = importing.preview(session, SYSTEM, [template(newer())], Wishes(is_upgrade=True))
    with platform.database.unit_of_work() as session:
        customise(session)
    with pytest.raises(Conflict) as refusal:
        bring(platform, newer(), is_upgrade=True, revision=told.revision)
    assert refusal.value.code == "app_changed_meanwhile"


def test_nothing_is_written_by_a_folder_with_faults(platform: Platform) -> None:
    with pytest.raises(InvalidDefinition), platform.database.unit_of_work() as session:
        importing.preview(session, SYSTEM, [template({"app.json": {"key": "shop", "format": 1}})], Wishes())
    with platform.database.unit_of_work() as session:
        assert catalog(session).list("apps") == []
