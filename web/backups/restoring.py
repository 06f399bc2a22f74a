"""Restoring a backup: into an empty database, or in place of what is there; all of it or nothing."""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import sqlalchemy as sa

from engine import migrations
from web.backups import programs
from web.backups.manifest import DUMP, FILES, SECRET_KEY, BackupRefused, Manifest, read
from web.platform import Platform

_CHUNK = 1024 * 1024
#: What was there before stands under this until the backup is in.
_ASIDE = "dougong_before_"


def restore(platform: Platform, source: Path, *, is_replacing: bool = False) -> Manifest:
    """Restore the backup at `source`, then bring its tables to this version.

    Raises `BackupRefused` where it is damaged, of a newer version, the database is not empty (unless `is_replacing`) or
    somebody works on it; what was there is then as it was.
    """
    data_dir = platform.settings.data_dir
    data_dir.mkdir(parents=True, exist_ok=True)
    with _opened(source) as archive, tempfile.TemporaryDirectory(prefix=".restore-", dir=data_dir) as scratch:
        manifest = read(archive, source)
        if manifest.migration > migrations.head():
            raise BackupRefused("backup_newer", path=source, version=manifest.dougong)
        _refuse_occupied(platform, manifest, is_replacing=is_replacing)
        _unpack(archive, Path(scratch), manifest, source)
        with _put_aside(platform):
            programs.run(
                platform,
                "pg_restore",
                *("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"),
                *("--dbname", str(platform.database.engine.url.database), str(Path(scratch) / DUMP)),
                major=manifest.postgres,
            )
        _keep_files(Path(scratch), data_dir)
    platform.database.dispose()  # their plans and types are of the tables before
    migrations.upgrade(platform.database.engine)
    return manifest


@contextmanager
def _opened(source: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(source, mode="r:") as archive:
            yield archive
    except (OSError, tarfile.TarError) as error:
        raise BackupRefused("backup_unreadable", path=source, reason=str(error)) from error


def _refuse_occupied(platform: Platform, manifest: Manifest, *, is_replacing: bool) -> None:
    with platform.database.engine.connect() as connection:
        major = connection.execute(sa.text("SELECT current_setting('server_version_num')::int / 10000")).scalar_one()
        if major < manifest.postgres:
            raise BackupRefused("backup_postgres_older", version=major, needed=manifest.postgres)
        if _schemas(connection) and not is_replacing:
            raise BackupRefused("backup_not_empty")
        others = connection.execute(
            sa.text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND starts_with(application_name, 'dougong')"
            )
        ).scalar_one()
        if others:
            raise BackupRefused("backup_platform_runs", count=others)


def _schemas(connection: sa.Connection) -> list[str]:
    query = (
        "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')"
    )
    return sorted(connection.execute(sa.text(query)).scalars())


@contextmanager
def _put_aside(platform: Platform) -> Iterator[None]:
    """Rename what is there for as long as the block runs; drop it when that went well, take it back otherwise."""
    engine = platform.database.engine
    quote = engine.dialect.identifier_preparer.quote_identifier
    with engine.begin() as connection:
        before = _schemas(connection)
        for name in before:
            connection.exec_driver_sql(f"ALTER SCHEMA {quote(name)} RENAME TO {quote(_ASIDE + name)}")
    try:
        yield
    except BaseException:
        with engine.begin() as connection:
            for name in set(_schemas(connection)) - {_ASIDE + one for one in before}:
                connection.exec_driver_sql(f"DROP SCHEMA {quote(name)} CASCADE")
            for name in before:
                connection.exec_driver_sql(f"ALTER SCHEMA {quote(_ASIDE + name)} RENAME TO {quote(name)}")
        raise
    with engine.begin() as connection:
        for name in before:
            connection.exec_driver_sql(f"DROP SCHEMA {quote(_ASIDE + name)} CASCADE")


def _unpack(archive: tarfile.TarFile, scratch: Path, manifest: Manifest, source: Path) -> None:
    """Write what the archive holds into `scratch`, every piece checked; nothing else is taken from it."""
    wanted = {DUMP: manifest.database_sha256}
    wanted |= {f"files/{one[:2]}/{one}": one for one in manifest.files}
    for entry in archive:
        if entry.offset == 0:
            continue  # the manifest
        if entry.name == SECRET_KEY and entry.isreg():
            _copy(archive.extractfile(entry), scratch / SECRET_KEY)
        elif entry.name in wanted and entry.isreg() and (entry.name == DUMP or FILES.fullmatch(entry.name)):
            found = _copy(archive.extractfile(entry), scratch / entry.name)
            if found != wanted.pop(entry.name):
                raise BackupRefused("backup_damaged", path=source, name=entry.name)
        else:
            raise BackupRefused("backup_damaged", path=source, name=entry.name[:200])
    if wanted:
        raise BackupRefused("backup_damaged", path=source, name=next(iter(wanted)))


def _copy(stream: IO[bytes] | None, target: Path) -> str:
    digest = hashlib.sha256()
    target.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        while stream is not None and (chunk := stream.read(_CHUNK)):
            digest.update(chunk)
            out.write(chunk)
    return digest.hexdigest()


def _keep_files(scratch: Path, data_dir: Path) -> None:
    """Move the files and the key to their places; what is there under the same hash is the same."""
    for path in (scratch / "files").glob("??/*"):
        target = data_dir / "files" / path.parent.name / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
    key, own = scratch / SECRET_KEY, data_dir / SECRET_KEY
    if key.exists():
        if own.exists() and own.read_bytes() != key.read_bytes():
            shutil.copy2(own, own.with_name(f"{SECRET_KEY}.before_restore"))
        key.replace(own)
