"""The contract of a trigger type: what can start a flow. One kind is one module of `trigger_types/`.

A worked example: `trigger_types/button.py` turns the event `ActionPressed` of one form and action into one occasion.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from engine.expressions import Expression, Type
from engine.registry import Registry
from engine.texts import LocalizedText
from flow_engine.node_type import Examples

if TYPE_CHECKING:
    from flow_engine.documents.planning import TriggerPlanning


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerPlan:
    """What a trigger waits for, worked out once.

    form      -- full name of the form whose records it hears of; None: of none.
    when      -- condition over the record's fields, `record`, `old` and `user`; None: always.
    input     -- type of the name `input`, what comes with the occasion; None: nothing does.
    timetable -- when the clock starts the flow; reception -- how another system does.
    detail    -- what else the type looks at; only its `occasions` does.
    """

    form: str | None = None
    when: Expression | None = None
    input: Type | None = None
    timetable: Timetable | None = None
    reception: Reception | None = None
    detail: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """When the clock starts a flow: a cron expression of five fields, by the wall clock of a time zone."""

    cron: str
    time_zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """What another system sends to start a flow: an object that satisfies `schema`."""

    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One event that may start a run.

    record  -- the record as it is now (as it was, where it is gone), `old` as it was before; evaluation values. A run
               without a record has neither.
    version -- of the record; with the trigger's name it makes the occasion unmistakable.
    key     -- what makes the occasion unmistakable where no version does: the firing, the message.
    input   -- what came with it, as the plan's `input` has it.
    told    -- what people are told of it where no record set it off; JSON, kept with the run.
    """

    record_id: UUID | None = None
    record: Mapping[str, Any] = field(default_factory=dict)
    old: Mapping[str, Any] | None = None
    version: int | None = None
    action: str
    key: str | None = None
    input: Mapping[str, Any] | None = None
    told: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerType:
    """One kind of trigger.

    options   -- JSON Schema of each option; the trigger's schema is closed around them.
    prepare   -- checks the options against the forms and says what to wait for; reports every fault.
    occasions -- plan, event -> what of the event concerns the trigger, before its condition is asked; None: it hears of
                 no events, the clock or another system starts its flows (`starters`).
    """

    name: str
    title: LocalizedText
    description: LocalizedText
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    prepare: Callable[[TriggerPlanning], TriggerPlan]
    occasions: Callable[[TriggerPlan, object], tuple[Occasion, ...]] | None = None
    examples: Examples


TRIGGER_TYPES: Registry[TriggerType] = Registry("flow_engine.trigger_types", "TRIGGER_TYPE", TriggerType)
