"""Record titles: `{number} {customer.name}` as constant texts and expressions, in order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from engine import expressions
from engine.expressions import Expression, ExpressionError, Scope
from form_engine.definition import Field

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def split(template: str) -> Iterator[tuple[str, str | None]]:
    """Yield (constant text, expression behind it or None) of a template."""
    position = 0
    for found in _PLACEHOLDER.finditer(template):
        yield template[position : found.start()], found.group(1)
        position = found.end()
    yield template[position:], None


def parts(template: str, scope: Scope) -> tuple[str | Expression, ...]:
    """Return the compiled template.

    Raises `ExpressionError`: for an expression that is wrong, and for a lone brace (`title_brace`).
    """
    result: list[str | Expression] = []
    for text, expression in split(template):
        if "{" in text or "}" in text:
            raise ExpressionError("title_brace")
        if text:
            result.append(text)
        if expression is not None:
            result.append(expressions.compile(expression.strip(), scope))
    return tuple(result)


def default_title(fields: Mapping[str, Field]) -> str:
    """Return the title of a form that states none: its serial number and its first text, else the record's id."""
    serial = [field.key for field in fields.values() if field.type.traits.is_generated]
    texts = [
        field.key
        for field in fields.values()
        if field.type.traits.is_searched and field.type.traits.is_sorted and field.key not in serial
    ]
    return " ".join("{" + key + "}" for key in [*serial[:1], *texts[:1]]) or "{id}"
