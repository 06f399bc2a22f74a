"""Shapes of sign-in, session, tokens and people."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from web.schemas.shape import Input, Output, Text, Titled


class SignIn(Input):
    """Who signs in."""

    username: Text
    password: Annotated[str, Field(max_length=1000)]


class SessionChange(Input):
    """What one changes about one's own session."""

    language: Literal["zh-CN", "en-US"]


class SessionUser(Output):
    """Who is signed in."""

    id: UUID
    username: str
    name: str
    language: str
    department: Titled | None


class MenuItem(Output):
    """One entry of an app's menu: what it opens, or the entries below it."""

    key: str
    title: str
    icon: str | None = None
    form: str | None = None
    view: str | None = None
    balance: str | None = None
    report: str | None = None
    dashboard: str | None = None
    items: list[MenuItem] | None = None


class AppMenu(Output):
    """One app's part of the menu."""

    key: str
    title: str
    icon: str | None = None
    menu: list[MenuItem]


class FormRights(Output):
    """A form or balance with what one may do to it."""

    title: str
    kind: Literal["forms", "balances"]
    actions: list[str]


class SessionAnswer(Output):
    """Who is signed in, what they may do, and what waits for them."""

    user: SessionUser
    is_administrator: bool
    roles: list[str]
    apps: list[AppMenu]
    forms: dict[str, FormRights]
    time_zone: str
    unread_notifications: int
    open_tasks: int


class DemoUser(Output):
    """Somebody one can sign in as in demo mode."""

    username: str
    name: str
    title: str


class Demo(Output):
    """Whether this is a demo, and its sign-ins."""

    demo: bool
    users: list[DemoUser]


class TokenInput(Input):
    """An API token to be made. A scope is `crm.sales_order:read`, `crm.*:write` or `*:read`; write includes read."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    scopes: Annotated[list[Text], Field(min_length=1, max_length=100)]
    expires_in_days: Annotated[int, Field(ge=1, le=366)] = 90


class Token(Output):
    """An API token, without the token itself."""

    id: UUID
    title: str
    hint: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


class NewToken(Token):
    """A new API token; `token` is shown this once."""

    token: str


class Tokens(Output):
    """One's API tokens."""

    items: list[Token]


class Notification(Output):
    """Something one was told."""

    id: UUID
    text: str
    link: str | None
    created_at: datetime
    read_at: datetime | None


class NotificationPage(Output):
    """Notifications, newest first."""

    items: list[Notification]
    next_cursor: str | None


class NotificationsRead(Input):
    """Which notifications were read; all of them when `ids` is left out."""

    ids: Annotated[list[UUID], Field(max_length=200)] | None = None


class NotificationsCounted(Output):
    """How many notifications are not read."""

    unread: int


class PickerItem(Output):
    """One choice for a relation, member or department; `fill` holds the values asked for."""

    id: UUID
    title: str
    subtitle: str | None = None
    fill: dict[str, object] | None = None


class PickerPage(Output):
    """Choices, best first."""

    items: list[PickerItem]
