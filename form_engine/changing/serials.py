"""Serial numbers: `SO{yyyy}{mm}-{seq:4}`, counted per form, field and period.

Owns the table `serial`. A batch takes all its numbers of one counter in one statement. The counter's row stays locked
until the transaction ends, so numbers of a refused transaction are given again and there are no gaps but those of
deleted records; the price is that two creations of one form meet at the counter, which is why numbers are taken last,
right before the rows are written. Dates are those of the platform's time zone, at the transaction's instant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.dialects import postgresql

from engine import models
from engine.db import Session
from form_engine.definition import Field, Form

_PART = re.compile(r"\{(yyyy|yy|mm|dd|seq)(?::(\d))?\}")


def is_serial(one: Field) -> bool:
    """Whether the field's values are given by a counter."""
    return one.type.traits.is_generated and "pattern" in one.options


def number(session: Session, form: Form, values: Sequence[dict[str, Any]]) -> None:
    """Give each new record (its stored values) the next number of every serial field that it lacks.

    Locks the counters until the end of the transaction, in the order of the fields' keys.
    """
    for key in sorted(form.fields):
        one = form.fields[key]
        lacking = [item for item in values if item.get(key) is None] if is_serial(one) else []
        if not lacking:
            continue
        pattern = str(one.options["pattern"])
        local = session.now.astimezone(ZoneInfo(session.time_zone))
        last = _take(session, form.name, key, period(pattern, local), len(lacking))
        numbers = range(last - len(lacking) + 1, last + 1)
        for item, text in zip(lacking, formatted(pattern, local, numbers), strict=True):
            item[key] = text


def _take(session: Session, form: str, field: str, counted: str, count: int) -> int:
    """Move the counter on by `count`; return the last number taken."""
    table = models.serial
    statement = postgresql.insert(table).values(form=form, field=field, period=counted, value=count)
    statement = statement.on_conflict_do_update(
        index_elements=[table.c.form, table.c.field, table.c.period], set_={"value": table.c.value + count}
    )
    last: int = session.execute(statement.returning(table.c.value)).scalar_one()
    return last


def period(pattern: str, at: datetime) -> str:
    """Return what restarts the count: the pattern's date parts at that local time, largest first; empty for none."""
    parts = {match[1] for match in _PART.finditer(pattern)}
    dates = _dates(at)
    names = ["yyyy" if "yyyy" in parts else "yy", "mm", "dd"]
    return "-".join(dates[name] for name in names if name in parts)


def formatted(pattern: str, at: datetime, sequence: Iterable[int]) -> Iterator[str]:
    """Yield the numbers as the pattern writes them; `at` is a local time."""
    dates = _dates(at)
    # The text between the numbers is the same for all; `split` gives (text, name, width, text, …).
    pieces = _PART.split(pattern)
    names = list(zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True))
    for one in sequence:
        parts = (f"{one:0{width or 1}d}" if name == "seq" else dates[name] for name, width, _ in names)
        yield pieces[0] + "".join(part + text for part, (_, _, text) in zip(parts, names, strict=True))


def _dates(local: datetime) -> Mapping[str, str]:
    return {"yyyy": f"{local:%Y}", "yy": f"{local:%y}", "mm": f"{local:%m}", "dd": f"{local:%d}"}
