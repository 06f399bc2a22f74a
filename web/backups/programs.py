"""PostgreSQL's own programs for dumping and restoring: those beside the embedded server, else the machine's."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping

from engine.embedded_postgres import binaries
from web.backups.manifest import BackupRefused
from web.database_command import client_environment
from web.platform import Platform


def run(platform: Platform, program: str, *arguments: str, major: int) -> None:
    """Run one of PostgreSQL's programs on the platform's database; its version is at least `major`.

    Raises `BackupRefused` with what it said when it fails.
    """
    environment = client_environment(platform)
    answer = subprocess.run(
        [_find(program, major, environment), *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if answer.returncode != 0:
        raise BackupRefused("backup_program_failed", program=program, reason=answer.stderr.strip()[-2000:])


def _find(program: str, major: int, environment: Mapping[str, str]) -> str:
    """Return the one that is nearest to the server's version and no older.

    An older one refuses the server; a newer one may say things to it that it does not know yet.
    """
    folders = (environment["PATH"], *map(str, binaries.installed_folders()))
    found = [path for folder in folders if (path := shutil.which(program, path=folder)) is not None]
    fitting = sorted((version, path) for path in found if (version := _major(path)) >= major)
    if fitting:
        return fitting[0][1]
    raise BackupRefused("backup_program_missing", program=program, version=major)


def _major(program: str) -> int:
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, timeout=30)
        return int(answer.stdout.rpartition(") ")[2].split(".")[0].split()[0])
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return 0
