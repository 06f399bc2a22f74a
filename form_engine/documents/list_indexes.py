"""Which indexes the views of a form want: pure, from the document.

A view is a list that people open all day. With one index of the fields that its filter fixes (`status == 'open'`) and of
its order, a page costs the same in ten thousand records and in a million, and counting it reads the index alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from engine import expressions
from engine.expressions import ExpressionError
from engine.expressions.syntax import Compare, Junction, Literal, Name, Node
from form_engine.definition import Field, ListIndex

#: The order of a list that asks for none (`form_engine.querying.pages`).
_NEWEST: Final = ("-created_at",)
#: Characters of the texts in one index; PostgreSQL takes 2,704 bytes an entry, a character up to four.
_MOST_CHARACTERS: Final = 500
#: What a column holds whose field says no length: an option's value, a number, a date, an id.
_SHORT: Final = 100
_SYSTEM: Final = frozenset({"created_at", "updated_at", "owner", "created_by", "updated_by"})


def list_indexes(document: Mapping[str, Any], fields: Mapping[str, Field]) -> tuple[ListIndex, ...]:
    """Return the index of each view whose order and fixed fields are two columns or more that fit one."""
    found = []
    for view in document.get("x-form", {}).get("views", ()):
        order = tuple(view.get("sort") or _NEWEST)
        sorted_by = {key.removeprefix("-") for key in order}
        equal = tuple(name for name in _fixed(view.get("filter", "")) if name in fields and name not in sorted_by)
        is_ordered = all(
            name in _SYSTEM or (name in fields and fields[name].type.traits.is_sorted) for name in sorted_by
        )
        if is_ordered and len(equal) + len(order) > 1 and _fit((*equal, *sorted_by), fields):
            found.append(ListIndex(equal=equal, order=order))
    return tuple(dict.fromkeys(found))


def _fit(names: tuple[str, ...], fields: Mapping[str, Field]) -> bool:
    known = [fields[name] for name in names if name in fields]
    if len(known) + len(_SYSTEM.intersection(names)) != len(names):
        return False
    if not all(one.column and not one.type.traits.is_list for one in known):
        return False
    return sum(_length(one) for one in known) <= _MOST_CHARACTERS


def _length(field: Field) -> int:
    return int(field.type.schema(field.options).get("maxLength", _SHORT))


def _fixed(text: str) -> tuple[str, ...]:
    """Return the names that a filter compares with something that is the same for all rows."""
    if not text:
        return ()
    try:
        node = expressions.parse(text).node
    except ExpressionError:
        # Said by the checks of the document; here it is a filter that fixes nothing.
        return ()
    return tuple(dict.fromkeys(_names(node)))


def _names(node: Node) -> Iterator[str]:
    match node:
        case Junction(operator="and", operands=operands):
            for operand in operands:
                yield from _names(operand)
        case Compare(operands=(Name(names=(name,)), Literal() | Name(names=("user",))), operators=("==",)):
            yield name
