"""The demo's people: departments and accounts that the shipped apps' demo records name.

Installed only in demo mode. Every account has the same, published password; the server is then bound to this machine.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from app_templates.rows import People
from engine import identity
from engine.actor import Actor
from engine.db import Session

DEMO = Path(__file__).with_name("demo")
DEMO_PASSWORD = "demo"  # noqa: S105 - published on purpose: demo accounts, on the loopback address only


@cache
def demo_users() -> tuple[dict[str, Any], ...]:
    """Return the demo accounts as their file describes them: username, name, department, roles, is_administrator."""
    return tuple(json.loads((DEMO / "users.json").read_text("utf-8")))


@cache
def demo_departments() -> tuple[dict[str, Any], ...]:
    """Return the demo departments as their file describes them: key, title, parent, head; parents come first."""
    return tuple(json.loads((DEMO / "departments.json").read_text("utf-8")))


def install(session: Session, actor: Actor) -> People:
    """Create the demo's departments and accounts, without roles: those exist only once the apps do."""
    departments: dict[str, UUID] = {}
    for each in demo_departments():
        made = identity.create_department(
            session, actor, key=each["key"], title=each["title"], parent_id=departments.get(each.get("parent", ""))
        )
        departments[each["key"]] = made.id
    users = {
        each["username"]: identity.create_user(
            session,
            actor,
            username=each["username"],
            name=each["name"],
            password=DEMO_PASSWORD,
            department_id=departments[each["department"]],
            is_administrator=each.get("is_administrator", False),
        ).id
        for each in demo_users()
    }
    for each in demo_departments():
        identity.update_department(session, actor, departments[each["key"]], head_id=users[each["head"]])
    return People(users=users, departments=departments)


def give_roles(session: Session, actor: Actor, people: People) -> None:
    """Give the demo accounts the roles of the installed apps."""
    for each in demo_users():
        if each["roles"]:
            identity.set_roles(session, actor, people.users[each["username"]], each["roles"])
