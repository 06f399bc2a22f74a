"""Folders of apps into files and back."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from app_templates.packages.files import Files, name_fault
from app_templates.packages.limits import FILE_BYTES, MEGABYTE, MOST_BYTES, MOST_FILES, SHEET_BYTES
from engine.errors import InvalidDefinition, Violation


def read(*folders: Path) -> Files:
    """Return the files of folders of apps, each path beginning with its folder's name.

    Raises `InvalidDefinition` for links, too many or too large files; hidden files are left out.
    """
    found: dict[str, Path] = {}
    faults: list[Violation] = []
    seen: dict[str, str] = {}
    total = 0
    for folder in folders:
        for path, is_plain in _walk(folder):
            name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
            fault = name_fault(name, seen)
            size = path.lstat().st_size
            total += size
            if not is_plain:
                fault = ("package_link", {"name": name})
            elif size > (SHEET_BYTES if name.endswith(".csv") else FILE_BYTES):
                most = SHEET_BYTES if name.endswith(".csv") else FILE_BYTES
                fault = ("package_file_too_large", {"size": -(-size // MEGABYTE), "limit": most // MEGABYTE})
            if fault is not None:
                faults.append(Violation(pointer=f"{name}#", code=fault[0], params=fault[1]))
            found[name] = path
            if len(found) > MOST_FILES or total > MOST_BYTES:
                raise InvalidDefinition("package_refused", violations=[*faults, _too_much(len(found), total)])
    if faults:
        raise InvalidDefinition("package_refused", violations=faults)
    return {name: path.read_bytes() for name, path in found.items()}


def _too_much(count: int, total: int) -> Violation:
    if count > MOST_FILES:
        return Violation(pointer="#", code="package_too_many_files", params={"count": count, "limit": MOST_FILES})
    params = {"size": -(-total // MEGABYTE), "limit": MOST_BYTES // MEGABYTE}
    return Violation(pointer="#", code="package_too_large", params=params)


def _walk(folder: Path) -> Iterator[tuple[Path, bool]]:
    """Yield every file below `folder` and whether it is a plain one; links are not followed."""
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda one: one.name):
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(Path(entry.path))
            else:
                yield Path(entry.path), stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode)


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files (path inside the folder -> text); others that belong to an app and are not among them are removed.

    What no app has (`.git`, a licence) is left alone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for path in _stale(folder, files):
        path.unlink()
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def _stale(folder: Path, files: Mapping[str, str]) -> list[Path]:
    patterns = ("forms/*.json", "balances/*.json", "flows/*.json", "reports/*.json", "dashboards/*.json", "roles.json",
                "i18n/*.json", "data/*.csv", "prints/*.html", "scenarios/*.json", "README.md")  # fmt: skip
    there = [path for pattern in patterns for path in folder.glob(pattern)]
    return [path for path in there if path.relative_to(folder).as_posix() not in files]
