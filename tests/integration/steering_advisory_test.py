"""Without --execute nothing leaves the program that could change anything, whatever is asked of it."""

from __future__ import annotations

import pytest

from fleet import Simulator, Watcher
from lanes import LANES, STEERED
from steered_fleet import (AUTONOMOUS, SLOW, arrive, arrive_deploy, busy_world, edit, job, look_anew, runner_ids,
                           tags_of, trust, written)

TICKS = 12
CI_FILE = "lint:\n  tags: [docker]\n  script: [make lint]\ndeploy:\n  tags: [docker]\n  script: [make deploy]\n"
COMMANDS: list[tuple[str, ...]] = [
    ("run", "--once"), ("run", "--once", "--execute", "--dry-run"), ("status",), ("queue",), ("doctor",),
    ("approvals",), ("approvals", "--all"), ("audit",), ("explain", "1009"), ("lanes", "plan", "ci.yml"),
    ("lanes", "install"), ("lanes", "remove"), ("reset-tags", "--purge")]


def tempt(gitlab: Simulator) -> None:
    """A critical job waits, and a runner still carries what somebody's steering has left on it."""
    arrive_deploy(gitlab)
    edit(gitlab, runner_ids(gitlab)["r3"], remove_tags=list(LANES[1:]), add_tags=[STEERED])


@pytest.mark.parametrize("listen", [False, True])
def test_the_loop_changes_nothing_over_a_long_and_mixed_run(listen: bool) -> None:
    with Simulator(busy_world(), time_factor=1) as gitlab, Watcher(gitlab) as watcher:
        trust(watcher, AUTONOMOUS)
        (watcher.root / "ci.yml").write_text(CI_FILE)
        where = ("--listen", f"unix:{watcher.root}/s.sock") if listen else ()
        daemon = watcher.start("run", "--poll-interval", "5s", *where)
        assert watcher.wait_for_ticks(1, SLOW), watcher.logged()
        tempt(gitlab)
        tags = tags_of(gitlab)
        for number in range(TICKS):
            arrive(gitlab, job(f"test-{number}", ("critical", "high", "short", "long")[number % 4]))
            watcher.run(*COMMANDS[number % len(COMMANDS)])
            assert look_anew(daemon, watcher), watcher.logged()
        daemon.terminate()
        assert daemon.wait(SLOW) == 0
        assert gitlab.calls()["total"] > 3 * TICKS
        assert written(gitlab) == 0, gitlab.calls()
        assert tags_of(gitlab) == tags


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_changes_nothing(command: tuple[str, ...]) -> None:
    with Simulator(busy_world(), time_factor=1) as gitlab, Watcher(gitlab) as watcher:
        trust(watcher, AUTONOMOUS)
        (watcher.root / "ci.yml").write_text(CI_FILE)
        tempt(gitlab)
        watcher.run(*command)
        assert written(gitlab) == 0
