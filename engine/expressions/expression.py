"""A compiled expression: checked once, evaluated and translated any number of times, from any thread."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from engine.expressions import conversions
from engine.expressions.check import Checker
from engine.expressions.evaluate import Reader, run
from engine.expressions.lower import Lowering
from engine.expressions.parse import parse
from engine.expressions.sql import Columns, Element
from engine.expressions.to_sql import translate
from engine.expressions.tree import INSTANT, ZONE, Node, Value
from engine.expressions.types import Kind, PathNames, Scope, Type

_CIRCUMSTANCES = ((INSTANT,), (ZONE,))
PrefetchTree = Mapping[str, "PrefetchTree"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Expression:
    """An expression that fits its scope.

    text  -- as it was written.
    type  -- of its value.
    paths -- every path of names that it reads, each once, in order; what must be in `values` and what may be joined.
    """

    text: str
    type: Type
    paths: tuple[PathNames, ...]
    _node: Node = field(repr=False)
    _lowered: ast.expr = field(repr=False)
    _readers: Mapping[str, Reader] = field(repr=False)

    @property
    def reads_clock(self) -> bool:
        """Whether the value may change while nothing but time passes."""
        return any(reader.names == (INSTANT,) for reader in self._readers.values())

    def evaluate(self, values: Mapping[str, Any]) -> Value:
        """Return the value for `values`: Decimal, str, bool, date, aware datetime, a record, a list or None.

        A name or member that is missing is empty. `values` hold `at(now, zone)`, too: the instant of TODAY and NOW, and
        the time zone by which an instant has a day; RuntimeError where the zone is needed and missing.
        Raises ExpressionError with a position: division by zero, a number too large, a text too long, …
        A condition is always True or False. Takes time linear in the expression times the rows of its lists.
        """
        value = run(self._lowered, self._readers, values)
        return value is True if self.type.kind is Kind.BOOLEAN else value

    def to_sql(self, columns: Columns, *, now: datetime, zone: str) -> Element:
        """Return the same as SQL; where `evaluate` raises, it is NULL, and false for a condition.

        Raises NotTranslatable where there is no SQL for it.
        """
        return translate(self._node, columns, now, zone)


def compile(  # noqa: A001  always used as `expressions.compile`
    text: str, scope: Scope, expected: Type | None = None
) -> Expression:
    """Return the expression of `text` over `scope`, converted to `expected` where one is given.

    Raises ExpressionError with code and position for anything wrong with it. Costs well under a millisecond for usual
    texts; compile once per published definition.
    """
    node = Checker(scope).check(parse(text).node)
    if expected is not None:
        fitting = _as_expected(node, expected)
        if fitting is None:
            raise conversions.mismatch(node, expected)
        node = fitting
    lowering = Lowering()
    lowered = lowering.lower(node)
    paths = dict.fromkeys(reader.names for reader in lowering.readers.values() if reader.names not in _CIRCUMSTANCES)
    return Expression(
        text=text, type=node.type, paths=tuple(paths), _node=node, _lowered=lowered, _readers=lowering.readers
    )


def _as_expected(node: Node, expected: Type) -> Node | None:
    if expected.kind is Kind.RECORD and node.type.kind is Kind.TEXT and conversions.is_computed(node):
        # A text that is an id; whoever stores it finds out whether there is such a record.
        return node
    return conversions.converted(node, expected)


def at(now: datetime, zone: str) -> Mapping[str, Any]:
    """Return what `values` say of when and where an evaluation is: the instant (aware UTC) and the time zone's name."""
    return {INSTANT: now, ZONE: zone}


def prefetch(paths: Iterable[PathNames]) -> PrefetchTree:
    """Return the paths as a tree: `{"customer": {"level": {}}, "lines": {"amount": {}}}`."""
    tree: dict[str, Any] = {}
    for path in paths:
        branch = tree
        for name in path:
            branch = branch.setdefault(name, {})
    return tree


def record_id(value: Value) -> UUID | None:
    """Return the id of a record that an expression gave, whether as a mapping, a UUID or a text."""
    if isinstance(value, Mapping):
        value = value.get("id")
    if value is None or isinstance(value, UUID):
        return value
    return UUID(str(value))
