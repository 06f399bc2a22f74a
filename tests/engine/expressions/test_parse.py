"""What may not be written: every way out and every way to exhaust, each refused with code and place, at once."""

from __future__ import annotations

from time import perf_counter

import pytest

from engine.expressions import NUMBER, TEXT, ExpressionError, Members, Scope, list_of, record_of
from engine.expressions import compile as compiled
from engine.expressions.parse import MAX_LENGTH

_LINE = Members("crm.order.lines", {"amount": NUMBER})
_SCOPE = Scope(
    {
        "total": NUMBER,
        "name": TEXT,
        "lines": list_of(record_of(_LINE)),
        "customer": record_of(Members("crm.customer", {"level": TEXT})),
    }
)

_REFUSED = [
    # Ways out.
    ("().__class__", "expression_underscore", 0),
    ("name.__class__", "expression_underscore", 0),
    ("name.upper()", "expression_method", 0),
    ("'a'.upper()", "expression_method", 0),
    ("'{0.__class__}'.format(total)", "expression_method", 0),
    ("(1).real", "expression_attribute", 1),
    ("__import__('os')", "expression_underscore", 0),
    ("_private", "expression_underscore", 0),
    ("customer.__dict__", "expression_underscore", 0),
    ("customer.level__x", "expression_underscore", 0),
    ("getattr(name, 'upper')", "expression_unknown_function", 0),
    ("eval('1')", "expression_unknown_function_near", 0),
    ("open('/etc/passwd')", "expression_unknown_function", 0),
    ("name[0]", "expression_subscript", 0),
    ("[1, 2][0]", "expression_subscript", 0),
    ("name[0:2]", "expression_character", 6),
    ("{1: 2}", "expression_character", 0),
    ("f'{total}'", "expression_f_string", 0),
    ("f'{name.__class__}'", "expression_f_string", 0),
    ("b'abc'", "expression_literal", 0),
    ("lambda: 1", "expression_character", 6),
    ("(lambda x=1: x)", "expression_character", 11),
    ("[x for x in lines]", "expression_comprehension", 0),
    ("(x for x in lines)", "expression_comprehension", 0),
    ("SUM(x for x in lines)", "expression_comprehension", 3),
    ("(total := 5)", "expression_character", 7),
    ("SUM(*lines)", "expression_starred", 4),
    ("SUM(values=1)", "expression_keyword_argument", 0),
    ("await total", "expression_not_allowed", 0),
    ("(yield 1)", "expression_not_allowed", 1),
    ("total is None", "expression_is_operator", 0),
    ("...", "expression_literal", 0),
    ("1j", "expression_literal", 0),
    ("customer.level.length", "expression_no_members", 0),
    ("lines.amount.x", "expression_no_members", 0),
    ("__now__", "expression_underscore", 0),
    # Statements.
    ("total = 5", "expression_assignment", 6),
    ("total += 5", "expression_assignment", 6),
    ("1; 2", "expression_character", 1),
    ("import os", "expression_statement", 0),
    ("del total", "expression_statement", 0),
    ("pass", "expression_statement", 0),
    ("1) + (2", "expression_syntax", 1),
    ("1 +", "expression_syntax", 0),
    ("# nothing", "expression_character", 0),
    ("total # comment", "expression_character", 6),
    ("'''text'''", "expression_syntax", 0),
    ("1 \\\n + 1", "expression_character", 2),
    ("", "expression_blank", 0),
    ("  \n ", "expression_blank", 0),
    # Exhaustion.
    ("9 ** 9 ** 9", "expression_power_operator", 0),
    ("1 << 9", "expression_operator", 0),
    ("7 // 2", "expression_operator", 0),
    ("~total", "expression_character", 0),
    ("'%1000000000d' % 1", "expression_text_format", 0),
    ("'a' * 1000000000", "expression_type", 0),
    ("1000000000 * 'a'", "expression_type", 13),
    ("[1] * 1000000000", "expression_type", 0),
    ("1e400", "expression_number_form", 0),
    ("1e5", "expression_number_form", 0),
    ("0x10", "expression_number_form", 0),
    ("9" * 27, "expression_number_too_long", 0),
    ("9" * 3_999, "expression_number_too_long", 0),
    ("0.1234567890123", "expression_number_too_long", 0),
    ("1 + " * 2_000 + "1", "expression_too_long", MAX_LENGTH),
    ("(" * 1_500 + "1" + ")" * 1_500, "expression_too_deep", None),
    ("-" * 3_000 + "1", "expression_too_deep", None),
    ("not " * 900 + "1", "expression_too_deep", None),
    ("+".join("1" * 1_999), "expression_too_deep", None),
    ("[" * 180 + "1" + "]" * 180, "expression_too_deep", None),
    ("ABS(" * 180 + "1" + ")" * 180, "expression_too_deep", None),
    ("1 if total else " * 200 + "1", "expression_too_deep", None),
    ("SUM(" + ",".join("1" * 1_900) + ")", "expression_too_many_parts", None),
    ("a" + ".a" * 1_900, "expression_path_too_long", None),
    ("a" * 3_000, "expression_name", 0),
    # Characters.
    ("tоtal", "expression_character", 1),
    ("ｓｕｍ(1)", "expression_character", 0),
    ("total＋1", "expression_character", 5),
    ("总额", "expression_character", 0),
    ("SUM（1）", "expression_character", 3),
    ("total\0", "expression_text_character", 5),
    ("'\0'", "expression_text_character", 1),
    ("'\\x00'", "expression_text_character", 0),
    ("'\\ud800'", "expression_text_character", 0),
    ("total\u202e", "expression_character", 5),
]


@pytest.mark.parametrize(
    ("text", "code", "position"), _REFUSED, ids=[text[:40].encode("unicode_escape").decode() for text, _, _ in _REFUSED]
)
def test_refuses(text: str, code: str, position: int | None) -> None:
    began = perf_counter()
    with pytest.raises(ExpressionError) as caught:
        compiled(text, _SCOPE)
    took = perf_counter() - began

    assert caught.value.code == code, caught.value
    assert caught.value.position is not None
    assert position is None or caught.value.position == position
    assert took < 0.25


def test_a_refusal_reads_well_in_both_languages() -> None:
    with pytest.raises(ExpressionError) as caught:
        compiled("totel + 1", _SCOPE)
    assert caught.value.code == "expression_unknown_name_near"
    assert caught.value.detail("en-US") == "There is no name totel; did you mean total? (character 1)"
    assert caught.value.detail("zh-CN") == "没有名称 totel，是不是 total？（第 1 个字符）"


def test_a_position_counts_characters_not_bytes() -> None:
    with pytest.raises(ExpressionError) as caught:
        compiled("name == '订单' and totel > 1", _SCOPE)
    assert caught.value.position == 17


def test_line_breaks_and_indents_are_free() -> None:
    assert compiled("  total\n    + 1\n", _SCOPE).evaluate({"total": 2}) == 3


def test_the_digits_of_a_number_are_kept_as_written() -> None:
    assert str(compiled("0.1", _SCOPE).evaluate({})) == "0.1"
    assert (
        str(compiled("12345678901234567890.123456789012", _SCOPE).evaluate({})) == "12345678901234567890.123456789012"
    )
