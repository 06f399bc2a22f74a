"""The schema of a form or balance as one reader gets it: in their language, without what is hidden from them.

The result is standard JSON Schema 2020-12 and validates alone; what only our page understands is in `x-` keywords.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine import permissions
from engine.catalog import Catalog, catalog
from engine.permissions import FormGrant
from engine.texts import localized
from form_engine import forms
from web.dependencies import Call

#: Keywords whose texts people read; apps translate them by their path.
_TEXTS = frozenset({"title", "description", "message", "confirm", "help", "placeholder"})


def of_form(call: Call, name: str) -> dict[str, Any]:
    """Return the schema of a form; raises `NotFound` when the reader may do nothing with it."""
    grant = permissions.grant(call.session, call.actor, name)
    if not grant.actions:
        permissions.require(grant, "view")
    form = forms.get(call.session, name)
    view = catalog(call.session)
    language = call.language
    whole = view.compiled(
        "web.form_schema",
        f"{name}\n{language}",
        lambda: translated(view, form.app, f"forms/{form.key}", form.schema, language),
    )
    return granted(whole, grant)


def translated(view: Catalog, app: str, path: str, document: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return `document`, which stands at `path` of the app, with its texts in `language`."""

    def text(at: str, own: str) -> str:
        return localized(view.text(app, at, own), language)

    result: dict[str, Any] = _translated(document, path, text)
    return result


def _translated(value: Any, path: str, text: Callable[[str, str], str]) -> Any:
    if isinstance(value, Mapping):
        return {
            key: text(f"{path}/{key}", item)
            if key in _TEXTS and isinstance(item, str)
            else _translated(item, f"{path}/{key}", text)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_translated(item, f"{path}/{_name(item, index)}", text) for index, item in enumerate(value)]
    return value


def _name(item: Any, index: int) -> str:
    """Return how a list's element is addressed: by its key, an option by its value."""
    if isinstance(item, Mapping):
        return str(item.get("key", item.get("value", index)))
    return str(index)


def granted(schema: Mapping[str, Any], grant: FormGrant) -> dict[str, Any]:
    """Return `schema` without the fields hidden from the reader, and with what they may do as `x-grant`."""
    hidden = {key for key, access in grant.fields.items() if access == "hidden"}
    result = dict(schema)
    if hidden:
        result["properties"] = {key: value for key, value in schema["properties"].items() if key not in hidden}
        if "required" in schema:
            result["required"] = [key for key in schema["required"] if key not in hidden]
    closed = {key: access for key, access in grant.fields.items() if access != "hidden"}
    result["x-grant"] = {"actions": sorted(grant.actions), "fields": closed}
    return result
