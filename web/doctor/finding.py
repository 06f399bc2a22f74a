"""What an examination finds: a code, how bad it is, what it is about, and the command that mends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from engine.texts import LANGUAGES, message

Severity = Literal["ok", "warning", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    topic    -- what was looked at: `database`, `queue`, `balances`, …
    code     -- `doctor_<code>` says what was found, `doctor_<code>_advice` what to do.
    severity -- an error hurts people or data now; a warning will, or may.
    command  -- what mends it, as it is typed; empty where people must decide.
    is_repaired -- it was mended just now.
    """

    topic: str
    code: str
    severity: Severity = "error"
    params: Mapping[str, Any] = field(default_factory=dict)
    command: str = ""
    is_repaired: bool = False

    def what(self, language: str) -> str:
        """Return what was found, as a sentence."""
        return message(f"doctor_{self.code}", self.params, language)

    def advice(self, language: str) -> str:
        """Return what to do; nothing where all is well."""
        if self.severity == "ok":
            return ""
        return message(f"doctor_{self.code}_advice", self.params, language)

    def as_json(self) -> dict[str, Any]:
        """Return the finding for programs, its sentences in every language."""
        return {
            "topic": self.topic,
            "code": self.code,
            "severity": self.severity,
            "what": {language: self.what(language) for language in LANGUAGES},
            "advice": {language: self.advice(language) for language in LANGUAGES},
            "command": self.command,
            "repaired": self.is_repaired,
        }


def fine(topic: str, code: str, **params: Any) -> Finding:
    """Return the finding that all is well."""
    return Finding(topic=topic, code=code, severity="ok", params=params)
