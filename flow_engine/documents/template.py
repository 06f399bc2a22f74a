"""Texts with expressions in braces: `订单 {record.number} 已通过审批`, one for each language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from engine.expressions import Expression, ExpressionError

Parts = tuple[str | Expression, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A text with gaps, in every language that the app has."""

    parts: Mapping[str, Parts]

    def fill(
        self, evaluate: Callable[[Expression], object], time_zone: str, escape: Callable[[str], str] = str
    ) -> Mapping[str, str]:
        """Return the text with its gaps filled; an empty value leaves nothing. `escape` is for what fills them alone."""

        def filled(part: str | Expression) -> str:
            return part if isinstance(part, str) else escape(_shown(evaluate(part), time_zone))

        return {language: "".join(map(filled, parts)) for language, parts in self.parts.items()}


def compile_template(text: str, compile_inner: Callable[[str], Expression | None]) -> Parts:
    """Split `text` at its braces; `{{` and `}}` stand for themselves.

    Raises `ExpressionError` where a brace has no partner; what `compile_inner` refuses is left out.
    """
    parts: list[str | Expression] = []
    rest, position = text, 0
    while rest:
        before, brace, behind = rest.partition("{")
        parts.append(before.replace("}}", "}"))
        if not brace:
            break
        if behind.startswith("{"):
            parts.append("{")
            rest, position = behind[1:], position + len(before) + 2
            continue
        inner, closing, rest = behind.partition("}")
        if not closing:
            raise ExpressionError("flow_template_brace", position=position + len(before), text=text)
        position += len(before) + len(inner) + 2
        compiled = compile_inner(inner)
        if compiled is not None:
            parts.append(compiled)
    return tuple(part for part in parts if part != "")


def _shown(value: Any, time_zone: str) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, datetime):
        return f"{value.astimezone(ZoneInfo(time_zone)):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return str(value.get("name") or value.get("title") or value.get("number") or value.get("id", ""))
    if isinstance(value, (list, tuple)):
        return ", ".join(_shown(item, time_zone) for item in value)
    return str(value)
