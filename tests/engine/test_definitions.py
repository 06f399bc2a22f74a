"""Definitions: drafts, immutable numbered versions, references, and the catalogue that processes cache."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from engine import definitions
from engine.actor import Actor
from engine.catalog import catalog
from engine.db import Database, Session
from engine.definitions import Reference, Source
from engine.errors import InvalidDefinition, NotAllowed, NotFound
from engine.ids import new_id
from engine.models import audit

CUSTOMER = {"title": "客户", "b": 1, "a": 2}


def nobody() -> Actor:
    return Actor(user_id=new_id(), username="x", name="x", roles=frozenset({"crm.sales"}))


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that run meanwhile."""
    statements: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        statements.append(statement)

    sa.event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", note)


def test_publishes_numbered_versions_that_stay(session: Session, admin: Actor) -> None:
    first = definitions.publish(session, admin, "forms", "crm", "customer", CUSTOMER)
    second = definitions.publish(session, admin, "forms", "crm", "customer", {"title": "Kunde"})
    assert (first.name, first.version, second.version) == ("crm.customer", 1, 2)
    assert first.definition_id == second.definition_id
    assert catalog(session).get("forms", "crm.customer") == second
    assert definitions.get_version(session, first.id) == first
    assert definitions.get_version_of(session, "forms", "crm.customer", 1) == first
    assert [
        (item.version, item.is_in_force, item.published_by)
        for item in definitions.versions(session, "forms", "crm.customer")
    ] == [
        (2, True, admin.user_id),
        (1, False, admin.user_id),
    ]


def test_keeps_the_order_of_keys(session: Session, admin: Actor) -> None:
    definitions.publish(session, admin, "forms", "crm", "customer", CUSTOMER)
    session.shared.clear()
    session.catalog = None
    assert list(catalog(session).get("forms", "crm.customer").document) == ["title", "b", "a"]


def test_an_unchanged_document_gets_no_new_version(session: Session, admin: Actor) -> None:
    first = definitions.publish(session, admin, "forms", "crm", "customer", CUSTOMER)
    revision = catalog(session).revision
    assert definitions.publish(session, admin, "forms", "crm", "customer", dict(CUSTOMER)) == first
    assert catalog(session).revision == revision
    reordered = {"a": 2, "b": 1, "title": "客户"}
    assert definitions.publish(session, admin, "forms", "crm", "customer", reordered).version == 2


def test_publishes_many_in_a_constant_number_of_statements(database: Database, admin: Actor) -> None:
    sizes = []
    with database.unit_of_work() as session:
        catalog(session)
    for count in (1, 30):
        with database.unit_of_work() as session, counted(database) as statements:
            sources = [Source("forms", "crm", f"form{count}_{n}", {"n": n}) for n in range(count)]
            published = definitions.publish_many(session, admin, sources)
            assert [item.document["n"] for item in published] == list(range(count))
            sizes.append(len(statements))
    # Lock, two inserts, the audit trail (many lines are copied: no statement), the revision, and the new catalogue in two.
    assert sizes == [7, 6]


@pytest.mark.parametrize(
    ("app", "key", "spots"),
    [
        ("crm", "Customer", ["#/key"]),
        ("1crm", "a-b", ["#/app", "#/key"]),
        ("crm", "a" * 61, ["#/key"]),
        ("crm", "", ["#/key"]),
        ("crm", "a\n", ["#/key"]),
    ],
)
def test_refuses_keys_that_cannot_be(session: Session, admin: Actor, app: str, key: str, spots: list[str]) -> None:
    with pytest.raises(InvalidDefinition) as refusal:
        definitions.publish(session, admin, "forms", app, key, {})
    assert [(spot.pointer, spot.code) for spot in refusal.value.violations] == [(at, "definition_key") for at in spots]
    assert catalog(session).list("forms") == []


def test_refuses_unknown_kinds_huge_documents_and_people_without_the_right(session: Session, admin: Actor) -> None:
    with pytest.raises(NotFound, match="definition_kind_unknown"):
        definitions.publish(session, admin, "scripts", "crm", "a", {})
    with pytest.raises(InvalidDefinition, match="larger than 1000000 bytes"):
        definitions.publish(session, admin, "forms", "crm", "a", {"x": "a" * 1_000_000})
    for attempt in (
        lambda: definitions.publish(session, nobody(), "forms", "crm", "a", {}),
        lambda: definitions.save_draft(session, nobody(), "forms", "crm", "a", {}),
        lambda: definitions.retire(session, nobody(), "forms", "crm.a"),
        lambda: definitions.set_translations(session, nobody(), "crm", {}),
    ):
        with pytest.raises(NotAllowed, match="designer_only"):
            attempt()
    assert catalog(session).list("forms") == []


def test_a_draft_is_not_in_force_and_outlives_publication(session: Session, admin: Actor) -> None:
    definitions.save_draft(session, admin, "forms", "crm", "customer", {"title": "half"})
    assert catalog(session).find("forms", "crm.customer") is None
    definitions.publish(session, admin, "forms", "crm", "customer", CUSTOMER)
    draft = definitions.find_draft(session, "forms", "crm", "customer")
    assert draft is not None
    assert (draft.document, draft.saved_by) == ({"title": "half"}, admin.user_id)
    definitions.discard_draft(session, admin, "forms", "crm", "customer")
    assert definitions.find_draft(session, "forms", "crm", "customer") is None


def test_a_retired_definition_keeps_its_versions(session: Session, admin: Actor) -> None:
    first = definitions.publish(session, admin, "forms", "crm", "customer", CUSTOMER)
    definitions.retire(session, admin, "forms", "crm.customer")
    with pytest.raises(NotFound, match="definition_not_found"):
        catalog(session).get("forms", "crm.customer")
    assert definitions.get_version(session, first.id) == first
    assert definitions.publish(session, admin, "forms", "crm", "customer", CUSTOMER).version == 2
    with pytest.raises(NotFound):
        definitions.retire(session, admin, "forms", "crm.other")


def test_an_app_is_named_by_its_key(session: Session, admin: Actor) -> None:
    definitions.publish(session, admin, "apps", "crm", "crm", {"title": "CRM"})
    assert catalog(session).app("crm").name == "crm"
    assert len(definitions.versions(session, "apps", "crm")) == 1


def test_lists_in_the_order_of_names(session: Session, admin: Actor) -> None:
    keys = [("erp", "b"), ("crm", "z"), ("erp", "a")]
    definitions.publish_many(session, admin, [Source("forms", app, key, {}) for app, key in keys])
    assert [item.name for item in catalog(session).list("forms")] == ["crm.z", "erp.a", "erp.b"]
    assert [item.name for item in catalog(session).list("forms", "erp")] == ["erp.a", "erp.b"]


def test_knows_who_uses_what(session: Session, admin: Actor) -> None:
    order, flow = definitions.publish_many(
        session, admin, [Source("forms", "crm", "order", {}), Source("flows", "crm", "approval", {})]
    )
    customer, amount = (
        Reference("forms", "crm.customer", None, "#/properties/customer"),
        Reference("forms", "crm.order", "amount", "#/trigger/when"),
    )
    definitions.set_references(session, [(order, [customer, customer]), (flow, [amount, customer])])
    assert [(use.name, use.pointer) for use in definitions.impact(session, "forms", "crm.customer")] == [
        ("crm.approval", "#/properties/customer"),
        ("crm.order", "#/properties/customer"),
    ]
    assert [use.kind for use in definitions.impact(session, "forms", "crm.order", "amount")] == ["flows"]
    assert definitions.impact(session, "forms", "crm.order", "title") == []
    definitions.set_references(session, [(flow, [])])
    assert definitions.impact(session, "forms", "crm.order") == []


def test_texts_have_the_languages_of_their_translations(session: Session, admin: Actor) -> None:
    definitions.set_translations(session, admin, "crm", {"en-US": {"forms/customer/title": "Customer"}})
    view = catalog(session)
    assert view.text("crm", "forms/customer/title", "客户") == {"zh-CN": "客户", "en-US": "Customer"}
    assert view.text("crm", "forms/customer/other", "客户") == "客户"
    revision = view.revision
    definitions.set_translations(session, admin, "crm", {"en-US": {"forms/customer/title": "Customer"}})
    assert catalog(session).revision == revision
    definitions.set_translations(session, admin, "crm", {})
    assert catalog(session).translations("crm") == {}


def test_publication_is_audited(session: Session, admin: Actor) -> None:
    definitions.publish(session, admin, "forms", "crm", "customer", CUSTOMER)
    definitions.retire(session, admin, "forms", "crm.customer")
    rows = session.execute(sa.select(audit.c.action, audit.c.before, audit.c.after, audit.c.version)).all()
    named = {"kind": "forms", "name": "crm.customer"}
    assert [tuple(row) for row in rows] == [("publish", None, named, 1), ("retire", named, None, None)]


def test_a_transaction_asks_once_and_reads_nothing_that_it_knows(database: Database, admin: Actor) -> None:
    with database.unit_of_work() as session:
        definitions.publish(session, admin, "forms", "crm", "customer", CUSTOMER)
        catalog(session)
    with database.unit_of_work() as session, counted(database) as statements:
        first = catalog(session)
        assert catalog(session) is first
        assert len(statements) == 1
    with database.unit_of_work() as session:
        assert catalog(session) is first
        definitions.publish(session, admin, "forms", "crm", "order", {})
    with database.unit_of_work() as session:
        second = catalog(session)
        assert second is not first
        assert second.get("forms", "crm.customer") is first.get("forms", "crm.customer")


def test_what_was_compiled_lives_as_long_as_the_snapshot(database: Database, admin: Actor) -> None:
    built: list[int] = []

    def build() -> int:
        built.append(1)
        return len(built)

    for _ in range(3):
        with database.unit_of_work() as session:
            assert catalog(session).compiled("tests", "crm.customer", build) == 1
    with database.unit_of_work() as session:
        definitions.publish(session, admin, "forms", "crm", "order", {})
        assert catalog(session).compiled("tests", "crm.customer", build) == 2
    with database.unit_of_work() as session:
        assert catalog(session).compiled("tests", "crm.customer", build) == 2


def test_a_rolled_back_publication_is_never_seen(database: Database, admin: Actor) -> None:
    with database.unit_of_work() as session:
        before = catalog(session)
    with pytest.raises(ValueError, match="undo"), database.unit_of_work() as session:
        definitions.publish(session, admin, "forms", "crm", "customer", CUSTOMER)
        assert catalog(session).find("forms", "crm.customer") is not None
        raise ValueError("undo")
    with database.unit_of_work() as session:
        assert catalog(session) is before
        definitions.publish(session, admin, "forms", "crm", "order", {})
        assert catalog(session).find("forms", "crm.customer") is None


def test_publications_at_once_wait_for_each_other(fresh_database: Database, admin: Actor) -> None:
    barrier = threading.Barrier(4)
    versions: list[int] = []

    def publish(number: int) -> None:
        barrier.wait()
        with fresh_database.unit_of_work() as session:
            found = definitions.publish(session, admin, "forms", "crm", "customer", {"n": number})
            versions.append(found.version)

    threads = [threading.Thread(target=publish, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(versions) == [1, 2, 3, 4]
    with fresh_database.unit_of_work() as session:
        found = catalog(session).get("forms", "crm.customer")
        assert found.version == 4
        assert session.shared["engine.catalog"].revision == catalog(session).revision


def test_another_process_sees_a_publication_at_its_next_transaction(fresh_database: Database, admin: Actor) -> None:
    elsewhere = Database(engine=fresh_database.engine)
    with elsewhere.unit_of_work() as session:
        assert catalog(session).list("forms") == []
    with fresh_database.unit_of_work() as session:
        definitions.publish(session, admin, "forms", "crm", "customer", CUSTOMER)
        with elsewhere.unit_of_work() as other:
            assert catalog(other).list("forms") == []
    with elsewhere.read_only() as session:
        assert [item.name for item in catalog(session).list("forms")] == ["crm.customer"]
