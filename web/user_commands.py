"""`dougong user …`: accounts, for whoever has the machine but cannot sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from web.command_line import AsJson, Data, platform_of, show

if TYPE_CHECKING:
    from engine.db import Session
    from engine.identity import User
    from engine.settings import Settings

users = typer.Typer(help="People who sign in.", no_args_is_help=True, rich_markup_mode=None)

Username = Annotated[str, typer.Argument(help="User name.")]
BaseUrl = Annotated[str | None, typer.Option("--base-url", help="Address of the server, for the link.")]


@users.command("list")
def list_users(data: Data = None, as_json: AsJson = False) -> None:
    """List the accounts with their roles."""
    from engine import identity  # noqa: PLC0415 - imports stand in the commands

    with platform_of(data) as platform, platform.database.unit_of_work() as session:
        found = [
            {
                "username": user.username,
                "name": user.name,
                "is_administrator": user.is_administrator,
                "is_active": user.is_active,
                "roles": list(user.roles),
            }
            for user in identity.list_users(session, only_active=False, limit=10_000)
        ]
    show(found, as_json=as_json, line=_user_line)


@users.command("create")
def create_user(
    username: Username,
    name: Annotated[str | None, typer.Option(help="Full name.")] = None,
    role: Annotated[list[str] | None, typer.Option(help="Full name of a role, like crm.sales; may repeat.")] = None,
    administrator: Annotated[bool, typer.Option("--administrator", help="May do everything.")] = False,
    base_url: BaseUrl = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Create an account and print the one-time link by which its owner chooses a password."""
    from engine import identity  # noqa: PLC0415 - imports stand in the commands
    from engine.actor import SYSTEM  # noqa: PLC0415

    with platform_of(data) as platform, platform.database.unit_of_work() as session:
        made = identity.create_user(
            session,
            SYSTEM,
            username=username,
            name=name or username,
            roles=role or (),
            language=platform.settings.language,
            is_administrator=administrator,
        )
        secret = identity.create_password_link(session, made.id)
        found = {"username": made.username, "link": _link(platform.settings, base_url, secret)}
    show(found, as_json=as_json, line=lambda item: str(item["link"]))


@users.command("roles")
def set_roles(
    username: Username,
    roles: Annotated[list[str] | None, typer.Argument(help="Full names, like crm.sales; none takes all away.")] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Replace the roles of an account."""
    from engine import identity  # noqa: PLC0415 - imports stand in the commands
    from engine.actor import SYSTEM  # noqa: PLC0415

    with platform_of(data) as platform, platform.database.unit_of_work() as session:
        user = _existing(session, username)
        identity.set_roles(session, SYSTEM, user.id, roles or ())
        found = {"username": user.username, "roles": roles or []}
    show(found, as_json=as_json, line=lambda item: f"{item['username']}: {', '.join(item['roles']) or 'no role'}")


@users.command("link")
def make_link(username: Username, base_url: BaseUrl = None, data: Data = None, as_json: AsJson = False) -> None:
    """Print a new one-time link by which an account's owner chooses a password."""
    from engine import identity  # noqa: PLC0415 - imports stand in the commands

    with platform_of(data) as platform, platform.database.unit_of_work() as session:
        user = _existing(session, username)
        secret = identity.create_password_link(session, user.id)
        found = {"username": user.username, "link": _link(platform.settings, base_url, secret)}
    show(found, as_json=as_json, line=lambda item: str(item["link"]))


def _existing(session: Session, username: str) -> User:
    from engine import identity  # noqa: PLC0415 - imports stand in the commands
    from engine.errors import NotFound  # noqa: PLC0415

    user = identity.find_user(session, username)
    if user is None:
        raise NotFound("user_not_found")
    return user


def _link(settings: Settings, base_url: str | None, secret: str) -> str:
    from web import password_page  # noqa: PLC0415 - imports stand in the commands

    address = base_url or settings.base_url or f"http://{settings.host}:{settings.port}"
    return password_page.link(address.rstrip("/"), secret)


def _user_line(user: dict[str, Any]) -> str:
    roles = "administrator" if user["is_administrator"] else ", ".join(user["roles"]) or "no role"
    return f"{user['username']:<16} {user['name']}  ({roles}{'' if user['is_active'] else ', closed'})"
