"""Functions over lists: the rows of a sub-table, an array, or values written one after the other.

Empty values are left out, as a spreadsheet leaves out blank cells. Of nothing, SUM is 0 and COUNT is 0, as in Excel;
MIN, MAX and AVERAGE are empty (Excel: 0, 0 and #DIV/0!), because a smallest price of 0 where there is no price is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from engine.expressions import numbers
from engine.expressions.functions.function import ANYTHING, Function, Parameter, both
from engine.expressions.tree import Aggregation, Value
from engine.expressions.types import NUMBER, Kind

_NUMBERS = Parameter(name="values", kinds=(Kind.NUMBER, Kind.LIST), repeated=True)
_ORDERED = Parameter(name="values", kinds=(Kind.NUMBER, Kind.DATE, Kind.DATETIME, Kind.LIST), repeated=True)
_ANYTHING = Parameter(name="values", kinds=ANYTHING, repeated=True)


def _sum(values: Sequence[Decimal]) -> Decimal:
    return numbers.fitted(_exact_sum(values))


def _average(values: Sequence[Decimal]) -> Decimal | None:
    if not values:
        return None
    return numbers.fitted(numbers.EXACT.divide(_exact_sum(values), Decimal(len(values))))


def _exact_sum(values: Sequence[Decimal]) -> Decimal:
    result = numbers.ZERO
    for value in values:
        result = numbers.EXACT.add(result, value)
    return result


def _least(values: Sequence[Value]) -> Value:
    return min(values) if values else None


def _greatest(values: Sequence[Value]) -> Value:
    return max(values) if values else None


def _count(values: Sequence[Value]) -> Decimal:
    return Decimal(len(values))


FUNCTIONS = (
    Function(
        name="SUM",
        group="lists",
        parameters=(_NUMBERS,),
        result=NUMBER,
        aggregation=Aggregation(name="SUM", python=_sum, function="sum"),
        title=both("求和", "Sum"),
        doc=both(
            "把数和列表中的数加起来，可以逐行计算：`SUM(lines.quantity * lines.price)`；没有数时为 0。",
            "Adds numbers and the numbers of lists, row by row if wanted: `SUM(lines.quantity * lines.price)`; of "
            "nothing it is 0.",
        ),
        examples=(("SUM(1, 2, 3.5)", "6.5"), ("SUM([1, None, 2], 4)", "7")),
    ),
    Function(
        name="AVERAGE",
        group="lists",
        parameters=(_NUMBERS,),
        result=NUMBER,
        aggregation=Aggregation(name="AVERAGE", python=_average, function="avg"),
        title=both("平均值", "Average"),
        doc=both(
            "非空的数的平均值；没有数时为空。", "The mean of the numbers that are not empty; of nothing it is empty."
        ),
        examples=(("AVERAGE(1, 2, 6)", "3"), ("AVERAGE([1, None, 2])", "1.5")),
    ),
    Function(
        name="MIN",
        group="lists",
        parameters=(_ORDERED,),
        result=None,
        aggregation=Aggregation(name="MIN", python=_least, function="min"),
        title=both("最小值", "Smallest"),
        doc=both(
            "最小的数或最早的日期；没有值时为空。", "The smallest number or the earliest date; of nothing it is empty."
        ),
        examples=(("MIN(3, 1, 2)", "1"), ("MIN([4, None], 5)", "4")),
    ),
    Function(
        name="MAX",
        group="lists",
        parameters=(_ORDERED,),
        result=None,
        aggregation=Aggregation(name="MAX", python=_greatest, function="max"),
        title=both("最大值", "Largest"),
        doc=both(
            "最大的数或最晚的日期；没有值时为空。", "The largest number or the latest date; of nothing it is empty."
        ),
        examples=(("MAX(3, 1, 2)", "3"), ("MAX([4, None], 5)", "5")),
    ),
    Function(
        name="COUNT",
        group="lists",
        parameters=(_ANYTHING,),
        result=NUMBER,
        aggregation=Aggregation(name="COUNT", python=_count, function="count"),
        title=both("计数", "Count"),
        doc=both(
            "非空值的个数；`COUNT(lines)` 是明细行数。",
            "How many values are not empty; `COUNT(lines)` is the number of rows.",
        ),
        examples=(("COUNT([1, None, 2])", "2"), ("COUNT(1, None)", "1")),
    ),
    Function(
        name="COUNTA",
        group="lists",
        parameters=(_ANYTHING,),
        result=NUMBER,
        aggregation=Aggregation(name="COUNTA", python=_count, function="count"),
        title=both("非空计数", "Count filled"),
        doc=both("与 COUNT 相同：非空值的个数。", "The same as COUNT: how many values are not empty."),
        examples=(("COUNTA(['a', None, ''])", "2"), ("COUNTA('a', 'b')", "2")),
    ),
)
