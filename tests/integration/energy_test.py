"""The energy of a job in the host's state file, on a machine with energy counters and on one without."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from pathlib import Path

import pytest

from conftest import HostMaker
from host import Host
from job_spec import JobSpec

MICROJOULES = 1_000_000
RAPL, CPU_MODEL = 0, 1
# Burns processor time; a test's own counters move on meanwhile.
SCRIPT = ["i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done", "echo done"]


def counters(host: Host) -> Path:
    """A tree like /sys/class with one package, whose counter has used 5 J of a kilojoule."""
    zone = host.make_directory("class") / "powercap" / "intel-rapl:0"
    zone.mkdir(parents=True)
    for name, text in {"name": "package-0", "energy_uj": f"{5 * MICROJOULES}",
                       "max_energy_range_uj": f"{1000 * MICROJOULES}"}.items():
        (zone / name).write_text(text + "\n")
    return zone


def show(host: Host, folder: Path) -> None:
    """Puts `folder` in the place of /sys/class, for the executor and its jobs alone."""
    real = host.executor.rename(host.executor.with_name("real-executor"))
    host.executor.write_text("#!/bin/sh\nexec unshare --mount sh -c 'mount --bind \"$1\" /sys/class && shift && "
                             f"exec \"$@\"' sh {folder} {real} \"$@\"\n")
    host.executor.chmod(0o755)


def can_mount() -> bool:
    return os.geteuid() == 0 and subprocess.run(
        ["unshare", "--mount", "mount", "--bind", "/tmp", "/sys/class"], capture_output=True).returncode == 0


def outcome(host: Host) -> tuple[int | None, float | None, int | None]:
    with sqlite3.connect(host.state) as database:
        rows = database.execute("SELECT cpu, energy, energy_method FROM outcomes").fetchall()
    assert len(rows) == 1
    if not rows[0][0]:
        pytest.skip("this host gives the job no cgroup, so that its processor time is not known")
    return rows[0]


def run(host: Host, script: list[str] = SCRIPT) -> tuple[int | None, float | None, int | None]:
    result = host.runner().start(JobSpec(1, script=script)).wait()
    assert result.status == "success", result.log
    assert result.runner_log == ""
    return outcome(host)


def test_without_counters_a_jobs_energy_is_reckoned_from_its_processor_time(host: Host) -> None:
    if Path("/sys/class/powercap/intel-rapl:0").exists():
        pytest.skip("this machine has energy counters")
    host.options |= {"ENERGY_IDLE_WATTS_PER_CORE": "0", "ENERGY_FULL_WATTS_PER_CORE": "10"}
    cpu, joules, method = run(host)
    assert cpu is not None
    assert method == CPU_MODEL
    assert joules == pytest.approx(10 * cpu / 1000)


@pytest.mark.skipif(not can_mount(), reason="needs root and mount namespaces")
def test_with_counters_a_jobs_energy_is_its_share_of_what_they_measured(make_host: HostMaker) -> None:
    host = make_host("shell")  # whose jobs can reach the counter
    zone = counters(host)
    show(host, host.root / "class")
    host.options["ENERGY_IDLE_WATTS_PER_CORE"] = "0"
    zone.chmod(0o777)
    # The counter begins anew: 995 J to its end and 205 J beyond.
    moved = f"echo {205 * MICROJOULES} > {zone}/new && mv {zone}/new {zone}/energy_uj"
    _, joules, method = run(host, [*SCRIPT, moved])
    assert method == RAPL
    assert joules is not None
    assert 0 < joules <= 1200


@pytest.mark.skipif(not can_mount(), reason="needs root and mount namespaces")
def test_counters_that_are_not_to_be_read_change_nothing(host: Host) -> None:
    counters(host)
    show(host, host.root / "class")
    host.options["ENERGY_MEASURE"] = "off"
    assert run(host)[2] == CPU_MODEL
