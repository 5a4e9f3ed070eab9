"""Who runs next on a host with slots, and when."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import HostMaker
from fake_runner import FakeRunner, JobResult, RunningJob
from host import Host, our_lines, wait_until
from job_spec import JobSpec

ADMITTED = r"^RunnerIQ: admitted"
POSITION = r"^RunnerIQ: .*position (\d+)"


@pytest.fixture
def one_slot(make_host: HostMaker) -> Host:
    return make_host("shell", slots=1)


def gated(number: int, **members: object) -> JobSpec:
    """A job that runs until open_gate()."""
    return JobSpec(number, script=["echo working", f"until [ -e gate-{number} ]; do sleep 0.02; done"],
                   **members)  # type: ignore[arg-type]


def open_gate(job: RunningJob) -> None:
    (job.project_dir() / f"gate-{job.job.id}").touch()


def start_working(runner: FakeRunner, job: JobSpec) -> RunningJob:
    running = runner.start(job)
    running.wait_for_log("^working")
    return running


def start_held(runner: FakeRunner, job: JobSpec) -> RunningJob:
    running = runner.start(job)
    running.wait_for_log(POSITION)
    return running


def admitted_at(job: RunningJob) -> float:
    """When prepare ended."""
    return next(s.ended for s in reversed(job.stages) if s.stage == "prepare")


def order_of(jobs: list[RunningJob]) -> list[int]:
    for job in jobs:
        assert job.wait().status == "success", job.log_text()
    return [job.job.id for job in sorted(jobs, key=admitted_at)]


def deploy(number: int) -> JobSpec:
    return JobSpec(number, name="deploy", stage="deploy", ref="main", protected=True)


def build_on_develop(number: int) -> JobSpec:
    return JobSpec(number, name="build", stage="build", ref="develop")


def check_on_develop(number: int) -> JobSpec:
    return JobSpec(number, name="test", stage="test", ref="develop")


def lint(number: int, name: str = "lint") -> JobSpec:
    return JobSpec(number, name=name, stage="lint", ref=f"feature/{number}")


def test_without_slots_every_job_is_admitted_at_once(make_host: HostMaker) -> None:
    runner = make_host("shell").runner()
    jobs = [start_working(runner, gated(number)) for number in range(1, 6)]
    for job in jobs:
        assert re.search(ADMITTED, job.log_text(), re.MULTILINE), job.log_text()
        open_gate(job)
    assert all(job.wait().status == "success" for job in jobs)


def test_never_more_jobs_than_slots_run(make_host: HostMaker) -> None:
    host = make_host("shell", slots=2)
    marks = host.make_directory("marks", 0o1777)
    marks.chmod(0o1777)
    script = [f"touch {marks}/$CI_JOB_ID", f"echo beside $(ls {marks} | wc -l)", "sleep 0.2",
              f"rm {marks}/$CI_JOB_ID"]
    runner = host.runner()
    jobs = [runner.start(JobSpec(number, script=script)) for number in range(1, 9)]
    logs = [job.wait().log for job in jobs]
    beside = [int(m[1]) for log in logs for m in re.finditer(r"^beside (\d+)", log, re.MULTILINE)]
    assert len(beside) == 8, logs
    assert max(beside) <= 2


def test_classes_decide_the_order_of_held_jobs(one_slot: Host) -> None:
    runner = one_slot.runner()
    first = start_working(runner, gated(1))
    held = [start_held(runner, job) for job in (lint(2), lint(3), check_on_develop(4), build_on_develop(5), deploy(6))]
    for job, expected in zip(held, ("LOW", "LOW", "MEDIUM", "HIGH", "CRITICAL"), strict=True):
        job.wait_for_log(rf"^RunnerIQ: priority [\d.]+ {expected}\b")
    open_gate(first)
    assert order_of(held) == [6, 5, 4, 2, 3]


def test_within_critical_the_score_decides_then_the_older_job(one_slot: Host) -> None:
    runner = one_slot.runner()
    first = start_working(runner, gated(1))
    plain = [deploy(5), deploy(4)]
    better = JobSpec(6, name="deploy", stage="deploy", ref="main", protected=True,
                     variables=[("CI_JOB_MANUAL", "true")])
    held = [start_held(runner, job) for job in (*plain, better)]
    open_gate(first)
    order = order_of(held)
    assert order.index(4) < order.index(5)
    scores = {job.job.id: float(job.wait_for_log(r"priority (\d+\.\d)")[1]) for job in held}
    assert sorted(order, key=lambda number: (-scores[number], number)) == order


def test_within_low_the_shortest_expected_job_goes_first(one_slot: Host) -> None:
    runner = one_slot.runner()
    slow, quick = lint(1, "slow-lint"), lint(2, "quick-lint")
    slow.script = ["sleep 1.5"]
    for job in (slow, quick):
        assert runner.run(job).status == "success"
    first = start_working(runner, gated(3))
    held = [start_held(runner, lint(4, "slow-lint")), start_held(runner, lint(5, "quick-lint"))]
    open_gate(first)
    assert order_of(held) == [5, 4]


def test_gitlab_queue_time_raises_the_class(one_slot: Host) -> None:
    runner = one_slot.runner()
    first = start_working(runner, gated(1))
    waited = lint(9)
    waited.queued_seconds = 61 * 60.0
    held = [start_held(runner, job) for job in (build_on_develop(2), waited)]
    open_gate(first)
    assert order_of(held) == [9, 2]


def test_a_held_job_says_position_class_and_reason(one_slot: Host) -> None:
    runner = one_slot.runner()
    first = start_working(runner, gated(1))
    second = start_held(runner, lint(2))
    third = start_held(runner, deploy(3))
    second.wait_for_log(r"^RunnerIQ: .*position 2")
    assert "CRITICAL" in third.wait_for_log(r"^RunnerIQ: .*position 1.*$")[0]
    for job in (third, second, first):
        job.abort()
    results = [job.wait() for job in (third, second, first)]
    assert [result.failure_reason for result in results] == ["job_canceled"] * 3


def test_a_held_job_that_is_cancelled_leaves_the_queue_and_starts_nothing(one_slot: Host) -> None:
    runner = one_slot.runner()
    first = start_working(runner, gated(1))
    held = start_held(runner, deploy(2))
    later = start_held(runner, lint(3))
    before = time.monotonic()
    held.cancel()
    result = held.wait()
    assert time.monotonic() - before < 5
    assert result.called() == ["config", "prepare", "cleanup"]
    assert result.stage("prepare").end.exit_code == 2
    assert result.failure_reason == "job_canceled"
    later.wait_for_log(r"^RunnerIQ: .*position 1")
    open_gate(first)
    assert order_of([later]) == [3]


@pytest.mark.parametrize("driver_name", ["shell", "bubblewrap"])
def test_the_next_job_is_admitted_soon_after_a_slot_falls_free(
        make_host: HostMaker, driver_name: str, record_property: Callable[[str, object], None]) -> None:
    runner = make_host(driver_name, slots=1).runner()
    delays = []
    for number in range(1, 10, 2):
        first = start_working(runner, gated(number))
        second = start_held(runner, lint(number + 1))
        open_gate(first)
        result = first.wait()
        second.wait()
        delays.append((admitted_at(second) - result.stage("cleanup").ended) * 1000)
    print(f"{driver_name}: prepare of the next job ended after the cleanup before it by "
          f"{', '.join(f'{delay:.0f}' for delay in delays)} ms (budget 200 ms)")
    record_property("delays_ms", delays)
    assert max(delays) < 1000


def test_a_hold_is_bounded_by_max_hold_and_ends_in_run(one_slot: Host) -> None:
    one_slot.options["MAX_HOLD"] = "1s"
    runner = one_slot.runner()
    first = start_working(runner, gated(1))
    held = start_held(runner, lint(2))
    result = held.wait()
    prepare = result.stage("prepare")
    assert result.status == "success", result.log
    assert 0.8 < prepare.duration < 3
    assert not first.is_over
    open_gate(first)
    assert first.wait().status == "success"


def test_a_hold_is_bounded_by_a_quarter_of_the_job_timeout(one_slot: Host) -> None:
    runner = one_slot.runner()
    first = start_working(runner, gated(1))
    held = lint(2)
    held.timeout = 6
    result = runner.run(held)
    assert result.status == "success", result.log
    assert 1.2 < result.stage("prepare").duration < 3
    open_gate(first)
    first.wait()


def test_with_max_hold_0_nothing_is_held(one_slot: Host) -> None:
    one_slot.options["MAX_HOLD"] = "0"
    runner = one_slot.runner()
    first = start_working(runner, gated(1))
    result = runner.run(lint(2))
    assert result.status == "success" and result.stage("prepare").duration < 1
    open_gate(first)
    first.wait()


def test_a_retried_prepare_keeps_its_place_and_its_bound(one_slot: Host) -> None:
    one_slot.options["MAX_HOLD"] = "3s"
    runner = one_slot.runner()
    first = start_working(runner, gated(1))
    held = start_held(runner, lint(2))
    arrived = held.stages[-1].started
    assert wait_until(lambda: time.monotonic() - arrived > 1.5)
    _kill_current(held)
    result = held.wait()
    assert result.called(attempt=1) == ["config", "prepare", "cleanup"]
    assert result.status == "success", result.log
    assert 2.5 < admitted_at(held) - arrived < 4, "the hold counts from the first attempt"
    open_gate(first)
    first.wait()


def test_a_job_that_waited_is_recorded_with_its_hold(one_slot: Host) -> None:
    runner = one_slot.runner()
    first = start_working(runner, gated(1))
    held = start_held(runner, lint(2))
    arrived = time.monotonic()
    assert wait_until(lambda: time.monotonic() - arrived > 1.1)
    open_gate(first)
    result = held.wait()
    lines = our_lines(result.log)
    assert any(re.match(r"RunnerIQ: admitted after \d+.*: a slot is free", line) for line in lines), lines


def test_a_full_run_of_sixteen_jobs_loses_no_slot(make_host: HostMaker) -> None:
    runner = make_host("shell", slots=3).runner()
    kinds: list[Callable[[int], JobSpec]] = [lint, check_on_develop, build_on_develop, deploy]
    jobs = [runner.start(kinds[number % 4](number)) for number in range(1, 17)]
    results: list[JobResult] = [job.wait() for job in jobs]
    assert {result.status for result in results} == {"success"}
    assert start_and_finish(runner, 3)


def start_and_finish(runner: FakeRunner, slots: int) -> bool:
    """All slots can be taken at once again."""
    jobs = [start_working(runner, gated(100 + number)) for number in range(slots)]
    for job in jobs:
        open_gate(job)
    return all(job.wait().status == "success" for job in jobs)


def test_builds_directories_are_numbered_from_0_and_used_again(make_host: HostMaker) -> None:
    host = make_host("shell")
    runner = host.runner()
    jobs = [start_working(runner, gated(number)) for number in (1, 2)]
    assert [_number(host, job) for job in jobs] == ["0", "1"]
    other = start_working(runner, gated(3, project_id=8, project_path="demo/other"))
    assert _number(host, other) == "0"
    open_gate(jobs[0])
    jobs[0].wait()
    again = start_working(runner, gated(4))
    assert _number(host, again) == "0"
    for job in (jobs[1], other, again):
        open_gate(job)
        job.wait()


def _number(host: Host, job: RunningJob) -> str:
    return Path(job.project_dir()).relative_to(host.builds).parts[1]


def _kill_current(job: RunningJob) -> None:
    assert job.current is not None
    os.kill(job.current.pid, signal.SIGKILL)
