"""The functions of the language, by group; `FUNCTIONS` holds them all by name."""

from __future__ import annotations

from collections.abc import Mapping

from engine.expressions.functions import dates, lists, logic, math, text
from engine.expressions.functions.function import Function, Group, Parameter

FUNCTIONS: Mapping[str, Function] = {
    function.name: function
    for group in (logic.FUNCTIONS, math.FUNCTIONS, lists.FUNCTIONS, text.FUNCTIONS, dates.FUNCTIONS)
    for function in group
}

__all__ = ["FUNCTIONS", "Function", "Group", "Parameter"]
