"""Kills the real `runneriq run --execute` at random moments, while jobs flow and people edit the tags of runners,
and then looks for anything that was left behind or lost.

    RUNNERIQ=… RUNNERIQ_GITLAB_SIM=… kill_loop.py [--kills N] [--seed N]
"""

from __future__ import annotations

import argparse
import contextlib
import random
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from fleet import Simulator, Watcher
from host import wait_until
from kill_loop_wire import Wire
from lanes import AT_REST, STEERED
from steered_fleet import (AUTONOMOUS, LOOP, arrive, cancel, job, pipeline, pool, runner_ids, tags_of, trust, world)

RUNNERS = 6
ROUND_TRIP = 0.1  # seconds that simulated calls take, at most
LONGEST_ROUND_TRIP = 2.0  # from a read to the end of the write after it, on a busy machine
LAST_SWEEP = 90.0


@dataclass
class Edit:
    """A person's change of a user's tag, as the person saw it begin and end."""

    runner: str
    tag: str
    added: bool
    began: float
    ended: float


@dataclass
class Outcome:
    kills: int
    with_cuts: int = 0             # kills that left a runner cut
    edits: list[Edit] = field(default_factory=list)
    left_behind: dict[str, Any] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)       # users' tags that nobody had asked to change
    excused: list[str] = field(default_factory=list)    # edits between a read and the write after it
    wrong_writes: list[str] = field(default_factory=list)
    writes: int = 0
    settled_after: float = 0.0
    last_words: str = ""


class People:
    """Edit one runner at a time: each knows what users' tags there ought to be."""

    def __init__(self, gitlab: Simulator, seed: int) -> None:
        self._gitlab, self._random = gitlab, random.Random(seed)
        self._ids = runner_ids(gitlab)
        self.expected = {name: set(tags - AT_REST) for name, tags in tags_of(gitlab).items()}
        self.edits: list[Edit] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._edit_on, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(30)

    def _edit_on(self) -> None:
        while not self._stop.wait(self._random.uniform(0.2, 1.0)):
            self._edit_one()

    def _edit_one(self) -> None:
        runner = self._random.choice(sorted(self._ids))
        tag = f"user-{self._random.randrange(4)}"
        add = tag not in self.expected[runner]
        began = time.monotonic()
        self._gitlab.ask("PATCH", f"/sim/runners/{self._ids[runner]}", {"add_tags" if add else "remove_tags": [tag]})
        (self.expected[runner].add if add else self.expected[runner].discard)(tag)
        self.edits.append(Edit(runner, tag, add, began, time.monotonic()))


class Jobs:
    """A few jobs of two lanes, again and again; some are cancelled, so that cuts come, change and go."""

    def __init__(self, gitlab: Simulator, seed: int) -> None:
        self._gitlab, self._random = gitlab, random.Random(seed)

    def some(self) -> None:
        if self._random.random() < 0.6:
            cancel_pending(self._gitlab)
        lanes = self._random.sample(("critical", "high", "short", "medium", "long"), 2)
        arrive(self._gitlab, *(job(f"deploy-{lane}", lane, takes=f"{self._random.randint(2, 8)}s", parallel=2)
                               for lane in lanes))


def cancel_pending(gitlab: Simulator) -> None:
    for number in gitlab.state()["pending"]:
        cancel(gitlab, number)


def run(kills: int, seed: int = 1) -> Outcome:
    chance = random.Random(seed)
    runners = pool(RUNNERS, ["docker", "user-0"])
    long_ones = [job(f"build-{number}", takes="2h", state="running", runner=f"r{number}", ran="1m")
                 for number in range(1, RUNNERS - 1)]  # two runners are left for what flows
    with Simulator(world(runners, pipeline(*long_ones)), time_factor=1) as gitlab, \
            Watcher(gitlab) as watcher, Wire(gitlab.url) as wire:
        trust(watcher, AUTONOMOUS)
        watcher.environment["GITLAB_URL"] = wire.url
        watcher.environment |= {"RUNNERIQ_GATE_LEASE_TTL": "1m", "RUNNERIQ_GATE_CUTS_PER_MINUTE": "1000"}
        gitlab.add_fault("latency", "*", milliseconds=int(ROUND_TRIP * 300), probability=0.5)
        gitlab.add_fault("reply_lost", "PUT /api/v4/runners/*", probability=0.1)
        people, jobs, outcome = People(gitlab, seed + 1), Jobs(gitlab, seed + 2), Outcome(kills)
        people.start()
        for _ in range(kills):
            jobs.some()
            daemon = watcher.start(*LOOP)
            with contextlib.suppress(subprocess.TimeoutExpired):  # the moment of the kill; often an early one
                daemon.wait(chance.uniform(0.0, 1.0) ** 2 * 1.2)
            daemon.kill()
            daemon.wait(30)
            outcome.with_cuts += any(STEERED in tags for tags in tags_of(gitlab).values())
        people.stop()
        outcome.edits = people.edits
        _look(gitlab, watcher, people, outcome)
        _compare(gitlab, wire, people, outcome)
        return outcome


def _look(gitlab: Simulator, watcher: Watcher, people: People, outcome: Outcome) -> None:
    """One last start, without anything that waits; what is wrong then is wrong for good."""
    cancel_pending(gitlab)
    gitlab.remove_faults()
    began = time.monotonic()
    watcher.start(*LOOP)
    wait_until(lambda: not _left_behind(gitlab), LAST_SWEEP)
    outcome.settled_after = time.monotonic() - began
    outcome.left_behind = _left_behind(gitlab)
    outcome.last_words = (watcher.root / "err").read_text()[-2000:]


def _compare(gitlab: Simulator, wire: Wire, people: People, outcome: Outcome) -> None:
    """The users' tags with the people's log; each write with the read before it."""
    ids, writes = runner_ids(gitlab), wire.writes()
    outcome.writes = len(writes)
    for read, put in writes:
        if read is None or _users(read.tags) != _users(put.tags):
            outcome.wrong_writes.append(f"{put} after {read}")
    for name, tags in tags_of(gitlab).items():
        for tag in _users(tags) ^ people.expected[name]:
            last = max((edit for edit in people.edits if (edit.runner, edit.tag) == (name, tag)),
                       key=lambda edit: edit.ended, default=None)
            took = min((put.ended - read.began for read, put in writes if read and last and _overlap(
                last, read.began, put.ended) and put.runner == ids[name]), default=None)
            if took is None or took > LONGEST_ROUND_TRIP:
                outcome.lost.append(f"{name}: {tag}, {last}")
            else:
                outcome.excused.append(f"{name}: {tag} ({took * 1000:.0f} ms)")


def _overlap(edit: Edit, began: float, ended: float) -> bool:
    return edit.began <= ended and began <= edit.ended


def _users(tags: frozenset[str]) -> set[str]:
    return {tag for tag in tags if not tag.startswith("runneriq:")}


def _left_behind(gitlab: Simulator) -> dict[str, Any]:
    """Of each runner that is not at rest: which of our tags it has too many or too few."""
    wrong = {}
    for name, tags in tags_of(gitlab).items():
        ours = {tag for tag in tags if tag.startswith("runneriq:")}
        if ours != AT_REST:
            wrong[name] = sorted(ours ^ AT_REST)
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    outcome = run(given.kills, given.seed)
    print(f"{outcome.kills} kills, {outcome.with_cuts} of them left runners cut; {len(outcome.edits)} edits; "
          f"{outcome.writes} writes, wrong: {outcome.wrong_writes}; at rest after {outcome.settled_after:.1f} s; "
          f"left behind: {outcome.left_behind}; lost: {outcome.lost}; lost in a round trip: {outcome.excused}")
    return 1 if outcome.left_behind or outcome.lost or outcome.wrong_writes else 0


if __name__ == "__main__":
    sys.exit(main())
