"""The shipped apps come to life: definitions, people and records in one transaction, or nothing at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from app_templates import installer, loader
from engine import definitions
from engine.actor import SYSTEM
from engine.errors import InvalidDefinition
from form_engine import balances
from tests import demo
from web.platform import Platform


def test_installs_both_apps_with_their_records(demo_platform: Platform) -> None:
    rows = {
        f"{template.key}.{form}": len(found)
        for template in loader.load_catalog()
        for form, found in template.rows.items()
    }
    with demo_platform.database.unit_of_work() as session:
        made = {name: session.execute(sa.text(f"select count(*) from {name}")).scalar_one() for name in rows}
        # Eight orders came approved: the flow reserved stock for them and planned what is missing, as for any other.
        orders = session.execute(
            sa.text("select count(*) from erp.work_order where sales_order is not null")
        ).scalar_one()

        assert made == rows | {"erp.work_order": rows["erp.work_order"] + orders}
        assert orders > 0
        assert balances.verify(session, "erp.stock") == []
        assert balances.verify(session, "erp.availability") == []


def test_records_belong_to_the_person_their_file_names(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        owners = session.execute(
            sa.text('select distinct u.username from crm.quote q join meta."user" u on u.id = q.owner order by 1')
        ).scalars()
        assert list(owners) == ["sales", "sales2"]


def test_names_the_file_of_every_fault_and_leaves_nothing_behind(platform: Platform) -> None:
    crm, erp = loader.load_catalog()
    broken = []
    for document in crm.documents:
        body = dict(document.body)
        if document.key == "contact":
            body["properties"] = body["properties"] | {"age": {"title": "年龄", "x-field": {"type": "number"}}}
        if document.key == "quote":
            properties = dict(body["properties"])
            properties["total"] = properties["total"] | {"x-field": {"type": "money", "formula": "subtotal * discont"}}
            body["properties"] = properties
        broken.append(replace(document, body=body))

    with pytest.raises(InvalidDefinition) as refusal, platform.database.unit_of_work() as session:
        installer.install(session, SYSTEM, [replace(crm, documents=tuple(broken)), erp])

    assert sorted(spot.pointer for spot in refusal.value.violations) == [
        "crm/forms/contact.json#/properties/age/x-field/type",
        "crm/forms/quote.json#/properties/total/x-field/formula",
    ]
    with platform.database.unit_of_work() as session:
        assert definitions.catalog(session).list("forms") == []
        assert (
            session.execute(sa.text("select count(*) from pg_namespace where nspname in ('crm', 'erp')")).scalar() == 0
        )


def test_demo_people_hold_their_roles(demo_platform: Platform) -> None:
    with demo_platform.database.unit_of_work() as session:
        assert demo.actor(session, "sales").roles == {"crm.sales"}
        assert demo.actor(session, "admin").is_administrator is True
        manager = demo.actor(session, "sales_manager")
        assert len(manager.departments) == 1
