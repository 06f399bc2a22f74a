"""What a backup says of itself, and what it may hold."""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from engine.errors import DomainError

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
DUMP: Final = "database.dump"
SECRET_KEY: Final = "secret_key"  # noqa: S105 - the name of a file
FILES: Final = re.compile(r"files/([0-9a-f]{2})/(\1[0-9a-f]{62})")
#: A manifest names every file once; a million of them fit.
_LARGEST_MANIFEST: Final = 256 * 1024 * 1024


class BackupRefused(DomainError):
    """A backup is not made, or not restored; nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What stands in a backup.

    made_at   -- aware UTC, ISO 8601.
    migration -- version of the platform's tables.
    postgres  -- major version of the server that was dumped.
    files     -- SHA-256 of every uploaded file -> bytes.
    missing   -- files that records hold and that were not there any more.
    """

    made_at: str
    dougong: str
    migration: str
    postgres: int
    database_sha256: str
    database_bytes: int
    files: Mapping[str, int]
    missing: Sequence[str] = ()
    format: int = FORMAT

    def written(self) -> bytes:
        """Return the manifest as it stands in the archive."""
        return json.dumps(asdict(self), indent=1).encode()


def read(archive: tarfile.TarFile, path: Path) -> Manifest:
    """Return an archive's manifest; raises `BackupRefused` for what is no backup, or one of a newer format."""
    first = archive.next()
    stream = archive.extractfile(first) if first is not None and first.name == MANIFEST else None
    if first is None or stream is None or first.size > _LARGEST_MANIFEST:
        raise BackupRefused("backup_unreadable", path=path, reason=f"{MANIFEST}?")
    try:
        found = json.loads(stream.read())
        if found["format"] > FORMAT:
            raise BackupRefused("backup_newer", path=path, version=found.get("dougong", "?"))
        return Manifest(**found)
    except (ValueError, TypeError, KeyError) as error:
        raise BackupRefused("backup_unreadable", path=path, reason=str(error)) from error
