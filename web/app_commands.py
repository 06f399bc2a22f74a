"""`dougong app …`: folders of apps, checked, and put into force in the platform's database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from web.command_line import AsJson, Data, platform_of, show

apps = typer.Typer(help="Apps: what is installed, and folders of apps.", no_args_is_help=True, rich_markup_mode=None)

Folders = Annotated[
    list[Path], typer.Argument(help="Folders with app.json.", exists=True, file_okay=False, resolve_path=True)
]


@apps.command("list")
def list_apps(data: Data = None, as_json: AsJson = False) -> None:
    """List the installed apps with the number of their definitions."""
    from engine.catalog import KINDS, catalog  # noqa: PLC0415 - imports stand in the commands

    with platform_of(data) as platform, platform.database.unit_of_work() as session:
        view = catalog(session)
        found = [
            {
                "key": app.key,
                "title": app.document["title"],
                "version": app.document.get("version"),
                "definitions": {kind: len(view.list(kind, app.key)) for kind in KINDS if kind != "apps"},
            }
            for app in view.list("apps")
        ]
    show(found, as_json=as_json, line=_app_line)


@apps.command("check")
def check_apps(folders: Folders, data: Data = None, as_json: AsJson = False) -> None:
    """Check folders of apps against what is installed; nothing is kept."""
    show(_published(folders, data, is_kept=False), as_json=as_json, line=_outcome_line)


@apps.command("import")
def import_apps(folders: Folders, data: Data = None, as_json: AsJson = False) -> None:
    """Put folders of apps into force, all or none; what is in force already keeps its version."""
    show(_published(folders, data, is_kept=True), as_json=as_json, line=_outcome_line)


def _published(folders: list[Path], data: Path | None, *, is_kept: bool) -> list[dict[str, Any]]:
    """Publish the apps in one transaction, which is undone where `is_kept` is not; raises `InvalidDefinition`."""
    from app_templates import installer, loader  # noqa: PLC0415 - imports stand in the commands
    from engine.actor import SYSTEM  # noqa: PLC0415
    from engine.catalog import catalog  # noqa: PLC0415

    templates = loader.load(*folders)
    with platform_of(data) as platform, platform.database.unit_of_work() as session:
        before = {(item.kind, item.name): item.version for kind in _kinds() for item in catalog(session).list(kind)}
        savepoint = session.connection.begin_nested()
        installer.install(session, SYSTEM, templates)
        found = [
            {
                "app": template.key,
                "definitions": len(template.documents) + 1,
                "published": sorted(
                    f"{item.kind}/{item.key}"
                    for kind in _kinds()
                    for item in catalog(session).list(kind, template.key)
                    if before.get((item.kind, item.name)) != item.version
                ),
                "kept": is_kept,
            }
            for template in templates
        ]
        if not is_kept:
            savepoint.rollback()
            session.after_commit.clear()
    return found


def _kinds() -> tuple[str, ...]:
    from engine.catalog import KINDS  # noqa: PLC0415 - imports stand in the commands

    return KINDS


def _app_line(app: dict[str, Any]) -> str:
    counts = ", ".join(f"{count} {kind}" for kind, count in app["definitions"].items() if count)
    return f"{app['key']:<16} {app['version'] or '-':<8} {app['title']}  ({counts})"


def _outcome_line(outcome: dict[str, Any]) -> str:
    done = "published" if outcome["kept"] else "would publish"
    changed = ", ".join(outcome["published"]) or "nothing new"
    return f"{outcome['app']}: {outcome['definitions']} definitions are sound; {done} {changed}"
