"""Looks at the simulated GitLab and at the scheduler's service all the time, and knows what both said last."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from http.client import HTTPException
from typing import Any

from fake_runner import JobResult
from lanes import LANES, is_cut
from place import Place
from record import Record
from scene import LeaseNow, RunnerNow, Scene, Waiting, ZoneNow

LOOKS_EVERY = 0.1   # seconds, at GitLab
ASKS_EVERY = 0.2    # seconds, the scheduler
CARBON_EVERY = 3.0  # seconds, for intensities


class Watch:
    """A context manager: looks from its beginning to its end. Events of tags and of starts go to the record."""

    def __init__(self, place: Place, record: Record, limit: float) -> None:
        self._place, self._record, self._limit = place, record, limit
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._repeat, args=(look, pause), daemon=True) for look, pause in
                         ((self._look_at_gitlab, LOOKS_EVERY), (self._ask_scheduler, ASKS_EVERY),
                          (self._ask_carbon, CARBON_EVERY))]
        self._tags = place.at_rest
        self._ids = {one["id"]: one["description"] for one in place.gitlab.state()["runners"]}
        self._pending: list[int] = []
        self._queue: list[int] = []
        self._leases: list[dict[str, Any]] = []
        self._zones: tuple[ZoneNow, ...] = ()
        self._told_starts = 0
        self._told_driver = False
        self.scheduler = "starting"

    def __enter__(self) -> Watch:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def tags(self) -> dict[str, frozenset[str]]:
        with self._lock:
            return dict(self._tags)

    def pending(self) -> list[int]:
        with self._lock:
            return list(self._pending)

    def scene(self) -> Scene:
        results = self._place.results()
        with self._lock:
            return Scene(
                elapsed=self._record.elapsed(), limit=self._limit, scheduler=self.scheduler,
                driver=self._place.driver(), arrived=len(self._record.arrived()),
                ended=len(results), waiting=self._waiting(), runners=self._runners(results),
                leases=self._lease_rows(), zones=self._zones, events=tuple(self._record.events()),
                began=self._record.began)

    # ---- looking

    def _repeat(self, look: Callable[[], None], pause: float) -> None:
        while not self._stop.is_set():
            look()
            self._stop.wait(pause)

    def _look_at_gitlab(self) -> None:
        try:
            state = self._place.gitlab.state()
        except (OSError, HTTPException):
            return  # busy; the next look is near
        tags = {one["description"]: frozenset(one["tags"]) for one in state["runners"]}
        with self._lock:
            before, self._tags, self._pending = self._tags, tags, list(state["pending"])
        for runner, now in tags.items():
            if now != before[runner]:
                self._record.tell(f"{runner}: {change_of(before[runner], now)}")
        self._tell_starts()
        self._tell_driver()

    def _tell_starts(self) -> None:
        starts, arrived = self._place.starts(), self._record.arrived()
        for start in starts[self._told_starts:]:
            job = arrived.get(start.job)
            if job is None:
                return  # on its way into the record
            self._told_starts += 1
            waited = max(0.0, start.at - job.at)
            self._record.tell(f"{start.host}: {job.kind.name} {job.id} of {job.ref} starts after {waited:.1f} s",
                              routine=job.kind.lane != "critical")

    def _tell_driver(self) -> None:
        if self._told_driver or not (driver := self._place.driver()):
            return
        self._told_driver = True
        self._record.tell(f"jobs are isolated by {driver}" if driver != "shell" else
                          "driver shell: bubblewrap does not work here, jobs are not isolated")

    def _ask_scheduler(self) -> None:
        queue = self._place.scheduler.ask("/api/v1/queue")
        leases = self._place.scheduler.ask("/api/v1/leases")
        for row in (queue or {}).get("queue", []):
            self._record.classify(row["job_id"], row["class"])
        with self._lock:
            if queue is not None:
                self._queue = [row["job_id"] for row in queue["queue"]]
            if leases is not None:
                self._leases = leases["leases"]

    def _ask_carbon(self) -> None:
        document = self._place.scheduler.ask("/api/v1/carbon/now")
        if document is not None:
            rows = tuple(ZoneNow(one["zone"], one["g_per_kwh"], one["shade"]) for one in document["zones"])
            with self._lock:
                self._zones = rows

    # ---- telling, with the lock held

    def _waiting(self) -> tuple[Waiting, ...]:
        arrived = self._record.arrived()
        place = {job: number for number, job in enumerate(self._queue)}
        order = sorted(self._pending, key=lambda job: (place.get(job, len(place)), job))
        started, now = {start.job for start in self._place.starts()}, time.monotonic()
        return tuple(Waiting(job, one.kind.name, one.ref, one.kind.lane, self._record.class_of(job), now - one.at)
                     for job in order if job not in started and (one := arrived.get(job)) is not None)

    def _runners(self, results: dict[int, JobResult]) -> tuple[RunnerNow, ...]:
        busy = {start.host: start for start in self._place.starts() if start.job not in results}
        arrived, now = self._record.arrived(), time.monotonic()
        rows = []
        for name, tags in self._tags.items():
            start = busy.get(name)
            job = arrived.get(start.job) if start else None
            words = f"{start.name} {start.job} {job.ref}" if start and job else ""
            rows.append(RunnerNow(name, tags, words, now - start.at if start else 0))
        return tuple(rows)

    def _lease_rows(self) -> tuple[LeaseNow, ...]:
        """One per runner and job, those that run."""
        found: dict[tuple[str, int], list[dict[str, Any]]] = {}
        for lease in self._leases:
            found.setdefault((self._ids.get(lease["runner_id"], "?"), lease["job_id"]), []).append(lease)
        rows = [LeaseNow(runner, lanes_of(one["tag"] for one in leases), job,
                         min(seconds_until(one["expires"]) for one in leases))
                for (runner, job), leases in found.items()]
        return tuple(row for row in rows if row.left > 0)


def change_of(before: frozenset[str], now: frozenset[str]) -> str:
    """One runner's change of tags in words."""
    gone, come = short_names(before - now), short_names(now - before)
    if is_cut(now) and not is_cut(before):
        return f"cut, withheld are {gone}"
    if is_cut(before) and not is_cut(now):
        return f"lanes are back: {come}"
    told = (f"withheld are {gone}" if gone else "", f"back are {come}" if come else "")
    return ", ".join(text for text in told if text)


def lanes_of(tags: Iterable[str]) -> tuple[str, ...]:
    there = set(tags)
    return tuple(lane.partition(":")[2] for lane in LANES if lane in there)


def short_names(tags: frozenset[str]) -> str:
    return " ".join(lanes_of(tags))


def seconds_until(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp() - time.time()
