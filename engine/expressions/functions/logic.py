"""Functions of truth and choice. They are forms: only the branch that is chosen is computed.

An empty condition counts as false. IFS and SWITCH without a match give empty (Excel: #N/A).
"""

from __future__ import annotations

from decimal import Decimal

from engine.expressions import operations
from engine.expressions.errors import ExpressionError
from engine.expressions.functions.function import ANYTHING, Function, Parameter, Rules, both
from engine.expressions.numbers import ZERO
from engine.expressions.tree import (
    Aggregate,
    Aggregation,
    Apply,
    Attempt,
    Choose,
    Constant,
    First,
    Junction,
    Match,
    Node,
)
from engine.expressions.types import BOOLEAN, EMPTY, NUMBER, TEXT, Kind

_CONDITION = Parameter(name="condition", kinds=(Kind.BOOLEAN,))
_CONDITIONS = Parameter(name="conditions", kinds=(Kind.BOOLEAN,), repeated=True)
_VALUE = Parameter(name="value", kinds=ANYTHING)


def _nothing(position: int) -> Node:
    return Constant(value=None, type=EMPTY, position=position)


def _if(rules: Rules, arguments: tuple[Node, ...], position: int) -> Node:
    test = rules.condition(arguments[0])
    branches = [*arguments[1:], _nothing(position)][:2]
    (then, otherwise), type_ = rules.alike(branches)
    return Choose(test=test, then=then, otherwise=otherwise, type=type_, position=position)


def _ifs(rules: Rules, arguments: tuple[Node, ...], position: int) -> Node:
    if len(arguments) % 2:
        raise ExpressionError("expression_pairs", position=position, function="IFS")
    values, type_ = rules.alike([*arguments[1::2], _nothing(position)])
    node = values.pop()
    for test, value in zip(reversed(arguments[::2]), reversed(values), strict=True):
        node = Choose(test=rules.condition(test), then=value, otherwise=node, type=type_, position=test.position)
    return node


def _switch(rules: Rules, arguments: tuple[Node, ...], position: int) -> Node:
    rest = arguments[1:]
    default = rest[-1] if len(rest) % 2 else _nothing(position)
    pairs = list(zip(rest[::2], rest[1::2], strict=False))
    results, type_ = rules.alike([*(result for _, result in pairs), default])
    otherwise = results.pop()
    matched, _ = rules.alike([arguments[0], *(value for value, _ in pairs)])
    for value in matched[1:]:
        rules.equal(matched[0], value)
    cases = tuple(zip(matched[1:], results, strict=True))
    return Match(subject=matched[0], cases=cases, otherwise=otherwise, type=type_, position=position)


def _and(rules: Rules, arguments: tuple[Node, ...], position: int) -> Node:
    return Junction(operator="and", operands=tuple(map(rules.condition, arguments)), position=position)


def _or(rules: Rules, arguments: tuple[Node, ...], position: int) -> Node:
    return Junction(operator="or", operands=tuple(map(rules.condition, arguments)), position=position)


def _not(rules: Rules, arguments: tuple[Node, ...], position: int) -> Node:
    operand = rules.condition(arguments[0])
    return Apply(operation=operations.NOT, arguments=(operand,), type=BOOLEAN, position=position)


def _iferror(rules: Rules, arguments: tuple[Node, ...], position: int) -> Node:
    (body, fallback), type_ = rules.alike(list(arguments))
    return Attempt(body=body, fallback=fallback, type=type_, position=position)


def _isblank(rules: Rules, arguments: tuple[Node, ...], position: int) -> Node:
    node = arguments[0]
    if node.type.kind is Kind.LIST:
        counting = Aggregation(name="COUNT", python=lambda values: Decimal(len(values)), function="count")
        node = Aggregate(aggregation=counting, arguments=(node,), type=NUMBER, position=position)
        return rules.equal(node, Constant(value=ZERO, type=NUMBER, position=position))
    blank = _nothing(position)
    if node.type.kind is Kind.TEXT:
        node = Apply(operation=operations.BLANK_TEXT, arguments=(node,), type=TEXT, position=position)
        blank = Constant(value="", type=TEXT, position=position)
    return rules.equal(node, blank)


def _coalesce(rules: Rules, arguments: tuple[Node, ...], position: int) -> Node:
    options, type_ = rules.alike(list(arguments))
    return First(options=tuple(options), type=type_, position=position)


FUNCTIONS = (
    Function(
        name="IF",
        group="logic",
        parameters=(_CONDITION, _VALUE, Parameter(name="otherwise", kinds=ANYTHING, default="None")),
        result=None,
        build=_if,
        title=both("如果", "If"),
        doc=both("条件成立时取第二个值，否则取第三个。", "The second value where the condition holds, else the third."),
        examples=(("IF(2 > 1, 'yes', 'no')", "'yes'"), ("IF(None, 1, 2)", "2"), ("IF(1 > 2, 1)", "None")),
    ),
    Function(
        name="IFS",
        group="logic",
        parameters=(_CONDITION, _VALUE, Parameter(name="more", kinds=ANYTHING, default="None", repeated=True)),
        result=None,
        build=_ifs,
        title=both("多重条件", "First that holds"),
        doc=both(
            "第一个成立的条件后面的值；都不成立时为空。", "The value after the first condition that holds; else empty."
        ),
        examples=(("IFS(1 > 2, 'a', 2 > 1, 'b')", "'b'"), ("IFS(1 > 2, 'a')", "None")),
    ),
    Function(
        name="SWITCH",
        group="logic",
        parameters=(
            _VALUE,
            Parameter(name="case", kinds=ANYTHING),
            Parameter(name="result", kinds=ANYTHING),
            Parameter(name="more", kinds=ANYTHING, default="None", repeated=True),
        ),
        result=None,
        build=_switch,
        title=both("对照", "Switch"),
        doc=both(
            "与第一个相等的值对应的结果；最后单独的一个是默认值。",
            "The result after the first equal value; a single one at the end is the default.",
        ),
        examples=(("SWITCH(2, 1, 'one', 2, 'two')", "'two'"), ("SWITCH(9, 1, 'one', 'many')", "'many'")),
    ),
    Function(
        name="AND",
        group="logic",
        parameters=(_CONDITIONS,),
        result=BOOLEAN,
        build=_and,
        title=both("并且", "And"),
        doc=both("所有条件都成立；与 `a and b` 相同。", "Whether all conditions hold; the same as `a and b`."),
        examples=(("AND(1 < 2, 2 < 3)", "True"), ("AND(True, None)", "False")),
    ),
    Function(
        name="OR",
        group="logic",
        parameters=(_CONDITIONS,),
        result=BOOLEAN,
        build=_or,
        title=both("或者", "Or"),
        doc=both("至少一个条件成立；与 `a or b` 相同。", "Whether any condition holds; the same as `a or b`."),
        examples=(("OR(1 > 2, 2 < 3)", "True"), ("OR(None, False)", "False")),
    ),
    Function(
        name="NOT",
        group="logic",
        parameters=(_CONDITION,),
        result=BOOLEAN,
        build=_not,
        title=both("非", "Not"),
        doc=both("条件不成立；空算不成立。", "Whether the condition does not hold; empty does not hold."),
        examples=(("NOT(1 > 2)", "True"), ("NOT(None)", "True")),
    ),
    Function(
        name="IFERROR",
        group="logic",
        parameters=(_VALUE, Parameter(name="fallback", kinds=ANYTHING)),
        result=None,
        build=_iferror,
        title=both("出错时", "If error"),
        doc=both("第一个值，计算出错时取第二个。", "The first value, or the second where computing the first fails."),
        examples=(("IFERROR(1 / 0, 0)", "0"), ("IFERROR(6 / 3, 0)", "2")),
    ),
    Function(
        name="ISBLANK",
        group="logic",
        parameters=(_VALUE,),
        result=BOOLEAN,
        build=_isblank,
        title=both("为空", "Is blank"),
        doc=both(
            "值为空，或文本没有字符，或列表没有内容。",
            "Whether the value is empty, a text without characters or a list of nothing.",
        ),
        examples=(("ISBLANK(None)", "True"), ("ISBLANK('')", "True"), ("ISBLANK(0)", "False")),
    ),
    Function(
        name="COALESCE",
        group="logic",
        parameters=(Parameter(name="values", kinds=ANYTHING, repeated=True),),
        result=None,
        build=_coalesce,
        title=both("第一个非空值", "First not empty"),
        doc=both("第一个不为空的值；都为空时为空。", "The first value that is not empty; else empty."),
        examples=(("COALESCE(None, 5, 6)", "5"), ("COALESCE(None, None)", "None")),
    ),
)
