"""What the executor's stages cost, beside the driver's own command line, an empty program in the executor's place,
and a driver of bash, jq and curl (driver.sh).

As root it is measured as `nobody`, so that the reference command lines need no change of user.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import tempfile
import time
from pathlib import Path
from unittest.mock import patch

from places import ROOT  # noqa: F401  (the path comes first)
import realtime
from attempts import SUB_STAGES, Attempt, host_with, prepared
from effort import Effort
from fake_service import FakeService
from fleet import Simulator
from host import SCRATCH
from job_spec import JobSpec
from processes import all_at_once, measure, peak_memory
from rows import Reference, Row, unmeasured
from service import Service

JOBS_AT_ONCE = 64
SERVICE_PATIENCE = 0.25  # seconds that the executor waits for the scheduler service
REFERENCE_DRIVER = "bash, jq and curl"
RESPONSES = {"22_KB": 22_000, "1_MB": 1_000_000, "20_MB": 20_000_000}


def measured(effort: Effort) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="runneriq-bench-", dir=SCRATCH) as place:
        os.chmod(place, 0o1777)
        for name in ("runneriq-executor", "runneriq", "runneriq-gitlab-sim", "spawn_floor", "commit_floor"):
            Path(shutil.copy2(effort.program(name), place)).chmod(0o755)
        here = os.getcwd()
        os.chdir("/")  # where nobody may be, too
        try:
            return _measured_as_nobody(effort, Path(place) / "runneriq-executor")
        finally:
            os.chdir(here)


def _measured_as_nobody(effort: Effort, executor: Path) -> list[Row]:
    drivers = ["shell"] + (["bubblewrap"] if shutil.which("bwrap") else [])

    def at_realtime() -> list[Row]:
        found = [row for driver in drivers for row in over_command_line(executor, driver, effort.runs(500, 25))]
        return found + stages_beside_reference(executor, effort.runs(100, 5))

    def at_normal() -> list[Row]:
        found = [row for driver in drivers for row in job_cpu(executor, driver, effort.runs(20, 3))]
        found += dead_scheduler(executor, effort.runs(20, 3))
        found += many_at_once(executor, effort.runs(7, 1))
        return found + [row for name, size in RESPONSES.items() if not effort.quick or size < 2_000_000
                        for row in memory(executor, name, size, effort.runs(3, 1))]

    with realtime.realtime():
        found = realtime.as_nobody(at_realtime)
    found += realtime.as_nobody(at_normal)
    return found + _not_measured(effort, drivers)


def _not_measured(effort: Effort, drivers: list[str]) -> list[Row]:
    missing = [] if "bubblewrap" in drivers else unmeasured(
        "bubblewrap is not installed", run_over_bubblewrap="one `run` stage over bwrap … bash",
        job_cpu_bubblewrap="our own CPU for a minimal job, bubblewrap")
    return missing + (unmeasured("not with --quick", **{
        f"memory_20_MB_{stage}": f"peak memory of {stage}, response of 20 MB" for stage in ("config", "prepare")
    }) if effort.quick else [])


# ---- time

def over_command_line(executor: Path, driver: str, runs: int) -> list[Row]:
    """A run stage, the driver's own command line, and that started by an empty program, one after the other."""
    with host_with(executor, driver) as host, prepared(host, JobSpec(1)) as attempt:
        script = attempt.empty_script()
        command, environment = attempt.command_line()
        command = [*command, script]
        ours, floors, by_reference, alone = [], [], [], []
        for _ in range(runs):
            bare = measure(command, environment).wall
            floors.append(measure([str(executor.parent / "spawn_floor"), *command], environment).wall - bare)
            ours.append(attempt.call("run", script, "build_script").wall - bare)
            by_reference.append(attempt.by_reference("run", script, "build_script").wall - bare)
            alone.append(bare)
    words = "bash" if driver == "shell" else "bwrap … bash"
    name = f"run_over_{'bash' if driver == 'shell' else driver}"
    return [Row(name, f"one `run` stage over {words} alone", "ms", ours,
                Reference("an empty static program in its place", floors)),
            Row(f"run_reference_{driver}", f"the same over {words}, beside the reference driver", "ms", ours,
                Reference(REFERENCE_DRIVER, by_reference)),
            Row(f"run_whole_{driver}", f"the same with {words}", "ms", [a + b for a, b in zip(ours, alone)],
                Reference(f"{words} alone", alone))]


def stages_beside_reference(executor: Path, runs: int) -> list[Row]:
    """The other stages; prepare once more with a scheduler service that answers."""
    ours: dict[str, list[float]] = {}
    theirs: dict[str, list[float]] = {}
    copies = {"RUNNERIQ": str(executor.parent / "runneriq"),
              "RUNNERIQ_GITLAB_SIM": str(executor.parent / "runneriq-gitlab-sim")}
    with (patch.dict(os.environ, copies), host_with(executor, "shell") as host, Simulator() as gitlab,
          Service(gitlab) as service):
        service.begin()
        for number in range(1, 2 * runs + 1):
            asks = number % 2 == 0
            host.environment = {"RUNNERIQ_SOCKET": str(service.socket)} if asks else {}
            attempt = Attempt(host, JobSpec(number))
            for stage in ("config", "prepare", "cleanup"):
                name = stage + "_asking" * asks
                ours.setdefault(name, []).append(attempt.call(stage).wall)
                theirs.setdefault(name, []).append(attempt.by_reference(stage).wall)
            attempt.forget()
    titles = {"config": "`config`", "prepare": "`prepare`: a durable admission",
              "prepare_asking": "`prepare` that asks the scheduler service, too", "cleanup": "`cleanup`"}
    return [Row(f"stage_{name}", f"stage {title}", "ms", ours[name], Reference(REFERENCE_DRIVER, theirs[name]))
            for name, title in titles.items()]


def job_cpu(executor: Path, driver: str, jobs: int) -> list[Row]:
    """Of a minimal job's seven processes, without the driver's own command lines."""
    ours, theirs = [], []
    with host_with(executor, driver) as host:
        for number in range(jobs):
            attempt = Attempt(host, JobSpec(number + 1))
            own, reference = _cpu_of_job(attempt)
            ours.append(own)
            theirs.append(reference)
            attempt.forget()
    return [Row(f"job_cpu_{driver}", f"our own CPU for a minimal job of seven processes, {driver}", "ms", ours,
                Reference(REFERENCE_DRIVER, theirs))]


def _cpu_of_job(attempt: Attempt) -> tuple[float, float]:
    """Ours and the reference's, stage by stage; each script is run by the driver itself, too."""
    ours = theirs = 0.0

    def both(*arguments: str) -> None:
        nonlocal ours, theirs
        ours += attempt.call(*arguments).cpu
        theirs += attempt.by_reference(*arguments).cpu

    both("config")
    both("prepare")
    for sub_stage in SUB_STAGES:
        script = attempt.script(sub_stage)
        both("run", script, sub_stage)
        command, environment = attempt.command_line()
        alone = measure([*command, script], environment).cpu
        ours, theirs = ours - alone, theirs - alone
    both("cleanup")
    return ours, theirs


# ---- a scheduler that does not answer

def dead_scheduler(executor: Path, jobs: int) -> list[Row]:
    """All stages of a job beside a service that takes every call and never answers, beyond those of a job without."""
    blocked, patience = [], []
    with host_with(executor, "shell") as host, FakeService(host.root / "dead.sock") as service:
        service.trouble = "slow"
        for number in range(1, jobs + 1):
            host.environment = {}
            alone = _wall_of_job(Attempt(host, JobSpec(2 * number)))
            host.environment = {"RUNNERIQ_SOCKET": str(service.path)}
            blocked.append(_wall_of_job(Attempt(host, JobSpec(2 * number + 1))) - alone)
            patience.append(_ask_in_vain(service.path))
        service.trouble = ""
    return [Row("dead_scheduler", "a job blocked by a dead scheduler, all its stages", "ms", blocked,
                Reference("a bare call that waits 250 ms", patience))]


def _wall_of_job(attempt: Attempt) -> float:
    total = attempt.call("config").wall + attempt.call("prepare").wall
    script = attempt.empty_script()
    total += sum(attempt.call("run", script, sub_stage).wall for sub_stage in SUB_STAGES)
    total += attempt.call("cleanup").wall
    attempt.forget()
    return total


def _ask_in_vain(path: Path) -> float:
    begin = time.perf_counter_ns()
    with socket.socket(socket.AF_UNIX) as call:
        call.settimeout(SERVICE_PATIENCE)
        call.connect(str(path))
        call.sendall(b"GET /api/v1/admissions?gitlab=x&job=1&attempt=x&version=1&wait=30 HTTP/1.1\r\n\r\n")
        try:
            call.recv(1)
        except TimeoutError:
            pass  # this is what is measured
    return (time.perf_counter_ns() - begin) / 1e6


# ---- many at once

def many_at_once(executor: Path, runs: int) -> list[Row]:
    """From the start of prepare to its end, which is the durable admission."""
    ours, floors = [], []
    for _ in range(runs):
        floors.append(_many_commits(executor))
        ours.append(_many_admissions(executor))
    found = []
    for name, title, part in (("many_jobs_p50", "p50", 0.50), ("many_jobs_p99", "p99", 0.99)):
        floor = Reference("as many processes, each one SQLite commit", [_quantile(times, part) for times in floors])
        found.append(Row(name, f"{JOBS_AT_ONCE} jobs asking one host at once, durable: {title}", "ms",
                         [_quantile(times, part) for times in ours], floor))
    return found


def _many_admissions(executor: Path) -> list[float]:
    with host_with(executor, "shell", JOBS_AT_ONCE) as host:
        attempts = [Attempt(host, JobSpec(number + 1)) for number in range(JOBS_AT_ONCE)]
        for attempt in attempts:
            attempt.call("config")
        times = all_at_once([(attempt.argv("prepare"), attempt.environment) for attempt in attempts])
        for attempt in attempts:
            attempt.end()
    return times


def _many_commits(executor: Path) -> list[float]:
    with tempfile.TemporaryDirectory(dir=executor.parent) as folder:
        command = [str(executor.parent / "commit_floor"), f"{folder}/reference.db"]
        measure(command, {})  # the file is there before, as the host's is
        return all_at_once([(command, {})] * JOBS_AT_ONCE)


def _quantile(ordered: list[float], part: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


# ---- memory

def memory(executor: Path, name: str, size: int, runs: int) -> list[Row]:
    padding = max(0, size - len(json.dumps(JobSpec(1).response())))
    hooks = [{"name": "pre_get_sources_script", "script": ["x" * 1000]}] * (padding // 1055 + 1)
    job = JobSpec(1, response_changes={"hooks": hooks} if padding else {})
    peaks: dict[str, list[float]] = {"config": [], "prepare": [], "jq": []}
    with host_with(executor, "shell") as host:
        for _ in range(runs):
            attempt = Attempt(host, job)
            for stage in ("config", "prepare"):
                peaks[stage].append(peak_memory(attempt.argv(stage), attempt.environment))
            peaks["jq"].append(peak_memory(["/usr/bin/jq", ".id", str(attempt.response)], attempt.environment))
            attempt.end()
    return [Row(f"memory_{name}_{stage}", f"peak memory of {stage}, response of {name.replace('_', ' ')}", "MB",
                peaks[stage], Reference("jq on the same response", peaks["jq"])) for stage in ("config", "prepare")]
