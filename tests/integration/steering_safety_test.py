"""Whatever happens to the daemon, its state, its token or its runners: what it changed comes back, and what people
have set stays."""

from __future__ import annotations

import contextlib
import resource
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from fleet import Simulator, Watcher
from host import wait_until
from lanes import AT_REST, LANES, MANAGED, STEERED
from steered_fleet import (AUTONOMOUS, LOOP, SLOW, arrive, arrive_deploy, busy_world, cancel, cut_runners, edit, job,
                           look_anew, pipeline, runner_ids, steering_words, tags_of, trust, wait_for_cuts,
                           wait_for_quiet, wait_for_rest, world, written)

PUT = "PUT /api/v4/runners/*"


class Scene:
    """A busy fleet with an autonomous daemon that has cut all runners but the open one for a deploy."""

    def __init__(self, gitlab: Simulator, watcher: Watcher) -> None:
        self.gitlab, self.watcher = gitlab, watcher
        self.at_rest = tags_of(gitlab)
        trust(watcher, AUTONOMOUS)
        self.kill_switch = watcher.root / "stop-steering"
        watcher.environment["RUNNERIQ_GATE_KILL_SWITCH"] = str(self.kill_switch)
        self.deploy = arrive_deploy(gitlab)
        self.daemon = self.start()
        assert wait_for_cuts(gitlab, 2), self.words
        self.ids = runner_ids(gitlab)

    def start(self) -> subprocess.Popen[str]:
        process = self.watcher.start(*LOOP)
        assert self.watcher.wait_for_ticks(1, SLOW), self.words
        return process

    def look(self, ticks: int = 1) -> None:
        assert look_anew(self.daemon, self.watcher, ticks), self.words

    def kill(self) -> None:
        self.daemon.kill()
        self.daemon.wait(SLOW)

    def lose_state(self) -> None:
        for path in self.watcher.root.glob("state.db*"):
            path.unlink()

    def nothing_waits(self) -> None:
        cancel(self.gitlab, self.deploy)

    def tags(self, runner: str) -> frozenset[str]:
        return tags_of(self.gitlab)[runner]

    def wait_for(self, runner: str, tags: frozenset[str]) -> None:
        assert wait_until(lambda: self.tags(runner) == tags, SLOW), (sorted(self.tags(runner)), self.words)

    def wait_for_rest(self) -> None:
        assert wait_for_rest(self.gitlab, self.at_rest), self.words

    @property
    def words(self) -> str:
        return steering_words(self.watcher)


@pytest.fixture
def scene() -> Iterator[Scene]:
    with Simulator(busy_world(), time_factor=1) as gitlab, Watcher(gitlab) as watcher:
        yield Scene(gitlab, watcher)


# ---- the daemon ends -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_puts_everything_back_first(scene: Scene, by: int) -> None:
    scene.daemon.send_signal(by)
    assert scene.daemon.wait(SLOW) == 0
    assert tags_of(scene.gitlab) == scene.at_rest


def test_a_hangup_changes_no_tag(scene: Scene) -> None:
    cut, before = tags_of(scene.gitlab), written(scene.gitlab)
    scene.look(3)
    assert (tags_of(scene.gitlab), written(scene.gitlab)) == (cut, before)


def test_the_next_daemon_puts_back_what_a_killed_one_left(scene: Scene) -> None:
    scene.kill()
    scene.nothing_waits()
    scene.daemon = scene.start()
    scene.wait_for_rest()


def test_the_next_daemon_puts_back_what_a_killed_one_left_without_its_state(scene: Scene) -> None:
    scene.kill()
    scene.nothing_waits()
    scene.lose_state()
    scene.daemon = scene.start()
    scene.wait_for_rest()


def test_a_daemon_that_only_advises_leaves_even_that_alone(scene: Scene) -> None:
    scene.kill()
    cut, before = tags_of(scene.gitlab), written(scene.gitlab)
    scene.daemon = scene.watcher.start("run", "--poll-interval", "5s")
    assert scene.watcher.wait_for_ticks(1, SLOW)
    scene.look(2)
    assert (tags_of(scene.gitlab), written(scene.gitlab)) == (cut, before)


# ---- commands that put back ----------------------------------------------------------------------------------------


def test_reset_tags_with_the_daemon_dead_and_the_state_lost(scene: Scene) -> None:
    scene.kill()
    scene.lose_state()
    answer = scene.watcher.run("reset-tags")
    assert answer.code == 0, answer
    assert tags_of(scene.gitlab) == scene.at_rest


def test_reset_tags_beside_the_daemon_which_then_leaves_the_runners_alone(scene: Scene) -> None:
    answer = scene.watcher.run("reset-tags")
    assert answer.code == 0, answer
    assert tags_of(scene.gitlab) == scene.at_rest
    before = written(scene.gitlab)
    scene.look(3)
    assert tags_of(scene.gitlab) == scene.at_rest, scene.words
    assert written(scene.gitlab) == before


def test_reset_tags_purge_takes_every_tag_of_ours_and_no_other(scene: Scene) -> None:
    scene.kill()
    asked = scene.watcher.run("reset-tags", "--purge")
    assert asked.code != 0 and "lint" in asked.err, asked
    assert cut_runners(scene.gitlab) == ["r2", "r3"]
    assert scene.watcher.run("reset-tags", "--purge", "--yes").code == 0
    assert set(tags_of(scene.gitlab).values()) == {frozenset({"docker"})}


def test_revert_expired_leaves_what_is_leased_and_takes_back_what_is_over(scene: Scene) -> None:
    scene.kill()
    cut = tags_of(scene.gitlab)
    assert scene.watcher.run("revert-expired").code == 0
    assert tags_of(scene.gitlab) == cut
    with sqlite3.connect(scene.watcher.state) as database:  # as if an hour had passed
        database.execute("UPDATE leases SET created = created - 3600000, renewed = renewed - 3600000, "
                         "expires = expires - 3600000")
    database.close()
    assert scene.watcher.run("revert-expired").code == 0
    assert tags_of(scene.gitlab) == scene.at_rest


def test_revert_expired_from_a_machine_without_the_state(scene: Scene) -> None:
    with Watcher(scene.gitlab) as elsewhere:
        scene.kill()
        answer = elsewhere.run("revert-expired")
        assert answer.code == 0, answer
    assert tags_of(scene.gitlab) == scene.at_rest


def test_one_tick_that_acts_is_taken_back_by_the_next(scene: Scene) -> None:
    scene.daemon.terminate()
    scene.daemon.wait(SLOW)
    assert scene.watcher.run("run", "--once", "--execute").code == 0
    assert cut_runners(scene.gitlab) == ["r2", "r3"]
    scene.nothing_waits()
    assert scene.watcher.run("run", "--once", "--execute").code == 0
    assert tags_of(scene.gitlab) == scene.at_rest


# ---- people change runners -----------------------------------------------------------------------------------------


def test_a_users_tag_that_comes_and_one_that_goes_while_a_runner_is_cut(scene: Scene) -> None:
    edit(scene.gitlab, scene.ids["r2"], add_tags=["gpu"])
    scene.look()
    assert "gpu" in scene.tags("r2") and STEERED in scene.tags("r2")
    scene.nothing_waits()
    scene.look()
    scene.wait_for("r2", scene.at_rest["r2"] | {"gpu"})
    scene.wait_for("r3", scene.at_rest["r3"])


@pytest.mark.parametrize("noticed_by", ["poll", "hangup"])
def test_a_person_who_puts_a_lane_back_wins(scene: Scene, noticed_by: str) -> None:
    edit(scene.gitlab, scene.ids["r2"], add_tags=[LANES[4]])
    if noticed_by == "hangup":
        scene.look()
    scene.wait_for("r2", scene.at_rest["r2"])
    before = written(scene.gitlab)
    scene.look(2)
    assert scene.tags("r2") == scene.at_rest["r2"], scene.words
    assert STEERED in scene.tags("r3") and written(scene.gitlab) == before


def test_a_person_who_takes_a_lane_from_a_cut_runner_ends_the_cut_and_at_rest_takes_it_for_good(scene: Scene) -> None:
    """While the marker is there, nobody can tell which missing lane is whose: all come back."""
    edit(scene.gitlab, scene.ids["r2"], remove_tags=[LANES[0]])
    scene.look()
    scene.wait_for("r2", scene.at_rest["r2"])
    edit(scene.gitlab, scene.ids["r2"], remove_tags=[LANES[0]])
    scene.look(2)
    scene.nothing_waits()
    scene.look()
    scene.wait_for("r3", scene.at_rest["r3"])
    scene.daemon.terminate()
    assert scene.daemon.wait(SLOW) == 0
    assert scene.tags("r2") == scene.at_rest["r2"] - {LANES[0]}


def test_a_runner_that_is_no_longer_managed_gets_back_what_was_taken_and_is_left_alone(scene: Scene) -> None:
    edit(scene.gitlab, scene.ids["r2"], remove_tags=[MANAGED])
    scene.look(2)
    scene.wait_for("r2", scene.at_rest["r2"] - {MANAGED})
    scene.look(2)
    assert scene.tags("r2") == scene.at_rest["r2"] - {MANAGED}


def test_a_runner_that_is_deleted_while_it_is_cut_troubles_nobody(scene: Scene) -> None:
    scene.gitlab.ask("DELETE", f"/sim/runners/{scene.ids['r3']}")
    scene.look(2)
    assert scene.daemon.poll() is None
    scene.nothing_waits()
    scene.look()
    scene.wait_for("r2", scene.at_rest["r2"])


# ---- trouble -------------------------------------------------------------------------------------------------------


def test_the_kill_switch_puts_everything_back_and_nothing_is_cut_while_it_is_there(scene: Scene) -> None:
    scene.kill_switch.touch()
    scene.look()
    scene.wait_for_rest()
    before = written(scene.gitlab)
    scene.look(2)
    assert written(scene.gitlab) == before
    scene.kill_switch.unlink()
    scene.look()
    assert wait_for_cuts(scene.gitlab, 2), scene.words


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_may_write_no_more_costs_trust_and_what_was_done_comes_back_later(scene: Scene,
                                                                                    status: int) -> None:
    scene.gitlab.add_fault("status", PUT, status=status)
    scene.nothing_waits()
    scene.look(2)
    assert cut_runners(scene.gitlab) == ["r2", "r3"]
    assert "refuse" in scene.words
    scene.gitlab.remove_faults()
    scene.look()
    scene.wait_for_rest()


def test_a_token_that_is_revoked_altogether(scene: Scene) -> None:
    scene.gitlab.add_fault("status", "*", status=401)
    assert wait_until(lambda: any(one["event"] == "tick_failed" for one in scene.watcher.logged()), SLOW), scene.words
    assert scene.daemon.poll() is None
    scene.gitlab.remove_faults()
    scene.nothing_waits()
    scene.daemon.send_signal(signal.SIGHUP)
    scene.wait_for_rest()


def test_on_a_full_disk_nothing_is_cut_and_reverts_go_on(scene: Scene) -> None:
    resource.prlimit(scene.daemon.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    scene.nothing_waits()
    scene.wait_for_rest()
    before = written(scene.gitlab)
    arrive_deploy(scene.gitlab)
    calls = scene.gitlab.calls()["total"]
    assert wait_until(lambda: scene.gitlab.calls()["total"] >= calls + 6, SLOW)
    assert written(scene.gitlab) == before
    assert tags_of(scene.gitlab) == scene.at_rest
    assert scene.daemon.poll() is None


def test_without_a_state_file_nothing_is_cut() -> None:
    with Simulator(busy_world(), time_factor=1) as gitlab, Watcher(gitlab) as watcher:
        trust(watcher, AUTONOMOUS)
        (watcher.root / "file").write_text("")
        watcher.environment["RUNNERIQ_STATE"] = str(watcher.root / "file" / "state.db")
        arrive_deploy(gitlab)
        answer = watcher.run("run", "--once", "--execute")
        assert written(gitlab) == 0, answer
        assert "state" in answer.err, answer


def test_two_daemons_with_state_files_of_their_own_leave_nothing_and_lose_no_users_tag(scene: Scene) -> None:
    with Watcher(scene.gitlab) as second:
        trust(second, AUTONOMOUS)
        other = second.start(*LOOP)
        assert second.wait_for_ticks(1, SLOW)
        assert wait_for_quiet(scene.gitlab)
        edit(scene.gitlab, scene.ids["r1"], add_tags=["gpu"])
        edit(scene.gitlab, scene.ids["r2"], add_tags=["gpu"])
        for _ in range(2):
            scene.look()
            assert look_anew(other, second), steering_words(second)
        scene.nothing_waits()
        scene.look()
        assert look_anew(other, second), steering_words(second)
        for process in (scene.daemon, other):
            process.terminate()
            assert process.wait(SLOW) == 0
    users = {name: tags - AT_REST - {STEERED} for name, tags in tags_of(scene.gitlab).items()}
    assert users == {"r1": {"docker", "gpu"}, "r2": {"docker", "gpu"}, "r3": {"docker"}}
    assert cut_runners(scene.gitlab) == []
    assert all(tags >= AT_REST for tags in tags_of(scene.gitlab).values()), tags_of(scene.gitlab)


# ---- lanes ---------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def plain_fleet() -> Iterator[tuple[Simulator, Watcher]]:
    runners: list[dict[str, Any]] = [{"description": f"r{number}", "tags": ["docker"]} for number in (1, 2)]
    with Simulator(world(runners, pipeline(job("unit", takes="2h"))), time_factor=1) as gitlab, \
            Watcher(gitlab) as watcher:
        yield gitlab, watcher


def test_lanes_install_adds_ours_and_only_where_they_are_missing() -> None:
    with plain_fleet() as (gitlab, watcher):
        asked = watcher.run("lanes", "install")
        assert asked.code != 0 and "--yes" in asked.err and written(gitlab) == 0
        assert watcher.run("lanes", "install", "r1", "--yes").code == 0
        assert tags_of(gitlab) == {"r1": AT_REST | {"docker"}, "r2": frozenset({"docker"})}
        assert watcher.run("lanes", "install", "--yes").code == 0
        assert set(tags_of(gitlab).values()) == {AT_REST | {"docker"}}
        before = written(gitlab)
        assert watcher.run("lanes", "install", "--yes").code == 0
        assert written(gitlab) == before


def test_lanes_remove_names_the_jobs_that_would_wait_for_ever() -> None:
    with plain_fleet() as (gitlab, watcher):
        assert watcher.run("lanes", "install", "--yes").code == 0
        arrive(gitlab, job("nightly", "long", takes="2h", parallel=3))
        asked = watcher.run("lanes", "remove")
        assert asked.code != 0 and "nightly" in asked.err, asked
        assert watcher.run("lanes", "remove", "--yes").code == 0
        assert set(tags_of(gitlab).values()) == {frozenset({"docker"})}


def test_lanes_are_taken_off_a_runner_that_is_cut_and_the_daemon_lets_it_go(scene: Scene) -> None:
    assert scene.watcher.run("lanes", "remove", "r2", "--yes").code == 0
    scene.look(2)
    assert scene.tags("r2") == {"docker"}, scene.words
    scene.nothing_waits()
    scene.look()
    assert scene.tags("r2") == {"docker"}
    scene.wait_for("r3", scene.at_rest["r3"])
