"""A deploy overtakes what waits before it, because lanes are withheld: with real executors on three hosts, and
on machines on which there is nothing of ours. Beside it, GitLab's own order."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ci_host import CiHost, Start, starts_of, until_there
from conftest import HostMaker
from fleet import Simulator, Watcher
from host import wait_until
from job_spec import JobSpec
from steered_fleet import (AUTONOMOUS, LOOP, SLOW, arrive, cut_runners, job, pipeline, pool, runner_ids, steering_words,
                           tags_of, trust, wait_for_cuts, wait_for_rest, world)

HOSTS, SLOTS, LINTS = 3, 2, 20
CAPACITY = ",".join(f"r{number}={SLOTS}" for number in range(1, HOSTS + 1))


@contextlib.contextmanager
def steered(gitlab: Simulator, cuts: int) -> Iterator[list[str]]:
    """Runs the daemon; the runners that it has cut by then. At the end it must have put them back."""
    before = tags_of(gitlab)
    with Watcher(gitlab) as watcher:
        trust(watcher, AUTONOMOUS)
        watcher.environment["RUNNERIQ_MONITOR_CAPACITY"] = CAPACITY
        watcher.start(*LOOP)
        assert wait_for_cuts(gitlab, cuts), steering_words(watcher)
        yield cut_runners(gitlab)
        assert wait_for_rest(gitlab, before), steering_words(watcher)


# ---- hosts with the executor ---------------------------------------------------------------------------------------


class Site:
    """Hosts whose slots are all taken. Their jobs end when the gate for them opens: first the builds', then the
    one for all that comes later, so that no outcome hangs on who is faster."""

    def __init__(self, gitlab: Simulator, make_host: HostMaker, folder: Path, stack: contextlib.ExitStack) -> None:
        self.gitlab = gitlab
        self._builds, self._others = folder / "builds", folder / "others"
        self.hosts = [stack.enter_context(CiHost(gitlab, runner["token"], make_host("shell", slots=SLOTS),
                                                 name=runner["description"], slots=SLOTS, script=self._script))
                      for runner in gitlab.state()["runners"]]
        arrive(gitlab, job("build", parallel=HOSTS * SLOTS))
        assert self.wait_for_starts(HOSTS * SLOTS)

    def _script(self, spec: JobSpec) -> list[str]:
        return until_there(self._builds if spec.name.startswith("build") else self._others)

    def load(self, deploys: int) -> list[int]:
        """Lint jobs, and behind them deploys, whose ids are returned."""
        arrive(self.gitlab, job("lint", "long", parallel=LINTS))
        many = {"parallel": deploys} if deploys > 1 else {}
        return arrive(self.gitlab, job("deploy", "critical", stage="deploy", **many))

    def end_builds(self) -> None:
        self._builds.touch()

    def end_all(self, count: int) -> None:
        self._others.touch()
        assert wait_until(lambda: len(self.results()) == count, 3 * SLOW), len(self.results())
        assert {result.status for result in self.results()} == {"success"}

    def results(self) -> list[Any]:
        return [result for host in self.hosts for result in host.results()]

    def wait_for_starts(self, count: int) -> bool:
        return wait_until(lambda: len(starts_of(self.hosts)) >= count, SLOW)

    def starts_after_builds(self) -> list[Start]:
        return [start for start in starts_of(self.hosts) if not start.name.startswith("build")]


@pytest.fixture
def site(make_host: HostMaker) -> Iterator[Site]:
    with contextlib.ExitStack() as stack:
        folder = make_host("shell").make_directory("gates")  # where jobs may look
        gitlab = stack.enter_context(Simulator(world(pool(HOSTS, slots=0, managers=0)), time_factor=1))
        yield Site(gitlab, make_host, folder, stack)


def test_in_gitlabs_own_order_the_deploy_starts_last(site: Site) -> None:
    [deploy] = site.load(1)
    site.end_builds()
    assert site.wait_for_starts(2 * HOSTS * SLOTS)
    assert deploy not in {start.job for start in site.starts_after_builds()}
    site.end_all(HOSTS * SLOTS + LINTS + 1)
    order = [start.job for start in site.starts_after_builds()]
    assert order.index(deploy) > LINTS - HOSTS  # answers cross on the way


def test_a_deploy_overtakes_all_jobs_but_those_of_the_open_runner(site: Site) -> None:
    [deploy] = site.load(1)
    with steered(site.gitlab, HOSTS - 1) as cut:
        site.end_builds()
        assert site.wait_for_starts(2 * HOSTS * SLOTS)
        starts = site.starts_after_builds()
        place = [start.job for start in starts].index(deploy)
        assert starts[place].host in cut
        assert all(start.host not in cut for start in starts[:place]), starts
        assert place <= SLOTS
        site.end_all(HOSTS * SLOTS + LINTS + 1)


def test_deploys_are_the_first_jobs_on_every_runner_that_is_cut(site: Site) -> None:
    deploys = set(site.load((HOSTS - 1) * SLOTS))
    with steered(site.gitlab, HOSTS - 1) as cut:
        site.end_builds()
        assert site.wait_for_starts(2 * HOSTS * SLOTS)
        on_cut = [start.job for start in site.starts_after_builds() if start.host in cut]
        assert set(on_cut[:len(deploys)]) == deploys
        site.end_all(HOSTS * SLOTS + LINTS + len(deploys))


# ---- machines with nothing of ours ---------------------------------------------------------------------------------

KINDS = ("docker", "shell")


def played_world() -> dict[str, Any]:
    """Per kind three runners with one slot, which a job of two hours takes; lint jobs, then two deploys."""
    runners, jobs = [], []
    for kind in KINDS:
        runners += [one | {"description": f"{kind}-{one['description']}"} for one in pool(HOSTS, [kind])]
        jobs += [{"name": f"build {kind} {number}", "tags": [kind], "state": "running", "ran": "1m", "takes": "2h",
                  "runner": f"{kind}-r{number}"} for number in range(1, HOSTS + 1)]
    for kind in KINDS:
        jobs.append({"name": f"lint {kind}", "tags": [kind, "runneriq:long"], "takes": "1s", "parallel": LINTS})
    for kind in KINDS:
        jobs.append({"name": f"deploy {kind}", "stage": "deploy", "tags": [kind, "runneriq:critical"], "takes": "1s",
                     "parallel": HOSTS - 1})
    return world(runners, pipeline(*jobs))


def add_a_slot(gitlab: Simulator) -> None:
    for number in runner_ids(gitlab).values():
        gitlab.ask("PATCH", f"/sim/runners/{number}", {"slots": 2})


def jobs_begun(gitlab: Simulator) -> list[tuple[str, str]]:
    """Name and runner of the jobs other than the builds, as they were begun."""
    found: list[Any] = []
    for page in range(1, 4):
        found += gitlab.ask("GET", f"/api/v4/projects/acme%2Fshop/jobs?per_page=100&page={page}")
    begun = [one for one in found if one["started_at"] and not one["name"].startswith("build")]
    begun.sort(key=lambda one: (one["started_at"], one["id"]))
    return [(one["name"], one["runner"]["description"]) for one in begun]


def test_without_runneriq_played_machines_begin_the_deploys_last() -> None:
    with Simulator(played_world()) as gitlab:
        add_a_slot(gitlab)
        gitlab.advance(600)
        names = [name for name, _ in jobs_begun(gitlab)]
        for kind in KINDS:
            of_kind = [name for name in names if f" {kind}" in name]
            assert [name.split()[0] for name in of_kind] == ["lint"] * LINTS + ["deploy"] * (HOSTS - 1)


def test_nothing_of_ours_is_needed_where_jobs_run() -> None:
    with Simulator(played_world(), time_factor=1) as gitlab, steered(gitlab, len(KINDS) * (HOSTS - 1)) as cut:
        add_a_slot(gitlab)
        assert wait_until(lambda: len(jobs_begun(gitlab)) >= len(KINDS) * HOSTS, SLOW)
        first: dict[str, str] = {}
        for name, runner in jobs_begun(gitlab):
            first.setdefault(runner, name)
        assert {name for name in first if first[name].startswith("deploy")} == set(cut)
        assert len(cut) == len(KINDS) * (HOSTS - 1)
