"""`dougong backup` and `restore`: the whole installation as one file.

A tar archive: `manifest.json` first, `database.dump` (PostgreSQL's own format), `files/…` as they are kept, `secret_key`. What is
dumped and which files belong to it come from one snapshot, while the platform goes on working.
"""

from __future__ import annotations

from web.backups.manifest import BackupRefused, Manifest
from web.backups.restoring import restore
from web.backups.saving import save

__all__ = ["BackupRefused", "Manifest", "restore", "save"]
