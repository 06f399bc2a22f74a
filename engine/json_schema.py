"""JSON Schema 2020-12: compiled, cached validators whose errors are violations in both languages.

Owns validation of values against schemas known only at run time, the guard that no input is too deep or too big, and
the check that a schema itself is right and cheap to run. Leaves to callers what a schema means.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

import jsonschema
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema.protocols import Validator as SchemaValidator
from referencing import Registry
from referencing.exceptions import Unresolvable

from engine import plain_validity
from engine.errors import InvalidDefinition, Violation, pointer
from engine.patterns import MAX_TEXT, pattern_problem

#: `True` and `False` are schemas too: everything, nothing.
Schema = Mapping[str, Any] | bool

MAX_DEPTH = 32
MAX_NODES = 200_000
MAX_VIOLATIONS = 100
#: Numbers beyond 38 digits fit no column of ours.
MAX_NUMBER = 10**38

_TYPE_TITLES: Mapping[str, Mapping[str, str]] = {
    "string": {"zh-CN": "文本", "en-US": "text"},
    "number": {"zh-CN": "数字", "en-US": "a number"},
    "integer": {"zh-CN": "整数", "en-US": "a whole number"},
    "boolean": {"zh-CN": "是或否", "en-US": "true or false"},
    "array": {"zh-CN": "列表", "en-US": "a list"},
    "object": {"zh-CN": "对象", "en-US": "an object"},
    "null": {"zh-CN": "空", "en-US": "empty"},
}
_OR: Mapping[str, str] = {"zh-CN": "或", "en-US": " or "}


class Validator:
    """A schema, compiled. Safe to share between threads."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._validator: SchemaValidator = _Validator(
            schema,
            # An empty registry: a `$ref` never makes the server fetch something.
            registry=Registry(),
            format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
        )
        #: Whether nothing is plainly wrong with a value: then `violations` has none. Of others it knows nothing.
        self.is_plainly_right = plain_validity.compiled(
            schema, most_nodes=MAX_NODES, most_depth=MAX_DEPTH, limit=MAX_NUMBER
        )

    def violations(self, value: Any) -> list[Violation]:
        """Return what is wrong with `value`, at most 100 spots, in the order of the schema; empty when it is right."""
        if self.is_plainly_right(value):
            return []
        found = bounds(value)
        if found:
            return found
        unique: dict[tuple[str, str], Violation] = {}
        try:
            for error in self._validator.iter_errors(value):
                for spot in _spots(error):
                    unique.setdefault((spot.pointer, spot.code), spot)
                if len(unique) >= MAX_VIOLATIONS:
                    break
        except (RecursionError, Unresolvable) as error:
            raise InvalidDefinition("schema_unusable", reason=type(error).__name__) from error
        return list(unique.values())[:MAX_VIOLATIONS]


class _Cached:
    """A cache key that carries its schema along: where two databases give one key to two schemas, both are kept."""

    __slots__ = ("key", "schema")

    def __init__(self, key: Hashable, schema: Schema) -> None:
        self.key = key
        self.schema = schema

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Cached) or self.key != other.key:
            return False
        return self.schema is other.schema or self.schema == other.schema


def validator(key: Hashable, schema: Schema) -> Validator:
    """Return the validator for `schema`, compiled once per `key`: a name with a version, `("forms", 17)`."""
    return _compiled(_Cached(key, schema))


@lru_cache(maxsize=1024)
def _compiled(cached: _Cached) -> Validator:
    return Validator(cached.schema)


def check(schema: Any, at: Sequence[str | int] = ()) -> list[Violation]:
    """Return what is wrong with a schema that somebody wrote: keywords, patterns, references that lead outside.

    `at` is where the schema stands in its document.
    """
    found = bounds(schema)
    if found:
        return found
    try:
        jsonschema.Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        where = pointer(*at, *error.absolute_path)
        return [Violation(pointer=where, code="schema_keyword", params={"reason": error.message[:200]})]
    return list(_schema_spots(schema, tuple(at)))


def _schema_spots(schema: Any, at: tuple[str | int, ...]) -> Iterator[Violation]:
    if isinstance(schema, Mapping):
        for key, value in schema.items():
            here = (*at, key)
            if key == "pattern" and isinstance(value, str):
                yield from _pattern_spots(value, here)
            elif key == "patternProperties" and isinstance(value, Mapping):
                for pattern in value:
                    yield from _pattern_spots(pattern, (*here, pattern))
            elif key in ("$ref", "$dynamicRef") and isinstance(value, str) and not value.startswith("#"):
                yield Violation(pointer=pointer(*here), code="schema_remote_reference", params={"reference": value})
            if key not in ("const", "enum", "default", "examples"):
                yield from _schema_spots(value, here)
    elif isinstance(schema, list):
        for index, value in enumerate(schema):
            yield from _schema_spots(value, (*at, index))


def _pattern_spots(pattern: str, at: tuple[str | int, ...]) -> Iterator[Violation]:
    problem = pattern_problem(pattern)
    if problem is not None:
        yield Violation(pointer=pointer(*at), code=problem, params={"pattern": pattern})


def bounds(value: Any) -> list[Violation]:
    """Return the first spot where a JSON value is too deep, too big or holds what no database takes."""
    nodes = 0
    stack: list[tuple[Any, tuple[str | int, ...]]] = [(value, ())]
    while stack:
        item, path = stack.pop()
        nodes += 1
        if nodes > MAX_NODES:
            return [Violation(pointer="#", code="value_too_large", params={"limit": MAX_NODES})]
        if isinstance(item, (dict, list, tuple)):
            if len(path) >= MAX_DEPTH:
                return [Violation(pointer=pointer(*path), code="value_too_deep", params={"limit": MAX_DEPTH})]
            pairs: Iterable[tuple[Any, Any]] = item.items() if isinstance(item, dict) else enumerate(item)
            for key, child in pairs:
                if isinstance(key, str) and not _is_storable(key):
                    return [Violation(pointer=pointer(*path), code="text_not_storable")]
                stack.append((child, (*path, key)))
        elif isinstance(item, str):
            if not _is_storable(item):
                return [Violation(pointer=pointer(*path), code="text_not_storable")]
        elif isinstance(item, (int, float, Decimal)) and not _is_in_range(item):
            return [Violation(pointer=pointer(*path), code="number_out_of_range")]
    return []


def _is_storable(text: str) -> bool:
    if text.isascii():
        return "\x00" not in text
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return False
    return "\x00" not in text


def _is_in_range(number: float | Decimal) -> bool:
    # Comparison with a NaN is false, or an error where it is a Decimal.
    if isinstance(number, Decimal) and not number.is_finite():
        return False
    return -MAX_NUMBER < number < MAX_NUMBER


# -- keywords that say more than the library's own -----------------------------------------------------------------

_Errors = Iterator[ValidationError]


def _required(_: Any, names: Sequence[str], instance: Any, __: Any) -> _Errors:
    if isinstance(instance, Mapping):
        for name in names:
            if name not in instance:
                yield ValidationError("missing", path=[name])


def _dependent_required(_: Any, dependencies: Mapping[str, Sequence[str]], instance: Any, __: Any) -> _Errors:
    if isinstance(instance, Mapping):
        for name, needed in dependencies.items():
            if name in instance:
                for other in needed:
                    if other not in instance:
                        yield ValidationError("missing", path=[other])


def _additional_properties(validator: Any, allowed: Any, instance: Any, schema: Mapping[str, Any]) -> _Errors:
    if not isinstance(instance, Mapping):
        return
    known = schema.get("properties", {})
    patterns = [_searcher(pattern) for pattern in schema.get("patternProperties", {})]
    for name, value in instance.items():
        if name in known or any(search(name) for search in patterns):
            continue
        if allowed is False:
            yield ValidationError("unknown", path=[name])
        elif allowed is not True:
            yield from validator.descend(value, allowed, path=name)


def _property_names(validator: Any, names: Any, instance: Any, _: Any) -> _Errors:
    if isinstance(instance, Mapping):
        rule = validator.evolve(schema=names)
        for name in instance:
            if not rule.is_valid(name):
                yield ValidationError("name", path=[name])


def _pattern(_: Any, pattern: str, instance: Any, __: Any) -> _Errors:
    if isinstance(instance, str) and (len(instance) > MAX_TEXT or not _searcher(pattern)(instance)):
        yield ValidationError("pattern")


def _unique_items(_: Any, unique: Any, instance: Any, __: Any) -> _Errors:
    if unique is True and isinstance(instance, list):
        seen = set()
        for index, item in enumerate(instance):
            text = json.dumps(_canonical(item), sort_keys=True)
            if text in seen:
                yield ValidationError("twice", path=[index])
            seen.add(text)


def _multiple_of(_: Any, step: float, instance: Any, __: Any) -> _Errors:
    # In decimals: 0.3 is a multiple of 0.1, which it is not in floats.
    if _is_number(None, instance) and Decimal(str(instance)) % Decimal(str(step)):
        yield ValidationError("multiple")


def _canonical(value: Any) -> Any:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, (int, float, Decimal)):
        return {"number": format(Decimal(str(value)).normalize(), "f")}
    if isinstance(value, Mapping):
        return {key: _canonical(item) for key, item in value.items()}
    return [_canonical(item) for item in value]


@lru_cache(maxsize=2048)
def _searcher(pattern: str) -> Any:
    return re.compile(pattern).search


def _is_number(_: Any, value: Any) -> bool:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def _is_integer(_: Any, value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, (float, Decimal)) and value == int(value))


_Validator: type[SchemaValidator] = jsonschema.validators.extend(  # type: ignore[no-untyped-call]
    jsonschema.Draft202012Validator,
    {
        "required": _required,
        "dependentRequired": _dependent_required,
        "additionalProperties": _additional_properties,
        "propertyNames": _property_names,
        "pattern": _pattern,
        "uniqueItems": _unique_items,
        "multipleOf": _multiple_of,
    },
    type_checker=jsonschema.Draft202012Validator.TYPE_CHECKER.redefine("number", _is_number).redefine(
        "integer", _is_integer
    ),
)


# -- errors as violations ------------------------------------------------------------------------------------------


def _spots(error: ValidationError) -> Iterator[Violation]:
    keyword = str(error.validator)
    if keyword in ("anyOf", "oneOf") and error.context:
        meant = _meant_branch(error)
        if meant:
            for inner in meant:
                yield from _spots(inner)
            return
    code = "required" if keyword == "dependentRequired" else keyword
    if code not in _PARAMS:
        code = "schema"
    params = _PARAMS[code](error)
    yield Violation(pointer=pointer(*error.absolute_path), code=code, params=params)


def _meant_branch(error: ValidationError) -> list[ValidationError] | None:
    """Return the errors of the one branch whose type fits the value, if there is just one."""
    branches: dict[Any, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.schema_path[0], []).append(inner)
    fitting = [
        errors
        for errors in branches.values()
        if not any(inner.validator in ("type", "const", "enum") and not inner.path for inner in errors)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _limit(error: ValidationError) -> dict[str, Any]:
    return {"limit": error.validator_value}


def _nothing(_: ValidationError) -> dict[str, Any]:
    return {}


def _type(error: ValidationError) -> dict[str, Any]:
    wanted: Any = error.validator_value
    titles = [_TYPE_TITLES[name] for name in ([wanted] if isinstance(wanted, str) else wanted)]
    return {"expected": {language: word.join(title[language] for title in titles) for language, word in _OR.items()}}


def _choices(error: ValidationError) -> dict[str, Any]:
    allowed: Any = error.validator_value
    return {"allowed": [_shown(value) for value in allowed[:20]]}


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


_PARAMS: Mapping[str, Callable[[ValidationError], dict[str, Any]]] = {
    "required": _nothing,
    "additionalProperties": lambda error: {"name": str(error.path[-1]) if error.path else ""},
    "unevaluatedProperties": _nothing,
    "propertyNames": lambda error: {"name": str(error.path[-1]) if error.path else ""},
    "type": _type,
    "enum": _choices,
    "const": lambda error: {"expected": _shown(error.validator_value)},
    "minimum": _limit,
    "maximum": _limit,
    "exclusiveMinimum": _limit,
    "exclusiveMaximum": _limit,
    "multipleOf": _limit,
    "minLength": _limit,
    "maxLength": _limit,
    "minItems": _limit,
    "maxItems": _limit,
    "minProperties": _limit,
    "maxProperties": _limit,
    "contains": _nothing,
    "uniqueItems": _nothing,
    "pattern": lambda error: {"pattern": error.validator_value},
    "format": lambda error: {"format": error.validator_value},
    "anyOf": _nothing,
    "oneOf": _nothing,
    "not": _nothing,
    "schema": lambda error: {"keyword": str(error.validator)},
}
