"""Shapes of apps and definitions."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from web.schemas.shape import Output, ProblemSpot, Titled, Values


class DefinitionTitle(Output):
    """One definition of an app."""

    key: str
    title: str
    version: int


class App(Output):
    """An installed app; its definitions, by kind, for administrators."""

    key: str
    title: str
    version: str
    definitions: dict[str, list[DefinitionTitle]]


class Apps(Output):
    """The installed apps."""

    items: list[App]


class DefinitionAnswer(Output):
    """A definition as it is in force, and its draft. `tag` names this state, for `If-Match`."""

    kind: str
    app: str
    key: str
    version: int | None
    published_at: datetime | None
    document: Values | None
    draft: Values | None
    draft_saved_at: datetime | None
    draft_saved_by: Titled | None
    tag: str


class DefinitionCheck(Output):
    """A saved draft, and what stands in the way of publishing it."""

    draft: Values
    tag: str
    violations: list[ProblemSpot]


class DefinitionStep(Output):
    """One statement on the tables; whether it takes stored values away or converts them."""

    sql: str
    is_destructive: bool


class DefinitionPreview(Output):
    """What publishing a document would come to: the version it would be, and what would be done to tables."""

    version: int
    steps: list[DefinitionStep]


class DefinitionSchema(Output):
    """The JSON Schema of a kind's documents."""

    kind: str
    schema_: Values = Field(alias="schema")


class DefinitionVersion(Output):
    """A published version."""

    version: int
    published_at: datetime
    published_by: UUID
    publisher: str
    is_in_force: bool


class DefinitionVersions(Output):
    """Published versions, newest first."""

    items: list[DefinitionVersion]


class Use(Output):
    """One place that points at a definition; `at` says it in words, `pointer` to programs."""

    kind: str
    name: str
    title: str
    member: str | None
    member_title: str | None
    at: str
    pointer: str


class Impact(Output):
    """What points at a definition."""

    items: list[Use]


class FormSchema(Output):
    """JSON Schema 2020-12 with annotations in keywords that begin with `x-`."""

    model_config = ConfigDict(extra="allow", frozen=True, defer_build=True)

    type: Literal["object"]
    title: str
    properties: dict[str, Values]
    required: list[str] = Field(default_factory=list)
