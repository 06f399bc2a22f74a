"""What may be wrong with a balance's document, before it goes live. Nothing here writes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from engine import expressions, json_schema
from engine.db import Session
from engine.errors import Violation, pointer
from engine.expressions import BOOLEAN, NUMBER, Expression, ExpressionError, Kind, Scope, Type
from form_engine import forms
from form_engine.balancing import balance, balance_totals
from form_engine.balancing.balance import BALANCE_SCHEMA, source_field, source_scope
from form_engine.definition import Form
from form_engine.querying import filters

_CLOCK: Final = re.compile(r"\b(TODAY|NOW)\s*\(", re.IGNORECASE)
_RESERVED: Final = frozenset({"id", "updated_at", "user", "item"})
#: Field types whose texts are too long for the key of an index.
_TOO_LONG: Final = frozenset({"long_text"})


def check(session: Session, app: str, document: dict[str, Any]) -> list[Violation]:
    """Return everything that is wrong with the document; its forms must be published."""
    found = json_schema.validator("form_engine.balancing.balance", BALANCE_SCHEMA).violations(document)
    if found:
        return found
    types: dict[str, Type] = {}
    found = [*_names(session, app, document)]
    for index, entry in enumerate(document["sources"]):
        found += _source(session, document, entry, index, types)
    if found:
        return found
    compiled = balance.read_document(session, app, {key: item for key, item in document.items() if key != "checks"})
    found += _checks(document, filters.names(compiled.form))
    if not found:
        found += _translatable(session, compiled)
    return found


def _names(session: Session, app: str, document: Mapping[str, Any]) -> Iterator[Violation]:
    for index, name in enumerate(document["by"]):
        if name in document["measures"] or name in _RESERVED:
            yield Violation(pointer=pointer("by", index), code="balance_name_taken", params={"name": name})
    for name in document["measures"]:
        if name in _RESERVED:
            yield Violation(pointer=pointer("measures", name), code="balance_name_taken", params={"name": name})
    if forms.find(session, f"{app}.{document['key']}") is not None:
        yield Violation(pointer="#/key", code="balance_key_is_form", params={"name": f"{app}.{document['key']}"})
    keys = [entry["key"] for entry in document.get("checks", ())]
    for index, key in enumerate(keys):
        if key in keys[:index]:
            yield Violation(pointer=pointer("checks", index, "key"), code="balance_name_taken", params={"name": key})


def _source(
    session: Session, document: Mapping[str, Any], entry: Mapping[str, Any], index: int, types: dict[str, Type]
) -> Iterator[Violation]:
    at = ("sources", index)
    form = forms.find(session, entry["form"])
    if form is None:
        yield Violation(pointer=pointer(*at, "form"), code="form_unknown", params={"form": entry["form"]})
        return
    rows = entry.get("rows")
    if rows is not None and rows not in form.children:
        yield Violation(pointer=pointer(*at, "rows"), code="table_unknown", params={"field": rows})
        return
    scope = source_scope(form, rows)
    if "when" in entry:
        yield from _expression(form, entry["when"], scope, BOOLEAN, (*at, "when"))[1]
    yield from _dimensions(form, document, entry, scope, at, types)
    for name in entry["by"].keys() - set(document["by"]):
        yield Violation(pointer=pointer(*at, "by", name), code="balance_dimension_unknown", params={"name": name})
    for name, text in entry["add"].items():
        if name not in document["measures"]:
            yield Violation(pointer=pointer(*at, "add", name), code="balance_measure_unknown", params={"name": name})
        else:
            yield from _expression(form, text, scope, NUMBER, (*at, "add", name))[1]


def _dimensions(
    form: Form,
    document: Mapping[str, Any],
    entry: Mapping[str, Any],
    scope: Scope,
    at: tuple[str | int, ...],
    types: dict[str, Type],
) -> Iterator[Violation]:
    for name in document["by"]:
        spot = (*at, "by", name)
        if name not in entry["by"]:
            yield Violation(pointer=pointer(*spot), code="balance_dimension_missing", params={"name": name})
            continue
        text = entry["by"][name]
        compiled, wrong = _expression(form, text, scope, None, spot)
        yield from wrong
        if compiled is None:
            continue
        origin = source_field(form, entry.get("rows"), text)
        if compiled.type.kind in {Kind.LIST, Kind.EMPTY} or (origin is not None and origin.type.name in _TOO_LONG):
            yield Violation(pointer=pointer(*spot), code="balance_dimension_type", params={"type": str(compiled.type)})
        elif str(types.setdefault(name, compiled.type)) != str(compiled.type):
            params = {"name": name, "expected": str(types[name]), "type": str(compiled.type)}
            yield Violation(pointer=pointer(*spot), code="balance_dimension_differs", params=params)


def _expression(
    form: Form, text: str, scope: Scope, wanted: Type | None, spot: tuple[str | int, ...]
) -> tuple[Expression | None, list[Violation]]:
    """Return the compiled expression and what is wrong with it: syntax, types, what would go stale unnoticed."""
    at = pointer(*spot)
    if _CLOCK.search(text):
        return None, [Violation(pointer=at, code="balance_reads_clock")]
    try:
        compiled = expressions.compile(text, scope, wanted)
    except ExpressionError as error:
        return None, [Violation(pointer=at, code=error.code, params=error.params)]
    for path in compiled.paths:
        if len(path) > (2 if path[0] == "item" else 1) and not (path[0] in form.children and len(path) == 2):
            return None, [Violation(pointer=at, code="balance_path_too_far", params={"path": ".".join(path)})]
    return compiled, []


def _checks(document: Mapping[str, Any], scope: Scope) -> Iterator[Violation]:
    for index, entry in enumerate(document.get("checks", ())):
        for part in ("when", "check"):
            if part not in entry:
                continue
            try:
                expressions.compile(entry[part], scope, BOOLEAN)
            except ExpressionError as error:
                spot = pointer("checks", index, part)
                yield Violation(pointer=spot, code=error.code, params=error.params)


def _translatable(session: Session, compiled: balance.Balance) -> Iterator[Violation]:
    """Yield a violation when the sources have no SQL: `verify` could not recompute them."""
    try:
        balance_totals.expected(session, compiled)
    except ExpressionError as error:
        yield Violation(pointer="#/sources", code=error.code, params=error.params)
