"""Which flows run in this transaction, inside one another: who hears of changes, how deep it may go.

The chain is the flows that set each other off, from the first on. It is bounded in depth, also over runs in the
background, which carry the chain that led to them; and one transaction starts only so many runs in all. Past a bound
the change is refused with the chain in the message; nothing stops silently.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from engine import events
from engine.db import Session
from engine.errors import Conflict
from engine.events import RecordsChanged
from flow_engine.runs.journal import JournalRow

if TYPE_CHECKING:
    from flow_engine.definition import Flow
    from flow_engine.runs.run import Run

#: So many flows may set each other off, one inside the other.
MAX_DEPTH = 8
#: So many runs may be set off by other runs in one transaction.
MAX_RUNS = 10_000
#: So many rows may one run change.
MAX_CHANGES = 100_000

_KEY = "flow_engine.runs.chain"


@dataclass(slots=True, kw_only=True)
class Chain:
    """The flows of one transaction.

    stack    -- the runs in progress, the innermost last.
    started  -- runs that other runs have set off.
    held     -- rows of balances that this transaction has locked, (balance, *key).
    versions -- (form, record) -> its version after the last change in this transaction.
    """

    stack: list[Run] = field(default_factory=list)
    started: int = 0
    held: set[tuple[object, ...]] = field(default_factory=set)
    versions: dict[tuple[str, UUID], int] = field(default_factory=dict)

    @contextmanager
    def inside(self, run: Run) -> Iterator[None]:
        """Let `run` be the innermost one."""
        self.stack.append(run)
        try:
            yield
        finally:
            self.stack.pop()

    def names(self) -> tuple[str, ...]:
        """Return the flows that would have set off a run that begins now, first first."""
        return (*self.stack[-1].chain, self.stack[-1].flow.name) if self.stack else ()

    def note(self, event: RecordsChanged) -> None:
        """Remember versions, and write the changes into the journal of the innermost run."""
        for change in event.changes:
            self.versions[event.form, change.record_id] = change.version
            for run in self.stack:
                run.hear(event.form, change)
        if not self.stack:
            return
        run = self.stack[-1]
        token = run.current
        if token is None:
            return
        if len(run.journal) + len(event.changes) > MAX_CHANGES:
            raise Conflict("flow_changes_too_much", flow=run.flow.title, limit=MAX_CHANGES)
        for change in event.changes:
            before, after = events.changed_fields(change.before, change.after)
            run.journal.append(
                JournalRow(
                    node=token.node,
                    iteration=token.iteration,
                    form=event.form,
                    record_id=change.record_id,
                    action=change.action,
                    before=before if change.before is not None else None,
                    after=after if change.after is not None else None,
                )
            )

    def check_room(self, flow: Flow) -> None:
        """Refuse one more run of `flow` where the chain is too long; raises `Conflict`."""
        names = self.names()
        if not names:
            return
        if len(names) >= MAX_DEPTH:
            raise Conflict("flow_chain_too_deep", chain=" → ".join((*names, flow.name)), limit=MAX_DEPTH)
        self.started += 1
        if self.started > MAX_RUNS:
            raise Conflict("flow_chain_too_many", chain=" → ".join((*names, flow.name)), limit=MAX_RUNS)


def chain_of(session: Session) -> Chain:
    """Return the chain of the session's transaction."""
    found = session.notes.get(_KEY)
    if not isinstance(found, Chain):
        found = session.notes[_KEY] = Chain()
    return found


def leave_chain(session: Session) -> Collection[tuple[str, UUID]]:
    """End the transaction's chain, so that the next run begins one of its own; return (form, record) of what changed."""
    found = session.notes.pop(_KEY, None)
    return found.versions.keys() if isinstance(found, Chain) else ()
