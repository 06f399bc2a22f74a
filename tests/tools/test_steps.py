"""A step that fails names itself, what happened and what to do, and shows the end of what the program said."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tools import steps


@pytest.fixture(autouse=True)
def _logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "TOOLS", tmp_path)


def test_a_failure_names_step_reason_and_advice(capsys: pytest.CaptureFixture[str]) -> None:
    program = "print('first'); print('the disk is full'); raise SystemExit(3)"
    with pytest.raises(SystemExit) as end, steps.step("Packages"):
        steps.run([sys.executable, "-c", program], log="packages", advice="make room")
    said = capsys.readouterr()
    assert end.value.code == 1
    assert "▸ Packages …" in said.out
    assert "✗ Packages: python" in said.err
    assert "ended with 3" in said.err
    assert "│ the disk is full" in said.err
    assert "What to do: make room" in said.err


def test_a_missing_program_is_a_failed_step(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit), steps.step("Node"):
        steps.run(["/no/such/program"], log="node", advice="install it")
    assert "✗ Node: /no/such/program does not run here" in capsys.readouterr().err


def test_a_good_step_is_quiet_and_timed(capsys: pytest.CaptureFixture[str]) -> None:
    with steps.step("Page"):
        steps.run([sys.executable, "-c", "print('noise')"], log="page", advice="")
    said = capsys.readouterr()
    assert said.out.startswith("▸ Page …\n  done in ")
    assert "noise" not in said.out + said.err


def test_children_get_a_locale_every_machine_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    monkeypatch.setenv("LC_CTYPE", "zh_CN.UTF-8")
    monkeypatch.setenv("VIRTUAL_ENV", "/somewhere/else")
    environment = steps.child_environment(EXTRA="1")
    assert {name: environment.get(name) for name in ("LANG", "LC_CTYPE", "LC_ALL", "VIRTUAL_ENV", "EXTRA")} == {
        "LANG": None,
        "LC_CTYPE": None,
        "LC_ALL": "C.UTF-8",
        "VIRTUAL_ENV": None,
        "EXTRA": "1",
    }
