"""The command line as a person at a terminal has it, for tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from web.cli import main


class Terminal:
    """A terminal of a machine with a platform of its own; commands run in this process, which spares their start."""

    def __init__(
        self, url: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        self.folder = folder
        self.data = "var"
        self._url = url
        self._monkeypatch = monkeypatch
        self._capfd = capfd

    def run(self, *arguments: str, is_refused: bool = False) -> str:
        """Run `dougong`; return what it printed, of a refusal what it said."""
        settings = {"LC_ALL": "C.UTF-8", "DOUGONG_DATABASE_URL": self._url, "DOUGONG_DATA_DIR": self.data}
        self._capfd.readouterr()
        with self._monkeypatch.context() as patch, pytest.raises(SystemExit) as ended:
            patch.chdir(self.folder)
            patch.setattr("sys.argv", ["dougong", *arguments])
            for name, value in settings.items():
                patch.setenv(name, value)
            main()
        printed = self._capfd.readouterr()
        assert bool(ended.value.code) == is_refused, printed.out + printed.err
        return printed.err if is_refused else printed.out

    def json(self, *arguments: str) -> Any:
        """Run `dougong … --json`; return what it printed."""
        return json.loads(self.run(*arguments, "--json"))
