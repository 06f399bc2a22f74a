"""The contract of a field type: one kind of field, as data and a few small functions.

Owns the contract, its defaults and the registry. A field type says what its options are, which standard JSON Schema
its values satisfy, which column keeps them and how a value goes in and comes out; it knows nothing of records, rights
or requests. Values pass through four shapes:

    input    JSON that satisfies the expanded schema            "1234.5"
    stored   what Python and PostgreSQL hold                    Decimal("1234.50")
    computed the value of an expression, for formulas           Decimal("1234.4999")
    shown    JSON of the API                                    "1234.50"

A worked example, a whole kind (with `web/ui/src/forms/field_types/email.tsx` it is complete):

    FIELD_TYPE = FieldType(
        name="email",
        title={"zh-CN": "邮箱", "en-US": "Email"},
        schema=lambda options: {"type": "string", "format": "email", "maxLength": 254},
        examples=Examples(accepted=(Example(value="li@example.cn"),), refused=(Example(value="li"),)),
    )
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from engine import expressions
from engine.errors import InvalidInput
from engine.expressions import RecordType
from engine.registry import Registry
from engine.texts import LocalizedText

#: A field's `x-field` without the keywords every field type shares (`COMMON_OPTIONS`).
Options = Mapping[str, Any]
Schema = dict[str, Any]
#: Gives the record type of a form by its full name.
Resolve = Callable[[str], RecordType]

#: What `x-field` may hold for every field type, beside the type's own options.
COMMON_OPTIONS: Final[Mapping[str, Schema]] = MappingProxyType(
    {
        "type": {"type": "string", "description": "Name of the field type."},
        "formula": {"type": "string", "maxLength": 4000, "description": "Expression that gives the value; stored."},
        "default": {"type": "string", "maxLength": 4000, "description": "Expression for a new record's value."},
        "unique": {"type": "boolean", "description": "No two records (rows of one record) have the same value."},
    }
)

#: Options that are standard JSON Schema keywords: they stand in the property itself, not in `x-field`.
STANDARD_OPTIONS: Final = frozenset(
    {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "maxLength", "maxItems"}
)

USERS: Final = "meta.user"
DEPARTMENTS: Final = "meta.department"
FILES: Final = "meta.file"


def options_schema(properties: Mapping[str, Schema] | None = None, *, required: tuple[str, ...] = ()) -> Schema:
    """Return the closed JSON Schema of a field type's own options."""
    schema: Schema = {"type": "object", "properties": dict(properties or {}), "additionalProperties": False}
    return schema | ({"required": list(required)} if required else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A value with the options it is meant for; `shown` is what the API gives back, when it differs from `value`."""

    value: Any
    options: Options = field(default_factory=dict)
    shown: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Values a field type takes and values it refuses; contract tests and the reference are made from them."""

    accepted: tuple[Example, ...]
    refused: tuple[Example, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What the rest of the platform must know of a field type without knowing its name.

    target       -- the record type that stored ids point to: a form's full name, `meta.user`, `meta.department`,
                    `meta.file`; None where values are not ids.
    is_generated -- the platform gives the value when the record is created; sent values are refused.
    is_searched  -- its text belongs to what the search box finds.
    is_sorted    -- lists may be sorted by it.
    is_list      -- a stored value is a list (a PostgreSQL array).
    has_rows     -- a sub-table: no column but a child table.
    """

    target: Callable[[Options], str | None] = lambda _options: None
    is_generated: bool = False
    is_searched: bool = False
    is_sorted: bool = True
    is_list: bool = False
    has_rows: bool = False


def store_text(value: Any, _options: Options) -> str | None:
    """Return the text as stored: an empty text is an empty value.

    Raises `InvalidInput` for characters that PostgreSQL cannot keep (NUL, half of a surrogate pair).
    """
    if not value:
        return None
    is_plain = value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)
    if "\x00" in value or not is_plain:
        raise InvalidInput("text_not_storable")
    return str(value)


def keep(value: Any, _options: Options) -> Any:
    """Return `value` as it is."""
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldType:
    """One kind of field; see the module's docstring for the shapes of a value and an example.

    options   -- closed JSON Schema of the type's own options; those of `STANDARD_OPTIONS` stand in the property itself.
    schema    -- options -> standard JSON Schema of a value that is there (null is added where a field may be empty).
    column    -- options -> column type, None for a type without a column of its own.
    type      -- options, resolve -> type of the value in expressions.
    store     -- schema-valid input, never None -> stored value or None; raises `InvalidInput(code, **params)`.
    fit       -- value of a formula, never None -> stored value; raises `InvalidInput` where it has no room.
    show      -- stored value, never None -> JSON. Relations, members and files are shown by the records service,
                 which fetches their titles for a whole page at once; their `show` gives the id alone.
    operators -- comparisons that the filter builder offers.
    """

    name: str
    title: LocalizedText
    schema: Callable[[Options], Schema]
    examples: Examples
    options: Mapping[str, Any] = field(default_factory=options_schema)
    column: Callable[[Options], TypeEngine[Any] | None] = lambda _options: sa.Text()
    type: Callable[[Options, Resolve], expressions.Type] = lambda _options, _resolve: expressions.TEXT
    store: Callable[[Any, Options], Any] = store_text
    fit: Callable[[Any, Options], Any] = store_text
    show: Callable[[Any, Options], Any] = keep
    operators: tuple[str, ...] = ("==", "!=", "is_empty")
    traits: Traits = Traits()


FIELD_TYPES: Registry[FieldType] = Registry("form_engine.field_types", "FIELD_TYPE", FieldType)
