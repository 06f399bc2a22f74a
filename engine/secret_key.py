"""The installation's secret key, and secrets derived from it: nothing that is derived need ever be stored.

Owns where the key comes from: `DOUGONG_SECRET_KEY`, else a file in the data directory that is made at the first need.
Derived by HMAC-SHA256 (RFC 2104) over a purpose and its parts. Another key makes other secrets.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from engine.db import Database, Session

_SHARED = "engine.secret_key"
FILE = "secret_key"
#: As for `DOUGONG_SECRET_KEY`: a file that a full disk or a bad copy left empty would make secrets that anybody can make.
SHORTEST = 32


@dataclass(slots=True)
class _Source:
    given: str | None
    folder: Path
    key: bytes | None = None


def use_secret_key(database: Database, *, given: str | None, folder: Path) -> None:
    """Say where the key comes from; the composition root does. Nothing is read or made yet."""
    database.shared[_SHARED] = _Source(given=given, folder=folder)


def derive(session: Session, purpose: str, *parts: str) -> bytes:
    """Return 32 secret bytes, always the same for the same purpose and parts of one installation."""
    message = "\0".join((purpose, *parts)).encode()
    return hmac.new(_key(session), message, hashlib.sha256).digest()


def _key(session: Session) -> bytes:
    source: _Source = session.shared[_SHARED]
    if source.key is None:
        source.key = source.given.encode() if source.given else kept(source.folder / FILE)
    return source.key


def kept(path: Path) -> bytes:
    """Return the key in a file, which is made where there is none; raises `RuntimeError` for one that is too short."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_name(f"{FILE}.{os.getpid()}.{secrets.token_hex(4)}")
    if not path.exists():
        # Whole or not at all, and the first one stays: two processes may start at once.
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            path.hardlink_to(made)
        except FileExistsError:
            pass
        finally:
            made.unlink()
    key = path.read_text("utf-8").strip().encode()
    if len(key) < SHORTEST:
        raise RuntimeError(
            f"{path} holds no key of {SHORTEST} characters or more: restore it from a backup or remove it"
        )
    return key
