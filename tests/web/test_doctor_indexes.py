"""The doctor and indexes: what is missing is built beside the work, what nobody wants is taken away."""

from __future__ import annotations

import copy
from collections.abc import Callable

import httpx
import sqlalchemy as sa

from tests.web.conftest import _served
from web.doctor import Finding, examine_platform
from web.platform import Platform

__all__ = ["_served"]


def found(platform: Platform, *, is_repairing: bool = False) -> dict[str, Finding]:
    """Return what the doctor says of indexes, by index; all is well: by nothing."""
    return {
        str(one.params.get("index", "")): one
        for one in examine_platform(platform, is_repairing=is_repairing)
        if one.topic == "indexes"
    }


def codes(platform: Platform) -> list[str]:
    return [one.code for one in found(platform).values()]


def run(platform: Platform, statement: str) -> None:
    with platform.database.unit_of_work() as session:
        session.execute(sa.text(statement))


def indexes_of(platform: Platform, table: str) -> dict[str, tuple[str, bool]]:
    query = (
        "SELECT c.relname, pg_get_indexdef(i.indexrelid), i.indisvalid FROM pg_index i"
        " JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = CAST(:table AS regclass)"
    )
    with platform.database.unit_of_work() as session:
        rows = session.execute(sa.text(query), {"table": table})
        return {name: (definition, is_valid) for name, definition, is_valid in rows}


def list_index(platform: Platform, table: str) -> str:
    return next(name for name in indexes_of(platform, table) if name.startswith(f"ix_{table.partition('.')[2]}_list_"))


def test_every_index_of_the_demo_is_as_wanted(demo_platform: Platform) -> None:
    (finding,) = found(demo_platform).values()
    assert (finding.code, finding.severity) == ("indexes_fine", "ok")
    assert finding.params["count"] > 60


def test_an_index_that_an_earlier_version_did_not_make_is_told_and_built(demo_platform: Platform) -> None:
    before = indexes_of(demo_platform, "crm.sales_order")
    name = list_index(demo_platform, "crm.sales_order")
    run(demo_platform, f'DROP INDEX crm."{name}"')
    ((index, finding),) = found(demo_platform).items()
    assert (index, finding.code, finding.severity) == (f"crm.{name}", "index_missing", "warning")
    assert (finding.params["table"], finding.command) == ("crm.sales_order", "dougong doctor --repair")
    assert f"crm.{name}" in finding.what("zh-CN")

    assert found(demo_platform, is_repairing=True)[f"crm.{name}"].is_repaired
    assert codes(demo_platform) == ["indexes_fine"]
    assert indexes_of(demo_platform, "crm.sales_order") == before


def test_a_leftover_that_was_never_finished_is_dropped_first(demo_platform: Platform) -> None:
    before = indexes_of(demo_platform, "crm.customer")
    name = list_index(demo_platform, "crm.sales_order")
    run(demo_platform, f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'crm.\"{name}\"'::regclass")
    assert found(demo_platform)[f"crm.{name}"].code == "index_broken"
    assert found(demo_platform, is_repairing=True)[f"crm.{name}"].is_repaired
    assert indexes_of(demo_platform, "crm.sales_order")[name][1]
    assert indexes_of(demo_platform, "crm.customer") == before


def test_an_index_that_is_another_one_is_built_anew(demo_platform: Platform) -> None:
    before = indexes_of(demo_platform, "crm.sales_order")
    name = list_index(demo_platform, "crm.sales_order")
    run(demo_platform, f'DROP INDEX crm."{name}"')
    run(demo_platform, f'CREATE INDEX "{name}" ON crm.sales_order (created_at)')
    assert found(demo_platform)[f"crm.{name}"].code == "index_differs"
    assert found(demo_platform, is_repairing=True)[f"crm.{name}"].is_repaired
    assert indexes_of(demo_platform, "crm.sales_order") == before


def test_a_unique_index_is_an_error_and_waits_for_those_who_clear_up(demo_platform: Platform) -> None:
    before = indexes_of(demo_platform, "crm.customer")
    run(demo_platform, "DROP INDEX crm.uq_customer_name_unique")
    run(demo_platform, "UPDATE crm.customer SET name = 'Twice' WHERE id IN (SELECT id FROM crm.customer LIMIT 2)")
    assert found(demo_platform)["crm.uq_customer_name_unique"].severity == "error"

    finding = found(demo_platform, is_repairing=True)["crm.uq_customer_name_unique"]
    assert (finding.code, finding.is_repaired, finding.severity) == ("index_has_duplicates", False, "error")
    assert "uq_customer_name_unique" not in indexes_of(demo_platform, "crm.customer")  # nothing broken stays

    run(demo_platform, "UPDATE crm.customer SET name = 'Once ' || id WHERE name = 'Twice'")
    assert found(demo_platform, is_repairing=True)["crm.uq_customer_name_unique"].is_repaired
    assert indexes_of(demo_platform, "crm.customer") == before


def test_what_nobody_wants_is_told_and_dropped_and_what_others_made_stays(demo_platform: Platform) -> None:
    run(demo_platform, "CREATE INDEX ix_customer_phone ON crm.customer (phone)")
    run(demo_platform, "CREATE INDEX by_hand ON crm.customer (note)")
    ((index, finding),) = found(demo_platform).items()
    assert (index, finding.code, finding.severity) == ("crm.ix_customer_phone", "index_surplus", "warning")
    assert found(demo_platform, is_repairing=True)["crm.ix_customer_phone"].is_repaired
    there = indexes_of(demo_platform, "crm.customer")
    assert "by_hand" in there
    assert "ix_customer_phone" not in there


def test_an_index_is_built_outside_a_transaction_so_that_work_goes_on(demo_platform: Platform) -> None:
    run(demo_platform, "DROP INDEX crm.ix_customer_created")
    ran: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "INDEX" in statement:
            ran.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        assert found(demo_platform, is_repairing=True)["crm.ix_customer_created"].is_repaired
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    assert ran == [
        'DROP INDEX CONCURRENTLY IF EXISTS "crm"."ix_customer_created"',
        'CREATE INDEX CONCURRENTLY "ix_customer_created" ON "crm"."customer" (created_at, id) WHERE deleted_at IS NULL',
    ]


def test_publishing_makes_an_index_that_an_earlier_version_left_by_that_name(
    demo_platform: Platform, as_user: Callable[[str], httpx.Client]
) -> None:
    run(demo_platform, "CREATE INDEX ix_customer_phone ON crm.customer (phone, note)")
    admin, at = as_user("admin"), "/api/apps/crm/forms/customer"
    document = copy.deepcopy(admin.get(at).json()["document"])
    document["x-form"]["views"][0]["sort"] = ["phone"]
    assert admin.put(at, json=document).status_code == 200
    published = admin.post(f"{at}/publish")
    assert published.status_code == 200, published.text
    assert indexes_of(demo_platform, "crm.customer")["ix_customer_phone"][0].endswith("USING btree (phone)")
    assert codes(demo_platform) == ["indexes_fine"]
