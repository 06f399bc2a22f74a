"""Making a backup: one snapshot of the database, the files that belong to it, the key."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine import files, migrations
from engine.models import file
from web import openapi
from web.backups import programs
from web.backups.manifest import DUMP, MANIFEST, SECRET_KEY, BackupRefused, Manifest
from web.doctor.surroundings import LAST_BACKUP
from web.platform import Platform


def save(platform: Platform, target: Path) -> Manifest:
    """Write a backup to `target`, which appears when it is whole; the platform may go on working.

    Raises `BackupRefused` where the target is there already, the platform's tables are not, or a program fails.
    """
    target = target.absolute()
    if target.exists():
        raise BackupRefused("backup_target_exists", path=target)
    with tempfile.TemporaryDirectory(prefix=".dougong-backup-", dir=_folder(target)) as scratch:
        dump = Path(scratch) / DUMP
        manifest = _dumped(platform, dump)
        part = Path(scratch) / "backup.tar"
        _write(platform.settings.data_dir, part, dump, manifest)
        part.replace(target)
    noted = {"made_at": manifest.made_at, "path": str(target), "bytes": target.stat().st_size}
    (platform.settings.data_dir / LAST_BACKUP).write_text(json.dumps(noted), "utf-8")
    return manifest


def _folder(target: Path) -> Path:
    if not target.parent.is_dir():
        raise BackupRefused("backup_no_folder", path=target.parent)
    return target.parent


def _dumped(platform: Platform, dump: Path) -> Manifest:
    """Dump the database; return what the backup will hold, of the same snapshot."""
    folder = platform.settings.data_dir / "files"
    with platform.database.read_only() as session:
        at = migrations.current(session.connection)
        if at is None:
            raise BackupRefused("backup_empty")
        snapshot, major = session.execute(
            sa.text("SELECT pg_export_snapshot(), current_setting('server_version_num')::int / 10000")
        ).one()
        held = {row.sha256: row.size for row in session.execute(sa.select(file.c.sha256, file.c.size).distinct())}
        options = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={dump}")
        programs.run(platform, "pg_dump", *options, major=major)
    programs.run(platform, "pg_restore", "--list", str(dump), f"--file={os.devnull}", major=major)
    there = {one: size for one, size in held.items() if _has(files.content_path(folder, one), size)}
    return Manifest(
        made_at=datetime.now(UTC).isoformat(),
        dougong=openapi.VERSION,
        migration=at,
        postgres=major,
        database_sha256=_hash(dump),
        database_bytes=dump.stat().st_size,
        files=dict(sorted(there.items())),
        missing=tuple(sorted(held.keys() - there.keys())),
    )


def _has(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _write(data_dir: Path, part: Path, dump: Path, manifest: Manifest) -> None:
    # For its owner's eyes: it holds everything, password hashes and the key among it.
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
            _add(archive, MANIFEST, io.BytesIO(manifest.written()), len(manifest.written()))
            with dump.open("rb") as stream:
                _add(archive, DUMP, stream, manifest.database_bytes)
            key = data_dir / SECRET_KEY
            if key.is_file():
                _add(archive, SECRET_KEY, io.BytesIO(key.read_bytes()), key.stat().st_size)
            for sha256, size in manifest.files.items():
                with files.content_path(data_dir / "files", sha256).open("rb") as stream:
                    _add(archive, f"files/{sha256[:2]}/{sha256}", stream, size)
        out.flush()
        os.fsync(out.fileno())


def _add(archive: tarfile.TarFile, name: str, stream: Any, size: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    archive.addfile(entry, stream)
