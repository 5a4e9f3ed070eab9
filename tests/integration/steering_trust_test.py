"""Supervised mode as people meet it: what is proposed, approved, rejected, and what comes of it."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from fleet import Simulator, Watcher
from host import wait_until
from steered_fleet import (AUTONOMOUS, LOOP, SLOW, arrive, arrive_deploy, busy_world, cancel, cut_runners, job,
                           look_anew, pool, running_on, steering_words, tags_of, trust, wait_for_cuts, wait_for_rest,
                           written)

SUPERVISED = "supervised"


class Scene:
    """A busy fleet, a daemon that asks before it acts, and its runners at rest."""

    def __init__(self, gitlab: Simulator, watcher: Watcher) -> None:
        self.gitlab, self.watcher = gitlab, watcher
        self.at_rest = tags_of(gitlab)
        trust(watcher, SUPERVISED)
        self.kill_switch = watcher.root / "stop-steering"
        watcher.environment["RUNNERIQ_GATE_KILL_SWITCH"] = str(self.kill_switch)
        self.daemon = self.start()

    def start(self) -> subprocess.Popen[str]:
        process = self.watcher.start(*LOOP)
        assert self.watcher.wait_for_ticks(1, SLOW), self.words
        return process

    def look(self, ticks: int = 1) -> None:
        assert look_anew(self.daemon, self.watcher, ticks), self.words

    @property
    def words(self) -> str:
        return steering_words(self.watcher)

    def approvals(self, *flags: str) -> list[Any]:
        found: list[Any] = self.watcher.read("approvals", *flags)["approvals"]
        return found

    def wait_for_proposal(self) -> int:
        """The number of the one that is open."""
        self.look()
        assert wait_until(lambda: len(self.approvals()) == 1, SLOW), self.words
        return int(self.approvals()[0]["id"])

    def decide(self, verdict: str, number: int, *flags: str) -> None:
        answer = self.watcher.run(verdict, str(number), *flags)
        assert answer.code == 0, answer

    def rewrite(self, statement: str, *values: Any) -> None:
        with sqlite3.connect(self.watcher.state, timeout=SLOW) as database:
            assert database.execute(statement, values).rowcount > 0
        database.close()


@pytest.fixture
def scene() -> Iterator[Scene]:
    with Simulator(busy_world(), time_factor=1) as gitlab, Watcher(gitlab) as watcher:
        yield Scene(gitlab, watcher)


def test_nothing_is_done_for_a_critical_job_until_somebody_approves_it(scene: Scene) -> None:
    deploy = arrive_deploy(scene.gitlab)
    number = scene.wait_for_proposal()
    scene.look()
    [proposal] = scene.approvals()
    assert proposal["id"] == number and str(deploy) in str(proposal)
    assert written(scene.gitlab) == 0
    scene.decide("approve", number)
    assert wait_for_cuts(scene.gitlab, 2), scene.words
    assert scene.approvals() == []
    cancel(scene.gitlab, deploy)
    scene.look()
    assert wait_for_rest(scene.gitlab, scene.at_rest), scene.words


def test_what_is_rejected_is_not_done_and_not_asked_again(scene: Scene) -> None:
    arrive_deploy(scene.gitlab)
    scene.decide("reject", scene.wait_for_proposal())
    scene.look(3)
    assert scene.approvals() == []
    assert written(scene.gitlab) == 0
    [decided] = scene.approvals("--all")
    assert decided["state"] == "rejected"


def test_an_approval_is_for_one_job_only(scene: Scene) -> None:
    first = arrive_deploy(scene.gitlab)
    number = scene.wait_for_proposal()
    scene.decide("approve", number)
    scene.look()
    assert wait_for_cuts(scene.gitlab, 2), scene.words
    arrive_deploy(scene.gitlab)
    cancel(scene.gitlab, first)
    scene.look()
    assert wait_until(lambda: scene.approvals() != [], SLOW), scene.words
    assert scene.approvals()[0]["id"] != number
    assert wait_for_rest(scene.gitlab, scene.at_rest), scene.words


def test_an_approval_is_used_up_by_the_change_that_it_was_given_for(scene: Scene) -> None:
    arrive_deploy(scene.gitlab)
    number = scene.wait_for_proposal()
    scene.decide("approve", number)
    scene.look()
    assert wait_for_cuts(scene.gitlab, 2), scene.words
    scene.kill_switch.touch()
    scene.look()
    assert wait_for_rest(scene.gitlab, scene.at_rest), scene.words
    scene.kill_switch.unlink()
    scene.look(2)
    assert scene.wait_for_proposal() != number
    assert cut_runners(scene.gitlab) == []


def test_a_standing_approval_holds_for_the_next_job_too(scene: Scene) -> None:
    first = arrive_deploy(scene.gitlab)
    scene.decide("approve", scene.wait_for_proposal(), "--standing", "1h")
    scene.look()
    assert wait_for_cuts(scene.gitlab, 2), scene.words
    cancel(scene.gitlab, first)
    scene.look()
    assert wait_for_rest(scene.gitlab, scene.at_rest), scene.words
    arrive_deploy(scene.gitlab)
    scene.look()
    assert wait_for_cuts(scene.gitlab, 2), scene.words
    assert scene.approvals() == []


@pytest.mark.parametrize("decided", [True, False])
def test_neither_a_proposal_nor_an_approval_outlives_its_time(scene: Scene, decided: bool) -> None:
    arrive_deploy(scene.gitlab)
    number = scene.wait_for_proposal()
    scene.daemon.kill()
    scene.daemon.wait(SLOW)
    if decided:
        scene.decide("approve", number)
    scene.rewrite("UPDATE proposals SET expires = expires - 3600000 WHERE id = ?", number)
    if not decided:
        assert scene.watcher.run("approve", str(number)).code == 1
    scene.daemon = scene.start()
    assert wait_until(lambda: any(one["id"] != number for one in scene.approvals()), SLOW), scene.words
    assert cut_runners(scene.gitlab) == []


def test_an_approval_covers_the_runners_that_were_shown_and_no_other(scene: Scene) -> None:
    arrive_deploy(scene.gitlab)
    number = scene.wait_for_proposal()
    scene.decide("approve", number)
    scene.look()
    assert wait_for_cuts(scene.gitlab, 2), scene.words
    scene.gitlab.ask("POST", "/sim/runners", pool(4)[3])
    assert wait_until(lambda: running_on(scene.gitlab, "r4") == 1, SLOW)
    assert scene.wait_for_proposal() != number
    assert cut_runners(scene.gitlab) == ["r2", "r3"]


@pytest.mark.parametrize("command", ["approve", "reject"])
@pytest.mark.parametrize("number", ["0", "4711", "none"])
def test_a_number_that_nobody_has_proposed_is_refused(scene: Scene, command: str, number: str) -> None:
    answer = scene.watcher.run(command, number)
    assert answer.code in (1, 2) and number in answer.err, answer


def test_jobs_below_the_threshold_need_no_approval(scene: Scene) -> None:
    unit = arrive(scene.gitlab, job("unit", "short", waited="20m"), ref="feature/x")[0]
    scene.look()
    assert wait_for_cuts(scene.gitlab, 2), scene.words
    assert scene.approvals() == []
    cancel(scene.gitlab, unit)
    scene.look()
    assert wait_for_rest(scene.gitlab, scene.at_rest), scene.words


def test_autonomous_mode_asks_nobody() -> None:
    with Simulator(busy_world(), time_factor=1) as gitlab, Watcher(gitlab) as watcher:
        trust(watcher, AUTONOMOUS)
        arrive_deploy(gitlab)
        watcher.start(*LOOP)
        assert wait_for_cuts(gitlab, 2), steering_words(watcher)
        assert watcher.read("approvals")["approvals"] == []
