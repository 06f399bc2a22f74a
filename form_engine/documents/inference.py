"""Any JSON Schema object is a form: which field type a bare property means.

Owns the step from a document as written to its normal form, in which every property has an `x-field` with a `type`,
references of properties are resolved and objects inside the object are flattened (`address.street` becomes the field
`address_street`). Leaves the step from there to the standard schema to `expand`, and saying what is wrong to `checks`:
here a property that cannot become a field is left without a type and named among the faults.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from engine.errors import Violation, pointer
from form_engine.field_type import Schema

#: Numbers without a stated step keep this many places.
BARE_SCALE = 6
_LONGEST_TEXT = 255
_LONGEST_LONG_TEXT = 100_000
_DEEPEST = 8
#: What an `x-field` says anew; the bare keywords beside it are implied and not repeated.
_CHOICE_KEYWORDS = ("enum", "const", "oneOf")

Path = tuple[str | int, ...]

#: What the rows of every sub-table have beside their fields; `expand` adds it.
ROW_ID: Final[Schema] = {"type": ["string", "null"], "format": "uuid", "description": "Id of a row that is there."}


class _Unreadable(Exception):
    """A property that no field type can hold."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(code)


def normal(document: Mapping[str, Any]) -> tuple[Schema, list[Violation]]:
    """Return the document with a typed `x-field` in every property, and the properties that cannot have one."""
    faults: list[Violation] = []
    properties, required = _fields(document, document, ("properties",), faults)
    result = dict(document) | {"type": "object", "properties": properties}
    if required or "required" in document:
        result["required"] = required
    return result, faults


def _fields(
    owner: Mapping[str, Any], root: Mapping[str, Any], path: Path, faults: list[Violation]
) -> tuple[dict[str, Schema], list[str]]:
    required = [key for key in _list(owner.get("required")) if isinstance(key, str)]
    fields: dict[str, Schema] = {}
    for key, written in _mapping(owner.get("properties")).items():
        try:
            property_schema = _plain(written, root)
            if "x-field" not in property_schema and _is_object(property_schema):
                inner, inner_required = _flattened(key, property_schema, root, (*path, key), faults)
                fields |= inner
                required = _replaced(required, key, inner_required)
                continue
            fields[key] = _typed(property_schema, root, (*path, key), faults)
        except _Unreadable as error:
            faults.append(Violation(pointer=pointer(*path, key), code=error.code, params=error.params))
    return fields, required


def _flattened(
    key: str, schema: Schema, root: Mapping[str, Any], path: Path, faults: list[Violation]
) -> tuple[dict[str, Schema], list[str]]:
    if not schema.get("properties") or len(path) > _DEEPEST:
        raise _Unreadable("property_unsupported", type="object")
    inner, required = _fields(schema, root, (*path, "properties"), faults)
    title = schema.get("title", title_of(key))
    named = {
        f"{key}_{name}": {"title": f"{title} · {field.get('title', title_of(name))}"} | _without(field, "title")
        for name, field in inner.items()
    }
    return named, [f"{key}_{name}" for name in required]


def _replaced(required: list[str], key: str, inner: list[str]) -> list[str]:
    if key not in required:
        return required
    at = required.index(key)
    return required[:at] + inner + required[at + 1 :]


def _typed(schema: Schema, root: Mapping[str, Any], path: Path, faults: list[Violation]) -> Schema:
    """Return the property with a typed `x-field`, its rows (of a table) in normal form."""
    written = _mapping(schema.get("x-field"))
    if "type" not in written:
        kind, schema = infer(schema, root)
        schema = schema | {"x-field": {**kind, **written}}
    if schema["x-field"].get("type") != "table":
        return schema
    rows = _plain(schema.get("items", {}), root)
    if _mapping(rows.get("properties")).get("id") == ROW_ID:
        rows = rows | {"properties": _without(rows["properties"], "id")}
    cells, required = _fields(rows, root, (*path, "items", "properties"), faults)
    for key, cell in cells.items():
        if cell["x-field"].get("type") == "table":
            faults.append(Violation(pointer=pointer(*path, "items", "properties", key), code="table_in_table"))
    cells = {key: cell for key, cell in cells.items() if cell["x-field"].get("type") != "table"}
    items = rows | {"type": "object", "properties": cells}
    return schema | {"items": items | ({"required": required} if required or "required" in rows else {})}


def infer(schema: Schema, root: Mapping[str, Any]) -> tuple[Schema, Schema]:
    """Return the `x-field` that a bare property means, and the property without what the field says anew."""
    if choices := _choices(schema):
        return {"type": "select", "options": choices}, _without(schema, *_CHOICE_KEYWORDS)
    kind = _type_name(schema)
    if kind == "string":
        return _text(schema)
    if kind == "integer":
        return {"type": "integer"}, schema
    if kind == "number":
        return _number(schema)
    if kind == "boolean":
        return {"type": "boolean"}, schema
    if kind == "array":
        return _list_field(schema, root)
    raise _Unreadable("property_unsupported", type=kind)


def _text(schema: Schema) -> tuple[Schema, Schema]:
    if schema.get("format") == "date":
        return {"type": "date"}, schema
    if schema.get("format") == "date-time":
        return {"type": "datetime"}, schema
    longest = schema.get("maxLength", 0)
    if longest <= _LONGEST_TEXT:
        return {"type": "text"}, schema
    return {"type": "long_text"}, schema | {"maxLength": min(longest, _LONGEST_LONG_TEXT)}


def _number(schema: Schema) -> tuple[Schema, Schema]:
    if "multipleOf" not in schema:
        return {"type": "decimal", "scale": BARE_SCALE}, schema
    step = Decimal(str(schema["multipleOf"])).normalize()
    exponent = step.as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else BARE_SCALE
    # A step of 0.01 is what two places mean; as a keyword it would trip over binary fractions.
    is_power = places > 0 and step == Decimal(1).scaleb(-places)
    return {"type": "decimal", "scale": places}, _without(schema, "multipleOf") if is_power else schema


def _list_field(schema: Schema, root: Mapping[str, Any]) -> tuple[Schema, Schema]:
    items = _plain(schema.get("items", {}), root)
    if _is_object(items):
        return {"type": "table"}, schema
    rest = _without(schema, "items")
    if choices := _choices(items):
        return {"type": "multi_select", "options": choices}, rest
    if _type_name(items) == "string":
        return {"type": "multi_select", "open": True}, rest
    raise _Unreadable("property_unsupported", type=f"array of {_type_name(items)}")


def _choices(schema: Schema) -> list[dict[str, str]]:
    """Return the options that `enum`, `const` or a `oneOf` of titled constants means; none where it means none."""
    titled = schema.get("oneOf")
    if isinstance(titled, list) and all(isinstance(_mapping(one).get("const"), str) for one in titled):
        return [{"value": one["const"], "title": one.get("title", title_of(one["const"]))} for one in titled]
    listed = schema["enum"] if "enum" in schema else [schema["const"]] if "const" in schema else []
    values = [value for value in _list(listed) if value is not None]
    if not values or not all(isinstance(value, str) and value for value in values):
        return []
    return [{"value": value, "title": title_of(value)} for value in dict.fromkeys(values)]


def _type_name(schema: Schema) -> str:
    written = schema.get("type")
    names = [written] if isinstance(written, str) else [name for name in _list(written) if name != "null"]
    if len(names) == 1:
        return str(names[0])
    if set(names) == {"integer", "number"}:
        return "number"
    if names:
        return " | ".join(map(str, names))
    if "properties" in schema:
        return "object"
    return "array" if "items" in schema else "string"


def _is_object(schema: Schema) -> bool:
    return _type_name(schema) == "object"


def _plain(schema: Any, root: Mapping[str, Any]) -> Schema:
    """Return a property without `$ref`, without the usual ways of saying "or null", and without a lone `allOf`."""
    if schema is True:
        return {}
    if not isinstance(schema, Mapping):
        raise _Unreadable("property_not_a_schema")
    plain = dict(schema)
    for _ in range(_DEEPEST):
        inner = _wrapped(plain)
        if inner is None:
            return plain
        keyword, target = inner
        base = resolve_reference(target, root) if keyword == "$ref" else target
        plain = dict(_mapping(base)) | _without(plain, keyword)
    raise _Unreadable("reference_cycle", reference=str(schema.get("$ref", "")))


def _wrapped(schema: Schema) -> tuple[str, Any] | None:
    if "$ref" in schema:
        return "$ref", schema["$ref"]
    for keyword in ("anyOf", "oneOf"):
        branches = schema.get(keyword)
        if isinstance(branches, list):
            others = [branch for branch in branches if branch != {"type": "null"}]
            if len(others) == 1 and (len(branches) > 1 or "x-field" not in schema):
                return keyword, others[0]
    lone = schema.get("allOf")
    if isinstance(lone, list) and len(lone) == 1 and "x-field" not in schema and "type" not in schema:
        return "allOf", lone[0]
    return None


def resolve_reference(reference: Any, root: Mapping[str, Any]) -> Any:
    """Return what a local reference (`#/$defs/x`) points at; raises where it leads elsewhere or nowhere."""
    if not isinstance(reference, str) or not reference.startswith("#/"):
        raise _Unreadable("reference_not_local", reference=str(reference))
    found: Any = root
    for part in reference[2:].split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(found, Mapping) or key not in found:
            raise _Unreadable("reference_unknown", reference=reference)
        found = found[key]
    return found


def references(schema: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every `$ref` and `$dynamicRef` below `schema` with the place where it stands."""
    if isinstance(schema, Mapping):
        for key, value in schema.items():
            if key in ("$ref", "$dynamicRef"):
                yield (*path, key), value
            else:
                yield from references(value, (*path, key))
    elif isinstance(schema, list):
        for index, value in enumerate(schema):
            yield from references(value, (*path, index))


def reference_faults(document: Mapping[str, Any]) -> list[Violation]:
    """Return every reference below a document that does not lead to a place in it."""
    faults = []
    for path, reference in references(document):
        try:
            resolve_reference(reference, document)
        except _Unreadable as error:
            faults.append(Violation(pointer=pointer(*path), code=error.code, params=error.params))
    return faults


def title_of(key: str) -> str:
    """Return a title made from a key: `order_date` reads "Order date"."""
    words = key.replace("_", " ").strip()
    return words[:1].upper() + words[1:] if words else key


def _without(schema: Mapping[str, Any], *keywords: str) -> Schema:
    return {key: value for key, value in schema.items() if key not in keywords}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
