"""Running PostgreSQL's programs: as which account, in which environment, as whose child.

Owns the parent's side; `launch` is the child's.
"""

from __future__ import annotations

import json
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from engine.embedded_postgres import launch

#: The locale of the C library for messages and, before PostgreSQL 17, for the database; macOS has no C.UTF-8.
LIBC_LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
Account = Mapping[str, int | bool]


def clean_environment() -> dict[str, str]:
    """Return the environment without what would steer PostgreSQL or its locale from outside."""
    kept = {name: value for name, value in os.environ.items() if not _steers(name)}
    return {**kept, "LC_ALL": LIBC_LOCALE, "TZ": "UTC"}


def forget_client_settings() -> None:
    """Remove `PG*` from this process: a `PGSERVICE` or `PGREQUIREAUTH` would break connections by a complete URL."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]


def _steers(name: str) -> bool:
    return name.startswith(("PG", "LC_")) or name in {"LANG", "LANGUAGE", "TZ"}


def account_for(cluster: Path) -> Account:
    """Return who runs the programs of `cluster`: everybody runs them as oneself, but root.

    Root runs them as the owner of the cluster; a cluster that is not there yet, or is root's own, in a user
    namespace, or where that is forbidden as `nobody`.
    """
    if os.geteuid() != 0:
        return {}
    if cluster.exists() and cluster.stat().st_uid != 0:
        owner = cluster.stat()
        return {"user": owner.st_uid, "group": owner.st_gid}
    if _may_enter_namespace():
        return {"namespace": True}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid}


@cache
def _may_enter_namespace() -> bool:
    if sys.platform != "linux":
        return False
    probe = subprocess.run(_launcher({"account": {"namespace": True}}), capture_output=True, check=False)
    return probe.returncode == 0


def hand_over(folder: Path, account: Account) -> None:
    """Make `folder` and all in it the account's own. A no-op for everybody but root."""
    if "user" not in account:
        return
    user, group = int(account["user"]), int(account["group"])
    for place, folders, files in os.walk(folder):
        for name in (".", *folders, *files):
            path = Path(place) / name
            if path.lstat().st_uid != user:
                os.chown(path, user, group, follow_symlinks=False)


def run(command: Sequence[str], account: Account) -> subprocess.CompletedProcess[str]:
    """Run a program to its end; it dies with this process."""
    plan = {"account": account, "parent": os.getpid(), "death_signal": int(signal.SIGKILL)}
    return subprocess.run(
        _launcher(plan, *command),
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )


def spawn(command: Sequence[str], account: Account, *, log: Path, die_with_parent: bool) -> int:
    """Start a program in a session of its own, writing to `log`; return its process id.

    It outlives this process unless `die_with_parent`, which on Linux means: unless the calling thread ends.
    """
    plan = {"account": account, "parent": os.getpid(), "session": True}
    if die_with_parent:
        plan["death_signal"] = int(signal.SIGINT)
    argv = _launcher(plan, *command)
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    return os.posix_spawn(argv[0], argv, clean_environment(), file_actions=actions)


def _launcher(plan: Mapping[str, object], *command: str) -> list[str]:
    return [sys.executable, "-I", "-S", str(Path(launch.__file__)), json.dumps(plan), *command]
