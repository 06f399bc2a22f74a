"""Work on texts, in Python and as SQL side by side, by the rules of Excel's functions."""

from __future__ import annotations

import re
from decimal import Decimal

import sqlalchemy as sa

from engine.expressions import numbers, operations, sql
from engine.expressions.errors import ExpressionError
from engine.expressions.operations import text_length
from engine.expressions.sql import Checked, Element
from engine.expressions.tree import Operation


def _letters() -> tuple[str, str]:
    """Return the small and the capital letters that pair one to one: Latin, Greek, Cyrillic, full-width.

    Spelled out, because servers and Python versions differ in the rest (`ß`, `ı`, new scripts).
    """
    ranges = (range(0x61, 0x250), range(0x370, 0x530), range(0xFF41, 0xFF5B))
    pairs = [(chr(code), chr(code).upper()) for span in ranges for code in span]
    kept = [(small, capital) for small, capital in pairs if len(capital) == 1 and capital != small]
    kept = [(small, capital) for small, capital in kept if capital.lower() == small]
    return "".join(small for small, _ in kept), "".join(capital for _, capital in kept)


SMALL, CAPITAL = _letters()
_NUMBER_FORM = r"^ *[+-]?([0-9]{1,26}|[0-9]{1,3}(,[0-9]{3}){1,7})([.][0-9]{1,12})?%? *$"
_NUMBER_PATTERN = re.compile(_NUMBER_FORM)


def _txt(name: str, *arguments: Element) -> Element:
    return sql.call(name, *arguments, gives=sa.Text())


def _size(value: Decimal, function: str) -> int:
    size = numbers.whole(value)
    if size < 0:
        raise ExpressionError("expression_domain", function=function)
    return size


def left(text: str, count: Decimal) -> str:
    """LEFT: so many characters from the start."""
    return text[: _size(count, "LEFT")]


def left_sql(text: Element, count: Element) -> Checked:
    """LEFT as SQL."""
    size = sql.as_integer(count)
    value = _txt("left", text, sa.case((size >= sql.integer(0), size)))
    return Checked(value=value, error=size < sql.integer(0))


def right(text: str, count: Decimal) -> str:
    """RIGHT: so many characters from the end."""
    size = _size(count, "RIGHT")
    return text[max(len(text) - size, 0) :]


def right_sql(text: Element, count: Element) -> Checked:
    """RIGHT as SQL."""
    size = sql.as_integer(count)
    value = _txt("right", text, sa.case((size >= sql.integer(0), size)))
    return Checked(value=value, error=size < sql.integer(0))


def mid(text: str, start: Decimal, count: Decimal) -> str:
    """MID: so many characters from a position; the first is 1."""
    first, size = numbers.whole(start), _size(count, "MID")
    if first < 1:
        raise ExpressionError("expression_domain", function="MID")
    return text[first - 1 : first - 1 + size]


def mid_sql(text: Element, start: Element, count: Element) -> Checked:
    """MID as SQL."""
    first, size = sql.as_integer(start), sql.as_integer(count)
    is_fine = sa.and_(first >= sql.integer(1), size >= sql.integer(0))
    value = _txt("substr", text, first, sa.case((is_fine, size)))
    return Checked(value=value, error=sa.not_(is_fine))


def trim(text: str) -> str:
    """TRIM: no spaces at the ends, single ones within; other white space stays, as in Excel."""
    return " ".join(part for part in text.split(" ") if part)


def trim_sql(text: Element) -> Element:
    """TRIM as SQL."""
    single = _txt("regexp_replace", text, sql.text(" +"), sql.text(" "), sql.text("g"))
    return _txt("btrim", single, sql.text(" "))


def substitute(text: str, old: str, new: str) -> str:
    """SUBSTITUTE: every old part by the new one."""
    if not old:
        return text
    grown = len(text) + text.count(old) * (len(new) - len(old))
    if grown > operations.MAX_TEXT:
        raise ExpressionError("expression_text_too_long", limit=operations.MAX_TEXT)
    return text.replace(old, new)


def substitute_sql(text: Element, old: Element, new: Element) -> Checked:
    """SUBSTITUTE as SQL."""
    gone = text_length(text) - text_length(_txt("replace", text, old, sql.text("")))
    step = sql.num("nullif", sa.cast(text_length(old), sa.Numeric()), sql.number(0))
    count = sa.cast(gone, sa.Numeric()) / step
    grown = sa.cast(text_length(text), sa.Numeric()) + count * (
        sa.cast(text_length(new), sa.Numeric()) - sa.cast(text_length(old), sa.Numeric())
    )
    is_long = grown > sql.number(operations.MAX_TEXT)
    # The bound comes first: the server must not build a text of a gigabyte only to refuse it.
    value = sa.case((sql.is_true(is_long), sql.text("")), else_=_txt("replace", text, old, new))
    return Checked(value=value, error=is_long)


def find(part: str, text: str, start: Decimal) -> Decimal:
    """FIND: where a part first stands, from 1; not found is an error (#VALUE!)."""
    first = numbers.whole(start)
    found = text.find(part, first - 1) if 1 <= first <= len(text) + 1 else -1
    if found < 0:
        raise ExpressionError("expression_not_found", part=part[:40])
    return Decimal(found + 1)


def find_sql(part: Element, text: Element, start: Element) -> Checked:
    """FIND as SQL."""
    first = sql.as_integer(start)
    is_fine = first.between(sql.integer(1), text_length(text) + sql.integer(1))
    rest = _txt("substr", text, sa.case((is_fine, first)))
    position = sql.call("strpos", rest, part, gives=sa.Integer())
    value = sa.cast(position + first - sql.integer(1), sa.Numeric())
    return Checked(value=value, error=sa.or_(sa.not_(is_fine), position == sql.integer(0)))


def value(text: str) -> Decimal:
    """VALUE: the number that a text spells."""
    if not _NUMBER_PATTERN.fullmatch(text):
        raise ExpressionError("expression_not_a_number", text=text[:40])
    digits = Decimal(text.strip(" ").rstrip("%").replace(",", ""))
    return numbers.fitted(numbers.EXACT.divide(digits, Decimal(100)) if "%" in text else digits)


def value_sql(text: Element) -> Checked:
    """VALUE as SQL."""
    is_number = text.op("~", is_comparison=True)(sql.text(_NUMBER_FORM))
    digits = _txt("regexp_replace", sa.case((is_number, text)), sql.text("[ ,%+]"), sql.text(""), sql.text("g"))
    number = sa.cast(digits, sa.Numeric())
    is_percent = sql.call("strpos", text, sql.text("%"), gives=sa.Integer()) > sql.integer(0)
    value = sql.rounded(sa.case((is_percent, number / sql.number(100)), else_=number))
    return Checked(value=value, error=sa.not_(is_number))


def starts(text: str, part: str) -> bool:
    """STARTSWITH."""
    return text.startswith(part)


def starts_sql(text: Element, part: Element) -> Element:
    """STARTSWITH as SQL."""
    return sql.call("starts_with", text, part, gives=sa.Boolean())


def ends(text: str, part: str) -> bool:
    """ENDSWITH."""
    return text.endswith(part)


def ends_sql(text: Element, part: Element) -> Element:
    """ENDSWITH as SQL."""
    return _txt("right", text, text_length(part)) == part


def letter_case(name: str, source: str, target: str) -> Operation:
    """Return the operation that changes the letters of `source` into those of `target`."""
    table = str.maketrans(source, target)

    def python(text: str) -> str:
        return text.translate(table)

    return Operation(
        name=name,
        python=python,
        sql=lambda text: _txt("translate", text, sql.text(source), sql.text(target)),
    )
