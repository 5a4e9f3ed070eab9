"""All budgets that ./dev bench holds figures against: the only list. table_test.py shows that it and the two
tables of the documentation say the same."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

POLL = 5.0  # seconds between two looks of the daemon where no webhook tells it


class Source(Enum):
    ARCHITECTURE = "docs/architecture.md, section 10"
    PERFORMANCE = "docs/performance.md, further budgets"


@dataclass(frozen=True)
class Budget:
    """`what` and `written` are the words of the table in `source`: a row's first cell, and the limit as it stands."""

    row: str      # the name of the measured row
    what: str
    written: str
    limit: float  # in the unit of `written`
    source: Source = Source.ARCHITECTURE

    @property
    def at_most(self) -> bool:
        return self.written.startswith("≤")

    def is_kept_by(self, figure: float) -> bool:
        return figure <= self.limit if self.at_most else figure >= self.limit

    def miss(self, figure: float) -> float:
        """How many times over (or under) the limit."""
        if self.limit == 0:
            return figure
        return figure / self.limit if self.at_most else self.limit / figure


def _of_architecture() -> list[Budget]:
    stage = "one `run` stage over the driver's own command line (bash, or bwrap … bash)"
    cpu = "our own CPU for one minimal job, sandbox and shell not counted"
    unix = "admission over the Unix socket"
    tick = "one tick's decisions, 1,000 runners × 10,000 pending jobs"
    reaction = "reaction: job pending → cut made"
    build = "full build, 2 cores, cold"
    return [
        Budget("run_over_bash", stage, "≤ 1 ms", 1),
        Budget("run_over_bubblewrap", stage, "≤ 1 ms", 1),
        Budget("job_cpu_shell", cpu, "≤ 15 ms", 15),
        Budget("job_cpu_bubblewrap", cpu, "≤ 15 ms", 15),
        Budget("dead_scheduler", "executor blocked by a dead scheduler", "≤ 300 ms", 300),
        Budget("many_jobs_p99", "64 jobs asking one host at once, durable", "≤ 250 ms", 250),
        Budget("admission_p50", unix, "≤ 0.5 ms", 0.5),
        Budget("admissions_per_second", unix, "≥ 4,000 /s", 4000),
        *(Budget(name, tick, "≤ 250 ms", 250) for name in (
            "tick", "tick_different_traits", "tick_without_candidates", "tick_gate", "tick_gate_unapproved",
            "tick_gate_different_traits", "tick_carbon", "tick_carbon_different_traits")),
        *(Budget(name + "_memory", tick, "≤ 150 MB", 150) for name in (
            "tick", "tick_different_traits", "tick_gate_different_traits", "tick_carbon_different_traits")),
        Budget("one_job", "one job against 1,000 runners", "≤ 50 µs", 50),
        Budget("one_job_carbon", "one job against 1,000 runners", "≤ 50 µs", 50),
        Budget("reaction_webhook", reaction, "≤ 5 s", 5),
        Budget("reaction_poll", reaction, "≤ poll + 5 s", POLL + 5),
        Budget("resident", "`runneriq` resident, idle, 1,000 runners", "≤ 40 MB", 40),
        Budget("deb", "the deb", "≤ 5 MB", 5),
        Budget("build", build, "≤ 5 min", 5),
        Budget("test", build, "≤ 15 min", 15),
    ]


def _further() -> list[Budget]:
    response = "peak memory of config and prepare, by the size of the job response"
    hold = "64 clients beside 1,000 held jobs"
    storm = "a storm of 1,000,000 events in 10,000 groups, four stages"
    logs = "a failed job's log, read for its causes"
    bounds = "what the evaluations assert, each a test"
    rows = [
        *((f"memory_{size}_{stage}", response, limit, number)
          for size, limit, number in (("22_KB", "≤ 12 MB", 12), ("1_MB", "≤ 12 MB", 12), ("20_MB", "≤ 40 MB", 40))
          for stage in ("config", "prepare")),
        ("held_p99", hold, "≤ 20 ms", 20),
        ("held_memory", hold, "≤ 60 MB", 60),
        ("growth", "a pair's share of a tick, 1,000 × 10,000 over 250 × 2,500", "≤ 1 ×", 1),
        ("once", "`run --once`, 100 runners, 500 jobs, 10 projects", "≤ 1000 ms", 1000),
        ("warm_calls", "calls of a warm tick, 100 runners, 10 projects", "≤ 30 calls", 30),
        ("resident_many_jobs", "`runneriq` resident, idle, 1,000 runners and 10,000 jobs", "≤ 40 MB", 40),
        ("storm", storm, "≥ 100,000 /s", 100_000),
        ("storm_half_passed", storm, "≥ 100,000 /s", 100_000),
        ("storm_parsed", storm, "≥ 100,000 /s", 100_000),
        ("storm_memory", storm, "≤ 64 MB", 64),
        ("message", "from a critical failure's webhook to the message", "≤ 2000 ms", 2000),
        ("log_matching", logs, "≥ 100 MB/s", 100),
        ("log_reading", logs, "≥ 100 MB/s", 100),
        ("log_memory", logs, "≤ 64 MB", 64),
        *((f"{name}_bounds", bounds, "≤ 0 failed", 0)
          for name in ("carbon", "alerting", "log_chunks", "failure_classes", "decision_share", "redaction")),
    ]
    return [Budget(*row, source=Source.PERFORMANCE) for row in rows]


BUDGETS = {budget.row: budget for budget in _of_architecture() + _further()}
