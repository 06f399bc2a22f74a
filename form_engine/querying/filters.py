"""Which records: rights, filters and searches as SQL conditions.

Owns the compiling of role scopes and of filter expressions against a form, and the rule that nobody filters, sorts or
searches by what they may not read. Expressions are parsed and typed once per published catalogue, then only bound.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from engine import definitions, expressions, permissions
from engine.actor import Actor
from engine.db import Session
from engine.errors import InvalidInput, Violation
from engine.expressions import BOOLEAN, USER, Expression, ExpressionError, Scope
from engine.permissions import FormAction, FormGrant
from form_engine import forms
from form_engine.definition import Field, Form
from form_engine.evaluating.columns import FormColumns
from form_engine.querying import record_titles
from form_engine.storage import tables
from form_engine.values import target

FILTER_MAX = 4000
SEARCH_MAX = 200
#: Access to a field by which nobody filters, sorts or searches.
_CLOSED = frozenset({"hidden", "masked"})


def grant(session: Session, actor: Actor, form: Form) -> FormGrant:
    """Return what the actor may do to records of the form."""
    return permissions.grant(session, actor, form.name)


def may(session: Session, actor: Actor, form: Form, action: FormAction) -> bool:
    """Whether the actor has the action on at least some of the form's records."""
    return action in grant(session, actor, form).actions


def require(session: Session, actor: Actor, form: Form, action: FormAction) -> FormGrant:
    """Return the actor's grant; raises `NotFound` where nothing is granted, else `NotAllowed`."""
    granted = grant(session, actor, form)
    permissions.require(granted, action, title=form.title)
    return granted


def scope(
    session: Session, actor: Actor, form: Form, action: FormAction, table: sa.FromClause | None = None
) -> sa.ColumnElement[bool]:
    """Return the condition of the records on which the actor has the action: the union of the roles' row scopes.

    table -- an alias of the form's table, where the statement uses one.
    """
    granted = grant(session, actor, form)
    if action not in granted.actions:
        return sa.false()
    texts = granted.scopes.get(action)
    if texts is None:
        return sa.true()
    columns = FormColumns(session=session, form=form, table=table, actor=actor)
    return sa.or_(
        sa.false(),
        *(compiled(session, form, text).to_sql(columns, now=session.now, zone=session.time_zone) for text in texts),
    )


def sees_all(session: Session, actor: Actor, form: Form) -> bool:
    """Whether every record of the form is the actor's to see."""
    granted = grant(session, actor, form)
    return "view" in granted.actions and granted.scopes.get("view") is None


def visible(session: Session, actor: Actor, form: Form, ids: Collection[UUID]) -> frozenset[UUID] | None:
    """Return which of these records lie in the actor's row scope; None, without a statement, where all rows do."""
    granted = grant(session, actor, form)
    if granted.may("view") and granted.scopes.get("view") is None:
        return None
    key = form.table.c.id
    wanted = key == sa.any_(sa.bindparam(None, sorted(ids), postgresql.ARRAY(sa.Uuid())))
    return frozenset(session.execute(sa.select(key).where(wanted, scope(session, actor, form, "view"))).scalars())


def names(form: Form) -> Scope:
    """Return the names of expressions over a form: its fields, the system fields, `user`."""
    members = {key: form.record_type.member(key) for key in form.record_type.members()}
    return Scope({key: kind for key, kind in members.items() if kind is not None} | {"user": USER})


def compiled(session: Session, form: Form, text: str) -> Expression:
    """Return a condition over the form, compiled once per published catalogue.

    Raises `ExpressionError`. For expressions of definitions (role scopes, views); a person's filter is `condition`.
    """
    catalog = definitions.catalog(session)
    build = lambda: expressions.compile(text, names(form), BOOLEAN)  # noqa: E731 - passed on, not named
    return catalog.compiled("form_engine.querying.filters", f"{form.name} {text}", build)


def condition(session: Session, actor: Actor, form: Form, text: str) -> sa.ColumnElement[bool]:
    """Return a person's filter as SQL.

    Raises `InvalidInput` at `#/filter`: too long, not an expression, an unknown name, what the actor may not read.
    """
    if len(text) > FILTER_MAX:
        raise refused("#/filter", "maxLength", limit=FILTER_MAX)
    try:
        expression = expressions.compile(text, names(form), BOOLEAN)
        for path in expression.paths:
            _readable(session, actor, form, path)
        # Over a relation a person sees no further than in the other form's own list: a row outside their scope reads
        # as empty, or its values could be guessed by filtering.
        columns = FormColumns(
            session=session,
            form=form,
            actor=actor,
            within=lambda other, table: scope(session, actor, other, "view", table),
        )
        return expression.to_sql(columns, now=session.now, zone=session.time_zone)
    except ExpressionError as error:
        raise refused("#/filter", error.code, **error.params) from error


def is_steady(form: Form, text: str) -> bool:
    """Whether a filter that `condition` took means the same to everybody with the same roles, at any time."""
    expression = expressions.compile(text, names(form), BOOLEAN)
    return not expression.reads_clock and all(len(path) == 1 and path[0] != "user" for path in expression.paths)


def refused(pointer: str, code: str, **params: Any) -> InvalidInput:
    """Return the refusal of one part of a query."""
    return InvalidInput(violations=[Violation(pointer=pointer, code=code, params=params)])


def _readable(session: Session, actor: Actor, form: Form, path: tuple[str, ...]) -> None:
    """Refuse a path that meets a field hidden from the actor or masked for them, in this form or along its relations."""
    one = form.fields.get(path[0])
    if one is None:
        return
    if grant(session, actor, form).fields.get(one.key) in _CLOSED:
        raise refused("#/filter", "field_not_filterable", field=path[0])
    inner: Field | None = one
    rest = path[1:]
    if one.type.traits.has_rows and rest:
        inner, rest = form.sub_table(one.key).cell(rest[0]), rest[1:]
    to = target(inner) if inner is not None else None
    if rest and to is not None and not to.startswith("meta."):
        other = forms.get(session, to)
        if not may(session, actor, other, "view"):
            raise refused("#/filter", "field_not_filterable", field=".".join(path))
        _readable(session, actor, other, rest)


def search(session: Session, actor: Actor, form: Form, text: str, access: Mapping[str, str]) -> sa.ColumnElement[bool]:
    """Return the condition that every word of `text` stands in a searched field or in the title of a related record.

    Only in what the actor may read, in any case. Each word is one set of ids made of a branch a column: every branch
    can use its own index, which a plain OR over relations could not.
    """
    if len(text) > SEARCH_MAX:
        raise refused("#/search", "maxLength", limit=SEARCH_MAX)
    if "\x00" in text:
        raise refused("#/search", "text_not_storable")
    searched = [one for one in form.fields.values() if one.type.traits.is_searched and one.column]
    open_ones = [one for one in searched if access.get(one.key) not in _CLOSED]
    # The index stands on the text of all searched fields; who may not read one of them searches the others one by one.
    whole = tables.search_text(form) if len(open_ones) == len(searched) else None
    columns = [whole] if whole is not None else [form.table.c[one.column] for one in open_ones]
    related = _titled(session, actor, form, access)
    return sa.and_(sa.true(), *(_found(form, columns, related, word) for word in text.split()))


#: A field that points at other records, their ids, and the texts of their titles.
_Titled = tuple[sa.ColumnElement[Any], sa.ColumnElement[Any], list[sa.ColumnElement[Any]]]


def _titled(session: Session, actor: Actor, form: Form, access: Mapping[str, str]) -> list[_Titled]:
    """Return the open fields that point at one record each, with what the actor may read of those records' titles."""
    found: list[_Titled] = []
    for one in form.fields.values():
        to = target(one)
        if to is None or not one.column or one.type.traits.is_list or access.get(one.key) in _CLOSED:
            continue
        key, texts = record_titles.searched(session, actor, to)
        if texts:
            found.append((form.table.c[one.column], key, texts))
    return found


def _found(
    form: Form, columns: Sequence[sa.ColumnElement[Any]], related: Sequence[_Titled], word: str
) -> sa.ColumnElement[bool]:
    own = _has(columns, word)
    if not related:
        return own
    key = form.table.c.id
    conditions = [own, *(column.in_(sa.select(there).where(_has(texts, word))) for column, there, texts in related)]
    return key.in_(sa.union_all(*(sa.select(key).where(one).correlate(None) for one in conditions)))


def _has(columns: Sequence[sa.ColumnElement[Any]], word: str) -> sa.ColumnElement[bool]:
    return sa.or_(sa.false(), *(column.ilike(f"%{escaped(word)}%", escape="\\") for column in columns))


def escaped(text: str) -> str:
    """Return `text` with the wildcards of LIKE taken literally."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
