"""The `dougong` command: everything that is done to the platform from a terminal.

Each command works on the same `Platform` as the server. Imports stand inside the commands: `--help` answers at once,
and no command pays for another's modules.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from web.app_commands import apps
from web.backup_commands import backup, restore
from web.bench_command import benches
from web.command_line import AsJson, Data, platform_of, settings_of, show, terminal_language
from web.database_command import run_program
from web.user_commands import users

if TYPE_CHECKING:
    from web.platform import Platform

app = typer.Typer(
    name="dougong",
    help="Dougong, the low-code platform.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(users, name="user")
app.add_typer(apps, name="app")
app.command()(backup)
app.command()(restore)
app.add_typer(benches, name="bench")
# What follows the program's name is the program's.
app.command("database", context_settings={"allow_interspersed_args": False})(run_program)


def main() -> None:
    """Run the command line; a refusal is one sentence on stderr and exit code 1."""
    from engine import logs  # noqa: PLC0415 - see the module
    from engine.errors import DomainError  # noqa: PLC0415 - see the module

    logs.configure("text", "info")
    try:
        app()
    except DomainError as error:
        _refuse(error)


def _refuse(error: Any) -> None:
    language = terminal_language()
    typer.echo(error.detail(language), err=True)
    for spot in error.violations:
        typer.echo(f"  {spot.pointer}: {spot.detail(language)}", err=True)
    raise SystemExit(1)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to bind (DOUGONG_HOST).")] = None,
    port: Annotated[int | None, typer.Option(help="Port (DOUGONG_PORT).")] = None,
    data: Data = None,
    demo: Annotated[bool | None, typer.Option("--demo/--no-demo", help="Demo apps and sign-ins.")] = None,
    worker: Annotated[bool, typer.Option("--worker/--no-worker", help="Run jobs in this process too.")] = True,
) -> None:
    """Serve the platform; starts a PostgreSQL of its own unless DOUGONG_DATABASE_URL is set."""
    from web import server  # noqa: PLC0415 - see the module

    server.serve(settings_of(data, host=host, port=port, demo=demo), is_working=worker, announce=_announce)


def _announce(platform: Platform, address: str, link: str | None) -> None:
    from engine.texts import message  # noqa: PLC0415 - see the module
    from web import demo  # noqa: PLC0415 - see the module

    typer.echo(f"Dougong  {address}")
    if platform.settings.demo:
        with platform.database.unit_of_work() as session:
            for user in demo.sign_ins(session, terminal_language()):
                typer.echo(f"  {user['username']:<14} demo   {user['name']}  {user['title']}")
    if link is not None:
        typer.echo(message("administrator_link", {"link": link}, terminal_language()))
    sys.stdout.flush()


@app.command()
def worker(
    data: Data = None,
    metrics_port: Annotated[
        int | None, typer.Option(help="Port of /metrics and /healthz (DOUGONG_METRICS_PORT); none: nobody listens.")
    ] = None,
    metrics_host: Annotated[str | None, typer.Option(help="Its address (DOUGONG_METRICS_HOST).")] = None,
) -> None:
    """Run jobs until told to stop."""
    from web.worker import work_until_signalled  # noqa: PLC0415 - see the module

    with platform_of(data, metrics_port=metrics_port, metrics_host=metrics_host) as platform:
        work_until_signalled(platform)


@app.command()
def migrate(data: Data = None, as_json: AsJson = False) -> None:
    """Bring the database to the newest version of the platform's tables."""
    from engine import migrations  # noqa: PLC0415 - see the module
    from web.server import connected  # noqa: PLC0415 - see the module

    with connected(settings_of(data)) as platform:
        was_changed = migrations.upgrade(platform.database.engine)
        result = {"version": migrations.head(), "changed": was_changed}
    show(result, as_json=as_json, line=lambda item: f"at version {item['version']}")


@app.command()
def doctor(
    data: Data = None,
    as_json: AsJson = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="Rebuild balances, build indexes, queue forsaken runs again.")
    ] = False,
) -> None:
    """Look at everything the platform needs, and say what is wrong and what to do; exit code 1 for errors."""
    from web.doctor import examine  # noqa: PLC0415 - see the module

    language = terminal_language()
    found = []
    for finding in examine(settings_of(data), is_repairing=repair):
        found.append(finding)
        if not as_json:
            mark = "fixed  " if finding.is_repaired else finding.severity.ljust(7)
            typer.echo(f"{mark} {finding.topic}: {finding.what(language)}")
            for line in (finding.advice(language), finding.command and f"$ {finding.command}"):
                if line and not finding.is_repaired:
                    typer.echo(f"        {line}")
    if as_json:
        show([finding.as_json() for finding in found], as_json=True)
    if any(finding.severity == "error" and not finding.is_repaired for finding in found):
        raise SystemExit(1)
