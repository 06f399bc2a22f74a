"""`python3 -m tools.npm_lock`: make package-lock.json whole for machines other than the one it was written on.

A mirror that lacks the builds of other platforms makes npm leave them out of the lock file, and `npm ci` then refuses
the file everywhere. The missing entries follow from the versions asked for and from the names (`cli-darwin-arm64`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.steps import ROOT

LOCK = ROOT / "web" / "ui" / "package-lock.json"
_SYSTEMS = ("aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32")
_PROCESSORS = ("arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "wasm32", "x64")
_LIBRARIES = {"musl": "musl", "gnu": "glibc"}


def missing(lock: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the entries the lock file lacks: path -> entry."""
    packages = lock["packages"]
    return {
        f"node_modules/{name}": _entry(name, version, is_dev=bool(package.get("dev")))
        for package in packages.values()
        for name, version in package.get("optionalDependencies", {}).items()
        if not _has(packages, name)
    }


def completed(lock: Mapping[str, Any]) -> dict[str, Any]:
    """Return the lock file with every platform's entries."""
    packages = {**lock["packages"], **missing(lock)}
    return {**lock, "packages": dict(sorted(packages.items()))}


def _has(packages: Mapping[str, Any], name: str) -> bool:
    return any(path == f"node_modules/{name}" or path.endswith(f"/node_modules/{name}") for path in packages)


def _entry(name: str, version: str, *, is_dev: bool) -> dict[str, Any]:
    words = name.rpartition("/")[2].split("-")
    entry: dict[str, Any] = {"version": version.lstrip("^~")}
    entry |= dict(_part("cpu", [word for word in words if word in _PROCESSORS]))
    entry |= {"dev": True} if is_dev else {}
    entry |= dict(_part("libc", [_LIBRARIES[word] for word in words if word in _LIBRARIES]))
    entry |= {"optional": True}
    return entry | dict(_part("os", [word for word in words if word in _SYSTEMS]))


def _part(name: str, found: list[str]) -> Iterator[tuple[str, list[str]]]:
    if found:
        yield name, found


def main(path: Path = LOCK) -> None:
    """Complete the lock file in place."""
    lock = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(completed(lock), indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
