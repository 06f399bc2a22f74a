"""Role scopes and field access, checked before a role goes live."""

from __future__ import annotations

import pytest

from engine import permissions
from engine.db import Session
from engine.errors import InvalidDefinition
from form_engine import role_checks
from form_engine.querying import filters
from tests.factories.shop import Shop


def test_a_role_with_wrong_fields_or_scopes_does_not_go_live(session: Session, shop: Shop) -> None:
    entry = {
        "actions": ["view"],
        "fields": {"nothing": "hidden"},
        "scope": {"view": "rep == user", "update": "colour == 1"},
    }
    role = {
        "key": "wrong",
        "title": "错",
        "format": 1,
        "forms": {"shop.order": entry, "shop.stock": {"actions": ["view"], "scope": "quantity"}},
    }
    with pytest.raises(InvalidDefinition) as caught:
        permissions.publish(session, shop.admin, "shop", [role], role_checks.check_entry)
    assert {(spot.pointer, spot.code) for spot in caught.value.violations} == {
        ("#/forms/shop.order/fields/nothing", "unknown_field"),
        ("#/forms/shop.order/scope/update", "expression_unknown_name"),
        ("#/forms/shop.stock/scope", "expression_type"),
    }


def test_like_wildcards_are_taken_literally() -> None:
    assert filters.escaped(r"100%_\ ") == r"100\%\_\\ "
