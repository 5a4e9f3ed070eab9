"""What a process costs: wall time, CPU, memory."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from places import ROOT  # noqa: F401  (the path comes first)
from host import wait_until

CLOCK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cost:
    """Of one process and the children it waited for, in milliseconds."""

    wall: float
    cpu: float


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
        raise RuntimeError(f"{' '.join(argv)[:200]}: ended with {os.waitstatus_to_exitcode(status)}")
    return Cost(wall, (usage.ru_utime + usage.ru_stime) * 1000)


def all_at_once(commands: list[tuple[list[str], dict[str, str]]]) -> list[float]:
    """Milliseconds of each from its start to its end, in order."""
    started: dict[int, int] = {}
    for argv, environment in commands:
        begin = time.perf_counter_ns()
        started[spawn(argv, environment)] = begin
    times = []
    while started:
        pid, status = os.wait()
        if pid not in started:
            continue
        times.append((time.perf_counter_ns() - started.pop(pid)) / 1e6)
        if status != 0:
            raise RuntimeError(f"one of many ended with {os.waitstatus_to_exitcode(status)}")
    return sorted(times)


# ---- of a running process

def cpu_of(pid: int) -> float:
    """Milliseconds so far, of all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / CLOCK


def megabytes(pid: int, name: str) -> float:
    """VmRSS or VmHWM."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
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
            peak = megabytes(pid, "VmHWM")
            libc.ptrace(PTRACE_CONT, pid, None, None)
        else:
            libc.ptrace(PTRACE_CONT, pid, None, os.WSTOPSIG(status))
