"""What watching a fleet costs. GitLab is the simulator on the same machine, so wall times of ticks hold the time in
which it answers; bare calls for the same pages stand beside them."""

from __future__ import annotations

import http.client
import os
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from places import ROOT  # noqa: F401  (the path comes first)
from effort import Effort
from fleet import Simulator, Watcher
from host import wait_until
from processes import cpu_of, measure, megabytes, peak_memory, wait_until_idle
from rows import Reference, Row, unmeasured

TICKS = 5  # of a daemon: the first is the cold one
SLOW = 120.0
MANY_CALLS = {"RUNNERIQ_GITLAB_CALLS_PER_MINUTE": "6000"}  # 1,000 runners and 100 projects at once

KINDS = (("build", "build"), ("unit tests", "test"), ("deploy production", "deploy"), ("lint", "test"),
         ("package", "build"))
REFS = ("main", "develop", "release/1.2", "feature/search", "hotfix/login")


def measured(effort: Effort) -> list[Row]:
    bare, ticks = _bare_process(effort), effort.runs(TICKS, 2)
    rows = starts(effort) + once(effort) + warm_calls(ticks) + [resident("resident", 500, 10, ticks, bare)]
    if effort.quick:
        return rows + unmeasured("not with --quick", resident_many_jobs="resident at rest with 10,000 jobs, too")
    return rows + big_ticks(effort) + [resident("resident_many_jobs", 10_000, 100, ticks, bare)]


# ---- fleets

def fleet_of(runners: int, jobs: int, projects: int) -> dict[str, Any]:
    """Ten kinds of runners; pipelines of five kinds of jobs, each in parallel parts."""
    parts = 4 if jobs <= 500 else 20
    paths = [f"acme/service-{number}" for number in range(projects)]
    return {
        "runners": [{"description": f"docker-{kind}", "slots": 1, "copies": runners // 10,
                     "tags": ["docker", f"zone-{kind % 5}", f"size-{kind % 2}"]} for kind in range(10)],
        "projects": [{"path": path, "protected_branches": ["main", "release/*"],
                      "members": {f"user-{number}": 30 + 10 * (number % 2) for number in range(7)}}
                     for path in paths],
        "pipelines": [{"project": paths[number % projects], "user": f"user-{number % 7}",
                       "ref": REFS[(number // projects + number) % len(REFS)],
                       "jobs": [{"name": name, "stage": stage, "tags": ["docker", f"zone-{(number + kind) % 5}"],
                                 "waited": 10 + (number * 7 + kind * 130) % 900, "parallel": parts}
                                for kind, (name, stage) in enumerate(KINDS)]}
                      for number in range(jobs // (len(KINDS) * parts))]}


@contextmanager
def watched(runners: int, jobs: int, projects: int) -> Iterator[tuple[Simulator, Watcher]]:
    """Simulated time stands still, but not ours: after two minutes the runners count as silent."""
    with Simulator(fleet_of(runners, jobs, projects)) as gitlab, Watcher(gitlab) as watcher:
        yield gitlab, watcher


def command(*arguments: str) -> list[str]:
    return [os.environ["RUNNERIQ"], *arguments]


# ---- one process

def starts(effort: Effort) -> list[Row]:
    walls: dict[str, list[float]] = {"version": [], "config": [], "empty": []}
    commands = {"version": command("--version"), "config": command("config", "show"), "empty": ["/bin/true"]}
    with Watcher() as watcher:
        for _ in range(effort.runs(100, 10)):
            for name, words in commands.items():
                walls[name].append(measure(words, watcher.environment).wall)
    empty = Reference("/bin/true", walls["empty"])
    return [Row("start", "`runneriq --version`", "ms", walls["version"], empty),
            Row("start_config", "`runneriq config show`", "ms", walls["config"], empty)]


def once(effort: Effort) -> list[Row]:
    """`run --once` with an empty state folder, with the state file of a daemon, and as many bare calls, in turn."""
    words = command("run", "--once", "--output", "json")
    with watched(100, 500, 10) as (gitlab, watcher):
        document = watcher.tick()
        assert len(document["analyzer"]["jobs"]) == 500 and len(document["monitor"]["runners"]) == 100
        calls = document["api"]["calls"]
        paths = bare_paths(gitlab, calls)
        remember_a_tick(watcher)
        fresh, warm, bare = [], [], []
        for number in range(effort.runs(20, 3)):
            state = watcher.root / f"fresh-{number}" / "state.db"
            state.parent.mkdir()
            fresh.append(measure(words, watcher.environment | {"RUNNERIQ_STATE": str(state)}).wall)
            warm.append(measure(words, watcher.environment).wall)
            bare.append(bare_calls(gitlab, paths))
    loopback = Reference(f"{calls} bare HTTP calls, one after the other", bare)
    return [Row("once", "`run --once --output json`, 100 runners, 500 jobs, 10 projects", "ms", fresh, loopback),
            Row("once_warm", "the same with a daemon's state file", "ms", warm, loopback)]


def remember_a_tick(watcher: Watcher) -> None:
    """What `--once` does not write: a daemon's tick, so that later ones know their fleet."""
    daemon = watcher.start("run", "--poll-interval", "1h")
    wait_for_ticks(watcher, 1)
    wait_until_idle(daemon.pid)
    daemon.terminate()
    daemon.wait(10)


def bare_paths(gitlab: Simulator, calls: int) -> list[str]:
    """As many calls as a tick's: a page of jobs of each project, and short answers."""
    projects = [project["id"] for project in gitlab.ask("GET", "/api/v4/projects?per_page=100")]
    pages = [f"/api/v4/projects/{project}/jobs?scope%5B%5D=pending&pagination=keyset&order_by=id&per_page=100"
             for project in projects]
    rest = [f"/api/v4/projects/{project}/protected_branches" for project in projects]
    return pages + [rest[at % len(rest)] for at in range(calls - len(pages))]


def bare_calls(gitlab: Simulator, paths: list[str]) -> float:
    """Milliseconds on one connection, nothing parsed."""
    address = urllib.parse.urlsplit(gitlab.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port)
    begin = time.perf_counter_ns()
    for path in paths:
        connection.request("GET", path, headers={"PRIVATE-TOKEN": gitlab.token})
        reply = connection.getresponse()
        reply.read()
        assert reply.status == 200, path
    wall = (time.perf_counter_ns() - begin) / 1e6
    connection.close()
    return wall


# ---- the daemon

def wait_for_ticks(watcher: Watcher, count: int) -> None:
    if not wait_until(lambda: len(walls_of(watcher)) >= count, SLOW):
        raise RuntimeError(f"no tick in two minutes: {watcher.logged()[-3:]}")


def walls_of(watcher: Watcher) -> list[float]:
    """Of the daemon's ticks so far, in milliseconds."""
    return [event["took_ms"] for event in watcher.logged() if "took_ms" in event]


def warm_calls(ticks: int) -> list[Row]:
    with watched(100, 500, 10) as (_, watcher):
        watcher.start("run", "--poll-interval", "5s", "--output", "json")
        assert wait_until(lambda: len(watcher.printed()) >= ticks, SLOW)
        calls = [float(tick["api"]["calls"]) for tick in watcher.printed()]
    return [Row("warm_calls", "calls of a warm tick, 100 runners, 10 projects", "calls", calls[1:],
                Reference("the first tick", calls[:1]))]


def resident(name: str, jobs: int, projects: int, ticks: int, bare: Reference) -> Row:
    """At rest after some ticks; 1,000 runners."""
    with watched(1_000, jobs, projects) as (_, watcher):
        daemon = watcher.start("run", "--poll-interval", "10s" if jobs > 500 else "5s", **MANY_CALLS)
        wait_for_ticks(watcher, ticks)
        wait_until_idle(daemon.pid)
        return Row(name, f"a daemon at rest after {ticks} ticks, 1,000 runners and {jobs:,} jobs", "MB",
                   [megabytes(daemon.pid, "VmRSS")], bare)


def _bare_process(effort: Effort) -> Reference:
    with Watcher() as watcher:
        return Reference("the program when it only prints its version",
                         [peak_memory(command("--version"), watcher.environment) for _ in range(effort.runs(3, 1))])


# ---- large ticks

def big_ticks(effort: Effort) -> list[Row]:
    """1,000 runners and 10,000 jobs from the first call to the last commit: `--once`, then a daemon's ticks."""
    walls, cpus, simulated = [], [], []
    with watched(1_000, 10_000, 100) as (gitlab, watcher):
        environment = watcher.environment | MANY_CALLS
        for _ in range(effort.runs(5, 1)):
            before = cpu_of(gitlab.process.pid)
            cost = measure(command("run", "--once", "--output", "json"), environment)
            walls.append(cost.wall)
            cpus.append(cost.cpu)
            simulated.append(cpu_of(gitlab.process.pid) - before)
    answering = Reference("the simulator's CPU meanwhile", simulated)
    title = "`run --once`, 1,000 runners, 10,000 jobs, 100 projects"
    return [Row("big_once", f"{title}: wall", "ms", walls, answering),
            Row("big_once_cpu", f"{title}: CPU", "ms", cpus, answering), *_daemon_ticks()]


def _daemon_ticks() -> list[Row]:
    costs, simulated = [], []
    with watched(1_000, 10_000, 100) as (gitlab, watcher):
        daemon = watcher.start("run", "--poll-interval", "10s", **MANY_CALLS)
        for count in range(1, TICKS + 1):
            before = cpu_of(daemon.pid), cpu_of(gitlab.process.pid)
            wait_for_ticks(watcher, count)
            wait_until_idle(daemon.pid)
            costs.append(cpu_of(daemon.pid) - before[0])
            simulated.append(cpu_of(gitlab.process.pid) - before[1])
        moved = _moved(gitlab, watcher, daemon.pid)
    return [Row("daemon_first_tick", "a daemon's first tick of that fleet: CPU", "ms", costs[:1],
                Reference("the simulator's CPU meanwhile", simulated[:1])),
            Row("daemon_later_ticks", "its later ticks when nothing moves: CPU", "ms", costs[1:],
                Reference("the simulator's CPU meanwhile", simulated[1:])), *moved]


def _moved(gitlab: Simulator, watcher: Watcher, pid: int) -> list[Row]:
    """Every runner takes a job, so that nearly every recommendation changes and is written."""
    titles = {"daemon_moved_ticks": "two ticks after 1,000 jobs began: CPU", "daemon_moved_bytes": "the same: written"}
    cpu, written = cpu_of(pid), bytes_written(pid)
    try:
        gitlab.advance(4)
    except TimeoutError:
        return unmeasured("the simulator needs more than ten seconds to begin 1,000 jobs", **titles)
    wait_for_ticks(watcher, len(walls_of(watcher)) + 2)  # one may have begun before
    wait_until_idle(pid)
    figures = {"daemon_moved_ticks": ("ms", cpu_of(pid) - cpu),
               "daemon_moved_bytes": ("MB", (bytes_written(pid) - written) / 1e6)}
    return [Row(name, titles[name], unit, [figure]) for name, (unit, figure) in figures.items()]


def bytes_written(pid: int) -> int:
    lines = Path(f"/proc/{pid}/io").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("write_bytes:"))
