"""A run in the hands of the runner: the instance with everything around it, for the length of one event."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from engine import expressions
from engine.actor import Actor
from engine.db import Session
from engine.events import RecordChanged
from engine.expressions import USER
from flow_engine.advance import AskPeople, ListenFor, SendOutside, items_at
from flow_engine.definition import Flow
from flow_engine.runs.chain import chain_of
from flow_engine.runs.journal import JournalRow, LogRow
from flow_engine.runs.keeping import refill
from flow_engine.state import Instance, Token
from form_engine import forms
from form_engine.definition import Form, Table
from form_engine.evaluating import loading


@dataclass(slots=True, kw_only=True)
class Run:
    """One run while an event is worked on.

    record, record_version -- the record it is about as last read, and the version it then had.
    decider   -- who made the decision that is being worked on: what follows from it is written in their name.
    chain     -- flows that led to this run, first first; `parent_id` the run inside which it began.
    occasion  -- what set it off where no record did, for people.
    is_stored -- whether the instance has its row already; `stored_tokens` are the tokens that have theirs.
    log_seq, journal_seq -- lines that are already stored.
    current   -- the token whose node runs right now.
    asked, sent, listening, closed, resumed -- what is to be done with tasks, effects, awaited events and open log lines
                 when the run is saved.
    """

    session: Session
    id: UUID
    flow: Flow
    starter: Actor
    instance: Instance = field(default_factory=Instance)
    decider: Actor | None = None
    record_id: UUID | None = None
    record: dict[str, Any] | None = None
    record_version: int | None = None
    old: Mapping[str, Any] | None = None
    chain: tuple[str, ...] = ()
    parent_id: UUID | None = None
    dedup_key: str | None = None
    occasion: Mapping[str, Any] | None = None
    is_stored: bool = False
    stored_tokens: frozenset[int] = frozenset()
    log_seq: int = 0
    journal_seq: int = 0
    current: Token | None = None
    error: Mapping[str, Any] | None = None
    log: list[LogRow] = field(default_factory=list)
    journal: list[JournalRow] = field(default_factory=list)
    asked: list[AskPeople] = field(default_factory=list)
    sent: list[SendOutside] = field(default_factory=list)
    listening: list[ListenFor] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    resumed: list[LogRow] = field(default_factory=list)

    def names(self, node: str) -> dict[str, object]:
        """Return every name as the expressions of `node` see it; what no way here has set is empty."""
        return {
            **dict.fromkeys(self.flow.outputs),
            **self.instance.values,
            **items_at(self.flow, self.instance, node),
            "record": self._record(),
            "old": self.old,
            "user": self._user(),
            "instance": {"id": str(self.id), "flow": self.flow.name, "started_at": self.session.now},
            **expressions.at(self.session.now, self.session.time_zone),
        }

    def hear(self, form: str, change: RecordChanged) -> None:
        """Take over what a change made of the record, where it is this run's: it need not be read again."""
        if change.record_id == self.record_id and form == self.flow.form and change.after is not None:
            self.record = dict(change.after)
            self.record_version = change.version
            tree = self.flow.trees.get("record", {})
            if any(tree.values()):
                fields = forms.get(self.session, form).fields.values()
                loading.attach(self.session, fields, [self.record], tree)

    def _record(self) -> dict[str, Any] | None:
        """Return the record, read again if this transaction has changed it since it was read."""
        form = self.flow.form
        if form is None or self.record_id is None:
            return None
        known = chain_of(self.session).versions.get((form, self.record_id))
        if self.record is None or (known is not None and known != self.record_version):
            tree = self.flow.trees.get("record", {})
            found = loading.load_values(self.session, forms.get(self.session, form), [self.record_id], tree, tree)
            self.record = found.get(self.record_id, {"id": self.record_id})
            self.record_version = known
        return self.record

    def _user(self) -> dict[str, Any]:
        user = loading.actor_values(self.starter)
        refill(
            self.session, USER, [user], {key: below for key, below in self.flow.trees.get("user", {}).items() if below}
        )
        return user


@dataclass(slots=True, kw_only=True)
class Ahead:
    """The records that several runs are about, read for all of them before the first one goes on.

    found   -- (version of a flow, record) -> the record as that flow needs it, until its run takes it or it is changed.
    forms   -- version of a flow -> its form.
    distant -- those whose expressions reach beyond the record: any change may be one of what they reach.
    """

    found: dict[tuple[int, UUID], dict[str, Any]] = field(default_factory=dict)
    forms: dict[int, str] = field(default_factory=dict)
    distant: set[int] = field(default_factory=set)

    def read(self, session: Session, flow: Flow, ids: Sequence[UUID]) -> None:
        """Read the records of a flow's runs: one statement, and those for what they reach."""
        if flow.form is None or len(ids) < 2:
            return
        tree, form = flow.trees.get("record", {}), forms.get(session, flow.form)
        found = loading.load_values(session, form, ids, tree, tree)
        self.found |= {(flow.definition_id, key): record for key, record in found.items()}
        self.forms[flow.definition_id] = flow.form
        if any(_is_beyond(form, key, below) for key, below in tree.items()):
            self.distant.add(flow.definition_id)

    def give(self, run: Run) -> None:
        """Give a run its record, if it is still as it was read."""
        if run.record_id is not None:
            run.record = self.found.pop((run.flow.definition_id, run.record_id), None)

    def forget(self, changed: Collection[tuple[str, UUID]]) -> None:
        """Forget what may no longer be as it was read; `changed` is (form, record) of what a run has changed."""
        for flow, record_id in list(self.found) if changed else ():
            if flow in self.distant or (self.forms[flow], record_id) in changed:
                del self.found[flow, record_id]


def _is_beyond(form: Form, key: str, below: Mapping[str, Any]) -> bool:
    """Whether what is reached below a member of the record stands in other records; its sub-tables are its own."""
    return any(below.values()) if isinstance(form.fields.get(key), Table) else bool(below)
