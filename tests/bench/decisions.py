"""How long one tick's decisions take, in CPU time, each in a process of its own: the cases of decision_cases.cpp."""

from __future__ import annotations

import json
import statistics
import subprocess
from dataclasses import dataclass, field

from effort import Effort
from rows import Reference, Row

WHOLE, PER_PROCESS = (1_000, 10_000), 0.1  # seconds; more where one decision takes longer
MILLISECONDS, MICROSECONDS = 1e3, 1e6

VARIANTS = {
    "tick_different_traits": ("TickWithDifferentTraits", "each job with tags and a project of its own"),
    "tick_without_candidates": ("TickWithoutCandidates", "hardly any job has a runner"),
    "tick_gate": ("TickWithGate", "with the gate's plan"),
    "tick_gate_unapproved": ("TickWithGateUnapproved", "with the gate, critical and high not approved"),
    "tick_gate_different_traits": ("TickWithGateAndDifferentTraits", "with the gate, each job of its own kind"),
    "tick_carbon": ("TickWithCarbon", "with carbon, 11 zones"),
    "tick_carbon_different_traits": ("TickWithCarbonAndDifferentTraits", "with carbon, each job of its own kind"),
    "tick_classes": ("Analyze", "classes and scores alone"),
}


@dataclass
class Case:
    """Medians of each process, and its memory with the fleet made and at the most."""

    seconds: list[float] = field(default_factory=list)
    fleet: list[float] = field(default_factory=list)
    peak: list[float] = field(default_factory=list)

    def each(self, unit: float) -> list[float]:
        return [value * unit for value in self.seconds]


def measured(effort: Effort) -> list[Row]:
    sizes = {"tick": ("Tick", *WHOLE), "small": ("Tick", 250, 2_500), "pairs": ("PairsAlone", *WHOLE),
             "one_job": ("OneJob", 1_000, 1), "one_job_carbon": ("OneJobWithCarbon", 1_000, 1),
             "one_job_pairs": ("PairsAlone", 1_000, 1),
             **{name: (case, *WHOLE) for name, (case, _) in VARIANTS.items()}}
    cases: dict[str, Case] = {name: Case() for name in sizes}
    for _ in range(effort.runs(10, 1)):  # one after the other, so that each has had the same machine
        for name, (case, runners, jobs) in sizes.items():
            _once(effort, cases[name], case, runners, jobs)
    return _time_rows(cases) + _memory_rows(cases) + [_growth(cases)]


def _once(effort: Effort, into: Case, case: str, runners: int, jobs: int) -> None:
    out = subprocess.run([effort.program("decisions_bench"), case, str(runners), str(jobs), str(PER_PROCESS)],
                         capture_output=True, text=True, check=True).stdout
    document = json.loads(out)
    into.seconds.append(statistics.median(document["seconds"]))
    into.fleet.append(document["fleet_MB"])
    into.peak.append(document["peak_MB"])


def _time_rows(cases: dict[str, Case]) -> list[Row]:
    plain = Reference("the plain tick", cases["tick"].each(MILLISECONDS))
    alone = Reference("one job without carbon", cases["one_job"].each(MICROSECONDS))
    return [
        Row("tick", "decisions for 1,000 runners × 10,000 pending jobs, CPU", "ms", cases["tick"].each(MILLISECONDS),
            Reference("64 bits compared for each pair", cases["pairs"].each(MILLISECONDS))),
        *(Row(name, f"the same, {words}", "ms", cases[name].each(MILLISECONDS), plain)
          for name, (_, words) in VARIANTS.items()),
        Row("one_job", "one job against 1,000 runners, CPU", "µs", cases["one_job"].each(MICROSECONDS),
            Reference("64 bits compared for each runner", cases["one_job_pairs"].each(MICROSECONDS))),
        Row("one_job_carbon", "the same with carbon", "µs", cases["one_job_carbon"].each(MICROSECONDS), alone)]


def _memory_rows(cases: dict[str, Case]) -> list[Row]:
    words = {"tick": "a plain tick"} | {name: words for name, (_, words) in VARIANTS.items()}
    return [Row(f"{name}_memory", f"peak memory: {words[name]}", "MB", cases[name].peak,
                Reference("the fleet alone", cases[name].fleet))
            for name in ("tick", "tick_different_traits", "tick_gate_different_traits", "tick_carbon_different_traits")]


def _growth(cases: dict[str, Case]) -> Row:
    """A pair's share of the time must not grow with the fleet: the work per pair at 16 times the pairs."""
    large, small = (statistics.median(cases[name].seconds) for name in ("tick", "small"))
    return Row("growth", "a pair's share of a tick, 1,000 × 10,000 over 250 × 2,500", "×",
               [large / (WHOLE[0] * WHOLE[1]) / (small / (250 * 2_500))])
