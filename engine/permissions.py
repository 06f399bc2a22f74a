"""Permissions: what the actor's roles allow, as data that every query and every page can use.

Owns documents of kind `roles` and their union. Leaves the row scopes' expressions to `form_engine`, which compiles
them into each query.

    {"key": "sales", "title": "销售", "format": 1,
     "forms": {"crm.sales_order": {"actions": ["view", "create", "update"], "scope": "owner == user",
                                   "fields": {"cost": "hidden"}},
               "crm.*": {"actions": ["view"]}},
     "flows": ["crm.*"], "reports": ["crm.sales_funnel"], "dashboards": ["erp.overview"]}

Within a role the most precise entry counts alone: `crm.sales_order`, else `crm.*`, else `*`. Between roles the union
counts: an action that any role grants, the rows of any of them, and for a field the most open of the roles that grant
the form. Balances are granted like forms, by their names.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from engine import definitions, json_schema
from engine.actor import Actor
from engine.catalog import Catalog, Definition, catalog
from engine.db import Session
from engine.errors import InvalidDefinition, NotAllowed, NotFound, Violation, pointer
from engine.texts import LocalizedText

FormAction = Literal["view", "create", "update", "delete", "export", "import", "print", "run_flow"]
FORM_ACTIONS: frozenset[FormAction] = frozenset(get_args(FormAction))
#: What people call the actions.
ACTION_TITLES: Mapping[FormAction, LocalizedText] = {
    "view": {"zh-CN": "查看", "en-US": "view"},
    "create": {"zh-CN": "新建", "en-US": "create"},
    "update": {"zh-CN": "修改", "en-US": "change"},
    "delete": {"zh-CN": "删除", "en-US": "delete"},
    "export": {"zh-CN": "导出", "en-US": "export"},
    "import": {"zh-CN": "导入", "en-US": "import"},
    "print": {"zh-CN": "打印", "en-US": "print"},
    "run_flow": {"zh-CN": "启动流程", "en-US": "start flows on"},
}
READING_ACTIONS: frozenset[FormAction] = frozenset({"view", "export", "print"})

FieldAccess = Literal["hidden", "masked", "read_only"]
#: From closed to open; a field that a role does not name is open.
_OPENNESS: Mapping[FieldAccess | None, int] = {"hidden": 0, "masked": 1, "read_only": 2, None: 3}

Section = Literal["flows", "reports", "dashboards"]

#: Says what is wrong with one role's entry for one form (unknown field, scope that does not compile); by form_engine.
#: Called with the session, the form's name, the entry and the pointer to it.
FormCheck = Callable[[Session, str, Mapping[str, Any], str], list[Violation]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormGrant:
    """What an actor may do with one form.

    scopes -- per granted action the expressions of which one must hold for a row; `None` is every row.
    fields -- only the fields that are not open.
    """

    form: str
    actions: frozenset[FormAction]
    scopes: Mapping[FormAction, tuple[str, ...] | None] = field(default_factory=dict)
    fields: Mapping[str, FieldAccess] = field(default_factory=dict)

    def may(self, action: FormAction) -> bool:
        """Whether the action is granted, for some rows at least."""
        return action in self.actions


def grant(session: Session, actor: Actor, form: str) -> FormGrant:
    """Return what `actor` may do with `form`. No statement of its own; made once per set of roles and revision."""
    if actor.is_platform:
        return _everything(form)
    roles = sorted(actor.roles)
    view = catalog(session)
    if actor.is_administrator:
        found = _everything(form)
    else:
        found = view.compiled("engine.permissions", "\n".join((form, *roles)), lambda: _union(view, roles, form))
    return found if actor.token_scopes is None else _narrowed(found, actor.token_scopes)


def require(grant: FormGrant, action: FormAction, *, title: LocalizedText | None = None) -> None:
    """Raise unless the action is granted: `NotFound` where nothing is, `NotAllowed` where something else is.

    title -- what people call the form, for the message.
    """
    if action in grant.actions:
        return
    if not grant.actions:
        raise NotFound("form_not_found", form=grant.form)
    raise NotAllowed("action_not_allowed", form=title or grant.form, action=ACTION_TITLES[action])


def allows(session: Session, actor: Actor, section: Section, name: str) -> bool:
    """Whether one of the actor's roles names the flow, report or dashboard."""
    if actor.is_platform or (actor.is_administrator and actor.token_scopes is None):
        return True
    if actor.token_scopes is not None and not _token_allows(actor.token_scopes, name, "read"):
        return False
    if actor.is_administrator:
        return True
    view = catalog(session)
    return any(
        speaking_for(role.document.get(section, ()), name) is not None for role in _roles(view, sorted(actor.roles))
    )


def token_reads(actor: Actor, name: str) -> bool:
    """Whether an API token, where one acts, was made for reading `name`.

    What gives its owner more than roles do gives nothing to a token that was made for something else.
    """
    return actor.token_scopes is None or _token_allows(actor.token_scopes, name, "read")


def check(session: Session, document: dict[str, Any], form_check: FormCheck | None = None) -> list[Violation]:
    """Return what is wrong with a role's document; forms and reports must be published before the roles."""
    found = json_schema.validator("engine.permissions.role", ROLE_SCHEMA).violations(document)
    if found:
        return found
    view = catalog(session)
    for name, entry in document.get("forms", {}).items():
        at = pointer("forms", name)
        if not name.endswith("*"):
            if view.find("forms", name) is None and view.find("balances", name) is None:
                found.append(Violation(pointer=at, code="role_form_unknown", params={"form": name}))
            elif form_check is not None:
                found += form_check(session, name, entry, at)
    for section in ("flows", "reports", "dashboards"):
        found += [
            Violation(pointer=pointer(section, index), code="role_target_unknown", params={"name": name})
            for index, name in enumerate(document.get(section, ()))
            if not name.endswith("*") and view.find(section, name) is None
        ]
    return found


def publish(
    session: Session,
    actor: Actor,
    app: str,
    documents: Sequence[dict[str, Any]],
    form_check: FormCheck | None = None,
) -> list[Definition]:
    """Put an app's roles into force; raises `InvalidDefinition`, for several with pointers that begin with the role's key."""
    definitions.require_designer(actor)
    definitions.lock(session)
    spots = [
        spot
        if len(documents) == 1
        else replace(spot, pointer=pointer(str(document.get("key", index))) + spot.pointer[1:])
        for index, document in enumerate(documents)
        for spot in check(session, document, form_check)
    ]
    if spots:
        raise InvalidDefinition(violations=spots)
    published = definitions.publish_many(
        session, actor, [definitions.Source("roles", app, document["key"], document) for document in documents]
    )
    definitions.set_references(session, [(item, _references(item.document)) for item in published])
    return published


def role_kind(form_check: FormCheck) -> definitions.DefinitionKind:
    """Return what designers and installers need to know of roles, for the composition root's list."""
    return definitions.DefinitionKind(
        name="roles",
        schema=ROLE_SCHEMA,
        check=lambda session, _, document: check(session, document, form_check),
        publish=lambda session, actor, app, documents: publish(session, actor, app, documents, form_check),
    )


def _everything(form: str) -> FormGrant:
    return FormGrant(form=form, actions=FORM_ACTIONS, scopes=dict.fromkeys(FORM_ACTIONS))


def _roles(view: Catalog, names: Sequence[str]) -> list[Definition]:
    found = (view.find("roles", name) for name in names)
    return [role for role in found if role is not None]


def speaking_for(names: Container[str], name: str) -> str | None:
    """Return which of `names` speaks for `name`: itself, its app's wildcard, the wildcard for all."""
    for candidate in (name, f"{name.partition('.')[0]}.*", "*"):
        if candidate in names:
            return candidate
    return None


def _union(view: Catalog, names: Sequence[str], form: str) -> FormGrant:
    scopes: dict[FormAction, tuple[str, ...] | None] = {}
    entries = []
    for role in _roles(view, names):
        forms = role.document.get("forms", {})
        key = speaking_for(forms, form)
        if key is None or not forms[key]["actions"]:
            continue
        entries.append(forms[key])
        for action in forms[key]["actions"]:
            scope = scope_of(forms[key], action)
            known = scopes.get(action, ())
            scopes[action] = None if scope is None or known is None else tuple(dict.fromkeys((*known, scope)))
    return FormGrant(form=form, actions=frozenset(scopes), scopes=scopes, fields=_fields(entries))


def scope_of(entry: Mapping[str, Any], action: FormAction) -> str | None:
    """Return the expression that bounds `action` in a role's entry for a form, None where it reaches every record."""
    scope = entry.get("scope")
    text = scope.get(action) if isinstance(scope, Mapping) else scope
    return text or None


def _fields(entries: Sequence[Mapping[str, Any]]) -> dict[str, FieldAccess]:
    named = dict.fromkeys(key for entry in entries for key in entry.get("fields", {}))
    found: dict[str, FieldAccess] = {}
    for key in named:
        accesses = [entry.get("fields", {}).get(key) for entry in entries]
        widest: FieldAccess | None = max(accesses, key=lambda access: _OPENNESS[access])
        if widest is not None:
            found[key] = widest
    return found


def _narrowed(found: FormGrant, token_scopes: frozenset[str]) -> FormGrant:
    """Return the grant cut down to what an API token was made for."""
    if _token_allows(token_scopes, found.form, "write"):
        return found
    kept = found.actions & READING_ACTIONS if _token_allows(token_scopes, found.form, "read") else frozenset()
    return FormGrant(
        form=found.form,
        actions=kept,
        scopes={action: scope for action, scope in found.scopes.items() if action in kept},
        fields=found.fields,
    )


def _token_allows(token_scopes: frozenset[str], name: str, access: Literal["read", "write"]) -> bool:
    candidates = (name, f"{name.partition('.')[0]}.*", "*")
    accesses = ("read", "write") if access == "read" else ("write",)
    return any(f"{candidate}:{right}" in token_scopes for candidate in candidates for right in accesses)


def _references(document: Mapping[str, Any]) -> list[definitions.Reference]:
    found = []
    for name, entry in document.get("forms", {}).items():
        if name.endswith("*"):
            continue
        at = pointer("forms", name)
        found.append(definitions.Reference("forms", name, None, at))
        found += [definitions.Reference("forms", name, key, f"{at}/fields/{key}") for key in entry.get("fields", {})]
    for section in ("flows", "reports", "dashboards"):
        found += [
            definitions.Reference(section, name, None, pointer(section, index))
            for index, name in enumerate(document.get(section, ()))
            if not name.endswith("*")
        ]
    return found


_NAME = r"^(\*|[a-z][a-z0-9_]{0,59}\.(\*|[a-z][a-z0-9_]{0,59}))$"
_NAMES = {"type": "array", "items": {"type": "string", "pattern": _NAME}, "uniqueItems": True}
_SCOPE = {"type": "string", "minLength": 1, "maxLength": 2000}

ROLE_SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "role",
    "title": "Role",
    "type": "object",
    "additionalProperties": False,
    "required": ["key", "title", "format"],
    "properties": {
        "key": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,59}$"},
        "title": {"type": "string", "minLength": 1, "maxLength": 200},
        "description": {"type": "string", "maxLength": 2000},
        "format": {"const": 1},
        "forms": {
            "type": "object",
            "propertyNames": {"pattern": _NAME},
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "required": ["actions"],
                "properties": {
                    "actions": {"type": "array", "uniqueItems": True, "items": {"enum": sorted(FORM_ACTIONS)}},
                    "scope": {
                        "anyOf": [
                            _SCOPE,
                            {
                                "type": "object",
                                "propertyNames": {"enum": sorted(FORM_ACTIONS)},
                                "additionalProperties": _SCOPE,
                            },
                        ]
                    },
                    "fields": {
                        "type": "object",
                        "additionalProperties": {"enum": ["hidden", "masked", "read_only"]},
                    },
                },
            },
        },
        "flows": _NAMES,
        "reports": _NAMES,
        "dashboards": _NAMES,
    },
}
