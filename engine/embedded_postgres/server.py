"""Start, share and stop the server."""

from __future__ import annotations

import os
import shutil
import signal
import time
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

import psycopg2

from engine.embedded_postgres import binaries as programs_on_disk
from engine.embedded_postgres import cluster as clusters
from engine.embedded_postgres import locks, programs
from engine.embedded_postgres.binaries import Binaries
from engine.embedded_postgres.failure import EmbeddedPostgresError

DATABASE = "dougong"
_START_SECONDS = 60.0
_STOP_SECONDS = 60.0
_POLL_SECONDS = 0.02
_LARGEST_LOG_BYTES = 10_000_000
#: A killed server's last child may live some moments longer and keep its shared memory.
_NOT_YET = "pre-existing shared memory block"
_ATTEMPTS = 20
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": str(clusters.PORT),
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    # Each look costs next to nothing with one database; what it finds is worth it (UPKEEP of the form's tables).
    "autovacuum_naptime": "15s",
}
_NO_FSYNC = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgres:
    """One user's share in the server of a data folder.

    data_dir        -- the folder that holds cluster, locks and log; made where it is missing.
    fsync           -- off only where the data may be lost with the machine: tests.
    die_with_parent -- the server shuts down when the thread that started it ends, however it ends (Linux only).
    binaries        -- which PostgreSQL; found by itself when None.

    Not for several threads at once; other processes, and other instances in this one, are what it is made for.
    """

    def __init__(
        self, data_dir: Path, *, fsync: bool = True, die_with_parent: bool = False, binaries: Binaries | None = None
    ) -> None:
        self._home = data_dir.absolute()
        self._cluster = self._home / "cluster"
        self._fsync = fsync
        self._die_with_parent = die_with_parent
        self._binaries = binaries
        self._use: locks.Use | None = None

    def __enter__(self) -> str:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> str:
        """Join the running server, or make the cluster and start one; return the URL of its database.

        `PG*` variables are removed from this process, they would reach into every connection.
        Raises `EmbeddedPostgresError`.
        """
        if self._use is not None:
            raise RuntimeError("this share of the server is already taken")
        programs.forget_client_settings()
        self._make_home()
        with self._starting_or_stopping():
            use = locks.Use(self._home / "users.lock")
            try:
                sockets = self._running() or self._launched()
                _create_database(sockets)
            except BaseException:
                use.leave()
                raise
            self._use = use
        return _url(sockets)

    def revive(self) -> bool:
        """Start the server again where it went away under its users (killed, out of memory); return whether it had.

        Cheap while it lives: looks at its process, not at the database. Raises `EmbeddedPostgresError`.
        """
        if self._use is None or clusters.running_server(self._cluster) is not None:
            return False
        with self._starting_or_stopping():
            if self._running() is not None:  # another of its users was faster
                return False
            self._launched()
        return True

    def stop(self) -> None:
        """Give the share back; the last user stops the server. Does nothing when not started."""
        use, self._use = self._use, None
        if use is None:
            return
        try:
            with self._starting_or_stopping():
                if use.is_last():
                    self._shut_down()
        finally:
            use.leave()

    def _make_home(self) -> None:
        """Make the folder and its locks, which say at once whether this account may use it."""
        try:
            self._home.mkdir(parents=True, exist_ok=True)
            for name in ("start.lock", "users.lock"):
                os.close(locks.open_lock(self._home / name))
        except OSError as error:
            raise EmbeddedPostgresError(
                "postgres_folder_unusable", path=str(self._home), reason=error.strerror or str(error)
            ) from error

    def _starting_or_stopping(self) -> AbstractContextManager[None]:
        patience_seconds = _START_SECONDS + _STOP_SECONDS
        return locks.exclusive(self._home / "start.lock", patience_seconds=patience_seconds)

    def _running(self) -> Path | None:
        """Return the socket folder of a server that answers; wait for one that is still starting."""
        deadline = time.monotonic() + _START_SECONDS
        while (server := clusters.running_server(self._cluster)) is not None:
            if _answers(server.socket_folder):
                return server.socket_folder
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError("postgres_does_not_answer", log=self._log_tail())
            time.sleep(_POLL_SECONDS)
        return None

    def _launched(self) -> Path:
        """Start a server where none runs; return its socket folder."""
        found = self._binaries or programs_on_disk.find(clusters.major(self._cluster))
        account = programs.account_for(self._cluster)
        if not self._cluster.exists():
            clusters.make(self._home, found, account, fsync=self._fsync)
        programs.hand_over(self._cluster, account)
        for _ in range(_ATTEMPTS):
            clusters.remove_traces(self._cluster)
            sockets = clusters.socket_folder(self._home, account)
            process = self._spawn(found, account, sockets)
            if self._came_up(process, sockets):
                return sockets
            shutil.rmtree(sockets, ignore_errors=True)
            if _NOT_YET not in self._log_tail():
                break
            time.sleep(_POLL_SECONDS * 10)
        raise EmbeddedPostgresError("postgres_did_not_start", log=self._log_tail())

    def _spawn(self, found: Binaries, account: programs.Account, sockets: Path) -> int:
        log = self._home / "server.log"
        if log.exists() and log.stat().st_size > _LARGEST_LOG_BYTES:
            log.replace(log.with_name("server.log.1"))
        settings = {
            **_SETTINGS,
            **({} if self._fsync else _NO_FSYNC),
            "unix_socket_directories": str(sockets),
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [found.postgres, "-D", str(self._cluster), *options]
        return programs.spawn(command, account, log=log, die_with_parent=self._die_with_parent)

    def _came_up(self, process: int, sockets: Path) -> bool:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if _has_ended(process):
                return False
            if _answers(sockets):
                return True
            time.sleep(_POLL_SECONDS)
        clusters.ask_to_stop(process, signal.SIGQUIT)
        _wait_for_end(process, _STOP_SECONDS)
        return False

    def _shut_down(self) -> None:
        server = clusters.running_server(self._cluster)
        if server is not None:
            for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                clusters.ask_to_stop(server.process, how)
                if _wait_for_end(server.process, _STOP_SECONDS / 2):
                    break
            if server.socket_folder.name.startswith("dougong-"):
                shutil.rmtree(server.socket_folder, ignore_errors=True)
        clusters.remove_traces(self._cluster)

    def _log_tail(self) -> str:
        try:
            text = (self._home / "server.log").read_bytes()[-4000:].decode("utf-8", errors="replace")
        except FileNotFoundError:
            return ""
        return clusters.tail(text)


def erase(data_dir: Path) -> None:
    """Drop the server's folder and all data in it; raise `EmbeddedPostgresError` when somebody still uses it."""
    if not data_dir.exists():
        return
    server = EmbeddedPostgres(data_dir)
    with locks.exclusive(data_dir / "start.lock", patience_seconds=_START_SECONDS):
        use = locks.Use(data_dir / "users.lock")
        try:
            if not use.is_last():
                raise EmbeddedPostgresError("postgres_in_use", path=str(data_dir))
            server._shut_down()  # noqa: SLF001 -- one concept, one module
            shutil.rmtree(data_dir)
        finally:
            use.leave()


def _url(sockets: Path) -> str:
    return f"postgresql+psycopg2://{clusters.USER}@/{DATABASE}?host={quote(str(sockets), safe='')}&port={clusters.PORT}"


def _connect(sockets: Path, database: str) -> psycopg2.extensions.connection:
    return psycopg2.connect(
        host=str(sockets), port=clusters.PORT, user=clusters.USER, dbname=database, connect_timeout=5
    )


def _answers(sockets: Path) -> bool:
    try:
        _connect(sockets, "postgres").close()
    except psycopg2.OperationalError:
        return False
    return True


def _create_database(sockets: Path) -> None:
    connection = _connect(sockets, "postgres")
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("select 1 from pg_database where datname = %s", (DATABASE,))
            if cursor.fetchone() is None:
                cursor.execute(f"create database {DATABASE}")
    finally:
        connection.close()


def _has_ended(process: int) -> bool:
    """Whether the process is gone, collecting it when it is our own child."""
    try:
        collected, _ = os.waitpid(process, os.WNOHANG)
    except ChildProcessError:
        return not clusters.is_alive(process)
    return collected == process


def _wait_for_end(process: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not _has_ended(process):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True
