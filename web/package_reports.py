"""What packages of apps do, as JSON for the page, other programs and the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app_templates.changing.differences import Difference
from app_templates.changing.elements import MISSING
from app_templates.changing.merging import Conflict
from app_templates.importing import AppReport, ElementChange, Report, shown_steps
from app_templates.removal import Contents
from app_templates.scenarios.running import Outcome
from engine.catalog import Catalog
from engine.texts import localized


def report_json(report: Report, view: Catalog, language: str) -> dict[str, Any]:
    """Return what an import did or would do."""
    return {
        "kept": report.kept,
        "revision": report.revision,
        "apps": [_app(app, view, language) for app in report.apps],
        "steps": [{"sql": sql, "is_destructive": taking} for sql, taking in shown_steps(report.steps)],
        "conflicts": [_conflict(place, conflict) for place, conflict in report.conflicts],
    }


def _app(app: AppReport, view: Catalog, language: str) -> dict[str, Any]:
    return {
        "key": app.key,
        "title": app.title,
        "version": app.version,
        "installed_version": app.installed_version,
        "size": app.size,
        "definitions": elements_json(app.definitions),
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


def elements_json(elements: Sequence[ElementChange]) -> list[dict[str, Any]]:
    """Return definitions that are new, changed or gone."""
    return [
        {
            "kind": one.kind,
            "key": one.key,
            "title": one.title,
            "change": one.change,
            "changes": [_difference(place) for place in one.changes],
        }
        for one in elements
    ]


def _difference(one: Difference) -> dict[str, Any]:
    return {
        "pointer": one.pointer,
        "at": one.place,
        "change": one.change,
        "before": _value(one.before),
        "after": _value(one.after),
    }


def _conflict(place: str, conflict: Conflict) -> dict[str, Any]:
    return {
        "pointer": place,
        "at": " › ".join(conflict.path),
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
        "needed_by": [{"pointer": spot.pointer, "detail": spot.detail(language)} for spot in found.needed_by],
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
