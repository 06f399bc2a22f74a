"""How the arguments of a call fit a function's parameters."""

from __future__ import annotations

from collections.abc import Iterator

from engine.expressions import conversions
from engine.expressions.errors import ExpressionError
from engine.expressions.functions.function import Function, Parameter
from engine.expressions.parse import parse
from engine.expressions.syntax import Literal
from engine.expressions.tree import Constant, Node
from engine.expressions.types import NUMBER, TEXT, Kind, Type, list_of

_PREFERENCE = (Kind.NUMBER, Kind.BOOLEAN, Kind.DATE, Kind.DATETIME, Kind.TEXT)


def fitted_arguments(function: Function, arguments: list[Node], position: int) -> tuple[Node, ...]:
    """Return the arguments converted to what the parameters take, with the defaults of those left out.

    Special forms get only what was given: they know what a missing argument means.
    """
    pairs = list(zip(_parameters(function), arguments, strict=False))
    fitted = [_fitted(function, parameter, argument) for parameter, argument in pairs]
    if function.build is None:
        missing = function.parameters[len(arguments) :]
        fitted += [_default(parameter, position) for parameter in missing if not parameter.repeated]
    return tuple(fitted)


def _parameters(function: Function) -> Iterator[Parameter]:
    yield from function.parameters
    while function.parameters and function.parameters[-1].repeated:
        yield function.parameters[-1]


def _fitted(function: Function, parameter: Parameter, node: Node) -> Node:
    if parameter.choices:
        return _chosen(function, parameter, node)
    if parameter.kinds == (Kind.TEXT,):
        return conversions.texted(node)
    if node.type.kind in parameter.kinds:
        if function.aggregation is not None and node.type.kind is Kind.LIST:
            _check_items(parameter, node)
        return node
    if node.type.kind is Kind.EMPTY and (function.build is not None or function.aggregation is not None):
        return node
    for kind in _PREFERENCE:
        if kind in parameter.kinds:
            fitting = conversions.converted(node, Type(kind=kind))
            if fitting is not None:
                return fitting
    raise conversions.mismatch(node, *(Type(kind=kind) for kind in parameter.kinds))


def _check_items(parameter: Parameter, node: Node) -> None:
    item = node.type.item
    if item is not None and item.kind is not Kind.EMPTY and item.kind not in parameter.kinds:
        raise conversions.mismatch(node, *(list_of(Type(kind=kind)) for kind in parameter.kinds[:-1]))


def _chosen(function: Function, parameter: Parameter, node: Node) -> Node:
    """Return the constant as it is spelled among the choices."""
    if not isinstance(node, Constant) or node.value is None:
        raise ExpressionError(
            "expression_constant_wanted", position=node.position, function=function.name, parameter=parameter.name
        )
    if str(node.value).upper() not in parameter.choices:
        raise ExpressionError(
            "expression_choice",
            position=node.position,
            function=function.name,
            parameter=parameter.name,
            choices=", ".join(parameter.choices),
        )
    value = node.value.upper() if isinstance(node.value, str) else node.value
    return Constant(value=value, type=node.type, position=node.position)


def _default(parameter: Parameter, position: int) -> Node:
    literal = parse(parameter.default or "None").node
    if not isinstance(literal, Literal) or isinstance(literal.value, bool):
        raise TypeError(f"the default of {parameter.name} must be a number or a text")
    type_ = TEXT if isinstance(literal.value, str) else NUMBER
    return Constant(value=literal.value, type=type_, position=position)
