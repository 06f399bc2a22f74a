"""Types of JSON that comes from outside: a JSON Schema says what expressions may read of it, and how it is read.

Members that are objects, lists, texts, numbers, booleans, dates and instants can be read; what a schema leaves open (no
type, several) or calls by a name that no expression can hold is kept from expressions, and validated all the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from engine import json_schema
from engine.errors import Violation
from engine.expressions import BOOLEAN, DATE, DATETIME, NUMBER, TEXT, Kind, Members, Type, list_of, record_of

#: The name of every record type that is JSON from outside: its `id` is a member like any other.
JSON_RECORD: Final = "json"
MAX_DEPTH: Final = 8
#: A schema of an input or an answer, as text: larger ones belong into a document of their own.
MAX_TEXT: Final = 20_000

_FORMATS: Final = {"date": DATE, "date-time": DATETIME}
_SCALARS: Final = {"string": TEXT, "number": NUMBER, "integer": NUMBER, "boolean": BOOLEAN}


def check(schema: Mapping[str, Any], *path: str, takes_list: bool = False) -> Iterator[Violation]:
    """Yield what is wrong with a schema that stands at `path` of its document; it must be one of an object.

    takes_list -- whether one of a list will do, too.
    """
    if len(json.dumps(schema, default=str)) > MAX_TEXT:
        yield Violation(pointer="#/" + "/".join(path), code="flow_schema_too_long", params={"limit": MAX_TEXT})
        return
    faults = json_schema.check(schema, path)
    yield from faults
    if not faults and schema.get("type") not in (("object", "array") if takes_list else ("object",)):
        pointer = "#/" + "/".join((*path, "type"))
        yield Violation(pointer=pointer, code="flow_schema_no_object", params={})


def type_of(schema: Mapping[str, Any]) -> Type:
    """Return what expressions see of what `schema` (of an object or a list, checked) describes."""
    found = _type(schema, schema, 0)
    return (
        found if found is not None and found.kind in (Kind.RECORD, Kind.LIST) else record_of(Members(JSON_RECORD, {}))
    )


def _type(schema: object, root: Mapping[str, Any], depth: int) -> Type | None:
    if not isinstance(schema, Mapping) or depth > MAX_DEPTH:
        return None
    reference = schema.get("$ref")
    if isinstance(reference, str):
        return _type(_referred(root, reference), root, depth + 1)
    name = _one_type(schema.get("type"))
    if name == "object":
        given = schema.get("properties", {})
        types = {
            key: found for key, one in given.items() if key.isidentifier() and (found := _type(one, root, depth + 1))
        }
        return record_of(Members(JSON_RECORD, types))
    if name == "array":
        item = _type(schema.get("items"), root, depth + 1)
        return None if item is None else list_of(item)
    if name == "string":
        return _FORMATS.get(str(schema.get("format")), TEXT)
    return _SCALARS.get(name or "")


def _one_type(given: object) -> str | None:
    """Return the one type that values have when they are not null."""
    names = (
        [given]
        if isinstance(given, str)
        else [one for one in given if one != "null"]
        if isinstance(given, list)
        else []
    )
    return names[0] if len(names) == 1 else None


def _referred(root: Mapping[str, Any], reference: str) -> object:
    found: Any = root
    for part in reference.removeprefix("#").strip("/").split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        found = found.get(key) if isinstance(found, Mapping) and part else found
    return found


def read(value: object, type_: Type) -> Any:
    """Return JSON, which satisfies the schema that `type_` comes from, as a value of expressions."""
    if value is None:
        return None
    if type_.item is not None:
        return [read(one, type_.item) for one in value] if isinstance(value, (list, tuple)) else None
    if type_.record is not None:
        return _members(value, type_)
    return _scalar(value, type_)


def _members(value: object, type_: Type) -> dict[str, Any] | None:
    record = type_.record
    if record is None or not isinstance(value, Mapping):
        return None
    return {key: read(value.get(key), found) for key in record.members() if (found := record.member(key)) is not None}


def _scalar(value: Any, type_: Type) -> Any:
    try:
        if type_.kind is Kind.NUMBER:
            return Decimal(str(value))
        if type_.kind is Kind.DATE:
            return date.fromisoformat(value)
        if type_.kind is Kind.DATETIME:
            return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, ArithmeticError, OverflowError):  # 23:59:60, the year 9999 in another zone
        return None
    return value
