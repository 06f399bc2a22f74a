"""Brings apps to life: publishes their definitions and writes their records, all in one transaction.

Owns the order: translations and apps, then every form of every app together (they refer to each other), then what
stands on forms, then records. Each engine checks its own documents; the faults of all of them are gathered and
reported at once, each with its file. Leaves the transaction to the caller: a refusal leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter
from typing import Any
from zoneinfo import ZoneInfo

from app_templates import checks, people, rows
from app_templates.template import OWNER, Document, Row, Template
from engine import definitions, identity, permissions
from engine.actor import Actor
from engine.db import Session
from engine.definitions import Source
from engine.errors import InvalidDefinition, InvalidInput, Violation
from flow_engine import flows
from form_engine import balances, forms, records, role_checks
from report_engine import dashboards, reports


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """What an installation made: apps by key, definitions and records by number."""

    apps: tuple[str, ...]
    definitions: int
    records: int


def install(session: Session, actor: Actor, templates: Sequence[Template], *, demo: bool = False) -> Installed:
    """Install `templates`; with `demo` their demo records and the demo's people too.

    Raises `InvalidDefinition` with every fault of every app, pointers like `crm/forms/quote.json#/properties/total`.
    """
    checks.check(templates, definitions.catalog(session))
    crew = people.install(session, actor) if demo else None
    for template in templates:
        definitions.set_translations(session, actor, template.key, template.translations)
    definitions.publish_many(
        session, actor, [Source("apps", each.key, each.key, dict(each.app.body)) for each in templates]
    )
    _publish(session, actor, templates)
    count = 0
    if crew is not None:
        people.give_roles(session, actor, crew)
        count = _write_records(session, actor, templates, crew)
    return Installed(
        apps=tuple(each.key for each in templates),
        definitions=sum(len(each.documents) + 1 for each in templates),
        records=count,
    )


class _Faults:
    """Gathers what the engines refuse, with pointers that name the file."""

    def __init__(self) -> None:
        self.found: list[Violation] = []

    @contextmanager
    def of(self, document: Document) -> Iterator[None]:
        """Note the refusal of one document; what was begun is undone with the transaction."""
        try:
            yield
        except InvalidInput as error:
            spots = error.violations or (Violation(pointer="#", code=error.code, params=error.params),)
            prefix = f"{document.file}#{document.pointer}"
            self.found += [replace(spot, pointer=prefix + spot.pointer.partition("#")[2]) for spot in spots]

    def refuse(self) -> None:
        """Raise what was found, if anything was."""
        if self.found:
            raise InvalidDefinition("template_unresolved", violations=self.found)


def _publish(session: Session, actor: Actor, templates: Sequence[Template]) -> None:
    faults = _Faults()
    _publish_forms(session, actor, templates, faults)
    faults.refuse()
    publishers: Mapping[str, Callable[[Session, Actor, str, dict[str, Any]], object]] = {
        "balances": _publish_balance,
        "roles": _publish_role,
        "flows": flows.publish,
        "reports": reports.publish,
        "dashboards": dashboards.publish,
    }
    for kind, publish in publishers.items():
        for template, document in _documents(templates, kind):
            with faults.of(document):
                publish(session, actor, template.key, dict(document.body))
        faults.refuse()


def _publish_forms(session: Session, actor: Actor, templates: Sequence[Template], faults: _Faults) -> None:
    """Publish all forms at once; a fault's pointer begins with the form's name, which tells its file."""
    documents = {template.name(document): document for template, document in _documents(templates, "forms")}
    spots = forms.check(session, [dict(document.body) for document in documents.values()])
    for spot in spots:
        name, _, place = spot.pointer.rpartition("#")
        file = documents[name].file if name in documents else next(iter(documents.values())).file
        faults.found.append(replace(spot, pointer=f"{file}#{place}"))
    if not spots:
        forms.publish_many(session, actor, [dict(document.body) for document in documents.values()])


def _publish_balance(session: Session, actor: Actor, app: str, document: dict[str, Any]) -> None:
    balances.publish(session, actor, app, [document])


def _publish_role(session: Session, actor: Actor, app: str, document: dict[str, Any]) -> None:
    permissions.publish(session, actor, app, [document], role_checks.check_entry)


def _documents(templates: Sequence[Template], kind: str) -> Iterator[tuple[Template, Document]]:
    for template in templates:
        for document in template.of_kind(kind):
            yield template, document


def _write_records(session: Session, actor: Actor, templates: Sequence[Template], crew: rows.People) -> int:
    """Write the demo records of all apps, those that others point to first; flows run as for any other change."""
    files = {f"{template.key}.{form}": found for template in templates for form, found in template.rows.items()}
    today = session.now.astimezone(ZoneInfo(session.time_zone)).date()
    count = 0
    for name in _order(session, files):
        form = forms.get(session, name)
        place = f"{form.app}/data/{form.key}.csv"
        for owner, mine in _by_owner(files[name]):
            writer = identity.actor_for_user(session, crew.users[owner]) if owner else actor
            made = rows.changes(form, mine, crew, today, place)
            count += len(records.apply(session, writer.as_platform(), name, made))
    return count


def _order(session: Session, files: Mapping[str, Sequence[Row]]) -> Iterable[str]:
    """Return the forms such that each stands behind those its rows point to."""
    graph: TopologicalSorter[str] = TopologicalSorter()
    for name, found in files.items():
        form = forms.get(session, name)
        used = {key for row in found for key in row.values if key != OWNER}
        targets = [form.fields[key].type.traits.target(form.fields[key].options) for key in used]
        for table in form.tables:
            targets += [cell.type.traits.target(cell.options) for cell in table.fields]
        graph.add(name, *(target for target in targets if target is not None and target in files and target != name))
    return graph.static_order()


def _by_owner(found: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    owners = dict.fromkeys(row.values.get(OWNER, "") for row in found)
    for owner in owners:
        yield owner, [row for row in found if row.values.get(OWNER, "") == owner]
