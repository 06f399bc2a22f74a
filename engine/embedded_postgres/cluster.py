"""The cluster on disk: made whole or not at all, and whether a server runs on it.

<home>/cluster/            the data, PostgreSQL's own
<home>/cluster.new-*/      being made; what is left of them is removed
<home>/start.lock          held by who starts or stops the server
<home>/users.lock          shared by the users of the server
<home>/server.log          what the server says; the one before is server.log.1
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from engine.embedded_postgres import programs
from engine.embedded_postgres.binaries import BUILTIN_LOCALE_MAJOR, Binaries
from engine.embedded_postgres.failure import EmbeddedPostgresError

USER = "postgres"
PORT = 5432
#: `sun_path` has 108 bytes on Linux and 104 on macOS, the closing zero included.
_LONGEST_SOCKET_PATH = 103
_TEMPORARY_SOCKETS = "dougong-"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningServer:
    """What `postmaster.pid` says about a server that is alive."""

    process: int
    socket_folder: Path


def make(home: Path, binaries: Binaries, account: programs.Account, *, fsync: bool) -> None:
    """Make the cluster in a temporary folder and rename it when it is whole."""
    for left_over in home.glob("cluster.new-*"):
        shutil.rmtree(left_over, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix="cluster.new-", dir=home))
    programs.hand_over(folder, account)
    answer = programs.run(_initdb(binaries, folder, fsync=fsync), account)
    if answer.returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        raise EmbeddedPostgresError("postgres_cluster_not_made", reason=tail(answer.stdout))
    folder.rename(home / "cluster")
    if fsync:
        _sync_folder(home)


def _initdb(binaries: Binaries, folder: Path, *, fsync: bool) -> list[str]:
    locale = [f"--locale={programs.LIBC_LOCALE}"]
    if binaries.major >= BUILTIN_LOCALE_MAJOR:
        locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    options = ["--encoding=UTF8", f"--username={USER}", "--auth=trust", "--no-instructions"]
    return [binaries.initdb, f"--pgdata={folder}", *locale, *options, *([] if fsync else ["--no-sync"])]


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def major(cluster: Path) -> int | None:
    """Return the major version the cluster was made by, None where there is no cluster."""
    try:
        return int((cluster / "PG_VERSION").read_text("ascii").strip())
    except FileNotFoundError:
        return None


def running_server(cluster: Path) -> RunningServer | None:
    """Return the live server of this cluster.

    The process named in `postmaster.pid` must be one that serves this folder: a number alone may by now belong to
    anybody, and a dead child nobody has collected still has its number.
    """
    lines = _pid_file_lines(cluster)
    if len(lines) < 5 or not lines[0].isdigit() or not _serves(int(lines[0]), cluster):
        return None
    return RunningServer(process=int(lines[0]), socket_folder=Path(lines[4]))


def remove_traces(cluster: Path) -> None:
    """Remove what a dead server left: its pid file and its socket folder. Only when none runs."""
    lines = _pid_file_lines(cluster)
    if len(lines) >= 5 and Path(lines[4]).name.startswith(_TEMPORARY_SOCKETS):
        shutil.rmtree(lines[4], ignore_errors=True)
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def socket_folder(home: Path, account: programs.Account) -> Path:
    """Return a new empty folder for the server's socket: in `home` where its path is short enough for a socket."""
    folder = home / "socket"
    if len(os.fsencode(folder / f".s.PGSQL.{PORT}")) > _LONGEST_SOCKET_PATH or "," in str(folder):
        folder = _temporary_sockets(home)
    else:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
    programs.hand_over(folder, account)
    return folder


def _temporary_sockets(home: Path) -> Path:
    """Return a new folder outside `home`, the same at every start: users of a server that is revived know its address.

    Where somebody else sits in that place, a new one: who starts the server then has its address all the same.
    """
    digest = hashlib.sha256(os.fsencode(home.absolute())).hexdigest()
    folder = Path(_short_temporary_folder()) / f"{_TEMPORARY_SOCKETS}{digest[:20]}"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(mode=0o700)
    except OSError:
        return Path(tempfile.mkdtemp(prefix=_TEMPORARY_SOCKETS, dir=_short_temporary_folder()))
    return folder


def _short_temporary_folder() -> str:
    folder = tempfile.gettempdir()
    return folder if len(os.fsencode(folder)) < 60 and "," not in folder else "/tmp"  # noqa: S108 -- the folder below is mkdtemp's


def _pid_file_lines(cluster: Path) -> list[str]:
    try:
        return (cluster / "postmaster.pid").read_text("utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []


def _serves(process: int, cluster: Path) -> bool:
    if not is_alive(process):
        return False
    folder = os.path.realpath(cluster)
    return any(argument in (str(cluster), folder) for argument in _command_line(process))


def is_alive(process: int) -> bool:
    """Whether the process exists and is more than an entry that waits to be collected."""
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    try:
        # The name in brackets may hold anything, the state is the first word after the last bracket.
        status = Path(f"/proc/{process}/stat").read_text("utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return _ps(process, "stat=")[:1] != "Z"
    return status[0] not in {"Z", "X"}


def _command_line(process: int) -> list[str]:
    try:
        return Path(f"/proc/{process}/cmdline").read_text("utf-8", errors="surrogateescape").split("\0")
    except OSError:
        # No /proc: one line, so a folder with spaces is looked for at its place behind -D.
        return [_ps(process, "command=").partition(" -D ")[2].partition(" -c ")[0]]


def _ps(process: int, field: str) -> str:
    command = ["/bin/ps", "-o", field, "-p", str(process)]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""


def ask_to_stop(process: int, how: signal.Signals) -> None:
    """Send the server the signal of a fast (`SIGINT`) or an immediate (`SIGQUIT`) shutdown."""
    try:
        os.kill(process, how)
    except ProcessLookupError:
        return


def tail(text: str, lines: int = 5) -> str:
    """Return the last lines of what a program said, for an error message."""
    return " | ".join([line.strip() for line in text.splitlines() if line.strip()][-lines:])
