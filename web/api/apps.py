"""Apps and what they are made of: definitions, their drafts, versions and uses."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from engine import definitions
from engine.catalog import KINDS, Catalog, Definition, catalog
from engine.errors import InvalidDefinition, NotFound
from engine.texts import localized
from web import problems
from web.answers import json_answer, no_content, shows
from web.bodies import JsonRoute
from web.definition_kinds import definition_kinds
from web.dependencies import Administrator, SignedIn
from web.schemas.apps import Apps, DefinitionAnswer, DefinitionCheck, DefinitionVersions, Impact

router = APIRouter(prefix="/api/apps", tags=["apps"], route_class=JsonRoute)

Kind = Annotated[str, Path(description="forms, balances, flows, reports, dashboards, prints or roles")]


@router.get("", responses=shows(Apps))
def list_apps(call: SignedIn) -> Response:
    """List the installed apps; administrators also see what each is made of."""
    view = catalog(call.session)
    return json_answer(
        {
            "items": [
                {
                    "key": app.key,
                    "title": localized(view.text(app.key, f"apps/{app.key}/title", _title(app)), call.language),
                    "version": app.document.get("version", ""),
                    "definitions": _contents(view, app.key, call.language) if call.actor.is_administrator else {},
                }
                for app in view.list("apps")
            ]
        }
    )


@router.get("/{app}/{kind}/{key}", responses=shows(DefinitionAnswer))
def get_definition(
    call: Administrator, app: str, kind: Kind, key: str, version: Annotated[int | None, Query(ge=1)] = None
) -> Response:
    """Return a definition: what is in force (or the `version` asked for), and the draft where there is one."""
    _require_kind(kind)
    if version is not None:
        found: Definition | None = definitions.get_version_of(call.session, kind, f"{app}.{key}", version)
    else:
        found = catalog(call.session).find(kind, f"{app}.{key}")
    draft = definitions.find_draft(call.session, kind, app, key)
    if found is None and draft is None:
        raise NotFound("definition_not_found", kind=kind, name=f"{app}.{key}")
    return json_answer(_shown(kind, app, key, found) | {"draft": draft.document if draft else None})


@router.put("/{app}/{kind}/{key}", responses=shows(DefinitionCheck))
def save_definition(call: Administrator, app: str, kind: Kind, key: str, body: dict[str, Any]) -> Response:
    """Save a draft. It need not be right; the answer says what stands in the way of publishing it."""
    _require_kind(kind)
    draft = definitions.save_draft(call.session, call.actor, kind, app, key, body)
    violations = definition_kinds()[kind].check(call.session, app, draft.document)
    return json_answer({"draft": draft.document, "violations": problems.spots(violations, call.language)})


@router.delete("/{app}/{kind}/{key}/draft", status_code=204)
def discard_draft(call: Administrator, app: str, kind: Kind, key: str) -> Response:
    """Forget the draft; what is in force stays."""
    _require_kind(kind)
    definitions.discard_draft(call.session, call.actor, kind, app, key)
    return no_content()


@router.post("/{app}/{kind}/{key}/publish", responses=shows(DefinitionAnswer))
def publish_definition(call: Administrator, app: str, kind: Kind, key: str) -> Response:
    """Put the draft into force as the next version."""
    _require_kind(kind)
    draft = definitions.find_draft(call.session, kind, app, key)
    if draft is None:
        raise NotFound("draft_not_found", name=f"{app}.{key}")
    published = definition_kinds()[kind].publish(call.session, call.actor, app, [draft.document])[0]
    if published.key != key:
        raise InvalidDefinition("definition_key_differs", key=published.key, expected=key)
    definitions.discard_draft(call.session, call.actor, kind, app, key)
    return json_answer(_shown(kind, app, key, published) | {"draft": None})


@router.get("/{app}/{kind}/{key}/versions", responses=shows(DefinitionVersions))
def list_versions(call: Administrator, app: str, kind: Kind, key: str) -> Response:
    """List the published versions, newest first."""
    _require_kind(kind)
    found = definitions.versions(call.session, kind, f"{app}.{key}")
    return json_answer(
        {
            "items": [
                {
                    "version": info.version,
                    "published_at": info.published_at,
                    "published_by": info.published_by,
                    "is_in_force": info.is_in_force,
                }
                for info in found
            ]
        }
    )


@router.get("/{app}/{kind}/{key}/impact", responses=shows(Impact))
def list_uses(
    call: Administrator, app: str, kind: Kind, key: str, member: Annotated[str | None, Query(max_length=60)] = None
) -> Response:
    """List what points at the definition, or at one field, action or node of it."""
    _require_kind(kind)
    uses = definitions.impact(call.session, kind, f"{app}.{key}", member)
    return json_answer(
        {"items": [{"kind": use.kind, "name": use.name, "member": use.member, "pointer": use.pointer} for use in uses]}
    )


def _require_kind(kind: str) -> None:
    if kind not in definition_kinds():
        raise NotFound("definition_kind_unknown", kind=kind, known=sorted(definition_kinds()))


def _contents(view: Catalog, app: str, language: str) -> dict[str, list[dict[str, Any]]]:
    return {
        kind: [
            {
                "key": item.key,
                "title": localized(view.text(app, f"{kind}/{item.key}/title", _title(item)), language),
                "version": item.version,
            }
            for item in view.list(kind, app)
        ]
        for kind in KINDS
        if kind != "apps"
    }


def _title(definition: Definition) -> str:
    return str(definition.document.get("title", definition.key))


def _shown(kind: str, app: str, key: str, found: Definition | None) -> dict[str, Any]:
    return {
        "kind": kind,
        "app": app,
        "key": key,
        "version": found.version if found else None,
        "published_at": found.published_at if found else None,
        "document": found.document if found else None,
    }
