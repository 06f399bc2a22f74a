"""What is sent, on its way to what is stored.

Owns what may be sent at all (known, writable, not computed), the merging of a PATCH into what is there, and validation
of the result by the form's expanded schema. Pure: leaves to others what needs the database, whether a relation's target
exists (`relations`), and what is computed (`computing`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from engine.errors import InvalidInput, Violation
from engine.ids import new_id
from engine.json_schema import Validator
from form_engine.definition import Field, Form, Table
from form_engine.record import SYSTEM_FIELDS, Change, Record
from form_engine.values import Access, Reading, below, is_computed, joined


def read(
    form: Form, validator: Validator, change: Change, before: Record | None, *, access: Access, may_number: bool
) -> Reading:
    """Turn the change's JSON into stored values, merged into those of `before`.

    access     -- the actor's restrictions by field; hidden fields count as unknown.
    may_number -- whether serial numbers may be sent (the platform installs records that have theirs).
    Cost is linear in the fields and rows; no database is asked.
    """
    if before is None and (found := plainly(form, validator, change.values, access)) is not None:
        return found
    sent = dict(change.values)
    empty = dict.fromkeys(form.fields)
    reading = Reading(values={**empty, **(before.values if before else {})}, given=frozenset(sent))
    reading.violations += _strangers(form, sent, access, change.pointer, may_number=may_number)
    refused = {spot.pointer for spot in reading.violations}
    known = (
        {key: value for key, value in sent.items() if below(change.pointer, key) not in refused} if refused else sent
    )
    if before is None:
        known = with_defaults(form.fields.values(), known)
    rows = {key: _matched(form, key, value, before, change.pointer, reading) for key, value in _tables(form, known)}
    document = _document(form, known | rows, before)
    spots = [spot for spot in validator.violations(document) if not _is_promised(form, spot)]
    misformed = {spot.pointer for spot in spots if spot.code == "format"}  # its pattern would only say it again
    reading.violations += (
        _told(form, spot, change.pointer) for spot in spots if spot.code != "pattern" or spot.pointer not in misformed
    )
    _store(form, known | rows, before, change.pointer, reading)
    return reading


def plainly(form: Form, validator: Validator, sent: Mapping[str, Any], access: Access) -> Reading | None:
    """Return what `read` does of a new record that has nothing but plain values with which nothing is wrong, else None.

    The short way of nearly every record: who has anything to say about one goes the long way.
    """
    known = {**form.constants, **sent}
    if not (form.inputs.keys() >= known.keys() and access.keys().isdisjoint(sent)):
        return None
    document = {key: value for key, value in known.items() if value is not None}
    if not validator.is_plainly_right(document):
        return None
    values: dict[str, Any] = {key: [] if one.has_rows else None for key, one in form.fields.items()}
    try:
        for key, value in document.items():
            one = form.inputs[key]
            values[key] = one.type.store(value, one.options)
    except InvalidInput:
        return None
    return Reading(values=values, given=frozenset(sent))


def _strangers(
    form: Form, sent: Mapping[str, Any], access: Access, prefix: str, *, may_number: bool
) -> Iterator[Violation]:
    """Yield a violation for each key that may not be sent."""
    for key in sent:
        one = form.fields.get(key)
        if one is not None and key not in access and not one.is_computed and not isinstance(one, Table):
            continue  # nearly every key of every row: not worth a pointer
        spot = below(prefix, key)
        if key in SYSTEM_FIELDS:
            yield Violation(pointer=spot, code="field_is_system", params={"field": key})
        elif one is None or access.get(key) == "hidden":
            yield Violation(pointer=spot, code="unknown_field", params={"field": key})
        elif access.get(key) in {"read_only", "masked"}:
            yield Violation(pointer=spot, code="field_is_read_only", params={"field": one.title})
        else:
            yield from _computed(one, spot, may_number=may_number)
            yield from _strange_cells(one, sent[key], spot, may_number=may_number)


def _computed(one: Field, spot: str, *, may_number: bool) -> Iterator[Violation]:
    if one.formula is not None:
        yield Violation(pointer=spot, code="formula_is_computed", params={"field": one.title})
    elif one.type.traits.is_generated and not may_number:
        yield Violation(pointer=spot, code="field_is_generated", params={"field": one.title})


def _strange_cells(one: Field, rows: Any, spot: str, *, may_number: bool) -> Iterator[Violation]:
    if not isinstance(one, Table) or not isinstance(rows, list):
        return
    cells = {cell.key: cell for cell in one.fields}
    for index, row in enumerate(rows):
        for key in row if isinstance(row, Mapping) else ():
            if key in cells:
                yield from _computed(cells[key], below(spot, index, key), may_number=may_number)
            elif key != "id":
                yield Violation(pointer=below(spot, index, key), code="unknown_field", params={"field": key})


def with_defaults(fields: Sequence[Field] | Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return `values` with the constant default of every field that was not sent at all."""
    constants = {
        one.key: one.default
        for one in fields
        if one.default is not None and one.key not in values and not one.is_computed
    }
    return constants | dict(values)


def _tables(form: Form, values: Mapping[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    for key, value in values.items():
        if isinstance(form.fields[key], Table) and isinstance(value, list):
            yield key, value


def _matched(form: Form, key: str, rows: list[Any], before: Record | None, prefix: str, reading: Reading) -> list[Any]:
    """Return the sent rows, those with the `id` of a row that is there merged into it, new ones with defaults.

    Every row gets an `id` that no schema sees (it is taken out again in `_document`).
    """
    table = form.fields[key]
    if not isinstance(table, Table):
        return rows
    old = {row["id"]: row for row in (before.values.get(key) or ())} if before else {}
    seen: set[UUID] = set()
    result: list[Any] = []
    for index, row in enumerate(rows):
        if not isinstance(row, Mapping):
            result.append(row)
            continue
        row_id = _row_id(row.get("id"))
        if row.get("id") is not None and (row_id not in old or row_id in seen):
            spot = below(prefix, key, index, "id")
            reading.violations.append(Violation(pointer=spot, code="unknown_row", params={"field": table.title}))
        if row_id is None or row_id not in old:
            row_id = new_id()
            reading.fresh_rows.add(row_id)
            cells = with_defaults(table.fields, row)
        else:
            cells = dict(row)
        seen.add(row_id)
        result.append(cells | {"id": row_id})
    return result


def _row_id(value: Any) -> UUID | None:
    if isinstance(value, UUID):
        return value
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _document(form: Form, values: Mapping[str, Any], before: Record | None) -> dict[str, Any]:
    """Return the record as the JSON that the form's schema describes: what was sent over what is there."""
    document = _shown_input(form.fields.values(), before.values, skip=values) if before else {}
    for key, value in values.items():
        one = form.fields[key]
        if value is None:
            document.pop(key, None)
        elif isinstance(one, Table) and isinstance(value, list):
            old = {row["id"]: row for row in (before.values.get(key) or ())} if before else {}
            document[key] = [_row_document(one, row, old) for row in value]
        else:
            document[key] = value
    return document


def _row_document(table: Table, row: Any, old: Mapping[UUID, Mapping[str, Any]]) -> Any:
    if not isinstance(row, Mapping):
        return row
    cells = _shown_input(table.fields, old.get(row["id"], {}), skip=row)
    typed = {cell.key for cell in table.fields if cell.formula is None}
    cells.update((key, value) for key, value in row.items() if key in typed and value is not None)
    return cells


def _shown_input(fields: Any, stored: Mapping[str, Any], *, skip: Mapping[str, Any]) -> dict[str, Any]:
    """Return stored values as the JSON that input would give them, without computed ones and those of `skip`."""
    document: dict[str, Any] = {}
    for one in fields:
        value = stored.get(one.key)
        if one.key in skip or value is None or is_computed(one):
            continue
        if isinstance(one, Table):
            document[one.key] = [_shown_input(one.fields, row, skip={}) for row in value]
        else:
            document[one.key] = one.type.show(value, one.options)
    return document


def _is_promised(form: Form, spot: Violation) -> bool:
    """Whether a missing value is one that the platform gives later: computed, or a default that is an expression."""
    if spot.code != "required":
        return False
    one = field_at(form, spot.pointer)
    return one is not None and (is_computed(one) or one.default_expression is not None)


def _told(form: Form, spot: Violation, prefix: str) -> Violation:
    """Return the schema's violation as seen from the change; a number's pattern is told in words."""
    one = field_at(form, spot.pointer)
    moved = replace(spot, pointer=joined(prefix, spot.pointer))
    places = None if one is None else getattr(one.type.column(one.options), "scale", None)
    if spot.code == "pattern" and places is not None:
        return replace(moved, code="number_format", params={"places": places})
    return moved


def field_at(form: Form, spot: str) -> Field | None:
    """Return the field that the pointer (`#/lines/0/price`) names, None when it names no field or cell."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in spot.split("/")[1:]]
    if not parts or parts[0] not in form.fields:
        return None
    one = form.fields[parts[0]]
    if len(parts) == 1:
        return one
    cells = {cell.key: cell for cell in one.fields} if isinstance(one, Table) else {}
    return cells.get(parts[2]) if len(parts) == 3 else None


def _store(form: Form, values: Mapping[str, Any], before: Record | None, prefix: str, reading: Reading) -> None:
    """Put the stored form of every sent value into the reading; what has a violation is left as it was."""
    wrong = tuple(spot.pointer for spot in reading.violations)
    for key, value in values.items():
        one = form.fields[key]
        if not wrong and not isinstance(one, Table):  # nearly every value: not worth a pointer
            reading.values[key] = _stored(one, value, (prefix, key), reading)
            continue
        spot = below(prefix, key)
        if isinstance(one, Table):
            old = {row["id"]: row for row in (before.values.get(key) or ())} if before else {}
            rows = value if isinstance(value, list) else []
            reading.values[key] = [
                _stored_row(one, row, old, below(spot, index), wrong, reading)
                for index, row in enumerate(rows)
                if isinstance(row, Mapping)
            ]
        elif not _is_under(spot, wrong):
            reading.values[key] = _stored(one, value, (prefix, key), reading)
    for table in form.tables:
        if table.key not in values:
            # Copies: formulas will write into them, and `before` stays what it was.
            reading.values[table.key] = [dict(row) for row in reading.values.get(table.key) or ()]


def _stored_row(
    table: Table,
    row: Mapping[str, Any],
    old: Mapping[UUID, Mapping[str, Any]],
    spot: str,
    wrong: Sequence[str],
    reading: Reading,
) -> dict[str, Any]:
    stored = dict.fromkeys(cell.key for cell in table.fields) | dict(old.get(row["id"], {})) | {"id": row["id"]}
    for cell in table.fields:
        if cell.key in row and not (wrong and _is_under(below(spot, cell.key), wrong)):
            stored[cell.key] = _stored(cell, row[cell.key], (spot, cell.key), reading)
    return stored


def _is_under(spot: str, wrong: Sequence[str]) -> bool:
    return any(one == spot or one.startswith(spot + "/") for one in wrong)


def _stored(one: Field, value: Any, at: tuple[str, str], reading: Reading) -> Any:
    if value is None:
        return None
    try:
        return one.type.store(value, one.options)
    except InvalidInput as error:
        reading.violations.append(
            Violation(pointer=below(*at), code=error.code, params={"field": one.title} | dict(error.params))
        )
        return None
