"""`./run` and `./test` themselves: help, refusals, the data folder that is dropped only when it is one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from engine.embedded_postgres import EmbeddedPostgres
from tools import browser
from tools.steps import ROOT


def _call(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("command", "word"), [("run", "--fresh"), ("test", "house")])
def test_commands_explain_themselves(command: str, word: str) -> None:
    answer = _call(command, "--help")
    assert answer.returncode == 0
    assert word in answer.stdout


def test_an_unknown_part_is_refused_and_the_known_are_named() -> None:
    answer = _call("test", "everything")
    assert answer.returncode == 2
    assert "browser" in answer.stderr


def test_a_data_folder_is_dropped_with_its_server(tmp_path: Path) -> None:
    data = tmp_path / "my data"
    with EmbeddedPostgres(data / "postgres", fsync=False):
        in_use = _call("-m", "tools.erase", str(data))
        assert in_use.returncode == 1
        assert "still uses the database" in in_use.stderr
        assert (data / "postgres" / "cluster").exists()
    assert _call("-m", "tools.erase", str(data)).returncode == 0
    assert not data.exists()


def test_another_folder_is_not_dropped(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "to-a-friend.txt").write_text("Dear friend", "utf-8")
    answer = _call("-m", "tools.erase", str(tmp_path / "letters"))
    assert answer.returncode == 1
    assert "does not look like a data folder" in answer.stderr
    assert (tmp_path / "letters" / "to-a-friend.txt").exists()


def test_missing_browser_parts_are_named_as_debian_names_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("DOUGONG_CHROMIUM", raising=False)
    assert browser.missing_packages() == ["chromium", "fontconfig", "fonts-noto-cjk"]
