"""Who acts now: a signed-in person, or the platform itself on somebody's behalf."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from engine.texts import DEFAULT_LANGUAGE

#: The account in whose name the platform writes where no person is behind it (install, schedules).
SYSTEM_USER_ID = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The one who acts, with all that rights depend on.

    roles            -- full names, `crm.sales`.
    departments      -- the actor's own department and all below those the actor heads.
    is_administrator -- may administer the platform and do everything to every form.
    token_scopes     -- what an API token was made for (`crm.*:read`); `None` for a person at the page.
    is_platform      -- a published flow or an installation acts, in the name of `user_id`; its definition was
                        checked when it was published, so record rights do not bind it. Every other check does.
    """

    user_id: UUID
    username: str
    name: str
    department: UUID | None = None
    departments: frozenset[UUID] = frozenset()
    roles: frozenset[str] = frozenset()
    language: str = DEFAULT_LANGUAGE
    is_administrator: bool = False
    is_platform: bool = False
    token_scopes: frozenset[str] | None = None

    @property
    def has_every_right(self) -> bool:
        """Whether record rights do not bind this actor; an API token never carries an administrator's right."""
        return self.is_platform or (self.is_administrator and self.token_scopes is None)

    def as_platform(self) -> Actor:
        """Return the platform acting in this actor's name, as a published flow does."""
        return replace(self, is_platform=True)


SYSTEM = Actor(user_id=SYSTEM_USER_ID, username="system", name="系统", is_platform=True)
