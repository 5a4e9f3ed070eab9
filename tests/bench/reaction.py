"""From a critical job that appears to the last of ten runners being cut, each call to GitLab taking 100 ms; as
tests/integration/steering_reaction_test.py measures it."""

from __future__ import annotations

from places import ROOT  # noqa: F401  (the path comes first)
from budgets import POLL
from effort import Effort
from fleet import Simulator, Watcher
from fleet_ticks import bare_calls
from rows import Reference, Row
from steered_fleet import AUTONOMOUS, busy_world, trust
from steering_reaction_test import CUT, LATENCY, listen, reaction


def measured(effort: Effort) -> list[Row]:
    trials = effort.runs(10, 1)
    with Simulator(busy_world(CUT + 1), time_factor=1) as gitlab, Watcher(gitlab) as watcher:
        watcher.environment["RUNNERIQ_GITLAB_CALLS_PER_MINUTE"] = "6000"
        listen(gitlab, watcher)
        gitlab.add_fault("latency", "* /api/*", milliseconds=LATENCY)
        hooked, calls = _reactions(gitlab, watcher, trials)
    with Simulator(busy_world(CUT + 1), time_factor=1) as gitlab, Watcher(gitlab) as watcher:
        watcher.environment |= {"RUNNERIQ_GITLAB_CALLS_PER_MINUTE": "6000", "RUNNERIQ_GATE_CUTS_PER_MINUTE": "10000"}
        trust(watcher, AUTONOMOUS)
        watcher.start("run", "--execute", "--poll-interval", f"{POLL:.0f}s")
        assert watcher.wait_for_ticks(1)
        gitlab.add_fault("latency", "* /api/*", milliseconds=LATENCY)
        polled, _ = _reactions(gitlab, watcher, max(1, trials // 2))
    title = f"from a critical job to {CUT} cut runners, {LATENCY} ms a call"
    return [Row("reaction_webhook", f"{title}: by webhook", "s", hooked,
                Reference("one bare call to that GitLab", calls)),
            Row("reaction_poll", f"{title}: without, {POLL:.0f} s poll", "s", polled,
                Reference("by webhook", hooked))]


def _reactions(gitlab: Simulator, watcher: Watcher, trials: int) -> tuple[list[float], list[float]]:
    """Seconds of each, and of a bare call in between."""
    took, calls = [], []
    for _ in range(trials):
        calls.append(bare_calls(gitlab, ["/api/v4/version"]) / 1000)
        took.append(reaction(gitlab, watcher))
    return took, calls
