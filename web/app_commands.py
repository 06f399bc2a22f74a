"""`dougong app …`: apps as folders and zips, against the platform's database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from web.app_lines import app_line, change_lines, conflict_line, fault_line, outcome_lines, report_lines
from web.command_line import AsJson, Data, platform_of, show, terminal_language

if TYPE_CHECKING:
    from app_templates.changing.merging import Choice
    from app_templates.importing import Report, Wishes
    from app_templates.template import Template
    from engine.db import Session

apps = typer.Typer(
    help="Apps: what is installed, and apps as folders or zips.", no_args_is_help=True, rich_markup_mode=None
)

Packages = Annotated[list[Path], typer.Argument(help="Folders with app.json, or zips.", exists=True, resolve_path=True)]
WithData = Annotated[bool, typer.Option("--data-rows", help="Write the rows of data/*.csv that are not there yet.")]
IsPreview = Annotated[bool, typer.Option("--preview", help="Only say what would happen.")]
App = Annotated[str, typer.Argument(help="Key of an installed app.")]


def _loaded(packages: list[Path]) -> tuple[Template, ...]:
    from app_templates import loader  # noqa: PLC0415 - imports stand in the commands

    plain = [path for path in packages if path.is_dir()]
    found = loader.load(*plain) if plain else ()
    for path in packages:
        if not path.is_dir():
            with path.open("rb") as stream:
                found += loader.load_archive(stream)
    return found


@contextmanager
def _session(data: Path | None) -> Iterator[Session]:
    with platform_of(data) as platform, platform.database.unit_of_work() as session:
        yield session


@apps.command("list")
def list_apps(data: Data = None, as_json: AsJson = False) -> None:
    """List the installed apps with the number of their definitions."""
    from engine.catalog import KINDS, catalog  # noqa: PLC0415 - imports stand in the commands

    with _session(data) as session:
        view = catalog(session)
        found = [
            {
                "key": app.key or app.app,
                "title": app.document["title"],
                "version": app.document.get("version"),
                "definitions": {kind: len(view.list(kind, app.app)) for kind in KINDS if kind != "apps"},
            }
            for app in view.list("apps")
        ]
    show(found, as_json=as_json, line=app_line)


@apps.command("check")
def check_apps(packages: Packages, data: Data = None, as_json: AsJson = False) -> None:
    """Check apps against what is installed and name every fault; exit code 1 where there are any. Nothing is written."""
    from app_templates import checks  # noqa: PLC0415 - imports stand in the commands
    from engine.errors import InvalidDefinition  # noqa: PLC0415

    language = terminal_language()
    try:
        templates = _loaded(packages)
        with _session(data) as session:
            spots = checks.faults(templates, session)
    except InvalidDefinition as error:
        if not error.violations:
            raise
        templates, spots = (), list(error.violations)
    faults = [{"pointer": spot.pointer, "code": spot.code, "detail": spot.detail(language)} for spot in spots]
    counted = [{"app": one.key, "definitions": len(one.documents) + 1} for one in templates]
    if as_json:
        show({"apps": counted, "faults": faults}, as_json=True)
    else:
        show(faults, as_json=False, line=fault_line)
        if not faults:
            show(counted, as_json=False, line=lambda one: f"{one['app']}: {one['definitions']} definitions are sound")
    if faults:
        raise SystemExit(1)


@apps.command("import")
def import_apps(
    packages: Packages,
    data: Data = None,
    preview: IsPreview = False,
    data_rows: WithData = False,
    as_json: AsJson = False,
) -> None:
    """Put apps into force as they come, all or none; what they no longer have is retired."""
    from app_templates.importing import Wishes  # noqa: PLC0415 - imports stand in the commands

    _show_report(_bring(packages, data, Wishes(has_data=data_rows), preview=preview), as_json=as_json)


@apps.command("upgrade")
def upgrade_apps(
    packages: Packages,
    data: Data = None,
    preview: IsPreview = False,
    data_rows: WithData = False,
    choose: Annotated[
        list[str] | None, typer.Option(help="Whose side stands in a conflict: crm/forms/x.json#/title=theirs.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Bring apps to a new version and keep what was customised here; conflicts are listed, to be chosen."""
    from app_templates.importing import Wishes  # noqa: PLC0415 - imports stand in the commands

    choices = _choices(choose or [])
    wishes = Wishes(is_upgrade=True, has_data=data_rows, choices=choices)
    report = _bring(packages, data, wishes, preview=preview)
    _show_report(report, as_json=as_json)


def _choices(texts: list[str]) -> dict[str, Choice]:
    found: dict[str, Choice] = {}
    for text in texts:
        place, _, side = text.rpartition("=")
        if side == "ours":
            found[place] = "ours"
        elif side == "theirs":
            found[place] = "theirs"
        else:
            raise typer.BadParameter(f"{text}: write PLACE=ours or PLACE=theirs")
    return found


def _bring(packages: list[Path], data: Path | None, wishes: Wishes, *, preview: bool) -> dict[str, Any]:
    from app_templates import importing  # noqa: PLC0415 - imports stand in the commands
    from engine.actor import SYSTEM  # noqa: PLC0415
    from engine.catalog import catalog  # noqa: PLC0415
    from web.package_reports import report_json  # noqa: PLC0415

    templates = _loaded(packages)
    with _session(data) as session:
        bring = importing.preview if preview else importing.bring
        report: Report = bring(session, SYSTEM, templates, wishes)
        return report_json(report, catalog(session), terminal_language())


def _show_report(report: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        show(report, as_json=True)
        return
    show(list(report_lines(report)), as_json=False)
    show([one for one in report["conflicts"] if one["choice"] is None], as_json=False, line=conflict_line)


@apps.command("export")
def export_apps(
    keys: Annotated[list[str], typer.Argument(metavar="APP…", help="Keys of installed apps.")],
    to: Annotated[Path, typer.Option("--to", help="A folder that gets a folder for each app, or a .zip.")] = Path(),
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Write running apps as folders or as one zip; the same app gives the same bytes."""
    from app_templates import exporter  # noqa: PLC0415 - imports stand in the commands
    from app_templates.packages import folders  # noqa: PLC0415

    with _session(data) as session:
        if to.suffix == ".zip":
            to.write_bytes(exporter.archive(session, keys))
            show([{"file": str(to)}], as_json=as_json, line=lambda one: str(one["file"]))
            return
        written = []
        for key in keys:
            files = exporter.export(session, key)
            folders.write(to / key, files)
            written.append({"app": key, "folder": str(to / key), "files": len(files)})
    show(written, as_json=as_json, line=lambda one: f"{one['folder']}: {one['files']} files")


@apps.command("diff")
def show_difference(
    app: App,
    package: Annotated[Path | None, typer.Argument(help="A folder or zip to compare with, too.", exists=True)] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Show what was customised here since the app was installed, and what a folder would change of that version."""
    from app_templates import exporter, importing  # noqa: PLC0415 - imports stand in the commands
    from web.package_reports import elements_json  # noqa: PLC0415

    coming = [one for one in _loaded([package]) if one.key == app] if package else []
    if package and not coming:
        raise typer.BadParameter(f"{package} does not hold {app}")
    with _session(data) as session:
        running = exporter.running(session, app)
        base = exporter.remembered(session, app)
        found = {"ours": elements_json(importing.element_changes(base, running), terminal_language())}
        if coming:
            found["theirs"] = elements_json(importing.element_changes(base, coming[0]), terminal_language())
    if as_json:
        show(found, as_json=True)
        return
    for side, elements in found.items():
        typer.echo(f"{side}:" if elements else f"{side}: nothing changed")
        show(list(change_lines(elements)), as_json=False)


@apps.command("test")
def test_apps(
    keys: Annotated[list[str] | None, typer.Argument(metavar="[APP…]", help="Left out: all installed apps.")] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Play the scenarios of installed apps; exit code 1 where one fails. Nothing of them stays."""
    from app_templates import exporter  # noqa: PLC0415 - imports stand in the commands
    from app_templates.scenarios import running  # noqa: PLC0415
    from engine.catalog import catalog  # noqa: PLC0415
    from web.package_reports import outcome_json  # noqa: PLC0415

    found: list[dict[str, Any]] = []
    with _session(data) as session:
        for key in keys or [one.app for one in catalog(session).list("apps")]:
            outcomes = running.play_all(session, exporter.scenarios(session, key), terminal_language())
            found += [{"app": key, **outcome_json(outcome, terminal_language())} for outcome in outcomes]
    if as_json:
        show(found, as_json=True)
    else:
        for outcome in found:
            show(list(outcome_lines(outcome)), as_json=False)
    if not all(outcome["passed"] for outcome in found):
        raise SystemExit(1)


@apps.command("format")
def format_apps(
    packages: Annotated[
        list[Path], typer.Argument(help="Folders with app.json.", exists=True, file_okay=False, resolve_path=True)
    ],
    as_json: AsJson = False,
) -> None:
    """Write the files of folders in the one canonical form, in which an export gives them."""
    from app_templates.packages import folders  # noqa: PLC0415 - imports stand in the commands
    from app_templates.packages.writing import files_of  # noqa: PLC0415

    changed = []
    for path, template in zip(packages, (_loaded([path])[0] for path in packages), strict=True):
        files = files_of(template)
        changed += [
            f"{path.name}/{name}"
            for name, text in files.items()
            if not (path / name).is_file() or (path / name).read_bytes() != text.encode()
        ]
        folders.write(path, files)
    show(changed, as_json=as_json)
