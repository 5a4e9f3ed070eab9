"""./dev bench: what watching a fleet costs, beside the budgets of the architecture page.

    fleet.py RUNNERIQ SIMULATOR [DECISIONS_BENCH]

Prints tables and never fails on timing. GitLab is the simulator on the same machine, so wall times of
ticks hold the time in which it answers; its CPU stands beside ours.
"""

from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "support"))

from fleet import Simulator, Watcher  # noqa: E402  (the path above comes first)
from host import wait_until  # noqa: E402
from stages import describe_machine, measure, peak_memory, row  # noqa: E402

REPETITIONS = 10
COLD_STARTS = 20
STARTS = 100
TICKS = 5  # of a daemon: the first is the cold one
BIG_TICKS = 5
MANY_CALLS = {"RUNNERIQ_GITLAB_CALLS_PER_MINUTE": "6000"}  # 1,000 runners and 100 projects at once
CLOCK = os.sysconf("SC_CLK_TCK")

KINDS = (("build", "build"), ("unit tests", "test"), ("deploy production", "deploy"), ("lint", "test"),
         ("package", "build"))
REFS = ("main", "develop", "release/1.2", "feature/search", "hotfix/login")


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


# ---- processes

def argv(*arguments: str) -> list[str]:
    return [os.environ["RUNNERIQ"], *arguments]


def cpu_of(pid: int) -> float:
    """Milliseconds so far, of all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / CLOCK


def kilobytes(path: Path, name: str) -> float:
    """A line of /proc in MB."""
    for line in path.read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) / 1024
    return float("nan")


def wait_until_idle(pid: int) -> None:
    """Until it has used no CPU for half a second."""
    last, since = cpu_of(pid), time.monotonic()

    def rests() -> bool:
        nonlocal last, since
        now = cpu_of(pid)
        if now != last:
            last, since = now, time.monotonic()
        return time.monotonic() - since > 0.5

    wait_until(rests, 60)


def wait_for_ticks(watcher: Watcher, count: int) -> None:
    if not wait_until(lambda: len(walls_of(watcher)) >= count, 120):
        raise SystemExit("no tick in two minutes")


def walls_of(watcher: Watcher) -> list[float]:
    """Of the daemon's ticks so far, in milliseconds."""
    return [event["took_ms"] for event in watcher.logged() if "took_ms" in event]


def spread(values: list[float], unit: str) -> str:
    return f"median {statistics.median(values):.1f}, min {min(values):.1f}, max {max(values):.1f} {unit}"


# ---- decisions

def decisions(program: Path) -> None:
    print(f"decisions, CPU of {REPETITIONS} repetitions, each in a process of its own")
    print(f"  {'':<50} {'median':>8} {'min':>8} {'max':>8}       {'peak':>8}")
    per_pair = []
    for runners, jobs in ((250, 2_500), (500, 5_000), (1_000, 10_000)):
        milliseconds, peak = repeated(program, f"Tick/{runners}/{jobs}")
        line(f"{runners:,} runners × {jobs:,} jobs", milliseconds, "ms", peak)
        per_pair.append(statistics.median(milliseconds) * 1e6 / (runners * jobs))
    row("  1,000 runners × 10,000 jobs", statistics.median(milliseconds), 250, "ms")
    row("  the same, peak memory with the fleet", peak, 150, "MB")
    for name, title in (("TickWithDifferentTraits", "each job with traits of its own"),
                        ("TickWithoutCandidates", "hardly any job has a runner"),
                        ("TickWithGate", "with the gate's plan"),
                        ("TickWithGateUnapproved", "with the gate, critical and high not approved"),
                        ("TickWithGateAndDifferentTraits", "with the gate, each job with traits of its own"),
                        ("TickWithCarbon", "with carbon"),
                        ("TickWithCarbonAndDifferentTraits", "with carbon, each job with traits of its own")):
        milliseconds, peak = repeated(program, f"{name}/1000/10000")
        line(f"1,000 × 10,000, {title}", milliseconds, "ms", peak)
    microseconds, peak = repeated(program, "OneJob/1000/1")
    line("1,000 runners × one job", microseconds, "µs", peak)
    row("  one job against 1,000 runners", statistics.median(microseconds), 50, "µs")
    print("  growth, time / (jobs × runners): " + ", ".join(f"{value:.1f}" for value in per_pair) + " ns")
    row("  the largest size over the smallest; 1 = linear", per_pair[-1] / per_pair[0], 1, "")
    print()


def repeated(program: Path, name: str) -> tuple[list[float], float]:
    """CPU times of one benchmark in its own unit, and the peak of its process in MB."""
    out = subprocess.run([program, f"--benchmark_filter=^{name}$", "--benchmark_format=json",
                          f"--benchmark_repetitions={REPETITIONS}", "--benchmark_min_time=0.1"],
                         capture_output=True, text=True, check=True).stdout
    runs = [run for run in json.loads(out)["benchmarks"] if run["run_type"] == "iteration"]
    return [run["cpu_time"] for run in runs], max(run["peak_MB"] for run in runs)


def line(title: str, values: list[float], unit: str, peak: float) -> None:
    median, least, most = statistics.median(values), min(values), max(values)
    print(f"  {title:<50} {median:8.2f} {least:8.2f} {most:8.2f} {unit}   {peak:6.1f} MB", flush=True)


# ---- start

def starts() -> None:
    print(f"start to end, wall time of {STARTS} runs")
    with Watcher() as watcher:
        for title, command in (("/bin/true", ["/bin/true"]), ("runneriq --version", argv("--version")),
                               ("runneriq config show", argv("config", "show"))):
            walls = [measure(command, watcher.environment).wall for _ in range(STARTS)]
            print(f"  {title:<50} {spread(walls, 'ms')}", flush=True)
    print()


def cold_starts() -> None:
    print(f"run --once --output json, 100 runners, 500 jobs, 10 projects, {COLD_STARTS} processes")
    command = argv("run", "--once", "--output", "json")
    with watched(100, 500, 10) as (gitlab, watcher):
        document = watcher.tick()
        assert len(document["analyzer"]["jobs"]) == 500 and len(document["monitor"]["runners"]) == 100
        calls = document["api"]["calls"]
        paths = bare_paths(gitlab, calls)
        fresh, warm, bare, cpu = [], [], [], []
        remember_a_tick(watcher)
        simulator_before = cpu_of(gitlab.process.pid)
        for number in range(COLD_STARTS):
            state = watcher.root / f"fresh-{number}" / "state.db"
            state.parent.mkdir()
            cost = measure(command, watcher.environment | {"RUNNERIQ_STATE": str(state)})
            fresh.append(cost.wall)
            cpu.append(cost.cpu)
        simulator = (cpu_of(gitlab.process.pid) - simulator_before) / COLD_STARTS
        for _ in range(COLD_STARTS):
            warm.append(measure(command, watcher.environment).wall)
            bare.append(bare_calls(gitlab, paths))
        print(f"  {'with a fresh state folder':<50} {spread(fresh, 'ms')}")
        print(f"  {'with the state file of a daemon':<50} {spread(warm, 'ms')}")
        print(f"  {f'{calls} bare calls one after the other, Python':<50} {spread(bare, 'ms')}")
        print(f"  {'our own CPU / the CPU of the simulator':<50} {statistics.median(cpu):.0f} / {simulator:.0f} ms")
        row("  start to the first answer", statistics.median(fresh), 1000, "ms")
    print()


def remember_a_tick(watcher: Watcher) -> None:
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

    def ask_all() -> None:
        for path in paths:
            connection.request("GET", path, headers={"PRIVATE-TOKEN": gitlab.token})
            reply = connection.getresponse()
            reply.read()
            assert reply.status == 200, path

    wall = timed(ask_all)
    connection.close()
    return wall


def timed(work: Callable[[], None]) -> float:
    begin = time.perf_counter_ns()
    work()
    return (time.perf_counter_ns() - begin) / 1e6


# ---- the daemon

def daemon(runners: int, jobs: int, projects: int) -> None:
    """Memory at rest and calls per tick after some ticks."""
    print(f"a daemon with {runners:,} runners, {jobs:,} jobs, {projects} projects, after {TICKS} ticks")
    with watched(runners, jobs, projects) as (gitlab, watcher):
        counted_before = gitlab.calls()["total"]
        process = watcher.start("run", "--poll-interval", "5s", "--output", "json")
        wait_for_ticks(watcher, TICKS)
        wait_until_idle(process.pid)
        place = Path(f"/proc/{process.pid}")
        resident, shared = kilobytes(place / "status", "VmRSS"), kilobytes(place / "smaps_rollup", "Pss")
        counted = gitlab.calls()
        calls = [tick["api"]["calls"] for tick in watcher.printed()]
        print(f"  calls by tick: {calls}; the simulator counted {counted['total'] - counted_before}, "
              f"of which {counted['mutating']} mutating", flush=True)
        row("  calls of a warm tick", max(calls[1:]), 30, "") if runners == 100 else None
        row("  resident at rest", resident, 40, "MB")
        print(f"  {'of that its own share (PSS)':<56} {shared:7.2f} MB\n", flush=True)


def big_ticks() -> None:
    """One `--once`, then a daemon: 1,000 runners and 10,000 jobs from the first call to the last commit."""
    print("whole ticks with 1,000 runners, 10,000 jobs, 100 projects")
    command = argv("run", "--once", "--output", "json")
    with watched(1_000, 10_000, 100) as (gitlab, watcher):
        environment = watcher.environment | MANY_CALLS
        before = cpu_of(gitlab.process.pid)
        costs = [measure(command, environment) for _ in range(BIG_TICKS)]
        simulator = (cpu_of(gitlab.process.pid) - before) / BIG_TICKS
        print(f"  {'run --once --output json, wall':<50} {spread([cost.wall for cost in costs], 'ms')}")
        print(f"  {'our own CPU / the CPU of the simulator':<50} "
              f"{statistics.median(cost.cpu for cost in costs):.0f} / {simulator:.0f} ms")
        peak = peak_memory(command, environment)
        print(f"  {'peak memory, with the printed document':<50} {peak:.1f} MB", flush=True)
    with watched(1_000, 10_000, 100) as (gitlab, watcher):
        big_daemon(gitlab, watcher)
    print()


def big_daemon(gitlab: Simulator, watcher: Watcher) -> None:
    process = watcher.start("run", "--poll-interval", "10s", **MANY_CALLS)
    costs, simulator = [], []
    for count in range(1, BIG_TICKS + 1):
        before = cpu_of(process.pid), cpu_of(gitlab.process.pid)
        wait_for_ticks(watcher, count)
        wait_until_idle(process.pid)
        costs.append(cpu_of(process.pid) - before[0])
        simulator.append(cpu_of(gitlab.process.pid) - before[1])
    walls = walls_of(watcher)
    size = sum(file.stat().st_size for file in watcher.root.glob("state.db*")) / 1e6
    place = Path(f"/proc/{process.pid}")
    print(f"  {'daemon, first tick: wall, CPU, CPU of the simulator':<50} "
          f"{walls[0]}, {costs[0]:.0f}, {simulator[0]:.0f} ms; state file {size:.1f} MB")
    print(f"  {'later ticks, the same, medians':<50} {statistics.median(walls[1:]):.0f}, "
          f"{statistics.median(costs[1:]):.0f}, {statistics.median(simulator[1:]):.0f} ms")
    print(f"  {'its peak memory':<50} {kilobytes(place / 'status', 'VmHWM'):.1f} MB")
    row("  resident at rest with 10,000 jobs", kilobytes(place / "status", "VmRSS"), 40, "MB")
    moved_tick(gitlab, watcher, process.pid)


def moved_tick(gitlab: Simulator, watcher: Watcher, pid: int) -> None:
    """Every runner takes a job, so that nearly every recommendation changes and is written."""
    cpu, written = cpu_of(pid), bytes_written(pid)
    gitlab.advance(4)
    done = len(walls_of(watcher))
    wait_for_ticks(watcher, done + 2)  # one may have begun before
    wait_until_idle(pid)
    print(f"  {'two ticks after 1,000 jobs began: CPU, written':<50} "
          f"{cpu_of(pid) - cpu:.0f} ms, {(bytes_written(pid) - written) / 1e6:.1f} MB")


def bytes_written(pid: int) -> int:
    lines = Path(f"/proc/{pid}/io").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("write_bytes:"))


def main(arguments: list[str]) -> int:
    if len(arguments) not in (2, 3):
        print("usage: fleet.py RUNNERIQ SIMULATOR [DECISIONS_BENCH]", file=sys.stderr)
        return 2
    os.environ["RUNNERIQ"], os.environ["RUNNERIQ_GITLAB_SIM"] = (str(Path(path).resolve()) for path in arguments[:2])
    describe_machine(Path(arguments[0]))
    print()
    if len(arguments) == 3:
        decisions(Path(arguments[2]))
    starts()
    cold_starts()
    daemon(100, 500, 10)
    daemon(1_000, 500, 10)
    big_ticks()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
