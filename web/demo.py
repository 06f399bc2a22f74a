"""The demo: its apps and people on the first start, and who one can sign in as."""

from __future__ import annotations

from engine.catalog import catalog
from engine.db import Session
from engine.texts import localized, message


def sign_ins(session: Session, language: str) -> list[dict[str, str]]:
    """Return the demo's people with what they are: user name, name, title of their role."""
    from app_templates.people import demo_users  # noqa: PLC0415 - only a demo needs it

    view = catalog(session)

    def title(role: str) -> str:
        found = view.find("roles", role)
        if found is None:
            return role
        return localized(view.text(found.app, f"roles/{found.key}/title", found.document["title"]), language)

    return [
        {
            "username": each["username"],
            "name": each["name"],
            "title": message("administrator", {}, language)
            if each.get("is_administrator")
            else ("、" if language == "zh-CN" else ", ").join(title(role) for role in each["roles"]),
        }
        for each in demo_users()
    ]
