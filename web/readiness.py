"""What must hold before requests can be served; asked by `/readyz` and `dougong doctor`."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from engine import migrations
from web.platform import Platform
from web.static_files import STATIC


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that must hold; `detail` says what is, or what to do."""

    name: str
    ok: bool
    detail: str


def checks(platform: Platform) -> list[Check]:
    """Return every check with its outcome; none raises."""
    try:
        with platform.database.engine.connect() as connection:
            version = connection.execute(text("SHOW server_version")).scalar_one()
            is_current = migrations.current(connection) == migrations.head()
    except SQLAlchemyError as error:
        return [Check(name="database", ok=False, detail=_first_line(error)), _data_dir(platform)]
    return [
        Check(name="database", ok=True, detail=f"PostgreSQL {version}"),
        Check(
            name="migrations",
            ok=is_current,
            detail="up to date" if is_current else "run: dougong migrate",
        ),
        _data_dir(platform),
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


def _first_line(error: Exception) -> str:
    return (str(getattr(error, "orig", None) or error).strip().splitlines() or [""])[0]
