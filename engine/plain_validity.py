"""Which values plainly satisfy a JSON Schema: the short way for the many that are right.

Owns closures made once a schema. `True` means: no keyword and none of the bounds of `json_schema` has anything against
the value. `False` means no more than "ask the validator", which alone says what is wrong: a keyword or a kind of value
that is not known here is never plainly right, so there is nothing that must be kept the same twice but what is here. A
property test holds the two together over every field type.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache, partial
from types import NoneType
from typing import Any, Final

import jsonschema

from engine.patterns import MAX_TEXT

Check = Callable[[Any], bool]
Keywords = Mapping[str, Any]
#: `True` and `False` are schemas, too.
Schema = Keywords | bool

#: Keywords that say nothing about whether a value is right; so does every keyword of ours, `x-…`.
_ANNOTATIONS: Final = frozenset(
    {"$schema", "$id", "$comment", "title", "description", "default", "readOnly", "writeOnly", "examples", "deprecated"}
)
_KNOWN: Final = _ANNOTATIONS | {
    "type", "enum", "const", "allOf", "minLength", "maxLength", "pattern", "format", "minimum", "maximum",
    "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "items", "minItems", "maxItems", "uniqueItems", "properties", "required",
    "additionalProperties",
}  # fmt: skip
#: The kinds of Python values, exactly these and none derived from them, with the JSON types that they have.
_KINDS: Final[Mapping[type, frozenset[str]]] = {
    str: frozenset({"string"}),
    bool: frozenset({"boolean"}),
    int: frozenset({"integer", "number"}),
    float: frozenset({"number"}),  # a float without a fraction is an integer, too: the validator knows
    Decimal: frozenset({"number"}),
    NoneType: frozenset({"null"}),
    list: frozenset({"array"}),
    dict: frozenset({"object"}),
}
#: Longest lists that are looked at here, the first that keeps a whole value within the bounds.
_LENGTHS: Final = (1000, 100, 10)
_FORMATS: Final = jsonschema.Draft202012Validator.FORMAT_CHECKER.checkers


def compiled(schema: Schema, *, most_nodes: int, most_depth: int, limit: int) -> Check:
    """Return whether a value plainly satisfies `schema`.

    most_nodes, most_depth, limit -- the bounds of a value: how many parts, how deep, and below which number.
    """
    try:
        for length in _LENGTHS:
            if _nodes(schema, length) <= most_nodes:
                return _Compiler(length=length, limit=limit).check(schema, most_depth)
    except (re.error, AttributeError, TypeError, ValueError, RecursionError):
        return _never  # what is wrong with a schema is for the validator to say
    return _never


def _never(_: Any) -> bool:
    return False


def _always(_: Any) -> bool:
    return True


def _nodes(schema: Schema, length: int) -> int:
    """Return how many parts a value has at most whose lists are no longer than `length`."""
    if not isinstance(schema, Mapping):
        return 1
    properties = schema.get("properties", {})
    rows = length * _nodes(schema["items"], length) if "items" in schema else 0
    return 1 + rows + sum(_nodes(one, length) for one in properties.values())


class _Compiler:
    """Makes the checks of one schema."""

    def __init__(self, *, length: int, limit: int) -> None:
        self._length = length
        self._limit = limit

    def check(self, schema: Schema, depth: int) -> Check:
        """Return the check of `schema`; `depth` is how many levels there may still be."""
        given = self._by_kind(schema, depth)

        def is_right(value: Any) -> bool:
            check = given.get(type(value))
            return check is not None and check(value)

        return is_right if given else _never

    def _by_kind(self, schema: Schema, depth: int) -> Mapping[type, Check]:
        """Return the check of each kind of values that the schema may take."""
        if not isinstance(schema, Mapping) or not all(key in _KNOWN or key.startswith("x-") for key in schema):
            return {}
        checks = {kind: self._of_kind(kind, schema, depth) for kind in _KINDS}
        return {kind: check for kind, check in checks.items() if check is not _never}

    def _of_kind(self, kind: type, schema: Keywords, depth: int) -> Check:
        """Return the check of values of one kind, `_never` where the schema refuses them or leaves them to others."""
        types = schema.get("type", list(_KINDS[kind]))
        if not _KINDS[kind] & set([types] if isinstance(types, str) else types):
            return _never
        checks = [self._own(kind, schema, depth)]
        lists = [schema["enum"]] if "enum" in schema else []
        lists += [[schema["const"]]] if "const" in schema else []
        if lists:
            checks = [_listed(kind, lists, checks[0])]
        checks += [self.check(one, depth) for one in schema.get("allOf", ())]
        return _all(checks)

    def _own(self, kind: type, schema: Keywords, depth: int) -> Check:
        if kind is str:
            return _text(schema)
        if kind is list:
            return self._list(schema, depth)
        if kind is dict:
            return self._object(schema, depth)
        if kind in (int, float, Decimal):
            return _never if "multipleOf" in schema else _number(kind, schema, self._limit)
        return _always

    def _list(self, schema: Keywords, depth: int) -> Check:
        if "items" not in schema or schema.get("uniqueItems") not in (None, False, True) or depth <= 1:
            return _never
        item, least = self.check(schema["items"], depth - 1), schema.get("minItems", 0)
        most, is_unique = min(schema.get("maxItems", self._length), self._length), schema.get("uniqueItems") is True

        def is_right(value: list[Any]) -> bool:
            if not least <= len(value) <= most or not all(map(item, value)):
                return False
            return not is_unique or (all(type(one) is str for one in value) and len(set(value)) == len(value))

        return is_right

    def _object(self, schema: Keywords, depth: int) -> Check:
        if schema.get("additionalProperties") is not False or depth <= 1:
            return _never
        properties = {
            name: self._by_kind(one, depth - 1)
            for name, one in schema.get("properties", {}).items()
            if _is_storable(name)
        }
        needed, nothing = frozenset(schema.get("required", ())), dict[type, Check]()

        def is_right(value: dict[Any, Any]) -> bool:
            if not needed <= value.keys():
                return False
            for name, one in value.items():
                check = properties.get(name, nothing).get(type(one))
                if check is None or not check(one):
                    return False
            return True

        return is_right


def _all(checks: Sequence[Check]) -> Check:
    if any(check is _never for check in checks):
        return _never
    first, *others = [check for check in checks if check is not _always] or [_always]
    if not others:
        return first
    rest = _all(others)
    return lambda value: first(value) and rest(value)


def _listed(kind: type, lists: Sequence[Sequence[Any]], check: Check) -> Check:
    """Return the check against the schema's own lists of values, of texts and of nothing alone."""
    if kind not in (str, NoneType):
        return _never
    first, *others = ([one for one in values if type(one) is kind] for values in lists)
    # Once for all: those of the values with which all else is right.
    return frozenset(one for one in first if check(one) and all(one in values for values in others)).__contains__


def _text(schema: Keywords) -> Check:
    least, most = schema.get("minLength", 0), schema.get("maxLength", math.inf)
    parts: list[Check] = []
    if "pattern" in schema:
        search, most = re.compile(schema["pattern"]).search, min(most, MAX_TEXT)
        parts.append(lambda value: search(value) is not None)
    if schema.get("format") in _FORMATS:
        parts.append(_format(schema["format"]))

    def is_right(value: str) -> bool:
        if not least <= len(value) <= most or "\x00" in value:
            return False
        return value.isascii() or _is_storable(value)

    return _all([is_right, *parts])


def _is_storable(text: str) -> bool:
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:  # half of a pair
            return False
    return "\x00" not in text


_IS_USUAL_UUID: Final = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch
#: Days are few, and many records have the same.
_DAYS: Final = 4096
_DAY_LENGTH: Final = 10


def _format(name: str) -> Check:
    check, _ = _FORMATS[name]
    if name == "uuid":
        return lambda value: _IS_USUAL_UUID(value) is not None or _conforms(check, value)
    if name == "date":
        is_day = lru_cache(_DAYS)(partial(_conforms, check))
        return lambda value: len(value) == _DAY_LENGTH and is_day(value)
    return partial(_conforms, check)


def _conforms(check: Callable[[object], Any], value: str) -> bool:
    try:
        return bool(check(value))
    except ValueError:  # how a format says no, or breaks over what it was given
        return False


def _number(kind: type, schema: Keywords, limit: int) -> Check:
    low, high = schema.get("minimum", -limit), schema.get("maximum", limit)
    above, below = schema.get("exclusiveMinimum", -limit), schema.get("exclusiveMaximum", limit)

    def is_right(value: Any) -> bool:
        # A NaN is within no limits, and as a Decimal breaks the comparison.
        if kind is Decimal and not value.is_finite():
            return False
        return bool(-limit < value < limit and low <= value <= high and above < value < below)

    return is_right
