"""What a new installation is given on its first start: a key, apps and people, in one transaction or none of it.

In demo mode the shipped apps with demo records and everybody who works with them. Otherwise one administrator, who
sets a password through a link that is used once.
"""

from __future__ import annotations

import sqlalchemy as sa

from engine import identity, secret_key
from engine.actor import SYSTEM
from engine.db import Session
from engine.models import user
from engine.settings import Settings
from web.platform import Platform

#: Key of the lock under which one of several processes that start at once does this.
_LOCK = 0x646F75676F6E68


def prepare(platform: Platform) -> str | None:
    """Fill a database that has no people yet; return the secret of the administrator's link where one was made."""
    if platform.settings.secret_key is None:
        secret_key.kept(platform.settings.data_dir / secret_key.FILE)
    with platform.database.unit_of_work() as session:
        if not _is_new(session):
            return None
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        if not _is_new(session):
            return None
        return _fill(session, platform.settings)


def _is_new(session: Session) -> bool:
    return session.execute(sa.select(user.c.id).limit(1)).first() is None


def _fill(session: Session, settings: Settings) -> str | None:
    if settings.demo:
        from app_templates import installer, loader  # noqa: PLC0415 - needed once in the life of a database

        installer.install(session, SYSTEM, loader.load_catalog(), demo=True)
        return None
    administrator = identity.create_user(
        session, SYSTEM, username="admin", name="Administrator", language=settings.language, is_administrator=True
    )
    return identity.create_password_link(session, administrator.id)
