"""./dev bench: what the executor's stages cost, beside the budgets of the architecture page.

    stages.py EXECUTOR [RUNS]

Prints tables and never fails on timing. As root it measures as `nobody`, so that the reference
command lines need no change of user. Real-time priority is used where it is permitted.
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import shutil
import signal
import statistics
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

sys.path.insert(0, str(Path(__file__).parent.parent / "support"))

from host import NOBODY, PATH, SCRATCH, Host  # noqa: E402  (the path above comes first)
from job_spec import JobSpec  # noqa: E402
from scripts import ScriptContext, render  # noqa: E402

RUNS = 500
JOBS_FOR_CPU = 20
FLOOR = "spawn_floor"  # built beside the executor
JOBS_AT_ONCE = 64
SUB_STAGES = ("prepare_script", "get_sources", "build_script", "cleanup_file_variables")


@dataclass(frozen=True)
class Cost:
    """Of one process and the children it waited for, in milliseconds."""

    wall: float
    cpu: float


# ---- processes

def spawn(argv: list[str], environment: dict[str, str]) -> int:
    null = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0),
            (os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0)]
    return os.posix_spawn(argv[0], argv, environment, file_actions=null, setpgroup=0)


def measure(argv: list[str], environment: dict[str, str]) -> Cost:
    begin = time.perf_counter_ns()
    pid = spawn(argv, environment)
    _, status, usage = os.wait4(pid, 0)
    wall = (time.perf_counter_ns() - begin) / 1e6
    if status != 0:
        raise SystemExit(f"{' '.join(argv)[:200]}: ended with {os.waitstatus_to_exitcode(status)}")
    return Cost(wall, (usage.ru_utime + usage.ru_stime) * 1000)


# ---- attempts

class Attempt:
    """A TMPDIR with a job response; stages are called by hand, without the harness's threads."""

    def __init__(self, host: Host, job: JobSpec) -> None:
        self.host = host
        self.job = job
        self.directory = Path(tempfile.mkdtemp(prefix="custom-executor", dir=host.root / "runner-tmp"))
        (self.directory / "response.json").write_text(json.dumps(job.response()))
        self.environment = host.runner_environment() | {
            "TMPDIR": str(self.directory),
            "BUILD_FAILURE_EXIT_CODE": "1",
            "SYSTEM_FAILURE_EXIT_CODE": "2",
            "BUILD_EXIT_CODE_FILE": str(self.directory / "build_exit_code"),
            "JOB_RESPONSE_FILE": str(self.directory / "response.json"),
        } | {f"CUSTOM_ENV_{v['key']}": v["value"] for v in job.gitlab_variables()}

    def argv(self, *arguments: str) -> list[str]:
        return [str(self.host.executor), *arguments]

    def call(self, *arguments: str) -> Cost:
        return measure(self.argv(*arguments), self.environment)

    def script(self, sub_stage: str) -> str:
        project = f"{self.plan()['builds_dir']}/{self.job.project_path}"
        return self._write(sub_stage, render(
            ScriptContext(self.job, project, {"CI_PROJECT_DIR": project}), sub_stage))

    def empty_script(self) -> str:
        return self._write("empty", "#!/bin/bash\nexit 0\n")

    def _write(self, name: str, text: str) -> str:
        """Into the builds directory, which the sandbox shows under the same path."""
        path = Path(self.plan()["builds_dir"]) / f"script-{name}"
        path.write_text(text)
        path.chmod(0o700)
        return str(path)

    def plan(self) -> dict[str, Any]:
        return dict(json.loads((self.directory / "runneriq-plan.json").read_text()))

    def end(self) -> None:
        self.call("cleanup")
        shutil.rmtree(self.directory, ignore_errors=True)


@contextmanager
def host_with(executor: Path, driver: str, slots: int = 0) -> Iterator[Host]:
    host = Host(executor, driver, "user", slots, executor.parent)
    (host.root / "runner-tmp").mkdir()
    try:
        yield host
    finally:
        host.close()


@contextmanager
def prepared(host: Host, job: JobSpec) -> Iterator[Attempt]:
    attempt = Attempt(host, job)
    attempt.call("config")
    attempt.call("prepare")
    try:
        yield attempt
    finally:
        attempt.end()


def reference(attempt: Attempt, script: str) -> tuple[list[str], dict[str, str]]:
    """The driver's own command line for a script that its job can read, and its environment."""
    plan = attempt.plan()
    environment = dict(line.split("=", 1) for line in plan["environment"])
    if attempt.host.driver != "bubblewrap":
        return ["/bin/bash", script], environment
    command = plan["driver_notes"]["command"]
    return [_which(command[0]), *command[1:], "/bin/bash", script], environment


def _which(command: str) -> str:
    return shutil.which(command, path=PATH) or command


# ---- measurements

def run_stage(executor: Path, driver: str, runs: int) -> None:
    """A run stage and the driver's own command line, one after the other."""
    with host_with(executor, driver) as host, prepared(host, JobSpec(1)) as attempt:
        script = attempt.empty_script()
        argv, environment = reference(attempt, script)
        ours, theirs, floor = [], [], []
        for _ in range(runs):
            theirs.append(measure(argv, environment).wall)
            floor.append(measure([str(executor.parent / FLOOR), *argv], environment).wall)
            ours.append(attempt.call("run", script, "build_script").wall)
    over = statistics.median(ours) - statistics.median(theirs)
    print(f"run stage, {driver}, {runs} runs A B C A B C, median (p90) of wall time")
    source = "bash SCRIPT" if driver == "shell" else "bwrap … bash SCRIPT, as the plan has it"
    print(f"  {source:<44} {_spread(theirs)}")
    print(f"  {'the same, started by an empty static program':<44} {_spread(floor)}")
    print(f"  {'through runneriq-executor run':<44} {_spread(ours)}")
    row("  over the driver's own command line", over, 1.0, "ms")


def own_cpu(executor: Path, driver: str) -> None:
    """The CPU of a minimal job's seven processes without that of the driver's own command lines."""
    ours = []
    with host_with(executor, driver) as host:
        for number in range(JOBS_FOR_CPU):
            ours.append(_cpu_of_job(Attempt(host, JobSpec(number + 1))))
    row(f"own CPU of a minimal job, {driver}, median of {JOBS_FOR_CPU}", statistics.median(ours), 15, "ms")


def _cpu_of_job(attempt: Attempt) -> float:
    total = attempt.call("config").cpu + attempt.call("prepare").cpu
    for sub_stage in SUB_STAGES:
        script = attempt.script(sub_stage)
        total += attempt.call("run", script, sub_stage).cpu
        total -= _reference_cpu(attempt, script)
    total += attempt.call("cleanup").cpu
    shutil.rmtree(attempt.directory, ignore_errors=True)
    return total


def _reference_cpu(attempt: Attempt, script: str) -> float:
    """Of the script by the driver itself: once more, in the same place, after ours."""
    argv, environment = reference(attempt, script)
    pid = spawn(argv, environment)
    _, _, usage = os.wait4(pid, 0)
    return (usage.ru_utime + usage.ru_stime) * 1000


def many_at_once(executor: Path) -> None:
    """From the start of prepare to its end, which is the durable admission."""
    with host_with(executor, "shell", JOBS_AT_ONCE) as host:
        attempts = [Attempt(host, JobSpec(number + 1)) for number in range(JOBS_AT_ONCE)]
        for attempt in attempts:
            attempt.call("config")
        started: dict[int, int] = {}
        for attempt in attempts:
            begin = time.perf_counter_ns()
            started[spawn(attempt.argv("prepare"), attempt.environment)] = begin
        times = []
        while started:
            pid, status = os.wait()
            times.append((time.perf_counter_ns() - started.pop(pid)) / 1e6)
            if status != 0:
                raise SystemExit(f"prepare ended with {os.waitstatus_to_exitcode(status)}")
        for attempt in attempts:
            attempt.end()
    times.sort()
    p50, p90, p99 = (times[min(len(times) - 1, int(len(times) * q))] for q in (0.50, 0.90, 0.99))
    print(f"{JOBS_AT_ONCE} jobs asking at once, durable: p50 {p50:.0f}, p90 {p90:.0f}, p99 {p99:.0f}, "
          f"max {times[-1]:.0f} ms")
    row("  p99 from process start to admission", p99, 250, "ms")


def memory(executor: Path, name: str, size: int, budget: float) -> None:
    padding = max(0, size - len(json.dumps(JobSpec(1).response())))
    hooks = [{"name": "pre_get_sources_script", "script": ["x" * 1000]}] * (padding // 1055 + 1)
    job = JobSpec(1, response_changes={"hooks": hooks} if padding else {})
    peaks = {}
    with host_with(executor, "shell") as host:
        attempt = Attempt(host, job)
        for stage in ("config", "prepare"):
            peaks[stage] = peak_memory(attempt.argv(stage), attempt.environment)
        attempt.end()
    row(f"peak memory, {name} response, config", peaks["config"], budget, "MB")
    row(f"peak memory, {name} response, prepare", peaks["prepare"], budget, "MB")


# ptrace(2): the peak of a process can be read while it stops at its exit. ru_maxrss would
# include what this Python process held when it started the child.
PTRACE_CONT, PTRACE_SEIZE, PTRACE_O_TRACEEXIT, PTRACE_EVENT_EXIT = 7, 0x4206, 0x40, 6


def peak_memory(argv: list[str], environment: dict[str, str]) -> float:
    """VmHWM in MB, of this process alone."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    pid = spawn(argv, environment)
    if libc.ptrace(PTRACE_SEIZE, pid, None, PTRACE_O_TRACEEXIT) != 0:
        os.waitpid(pid, 0)
        return float("nan")
    peak = float("nan")
    while True:
        _, status = os.waitpid(pid, 0)
        if not os.WIFSTOPPED(status):
            return peak
        if status >> 8 == (signal.SIGTRAP | PTRACE_EVENT_EXIT << 8):
            peak = _high_water(pid)
            libc.ptrace(PTRACE_CONT, pid, None, None)
        else:
            libc.ptrace(PTRACE_CONT, pid, None, os.WSTOPSIG(status))


def _high_water(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return float("nan")


# ---- printing

def row(name: str, value: float, budget: float, unit: str) -> None:
    verdict = "ok" if value <= budget else "MISS"
    print(f"{name:<58} {value:7.2f} {unit}  budget {budget:g} {unit}  {verdict}", flush=True)


def _spread(values: list[float]) -> str:
    ordered = sorted(values)
    return f"{statistics.median(ordered):7.2f} ({ordered[int(len(ordered) * 0.9)]:.2f}) ms"


def describe_machine(executor: Path) -> None:
    models = [line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
              if line.startswith("model name")]
    load = " ".join(f"{value:.2f}" for value in os.getloadavg())
    print(f"machine: {models[0] if models else platform.machine()}, {os.cpu_count()} cores, "
          f"kernel {platform.release()}, load {load}")
    size = executor.stat().st_size / 1e6
    linking = "static" if b"ld-linux" not in executor.read_bytes()[:4096] else "dynamic"
    print(f"build: {executor}, {size:.1f} MB, {linking}")


def ask_for_realtime() -> None:
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except PermissionError:
        pass  # describe_runs() says so


def leave_realtime() -> None:
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def describe_runs() -> None:
    realtime = os.sched_getscheduler(0) == os.SCHED_FIFO
    print(f"runs: as uid {os.geteuid()}, wall times at {'real-time' if realtime else 'normal'} priority\n")


def measure_all(executor: Path, runs: int) -> None:
    describe_machine(executor)
    describe_runs()
    drivers = ["shell"] + (["bubblewrap"] if shutil.which("bwrap") else [])
    for driver in drivers:
        run_stage(executor, driver, runs)
    leave_realtime()
    for driver in drivers:
        own_cpu(executor, driver)
    many_at_once(executor)
    for name, size, budget in (("22 KB", 22_000, 12), ("1 MB", 1_000_000, 12), ("20 MB", 20_000_000, 40)):
        memory(executor, name, size, budget)


def as_nobody(work: Callable[[], None]) -> int:
    """Does the work in a child that keeps the priority but not the user."""
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setgid(NOBODY.gid)
        os.setuid(NOBODY.uid)
        _work_and_leave(work)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _work_and_leave(work: Callable[[], None]) -> NoReturn:
    """Never returns into the parent's clean-up."""
    code = 1
    try:
        work()
        code = 0
    except SystemExit as end:
        print(end, file=sys.stderr)
    except Exception:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def main(arguments: list[str]) -> int:
    if not arguments:
        print("usage: stages.py EXECUTOR [RUNS]", file=sys.stderr)
        return 2
    runs = int(arguments[1]) if len(arguments) > 1 else RUNS
    with tempfile.TemporaryDirectory(prefix="runneriq-bench-", dir=SCRATCH) as place:
        os.chmod(place, 0o1777)
        copy = Path(shutil.copy2(arguments[0], place))
        copy.chmod(0o755)
        shutil.copy2(Path(arguments[0]).parent / FLOOR, place)
        os.chdir("/")
        ask_for_realtime()
        if os.geteuid() == 0:
            return as_nobody(lambda: measure_all(copy, runs))
        measure_all(copy, runs)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
