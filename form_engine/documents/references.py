"""What a form points at: other forms by its relations, their fields by the paths of its expressions.

Recorded when the form is published, so that the impact of a change can be listed before it is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.definitions import Reference
from engine.expressions import Expression, Kind, RecordType, Scope, Type
from form_engine.definition import Form, Table
from form_engine.documents.record_types import FormRecord, filter_scope, formula_scope, rule_scope
from form_engine.storage.tables import form_target


def references(form: Form) -> list[Reference]:
    """Return everything a form points at outside of itself, each place once."""
    return list(dict.fromkeys(_references(form)))


def _references(form: Form) -> Iterator[Reference]:
    for field in form.fields.values():
        for one in (field, *(field.fields if isinstance(field, Table) else ())):
            if target := form_target(one):
                yield Reference("forms", target, None, f"{one.pointer}/x-field/form")
    for expression, scope, pointer in _expressions(form):
        for path in expression.paths:
            yield from _steps(path, scope, form.name, pointer)
    for action in form.actions:
        if action.flow:
            yield Reference("flows", action.flow, None, f"{action.pointer}/flow")


def _expressions(form: Form) -> Iterator[tuple[Expression, Scope, str]]:
    record = form.record_type
    if not isinstance(record, FormRecord):
        raise TypeError(f"{form.name} is no form of its own")
    for formula in form.formula_order:
        table = form.sub_table(formula.path[0]) if len(formula.path) > 1 else None
        field = table.cell(formula.path[1]) if table else form.fields[formula.path[0]]
        yield formula.expression, formula_scope(record, table), f"{field.pointer}/x-field/formula" if field else "#"
    for part in form.title_parts:
        if not isinstance(part, str):
            yield part, filter_scope(record), "#/x-form/record_title"
    for rule in form.rules:
        scope = rule_scope(record, form.sub_table(rule.rows) if rule.rows else None)
        for expression, word in ((rule.when, "when"), (rule.check, "check")):
            if expression is not None:
                yield expression, scope, f"{rule.pointer}/{word}"
    for action in form.actions:
        if action.when is not None:
            yield action.when, filter_scope(record), f"{action.pointer}/when"
        for key, expression in action.set.items():
            yield expression, filter_scope(record), f"{action.pointer}/set/{key}"


def _steps(path: Iterable[str], scope: Scope, own: str, pointer: str) -> Iterator[Reference]:
    """Yield the fields of other forms that a path goes through."""
    names = list(path)
    type_ = scope.names.get(names[0])
    for name in names[1:]:
        record = _record(type_)
        if record is None:
            return
        if record.name.count(".") == 1 and record.name != own:
            yield Reference("forms", record.name, name, pointer)
        type_ = record.member(name)


def _record(type_: Type | None) -> RecordType | None:
    if type_ is None:
        return None
    if type_.kind is Kind.LIST and type_.item is not None:
        return type_.item.record
    return type_.record
