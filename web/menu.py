"""What a person finds on the page: the apps' menus, cut down to what their roles let them open, and their rights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine import permissions
from engine.catalog import Catalog, Definition, catalog
from engine.texts import localized
from web.dependencies import Call

_TARGETS = ("form", "balance", "report", "dashboard", "view")


def apps(call: Call) -> list[dict[str, Any]]:
    """Return the apps of which the actor can open something, in the order of their keys."""
    view = catalog(call.session)
    found = []
    for app in view.list("apps"):
        path = f"apps/{app.key}"
        items = _items(call, view, app.key, app.document.get("menu", ()), f"{path}/menu")
        if items:
            found.append(
                {
                    "key": app.key,
                    "title": _title(call, view, app.key, path, app.document),
                    "icon": app.document.get("icon"),
                    "menu": items,
                }
            )
    return found


def forms(call: Call) -> dict[str, dict[str, Any]]:
    """Return the forms and balances that the actor may do anything with: title and actions by full name."""
    view = catalog(call.session)
    found = {}
    for kind in ("forms", "balances"):
        for item in view.list(kind):
            grant = permissions.grant(call.session, call.actor, item.name)
            if grant.actions:
                found[item.name] = {
                    "title": title(call, item),
                    "kind": kind,
                    "actions": sorted(grant.actions) if kind == "forms" else ["view"],
                }
    return found


def title(call: Call, item: Definition) -> str:
    """Return a definition's title in the language of the call."""
    return _title(call, catalog(call.session), item.app, f"{item.kind}/{item.key}", item.document)


def _title(call: Call, view: Catalog, app: str, path: str, element: Mapping[str, Any]) -> str:
    own = str(element.get("title", element.get("key", "")))
    return localized(view.text(app, f"{path}/title", own), call.language)


def _items(call: Call, view: Catalog, app: str, menu: Sequence[Mapping[str, Any]], path: str) -> list[dict[str, Any]]:
    found = []
    for item in menu:
        own_path = f"{path}/{item['key']}"
        shown = {
            "key": item["key"],
            "title": _title(call, view, app, own_path, item),
            "icon": item.get("icon"),
            **{target: item[target] for target in _TARGETS if target in item},
        }
        if "items" in item:
            below = _items(call, view, app, item["items"], f"{own_path}/items")
            if below:
                found.append(shown | {"items": below})
        elif _may_open(call, item):
            found.append(shown)
    return found


def _may_open(call: Call, item: Mapping[str, Any]) -> bool:
    name = item.get("form") or item.get("balance")
    if name is not None:
        return permissions.grant(call.session, call.actor, name).may("view")
    if "report" in item:
        return permissions.allows(call.session, call.actor, "reports", item["report"])
    if "dashboard" in item:
        return permissions.allows(call.session, call.actor, "dashboards", item["dashboard"])
    return False
