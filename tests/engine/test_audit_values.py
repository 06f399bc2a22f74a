"""Many new records at once are kept in the very words in which one is."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from engine.audit_values import changed_fields, texts

ONE, TWO = UUID(int=1), UUID(int=2)
AT = datetime(2026, 11, 22, 8, 30, 0, 5, UTC)


@pytest.mark.parametrize(
    "values",
    [
        ("a", 'quote " back \\ tab \t 客户 🙂', ""),
        ("same", "same", "same"),
        ("a", None, "b"),
        (None, None, None),
        (True, False, None),
        (1, 2, 3),
        (1, True, "1"),
        (Decimal("1E+3"), Decimal("-0.10"), Decimal(0)),
        (Decimal("1.0"), Decimal("1.00"), Decimal("1.0")),
        (date(2026, 1, 2), date(1, 1, 1), date(2026, 1, 2)),
        (date(2026, 1, 2), AT, None),
        (AT, AT, AT),
        ({"id": ONE}, {"id": ONE, "name": "Li"}, {"id": TWO}),
        ({"id": ONE}, None, {"id": TWO}),
        ({"id": None}, {"id": TWO}, {"id": TWO}),
        ({"a": {"id": ONE}}, {"id": ONE}, {}),
        ([], ["x", Decimal("1.5"), {"id": ONE, "n": Decimal(2)}], [{"id": TWO}]),
        (frozenset({"x"}), ("y",), None),
    ],
)
@pytest.mark.parametrize("key", ["field", '密"码', "password"])
def test_many_are_kept_as_one_is(key: str, values: tuple[Any, ...]) -> None:
    records = [{"id": ONE, key: value, "last": Decimal(7)} for value in values]
    assert [json.loads(text) for text in texts(records)] == [changed_fields(None, one)[1] for one in records]


def test_a_record_without_values_is_empty() -> None:
    assert texts([{"a": None}, {"a": None}]) == ["{}", "{}"]
