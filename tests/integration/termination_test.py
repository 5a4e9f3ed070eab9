"""SIGTERM in each stage, and what a stage leaves behind: nothing."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from conftest import HostMaker
from fake_runner import RunningJob
from host import Host, processes_with, wait_until
from job_spec import JobSpec

TRAPPING = ['trap "echo the trap ran; exit 0" TERM', "echo working", "while :; do sleep 0.05; done"]


def marked(seconds: int, marker: str) -> str:
    """A command that sleeps under a name that can be found from outside."""
    return f"bash -c 'exec -a {marker} sleep {seconds}'"


def marker_of(host: Host) -> str:
    return f"marked-{host.root.name}"


def gone(marker: str, timeout: float = 5) -> bool:
    return wait_until(lambda: not _commands_with(marker), timeout)


def _commands_with(marker: str) -> list[int]:
    return [pid for pid in processes_with(marker) if _command(pid).startswith(marker.encode())]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def start_working(host: Host, script: list[str], **members: object) -> RunningJob:
    job = host.runner().start(JobSpec(1, script=script, **members))  # type: ignore[arg-type]
    job.wait_for_log("^working")
    return job


@pytest.mark.parametrize("how", ["cancel", "abort"])
def test_term_in_run_lets_the_trap_run_and_never_exits_0(host: Host, how: str) -> None:
    host.options["KILL_GRACE"] = "5s"
    job = start_working(host, TRAPPING)
    before = time.monotonic()
    getattr(job, how)()
    result = job.wait()
    record = result.stage("build_script")
    assert "\nthe trap ran" in result.log, result.log
    assert record.end.exit_code in (1, 2)
    assert not record.end.killed and not record.end.pipes_held
    assert time.monotonic() - before < 4, "the script ended well before the grace was over"


def test_term_reaches_every_process_of_the_tree(host: Host) -> None:
    host.options["KILL_GRACE"] = "5s"
    child = "bash -c 'trap \"echo child trap; exit 0\" TERM; echo child up; while :; do sleep 0.05; done'"
    script = [f"setsid {child} &", "echo working", "wait"]
    job = start_working(host, script)
    job.wait_for_log("^child up")
    job.cancel()
    assert "\nchild trap" in job.wait().log


def test_a_script_that_ignores_term_is_killed_after_the_grace(host: Host) -> None:
    marker = marker_of(host)
    job = start_working(host, ['trap "" TERM', f"{marked(600, marker)} &", "echo working",
                               "while :; do sleep 0.05; done"])
    before = time.monotonic()
    job.cancel()
    result = job.wait()
    took = result.stage("build_script").ended - before
    assert 0.8 < took < 5, f"kill_grace is 1 s, it took {took:.1f} s"
    assert not result.stage("build_script").end.killed, "the executor ends the tree, not the runner"
    assert result.stage("build_script").end.exit_code in (1, 2)
    assert gone(marker)


DOUBLE_FORK = "( setsid bash -c '( {command} ) >/dev/null 2>&1 & disown' >/dev/null 2>&1 & )"


@pytest.mark.parametrize("command", [
    "{marked} &",
    "nohup {marked} > /dev/null 2>&1 &",
    "setsid {marked} &",
    DOUBLE_FORK.replace("{command}", "exec -a {marker} sleep 600"),
    "( trap '' TERM HUP; exec -a {marker} sleep 600 ) &",
], ids=["background", "nohup", "setsid", "double_fork_setsid", "ignores_term"])
@pytest.mark.parametrize("sub_stage", ["build_script", "get_sources"])
def test_background_processes_end_with_their_stage(host: Host, command: str, sub_stage: str) -> None:
    marker = marker_of(host)
    line = command.replace("{marked}", marked(600, marker)).replace("{marker}", marker)
    seen: list[list[int]] = []
    runner = host.runner()
    runner.on_stage_start = lambda record: seen.append(_commands_with(marker))
    result = runner.run(JobSpec(1, script=["true"], prelude={sub_stage: [line]}))
    record = result.stage(sub_stage)
    assert result.status == "success", result.log
    assert not record.end.pipes_held
    assert record.duration < 4
    assert not any(seen), "no process may be left when the next stage starts"
    assert gone(marker)


def test_a_cancelled_tree_with_a_double_fork_is_gone(host: Host) -> None:
    marker = marker_of(host)
    fork = DOUBLE_FORK.replace("{command}", f"exec -a {marker} sleep 600")
    job = start_working(host, [fork, f"until pgrep -f '^{marker}' > /dev/null; do sleep 0.02; done",
                               "echo working", "sleep 600"])
    job.cancel()
    result = job.wait()
    assert not result.stage("build_script").end.pipes_held
    assert gone(marker)


def test_term_while_held_in_prepare_ends_with_the_system_code(make_host: HostMaker, driver: str) -> None:
    host = make_host(driver, slots=1)
    runner = host.runner()
    first = runner.start(JobSpec(1, script=["echo working", "sleep 600"]))
    first.wait_for_log("^working")
    held = runner.start(JobSpec(2))
    held.wait_for_log(r"^RunnerIQ: .*position")
    held.abort()
    result = held.wait()
    assert result.stage("prepare").end.exit_code == 2
    assert result.stage("prepare").duration < 5
    first.abort()
    first.wait()


@pytest.mark.parametrize("stage", ["config", "prepare", "prepare_script", "get_sources", "build_script"])
def test_term_at_any_moment_never_exits_0_with_work_undone(host: Host, stage: str) -> None:
    """SIGTERM right at the start of a stage, when handlers may not be there yet: the stage may
    still end well when it was as good as over, but then it must have done its work."""
    runner = host.runner()
    for number in range(1, 13):
        delay = number * 0.001
        runner.on_stage_start = lambda record: _term(record.pid, delay) if record.name == stage else None
        result = runner.run(JobSpec(number, prelude={stage: ["sleep 0.3", f"echo whole {stage}"]}, script=[
            "sleep 0.3", "echo whole build_script"]))
        record = next(s for s in result.stages if s.name == stage)
        assert record.end.exit_code in (0, 1, 2, -15), record
        if record.stage == "run" and record.end.exit_code == 0:
            assert f"whole {stage}" in record.text
        attempt = record.temp_dir.name
        assert wait_until(lambda: not processes_with(attempt), 2), [_command(p) for p in processes_with(attempt)]


def _term(pid: int, delay: float) -> None:
    deadline = time.monotonic() + delay
    while time.monotonic() < deadline:
        pass  # a moment inside the start of the stage, too short for a timer
    try:
        os.killpg(pid, signal.SIGTERM)
    except ProcessLookupError:
        pass  # it was faster


def test_output_of_a_stage_arrives_whole(host: Host) -> None:
    result = host.runner().run(JobSpec(1, script=["seq 1 200000", "seq 200001 200010 >&2", "echo last"]))
    lines = result.stage("build_script").stdout.decode().splitlines()
    numbers = [line for line in lines if line.isdigit()]
    assert numbers == [str(number) for number in range(1, 200001)]
    assert b"200010\n" in result.stage("build_script").stderr
    assert lines[-1] == "last"


def test_term_in_the_first_milliseconds_of_a_stage_leaves_nothing(make_host: HostMaker, driver: str,
                                                                  identity: str) -> None:
    """The driver's own start must be as mortal as the script: no process and no open pipe."""
    host = make_host(driver, identity)
    runner = host.runner()
    for number in range(1, 61):
        delay = number % 20 * 0.0005
        runner.on_stage_start = (lambda record, delay=delay:  # type: ignore[misc]
                                 _term(record.pid, delay) if record.name == "prepare_script" else None)
        result = runner.run(JobSpec(number, prelude={"prepare_script": ["sleep 0.1"]}))
        record = result.stage("prepare_script")
        assert not record.end.pipes_held, f"after {delay * 1000:.1f} ms: {record.end}"
        name = record.temp_dir.name
        assert wait_until(lambda: not processes_with(name), 2), f"after {delay * 1000:.1f} ms"  # noqa: B023
