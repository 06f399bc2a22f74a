"""What a run leaves behind: a line for each visit of a node, and each row it changed, before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from engine.errors import DomainError, InvalidDefinition, InvalidInput
from engine.texts import LANGUAGES, LocalizedText


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalRow:
    """One row that a node changed; `before` and `after` hold the changed fields alone."""

    node: str
    iteration: tuple[int, ...]
    form: str
    record_id: UUID
    action: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """One visit of a node: what went in (values, people, what was found) and what came out."""

    token: int
    node: str
    iteration: tuple[int, ...]
    status: str
    input: Mapping[str, Any] | None = None
    output: Any = None
    error: Mapping[str, Any] | None = None


def error_json(error: DomainError, node: str) -> dict[str, Any]:
    """Return an error as it is kept: its sentences in every language, and the spots."""
    return {
        "code": error.code,
        "node": node,
        "message": in_every_language(error),
        "violations": [
            {
                "pointer": spot.pointer,
                "code": spot.code,
                "message": {language: spot.detail(language) for language in LANGUAGES},
            }
            for spot in error.violations
        ],
    }


def in_every_language(error: DomainError) -> LocalizedText:
    """Return the error's sentence; of one that only points at its spots, what the first of them say."""
    return {language: _sentence(error, language) for language in LANGUAGES}


def _sentence(error: DomainError, language: str) -> str:
    spots = [spot.detail(language) for spot in error.violations[:3]]
    if not spots or error.code not in (InvalidInput.code, InvalidDefinition.code):
        return error.detail(language)
    return ("；" if language == "zh-CN" else "; ").join(dict.fromkeys(spots))
