"""The folders that apps were last installed from, kept in the database.

Owns the table `app_folder`. It is the base of an upgrade, and holds what the platform gives back without reading it.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from engine.actor import Actor
from engine.db import Session
from engine.models import app_folder


def find(session: Session, app: str) -> dict[str, str] | None:
    """Return the folder's files (path inside it -> text); None where the app did not come from one."""
    query = sa.select(app_folder.c.files).where(app_folder.c.app == app)
    found: dict[str, str] | None = session.execute(query).scalar_one_or_none()
    return found


def keep(session: Session, actor: Actor, app: str, files: Mapping[str, str]) -> None:
    """Keep the folder in place of the one before."""
    values = {"files": dict(files), "installed_at": session.now, "installed_by": actor.user_id}
    insert = postgresql.insert(app_folder).values(app=app, **values)
    session.execute(insert.on_conflict_do_update(index_elements=["app"], set_=values))


def forget(session: Session, app: str) -> None:
    """Keep nothing of an app any more."""
    session.execute(sa.delete(app_folder).where(app_folder.c.app == app))
