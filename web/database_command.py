"""`dougong database PROGRAM …`: PostgreSQL's own programs on the platform's database, embedded or not."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Annotated

import typer

from web.command_line import Data, settings_of

if TYPE_CHECKING:
    from web.platform import Platform


def run_program(
    program: Annotated[list[str], typer.Argument(help="Program and arguments: psql, or pg_dump -Fc -f dougong.dump.")],
    data: Data = None,
) -> None:
    """Run one of PostgreSQL's programs on the platform's database; options of this command stand before it."""
    from web.server import connected  # noqa: PLC0415 - imports stand in the commands

    with connected(settings_of(data)) as platform:
        try:
            answer = subprocess.run(program, env=client_environment(platform), check=False)
        except FileNotFoundError:
            typer.echo(f"{program[0]}: there is no such program", err=True)
            raise typer.Exit(127) from None
    raise typer.Exit(answer.returncode)


def client_environment(platform: Platform) -> dict[str, str]:
    """Return the environment in which PostgreSQL's programs find the platform's database."""
    url = platform.database.engine.url
    place = {
        "PGHOST": url.query.get("host") or url.host,
        "PGPORT": url.query.get("port") or url.port,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": url.query.get("sslmode"),
        "PATH": _search_path(is_embedded=platform.settings.database_url is None),
    }
    return {**os.environ, **{name: str(value) for name, value in place.items() if value is not None}}


def _search_path(*, is_embedded: bool) -> str:
    """Return where programs are found: beside the embedded server first, for its version is theirs."""
    own = os.environ.get("PATH", os.defpath)
    if not is_embedded:
        return own
    from engine.embedded_postgres import binaries  # noqa: PLC0415 - imports stand in the commands

    return os.pathsep.join((str(binaries.find().folder), own))
