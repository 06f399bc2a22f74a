"""What is wrong with form documents before they may be published: every fault at once, each with its place.

Owns what needs more than one property: expressions and their types, references between forms, rules, views, layout,
actions. Leaves single fields to `field_checks`, and what stored rows have to say to `forms`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine import expressions
from engine.catalog import Catalog
from engine.errors import Violation, pointer
from engine.expressions import Expression, ExpressionError, Members, RecordType, Scope, Type
from form_engine.definition import Field, Formula, Table
from form_engine.documents import titles
from form_engine.documents.field_checks import FieldReport, check_fields
from form_engine.documents.formulas import circle
from form_engine.documents.reading import read_fields, record_type
from form_engine.documents.record_types import (
    LISTED_SYSTEM_FIELDS,
    FormRecord,
    default_scope,
    filter_scope,
    formula_scope,
    rule_scope,
)
from form_engine.documents.sql_checks import sql_fault
from form_engine.storage.tables import form_target

_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}\.[a-z][a-z0-9_]{0,59}")
#: What is no key at all is refused by the schema of the document.
_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
#: Schemas that are PostgreSQL's or the platform's own.
_RESERVED_APPS = frozenset({"meta", "public", "information_schema", "procrastinate"})

Documents = Mapping[str, Mapping[str, Any]]


def check_documents(catalog: Catalog, documents: Documents) -> dict[str, list[Violation]]:
    """Return the faults of each document by its name; the documents may refer to each other and to what is in force.

    Documents in force that refer to one of these are checked as well: what they would lose is named at the changed one.
    """
    reports = {name: check_fields(document) for name, document in documents.items()}
    world = _World(catalog=catalog, reports=reports)
    found = {}
    for name in documents:
        checker = _Checker(name=name, world=world, report=reports[name], record=world.record(name))
        found[name] = _once([*reports[name].violations, *_name_faults(catalog, name), *checker.faults()])
    if not any(found.values()):
        for name, spots in _dependents_faults(catalog, world, documents):
            found[name] += spots
    return found


@dataclass(slots=True, kw_only=True)
class _World:
    """The record types of the documents being checked and, beyond them, of the forms in force."""

    catalog: Catalog
    reports: Mapping[str, FieldReport]
    records: dict[str, FormRecord] = field(default_factory=dict)

    def record(self, name: str) -> FormRecord:
        """Return a form's record type as it would be; raises `KeyError` where there is no such form."""
        if name not in self.records:
            if name in self.reports:
                fields = read_fields(self.reports[name].document, name.partition(".")[2])
                self.records[name] = FormRecord(name=name, fields=fields, resolve=self.resolve)
            else:
                found = self.catalog.find("forms", name)
                if found is None:
                    raise KeyError(name)
                self.records[name] = record_type(name, found.document, self.resolve)
        return self.records[name]

    def resolve(self, name: str) -> RecordType:
        """Return a form's record type; an unknown form, which is a fault of its own, has an id and nothing else."""
        try:
            return self.record(name)
        except KeyError:
            return Members(name, {"id": expressions.TEXT})

    def knows(self, name: str) -> bool:
        """Whether there is, or will be, a form of this name."""
        return name in self.reports or self.catalog.find("forms", name) is not None


@dataclass(slots=True, kw_only=True)
class _Checker:
    """One document's look at everything beyond single fields."""

    name: str
    world: _World
    report: FieldReport
    record: FormRecord

    def faults(self) -> Iterator[Violation]:
        """Yield every fault."""
        section = self.report.document.get("x-form")
        formulas: list[Formula] = []
        for one, table in self._fields():
            yield from self._relation(one, table)
        for one, table in self._fields():
            yield from self._field_expressions(one, table, formulas)
        if names := circle(formulas, self.record.fields):
            at = self.record.fields[names[0].partition(".")[0]].pointer
            yield Violation(
                pointer=f"{at}/x-field/formula", code="formula_circle", params={"circle": " → ".join(names)}
            )
        if isinstance(section, Mapping):
            yield from self._title(section.get("record_title"))
            for part, check in (
                ("rules", self._rule),
                ("layout", self._section),
                ("views", self._view),
                ("actions", self._action),
            ):
                elements = [one for one in _list(section.get(part)) if isinstance(one, Mapping)]
                yield from _repeated(elements, part)
                for index, element in enumerate(elements):
                    yield from check(element, ("x-form", part, index))
            yield from self._layout_twice(_list(section.get("layout")))

    def _fields(self) -> Iterator[tuple[Field, Table | None]]:
        for one in self.record.fields.values():
            yield one, None
            if isinstance(one, Table):
                for cell in one.fields:
                    yield cell, one

    def _relation(self, one: Field, table: Table | None) -> Iterator[Violation]:
        target = form_target(one)
        if target is None:
            return
        at = f"{one.pointer}/x-field"
        if not self.world.knows(target):
            self.report.faulty.add(one.key)
            yield Violation(pointer=f"{at}/form", code="form_unknown", params={"form": target})
            return
        other = self.world.record(target)
        if "filter" in one.options:
            yield from self._filter(one.options["filter"], filter_scope(other), f"{at}/filter")
        beside = {cell.key for cell in table.fields} if table else set(self.record.fields)
        for key, source in one.options.get("fill", {}).items():
            spot = f"{at}/fill/{key}"
            if key not in beside and key not in self.report.faulty:
                yield Violation(pointer=spot, code="field_unknown", params={"field": key})
            if other.member(source) is None:
                yield Violation(pointer=spot, code="field_unknown", params={"field": f"{target}.{source}"})

    def _field_expressions(self, one: Field, table: Table | None, formulas: list[Formula]) -> Iterator[Violation]:
        expected = None if isinstance(one, Table) else one.type.type(one.options, self.world.resolve)
        path = (one.key,) if table is None else (table.key, one.key)
        if one.formula is not None:
            at = f"{one.pointer}/x-field/formula"
            found, expression = self._compile(one.formula, formula_scope(self.record, table), expected, at)
            yield from found
            if expression is not None:
                formulas.append(Formula(path=path, expression=expression))
        if one.default_expression is not None:
            at = f"{one.pointer}/x-field/default"
            yield from self._compile(one.default_expression, default_scope(self.record, table), expected, at)[0]

    def _title(self, template: Any) -> Iterator[Violation]:
        if not isinstance(template, str):
            return
        try:
            titles.parts(template, filter_scope(self.record))
        except ExpressionError as error:
            if not self._is_excused(template):
                yield Violation(pointer="#/x-form/record_title", code=error.code, params=error.params)

    def _rule(self, rule: Mapping[str, Any], at: tuple[str | int, ...]) -> Iterator[Violation]:
        table: Table | None = None
        names: Iterable[str] = self.record.fields
        if isinstance(rule.get("rows"), str):
            rows = self.record.fields.get(rule["rows"])
            if not isinstance(rows, Table):
                if rule["rows"] not in self.report.faulty:
                    yield Violation(pointer=pointer(*at, "rows"), code="table_unknown", params={"field": rule["rows"]})
                return
            table, names = rows, [cell.key for cell in rows.fields]
        scope = rule_scope(self.record, table)
        for part in ("when", "check"):
            if isinstance(rule.get(part), str):
                yield from self._compile(rule[part], scope, expressions.BOOLEAN, pointer(*at, part))[0]
        for part in ("require", "visible", "read_only", "fields"):
            yield from self._unknown(rule.get(part), names, (*at, part))
        if not any(part in rule for part in ("require", "visible", "read_only", "check")):
            yield Violation(pointer=pointer(*at), code="rule_without_effect")

    def _section(self, section: Mapping[str, Any], at: tuple[str | int, ...]) -> Iterator[Violation]:
        yield from self._unknown(section.get("fields"), self.record.fields, (*at, "fields"))

    def _layout_twice(self, sections: Sequence[Any]) -> Iterator[Violation]:
        seen: set[str] = set()
        for index, section in enumerate(sections):
            for place, key in enumerate(_list(section.get("fields")) if isinstance(section, Mapping) else []):
                if isinstance(key, str) and key in seen:
                    at = pointer("x-form", "layout", index, "fields", place)
                    yield Violation(pointer=at, code="key_twice", params={"key": key})
                seen.add(str(key))

    def _view(self, view: Mapping[str, Any], at: tuple[str | int, ...]) -> Iterator[Violation]:
        plain = {one.key: one for one in self.record.fields.values() if not isinstance(one, Table)}
        yield from self._unknown(view.get("columns"), [*plain, *LISTED_SYSTEM_FIELDS], (*at, "columns"))
        sorts = [key.removeprefix("-") if isinstance(key, str) else key for key in _list(view.get("sort"))]
        yield from self._unknown(sorts, [*plain, *LISTED_SYSTEM_FIELDS], (*at, "sort"))
        for index, key in enumerate(sorts):
            if isinstance(key, str) and key in plain and not plain[key].type.traits.is_sorted:
                params = {"field": key, "type": plain[key].type.name}
                yield Violation(pointer=pointer(*at, "sort", index), code="sort_not_possible", params=params)
        if isinstance(view.get("filter"), str):
            yield from self._filter(view["filter"], filter_scope(self.record), pointer(*at, "filter"))

    def _action(self, action: Mapping[str, Any], at: tuple[str | int, ...]) -> Iterator[Violation]:
        scope = filter_scope(self.record)
        if isinstance(action.get("when"), str):
            yield from self._compile(action["when"], scope, expressions.BOOLEAN, pointer(*at, "when"))[0]
        values = action.get("set")
        for key, text in values.items() if isinstance(values, Mapping) else ():
            one = self.record.fields.get(key)
            spot = pointer(*at, "set", key)
            if one is None:
                yield from self._unknown([key], (), (*at, "set"), spot)
            elif isinstance(one, Table) or one.formula is not None or one.type.traits.is_generated:
                yield Violation(pointer=spot, code="field_not_settable", params={"field": key})
            elif isinstance(text, str):
                yield from self._compile(text, scope, self.record.member(key), spot)[0]

    def _unknown(
        self, keys: Any, known: Iterable[str], at: tuple[str | int, ...], spot: str | None = None
    ) -> Iterator[Violation]:
        known = set(known)
        for index, key in enumerate(_list(keys)):
            if isinstance(key, str) and _KEY.fullmatch(key) and key not in known and key not in self.report.faulty:
                where = spot or pointer(*at, index)
                yield Violation(pointer=where, code="field_unknown", params={"field": key})

    def _filter(self, text: str, scope: Scope, at: str) -> Iterator[Violation]:
        found, expression = self._compile(text, scope, expressions.BOOLEAN, at)
        yield from found
        error = sql_fault(expression) if expression is not None else None
        if error is not None:
            yield Violation(pointer=at, code=error.code, params=error.params)

    def _compile(
        self, text: str, scope: Scope, expected: Type | None, at: str
    ) -> tuple[list[Violation], Expression | None]:
        try:
            return [], expressions.compile(text, scope, expected)
        except ExpressionError as error:
            if self._is_excused(text):
                return [], None
            return [Violation(pointer=at, code=error.code, params=error.params)], None

    def _is_excused(self, text: str) -> bool:
        """Whether an expression uses a field that has a fault of its own: one cause is named once."""
        return not self.report.faulty.isdisjoint(_WORD.findall(text))


def _name_faults(catalog: Catalog, name: str) -> Iterator[Violation]:
    app, _, key = name.partition(".")
    if not _NAME.fullmatch(name):
        yield Violation(pointer="#/$id", code="form_name", params={"name": name})
    elif app in _RESERVED_APPS or app.startswith("pg_"):
        yield Violation(pointer="#/$id", code="app_key_reserved", params={"key": app})
    elif "__" in key:
        yield Violation(pointer="#/$id", code="form_key_underscores", params={"key": key})
    elif catalog.find("balances", name) is not None:
        yield Violation(pointer="#/$id", code="form_name_taken", params={"name": name})


def _dependents_faults(catalog: Catalog, world: _World, documents: Documents) -> Iterator[tuple[str, list[Violation]]]:
    """Yield what forms in force would lose by these documents: their expressions would no longer compile."""
    for definition in catalog.list("forms"):
        if definition.name in documents:
            continue
        targets = sorted(_targets(definition.document) & documents.keys())
        if not targets:
            continue
        report = check_fields(definition.document)
        record = world.record(definition.name)
        checker = _Checker(name=definition.name, world=world, report=report, record=record)
        spots = [
            Violation(pointer="#", code="form_breaks_other", params={"form": definition.name, "pointer": spot.pointer})
            for spot in checker.faults()
        ]
        yield targets[0], spots


def _targets(document: Any) -> set[str]:
    """Return the forms a document's relations point at, wherever they stand."""
    if isinstance(document, Mapping):
        own = document.get("x-field")
        found = {own["form"]} if isinstance(own, Mapping) and isinstance(own.get("form"), str) else set()
        return found.union(*(_targets(value) for value in document.values()))
    return set()


def _repeated(elements: Sequence[Mapping[str, Any]], part: str) -> Iterator[Violation]:
    seen: set[str] = set()
    for index, element in enumerate(elements):
        key = element.get("key")
        if isinstance(key, str) and key in seen:
            yield Violation(pointer=pointer("x-form", part, index, "key"), code="key_twice", params={"key": key})
        seen.add(str(key))


def _once(violations: Iterable[Violation]) -> list[Violation]:
    """Return the faults, one a place and code, in the order found."""
    return list({(spot.pointer, spot.code): spot for spot in violations}.values())


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
