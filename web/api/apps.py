"""Apps, and what each is made of."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from engine.catalog import KINDS, Catalog, Definition, catalog
from engine.texts import localized
from web.answers import json_answer, shows
from web.bodies import JsonRoute
from web.dependencies import SignedIn
from web.schemas.apps import Apps

router = APIRouter(prefix="/api/apps", tags=["apps"], route_class=JsonRoute)


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
