"""What `./test` takes on its command line."""

from __future__ import annotations

import pytest

from tools.test import PARTS, _arguments


def test_runs_every_part_unless_some_are_named() -> None:
    assert _arguments([]).parts == []
    assert _arguments(["unit", "house"]).parts == ["unit", "house"]


def test_refuses_a_part_that_there_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refusal:
        _arguments(["everything"])

    assert refusal.value.code == 2
    said = capsys.readouterr().err
    assert [part for part in PARTS if part not in said] == []
