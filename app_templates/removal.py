"""Taking apps away again, with everything that is theirs: definitions, tables with their records, roles given to people.

Owns the SQL of it. The numbered versions of the definitions and the audit trail stay. Apps that need each other go
together or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from app_templates import exporter, stored
from app_templates.changing.places import Words, in_folder, pointer_names
from app_templates.checking import references
from app_templates.packages.writing import tree_of
from engine import definitions, events
from engine.actor import Actor
from engine.catalog import KINDS, Definition, catalog
from engine.db import Session
from engine.errors import Conflict, NotFound, Violation
from engine.models import definition, flow_instance, user_role
from engine.texts import LocalizedText
from flow_engine import instances
from form_engine import balances, forms, publication
from form_engine.storage.tables import quoted

_UNDER_WAY = ("running", "waiting", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A place of another app that leads into one that is to go.

    spot  -- the fault that it would be.
    place -- where it is, in words, in the app `app`.
    name  -- what it leads to: `crm.customer`, `crm.*`, `crm`.
    """

    app: str
    spot: Violation
    place: Words
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What would be deleted with some apps, and who stands in the way.

    definitions -- kind -> how many.
    records     -- form -> (its title, how many records, those in the recycle bin too); without empty ones.
    runs        -- flow runs under way, which would be cancelled.
    needed_by   -- places of other apps that lead into these.
    """

    apps: tuple[str, ...]
    definitions: Mapping[str, int]
    records: Mapping[str, tuple[LocalizedText, int]]
    runs: int
    needed_by: tuple[Need, ...]


def contents(session: Session, apps: Sequence[str]) -> Contents:
    """Return what removing `apps` would delete; raises `NotFound`. One statement a form."""
    view = catalog(session)
    for app in apps:
        if view.find("apps", app) is None:
            raise NotFound("app_not_found", app=app)
    counts = {kind: sum(len(view.list(kind, app)) for app in apps) for kind in KINDS if kind != "apps"}
    records = {}
    for app in apps:
        for form in forms.list_all(session, app):
            count = session.execute(sa.select(sa.func.count()).select_from(form.table)).scalar_one()
            if count:
                records[form.name] = (form.title, count)
    runs = sa.select(sa.func.count()).select_from(flow_instance).where(*_runs(apps))
    return Contents(
        apps=tuple(apps),
        definitions={kind: count for kind, count in counts.items() if count},
        records=records,
        runs=session.execute(runs).scalar_one(),
        needed_by=tuple(_needed_by(session, apps)),
    )


def _runs(apps: Sequence[str]) -> tuple[sa.ColumnElement[bool], ...]:
    of_apps = sa.or_(*(flow_instance.c.flow.startswith(f"{app}.", autoescape=True) for app in apps))
    return of_apps, flow_instance.c.status.in_(_UNDER_WAY)


def _needed_by(session: Session, apps: Sequence[str]) -> Iterator[Need]:
    """Yield every place of the other apps that would lead nowhere."""
    others = [
        exporter.running(session, one.key or one.app) for one in catalog(session).list("apps") if one.app not in apps
    ]
    names = references.names(others, None)
    views = references.views_of(others, None)
    prefixes = tuple(f"{app}." for app in apps)
    for template in others:
        tree = tree_of(template)
        for spot in references.faults(template, views, names):
            name = str(spot.params.get("name", ""))
            if name in apps or name.startswith(prefixes):
                file, _, inner = spot.pointer.removeprefix(f"{template.key}/").partition("#")
                place = in_folder((file, *pointer_names(inner)), (tree,), (template,))
                yield Need(app=template.key, spot=spot, place=place, name=name)


def remove(session: Session, actor: Actor, apps: Sequence[str], confirm: str | None = None) -> Contents:
    """Remove apps with everything that is theirs; return what that was.

    confirm -- the keys of the apps, with commas between; needed where there are records.

    Raises `NotFound`, `Conflict`: `app_in_use` where others depend on them, `app_has_records` without `confirm`.
    """
    definitions.require_designer(actor)
    publication.lock(session)
    definitions.lock(session)
    found = contents(session, apps)
    if found.needed_by:
        raise Conflict("app_in_use", violations=[need.spot for need in found.needed_by], count=len(found.needed_by))
    if found.records and confirm != ",".join(apps):
        spots = [
            Violation(pointer=f"{form}#", code="app_form_has_records", params={"form": title, "count": count})
            for form, (title, count) in found.records.items()
        ]
        raise Conflict("app_has_records", violations=spots, confirm=",".join(apps))
    _cancel_runs(session, actor, apps)
    _retire(session, actor, apps)
    for app in apps:
        session.execute(sa.text(f"DROP SCHEMA IF EXISTS {quoted(app)} CASCADE"))
        session.execute(sa.delete(user_role).where(user_role.c.role.startswith(f"{app}.", autoescape=True)))
        drafts = {"draft": None, "draft_saved_at": None, "draft_saved_by": None}
        session.execute(sa.update(definition).where(definition.c.app == app).values(drafts))
        definitions.set_translations(session, actor, app, {})
        stored.forget(session, app)
        count = sum(number for form, (_, number) in found.records.items() if form.startswith(f"{app}."))
        events.note(session, actor, "meta.app", "delete", before={"app": app, "records": count})
    return found


def _cancel_runs(session: Session, actor: Actor, apps: Sequence[str]) -> None:
    for run in session.execute(sa.select(flow_instance.c.id).where(*_runs(apps))).scalars().all():
        instances.cancel(session, actor, run)


def _retire(session: Session, actor: Actor, apps: Sequence[str]) -> None:
    """Retire everything of the apps: of all of them first what stands on forms."""
    view = catalog(session)
    found: list[Definition] = [one for kind in reversed(KINDS) for app in apps for one in view.list(kind, app)]
    # Balances before everything else: the program must still know the forms under them to drop their tables.
    for one in sorted(found, key=lambda each: each.kind != "balances"):
        if one.kind == "balances":
            balances.retire(session, actor, one.name)
        else:
            definitions.retire(session, actor, one.kind, one.name)
