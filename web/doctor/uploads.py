"""Uploaded files: what records point to and is not there, what is there and nobody points to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from engine import files
from engine.db import Session
from engine.models import file
from engine.settings import Settings
from web.doctor.finding import Finding, fine

#: The sweep takes away what is older; what is still there after two of its turns was left by something else.
_YOUNG: Final = timedelta(days=2)
_NAMED_AT_MOST: Final = 3


def look(session: Session, settings: Settings) -> Iterator[Finding]:
    """Yield what is found; walks the folder of uploads once, and reads every hash that is held."""
    folder = settings.data_dir / "files"
    held = {row.sha256: row.size for row in session.execute(sa.select(file.c.sha256, file.c.size).distinct())}
    missing = [one for one, size in held.items() if not _is_whole(files.content_path(folder, one), size)]
    if missing:
        params = {"count": len(missing), "names": _names(session, missing[:_NAMED_AT_MOST])}
        yield Finding(topic="files", code="files_missing", params=params, command="dougong restore")
    oldest = datetime.now(UTC) - _YOUNG
    orphans = [
        path
        for path in folder.glob("??/*")
        if path.name not in held and datetime.fromtimestamp(path.stat().st_mtime, UTC) < oldest
    ]
    if orphans:
        megabytes = sum(path.stat().st_size for path in orphans) // (1024 * 1024)
        params = {"count": len(orphans), "megabytes": megabytes}
        yield Finding(topic="files", code="files_orphaned", severity="warning", params=params)
    if not missing and not orphans:
        yield fine("files", "files_fine", count=len(held))


def _is_whole(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False


def _names(session: Session, hashes: list[str]) -> list[str]:
    query = sa.select(file.c.name).where(file.c.sha256.in_(hashes)).order_by(file.c.name).limit(_NAMED_AT_MOST)
    return list(session.execute(query).scalars())
