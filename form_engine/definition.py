"""A form as the program sees it: compiled from one published version, immutable, shared by every request.

Owns the shapes. `reading` makes them out of a document, `forms` hands them out, `checks` says what is wrong before.
Every text is localized: the app's translations are folded in when a form is compiled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.expressions import RecordType
from engine.texts import LocalizedText
from form_engine.field_type import FieldType, Options

if TYPE_CHECKING:
    from engine.expressions import Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One property of a record, or one cell of a sub-table's rows.

    options            -- the type's options, defaults filled in.
    default            -- constant of a new record (JSON, as input), None for none.
    default_expression -- `x-field.default`: an expression that gives the value of a new record.
    formula            -- expression that gives the value at every write; such a field takes no input.
    column             -- physical column, "" for a sub-table.
    pointer            -- where the field stands in its form's document.

    Asked of every value of every record, and therefore settled once:
    target             -- what the field's stored ids point to, None for other fields.
    is_computed        -- whether the platform gives the value: a formula, or a generated value such as a serial number.
    has_rows           -- whether it is a sub-table.
    is_many            -- whether it holds a list: of values, or of rows.
    """

    key: str
    title: LocalizedText
    type: FieldType
    options: Options
    required: bool = False
    unique: bool = False
    default: Any = None
    default_expression: str | None = None
    formula: str | None = None
    column: str = ""
    pointer: str = ""
    description: LocalizedText = ""
    target: str | None = field(init=False, repr=False, compare=False)
    is_computed: bool = field(init=False, repr=False, compare=False)
    has_rows: bool = field(init=False, repr=False, compare=False)
    is_many: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Settle what is asked of every value."""
        traits = self.type.traits
        object.__setattr__(self, "has_rows", isinstance(self, Table))
        object.__setattr__(self, "is_many", traits.is_list or isinstance(self, Table))
        object.__setattr__(self, "target", traits.target(self.options))
        object.__setattr__(self, "is_computed", self.formula is not None or traits.is_generated)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Field):
    """A sub-table: a field of type `table` with the fields of its rows and its physical child table."""

    fields: tuple[Field, ...] = ()
    table_name: str = ""

    def cell(self, key: str) -> Field | None:
        """Return the rows' field `key`, None where there is none."""
        return next((one for one in self.fields if one.key == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """A stored computed field; `path` is `("total",)` or, for the cells of a sub-table, `("lines", "amount")`.

    In a cell's expression a name means the row's own field, else the head's field of that name.
    """

    path: tuple[str, ...]
    expression: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A condition and its effect on a form.

    rows      -- sub-table whose rows the rule is about: names are the head's fields and `item.<cell>`, and the lists
                 below name cells; None for a rule about the head.
    when      -- condition; None means always.
    require   -- fields that must have a value while it holds.
    visible   -- fields shown only while it holds.
    read_only -- fields a person may not change while it holds.
    check     -- what must hold (while `when` does), else `message` refuses the change.
    fields    -- where the check's violation points; the fields the check uses, unless the document says otherwise.
    """

    key: str
    rows: str | None = None
    when: Expression | None = None
    require: tuple[str, ...] = ()
    visible: tuple[str, ...] = ()
    read_only: tuple[str, ...] = ()
    check: Expression | None = None
    message: LocalizedText = ""
    fields: tuple[str, ...] = ()
    pointer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A button on a record: sets fields, or starts a flow, or both.

    when -- condition under which it is offered and may be pressed; None means always.
    set  -- field -> expression over the record before.
    flow -- full name of the flow it starts.
    """

    key: str
    title: LocalizedText
    when: Expression | None = None
    set: Mapping[str, Expression] = field(default_factory=dict)
    flow: str | None = None
    confirm: LocalizedText = ""
    is_primary: bool = False
    pointer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A saved list: which records (`filter`, an expression), in which order (`-order_date`, `number`), which columns."""

    key: str
    title: LocalizedText
    columns: tuple[str, ...]
    filter: str | None = None
    sort: tuple[str, ...] = ()
    pointer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListIndex:
    """An index for one list.

    equal -- names of what the filter compares with a constant or the reader, in the filter's order.
    order -- sort keys, `-` for downward; together with `equal` at least two names.
    """

    equal: tuple[str, ...]
    order: tuple[str, ...]

    @property
    def first(self) -> str:
        """The name that the index begins with: it serves whatever asks for that name alone."""
        return (*self.equal, *(key.removeprefix("-") for key in self.order))[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One block of the record page: a heading and its fields, in `columns` columns."""

    key: str
    title: LocalizedText
    columns: int
    fields: tuple[str, ...]
    pointer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A kind of record: one published version, ready to work with.

    name          -- full name, `crm.sales_order`.
    version       -- number of the definition; `definition_id` its row.
    document      -- the document as it was published.
    schema        -- expanded, self-contained JSON Schema 2020-12 of a record's input, titles in the default language.
    title_parts   -- record title: constant texts and expressions, in order.
    formula_order -- formulas such that each stands behind those it uses.
    default_expressions -- path -> expression, of the fields whose default is one.
    table         -- physical table; `children` those of the sub-tables, by field key.
    record_type   -- type of a record of this form in expressions.

    Asked of every record, and therefore settled once:
    tables        -- the sub-tables, in order.
    inputs        -- the fields that take a plain value as input: neither computed nor sub-tables.
    constants     -- the constant defaults of the fields that take input.
    pointing      -- the fields that may hold ids: of records, people, files; sub-tables, too.
    """

    name: str
    app: str
    key: str
    title: LocalizedText
    version: int
    definition_id: int
    document: Mapping[str, Any]
    schema: Mapping[str, Any]
    fields: Mapping[str, Field]
    rules: tuple[Rule, ...]
    layout: tuple[Section, ...]
    views: tuple[View, ...]
    actions: tuple[Action, ...]
    record_title: str
    title_parts: tuple[str | Expression, ...]
    formula_order: tuple[Formula, ...]
    default_expressions: Mapping[tuple[str, ...], Expression]
    table: sa.Table
    children: Mapping[str, sa.Table]
    record_type: RecordType
    tables: tuple[Table, ...] = field(init=False, repr=False, compare=False)
    inputs: Mapping[str, Field] = field(init=False, repr=False, compare=False)
    constants: Mapping[str, Any] = field(init=False, repr=False, compare=False)
    pointing: tuple[Field, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Settle what is asked of every record."""
        every = self.fields.values()
        given = [one for one in every if not one.is_computed]
        object.__setattr__(self, "tables", tuple(one for one in every if isinstance(one, Table)))
        object.__setattr__(self, "inputs", {one.key: one for one in given if not one.has_rows})
        object.__setattr__(self, "constants", {one.key: one.default for one in given if one.default is not None})
        object.__setattr__(self, "pointing", tuple(one for one in every if one.has_rows or one.target is not None))

    def every_field(self) -> Iterator[Field]:
        """Yield the fields, and behind them those of the sub-tables' rows."""
        yield from self.fields.values()
        for one in self.tables:
            yield from one.fields

    def sub_table(self, key: str) -> Table:
        """Return the sub-table `key`; raises `KeyError` where there is none."""
        one = self.fields[key]
        if not isinstance(one, Table):
            raise KeyError(key)
        return one

    def action(self, key: str) -> Action | None:
        """Return the action `key`, None where there is none."""
        return next((action for action in self.actions if action.key == key), None)
