"""Which Node builds the page, and a lock file that is whole for every platform."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tools import node, npm_lock


@pytest.mark.parametrize(
    ("version", "is_recent"),
    [
        ((18, 20), False),
        ((20, 18), False),
        ((20, 19), True),
        ((21, 7), False),
        ((22, 11), False),
        ((22, 12), True),
        ((24, 0), True),
    ],
)
def test_a_node_the_tools_run_on_is_taken(version: tuple[int, int], is_recent: bool) -> None:
    assert node.is_recent(*version) is is_recent


@pytest.mark.parametrize(
    ("answer", "version"), [("v24.19.0", "v24.19.0"), ("v18.1.0", None), ("command not found", None)]
)
def test_a_node_is_asked_for_its_version(tmp_path: Path, answer: str, version: str | None) -> None:
    program = tmp_path / "node"
    program.write_text(f"#!/bin/sh\necho '{answer}'\n", "ascii")
    program.chmod(0o755)
    assert node.version_of(program) == version
    assert node.version_of(tmp_path / "none") is None


def test_a_machine_with_an_old_node_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("node", "npm"):
        (tmp_path / name).write_text("#!/bin/sh\necho v12.22.9\n", "ascii")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert node.of_this_machine() is None


def test_the_builds_of_other_platforms_are_added_to_a_lock_file() -> None:
    lock: dict[str, Any] = {
        "lockfileVersion": 3,
        "packages": {
            "": {"name": "page"},
            "node_modules/tool": {
                "version": "2.6.8",
                "dev": True,
                "optionalDependencies": {"@tool/cli-linux-x64-musl": "2.6.8", "@tool/cli-linux-x64": "2.6.8"},
            },
            "node_modules/@tool/cli-linux-x64": {"version": "2.6.8", "optional": True},
        },
    }
    added = npm_lock.missing(lock)
    assert added == {
        "node_modules/@tool/cli-linux-x64-musl": {
            "version": "2.6.8",
            "cpu": ["x64"],
            "dev": True,
            "libc": ["musl"],
            "optional": True,
            "os": ["linux"],
        }
    }
    assert npm_lock.missing(npm_lock.completed(lock)) == {}


def test_the_lock_file_of_the_page_is_whole() -> None:
    assert npm_lock.missing(json.loads(npm_lock.LOCK.read_text("utf-8"))) == {}
