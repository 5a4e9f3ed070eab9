"""./dev demo: six jobs on a host with two slots, the deploy last in line and first to go.

    demo.py EXECUTOR

Makes a small git repository, calls the executor as gitlab-runner does for real job scripts through
all stages, shows the job logs, and compares with the order in which the jobs came. Exit code 0 only
when the deploy started before the lint jobs that came before it and every job ended well.
"""

from __future__ import annotations

import os
import re
import sys
import textwrap
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from fifo import fifo_starts
from fake_runner import FakeRunner, RunningJob
from git_repository import GitRepository
from host import NOBODY, Host, wait_until
from job_spec import JobSpec

SLOTS = 2
WIDTH = 80
PAUSE_BETWEEN_ARRIVALS = 0.3
COLOURS = ("36", "33", "32", "35", "34", "31")
STEPS = 4
# What the jobs of the demo run, from their checkout: a verb and the seconds per step.
WORK = f"""for step in $(seq {STEPS}); do
  echo "$1, step $step of {STEPS}"
  sleep "$2"
done
"""
ANSI = re.compile(r"\033\[[0-9;]*[A-Za-z]")


@dataclass(frozen=True)
class Kind:
    """A job of the demo: how GitLab names it, and what its script does."""

    name: str
    stage: str
    ref: str
    protected: bool
    work: str
    seconds: float


# In the order in which the host accepts them: the first two take the slots.
KINDS = (
    Kind("build", "build", "develop", True, "compiling", 4.0),
    Kind("test", "test", "feature/search", False, "testing", 3.0),
    Kind("lint", "lint", "feature/search", False, "linting", 3.0),
    Kind("lint", "lint", "feature/cart", False, "linting", 3.0),
    Kind("test", "test", "develop", True, "testing", 2.0),
    Kind("deploy", "deploy", "main", True, "deploying", 1.5),
)


class Screen:
    """Prints whole lines of several jobs at once, each with its job's prefix."""

    def __init__(self, coloured: bool) -> None:
        self._coloured = coloured
        self._lock = threading.Lock()
        self._parts: dict[int, bytes] = {}

    def show(self, job: RunningJob, data: bytes) -> None:
        with self._lock:
            *lines, rest = (self._parts.get(job.job.id, b"") + data).split(b"\n")
            self._parts[job.job.id] = rest
            for line in lines:
                self._print(job.job, line.decode("utf-8", "replace"))

    def _print(self, job: JobSpec, line: str) -> None:
        prefix = f"{job.id} {job.name:<6} | "
        text = ANSI.sub("", line).rstrip("\r")
        for part in textwrap.wrap(text, WIDTH - len(prefix), subsequent_indent="  ") or [""]:
            print(self._paint(job.id, prefix) + part, flush=True)

    def _paint(self, number: int, text: str) -> str:
        return f"\033[{COLOURS[number % len(COLOURS)]}m{text}\033[0m" if self._coloured else text


@dataclass(frozen=True)
class Row:
    """What the table says of a job; times in seconds since the first arrival."""

    job: JobSpec
    priority: str
    score: str
    arrived: float
    started: float
    ended: float
    exit_code: int

    @property
    def held(self) -> float:
        return self.started - self.arrived

    @property
    def ran(self) -> float:
        return self.ended - self.started


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: demo.py EXECUTOR", file=sys.stderr)
        return 2
    host = Host(Path(arguments[0]), "auto", "root" if os.geteuid() == 0 else "user", SLOTS)
    try:
        rows = run_jobs(host)
    finally:
        host.close()
    print_table(rows)
    return verdict(rows)


def run_jobs(host: Host) -> list[Row]:
    refs = list(dict.fromkeys(kind.ref for kind in KINDS))
    repository = GitRepository(host.root / "shop.git", {"work.sh": WORK}, refs,
                               NOBODY if os.geteuid() == 0 else None)
    host.options["BUBBLEWRAP_READ_ONLY_PATHS"] = str(repository.path)
    print(f"A host with {SLOTS} slots accepts {len(KINDS)} jobs, the deploy last.\n")
    runner = host.runner()
    runner.on_output = Screen(sys.stdout.isatty()).show
    jobs = accept(runner, repository)
    for job in jobs:
        job.wait(60)
    return [row_of(job, jobs[0].started) for job in jobs]


def accept(runner: FakeRunner, repository: GitRepository) -> list[RunningJob]:
    """Starts the jobs one after the other: a job comes when the one before it has its place."""
    jobs = []
    for number, kind in enumerate(KINDS):
        jobs.append(runner.start(spec_of(101 + number, kind, repository)))
        jobs[-1].wait_for_log(r"^RunnerIQ: priority", 20)
        next_arrival = time.monotonic() + PAUSE_BETWEEN_ARRIVALS
        wait_until(lambda moment=next_arrival: time.monotonic() >= moment)
    return jobs


def spec_of(number: int, kind: Kind, repository: GitRepository) -> JobSpec:
    return JobSpec(number, name=kind.name, stage=kind.stage, ref=kind.ref, protected=kind.protected,
                   project_path="demo/shop", repo_url=str(repository.path), sha=repository.head(kind.ref),
                   script=[f"sh work.sh {kind.work} {kind.seconds / STEPS}"],
                   after_script=["echo $CI_JOB_NAME ended: $CI_JOB_STATUS"])


def row_of(job: RunningJob, first: float) -> Row:
    result = job.wait(0)
    priority = re.search(r"^RunnerIQ: priority ([\d.]+) ([A-Z]+)", result.log, re.MULTILINE)
    score, name = (priority[1], priority[2]) if priority else ("?", "?")
    return Row(job.job, name, score, job.started - first, result.stage("prepare").ended - first,
               result.stage("cleanup").ended - first,
               0 if result.status == "success" else result.exit_code or 2)


def print_table(rows: list[Row]) -> None:
    fifo = fifo_starts([row.arrived for row in rows], [row.ran for row in rows], SLOTS)
    print("\nIn the order in which they started; times in seconds since the first arrival.\n")
    print(f"{'job':<3} {'name':<6} {'ref':<14} {'class':<8} {'score':>5} {'came':>5} {'held':>5} "
          f"{'start':>5} {'ran':>5} {'exit':>4} {'FIFO start':>10}")
    for row, start in sorted(zip(rows, fifo, strict=True), key=lambda pair: pair[0].started):
        print(f"{row.job.id:<3} {row.job.name:<6} {row.job.ref:<14} {row.priority:<8} {row.score:>5} "
              f"{row.arrived:5.1f} {row.held:5.1f} {row.started:5.1f} {row.ran:5.1f} {row.exit_code:>4} "
              f"{start:10.1f}")
    deploy = rows[-1]
    print(f"\nThe deploy waited {deploy.held:.1f} s; in the order of arrival it would have waited "
          f"{fifo[-1] - deploy.arrived:.1f} s.")


def verdict(rows: list[Row]) -> int:
    deploy = rows[-1]
    overtaken = [row for row in rows if row.job.name == "lint"]
    faults = [f"job {row.job.id} ended with {row.exit_code}" for row in rows if row.exit_code != 0]
    faults += [f"the deploy started after lint job {row.job.id}" for row in overtaken
               if deploy.started >= row.started]
    for fault in faults:
        print(f"demo: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
