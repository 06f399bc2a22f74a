"""One event of one run: advance, run nodes, until nothing is left to do at once. The thin shell around `advance`.

Two ways of failing. *Refusing*, where a change or a decision waits for the outcome: the first failure is raised and the
whole transaction rolls back. *Keeping*, in the background: each node runs inside a savepoint, a failing one leaves
nothing behind, the run stops there as failed and can be continued from that node.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy.exc import OperationalError

from engine import traces
from engine.catalog import CatalogMoved
from engine.errors import Conflict, DomainError, InvalidInput, Violation
from flow_engine.advance import AskPeople, CloseTasks, Effect, Event, ListenFor, Ran, RunNode, SendOutside, advance
from flow_engine.definition import Node
from flow_engine.documents.plain_values import shown
from flow_engine.node_type import Complete, Fail, Listen, Result, Send, Sleep, Wait
from flow_engine.runs.chain import chain_of
from flow_engine.runs.journal import LogRow, error_json, in_every_language
from flow_engine.runs.run import Run
from flow_engine.runs.running import Running
from flow_engine.state import Token, TokenStatus

#: One event runs at most so many nodes; a run that needs more has gone wrong.
MAX_VISITS = 20_000

_log = logging.getLogger(__name__)


class Mode(StrEnum):
    """What a failure does: refuse everything, or keep the run where it failed."""

    REFUSE = "refuse"
    KEEP = "keep"


def work(run: Run, event: Event | None, mode: Mode) -> None:
    """Work on one event to the end; with None, on the tokens that are ready. `run` then holds what is to be saved.

    Raises, when refusing, an error whose message names the flow and the node.
    """
    traces.note(instance=str(run.id), flow=run.flow.name)
    effects: tuple[Effect, ...] = tuple(RunNode(token=token.number) for token in run.instance.ready)
    with chain_of(run.session).inside(run):
        if event is not None:
            run.instance, effects = advance(run.flow, run.instance, event)
        waiting = deque(effects)
        visits = 0
        while waiting:
            effect = waiting.popleft()
            if isinstance(effect, AskPeople):
                run.asked.append(effect)
            elif isinstance(effect, SendOutside):
                run.sent.append(effect)
            elif isinstance(effect, ListenFor):
                run.listening.append(effect)
            elif isinstance(effect, CloseTasks):
                run.closed.append(effect.token)
            else:
                visits += 1
                result = _visit(run, effect.token, mode, is_allowed=visits <= MAX_VISITS)
                run.instance, more = advance(run.flow, run.instance, Ran(token=effect.token, result=result))
                waiting.extend(more)


def _visit(run: Run, number: int, mode: Mode, *, is_allowed: bool) -> Result:
    token = run.instance.token(number)
    if token is None:
        raise RuntimeError(f"{run.flow.name}: token {number} is to run and is not there")
    node = run.flow.node(token.node)
    inputs: dict[str, object] = {}
    lines = len(run.journal)
    run.current = token
    try:
        if not is_allowed:
            result: Result = Fail(error=Conflict("flow_too_many_steps", limit=MAX_VISITS))
        elif mode is Mode.KEEP:
            result = _guarded(run, node, inputs)
        else:
            result = run_node(run, node, inputs)
    finally:
        run.current = None
    if isinstance(result, Fail):
        # What the node wrote is rolled back: neither the journal nor the record at hand may keep it.
        del run.journal[lines:]
        run.record = run.record_version = None
        chain_of(run.session).held.clear()
        if mode is Mode.REFUSE:
            raise refusal(run, node, result.error)
        run.error = error_json(result.error, node.key)
    run.log.append(_line(token, inputs, result, node))
    return result


def run_node(run: Run, node: Node, inputs: dict[str, object]) -> Result:
    """Run a node of a run that is loaded; a domain error is its failure."""
    try:
        running = Running(
            session=run.session,
            flow=run.flow,
            node=node,
            plan=run.flow.plans.get(node.key),
            instance_id=run.id,
            starter=run.starter,
            writer=run.decider or run.starter,
            form=run.flow.form,
            record_id=run.record_id,
            names=run.names(node.key),
            inputs=inputs,
        )
        return node.type.run(running)
    except CatalogMoved:
        raise
    except DomainError as error:
        return Fail(error=error)


def _guarded(run: Run, node: Node, inputs: dict[str, object]) -> Result:
    """Run the node so that its failure, even an unforeseen one, leaves nothing behind.

    Raises `OperationalError` and `CatalogMoved`: when the database is away, two transactions locked each other out or
    something was published meanwhile, the whole job is to be tried again.
    """
    savepoint = run.session.connection.begin_nested()
    try:
        result = run_node(run, node, inputs)
    except (OperationalError, CatalogMoved):
        raise
    except Exception:  # noqa: BLE001 - the runner's one boundary: a fault of ours stops this run alone
        _log.exception("flow %s, node %s failed unforeseen", run.flow.name, node.key)
        result = Fail(error=Conflict("flow_node_crashed", node=node.title))
    if isinstance(result, Fail):
        savepoint.rollback()
    else:
        savepoint.commit()
    return result


def _line(token: Token, inputs: Mapping[str, object], result: Result, node: Node) -> LogRow:
    status, output, error = TokenStatus.DONE, None, None
    if isinstance(result, (Wait, Sleep, Listen, Send)):
        status = TokenStatus.WAITING
    elif isinstance(result, Fail):
        status, error = TokenStatus.FAILED, error_json(result.error, node.key)
    else:
        output = shown(result.output)
    kept: dict[str, Any] | None = shown(inputs) or None
    return LogRow(
        token=token.number,
        node=token.node,
        iteration=token.iteration,
        status=status,
        input=kept,
        output=output,
        error=error,
    )


def resumed_line(token: Token, result: Complete) -> LogRow:
    """Return the log line of a node that had waited, as it ends."""
    return LogRow(
        token=token.number,
        node=token.node,
        iteration=token.iteration,
        status=TokenStatus.DONE,
        output=shown(result.output),
    )


class FlowRefused(InvalidInput):
    """A rule (flow) that runs with a change could not do its part, so the change is refused whole."""

    code = "flow_refused"


class FlowConflict(Conflict):
    """As `FlowRefused`, where the present state is the reason and no input could mend it."""

    code = "flow_refused"


def refusal(run: Run, node: Node, error: DomainError) -> DomainError:
    """Return the error that refuses a change because `node` failed: names flow and node, keeps the violations.

    What another flow further in has already refused keeps its own words: it names the flow that failed.
    """
    if isinstance(error, (FlowRefused, FlowConflict)) or error.code in ("flow_chain_too_deep", "flow_chain_too_many"):
        return error
    params: dict[str, Any] = {
        "flow": run.flow.title,
        "node": node.title,
        "reason": in_every_language(error),
        "cause": error.code,
    }
    # The spots lie in what the flow wrote, not in what the person sent: they are told, but point at the whole.
    spots = [Violation(pointer="#", code=spot.code, params=spot.params) for spot in error.violations]
    kind = FlowRefused if isinstance(error, InvalidInput) else FlowConflict
    return kind(violations=spots, **params)
