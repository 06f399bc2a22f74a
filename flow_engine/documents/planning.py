"""What a node or trigger type sees while a flow is checked: its options, the names that exist there, the forms.

Everything found wrong is noted with a pointer and the check goes on, so that all faults are told at once. Notes, too,
what expressions read of each value (for prefetching) and which definitions the flow points at (for the impact list).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from engine import definitions, expressions
from engine.db import Session
from engine.errors import NotFound, Violation
from engine.expressions import Expression, ExpressionError, NotTranslatable, Scope, Type
from engine.texts import LANGUAGES
from flow_engine.definition import Node
from flow_engine.documents.reading import Translate
from flow_engine.documents.shapes import record_in, type_at
from flow_engine.documents.template import Template, compile_template
from form_engine import balances, forms
from form_engine.definition import Form, Table
from form_engine.evaluating.columns import FormColumns


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """One name that exists at a node: its type, and the key under which what is read of it is noted."""

    type: Type
    origin: str


@dataclass(slots=True, kw_only=True)
class Notes:
    """What the check of one flow has found so far.

    reads -- origin -> paths that expressions read below it.
    """

    session: Session
    translate: Translate
    faults: list[Violation] = field(default_factory=list)
    reads: dict[str, set[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(set))
    references: list[tuple[str, str, str | None, str]] = field(default_factory=list)

    def fault(self, pointer: str, code: str, **params: Any) -> None:
        """Note a fault, once."""
        violation = Violation(pointer=pointer, code=code, params=params)
        if violation not in self.faults:
            self.faults.append(violation)


@dataclass(slots=True, kw_only=True)
class Planning:
    """One node's view of the flow being checked; paths are into the node's options.

    names -- what exists at the node.
    form  -- form of the record the flow is about, None where it is about none.
    """

    notes: Notes
    node: Node
    names: Mapping[str, Name]
    form: Form | None

    def pointer(self, *path: str | int) -> str:
        """Return the pointer to `path` of the node."""
        return self.node.pointer(*path)

    def option(self, *path: str | int) -> Any:
        """Return the option at `path`, None where there is none."""
        found: Any = self.node.options
        for part in path:
            try:
                found = found[part]
            except (KeyError, IndexError, TypeError):
                return None
        return found

    def fault(self, *path: str | int, code: str, **params: Any) -> None:
        """Note that something at `path` is wrong."""
        self.notes.fault(self.pointer(*path), code, **params)

    def types(self) -> dict[str, Type]:
        """Return the names that exist here with their types."""
        return {key: name.type for key, name in self.names.items()}

    def expression(
        self, *path: str | int, expected: Type | None = None, more: Mapping[str, Type] | None = None
    ) -> Expression | None:
        """Compile the expression at `path`; None after noting why it cannot be.

        more -- names that exist in this expression alone (the fields of a queried form); they must not hide others
                that the expression uses.
        """
        return self.compile(str(self.option(*path)), *path, expected=expected, more=more)

    def compile(
        self, text: str, *path: str | int, expected: Type | None = None, more: Mapping[str, Type] | None = None
    ) -> Expression | None:
        """Compile `text`, which stands at `path`; as `expression`."""
        extra = dict(more or {})
        try:
            compiled = expressions.compile(text, Scope({**self.types(), **extra}), expected)
        except ExpressionError as error:
            self.fault(*path, code=error.code, **error.params)
            return None
        self._note_reads(compiled, extra, path)
        return compiled

    def _note_reads(self, compiled: Expression, extra: Mapping[str, Type], path: Sequence[str | int]) -> None:
        for names in compiled.paths:
            head, rest = names[0], names[1:]
            if head in extra and head in self.names:
                self.fault(*path, code="flow_name_ambiguous", name=head)
            elif head in extra:
                self._refer(extra[head], rest, path)
            elif head in self.names:
                self.notes.reads[self.names[head].origin].add(rest)
                self._refer(self.names[head].type, rest, path)

    def _refer(self, start: Type, rest: Sequence[str], path: Sequence[str | int]) -> None:
        """Note the form's field at each step of a path."""
        catalog = definitions.catalog(self.notes.session)
        current: Type | None = start
        for key in rest:
            record = record_in(current)
            if current is None or record is None:
                return
            if catalog.find("forms", record.name) is not None:
                self.notes.references.append(("forms", record.name, key, self.pointer(*path)))
            current = type_at(current, (key,))

    def template(self, *path: str | int) -> Template | None:
        """Compile the text with `{expressions}` at `path`, in every language it is translated into."""
        text = str(self.option(*path))
        translated = self.notes.translate("/".join(("nodes", self.node.key, *map(str, path))), text)
        in_languages: Mapping[str, str] = (
            translated if isinstance(translated, Mapping) else dict.fromkeys(LANGUAGES, translated)
        )
        parts = {}
        for language, one in in_languages.items():
            try:
                parts[language] = compile_template(one, lambda inner: self.compile(inner, *path))
            except ExpressionError as error:
                self.fault(*path, code=error.code, **error.params)
                return None
        return Template(parts=parts)

    def target(self, *path: str | int) -> Form | None:
        """Return the form that the option at `path` names; None after noting that there is none."""
        name = str(self.option(*path))
        try:
            found = forms.get(self.notes.session, name)
        except NotFound:
            self.fault(*path, code="flow_form_unknown", form=name)
            return None
        self.notes.references.append(("forms", name, None, self.pointer(*path)))
        return found

    def source(self, *path: str | int) -> Form | None:
        """Return the form that the option at `path` names, or the face of the balance; None after noting that there is none."""
        name = str(self.option(*path))
        if definitions.catalog(self.notes.session).find("balances", name) is None:
            return self.target(*path)
        self.notes.references.append(("balances", name, None, self.pointer(*path)))
        return balances.get(self.notes.session, name).form

    def record_form(self, found: Type | None, *path: str | int) -> Form | None:
        """Return the form of the record (or of the list's records) that the expression at `path` gives."""
        record = record_in(found)
        catalog = definitions.catalog(self.notes.session)
        if record is None or catalog.find("forms", record.name) is None:
            self.fault(*path, code="flow_no_record_type", found=str(found))
            return None
        return forms.get(self.notes.session, record.name)

    def values(self, form: Form, *path: str | int) -> dict[str, ValuePlan]:
        """Plan the field -> expression mapping at `path` for records of `form`."""
        plans: dict[str, ValuePlan] = {}
        for key, given in (self.option(*path) or {}).items():
            plan = self._value(form, key, given, (*path, key))
            if plan is not None:
                plans[key] = plan
        return plans

    def _value(self, form: Form, key: str, given: object, path: tuple[str | int, ...]) -> ValuePlan | None:
        field_type = form.record_type.member(key)
        target = form.fields.get(key)
        if target is None or field_type is None:
            self.fault(*path, code="flow_field_unknown", field=key, form=form.title, known=list(form.fields))
            return None
        self.notes.references.append(("forms", form.name, key, self.pointer(*path)))
        if target.formula is not None or target.type.traits.is_generated:
            self.fault(*path, code="flow_field_is_computed", field=target.title, form=form.title)
            return None
        if not isinstance(target, Table):
            if not isinstance(given, str):
                self.fault(*path, code="flow_field_is_no_table", field=target.title, form=form.title)
                return None
            return self.compile(given, *path, expected=field_type)
        if not isinstance(given, Mapping):
            self.fault(*path, code="flow_table_needs_rows", field=target.title, form=form.title)
            return None
        return self._rows(target, field_type, given, path)

    def _rows(
        self, table: Table, table_type: Type, given: Mapping[str, Any], path: tuple[str | int, ...]
    ) -> RowsPlan | None:
        items = self.compile(str(given["items"]), *path, "items")
        if items is None or items.type.item is None:
            if items is not None:
                self.fault(*path, "items", code="flow_no_list", found=str(items.type))
            return None
        item_name = str(given.get("item_name", "item"))
        origin = f"rows:{self.pointer(*path)}"
        inner = Planning(
            notes=self.notes,
            node=self.node,
            names={**self.names, item_name: Name(type=items.type.item, origin=origin)},
            form=self.form,
        )
        cells = {}
        for key, text in given["values"].items():
            cell_type, cell = type_at(table_type, (key,)), table.cell(key)
            if cell is None or cell_type is None:
                known = [one.key for one in table.fields]
                self.fault(*path, "values", key, code="flow_field_unknown", field=key, form=table.title, known=known)
            elif cell.formula is not None:
                self.fault(*path, "values", key, code="flow_field_is_computed", field=cell.title, form=table.title)
            else:
                compiled = inner.compile(str(text), *path, "values", key, expected=cell_type)
                if compiled is not None:
                    cells[key] = compiled
        self.graft(items, origin)
        return RowsPlan(items=items, item_name=item_name, cells=cells)

    def graft(self, items: Expression, origin: str) -> None:
        """Have what is read of the items of a list (noted under `origin`) read of the records the list comes from."""
        for names in items.paths:
            name = self.names.get(names[0])
            below = type_at(name.type, names[1:]) if name is not None else None
            if name is not None and record_in(below) is not None:
                self.notes.reads[name.origin].update((*names[1:], *rest) for rest in self.notes.reads[origin])


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsPlan:
    """How the rows of a sub-table are made: one for each item of a list."""

    items: Expression
    item_name: str
    cells: Mapping[str, Expression]


ValuePlan = Expression | RowsPlan


@dataclass(slots=True, kw_only=True)
class TriggerPlanning:
    """A trigger's view of the flow being checked; paths are into the trigger's options.

    runs -- how the flow runs: `in_transaction` or `in_background`.
    """

    notes: Notes
    options: Mapping[str, Any]
    runs: str

    def fault(self, *path: str | int, code: str, **params: Any) -> None:
        """Note that something at `path` is wrong."""
        self.notes.fault("#/" + "/".join(("trigger", *map(str, path))), code, **params)

    def form(self) -> Form | None:
        """Return the form that the option `form` names; None after noting that there is none."""
        name = str(self.options["form"])
        try:
            found = forms.get(self.notes.session, name)
        except NotFound:
            self.fault("form", code="flow_form_unknown", form=name)
            return None
        self.notes.references.append(("forms", name, None, "#/trigger/form"))
        return found

    def condition(self, form: Form) -> Expression | None:
        """Compile the option `when` over the record's fields, `record`, `old` and `user`; None where there is none."""
        if "when" not in self.options:
            return None
        return event_condition(self.notes, form, str(self.options["when"]), at="#/trigger/when", origin="when")

    def selection(self, form: Form) -> Expression | None:
        """Compile the option `when` over the record's fields alone: it selects records in the database."""
        if "when" not in self.options:
            return None
        return selection(self.notes, form, str(self.options["when"]), at="#/trigger/when")


def selection(notes: Notes, form: Form, text: str, *, at: str) -> Expression | None:
    """Compile a condition over the fields of `form` alone that selects its records in the database."""
    try:
        compiled = expressions.compile(text, Scope(own_types(form)), expressions.BOOLEAN)
        columns = FormColumns(session=notes.session, form=form)
        compiled.to_sql(columns, now=datetime(2000, 1, 1, tzinfo=UTC), zone="UTC")
    except (ExpressionError, NotTranslatable) as error:
        notes.fault(at, error.code, **error.params)
        return None
    notes.references.extend(("forms", form.name, path[0], at) for path in compiled.paths)
    return compiled


def event_condition(notes: Notes, form: Form, text: str, *, at: str, origin: str) -> Expression | None:
    """Compile a condition on a change of a record of `form`: over its fields, `record`, `old` and `user`.

    What it reads is noted below `<origin>:record`, `<origin>:old` and `<origin>:user`.
    """
    record = expressions.record_of(form.record_type)
    names = {**own_types(form), "record": record, "old": record, "user": expressions.USER}
    try:
        compiled = expressions.compile(text, Scope(names), expressions.BOOLEAN)
    except ExpressionError as error:
        notes.fault(at, error.code, **error.params)
        return None
    for path in compiled.paths:
        head = path[0] if path[0] in ("record", "old", "user") else None
        rest = path if head is None else path[1:]
        notes.reads[f"{origin}:{head or 'record'}"].add(rest)
        if head != "user" and rest:
            notes.references.append(("forms", form.name, rest[0], at))
    return compiled


def own_types(form: Form) -> dict[str, Type]:
    """Return the types of a form's fields by their keys, as its own conditions name them."""
    members = form.record_type
    return {key: found for key in members.members() if (found := members.member(key)) is not None}


def walk(reads: Mapping[str, set[tuple[str, ...]]], origin: str) -> Iterator[tuple[str, ...]]:
    """Yield what is read below `origin`, whole values left out."""
    return (path for path in sorted(reads.get(origin, ())) if path)
