"""Plays scenarios: each in a savepoint of the caller's transaction, which is rolled back whatever happens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app_templates.scenarios.claims import check, told
from app_templates.scenarios.documents import CLAIMS, VERBS, verb_of
from app_templates.scenarios.stage import Stage, moment, open_stage, work_until
from app_templates.scenarios.steps import Missing, run
from app_templates.undone import undone
from engine.db import Session
from engine.errors import DomainError
from engine.texts import DEFAULT_LANGUAGE, message


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Where a scenario went another way than it says.

    place           -- `story/1/then/0`; `people` where these could not be made.
    element         -- the step or claim as it is written.
    expected, found -- JSON; None where there is nothing to compare.
    """

    place: str
    element: Mapping[str, Any]
    code: str
    params: Mapping[str, Any]
    expected: Any = None
    found: Any = None

    def sentence(self, language: str) -> str:
        """Return what went wrong, in one sentence."""
        return message(self.code, self.params, language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one scenario ended; `steps` is how many steps and claims were played."""

    key: str
    title: str
    steps: int
    failure: Failure | None


def play_all(
    session: Session, scenarios: Iterable[Mapping[str, Any]], language: str = DEFAULT_LANGUAGE
) -> list[Outcome]:
    """Play scenarios (documents that satisfy the schema) one after the other; nothing of them stays.

    language -- in which refusals are told.
    """
    return [play(session, scenario, language) for scenario in scenarios]


def play(session: Session, scenario: Mapping[str, Any], language: str = DEFAULT_LANGUAGE) -> Outcome:
    """Play one scenario and take everything back."""
    player = _Player(scenario, language)
    with undone(session):
        failure = player.play(session)
    return Outcome(key=scenario["key"], title=scenario["title"], steps=player.steps, failure=failure)


class _Player:
    """One scenario on its way."""

    def __init__(self, scenario: Mapping[str, Any], language: str) -> None:
        self.scenario = scenario
        self.language = language
        self.steps = 0
        self.refusal: DomainError | None = None

    def play(self, session: Session) -> Failure | None:
        """Go through the scenario to its end or to the first failure."""
        session.now = moment(session, self.scenario["on"])
        try:
            stage = open_stage(session, self.scenario.get("people", {}), self.language)
        except DomainError as error:
            return self._refused("people", {}, error)
        failure = self._steps(stage, self.scenario.get("given", ()), "given")
        for index, part in enumerate(self.scenario["story"]):
            expects = any("refused" in claim for claim in part["then"])
            failure = failure or self._steps(stage, part["when"], f"story/{index}/when", may_end_refused=expects)
            failure = failure or self._claims(stage, part["then"], f"story/{index}/then")
        return failure

    def _steps(
        self, stage: Stage, steps: Sequence[Mapping[str, Any]], place: str, *, may_end_refused: bool = False
    ) -> Failure | None:
        """Do steps; only the last of them may be refused, where what follows expects it."""
        self.refusal = None
        for index, step in enumerate(steps):
            self.steps += 1
            at = f"{place}/{index}"
            refusal = None
            try:
                with stage.session.connection.begin_nested():
                    run(stage, verb_of(step, VERBS), step)
            except DomainError as error:
                refusal = error
            except (Missing, KeyError, ValueError, RuntimeError) as error:
                return _missing(at, step, error)
            if refusal is None:
                continue
            # What was tried is undone, jobs of before it are not: they go on where they were.
            work_until(stage, stage.session.now)
            if not may_end_refused or index < len(steps) - 1:
                return self._refused(at, step, refusal)
            self.refusal = refusal
        return None

    def _claims(self, stage: Stage, claims: Sequence[Mapping[str, Any]], place: str) -> Failure | None:
        for index, claim in enumerate(claims):
            self.steps += 1
            at = f"{place}/{index}"
            try:
                difference = check(stage, verb_of(claim, CLAIMS), claim, self.refusal)
            except DomainError as error:
                return self._refused(at, claim, error)
            except (Missing, KeyError, ValueError) as error:
                return _missing(at, claim, error)
            if difference is not None:
                return Failure(
                    place=at,
                    element=claim,
                    code="scenario_differs",
                    params={},
                    expected=difference.expected,
                    found=difference.found,
                )
        return None

    def _refused(self, place: str, element: Mapping[str, Any], error: DomainError) -> Failure:
        return Failure(
            place=place,
            element=element,
            code="scenario_step_refused",
            params={"reason": error.detail(self.language)},
            found=told(error, self.language),
        )


def _missing(place: str, element: Mapping[str, Any], error: Exception) -> Failure:
    if isinstance(error, Missing):
        return Failure(place=place, element=element, code=error.code, params=error.params)
    if isinstance(error, KeyError):
        return Failure(place=place, element=element, code="scenario_name_unknown", params={"name": str(error.args[0])})
    return Failure(place=place, element=element, code="scenario_step_refused", params={"reason": str(error)})
