"""Preparation of a text for Python's parser: what Python would read differently from people.

Owns the characters; `parse` owns the grammar. Every change keeps all positions: the prepared text is as long as the
given one.
"""

from __future__ import annotations

import re

from engine.expressions.errors import ExpressionError

_TOKEN = re.compile(
    r"""(?P<text>'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")
      | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<number>[0-9][0-9A-Za-z_.]*)
      | (?P<space>[ \t\r\n\f]+)
      | (?P<sign>[-+*/%<>=!.,()\[\]])
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
#: Python's keywords that are also names of functions.
_KEYWORD_FUNCTIONS = frozenset({"if", "and", "or", "not"})
_OPERATOR_WORDS = frozenset({"and", "or", "not", "in", "if", "else", "is"})


def prepare(text: str) -> str:
    """Return `text` as one line for Python's parser.

    Line breaks become spaces, and `if(…)`, `and(…)`, `or(…)` in the place of a value become `IF(…)` and so on, because
    a function may be written in any case. Raises ExpressionError at a character that no expression holds.
    """
    if "'''" in text or '"""' in text:
        raise ExpressionError("expression_syntax", position=text.find("'''" if "'''" in text else '"""'))
    if "\0" in text:
        raise ExpressionError("expression_text_character", position=text.find("\0"))
    pieces: list[str] = []
    expects_value = True
    for token in _TOKEN.finditer(text):
        kind, piece = str(token.lastgroup), token.group()
        if kind == "other":
            raise ExpressionError("expression_character", position=token.start(), character=piece)
        if kind == "space":
            pieces.append(" " * len(piece))
            continue
        if kind == "word":
            if expects_value and piece in _KEYWORD_FUNCTIONS - {"not"} and _opens(text, token.end()):
                piece = piece.upper()
            expects_value = piece in _OPERATOR_WORDS
        elif kind == "sign":
            expects_value = piece not in ")]."
        else:
            expects_value = False
        pieces.append(piece)
    return "".join(pieces)


def _opens(text: str, end: int) -> bool:
    return text[end:].lstrip()[:1] == "("
