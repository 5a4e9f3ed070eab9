"""The scheduler goes away in the middle: jobs go on, none fails, and none waits for it longer than its patience."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from ci_host import CiHost, until_there
from conftest import HostMaker
from fake_runner import JobResult
from fleet import Simulator, Watcher
from host import Host, our_lines, wait_until
from job_spec import JobSpec
from steered_fleet import (AUTONOMOUS, LOOP, SLOW, arrive, job, pool, steering_words, tags_of, trust, wait_for_rest,
                           world)

HOSTS, SLOTS = 2, 1
PATIENCE = 0.3  # of a job for a dead scheduler
SERVICE = "scheduler service"


class Site:
    """Hosts that ask the daemon who is next, and accept one job more than they have slots for."""

    def __init__(self, make_host: HostMaker, stack: contextlib.ExitStack) -> None:
        self.gitlab = stack.enter_context(Simulator(world(pool(HOSTS, slots=0, managers=0)), time_factor=1))
        self.watcher = stack.enter_context(Watcher(self.gitlab))
        self.at_rest = tags_of(self.gitlab)
        trust(self.watcher, AUTONOMOUS)
        self.hosts = [self._host(make_host("shell", slots=SLOTS)) for _ in range(HOSTS)]
        self.gate = self.hosts[0].make_directory("gates") / "open"
        self.start()
        self.runners = [stack.enter_context(CiHost(self.gitlab, runner["token"], host, slots=SLOTS + 1, interval=0.1,
                                                   script=self._script))
                        for runner, host in zip(self.gitlab.state()["runners"], self.hosts, strict=True)]

    def start(self) -> None:
        self.daemon = self.watcher.start(*LOOP, "--listen", f"unix:{self.socket}")
        assert wait_until(self.socket.exists, SLOW) and self.watcher.wait_for_ticks(1, SLOW), self.watcher.logged()

    @property
    def socket(self) -> Path:
        return self.watcher.root / "runneriq.sock"

    def _host(self, host: Host) -> Host:
        host.environment["RUNNERIQ_SOCKET"] = str(self.socket)
        return host

    def _script(self, spec: JobSpec) -> list[str]:
        return until_there(self.gate) if spec.name.startswith("held") else ["true"]

    def results(self) -> list[JobResult]:
        return [result for runner in self.runners for result in runner.results()]

    def run_one_by_one(self, count: int) -> list[JobResult]:
        """Each alone, so that it waits for nobody but the scheduler."""
        done = []
        for number in range(count):
            before = len(self.results())
            ids = arrive(self.gitlab, job(f"quick-{number}"))
            assert wait_until(lambda: len(self.results()) > before, SLOW)  # noqa: B023
            done += [result for result in self.results() if result.job.id in ids]
        return done


@pytest.fixture
def site(make_host: HostMaker) -> Iterator[Site]:
    with contextlib.ExitStack() as stack:
        yield Site(make_host, stack)


def prepared_in(results: list[JobResult]) -> list[float]:
    return [result.stage("prepare").duration for result in results]


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP])
def test_a_scheduler_that_goes_away_costs_no_job_more_than_its_patience(site: Site, by: signal.Signals) -> None:
    attended = site.run_one_by_one(4)
    assert all(SERVICE not in line for result in attended for line in our_lines(result.log))
    site.daemon.send_signal(by)
    if by != signal.SIGSTOP:
        site.daemon.wait(SLOW)
    alone = site.run_one_by_one(4)
    print(f"\n{by.name}: prepare with the scheduler {max(prepared_in(attended)):.3f} s at most, "
          f"without {max(prepared_in(alone)):.3f} s")
    assert {result.status for result in attended + alone} == {"success"}
    assert min(prepared_in(alone)) - min(prepared_in(attended)) <= PATIENCE
    site.daemon.kill()


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGKILL])
def test_jobs_that_run_and_jobs_that_are_held_outlive_the_scheduler(site: Site, by: signal.Signals) -> None:
    count = HOSTS * (SLOTS + 1) + 3
    arrive(site.gitlab, job("held", parallel=count))
    assert wait_until(lambda: sum(runner.running() for runner in site.runners) == HOSTS * (SLOTS + 1), SLOW)
    arrive(site.gitlab, job("held-deploy", "critical", stage="deploy"))
    site.daemon.send_signal(by)
    site.daemon.wait(SLOW)
    site.gate.touch()
    assert wait_until(lambda: len(site.results()) == count + 1, 2 * SLOW), len(site.results())
    assert {result.status for result in site.results()} == {"success"}
    site.start()
    assert wait_for_rest(site.gitlab, site.at_rest), steering_words(site.watcher)
