"""The embedded server under several processes: started at once, killed one by one, with what the dead leave behind."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from engine.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError, cluster, erase, programs
from tests.engine.embedded_postgres_holders import Holder, ask, is_served, wait_until


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A folder for a server; whatever still runs on it at the end is ended."""
    folder = tmp_path / "postgres"
    yield folder
    server = cluster.running_server(folder / "cluster")
    if server is not None:
        os.kill(server.process, signal.SIGQUIT)


def _entries(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


_AT_REST = {"cluster", "server.log", "start.lock", "users.lock"}


def test_four_processes_start_at_once_and_each_may_be_killed(home: Path) -> None:
    with ExitStack() as stack:
        holders = [stack.enter_context(Holder(home)) for _ in range(4)]
        urls = {holder.url() for holder in holders}
        assert len(urls) == 1
        url = urls.pop()
        started_at = ask(url, "select pg_postmaster_start_time()")
        for holder in holders:
            holder.kill()
            assert ask(url, "select pg_postmaster_start_time()") == started_at
        with Holder(home) as heir:
            assert ask(heir.url(), "select pg_postmaster_start_time()") == started_at
            heir.leave()
    assert not is_served(home)
    assert _entries(home) - {"socket"} == _AT_REST


def test_the_last_user_to_leave_stops_the_server(home: Path) -> None:
    first, second = EmbeddedPostgres(home, fsync=False), EmbeddedPostgres(home, fsync=False)
    url = first.start()
    assert second.start() == url
    first.stop()
    first.stop()
    assert ask(url, "select current_database()") == "dougong"
    second.stop()
    assert not is_served(home)


def test_a_process_killed_while_it_makes_the_cluster_leaves_no_half_made_one(home: Path) -> None:
    with Holder(home) as holder:
        wait_until(lambda: any(home.glob("cluster.new-*/*")))
        holder.kill()
    assert not (home / "cluster").exists()
    (home / "cluster.new-of-the-dead" / "base").mkdir(parents=True)
    with EmbeddedPostgres(home, fsync=False) as url:
        assert ask(url, "select 1") == "1"
    assert _entries(home) - {"socket"} == _AT_REST


def test_a_server_that_was_killed_is_started_again(home: Path) -> None:
    with EmbeddedPostgres(home, fsync=False) as url:
        with pytest.raises(RuntimeError, match="already taken"):
            _start_twice(home)
        server = cluster.running_server(home / "cluster")
        assert server is not None
        os.kill(server.process, signal.SIGKILL)
        wait_until(lambda: not is_served(home))
        with EmbeddedPostgres(home, fsync=False) as again:
            assert again == url
            assert ask(again, "select 1") == "1"


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGQUIT])
@pytest.mark.parametrize("inner", ["postgres", "a long path " * 9 + "/postgres"])
def test_a_user_of_a_killed_server_starts_it_again_at_the_same_address(
    tmp_path: Path, how: signal.Signals, inner: str
) -> None:
    home = tmp_path / inner
    share = EmbeddedPostgres(home, fsync=False, die_with_parent=True)
    url = share.start()
    assert share.revive() is False
    server = cluster.running_server(home / "cluster")
    assert server is not None
    os.kill(server.process, how)
    wait_until(lambda: not is_served(home))
    assert share.revive() is True
    assert ask(url, "select 1") == "1"
    assert share.revive() is False
    share.stop()
    assert not is_served(home)
    assert share.revive() is False


def _start_twice(home: Path) -> None:
    server = EmbeddedPostgres(home, fsync=False)
    server.start()
    try:
        server.start()
    finally:
        server.stop()


def _dead_process() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
        return process.pid


def _first_line(text: Callable[[int], str]) -> Callable[[Path, int], str]:
    def content(data: Path, process: int) -> str:
        return f"{text(process)}\n{data}\n1700000000\n5432\n/tmp/dougong-gone\n\n  1234567 1\nready   \n"

    return content


@pytest.mark.parametrize(
    "content",
    [
        _first_line(lambda _process: str(_dead_process())),
        _first_line(str),
        _first_line("{}".format),
        _first_line(lambda _process: str(os.getpid())),
        _first_line(lambda _process: "1"),
        _first_line(lambda _process: "99999999999999999999"),
        lambda _data, _process: "no process at all",
        lambda _data, _process: "",
    ],
    ids=["dead", "foreign", "zombie", "ourselves", "init", "too_big", "garbage", "empty"],
)
def test_a_stale_pid_file_does_not_hinder(
    made_cluster: Path, content: Callable[[Path, int], str], request: pytest.FixtureRequest
) -> None:
    is_zombie = request.node.callspec.id == "zombie"
    command = [sys.executable, "-c", "" if is_zombie else "import time; time.sleep(600)"]
    with subprocess.Popen(command) as foreign:
        if is_zombie:
            wait_until(lambda: not cluster.is_alive(foreign.pid))
        pid_file = made_cluster / "cluster" / "postmaster.pid"
        pid_file.write_text(content(made_cluster / "cluster", foreign.pid), "utf-8")
        try:
            with EmbeddedPostgres(made_cluster, fsync=False) as url:
                assert ask(url, "select 1") == "1"
            assert is_zombie or foreign.poll() is None
        finally:
            foreign.kill()
    assert not pid_file.exists()


@pytest.fixture
def made_cluster(tmp_path: Path, pristine: Path) -> Path:
    """A folder with a cluster at rest."""
    subprocess.run(["/bin/cp", "-a", str(pristine), str(tmp_path / "made")], check=True)
    return tmp_path / "made"


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cluster made once for this module; copies are taken of it."""
    folder = tmp_path_factory.mktemp("pristine") / "postgres"
    with EmbeddedPostgres(folder, fsync=False):
        return folder


def test_the_environment_does_not_reach_the_server(home: Path) -> None:
    hostile = {
        "LANG": "zh_CN.UTF-8",
        "LANGUAGE": "zh_CN",
        "LC_ALL": "xx_YY.UTF-16",
        "LC_COLLATE": "zh_CN.GB18030",
        "TZ": "Mars/Olympus",
        "PGHOST": "192.0.2.1",
        "PGPORT": "1",
        "PGUSER": "nobody-at-all",
        "PGDATABASE": "none",
        "PGDATA": "/nowhere",
        "PGOPTIONS": "-c search_path=nowhere -c no_such_setting=1",
        "PGSERVICE": "no-such-service",
        "PGSSLMODE": "verify-full",
        "PGREQUIREAUTH": "scram-sha-256",
        "PGCHANNELBINDING": "require",
        "PGCLIENTENCODING": "SQL_ASCII",
    }
    with Holder(home, environment=hostile) as holder:
        url = holder.url()
        assert ask(
            url, "select datlocprovider::text || datcollate || datctype from pg_database where datname = 'dougong'"
        ) in (
            "bC.UTF-8C.UTF-8",
            "cC.UTF-8C.UTF-8",
        )
        assert (
            ask(url, "select upper('é') || current_setting('timezone') || current_setting('server_encoding')")
            == "ÉUTCUTF8"
        )
        holder.leave()


def test_a_long_path_with_spaces_serves(tmp_path: Path) -> None:
    home = tmp_path / "一个 很长的 文件夹" / ("long folder " * 9).strip() / "postgres"
    with EmbeddedPostgres(home, fsync=False) as url:
        assert ask(url, "select current_setting('data_directory')") == str(home / "cluster")
        sockets = Path(ask(url, "select current_setting('unix_socket_directories')"))
        assert len(os.fsencode(sockets)) < 90
    assert not sockets.exists()


def test_data_survives_and_fsync_is_on_unless_a_test_says_otherwise(made_cluster: Path) -> None:
    with EmbeddedPostgres(made_cluster) as url:
        assert ask(url, "select current_setting('fsync') || current_setting('full_page_writes')") == "onon"
        ask(url, "create table kept as select 42 as answer; commit; select 1")
    with EmbeddedPostgres(made_cluster, fsync=False) as url:
        assert ask(url, "select answer from kept") == "42"
        assert ask(url, "select current_setting('fsync')") == "off"


def test_a_server_may_be_bound_to_the_life_of_its_process(made_cluster: Path) -> None:
    with Holder(made_cluster, die_with_parent=True) as holder:
        holder.url()
        holder.kill()
    if sys.platform == "linux":
        wait_until(lambda: not is_served(made_cluster))
    with EmbeddedPostgres(made_cluster, fsync=False) as url:
        assert ask(url, "select 1") == "1"


def test_root_serves_as_somebody_else(made_cluster: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() != 0:
        assert programs.account_for(made_cluster / "cluster") == {}
        return
    monkeypatch.setattr(programs, "_may_enter_namespace", lambda: False)
    nobody = pwd.getpwnam("nobody").pw_uid
    closed = tmp_path / "closed to everybody else"
    closed.mkdir(mode=0o700)
    for home in (made_cluster, closed / "new" / "postgres"):
        with EmbeddedPostgres(home, fsync=False) as url:
            server = cluster.running_server(home / "cluster")
            assert server is not None
            assert Path(f"/proc/{server.process}").stat().st_uid == nobody
            assert ask(url, "select 1") == "1"
        assert (home / "cluster").stat().st_uid == nobody
    # PostgreSQL looks for its programs by access(2), which asks for more than opening them does.
    program = "import os, sys; print(os.geteuid(), os.access(sys.argv[1], os.R_OK | os.X_OK))"
    answer = programs.run([sys.executable, "-c", program, str(closed)], programs.account_for(made_cluster / "cluster"))
    assert answer.stdout.split() == [str(nobody), "True"]


def test_a_cluster_of_a_version_nobody_has_is_refused_by_name(made_cluster: Path) -> None:
    (made_cluster / "cluster" / "PG_VERSION").write_text("9\n", "ascii")
    with pytest.raises(EmbeddedPostgresError) as refusal:
        EmbeddedPostgres(made_cluster).start()
    assert (refusal.value.code, refusal.value.params) == ("postgres_other_version", {"version": 9})


def test_a_server_that_does_not_start_says_why(made_cluster: Path) -> None:
    (made_cluster / "cluster" / "postgresql.conf").write_text("no_such_setting = 1\n", "utf-8")
    with pytest.raises(EmbeddedPostgresError) as refusal:
        EmbeddedPostgres(made_cluster).start()
    assert refusal.value.code == "postgres_did_not_start"
    assert "no_such_setting" in refusal.value.params["log"]


def test_data_in_use_is_not_erased_and_an_orphan_server_is_stopped_first(made_cluster: Path) -> None:
    with Holder(made_cluster) as holder:
        url = holder.url()
        with pytest.raises(EmbeddedPostgresError) as refusal:
            erase(made_cluster)
        assert refusal.value.code == "postgres_in_use"
        assert ask(url, "select 1") == "1"
        holder.kill()
    assert is_served(made_cluster)
    erase(made_cluster)
    assert not made_cluster.exists()
    erase(made_cluster)


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", "ascii")
    with pytest.raises(EmbeddedPostgresError) as refusal:
        EmbeddedPostgres(tmp_path / "file" / "postgres").start()
    assert refusal.value.code == "postgres_folder_unusable"
    assert refusal.value.params["path"] == str(tmp_path / "file" / "postgres")
