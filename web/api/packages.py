"""Apps as files: in with a preview, out as a zip, upgraded, taken away, tested. For administrators."""

from __future__ import annotations

import json
from typing import Annotated, Any, get_args

from fastapi import APIRouter, UploadFile
from fastapi import File as FormFile
from fastapi import Form as FormValue
from fastapi import Query as QueryValue
from starlette.responses import Response

from app_templates import exporter, importing, loader, removal
from app_templates.changing.merging import Choice
from app_templates.importing import Wishes
from app_templates.scenarios import running
from app_templates.template import Template
from engine.catalog import catalog
from engine.errors import InvalidInput, NotFound, Violation
from web.answers import json_answer, no_content, shows
from web.bodies import JsonRoute
from web.dependencies import Administrator, Call
from web.package_reports import contents_json, elements_json, outcome_json, report_json
from web.schemas.packages import AppChanges, AppContents, AppsImport, ScenarioOutcomes

router = APIRouter(prefix="/api/apps", tags=["apps"], route_class=JsonRoute)

_ZIP: dict[int | str, dict[str, Any]] = {200: {"description": "A zip", "content": {"application/zip": {}}}}
_MOST_CHOICES = 400_000

Zip = Annotated[UploadFile | None, FormFile(description="A zip with one app, or with several in folders.")]
IsPreview = Annotated[bool, QueryValue(alias="preview", description="Only say what would happen.")]
HasData = Annotated[bool, FormValue(description="Write the rows of data files that are not there yet.")]
Revision = Annotated[int | None, FormValue(description="The preview's: refuse when something was published since.")]
Choices = Annotated[
    str | None, FormValue(max_length=_MOST_CHOICES, description='JSON: `{"crm/forms/x.json#/title": "theirs"}`.')
]
With = Annotated[str | None, QueryValue(alias="with", max_length=2000, description="Apps that go along: `erp,hr`.")]


@router.post("", responses=shows(AppsImport) | shows(AppsImport, 201))
def import_apps(
    call: Administrator,
    file: Zip = None,
    is_preview: IsPreview = False,  # noqa: FBT002 - a query parameter has a name
    data: HasData = False,  # noqa: FBT002 - likewise
    revision: Revision = None,
) -> Response:
    """Put apps into force as a zip has them, or (200) only say what that would do; what it no longer has is retired."""
    return _bring(call, _templates(call, file), Wishes(has_data=data, revision=revision), is_preview=is_preview)


@router.post("/{app}/upgrade", responses=shows(AppsImport) | shows(AppsImport, 201))
def upgrade_app(
    call: Administrator,
    app: str,
    file: Zip = None,
    is_preview: IsPreview = False,  # noqa: FBT002 - a query parameter has a name
    data: HasData = False,  # noqa: FBT002 - likewise
    revision: Revision = None,
    choices: Choices = None,
) -> Response:
    """Bring an app to a new version and keep what was customised here; what both changed is to be chosen."""
    _require_app(call, app)
    templates = _templates(call, file)
    if app not in {template.key for template in templates}:
        keys = [template.key for template in templates]
        spot = Violation(pointer="#/file", code="package_other_app", params={"app": app, "keys": keys})
        raise InvalidInput(violations=[spot])
    wishes = Wishes(is_upgrade=True, has_data=data, revision=revision, choices=_choices(choices))
    return _bring(call, templates, wishes, is_preview=is_preview)


def _bring(call: Call, templates: tuple[Template, ...], wishes: Wishes, *, is_preview: bool) -> Response:
    bring = importing.preview if is_preview else importing.bring
    report = bring(call.session, call.actor, templates, wishes)
    found = report_json(report, catalog(call.session), call.language)
    return json_answer(found, 200 if is_preview else 201)


def _templates(_call: Call, file: UploadFile | None) -> tuple[Template, ...]:
    if file is None:
        raise InvalidInput(violations=[Violation(pointer="#/file", code="required", params={"field": "file"})])
    return loader.load_archive(file.file)


def _choices(text: str | None) -> dict[str, Choice]:
    """Return the choices; raises `InvalidInput` for anything but an object of `ours` and `theirs`."""
    try:
        value = json.loads(text) if text is not None else {}
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict) or not all(side in get_args(Choice) for side in value.values()):
        raise InvalidInput(violations=[Violation(pointer="#/choices", code="choices_malformed")])
    return value


def _require_app(call: Call, app: str) -> None:
    if catalog(call.session).find("apps", app) is None:
        raise NotFound("app_not_found", app=app)


@router.get("/{app}/export", responses=_ZIP)
def export_app(call: Administrator, app: str, also: With = None) -> Response:
    """Return the running app as a zip of its folder: the same app is the same bytes."""
    apps = _several(app, also)
    version = str(exporter.running(call.session, app).app.body.get("version", ""))
    name = f"{app}-{version}.zip" if version else f"{app}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    content = exporter.archive(call.session, apps)
    return Response(content, media_type="application/zip", headers=headers)


@router.get("/{app}/changes", responses=shows(AppChanges))
def list_changes(call: Administrator, app: str) -> Response:
    """List what was changed here since the app was installed from its folder."""
    running_app = exporter.running(call.session, app)
    base = exporter.remembered(call.session, app)
    return json_answer({"items": elements_json(importing.element_changes(base, running_app), call.language)})


@router.delete("/{app}", status_code=204, responses=shows(AppContents))
def remove_app(
    call: Administrator,
    app: str,
    is_preview: IsPreview = False,  # noqa: FBT002 - a query parameter has a name
    confirm: Annotated[str | None, QueryValue(max_length=2000, description="The keys, with commas.")] = None,
    also: With = None,
) -> Response:
    """Take an app away with its records, or (200) only say what that would delete."""
    apps = _several(app, also)
    if is_preview:
        return json_answer(contents_json(removal.contents(call.session, apps), call.language))
    removal.remove(call.session, call.actor, apps, confirm)
    return no_content()


def _several(app: str, also: str | None) -> list[str]:
    return list(dict.fromkeys([app, *(one.strip() for one in (also or "").split(",") if one.strip())]))


@router.post("/{app}/test", responses=shows(ScenarioOutcomes))
def test_app(call: Administrator, app: str) -> Response:
    """Play the app's scenarios on this installation; nothing of them stays."""
    scenarios = exporter.scenarios(call.session, app)
    found = running.play_all(call.session, scenarios, call.language)
    return json_answer({"items": [outcome_json(outcome, call.language) for outcome in found]})
