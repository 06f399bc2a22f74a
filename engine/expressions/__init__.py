"""The expression language: Python's syntax, a spreadsheet's functions, one meaning in Python and in PostgreSQL.

    scope = Scope({"quantity": NUMBER, "price": NUMBER, "lines": list_of(record_of(lines)), "user": USER})
    expression = expressions.compile("SUM(lines.quantity * lines.price) > 1000", scope, BOOLEAN)
    expression.evaluate({"lines": [...], "user": {...}, **expressions.at(session.now, session.time_zone)})
    expression.to_sql(columns, now=session.now, zone=session.time_zone)

`scan` and `parse` make a bounded tree of what may be written (`syntax`); `check` resolves names and types (`tree`);
`lower` and `evaluate` compute it by simpleeval; `to_sql` compiles it. Rules:

* Values are Decimal, str, bool, date, aware datetime, None, a list, or a record: a mapping with `id` and what was fetched of
  it, or its id alone. Numbers fit numeric(38, 12); every operation is exact, then rounded once, halves away from zero.
* Empty (`None`): arithmetic and functions of an empty number or date give empty; an empty text reads as ""; `== None` tests
  it; `<` with it is false; as a condition it is false; it is in no list; aggregates leave it out. A condition as a
  whole, and every `and`, `or`, `not`, comparison and `in`, is True or False, never empty.
* `and`, `or`, `IF`, `IFS`, `SWITCH`, `COALESCE`, `IFERROR` and `a if c else b` compute only what they need.
* Records are equal when their ids are; a record compares with an id, too. A date compares with an instant as
  midnight of the wall clock, and converts to one where it is wanted; TODAY, HOUR and the day of an instant go by the time
  zone that stands among the values. TODAY and NOW read the instant there, never the machine's clock.
* What cannot be computed (division by zero, a domain, an overflow, a text over 32,767 characters) raises ExpressionError
  with its place, and IFERROR catches it. In SQL the same row gives NULL, and false for a condition: one bad row must
  not fail a list. IFERROR catches the same there, so that both sides agree on every value; a property test holds it.
* Conditions compare bare columns where they can, so that indexes serve them.
* Bounded: 4,000 characters, 32 levels, 600 nodes, paths of 5 names, 26 + 12 digits, 20,000 pieces of SQL. Nothing reaches
  attributes, methods, subscripts, statements, imports, the clock or the machine.
"""

from engine.expressions.errors import ExpressionError, NotTranslatable
from engine.expressions.expression import (
    Expression,
    at,
    compile,  # noqa: A004  the language has its own
    prefetch,
    record_id,
)
from engine.expressions.functions import FUNCTIONS
from engine.expressions.parse import parse
from engine.expressions.sql import Columns
from engine.expressions.syntax import Parsed
from engine.expressions.tree import INSTANT
from engine.expressions.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DEPARTMENT,
    EMPTY,
    MEMBER,
    NUMBER,
    TEXT,
    USER,
    Kind,
    Members,
    RecordType,
    Scope,
    Type,
    ids_of,
    list_of,
    record_of,
)

__all__ = [
    "BOOLEAN",
    "DATE",
    "DATETIME",
    "DEPARTMENT",
    "EMPTY",
    "FUNCTIONS",
    "INSTANT",
    "MEMBER",
    "NUMBER",
    "TEXT",
    "USER",
    "Columns",
    "Expression",
    "ExpressionError",
    "Kind",
    "Members",
    "NotTranslatable",
    "Parsed",
    "RecordType",
    "Scope",
    "Type",
    "at",
    "compile",
    "ids_of",
    "list_of",
    "parse",
    "prefetch",
    "record_id",
    "record_of",
]
