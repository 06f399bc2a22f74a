"""What can be wrong with an expression: its text, its types, or a value it meets."""

from __future__ import annotations

from typing import Any

from engine.errors import InvalidInput


class ExpressionError(InvalidInput):
    """An expression was refused, or failed on the values given.

    position -- offset in characters into the text, from 0; None until the place is known.
    `params["column"]` is the same, counted from 1, for people.
    """

    code = "expression_invalid"

    def __init__(self, code: str, *, position: int | None = None, **params: Any) -> None:
        self.position = position
        if position is not None:
            params["column"] = position + 1
        super().__init__(code, **params)

    def at(self, position: int) -> ExpressionError:
        """Return this error with its place, unless an inner place is already known."""
        if self.position is not None:
            return self
        return type(self)(self.code, position=position, **self.params)


class NotTranslatable(ExpressionError):
    """The expression is fine, but has no SQL: it cannot filter or aggregate."""

    code = "expression_not_translatable"
