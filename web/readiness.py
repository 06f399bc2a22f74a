"""What must hold before requests can be served, and what should; asked by `/readyz` and `dougong doctor`."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from engine import migrations
from engine.jobs import presence
from web.platform import Platform
from web.static_files import STATIC

Status = Literal["ready", "degraded", "not_ready"]
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that must hold, or should; `detail` says what is, or what to do.

    is_vital -- without it no request can be served.
    """

    name: str
    ok: bool
    detail: str
    is_vital: bool = True


def status_of(found: Iterable[Check]) -> Status:
    """Return what the checks come to: a platform without workers answers, but what it is asked to do later waits."""
    wrong = [check for check in found if not check.ok]
    if any(check.is_vital for check in wrong):
        return "not_ready"
    return "degraded" if wrong else "ready"


def checks(platform: Platform) -> list[Check]:
    """Return every check with its outcome; none raises."""
    return [*_of_database(platform), _data_dir(platform), _disk(platform)]


def _of_database(platform: Platform) -> list[Check]:
    try:
        with platform.requests.engine.connect() as connection:
            version = connection.execute(sa.text("SHOW server_version")).scalar_one()
            is_current = migrations.current(connection) == migrations.head()
        with platform.requests.unit_of_work() as session:
            workers = presence.list_workers(session)
    except SQLAlchemyError as error:
        return [Check(name="database", ok=False, detail=first_line(error))]
    working = [one for one in workers if not one.is_silent]
    silent = f", {len(workers) - len(working)} silent" if len(working) < len(workers) else ""
    return [
        Check(name="database", ok=True, detail=f"PostgreSQL {version}"),
        Check(name="migrations", ok=is_current, detail="up to date" if is_current else "run: dougong migrate"),
        Check(
            name="workers",
            ok=bool(working) and not silent,
            detail=f"{len(working)} connected{silent}" if workers else "none is connected; start: dougong worker",
            is_vital=False,
        ),
    ]


def page_check() -> Check:
    """Return whether the page is built; the API serves without it."""
    is_built = (STATIC / "index.html").is_file()
    return Check(name="page", ok=is_built, detail=str(STATIC) if is_built else "not built: ./run builds it")


def _data_dir(platform: Platform) -> Check:
    folder = platform.settings.data_dir
    probe = folder / ".writable"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return Check(name="data_dir", ok=False, detail=str(error))
    return Check(name="data_dir", ok=True, detail=str(folder))


def _disk(platform: Platform) -> Check:
    """Return whether there is room; reading goes on without, so it is not vital."""
    try:
        free = shutil.disk_usage(platform.settings.data_dir).free // MEGABYTE
    except OSError as error:
        return Check(name="disk", ok=False, detail=str(error), is_vital=False)
    limit = platform.settings.min_disk_mb
    return Check(name="disk", ok=free >= limit, detail=f"{free} MB free, {limit} MB wanted", is_vital=False)


def first_line(error: Exception) -> str:
    """Return what the database said, without the statement."""
    return (str(getattr(error, "orig", None) or error).strip().splitlines() or [""])[0]
