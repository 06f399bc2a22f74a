"""What is around the platform: its folder and disk, the built page, the mail server, the last backup."""

from __future__ import annotations

import json
import shutil
import smtplib
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from engine.settings import MEGABYTE, Settings
from web.doctor.finding import Finding, fine
from web.static_files import STATIC

#: Written by `dougong backup` into the data folder: when, where to, how large.
LAST_BACKUP: Final = "last_backup.json"
_BACKUP_AGE: Final = timedelta(days=7)
_MAIL_SECONDS: Final = 5.0


def look(settings: Settings) -> Iterator[Finding]:
    """Yield what is found; connects to the mail server if there is one."""
    yield from _folder(settings)
    if not (STATIC / "index.html").is_file():
        yield Finding(topic="page", code="page_missing", command="./run")
    else:
        yield fine("page", "page_fine")
    if settings.smtp_url is not None:
        yield _mail(settings.smtp_url)
    yield _backup(settings)


def _folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    probe = folder / ".writable"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
        free = shutil.disk_usage(folder).free // MEGABYTE
    except OSError as error:
        yield Finding(topic="folder", code="folder_closed", params={"folder": str(folder), "reason": str(error)})
        return
    params = {"folder": str(folder), "free": free, "wanted": settings.min_disk_mb}
    if free < settings.min_disk_mb:
        yield Finding(topic="disk", code="disk_full", params=params)
    else:
        yield fine("disk", "disk_fine", **params)


def _mail(url: str) -> Finding:
    parts = urlsplit(url)
    place = f"{parts.hostname}:{parts.port or ''}".rstrip(":")
    try:
        made: type[smtplib.SMTP] = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
        port = parts.port or (465 if parts.scheme == "smtps" else 587)
        options: dict[str, Any] = {"context": ssl.create_default_context()} if parts.scheme == "smtps" else {}
        with made(parts.hostname or "", port, timeout=_MAIL_SECONDS, **options) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        params = {"server": place, "reason": f"{type(error).__name__}: {error}"[:300]}
        return Finding(topic="mail", code="mail_away", severity="warning", params=params)
    return fine("mail", "mail_fine", server=place)


def _backup(settings: Settings) -> Finding:
    try:
        found = json.loads((settings.data_dir / LAST_BACKUP).read_text("utf-8"))
        made_at = datetime.fromisoformat(found["made_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return Finding(topic="backup", code="backup_none", severity="warning", command="dougong backup")
    age = datetime.now(UTC) - made_at
    if age > _BACKUP_AGE:
        params = {"days": age.days}
        return Finding(topic="backup", code="backup_old", severity="warning", params=params, command="dougong backup")
    return fine("backup", "backup_fine", path=found.get("path", "?"), days=age.days)
