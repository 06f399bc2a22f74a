"""Work is repeated when, and only when, what it was made from has changed."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tools import stamps
from tools.steps import ROOT


def _tree(folder: Path) -> Path:
    (folder / "src" / "deep").mkdir(parents=True)
    (folder / "src" / "a.ts").write_text("a", "utf-8")
    (folder / "src" / "deep" / "b.ts").write_text("b", "utf-8")
    return folder / "src"


def test_content_and_names_count_and_times_do_not(tmp_path: Path) -> None:
    source = _tree(tmp_path)
    before = stamps.digest([source, "24.1.0"])
    (source / "a.ts").touch()
    assert stamps.digest([source, "24.1.0"]) == before
    assert stamps.digest([source, "24.1.1"]) != before
    (source / "deep" / "b.ts").write_text("B", "utf-8")
    changed = stamps.digest([source, "24.1.0"])
    assert changed != before
    (source / "deep" / "b.ts").rename(source / "deep" / "c.ts")
    assert stamps.digest([source, "24.1.0"]) not in {before, changed}


def test_what_the_build_itself_makes_does_not_count(tmp_path: Path) -> None:
    source = _tree(tmp_path)
    before = stamps.digest([source])
    (source / "node_modules" / "x").mkdir(parents=True)
    (source / "node_modules" / "x" / "index.js").write_text("x", "utf-8")
    (source / "tsconfig.tsbuildinfo").write_text("{}", "utf-8")
    assert stamps.digest([source]) == before


def test_a_stamp_holds_for_its_hash_only(tmp_path: Path) -> None:
    stamp = tmp_path / "folder" / "stamp"
    assert not stamps.is_current(stamp, "abc")
    stamps.set_current(stamp, "abc")
    assert stamps.is_current(stamp, "abc")
    assert not stamps.is_current(stamp, "abd")


def test_two_preparations_wait_for_each_other(tmp_path: Path) -> None:
    program = "import sys, time, pathlib; from tools import stamps\nwith stamps.alone(pathlib.Path(sys.argv[1])): time.sleep(0.5)"
    command = [sys.executable, "-c", program, str(tmp_path / "lock")]
    started = time.monotonic()
    both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate()[0] for process in both]
    assert time.monotonic() - started >= 1.0
    assert sum("waiting for it" in text for text in said) == 1


def test_a_checkout_of_another_user_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("not a folder", "ascii")
    with pytest.raises(SystemExit, match="What to do: run as that user"), stamps.alone(tmp_path / "taken" / "lock"):
        raise AssertionError
