"""The expression language (see the rules below); filled in at the end."""

from engine.expressions.errors import ExpressionError, NotTranslatable
from engine.expressions.expression import (
    TIME_ZONE,
    Expression,
    compile,  # noqa: A004  the language has its own
    prefetch,
    record_id,
)
from engine.expressions.functions import FUNCTIONS
from engine.expressions.functions.dates import INSTANT
from engine.expressions.parse import parse
from engine.expressions.sql import Columns
from engine.expressions.syntax import Parsed
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
    "TIME_ZONE",
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
    "compile",
    "ids_of",
    "list_of",
    "parse",
    "prefetch",
    "record_id",
    "record_of",
]
