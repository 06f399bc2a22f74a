"""Apps coming in: what it would come to, and doing it.

A preview *is* the import, taken back: what it says of tables, records and refusals is what would happen. Both end in the
same report. With `is_upgrade` what was customised here is kept: the app as last installed, as it is now and as it comes
are merged (`upgrades`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app_templates import exporter, installer, seeding, upgrades
from app_templates.changing.differences import Difference, differences
from app_templates.changing.elements import MISSING, is_same
from app_templates.changing.merging import Choice
from app_templates.changing.places import texts_of
from app_templates.packages.canonical import ordered
from app_templates.packages.writing import files_of
from app_templates.seeding import RowCount
from app_templates.template import FOLDERS, Template
from app_templates.undone import undone
from app_templates.upgrades import Clash
from engine import definitions, errors, events
from engine.actor import Actor
from engine.catalog import catalog
from engine.db import Session
from engine.texts import LocalizedText
from form_engine import publication
from form_engine.storage import rehearsals
from form_engine.storage.ddl import Phase, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementChange:
    """One definition that is new, changed or gone, with every place that changed."""

    kind: str
    key: str
    title: LocalizedText
    change: str
    changes: tuple[Difference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppReport:
    """What an import does to one app.

    size         -- bytes of the folder, unpacked.
    translations -- language -> how many texts are added, changed, removed.
    files        -- path -> added, changed, removed; of what is kept as it is.
    """

    key: str
    title: LocalizedText
    version: str
    installed_version: str | None
    size: int
    definitions: tuple[ElementChange, ...]
    translations: Mapping[str, Mapping[str, int]]
    files: Mapping[str, str]
    rows: tuple[RowCount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What an import did, or would do; `revision` is the catalogue's that it was compared with."""

    kept: bool
    revision: int
    apps: tuple[AppReport, ...]
    steps: tuple[Step, ...]
    conflicts: tuple[Clash, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How an import is meant.

    has_data -- write the rows of data files that are not there yet.
    revision -- what a preview was compared with; refuse when something was published since.
    choices  -- pointer of a conflict -> whose side stands.
    """

    is_upgrade: bool = False
    has_data: bool = False
    revision: int | None = None
    choices: Mapping[str, Choice] | None = None


def preview(session: Session, actor: Actor, templates: Sequence[Template], wishes: Wishes) -> Report:
    """Return what importing apps would do. Nothing is kept; the tables concerned are locked for that moment.

    Raises what `bring` does, and `Conflict` where it would keep others waiting (`preview_busy`, `preview_too_long`).
    """
    with undone(session), rehearsals.begun(session):
        return _bring(session, actor, templates, wishes, is_kept=False)


def bring(session: Session, actor: Actor, templates: Sequence[Template], wishes: Wishes) -> Report:
    """Import apps, all or none; what is in force already keeps its version.

    Raises `InvalidDefinition` with every fault, `Conflict` where something was published since the preview
    (`app_changed_meanwhile`), where a conflict was not chosen (`upgrade_has_conflicts`), or where a table stays in use.
    """
    report = _bring(session, actor, templates, wishes, is_kept=True)
    action = "upgrade" if wishes.is_upgrade else "import"
    for app in report.apps:
        counts = {change: sum(one.change == change for one in app.definitions) for change in _CHANGES}
        events.note(session, actor, "meta.app", action, after={"app": app.key, "version": app.version, **counts})
    return report


_CHANGES = ("added", "changed", "removed")


def _bring(session: Session, actor: Actor, templates: Sequence[Template], wishes: Wishes, *, is_kept: bool) -> Report:
    definitions.require_designer(actor)
    publication.lock(session)
    definitions.lock(session)
    revision = catalog(session).revision
    if wishes.revision is not None and wishes.revision != revision:
        raise errors.Conflict("app_changed_meanwhile")
    conflicts: list[Clash] = []
    coming = list(templates)
    if wishes.is_upgrade:
        coming, conflicts = upgrades.merged(session, templates, wishes.choices or {})
        open_places = [clash.pointer for clash in conflicts if clash.conflict.choice is None]
        if is_kept and open_places:
            spots = [errors.Violation(pointer=place, code="upgrade_conflict") for place in open_places]
            raise errors.Conflict("upgrade_has_conflicts", violations=spots, count=len(spots))
    before = {each.key: _running(session, each.key) for each in coming}
    earlier = len(publication.steps_done(session))
    installer.check(session, coming)
    rows = {each.key: tuple(seeding.counts(session, each)) for each in coming}
    installer.publish(session, actor, coming, {each.key: files_of(each) for each in templates})
    if wishes.has_data:
        seeding.write(session, actor, coming, seeding.crew_of(session, coming))
    return Report(
        kept=is_kept,
        revision=revision,
        apps=tuple(_app_report(before[each.key], each, rows[each.key]) for each in coming),
        steps=tuple(publication.steps_done(session)[earlier:]),
        conflicts=tuple(conflicts),
    )


def _running(session: Session, app: str) -> Template | None:
    return exporter.running(session, app) if catalog(session).find("apps", app) is not None else None


def _app_report(before: Template | None, after: Template, rows: tuple[RowCount, ...]) -> AppReport:
    return AppReport(
        key=after.key,
        title=after.text(f"apps/{after.key}/title", str(after.app.body.get("title", after.key))),
        version=str(after.app.body.get("version", "")),
        installed_version=None if before is None else str(before.app.body.get("version", "")),
        size=sum(len(text.encode()) for text in files_of(after).values()),
        definitions=tuple(element_changes(before, after)),
        translations=_text_counts(before, after),
        files=_file_changes(before.kept if before else {}, after.kept),
        rows=rows,
    )


def element_changes(before: Template | None, after: Template) -> list[ElementChange]:
    """Return each definition that is not as it was, in the order of the folder."""
    was, now = _elements(before), _elements(after)
    found = []
    for (kind, key), body in (was | now).items():
        old, new = was.get((kind, key), MISSING), now.get((kind, key), MISSING)
        if is_same(old, new):
            continue
        change = "added" if old is MISSING else "removed" if new is MISSING else "changed"
        text = texts_of((after, before), f"{kind}/{key}")
        title = text("title", str(body.get("title", key)))
        places = tuple(differences(old, new, text)) if change == "changed" else ()
        found.append(ElementChange(kind=kind, key=key, title=title, change=change, changes=places))
    return sorted(found, key=lambda one: (_KINDS.index(one.kind), one.key))


_KINDS = ("apps", *FOLDERS.values(), "roles")


def _elements(template: Template | None) -> dict[tuple[str, str], Any]:
    if template is None:
        return {}
    documents = {(one.kind, one.key): ordered(one.body) for one in template.documents}
    return {("apps", template.key): ordered(template.app.body), **documents}


def _text_counts(before: Template | None, after: Template) -> dict[str, dict[str, int]]:
    was = before.translations if before else {}
    counts = {}
    for language in sorted({*was, *after.translations}):
        old, new = was.get(language, {}), after.translations.get(language, {})
        counts[language] = {
            "added": len(new.keys() - old.keys()),
            "changed": sum(old[path] != new[path] for path in new.keys() & old.keys()),
            "removed": len(old.keys() - new.keys()),
        }
    return counts


def _file_changes(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for path in sorted({*before, *after}):
        if before.get(path) != after.get(path):
            found[path] = "added" if path not in before else "removed" if path not in after else "changed"
    return found


def shown_steps(steps: Sequence[Step]) -> list[tuple[str, bool]]:
    """Return what is done to tables, as SQL, and whether it takes something away: columns, tables, or their types."""
    taking = {Phase.RENAME, Phase.CONVERT}
    return [(step.sql, step.phase in taking) for step in steps if not step.sql.startswith(("LOCK TABLE", "COMMENT ON"))]
