"""What all shapes are made of."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Values = dict[str, Any]
Text = Annotated[str, Field(max_length=200)]


class Input(BaseModel):
    """A request body: what is not named is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Output(BaseModel):
    """An answer, for the API's description; answers are written without passing through it."""

    model_config = ConfigDict(frozen=True, defer_build=True)


class Titled(Output):
    """Somebody or something by its id, with what people call it."""

    id: UUID
    title: str


class ProblemSpot(Output):
    """One marked spot: a JSON pointer fragment into what was sent."""

    pointer: str
    code: str
    detail: str


class Problem(Output):
    """A refusal, after RFC 9457. `current` stands with 412: the thing as it is now."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[ProblemSpot]
    current: Values | None = None
    instance: str | None = None
