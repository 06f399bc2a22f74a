"""The log: one line an event on stderr, JSON for programs or text for people at a terminal.

Owns the shape of lines; `configure` gives it to every logger of the process, the libraries' among them. Each line carries what
`traces` knows of the work under way. `event` is for lines with fields; a plain `log.warning(…)` becomes one, too.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal, TextIO

from engine import traces

Form = Literal["auto", "json", "text"]
Level = Literal["debug", "info", "warning", "error"]

#: Under this name a record carries the fields of its event.
_FIELDS = "dougong_fields"
#: What would end a line, or make a terminal do something, and how it stands in a line for people.
_CONTROLS = {
    code: {9: "\\t", 10: "\\n", 13: "\\r"}.get(code, f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")
    for code in (*range(32), *range(127, 160), 0x2028, 0x2029)
}
#: Longer texts are cut: a line is for reading.
_LONGEST = 20_000


def event(log: logging.Logger, level: int, name: str, fields: Mapping[str, Any]) -> None:
    """Write the event `name` with fields; costs nothing where its level is not wanted."""
    if log.isEnabledFor(level):
        record = log.makeRecord(log.name, level, "", 0, name, (), None, extra={_FIELDS: fields})
        log.handle(record)


class JsonLines(logging.Formatter):
    """Each record as one JSON object: `at`, `level`, `logger`, `event`, the work's facts, the event's fields, `error`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "at": f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%S.%f}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage()[:_LONGEST],
        }
        line |= _facts(record)
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)[-_LONGEST:]
        return json.dumps(line, ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    """Each record as a line for people; a traceback stands below it."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s", datefmt="%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        """Return the first line, with facts and fields behind it."""
        facts = " ".join(f"{name}={value}" for name, value in _facts(record).items())
        told = super().formatMessage(record)
        # Line breaks that a caller slipped in, in a path as well, would make lines of their own.
        return (f"{told}  [{facts}]" if facts else told).translate(_CONTROLS)


def _facts(record: logging.LogRecord) -> dict[str, Any]:
    trace = traces.current()
    facts = dict(trace.facts) if trace is not None else {}
    return facts | getattr(record, _FIELDS, {})


class _StandardError(logging.StreamHandler[TextIO]):
    """Writes to what is standard error now: whoever replaces it, and closes theirs again, is not written to."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:
        """The stream to write to."""
        return sys.stderr

    @stream.setter
    def stream(self, _value: TextIO) -> None:
        """Nothing is kept."""


def configure(form: Form, level: Level) -> None:
    """Give every logger of this process the one shape; `auto` is text on a terminal and JSON elsewhere."""
    is_json = form == "json" or (form == "auto" and not sys.stderr.isatty())
    handler = _StandardError()
    handler.setFormatter(JsonLines() if is_json else TextLines())
    # Libraries are heard when something is wrong, ourselves from `level` on.
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("dougong").setLevel(level.upper())
    logging.captureWarnings(capture=True)
    threading.excepthook = _thread_failed


def _thread_failed(failure: threading.ExceptHookArgs) -> None:
    if failure.exc_value is None:
        return
    name = failure.thread.name if failure.thread is not None else "?"
    information = (failure.exc_type, failure.exc_value, failure.exc_traceback)
    logging.getLogger("dougong").error("the thread %s ended by an error", name, exc_info=information)
