"""Executors that ask a scheduler service who is next, and what becomes of jobs when it is in trouble."""

from __future__ import annotations

import sqlite3
import socket
import time
from collections.abc import Iterator

import pytest

from conftest import HostMaker
from fake_runner import FakeRunner, JobResult, RunningJob
from fake_service import FakeService
from host import Host, our_lines, wait_until
from job_spec import JobSpec

TROUBLES = ("slow", "garbage", "nonsense", "half", "huge", "drip", "refusing", "dead")
ALONE = "this host decides alone"
WORDS_OF_SERVICE = "scheduler service"
PATIENCE = 0.3  # of a job for a dead service
SLACK = 2.0     # a busy machine


@pytest.fixture
def host(make_host: HostMaker) -> Host:
    host = make_host("shell", slots=1)
    host.environment["RUNNERIQ_SOCKET"] = str(host.root / "runneriq.sock")
    return host


@pytest.fixture
def service(host: Host) -> Iterator[FakeService]:
    with FakeService(host.root / "runneriq.sock") as service:
        yield service


def gated(number: int) -> JobSpec:
    return JobSpec(number, script=["echo working", f"until [ -e gate-{number} ]; do sleep 0.02; done"])


def open_gate(job: RunningJob) -> None:
    (job.project_dir() / f"gate-{job.job.id}").touch()


def start_working(runner: FakeRunner, number: int) -> RunningJob:
    job = runner.start(gated(number))
    job.wait_for_log("^working")
    return job


def start_held(runner: FakeRunner, number: int) -> RunningJob:
    job = runner.start(JobSpec(number, script=["echo done"]))
    job.wait_for_log("^RunnerIQ: .*position")
    return job


def lines_about_service(result: JobResult) -> list[str]:
    return [line for line in our_lines(result.log + result.runner_log) if WORDS_OF_SERVICE in line]


def prepared_at(job: RunningJob) -> float:
    return next(s.ended for s in reversed(job.stages) if s.stage == "prepare")


def undelivered(host: Host) -> int:
    with sqlite3.connect(f"file:{host.state}?mode=ro", uri=True) as file:
        return int(file.execute("SELECT count(*) FROM outcomes WHERE delivered = 0").fetchone()[0])


# ---- the service decides


def test_a_job_that_is_next_runs_at_once_and_its_outcome_arrives(host: Host, service: FakeService) -> None:
    result = host.runner().run(JobSpec(1, script=["echo done"]))
    assert result.status == "success", result.log
    assert lines_about_service(result) == []
    [submitted] = service.called("POST", "/api/v1/admissions")
    assert submitted.body["host"]["slots"] == 1
    assert len(submitted.body["host"]["host"]) == 32
    assert submitted.body["job"]["job"] == 1
    assert service.called("DELETE", "/api/v1/admissions")
    assert service.book.waiting == []
    assert service.jobs_delivered() == [1]
    assert undelivered(host) == 0


def test_three_executors_of_one_host_run_in_the_services_order(host: Host, service: FakeService) -> None:
    service.scores = {2: 71, 3: 95, 4: 80}
    runner = host.runner()
    first = start_working(runner, 1)
    jobs = [start_held(runner, number) for number in (2, 3, 4)]
    open_gate(first)
    for job in [first, *jobs]:
        assert job.wait().status == "success", job.log_text()
    assert [job.job.id for job in sorted(jobs, key=prepared_at)] == [3, 4, 2]
    assert sorted(service.jobs_delivered()) == [1, 2, 3, 4]


def test_a_job_that_the_service_holds_leaves_the_free_slot_to_the_next(host: Host, service: FakeService) -> None:
    service.blocked.add(2)
    runner = host.runner()
    held = start_held(runner, 2)
    assert "of the fleet go first" in held.log_text()
    assert runner.run(JobSpec(3, script=["echo done"])).status == "success"
    service.allow(2)
    assert held.wait().status == "success"


def test_a_free_slot_that_nobody_else_takes_is_taken_against_the_services_word(host: Host,
                                                                               service: FakeService) -> None:
    service.blocked.add(2)
    result = host.runner().run(JobSpec(2, script=["echo done"]), timeout=30)
    assert result.status == "success"


def test_a_job_that_is_cancelled_while_it_is_held_leaves_the_services_queue(host: Host,
                                                                            service: FakeService) -> None:
    runner = host.runner()
    first = start_working(runner, 1)
    held = start_held(runner, 2)
    held.cancel()
    held.wait()
    assert wait_until(lambda: [w.key[1] for w in service.book.waiting] == [])
    open_gate(first)
    assert first.wait().status == "success"


# ---- the service is in trouble


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_service_in_trouble_costs_one_line_and_no_job(host: Host, service: FakeService, trouble: str) -> None:
    service.trouble = trouble
    result = host.runner().run(JobSpec(1, script=["echo done"]))
    assert result.status == "success", result.log
    [line] = lines_about_service(result)
    assert line.endswith(ALONE)
    assert result.stage("prepare").duration < PATIENCE + SLACK
    assert undelivered(host) == 1
    assert [c.path for c in service.book.calls].count("/api/v1/outcomes") == 0, "asked again in cleanup"


def test_a_socket_on_which_nobody_listens_is_one_line(host: Host) -> None:
    with socket.socket(socket.AF_UNIX) as nobody:
        nobody.bind(str(host.root / "runneriq.sock"))
    result = host.runner().run(JobSpec(1, script=["echo done"]))
    assert result.status == "success"
    [line] = lines_about_service(result)
    assert line.endswith(ALONE)


def test_without_a_socket_nothing_is_said_and_nothing_differs(make_host: HostMaker) -> None:
    def lines(host: Host) -> list[str]:
        result = host.runner().run(JobSpec(1, script=["echo done"]))
        assert result.status == "success"
        assert lines_about_service(result) == []
        return our_lines(result.log)

    without, never = make_host("shell", slots=1), make_host("shell", slots=1)
    without.environment["RUNNERIQ_SOCKET"] = str(without.root / "nothing-there.sock")
    never.environment["RUNNERIQ_EXECUTOR_SOCKET"] = ""
    assert lines(without) == lines(never)


@pytest.mark.parametrize("end", ["dead", "garbage", "refusing"])
def test_a_service_that_dies_in_the_middle_leaves_the_order_to_the_host(host: Host, service: FakeService,
                                                                        end: str) -> None:
    runner = host.runner()
    first = start_working(runner, 1)
    held = start_held(runner, 2)
    if end == "dead":
        service.stop()
    else:
        service.trouble = end
        with service.book.changed:
            service.book.waiting.clear()
            service.book.changed.notify_all()
    assert wait_until(lambda: ALONE in held.log_text()), held.log_text()
    open_gate(first)
    for job in (first, held):
        assert job.wait().status == "success"
    assert held.log_text().count(WORDS_OF_SERVICE) == 1


def test_a_service_that_is_started_anew_learns_of_the_held_job_again(host: Host, service: FakeService) -> None:
    runner = host.runner()
    first = start_working(runner, 1)
    held = start_held(runner, 2)
    with service.book.changed:  # as one that comes back on the same socket, knowing nothing
        service.book.waiting.clear()
        service.book.version += 1
        service.book.changed.notify_all()
    assert wait_until(lambda: [w.key[1] for w in service.book.waiting] == [2])
    open_gate(first)
    assert held.wait().status == "success"
    assert WORDS_OF_SERVICE not in held.log_text()


# ---- outcomes


def test_outcomes_wait_for_the_service_and_arrive_exactly_once(host: Host) -> None:
    runner = host.runner()
    for number in (1, 2, 3):
        assert runner.run(JobSpec(number, script=["echo done"])).status == "success"
    assert undelivered(host) == 3
    with FakeService(host.root / "runneriq.sock") as service:
        for number in (4, 5):
            assert runner.run(JobSpec(number, script=["echo done"])).status == "success"
        told = [o["job"] for c in service.called("POST", "/api/v1/outcomes") for o in c.body["outcomes"]]
    assert told == [1, 2, 3, 4, 5]
    assert undelivered(host) == 0


def test_a_failed_job_is_told_as_it_failed(host: Host, service: FakeService) -> None:
    host.runner().run(JobSpec(1, script=["exit 7"]))
    [outcome] = service.book.outcomes
    assert (outcome["succeeded"], outcome["exit_code"]) == (False, 7)
    assert outcome["ran_seconds"] >= 0
    assert time.strptime(outcome["finished"][:19], "%Y-%m-%dT%H:%M:%S")
