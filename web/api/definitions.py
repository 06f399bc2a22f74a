"""Definitions, for administrators: what is in force, drafts, versions, uses, and putting a draft into force.

Every answer that shows a draft carries a `tag`, also as `ETag`. Sent back as `If-Match`, it refuses (412) to save over
what somebody else has saved or published meanwhile, and shows theirs.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query
from starlette.responses import Response

from app_templates.importing import shown_steps
from app_templates.undone import undone
from engine import definitions, identity
from engine.catalog import KINDS, Definition, catalog, full_name
from engine.definitions import Draft
from engine.errors import InvalidDefinition, NotFound, Stale
from form_engine import publication
from form_engine.storage import rehearsals
from web import definition_uses, problems
from web.answers import json_answer, no_content, shows
from web.bodies import JsonRoute
from web.definition_kinds import definition_kinds
from web.dependencies import Administrator, Call
from web.json_text import dumps
from web.schemas.apps import (
    DefinitionAnswer,
    DefinitionCheck,
    DefinitionPreview,
    DefinitionSchema,
    DefinitionVersions,
    Impact,
)

router = APIRouter(prefix="/api", tags=["apps"], route_class=JsonRoute)

Kind = Annotated[str, Path(description="apps, forms, balances, flows, reports, dashboards or roles")]
Seen = Annotated[
    str | None, Header(alias="If-Match", description='The `tag` of what you have seen: `"3.9f1c22ab04d5e677"`.')
]
_PLACE = "/apps/{app}/{kind}/{key}"


@router.get("/definition_kinds/{kind}", responses=shows(DefinitionSchema))
def get_definition_schema(_call: Administrator, kind: Kind) -> Response:
    """Return the JSON Schema of a kind's documents, for editors."""
    _require_kind(kind)
    headers = {"Cache-Control": "private, max-age=300"}
    return json_answer({"kind": kind, "schema": definition_kinds()[kind].schema}, headers=headers)


@router.get(_PLACE, responses=shows(DefinitionAnswer))
def get_definition(
    call: Administrator, app: str, kind: Kind, key: str, version: Annotated[int | None, Query(ge=1)] = None
) -> Response:
    """Return a definition: what is in force (or the `version` asked for), and the draft where there is one."""
    _require_kind(kind)
    name = full_name(kind, app, key)
    if version is not None:
        found: Definition | None = definitions.get_version_of(call.session, kind, name, version)
    else:
        found = catalog(call.session).find(kind, name)
    draft = definitions.find_draft(call.session, kind, app, key)
    if found is None and draft is None:
        raise NotFound("definition_not_found", kind=kind, name=name)
    return _answer(call, kind, app, key, found)


@router.put(_PLACE, responses=shows(DefinitionCheck))
def save_definition(
    call: Administrator, app: str, kind: Kind, key: str, body: dict[str, Any], seen: Seen = None
) -> Response:
    """Save a draft. It need not be right; the answer says what stands in the way of publishing it."""
    _require_kind(kind)
    if kind != "apps":
        catalog(call.session).app(app)
    _require_seen(call, kind, app, key, seen)
    draft = definitions.save_draft(call.session, call.actor, kind, app, key, body)
    violations = definition_kinds()[kind].check(call.session, app, draft.document)
    tag = _tag(_in_force(call, kind, app, key), draft)
    shown = {"draft": draft.document, "tag": tag, "violations": problems.spots(violations, call.language)}
    return json_answer(shown, headers={"ETag": f'"{tag}"'})


@router.post(f"{_PLACE}/check", responses=shows(DefinitionCheck))
def check_definition(call: Administrator, app: str, kind: Kind, key: str, body: dict[str, Any]) -> Response:
    """Say what stands in the way of publishing a document; nothing is kept."""
    _require_kind(kind)
    definitions.check_source(definitions.Source(kind, app, key, body))
    violations = definition_kinds()[kind].check(call.session, app, body)
    tag = _tag(_in_force(call, kind, app, key), definitions.find_draft(call.session, kind, app, key))
    return json_answer({"draft": body, "tag": tag, "violations": problems.spots(violations, call.language)})


@router.post(f"{_PLACE}/preview", responses=shows(DefinitionPreview))
def preview_definition(call: Administrator, app: str, kind: Kind, key: str, body: dict[str, Any]) -> Response:
    """Publish a document for the sake of knowing what it comes to, and take it back: its version, and the DDL.

    Refused like the publication itself would be, but for what only shows in every row of a large table; and while others
    use the tables for longer than a moment (409).
    """
    _require_kind(kind)
    with undone(call.session), rehearsals.begun(call.session):
        definitions.save_draft(call.session, call.actor, kind, app, key, body)
        published = publish_draft(call, kind, app, key)
        steps = shown_steps(publication.steps_done(call.session))
    shown = [{"sql": sql, "is_destructive": is_destructive} for sql, is_destructive in steps]
    return json_answer({"version": published.version, "steps": shown})


@router.delete(f"{_PLACE}/draft", status_code=204)
def discard_draft(call: Administrator, app: str, kind: Kind, key: str) -> Response:
    """Forget the draft; what is in force stays."""
    _require_kind(kind)
    definitions.discard_draft(call.session, call.actor, kind, app, key)
    return no_content()


@router.post(f"{_PLACE}/publish", responses=shows(DefinitionAnswer))
def publish_definition(call: Administrator, app: str, kind: Kind, key: str, seen: Seen = None) -> Response:
    """Put the draft into force as the next version."""
    _require_kind(kind)
    _require_seen(call, kind, app, key, seen)
    published = publish_draft(call, kind, app, key)
    definitions.discard_draft(call.session, call.actor, kind, app, key)
    return _answer(call, kind, app, key, published)


def publish_draft(call: Call, kind: str, app: str, key: str) -> Definition:
    """Put the draft into force; raises `NotFound` without one, `InvalidDefinition` where it may not go live."""
    draft = definitions.find_draft(call.session, kind, app, key)
    if draft is None:
        raise NotFound("draft_not_found", name=full_name(kind, app, key))
    published = definition_kinds()[kind].publish(call.session, call.actor, app, [draft.document])[0]
    if published.key != key:
        raise InvalidDefinition("definition_key_differs", key=published.key, expected=key)
    return published


@router.get(f"{_PLACE}/versions", responses=shows(DefinitionVersions))
def list_versions(call: Administrator, app: str, kind: Kind, key: str) -> Response:
    """List the published versions, newest first."""
    _require_kind(kind)
    found = definitions.versions(call.session, kind, full_name(kind, app, key))
    names = identity.user_names(call.session, {info.published_by for info in found})
    return json_answer(
        {
            "items": [
                {
                    "version": info.version,
                    "published_at": info.published_at,
                    "published_by": info.published_by,
                    "publisher": names.get(info.published_by, ""),
                    "is_in_force": info.is_in_force,
                }
                for info in found
            ]
        }
    )


@router.get(f"{_PLACE}/impact", responses=shows(Impact))
def list_uses(
    call: Administrator, app: str, kind: Kind, key: str, member: Annotated[str | None, Query(max_length=60)] = None
) -> Response:
    """List what points at the definition, or at one field, action or node of it; `at` says the place in words."""
    _require_kind(kind)
    name = full_name(kind, app, key)
    uses = definitions.impact(call.session, kind, name, member)
    return json_answer({"items": definition_uses.shown(catalog(call.session), kind, name, uses, call.language)})


def _require_kind(kind: str) -> None:
    if kind not in definition_kinds():
        raise NotFound("definition_kind_unknown", kind=kind, known=sorted(KINDS))


def _in_force(call: Call, kind: str, app: str, key: str) -> Definition | None:
    return catalog(call.session).find(kind, full_name(kind, app, key))


def _tag(found: Definition | None, draft: Draft | None) -> str:
    """Return what names the state of a definition: the version in force, and what the draft says."""
    text = dumps(draft.document) if draft else b""
    return f"{found.version if found else 0}.{hashlib.blake2b(text, digest_size=8).hexdigest() if draft else '-'}"


def _require_seen(call: Call, kind: str, app: str, key: str, seen: str | None) -> None:
    """Raise `Stale` with what is there now unless `seen` names it; without `seen` nothing is asked."""
    if seen is None:
        return
    definitions.lock(call.session)  # of two who save at once, the second one sees the first one's draft
    found = _in_force(call, kind, app, key)
    if seen.strip().strip('"') != _tag(found, definitions.find_draft(call.session, kind, app, key)):
        raise Stale("definition_stale", current=_shown(call, kind, app, key, found))


def _answer(call: Call, kind: str, app: str, key: str, found: Definition | None) -> Response:
    shown = _shown(call, kind, app, key, found)
    return json_answer(shown, headers={"ETag": f'"{shown["tag"]}"'})


def _shown(call: Call, kind: str, app: str, key: str, found: Definition | None) -> dict[str, Any]:
    draft = definitions.find_draft(call.session, kind, app, key)
    names = identity.user_names(call.session, [draft.saved_by] if draft else [])
    return {
        "kind": kind,
        "app": app,
        "key": key,
        "version": found.version if found else None,
        "published_at": found.published_at if found else None,
        "document": found.document if found else None,
        "draft": draft.document if draft else None,
        "draft_saved_at": draft.saved_at if draft else None,
        "draft_saved_by": {"id": draft.saved_by, "title": names.get(draft.saved_by, "")} if draft else None,
        "tag": _tag(_in_force(call, kind, app, key), draft),
    }
