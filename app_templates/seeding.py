"""Writes the records of apps' data files: those that others point to first, each through the records service.

Rules hold and flows run as for any other record. A row whose record is there already is left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from zoneinfo import ZoneInfo

from app_templates import rows
from app_templates.rows import People, record_id
from app_templates.template import OWNER, Row, Template
from engine import identity
from engine.actor import Actor
from engine.db import Session
from engine.errors import DomainError, InvalidDefinition, NotFound, Violation
from form_engine import forms, records
from form_engine.record import Record
from form_engine.storage import store

_BATCH = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCount:
    """How many rows of a data file would be new records, and how many are there already."""

    form: str
    new: int
    known: int


def counts(session: Session, template: Template) -> list[RowCount]:
    """Return for each data file of an app which of its rows are there already."""
    result = []
    for key, found in template.rows.items():
        name = f"{template.key}.{key}"
        known = _known(session, name, found)
        result.append(RowCount(form=name, new=len(found) - len(known), known=len(known)))
    return result


def _known(session: Session, name: str, found: Sequence[Row]) -> set[str]:
    form = forms.find(session, name)
    if form is None:
        return set()
    ids = {record_id(name, row.key): row.key for row in found}
    keys = list(ids)
    there: set[str] = set()
    for at in range(0, len(keys), _BATCH):
        there |= {ids[one] for one in store.load(session, form, keys[at : at + _BATCH])}
    return there


def crew_of(session: Session, templates: Sequence[Template]) -> People:
    """Return the accounts and departments of this installation by the names that data files use."""
    departments = {one.key: one.id for one in identity.list_departments(session)}
    names = {
        text for each in templates for found in each.rows.values() for row in found for text in row.values.values()
    }
    return People(
        users={name: one.id for name, one in identity.users_by_username(session, names).items()},
        departments=departments,
    )


def write(session: Session, actor: Actor, templates: Sequence[Template], crew: People) -> int:
    """Write the rows that are not there yet; return how many. Raises `InvalidDefinition` with every fault of a form."""
    files = {f"{template.key}.{form}": found for template in templates for form, found in template.rows.items()}
    count = 0
    for name in _order(session, files):
        known = _known(session, name, files[name])
        count += len(_write_form(session, actor, name, [row for row in files[name] if row.key not in known], crew))
    return count


def _write_form(session: Session, actor: Actor, name: str, found: Sequence[Row], crew: People) -> list[Record]:
    form = forms.get(session, name)
    today = session.now.astimezone(ZoneInfo(session.time_zone)).date()
    place = f"{form.app}/data/{form.key}.csv"
    made: list[Record] = []
    faults: list[Violation] = []
    for owner, mine in _by_owner(found):
        if owner and owner not in crew.users:
            faults += [
                Violation(pointer=f"{place}#/{row.line}/{OWNER}", code="template_cell_invalid", params={"text": owner})
                for row in mine
            ]
            continue
        writer = identity.actor_for_user(session, crew.users[owner]) if owner else actor
        try:
            with session.connection.begin_nested():
                changes = rows.changes(form, mine, crew, today, place)
                made += records.apply(session, writer.as_platform(), name, changes)
        except DomainError as error:
            faults += error.violations or [Violation(pointer=f"{place}#", code=error.code, params=error.params)]
    if faults:
        raise InvalidDefinition("template_unresolved", violations=faults)
    return made


def _order(session: Session, files: Mapping[str, Sequence[Row]]) -> Iterable[str]:
    """Return the forms such that each stands behind those its rows point to; in a circle, as they come."""
    graph: TopologicalSorter[str] = TopologicalSorter()
    for name, found in files.items():
        try:
            form = forms.get(session, name)
        except NotFound:
            continue
        used = {key for row in found for key in row.values if key != OWNER}
        targets = [form.fields[key].type.traits.target(form.fields[key].options) for key in used]
        for table in form.tables:
            targets += [cell.type.traits.target(cell.options) for cell in table.fields]
        graph.add(name, *(target for target in targets if target is not None and target in files and target != name))
    try:
        return list(graph.static_order())
    except CycleError:
        return list(files)


def _by_owner(found: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    owners = dict.fromkeys(row.values.get(OWNER, "") for row in found)
    for owner in owners:
        yield owner, [row for row in found if row.values.get(OWNER, "") == owner]
