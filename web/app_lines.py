"""How `dougong app …` says things to people: one line a thing. English, like every command's output."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_SIGNS: Mapping[str, str] = {"added": "+", "changed": "~", "removed": "-", "moved": "~"}
#: A value longer than this is cut; `--json` has the whole.
_WIDTH = 70


def app_line(app: Mapping[str, Any]) -> str:
    """Return an installed app: `crm  1.0.0  客户关系  (6 forms, …)`."""
    counts = ", ".join(f"{count} {kind}" for kind, count in app["definitions"].items() if count)
    return f"{app['key']:<16} {app['version'] or '-':<8} {app['title']}  ({counts})"


def fault_line(fault: Mapping[str, Any]) -> str:
    """Return a fault: its place, and the sentence."""
    return f"{fault['pointer']}: {fault['detail']}"


def report_lines(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield what an import did or would do."""
    for app in report["apps"]:
        counts = {sign: sum(one["change"] == sign for one in app["definitions"]) for sign in _SIGNS if sign != "moved"}
        done = ", ".join(f"{count} {word}" for word, count in counts.items() if count) or "nothing new"
        since = f" (now {app['installed_version'] or '-'})" if app["installed_version"] is not None else " (new)"
        yield f"{app['key']} {app['version']}{since}: {'' if report['kept'] else 'would be '}{done}"
        yield from change_lines(app["definitions"])
        for texts in app["translations"]:
            if any(texts[word] for word in ("added", "changed", "removed")):
                yield f"  ~ {texts['language']}: {texts['added']} added, {texts['changed']} changed, {texts['removed']} removed"
        yield from (f"  {_SIGNS[one['change']]} {one['path']}" for one in app["files"])
        yield from (f"  rows of {row['form']}: {row['new']} new, {row['known']} known" for row in app["rows"])
    yield from (f"  {'!' if step['is_destructive'] else ' '} {step['sql']}" for step in report["steps"])


def change_lines(elements: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield definitions that are not as they were, with their places below."""
    for one in elements:
        yield f"  {_SIGNS[one['change']]} {one['kind']}/{one['key']}  {one['title']}"
        for place in one["changes"]:
            values = {"added": _short(place["after"]), "removed": _short(place["before"])}.get(
                place["change"], f"{_short(place['before'])} → {_short(place['after'])}"
            )
            yield f"      {_SIGNS[place['change']]} {place['at'] or place['pointer'] or '/'}: {values}"


def conflict_line(conflict: Mapping[str, Any]) -> str:
    """Return a conflict with its three values."""
    sides = "; ".join(f"{side} {_short(conflict[side])}" for side in ("base", "ours", "theirs"))
    return f"CONFLICT {conflict['pointer']}: {sides}"


def outcome_lines(outcome: Mapping[str, Any]) -> Iterator[str]:
    """Yield how a scenario ended; where it failed with the step, what was expected and what was found."""
    sign = "ok  " if outcome["passed"] else "FAIL"
    yield f"{sign} {outcome['app']}/{outcome['key']}  {outcome['title']}  ({outcome['steps']} steps)"
    failure = outcome["failure"]
    if failure is None:
        return
    yield f"     at {failure['place']}: {failure['message']}"
    yield f"     step      {json.dumps(failure['step'], ensure_ascii=False)}"
    if failure["expected"] is not None or failure["found"] is not None:
        yield f"     expected  {json.dumps(failure['expected'], ensure_ascii=False)}"
        yield f"     found     {json.dumps(failure['found'], ensure_ascii=False)}"


def _short(value: Any) -> str:
    text = "-" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"
