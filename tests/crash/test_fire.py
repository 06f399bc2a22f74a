"""Servers, workers and PostgreSQL are killed under work: nothing is lost, nothing doubled. `dougong bench crash`, short."""

from __future__ import annotations

from bench.crash import run
from bench.crash.checks import Check

#: Claims of killed workers last longer than a test may: what is left is done by a worker whose clock is ahead.
FIRE = run.Plan(
    calm_approvals=0,
    seconds=6.0,
    approvals=4,
    kills=5,
    seed=7,
    clients=4,
    finish_seconds=1.0,
    stops=(0.45,),
    is_hurried=True,
)
CALM = run.Plan(calm_approvals=30, seconds=0.0, approvals=0, seed=7, workers=1, servers=1, is_hurried=True)


def broken(result: run.Result) -> list[str]:
    """Return what speaks against the promises."""
    return [f"{one['title']}: {found}" for one in result["checks"] for found in Check(**one).found]


def test_nothing_is_lost_or_doubled_while_everything_is_killed() -> None:
    result = run.run(FIRE, print)
    assert broken(result) == []
    assert result["parts"]["fire"]["approvals"] >= FIRE.approvals
    assert result["kills"]["postgres"] == 1
    assert sum(result["kills"].values()) >= FIRE.kills


def test_approvals_over_eight_connections_run_once_each_and_wait_for_nobody_in_a_circle() -> None:
    result = run.run(CALM, print)
    assert broken(result) == []
    assert result["parts"]["calm"]["approvals"] >= CALM.calm_approvals
    assert set(result["answers"]) <= {"0", "200", "201", "409"}
