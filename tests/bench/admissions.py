"""What asking the scheduler service costs. The clients are on the same machine; every admission is durable when it is
answered, so the disk decides."""

from __future__ import annotations

import json
import subprocess

from places import ROOT  # noqa: F401  (the path comes first)
from effort import Effort
from fleet import Simulator
from rows import Reference, Row
from service import Service


def measured(effort: Effort) -> list[Row]:
    with Simulator() as gitlab, Service(gitlab) as service:
        service.begin()
        assert service.process is not None
        out = subprocess.run([effort.program("admissions_load"), str(service.socket), str(service.process.pid),
                              str(service.root), str(effort.runs(10, 1))], capture_output=True, text=True, check=True)
    return _rows(json.loads(out.stdout))


def _rows(of: dict[str, list[float]]) -> list[Row]:
    commit, echo = Reference("one SQLite commit alone", of["commit_ms"]), of["unix_echo_ms"]
    commits = Reference("SQLite commits alone, one after the other", [1000 / each for each in of["commit_ms"]])
    unheld = Reference("the same without held jobs", of["many_p99_ms"])
    return [
        Row("admission_p50", "one client, a durable admission: p50", "ms", of["one_p50_ms"], commit),
        Row("admission_over_loopback", "the same, beside a bare exchange", "ms", of["one_p50_ms"],
            Reference("bare HTTP over TCP on loopback", of["bare_http_ms"])),
        Row("admission_over_echo", "the same, beside a bare echo", "ms", of["one_p50_ms"],
            Reference("a Unix-socket echo", echo)),
        Row("admission_p99", "the same: p99", "ms", of["one_p99_ms"], commit),
        Row("admissions_per_second", "64 clients: durable admissions", "/s", of["many_per_second"], commits),
        Row("requests_per_second", "64 clients: with those that leave and report", "/s", of["requests_per_second"],
            commits),
        Row("held_p50", "64 clients beside 1,000 held jobs: p50", "ms", of["held_p50_ms"], commit),
        Row("held_p99", "64 clients beside 1,000 held jobs: p99", "ms", of["held_p99_ms"], unheld),
        Row("held_memory", "memory with 1,000 held jobs and their long polls", "MB", of["memory_held_MB"],
            Reference("before", of["memory_MB"]))]
