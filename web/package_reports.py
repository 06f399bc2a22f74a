"""What packages of apps do, as JSON for the page, other programs and the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app_templates.changing.differences import Difference
from app_templates.changing.elements import MISSING
from app_templates.changing.places import told
from app_templates.importing import AppReport, ElementChange, Report, shown_steps
from app_templates.removal import Contents
from app_templates.scenarios.running import Outcome
from app_templates.upgrades import Clash
from engine.catalog import Catalog
from engine.texts import localized


def report_json(report: Report, view: Catalog, language: str) -> dict[str, Any]:
    """Return what an import did or would do."""
    return {
        "kept": report.kept,
        "revision": report.revision,
        "apps": [_app(app, view, language) for app in report.apps],
        "steps": [{"sql": sql, "is_destructive": taking} for sql, taking in shown_steps(report.steps)],
        "conflicts": [_conflict(clash, language) for clash in report.conflicts],
    }


def _app(app: AppReport, view: Catalog, language: str) -> dict[str, Any]:
    return {
        "key": app.key,
        "title": localized(app.title, language),
        "version": app.version,
        "installed_version": app.installed_version,
        "size": app.size,
        "definitions": elements_json(app.definitions, language),
        "translations": [{"language": name, **counts} for name, counts in app.translations.items()],
        "files": [{"path": path, "change": change} for path, change in app.files.items()],
        "rows": [
            {
                "form": row.form,
                "title": _form_title(view, row.form, language),
                "new": row.new,
                "known": row.known,
            }
            for row in app.rows
        ],
    }


def _form_title(view: Catalog, name: str, language: str) -> str:
    app, _, key = name.partition(".")
    found = view.find("forms", name)
    title = str(found.document.get("title", key)) if found else key
    return localized(view.text(app, f"forms/{key}/title", title), language)


def elements_json(elements: Sequence[ElementChange], language: str) -> list[dict[str, Any]]:
    """Return definitions that are new, changed or gone."""
    return [
        {
            "kind": one.kind,
            "key": one.key,
            "title": localized(one.title, language),
            "change": one.change,
            "changes": [_difference(place, language) for place in one.changes],
        }
        for one in elements
    ]


def _difference(one: Difference, language: str) -> dict[str, Any]:
    return {
        "pointer": one.pointer,
        "at": told(one.place, language),
        "change": one.change,
        "before": _value(one.before),
        "after": _value(one.after),
    }


def _conflict(clash: Clash, language: str) -> dict[str, Any]:
    conflict = clash.conflict
    return {
        "pointer": clash.pointer,
        "at": told(clash.place, language),
        "base": _value(conflict.base),
        "ours": _value(conflict.ours),
        "theirs": _value(conflict.theirs),
        "choice": conflict.choice,
    }


def _value(value: Any) -> Any:
    return None if value is MISSING else value


def contents_json(found: Contents, language: str) -> dict[str, Any]:
    """Return what removing apps would delete."""
    return {
        "apps": list(found.apps),
        "definitions": dict(found.definitions),
        "records": [
            {"form": form, "title": localized(title, language), "count": count}
            for form, (title, count) in found.records.items()
        ],
        "runs": found.runs,
        "needed_by": [
            {
                "app": need.app,
                "pointer": need.spot.pointer,
                "at": told(need.place, language),
                "name": need.name,
                "detail": need.spot.detail(language),
            }
            for need in found.needed_by
        ],
    }


def outcome_json(outcome: Outcome, language: str) -> dict[str, Any]:
    """Return how a scenario ended."""
    failure = outcome.failure
    return {
        "key": outcome.key,
        "title": outcome.title,
        "passed": failure is None,
        "steps": outcome.steps,
        "failure": None
        if failure is None
        else {
            "place": failure.place,
            "step": dict(failure.element),
            "expected": failure.expected,
            "found": failure.found,
            "message": failure.sentence(language),
        },
    }
