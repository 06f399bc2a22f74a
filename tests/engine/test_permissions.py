"""Permissions: the most precise entry within a role, the union between roles, API tokens cut down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from engine import definitions, permissions
from engine.actor import Actor
from engine.db import Session
from engine.definitions import Source
from engine.errors import InvalidDefinition, NotAllowed, NotFound, Violation
from engine.ids import new_id
from engine.permissions import FORM_ACTIONS, FormGrant, allows, check, grant, require


def role(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "title": key, "format": 1, **more}


def publish(session: Session, admin: Actor, *documents: dict[str, Any]) -> None:
    """Put roles of `crm` into force, and the forms they speak of."""
    definitions.publish_many(
        session,
        admin,
        [
            Source("forms", "crm", "order", {}),
            Source("forms", "crm", "salary", {}),
            Source("balances", "erp", "stock", {}),
            Source("reports", "crm", "funnel", {}),
        ],
    )
    permissions.publish(session, admin, "crm", documents)


def person(*roles: str, **more: Any) -> Actor:
    return Actor(user_id=new_id(), username="x", name="x", roles=frozenset(f"crm.{key}" for key in roles), **more)


def test_nothing_is_granted_without_a_role(session: Session, admin: Actor) -> None:
    publish(session, admin, role("sales", forms={"crm.order": {"actions": ["view"]}}))
    for actor in (person(), person("unknown")):
        found = grant(session, actor, "crm.order")
        assert found == FormGrant(form="crm.order", actions=frozenset())
        with pytest.raises(NotFound, match="form_not_found"):
            require(found, "view")


def test_another_action_than_the_granted_is_not_allowed(session: Session, admin: Actor) -> None:
    publish(session, admin, role("sales", forms={"crm.order": {"actions": ["view", "create"]}}))
    found = grant(session, person("sales"), "crm.order")
    assert found.actions == {"view", "create"}
    require(found, "create")
    assert not found.may("delete")
    with pytest.raises(NotAllowed, match="action_not_allowed"):
        require(found, "delete")


def test_the_most_precise_entry_of_a_role_counts_alone(session: Session, admin: Actor) -> None:
    forms = {"*": {"actions": ["view"]}, "crm.*": {"actions": ["update"]}, "crm.salary": {"actions": []}}
    publish(session, admin, role("sales", forms=forms))
    actor = person("sales")
    assert grant(session, actor, "erp.stock").actions == {"view"}
    assert grant(session, actor, "crm.order").actions == {"update"}
    assert grant(session, actor, "crm.salary").actions == frozenset()


def test_roles_add_up(session: Session, admin: Actor) -> None:
    publish(
        session,
        admin,
        role("own", forms={"crm.order": {"actions": ["view", "update"], "scope": "owner == user"}}),
        role("late", forms={"crm.order": {"actions": ["view"], "scope": {"view": "status == 'late'"}}}),
        role("all", forms={"crm.*": {"actions": ["view", "print"]}}),
    )
    assert grant(session, person("own", "late"), "crm.order").scopes == {
        "view": ("status == 'late'", "owner == user"),
        "update": ("owner == user",),
    }
    both = grant(session, person("own", "all"), "crm.order")
    assert both.actions == {"view", "update", "print"}
    assert both.scopes == {"view": None, "update": ("owner == user",), "print": None}


def test_a_field_is_as_open_as_the_most_open_role_that_grants_the_form(session: Session, admin: Actor) -> None:
    def entry(**fields: str) -> Mapping[str, Any]:
        return {"crm.order": {"actions": ["view"], "fields": fields}}

    publish(
        session,
        admin,
        role("a", forms=entry(price="hidden", phone="hidden", note="read_only")),
        role("b", forms=entry(price="masked", phone="read_only")),
        role("elsewhere", forms={"crm.salary": {"actions": ["view"]}}),
        role("nothing", forms={"crm.order": {"actions": []}}),
    )
    closed = {"price": "hidden", "phone": "hidden", "note": "read_only"}
    assert grant(session, person("a"), "crm.order").fields == closed
    assert grant(session, person("a", "elsewhere", "nothing"), "crm.order").fields == closed
    assert grant(session, person("a", "b"), "crm.order").fields == {"price": "masked", "phone": "read_only"}


def test_administrators_and_published_flows_may_everything(session: Session, admin: Actor) -> None:
    for actor in (admin, person().as_platform()):
        found = grant(session, actor, "crm.order")
        assert found.actions == FORM_ACTIONS
        assert set(found.scopes.values()) == {None}
        assert found.fields == {}
        assert allows(session, actor, "reports", "crm.funnel")


def test_a_token_does_no_more_than_it_was_made_for(session: Session, admin: Actor) -> None:
    publish(session, admin, role("sales", forms={"crm.*": {"actions": ["view", "update"], "scope": "owner == user"}}))

    def actions(scopes: set[str], form: str, **more: Any) -> set[str]:
        return set(grant(session, person("sales", token_scopes=frozenset(scopes), **more), form).actions)

    assert actions({"crm.order:read"}, "crm.order") == {"view"}
    assert actions({"crm.order:read"}, "crm.salary") == set()
    assert actions({"crm.*:write"}, "crm.order") == {"view", "update"}
    assert actions({"*:read"}, "crm.order") == {"view"}
    assert actions({"*:write"}, "erp.stock") == set()
    assert actions({"*:read"}, "erp.stock", is_administrator=True) == {"view", "export", "print"}
    assert actions(set(), "erp.stock", is_administrator=True) == set()
    token = person(is_administrator=True, token_scopes=frozenset({"*:write"}))
    assert not token.has_every_right
    with pytest.raises(NotAllowed):
        definitions.publish(session, token, "forms", "crm", "x", {})
    assert grant(session, token.as_platform(), "crm.order").actions == FORM_ACTIONS


def test_reports_and_flows_are_granted_by_name(session: Session, admin: Actor) -> None:
    publish(session, admin, role("sales", reports=["crm.funnel"], flows=["crm.*"]), role("all", flows=["*"]))
    sales = person("sales")
    assert allows(session, sales, "reports", "crm.funnel")
    assert not allows(session, sales, "reports", "crm.other")
    assert allows(session, sales, "flows", "crm.approval")
    assert not allows(session, sales, "flows", "erp.approval")
    assert not allows(session, sales, "dashboards", "crm.orders")
    assert allows(session, person("all"), "flows", "erp.approval")
    limited = person("sales", token_scopes=frozenset({"erp.*:read"}))
    assert not allows(session, limited, "reports", "crm.funnel")


def test_a_new_version_counts_from_the_next_look(session: Session, admin: Actor) -> None:
    publish(session, admin, role("sales", forms={"crm.order": {"actions": ["view"]}}))
    actor = person("sales")
    assert grant(session, actor, "crm.order") is grant(session, actor, "crm.order")
    publish(session, admin, role("sales", forms={"crm.order": {"actions": ["delete"]}}))
    assert grant(session, actor, "crm.order").actions == {"delete"}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"forms": {"crm.order": {"actions": ["fly"]}}}, [("#/forms/crm.order/actions/0", "enum")]),
        ({"forms": {"crm.order": {}}}, [("#/forms/crm.order/actions", "required")]),
        ({"forms": {"order": {"actions": []}}}, [("#/forms/order", "propertyNames")]),
        ({"forms": {"crm.none": {"actions": []}}}, [("#/forms/crm.none", "role_form_unknown")]),
        ({"forms": {"erp.stock": {"actions": ["view"]}, "hr.*": {"actions": []}}}, []),
        ({"reports": ["crm.none", "crm.*"]}, [("#/reports/0", "role_target_unknown")]),
        (
            {"forms": {"crm.order": {"actions": [], "fields": {"a": "secret"}}}},
            [("#/forms/crm.order/fields/a", "enum")],
        ),
        ({"forms": {"crm.order": {"actions": [], "scope": ""}}}, [("#/forms/crm.order/scope", "minLength")]),
        ({"grants": 1}, [("#/grants", "additionalProperties")]),
        ({"format": 2}, [("#/format", "const")]),
    ],
)
def test_points_at_what_is_wrong_in_a_role(
    session: Session, admin: Actor, more: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    publish(session, admin)
    found = check(session, role("sales") | more)
    assert [(spot.pointer, spot.code) for spot in found] == expected


def test_refuses_all_roles_for_the_fault_of_one(session: Session, admin: Actor) -> None:
    def form_check(_: Session, form: str, entry: Mapping[str, Any], at: str) -> list[Violation]:
        return [Violation(pointer=f"{at}/scope", code="enum")] if entry.get("scope") == "nonsense(" else []

    publish(session, admin)
    good = role("good", forms={"crm.order": {"actions": ["view"], "scope": "owner == user"}})
    bad = role("bad", forms={"crm.order": {"actions": ["view"], "scope": "nonsense("}})
    with pytest.raises(InvalidDefinition) as refusal:
        permissions.publish(session, admin, "crm", [good, bad], form_check)
    assert [spot.pointer for spot in refusal.value.violations] == ["#/bad/forms/crm.order/scope"]
    assert grant(session, person("good"), "crm.order").actions == frozenset()
    with pytest.raises(NotAllowed):
        permissions.publish(session, person("good"), "crm", [good], form_check)


def test_roles_are_a_kind_like_the_others(session: Session, admin: Actor) -> None:
    kind = permissions.role_kind(lambda _, __, ___, at: [Violation(pointer=at, code="enum")])
    publish(session, admin)
    document = role("sales", forms={"crm.order": {"actions": ["view"]}})
    assert kind.name == "roles"
    assert [spot.pointer for spot in kind.check(session, "crm", document)] == ["#/forms/crm.order"]
    with pytest.raises(InvalidDefinition):
        kind.publish(session, admin, "crm", [document])
    assert [item.name for item in kind.publish(session, admin, "crm", [role("sales")])] == ["crm.sales"]


def test_a_role_uses_the_forms_and_fields_it_names(session: Session, admin: Actor) -> None:
    publish(
        session,
        admin,
        role(
            "sales",
            forms={"crm.order": {"actions": ["view"], "fields": {"price": "hidden"}}, "crm.*": {"actions": []}},
            reports=["crm.funnel"],
        ),
    )
    assert [(use.name, use.pointer) for use in definitions.impact(session, "forms", "crm.order", "price")] == [
        ("crm.sales", "#/forms/crm.order/fields/price")
    ]
    assert [use.pointer for use in definitions.impact(session, "reports", "crm.funnel")] == ["#/reports/0"]
