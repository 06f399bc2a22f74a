r"""Regular expressions that somebody else wrote: which of them are safe to run.

Python's engine backtracks, so a pattern may take time exponential in the text: `(a+)+$`, `(a|aa)*$`. Owns the rule that
keeps such patterns out at publication, and the length of text that an admitted one may meet.

The rule is strict rather than clever. What repeats without bound may hold another repetition, or a choice, only where
a fixed character that these cannot match shows where each round ends: `([a-z]+\.)+` is admitted, `([a-z]+)+` is not.
At most two unbounded repetitions that can match the same text may stand beside each other, so what is admitted takes
quadratic time at worst.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from re import _constants as words  # type: ignore[attr-defined]  # the parser is the standard library's own; its tree
from re import _parser as parser  # type: ignore[attr-defined]  # is the one thing that tells what a pattern does
from typing import Any

#: No pattern is run on a longer text.
MAX_TEXT = 4_000
MAX_PATTERN = 500
#: A repetition of at least this many rounds counts as unbounded.
_MANY = 20
_SIDE_BY_SIDE = 2

#: One of each kind of character, with all of ASCII: stands for the alphabet when sets are compared.
_SAMPLE = frozenset(map(chr, range(128))) | frozenset("éß中Ж٣\u3000\u2028")
_REPEATS = (words.MAX_REPEAT, words.MIN_REPEAT)

_Node = tuple[Any, Any]


def pattern_problem(pattern: str) -> str | None:
    """Return the code of what is wrong with a pattern, or `None` when it may be used."""
    if len(pattern) > MAX_PATTERN:
        return "pattern_too_long"
    try:
        re.compile(pattern)
        tree = parser.parse(pattern)
    except (re.error, RecursionError, OverflowError):
        return "pattern_invalid"
    return None if _is_safe(list(tree)) else "pattern_explodes"


def _is_safe(sequence: Sequence[_Node]) -> bool:
    return not _is_crowded(sequence) and all(_is_safe_node(node) for node in sequence)


def _is_safe_node(node: _Node) -> bool:
    operator, _ = node
    if operator in _REPEATS and _is_unbounded(node) and not _has_clear_rounds(_body(node)):
        return False
    # A reference to a group makes matching hard by itself.
    if operator is words.GROUPREF:
        return False
    return all(_is_safe(part) for part in _parts(node))


def _is_unbounded(node: _Node) -> bool:
    return bool(node[1][1] >= _MANY)


def _body(node: _Node) -> list[_Node]:
    return list(node[1][2])


def _parts(node: _Node) -> Iterator[list[_Node]]:
    """Yield the sequences that stand inside a node."""
    operator, value = node
    if operator in _REPEATS or operator is words.POSSESSIVE_REPEAT:
        yield list(value[2])
    elif operator is words.SUBPATTERN:
        yield list(value[3])
    elif operator is words.BRANCH:
        yield from (list(branch) for branch in value[1])
    elif operator in (words.ASSERT, words.ASSERT_NOT):
        yield list(value[1])
    elif operator is words.ATOMIC_GROUP:
        yield list(value)
    elif operator is words.GROUPREF_EXISTS:
        yield from (list(branch) for branch in value[1:] if branch)


def _has_clear_rounds(body: list[_Node]) -> bool:
    """Whether every round of a repetition with this body ends at one place only."""
    body = _flattened(body)
    loose = [node for node in body if not _is_single(node)]
    if not loose:
        return True
    matched = frozenset().union(*(_alphabet(node) for node in loose))
    return any(_is_single(node) and not (_alphabet(node) & matched) for node in body)


def _flattened(sequence: Sequence[_Node]) -> list[_Node]:
    """Return the sequence with its groups opened."""
    found: list[_Node] = []
    for node in sequence:
        if node[0] is words.SUBPATTERN:
            found += _flattened(list(node[1][3]))
        elif node[0] is not words.AT:
            found.append(node)
    return found


def _is_single(node: _Node) -> bool:
    """Whether a node matches exactly one character."""
    return node[0] in (words.LITERAL, words.NOT_LITERAL, words.IN, words.ANY)


def _alphabet(node: _Node) -> frozenset[str]:
    """Return the characters of the sample that a node can match somewhere."""
    operator, value = node
    if operator is words.LITERAL:
        return frozenset(chr(value))
    if operator is words.NOT_LITERAL:
        return _SAMPLE - {chr(value)}
    if operator is words.ANY:
        return _SAMPLE
    if operator is words.IN:
        return _set_alphabet(value)
    if operator in (words.ASSERT, words.ASSERT_NOT, words.AT):
        return frozenset()
    return frozenset().union(*(_alphabet(inner) for part in _parts(node) for inner in part))


def _set_alphabet(members: Sequence[_Node]) -> frozenset[str]:
    is_negated = members[0][0] is words.NEGATE
    found: set[str] = set()
    for operator, value in members:
        if operator is words.LITERAL:
            found.add(chr(value))
        elif operator is words.RANGE:
            low, high = value
            found |= {char for char in _SAMPLE if low <= ord(char) <= high} | {chr(low), chr(high)}
        elif operator is words.CATEGORY:
            found |= _category(value)
    return _SAMPLE - found if is_negated else frozenset(found)


def _category(name: Any) -> frozenset[str]:
    kinds = {
        words.CATEGORY_DIGIT: r"\d",
        words.CATEGORY_NOT_DIGIT: r"\D",
        words.CATEGORY_SPACE: r"\s",
        words.CATEGORY_NOT_SPACE: r"\S",
        words.CATEGORY_WORD: r"\w",
        words.CATEGORY_NOT_WORD: r"\W",
    }
    expression = re.compile(kinds[name])
    return frozenset(char for char in _SAMPLE if expression.fullmatch(char))


def _is_crowded(sequence: Sequence[_Node]) -> bool:
    """Whether more unbounded repetitions than two can share one text, with nothing between that parts them."""
    side_by_side: list[frozenset[str]] = []
    for node in _flattened(sequence):
        if node[0] in _REPEATS and _is_unbounded(node):
            alphabet = _alphabet(node)
            side_by_side = [other for other in side_by_side if other & alphabet] + [alphabet]
            if len(side_by_side) > _SIDE_BY_SIDE:
                return True
        elif _is_single(node):
            alphabet = _alphabet(node)
            side_by_side = [other for other in side_by_side if other & alphabet]
    return False
