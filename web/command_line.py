"""What every command of `dougong` shares: its options, the platform it works on, how it prints."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from engine.settings import Settings
    from web.platform import Platform

Data = Annotated[Path | None, typer.Option("--data", help="Data folder (DOUGONG_DATA_DIR).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def terminal_language() -> str:
    """Return the language of the terminal."""
    wanted = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh-CN" if wanted.startswith("zh") else "en-US"


def settings_of(data: Path | None, **given: Any) -> Settings:
    """Return the settings of the environment, overridden by the options that were given."""
    from engine import settings  # noqa: PLC0415 - imports stand in the commands

    overrides = {"data_dir": data} | given
    return settings.load(**{key: value for key, value in overrides.items() if value is not None})


@contextmanager
def platform_of(data: Path | None, **given: Any) -> Iterator[Platform]:
    """Give the platform on its database, brought up to date."""
    from web.server import opened  # noqa: PLC0415 - imports stand in the commands

    with opened(settings_of(data, **given)) as platform:
        yield platform


def show(value: Any, *, as_json: bool, line: Callable[[Any], str] = str) -> None:
    """Print a value as JSON, or a list as one `line` each."""
    if as_json:
        typer.echo(json.dumps(value, ensure_ascii=False, default=str))
        return
    for item in value if isinstance(value, list) else [value]:
        typer.echo(line(item))
