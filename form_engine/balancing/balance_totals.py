"""What a balance adds up to: deltas of a batch, the statement that applies them, and the sum over all sources.

Owns both ways to the same number: `deltas` in Python, for what one batch changes, and `expected` in SQL, for everything
there is. Contributions are rounded to the measure's places one by one, half away from zero, in both, so that no order
of changes can leave a difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Any

import sqlalchemy as sa

from engine.db import Session
from engine.expressions import Columns, Expression, ExpressionError, NotTranslatable, Type
from form_engine import forms
from form_engine.balancing.balance import Balance, Source
from form_engine.definition import Form
from form_engine.evaluating import rules
from form_engine.evaluating.columns import FormColumns, PathNames
from form_engine.storage import store

#: The values of the dimensions, in their order.
Key = tuple[Any, ...]
Amounts = dict[Key, list[Decimal]]

#: Room for every number that a column of ours holds, and for sums of very many of them.
_EXACT = Context(prec=80)
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """One row of a balance: its key and its measures, in their orders."""

    key: Key
    amounts: tuple[Decimal, ...]


def deltas(
    balance: Balance, form_name: str, changes: Iterable[tuple[Values | None, Values | None]], here: Values
) -> Amounts:
    """Return what the changes (before, after) of records of a form add to each key; keys that net to zero left out.

    here -- what expressions see of when and where they are evaluated (`expressions.at`).
    """
    found: Amounts = {}
    with localcontext(_EXACT):
        for before, after in changes:
            for values, sign in ((before, -1), (after, 1)):
                for source in balance.sources if values is not None else ():
                    if source.form == form_name:
                        _add(balance, source, {**(values or {}), **here}, sign, found)
    return {key: amounts for key, amounts in found.items() if any(amounts)}


def _add(balance: Balance, source: Source, values: Values, sign: int, found: Amounts) -> None:
    for names in _rows(source, values):
        if not rules.holds(source.when, names):
            continue
        key = tuple(_plain(_value(source.by[name], names)) for name in balance.by)
        amounts = found.setdefault(key, [Decimal(0)] * len(balance.measures))
        for index, measure in enumerate(balance.measures):
            if measure in source.add:
                amounts[index] += sign * _rounded(_value(source.add[measure], names), balance.scale(measure))


def _rows(source: Source, values: Values) -> Iterator[Values]:
    if source.rows is None:
        yield values
        return
    for row in values.get(source.rows) or ():
        yield {**values, "item": row}


def _value(expression: Expression, names: Values) -> Any:
    try:
        return expression.evaluate(names)
    except ExpressionError:
        return None


def _plain(value: Any) -> Any:
    return value.get("id") if isinstance(value, Mapping) else value


def _rounded(value: Decimal | None, scale: int) -> Decimal:
    return Decimal(0) if value is None else value.quantize(Decimal(1).scaleb(-scale), rounding=ROUND_HALF_UP)


def in_order(keys: Iterable[Key]) -> list[Key]:
    """Return keys in the one order in which every writer takes them; empty values first."""
    return sorted(keys, key=lambda key: [(value is not None, str(value)) for value in key])


# --- statements ------------------------------------------------------------------------------------------------------


def apply(session: Session, balance: Balance, amounts: Amounts, at: datetime) -> list[Total]:
    """Add the amounts to the rows of their keys, new rows where there are none: one statement.

    Rows are taken in one fixed order, so two batches wait for each other and never lock each other out; each row stays
    locked until the transaction ends, and what is returned includes everything committed before.
    """
    form = balance.form
    columns = [form.table.c[form.fields[name].column] for name in (*balance.by, *balance.measures)]
    names = ", ".join(f'"{column.name}"' for column in columns)
    row = "(" + ", ".join(f"%s::{store.type_name(column)}" for column in columns) + ", %s::timestamptz)"
    added = ", ".join(f'"{name}" = b."{name}" + excluded."{name}"' for name in balance.measures)
    by = ", ".join(f'"{name}"' for name in balance.by)
    rows = [(*key, *amounts[key], at) for key in in_order(amounts)]
    returned = store.run_rows(
        session,
        f"INSERT INTO {store.qualified(form.table)} AS b ({names}, updated_at) VALUES ",  # noqa: S608 - names of ours
        row,
        rows,
        f" ON CONFLICT ({by}) DO UPDATE SET {added}, updated_at = excluded.updated_at RETURNING {names}",
    )
    cut = len(balance.by)
    return [Total(key=tuple(line[:cut]), amounts=tuple(line[cut:])) for line in returned]


def expected(session: Session, balance: Balance) -> sa.Subquery:
    """Return the rows that the sources add up to, as a subquery with the dimensions and the measures."""
    parts = [_contributions(session, balance, source) for source in balance.sources]
    every = sa.union_all(*parts).subquery("contributions")
    sums = [sa.func.sum(every.c[name]).label(name) for name in balance.measures]
    by = [every.c[name] for name in balance.by]
    return sa.select(*by, *sums).group_by(*by).subquery("expected")


def _contributions(session: Session, balance: Balance, source: Source) -> sa.Select[Any]:
    form = forms.get(session, source.form)
    child = None if source.rows is None else form.children[source.rows]
    columns = _SourceColumns(session=session, form=form, table=source.rows, child=child)
    table = balance.form.table
    selected: list[sa.ColumnElement[Any]] = [
        sa.cast(source.by[name].to_sql(columns, now=session.now, zone=session.time_zone), table.c[name].type).label(
            name
        )
        for name in balance.by
    ]
    for name in balance.measures:
        amount: sa.ColumnElement[Any] = sa.literal_column("0::numeric")
        if name in source.add:
            value = source.add[name].to_sql(columns, now=session.now, zone=session.time_zone)
            amount = sa.func.coalesce(sa.func.round(value, balance.scale(name)), sa.literal_column("0::numeric"))
        selected.append(amount.label(name))
    query = sa.select(*selected).select_from(form.table).where(form.table.c.deleted_at.is_(None))
    if child is not None:
        query = query.join(child, child.c.record_id == form.table.c.id)
    if source.when is not None:
        query = query.where(
            sa.func.coalesce(source.when.to_sql(columns, now=session.now, zone=session.time_zone), sa.false())
        )
    return query


@dataclass(frozen=True, slots=True, kw_only=True)
class _SourceColumns:
    """A source's names in its statement: the record's fields, and `item` as the joined row of the sub-table."""

    session: Session
    form: Form
    table: str | None
    child: sa.Table | None

    def column(self, path: PathNames, type: Type) -> sa.ColumnElement[Any]:
        if path[0] != "item":
            return FormColumns(session=self.session, form=self.form).column(path, type)
        cell = self.form.sub_table(self.table or "").cell(path[1]) if len(path) > 1 else None
        if cell is None or self.child is None:
            raise NotTranslatable("expression_not_translatable")
        return self.child.c[cell.column]

    def rows(self, path: PathNames, select: Callable[[Columns], sa.ColumnElement[Any]]) -> sa.ColumnElement[Any]:
        return FormColumns(session=self.session, form=self.form).rows(path, select)


def differences(session: Session, balance: Balance) -> Sequence[sa.Row[Any]]:
    """Return the rows in which the table differs from the sources: key, expected and stored measures.

    One statement: both sides are summed over the same keys, so a missing row counts as zeroes, and so does a stored
    row of zeroes that no source speaks of.
    """
    right, table = expected(session, balance), balance.form.table
    zero: sa.ColumnElement[Any] = sa.literal_column("0::numeric")
    names = balance.measures
    wanted = sa.select(
        *(right.c[name] for name in balance.by),
        *(right.c[name].label(f"e_{name}") for name in names),
        *(zero.label(f"s_{name}") for name in names),
    )
    stored = sa.select(
        *(table.c[name] for name in balance.by),
        *(zero.label(f"e_{name}") for name in names),
        *(table.c[name].label(f"s_{name}") for name in names),
    )
    both = sa.union_all(wanted, stored).subquery("both")
    by = [both.c[name] for name in balance.by]
    sums = [sa.func.sum(both.c[f"{side}_{name}"]).label(f"{side}_{name}") for side in "es" for name in names]
    differs = sa.or_(*(sa.func.sum(both.c[f"e_{name}"]) != sa.func.sum(both.c[f"s_{name}"]) for name in names))
    return session.execute(sa.select(*by, *sums).group_by(*by).having(differs).order_by(*by)).fetchall()
