"""kill -9 of the executor, of cleanup and of gitlab-runner: nothing is lost, nobody must help."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import fake_runner
from conftest import HostMaker
from fake_runner import FakeRunner, StageRecord
from host import Host, processes_with, wait_until
from job_spec import JobSpec

WAITING = ["echo working", "sleep 600"]


@pytest.fixture
def one_slot(make_host: HostMaker, driver: str) -> Host:
    return make_host(driver, slots=1)


class Killer:
    """Kills the first call of a stage, and every cleanup so that it cannot help."""

    def __init__(self, runner: FakeRunner, stage: str, job: int = 1) -> None:
        self._stage = stage
        self._job = f"job-token-{job}"
        runner.on_stage_start = self._on_start

    def _on_start(self, record: StageRecord) -> None:
        if record.environment.get("CUSTOM_ENV_CI_JOB_ID") != self._job.rpartition("-")[2]:
            return
        if record.name == self._stage or record.stage == "cleanup":
            os.kill(record.pid, signal.SIGKILL)


@pytest.mark.parametrize("stage", ["config", "prepare", "prepare_script", "get_sources", "build_script",
                                   "cleanup_file_variables", "cleanup"])
def test_a_killed_stage_frees_its_slot_though_cleanup_is_killed_too(one_slot: Host, stage: str) -> None:
    runner = one_slot.runner()
    Killer(runner, stage)
    result = runner.run(JobSpec(1))
    expected = "runner_system_failure" if stage not in ("cleanup_file_variables", "cleanup") else ""
    assert result.failure_reason == expected, result.log
    assert [s.end.exit_code for s in result.stages if s.name == stage] == [-9] * (
        3 if stage in ("config", "prepare") else 1)
    following = runner.run(JobSpec(2), timeout=20)
    assert following.status == "success", following.log
    assert following.stage("prepare").duration < 5


def test_a_job_that_waits_is_admitted_when_the_running_executor_is_killed(one_slot: Host) -> None:
    runner = one_slot.runner()
    first = runner.start(JobSpec(1, script=WAITING))
    first.wait_for_log("^working")
    second = runner.start(JobSpec(2))
    second.wait_for_log(r"^RunnerIQ: .*position 1")
    Killer(runner, "nothing")
    assert first.current is not None
    os.kill(first.current.pid, signal.SIGKILL)
    assert first.wait().failure_reason == "runner_system_failure"
    assert second.wait().status == "success"


def test_a_killed_run_stage_leaves_no_process_and_closes_the_pipes(one_slot: Host) -> None:
    runner = one_slot.runner()
    job = runner.start(JobSpec(1, script=["echo working", "sleep 600 & sleep 600"]))
    job.wait_for_log("^working")
    assert job.current is not None
    os.kill(job.current.pid, signal.SIGKILL)
    result = job.wait()
    assert not result.stage("build_script").end.pipes_held
    temp_dir = result.stage("build_script").temp_dir.name
    assert wait_until(lambda: not processes_with(temp_dir)), processes_with(temp_dir)


def test_a_killed_prepare_of_a_held_job_leaves_the_queue_usable(one_slot: Host) -> None:
    runner = one_slot.runner()
    first = runner.start(JobSpec(1, script=WAITING))
    first.wait_for_log("^working")
    Killer(runner, "prepare", job=2)
    assert runner.run(JobSpec(2)).failure_reason == "runner_system_failure"
    third = runner.start(JobSpec(3))
    third.wait_for_log(r"^RunnerIQ: .*position")
    first.abort()
    first.wait()
    assert third.wait().status == "success"


class RunnerProcess:
    """The fake runner as a process of its own, so that it can be killed."""

    def __init__(self, host: Host, *jobs: JobSpec) -> None:
        self._logs = host.root / "logs"
        settings = host.root / "settings.json"
        settings.write_text(host.settings().to_json())
        paths = []
        for job in jobs:
            paths.append(host.root / f"job-{job.id}.json")
            paths[-1].write_text(job.to_json())
        self._process = subprocess.Popen([sys.executable, fake_runner.__file__, str(settings), *map(str, paths)],
                                         stdin=subprocess.DEVNULL)

    def log(self, job: int) -> str:
        path: Path = self._logs / str(job)
        return path.read_text(errors="replace") if path.exists() else ""

    def wait_for_log(self, job: int, text: str) -> None:
        assert wait_until(lambda: text in self.log(job), 20), self.log(job)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


def test_a_killed_runner_frees_the_slot_of_its_running_job(one_slot: Host) -> None:
    dying = RunnerProcess(one_slot, JobSpec(1, script=WAITING))
    dying.wait_for_log(1, "\nworking")
    other = one_slot.runner()
    held = other.start(JobSpec(2))
    held.wait_for_log(r"^RunnerIQ: .*position 1")
    dying.kill()
    killed = time.monotonic()
    result = held.wait()
    assert result.status == "success", result.log
    print(f"admitted {(result.stage('prepare').ended - killed) * 1000:.0f} ms after the runner was killed")
    assert result.stage("prepare").ended - killed < 5


def test_a_killed_runner_takes_its_held_job_out_of_the_queue(one_slot: Host) -> None:
    here = one_slot.runner()
    first = here.start(JobSpec(1, script=WAITING))
    first.wait_for_log("^working")
    dying = RunnerProcess(one_slot, JobSpec(2, name="deploy", stage="deploy", protected=True))
    dying.wait_for_log(2, "position 1")
    behind = here.start(JobSpec(3, name="lint", stage="lint", ref="feature/x"))
    behind.wait_for_log(r"^RunnerIQ: .*position 2")
    dying.kill()
    behind.wait_for_log(r"^RunnerIQ: .*position 1")
    assert wait_until(lambda: not _prepares_of(one_slot, except_job=3))
    first.abort()
    first.wait()
    assert behind.wait().status == "success"


def _prepares_of(host: Host, except_job: int) -> list[int]:
    """Executors in prepare, of other jobs than that one."""
    found = []
    for pid in processes_with(str(host.root)):
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"prepare" in command and f"CUSTOM_ENV_CI_JOB_ID={except_job}".encode() not in environment:
            found.append(pid)
    return found
