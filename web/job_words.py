"""Jobs in the words of the business: which flow, which record, which sheet a job was about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from engine import definitions
from engine.actor import Actor
from engine.db import Session
from engine.jobs.graves import Grave
from engine.models import export_run, flow_effect, flow_instance, import_run
from engine.texts import catalogue, localized, message
from flow_engine.documents import published
from form_engine import forms
from form_engine.querying import record_titles


def task_title(task: str, language: str) -> str:
    """Return what people call a task; one without a name of its own is called by its key."""
    code = f"task_{task.replace('.', '_')}"
    return message(code, {}, language) if code in catalogue() else task


def described(session: Session, actor: Actor, graves: Sequence[Grave]) -> list[dict[str, Any]]:
    """Return dead jobs as the API shows them. At most three statements, and one a form for its records' titles."""
    instances = _instances(session, graves)
    sheets = _sheets(session, graves)
    wanted: dict[str, set[UUID]] = defaultdict(set)
    for row in instances.values():
        if row.form is not None and row.record_id is not None and _is_there(session, row.form):
            wanted[row.form].add(row.record_id)
    titles = record_titles.titles(session, actor, wanted)
    shown = []
    for grave in graves:
        about = instances.get(_id(grave, "instance") or _id(grave, "effect"))
        sheet = sheets.get(_id(grave, "run"))
        shown.append(
            {
                "id": grave.id,
                "task": grave.task,
                "title": task_title(grave.task, actor.language),
                "flow": None if about is None else _flow(session, about.flow, actor.language),
                "instance": None if about is None else about.id,
                "record": None if about is None else _record(session, about, titles, actor.language),
                "form": None if sheet is None else _form(session, sheet, actor.language),
                "attempts": grave.attempts,
                "created_at": grave.created_at,
                "died_at": grave.died_at,
                "error": grave.error,
            }
        )
    return shown


def _id(grave: Grave, name: str) -> UUID | None:
    try:
        return UUID(str(grave.payload[name])) if name in grave.payload else None
    except ValueError:
        return None


def _ids(graves: Iterable[Grave], name: str) -> list[UUID]:
    return [found for grave in graves if (found := _id(grave, name)) is not None]


def _instances(session: Session, graves: Sequence[Grave]) -> Mapping[UUID | None, Any]:
    """Return the instance of each job, by the id that stands in the job: the instance's or the effect's."""
    columns = (flow_instance.c.id, flow_instance.c.flow, flow_instance.c.form, flow_instance.c.record_id)
    found: dict[UUID | None, Any] = {}
    ids = _ids(graves, "instance")
    if ids:
        found |= {row.id: row for row in session.execute(sa.select(*columns).where(flow_instance.c.id.in_(ids)))}
    effects = _ids(graves, "effect")
    if effects:
        joined = flow_effect.c.instance_id == flow_instance.c.id
        query = sa.select(*columns, flow_effect.c.id.label("effect")).join_from(flow_effect, flow_instance, joined)
        found |= {row.effect: row for row in session.execute(query.where(flow_effect.c.id.in_(effects)))}
    return found


def _sheets(session: Session, graves: Sequence[Grave]) -> Mapping[UUID | None, str]:
    """Return what each job read a sheet into or wrote one of: a form, or a balance."""
    ids = _ids(graves, "run")
    if not ids:
        return {}
    imports = sa.select(import_run.c.id, import_run.c.form).where(import_run.c.id.in_(ids))
    exports = sa.select(export_run.c.id, export_run.c.source).where(export_run.c.id.in_(ids))
    return {row[0]: row[1] for row in session.execute(sa.union_all(imports, exports))}


def _is_there(session: Session, form: str) -> bool:
    return definitions.catalog(session).find("forms", form) is not None


def _flow(session: Session, name: str, language: str) -> dict[str, str]:
    return {"key": name, "title": flow_title(session, name, language)}


def flow_title(session: Session, name: str, language: str) -> str:
    """Return what people call a flow; one that is gone by its name."""
    if definitions.catalog(session).find("flows", name) is None:
        return name
    return localized(published.get(session, name).title, language)


def _form(session: Session, name: str, language: str) -> dict[str, str]:
    title = localized(forms.get(session, name).title, language) if _is_there(session, name) else name
    return {"key": name, "title": title}


def _record(session: Session, about: Any, titles: Mapping[Any, str], language: str) -> dict[str, Any] | None:
    if about.form is None or about.record_id is None:
        return None
    app, _, key = about.form.partition(".")
    title = titles.get((about.form, about.record_id)) or _form(session, about.form, language)["title"]
    return {"app": app, "form": key, "id": about.record_id, "title": title}
