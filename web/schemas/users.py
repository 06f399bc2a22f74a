"""Shapes of the administration of accounts and departments."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from web.schemas.flows import Task
from web.schemas.session import Token
from web.schemas.shape import Input, Output, Text, Titled

Language = Literal["zh-CN", "en-US"]
Roles = Annotated[list[Text], Field(max_length=200)]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]


class RoleTitle(Output):
    """A role by its full name, with what people call it; the title is the name where the role is gone."""

    name: str
    title: str


class Account(Output):
    """An account as administrators see it. `seen_at` is its last request in a session that is still known."""

    id: UUID
    username: str
    name: str
    email: str | None
    language: str
    department: Titled | None
    roles: list[RoleTitle]
    is_administrator: bool
    is_active: bool
    seen_at: datetime | None


class AccountPage(Output):
    """Accounts in the order of their user names; `count` is of all that match."""

    items: list[Account]
    count: int


class AccountDetail(Account):
    """An account with what hangs on it: open tasks (the newest, and how many in all), departments it heads."""

    open_tasks: list[Task]
    open_task_count: int
    heads: list[Titled]


class NewAccount(Output):
    """A new account and the one-time link by which its owner chooses a password; the link is shown this once."""

    user: Account
    link: str


class PasswordLink(Output):
    """A one-time link; it is shown this once and works for three days."""

    link: str


class AccountInput(Input):
    """An account to be made."""

    username: Text
    name: Name
    email: Text | None = None
    department: UUID | None = None
    roles: Roles = Field(default_factory=list)
    language: Language = "zh-CN"
    is_administrator: bool = False


class AccountChange(Input):
    """What to change of an account; what is left out stays."""

    name: Name | None = None
    email: Text | None = None
    department: UUID | None = None
    roles: Roles | None = None
    language: Language | None = None
    is_administrator: bool | None = None
    is_active: bool | None = None


class OpenSession(Output):
    """One place where somebody is signed in; `is_own` is the session that asks."""

    id: str
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    address: str | None
    user_agent: str | None
    is_own: bool


class OpenSessions(Output):
    """Sessions, last used first."""

    items: list[OpenSession]


class AccountTokens(Output):
    """API tokens of an account, newest first."""

    items: list[Token]


class AccountEvent(Output):
    """One line of what happened to an account or a department: who did what, and the changed members."""

    id: int
    at: datetime
    by: Titled
    action: str
    before: dict[str, Any]
    after: dict[str, Any]


class AccountHistory(Output):
    """What happened, newest first."""

    items: list[AccountEvent]


class DepartmentNode(Output):
    """A department; the tree is told by `parent`. `members` are open accounts of it alone."""

    id: UUID
    key: str
    title: str
    parent: UUID | None
    head: Titled | None
    members: int


class DepartmentTree(Output):
    """All departments, parents first."""

    items: list[DepartmentNode]


class DepartmentInput(Input):
    """A department to be made; the key is its stable name in files."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
    title: Name
    parent: UUID | None = None
    head: UUID | None = None


class DepartmentChange(Input):
    """What to change of a department; what is left out stays."""

    title: Name | None = None
    parent: UUID | None = None
    head: UUID | None = None
