"""What a run leaves behind: a line for each visit of a node, and each row it changed, before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from engine.errors import Conflict, DomainError, InvalidDefinition, InvalidInput
from engine.texts import LANGUAGES, LocalizedText
from flow_engine.definition import Node


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


def sending_error_json(failed: DomainError, node: Node) -> dict[str, Any]:
    """Return what a run keeps where sending failed for good: that it did, for all; why (`cause`), for administrators."""
    kept = error_json(Conflict("flow_sending_failed", node=node.title), node.key)
    return {**kept, "cause": cause_json(failed)}


def cause_json(failed: DomainError) -> dict[str, Any]:
    """Return why sending failed, as it is kept: the sentences in every language."""
    return {"code": failed.code, "message": in_every_language(failed)}


def in_every_language(error: DomainError) -> LocalizedText:
    """Return the error's sentence; of one that only points at its spots, what the first of them say."""
    return {language: _sentence(error, language) for language in LANGUAGES}


def _sentence(error: DomainError, language: str) -> str:
    spots = [spot.detail(language) for spot in error.violations[:3]]
    if not spots or error.code not in (InvalidInput.code, InvalidDefinition.code):
        return error.detail(language)
    return ("；" if language == "zh-CN" else "; ").join(dict.fromkeys(spots))
