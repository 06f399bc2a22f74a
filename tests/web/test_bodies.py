"""Bodies are read as the JSON standard says, exactly, and within limits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from engine.errors import InvalidInput
from web.bodies import MAX_DEPTH, read_json
from web.problems import MalformedBody


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b"[0.10, 1e3, -2]", [Decimal("0.10"), Decimal("1e3"), -2]),
        ('"销售"'.encode(), "销售"),
        (rb'"\ud83d\ude00"', "\U0001f600"),
        (b"null", None),
        (b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, None),
    ],
)
def test_reads_json_exactly(raw: bytes, value: Any) -> None:
    read = read_json(raw)
    if value is not None:
        assert read == value
        assert [type(item) for item in read] == [type(item) for item in value] or isinstance(read, str | dict)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "body_not_json"),
        (b'{"a": 1', "body_not_json"),
        (b"{'a': 1}", "body_not_json"),
        (b'{"a": 1} {"b": 2}', "body_not_json"),
        (b'"\xff"', "body_not_utf8"),
        ('{"a": 1}'.encode("utf-16"), "body_not_utf8"),
    ],
)
def test_refuses_what_is_not_json(raw: bytes, code: str) -> None:
    with pytest.raises(MalformedBody) as caught:
        read_json(raw)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("raw", "pointer", "code"),
    [
        (b'{"a": NaN}', "#", "body_not_a_number"),
        (b"[Infinity]", "#", "body_not_a_number"),
        (b"[-Infinity]", "#", "body_not_a_number"),
        (b'{"a": 1, "b": {"c": 1, "c": 2}}', "#", "body_duplicate_key"),
        (b"1" * 401, "#", "body_number_too_big"),
        (b"1" * 100_000, "#", "body_number_too_big"),
        (b"1e999999999", "#", "body_number_too_big"),
        (b"1e-999999999", "#", "body_number_too_big"),
        (b"1e99999999999999999999999", "#", "body_number_too_big"),
        (b"[" * (MAX_DEPTH + 1) + b"1" + b"]" * (MAX_DEPTH + 1), "#", "body_too_deep"),
        (b"[" * 200_000 + b"]" * 200_000, "#", "body_too_deep"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "#", "body_too_deep"),
        (rb'{"values": {"name": "a\u0000b"}}', "#/values/name", "text_not_storable"),
        (rb'{"values": {"lines": [{}, {"a": "\ud800"}]}}', "#/values/lines/1/a", "text_not_storable"),
        (rb'{"a\u0000": 1}', "#", "text_not_storable"),
    ],
)
def test_refuses_json_that_it_does_not_take(raw: bytes, pointer: str, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_json(raw)
    assert [(spot.pointer, spot.code) for spot in caught.value.violations] == [(pointer, code)]
