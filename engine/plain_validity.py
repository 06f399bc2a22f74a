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
        if not isinstance(schema, Mapping) or not all(key in _KNOWN or key.startswith("x-") for key in schema):
            return _never
        checks = {kind: self._of_kind(kind, schema, depth) for kind in _KINDS}
        given = {kind: check for kind, check in checks.items() if check is not _never}

        def is_right(value: Any) -> bool:
            check = given.get(type(value))
            return check is not None and check(value)

        return is_right

    def _of_kind(self, kind: type, schema: Keywords, depth: int) -> Check:
        """Return the check of values of one kind, `_never` where the schema refuses them or leaves them to others."""
        types = schema.get("type", list(_KINDS[kind]))
        if not _KINDS[kind] & set([types] if isinstance(types, str) else types):
            return _never
        checks = [self._own(kind, schema, depth), *self._listed(kind, schema)]
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

    @staticmethod
    def _listed(kind: type, schema: Keywords) -> list[Check]:
        """Return the check against the schema's own list of values; of texts and of nothing alone."""
        found = [schema["enum"]] if "enum" in schema else []
        found += [[schema["const"]]] if "const" in schema else []
        if found and kind not in (str, NoneType):
            return [_never]
        return [frozenset(one for one in values if type(one) is kind).__contains__ for values in found]

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
            name: self.check(one, depth - 1) for name, one in schema.get("properties", {}).items() if _is_storable(name)
        }
        needed = frozenset(schema.get("required", ()))

        def is_right(value: dict[Any, Any]) -> bool:
            if not needed <= value.keys():
                return False
            for name, one in value.items():
                check = properties.get(name)
                if check is None or not check(one):
                    return False
            return True

        return is_right


def _all(checks: Sequence[Check]) -> Check:
    if any(check is _never for check in checks):
        return _never
    first, *others = [check for check in checks if check is not _always] or [_always]
    return (lambda value: first(value) and all(check(value) for check in others)) if others else first


def _text(schema: Keywords) -> Check:
    least, most = schema.get("minLength", 0), schema.get("maxLength", math.inf)
    search = None
    if "pattern" in schema:
        search, most = re.compile(schema["pattern"]).search, min(most, MAX_TEXT)
    conforms, _ = _FORMATS.get(schema.get("format", ""), (None, ()))

    def is_right(value: str) -> bool:
        if not least <= len(value) <= most or not _is_storable(value):
            return False
        if search is not None and not search(value):
            return False
        return conforms is None or _conforms(conforms, value)

    return is_right


def _is_storable(text: str) -> bool:
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:  # half of a pair
            return False
    return "\x00" not in text


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
