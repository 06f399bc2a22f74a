"""Named steps: each says that it began and how it ended; a failed one says what to do.

A step's command writes into a log under `.tools/logs`; only its end is shown, and only when it failed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ROOT / ".tools"
_SHOWN_LINES = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFailed(Exception):
    """A step could not do its work.

    reason -- what happened, in one sentence.
    advice -- what the reader can do about it.
    output -- the end of what the failed program said.
    """

    reason: str
    advice: str
    output: str = ""


@contextmanager
def step(name: str) -> Iterator[None]:
    """Announce the step, time it, and end the program with reason and advice when it fails."""
    started = time.monotonic()
    print(f"▸ {name} …", flush=True)
    try:
        yield
    except StepFailed as failure:
        if failure.output:
            print(_indented(failure.output), file=sys.stderr)
        print(f"✗ {name}: {failure.reason}\n  What to do: {failure.advice}", file=sys.stderr, flush=True)
        raise SystemExit(1) from None
    print(f"  done in {time.monotonic() - started:.1f} s", flush=True)


Command = Sequence[str | Path]


def run(
    command: Command,
    *,
    log: str,
    advice: str,
    environment: Mapping[str, str] | None = None,
    folder: Path = ROOT,
) -> None:
    """Run a program quietly; raise `StepFailed` with the end of its output when it fails."""
    path = TOOLS / "logs" / f"{log}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    arguments = [str(part) for part in command]
    try:
        with path.open("wb") as output:
            finished = subprocess.run(
                arguments,
                cwd=folder,
                env=environment if environment is not None else child_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
    except OSError as error:
        raise StepFailed(reason=f"{arguments[0]} does not run here ({error.strerror})", advice=advice) from None
    if finished.returncode != 0:
        text = path.read_text("utf-8", errors="replace")
        raise StepFailed(
            reason=f"{Path(arguments[0]).name} ended with {finished.returncode}; all it said is in {path}",
            advice=advice,
            output="\n".join(text.splitlines()[-_SHOWN_LINES:]),
        )


def child_environment(**additions: str) -> dict[str, str]:
    """Return the environment for the programs of a step: a locale every machine has, whatever `LANG` asks for."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    # A virtual environment or a PYTHONPATH around us must not reach into ours.
    for name in ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME"):
        kept.pop(name, None)
    return {**kept, "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1", **additions}


def speak_utf8() -> None:
    """Let this program print every character, whatever locale the machine lacks."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]  # text files here


def _indented(text: str) -> str:
    return "\n".join(f"  │ {line}" for line in text.splitlines())
