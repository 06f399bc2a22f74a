"""`dougong backup` and `dougong restore`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from web.command_line import AsJson, Data, settings_of, show, terminal_language

#: Topics of the doctor that say whether what was restored is whole.
_WHOLE = frozenset({"database", "migrations", "tables", "balances", "files"})


def backup(
    target: Annotated[Path | None, typer.Argument(help="File to write; a name with the time when left out.")] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Write database, files and key into one file; the platform may go on working."""
    from engine.texts import message  # noqa: PLC0415 - imports stand in the commands
    from web.backups import save  # noqa: PLC0415 - imports stand in the commands
    from web.server import connected  # noqa: PLC0415 - imports stand in the commands

    path = (target or Path(f"dougong-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.tar")).absolute()
    with connected(settings_of(data)) as platform:
        manifest = save(platform, path)
    made = {
        "path": str(path),
        "bytes": path.stat().st_size,
        "made_at": manifest.made_at,
        "files": len(manifest.files),
        "missing": list(manifest.missing),
    }
    show(made, as_json=as_json, line=lambda found: message("backup_made", found, terminal_language()))
    if manifest.missing and not as_json:
        typer.echo(message("backup_files_missing", {"count": len(manifest.missing)}, terminal_language()), err=True)


def restore(
    source: Annotated[Path, typer.Argument(help="File that `dougong backup` wrote.")],
    data: Data = None,
    replace: Annotated[bool, typer.Option("--replace", help="Put the backup in place of what is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Restore a backup into an empty database, then let the doctor look at it."""
    from engine.texts import message  # noqa: PLC0415 - imports stand in the commands
    from web import backups  # noqa: PLC0415 - imports stand in the commands
    from web.doctor import examine_platform  # noqa: PLC0415 - imports stand in the commands
    from web.server import connected  # noqa: PLC0415 - imports stand in the commands

    language = terminal_language()
    with connected(settings_of(data)) as platform:
        manifest = backups.restore(platform, source, is_replacing=replace)
        # What was broken or waiting when the backup was made is as it was; what the restore answers for is that it is whole.
        wrong = [one for one in examine_platform(platform) if one.severity == "error" and one.topic in _WHOLE]
    told = {"made_at": manifest.made_at, "files": len(manifest.files), "findings": [one.as_json() for one in wrong]}
    show(told, as_json=as_json, line=lambda found: message("backup_restored", found, language))
    if not as_json:
        for one in wrong:
            typer.echo(f"{one.topic}: {one.what(language)} {one.advice(language)}", err=True)
    if wrong:
        raise SystemExit(1)
