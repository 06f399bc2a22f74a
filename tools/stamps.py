"""Work is done again only when what it was made from has changed: a content hash beside the result says so."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path


def digest(parts: Iterable[str | Path]) -> str:
    """Return one hash over texts and files (names and contents; a folder counts with all its files)."""
    result = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            _add(result, "text", part.encode())
            continue
        for path in sorted(_files(part)):
            _add(result, str(path.relative_to(part.parent)), path.read_bytes())
    return result.hexdigest()


def is_current(stamp: Path, value: str) -> bool:
    """Whether the work that `stamp` stands for was finished for this hash."""
    try:
        return stamp.read_text("ascii") == value
    except (FileNotFoundError, NotADirectoryError):
        return False


def set_current(stamp: Path, value: str) -> None:
    """Note that the work is finished for this hash."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(value, "ascii")


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Let one process at a time prepare this checkout."""
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        handle = lock.open("w")
    except OSError as error:
        raise SystemExit(
            f"✗ {error.filename} cannot be written ({error.strerror}): this checkout belongs to another user, or another "
            "user prepared it.\n  What to do: run as that user, or clone the repository into a folder of your own."
        ) from None
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another ./run or ./test is preparing this checkout; waiting for it …", flush=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _add(result: hashlib._Hash, name: str, content: bytes) -> None:
    for piece in (name.encode(), content):
        result.update(len(piece).to_bytes(8, "big") + piece)


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for place, folders, names in os.walk(path):
        folders[:] = [name for name in folders if name not in {"node_modules", "coverage", "__pycache__"}]
        yield from (Path(place) / name for name in names if not name.endswith(".tsbuildinfo"))
