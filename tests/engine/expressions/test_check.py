"""Names and types: what fits, what does not, and where."""

from __future__ import annotations

import pytest

from engine.expressions import (
    BOOLEAN,
    DATE,
    DATETIME,
    NUMBER,
    TEXT,
    USER,
    ExpressionError,
    Members,
    Scope,
    Type,
    list_of,
    prefetch,
    record_of,
)
from engine.expressions import (
    compile as compiled,
)

_CUSTOMER = record_of(Members("crm.customer", {"id": TEXT, "level": TEXT, "owner": USER}))
_PRODUCT = record_of(Members("erp.product", {"price": NUMBER, "tags": list_of(TEXT)}))
_LINE = Members("crm.order.lines", {"product": _PRODUCT, "quantity": NUMBER, "price": NUMBER})
_SCOPE = Scope(
    {
        "total": NUMBER,
        "status": TEXT,
        "done": BOOLEAN,
        "due": DATE,
        "created_at": DATETIME,
        "customer": _CUSTOMER,
        "product": _PRODUCT,
        "owner": USER,
        "user": USER,
        "tags": list_of(TEXT),
        "lines": list_of(record_of(_LINE)),
        "others": list_of(record_of(_LINE)),
    }
)


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("totl", "expression_unknown_name_near", 0),
        ("zzzzz", "expression_unknown_name", 0),
        ("customer.levle", "expression_unknown_member_near", 0),
        ("customer.zzzzz", "expression_unknown_member", 0),
        ("total.x", "expression_no_members", 0),
        ("RUOND(1)", "expression_unknown_function_near", 0),
        ("ROUND()", "expression_arity", 0),
        ("ROUND(1, 2, 3)", "expression_arity", 0),
        ("status + 1", "expression_type", 0),
        ("1 + status", "expression_type", 4),
        ("total and True", "expression_type", 0),
        ("not total", "expression_type", 4),
        ("IF(total, 1, 2)", "expression_type", 3),
        ("IF(done, 1, 'a')", "expression_type", 12),
        ("total == 'a'", "expression_comparison", 0),
        ("due == 'soon'", "expression_type", 7),
        ("due > 5", "expression_comparison", 0),
        ("customer == product", "expression_comparison", 0),
        ("customer == 'nobody'", "expression_type", 12),
        ("done < True", "expression_no_order", 0),
        ("customer < customer", "expression_no_order", 0),
        ("tags == tags", "expression_list_comparison", 0),
        ("total in 5", "expression_type", 9),
        ("total in tags", "expression_type", 0),
        ("created_at + 1", "expression_time_arithmetic", 0),
        ("UPPER(customer)", "expression_type", 6),
        ("SUM(tags)", "expression_type", 4),
        ("MAX(total, due)", "expression_mixed", 0),
        ("SUM(lines.price * others.price)", "expression_two_lists", 18),
        ("SUM(lines.price / SUM(lines.price))", "expression_nested_rows", 4),
        ("lines.product.tags", "expression_nested_lists", 0),
        ("[tags, tags]", "expression_nested_lists", 0),
        ("DATEDIF(due, due, 'W')", "expression_choice", 18),
        ("DATEDIF(due, due, status)", "expression_constant_wanted", 18),
        ("TEXT(total, status)", "expression_constant_wanted", 12),
        ("TEXT(total, 'abc')", "expression_format", 0),
        ("IFS(done, 1, done)", "expression_pairs", 0),
    ],
)
def test_refuses_what_does_not_fit(text: str, code: str, position: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        compiled(text, _SCOPE)

    assert (caught.value.code, caught.value.position) == (code, position)


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("total * 2", NUMBER),
        ("status + '!'", TEXT),
        ("total > 1", BOOLEAN),
        ("due + 1", DATE),
        ("due - due", NUMBER),
        ("MAX(due)", DATE),
        ("lines.price", list_of(NUMBER)),
        ("COUNT(lines)", NUMBER),
        ("customer == None", BOOLEAN),
        ("customer.owner == user", BOOLEAN),
        ("IF(done, None, due)", DATE),
        ("[1, 2]", list_of(NUMBER)),
        ("MAX(0, total - SUM(lines.price))", NUMBER),
    ],
)
def test_knows_the_type_of_a_result(text: str, type_: Type) -> None:
    assert compiled(text, _SCOPE).type == type_


def test_names_every_path_once() -> None:
    expression = compiled("customer.owner == user and SUM(lines.quantity * lines.price) > total + total", _SCOPE)

    assert expression.paths == (
        ("customer", "owner"),
        ("user",),
        ("lines",),
        ("lines", "quantity"),
        ("lines", "price"),
        ("total",),
    )
    assert prefetch(expression.paths)["lines"] == {"quantity": {}, "price": {}}


def test_a_result_is_converted_to_what_is_expected() -> None:
    assert compiled("None", _SCOPE, NUMBER).type == NUMBER
    assert compiled("created_at", _SCOPE, DATE).type == DATE
    assert str(compiled("'2026-01-31'", _SCOPE, DATE).evaluate({})) == "2026-01-31"
    with pytest.raises(ExpressionError) as caught:
        compiled("total", _SCOPE, TEXT)
    assert (caught.value.code, caught.value.params["expected"]) == ("expression_type", TEXT.title)
