"""The jobs that come: work on features all the time, and what the story sends beside it."""

from __future__ import annotations

import threading
import time
from http.client import HTTPException
from itertools import cycle

from place import Place
from record import Arrived, Record
from shop import BUILD, E2E, LINT, UNIT, Kind

AT_ONCE = 5          # pipelines that come together at the beginning
COMES_EVERY = 2.5    # seconds between two pipelines after these
MOST_WAITING = 18    # jobs; with so many no pipeline comes, as on a machine that is slow
LONGEST = 50.0       # seconds, from the demo's beginning; then no pipeline comes, so that all can end in time
PIPELINES = (("feature/search", (LINT, UNIT, E2E)), ("feature/cart", (LINT, UNIT, E2E)), ("develop", (BUILD, UNIT)))


class Stream:
    """A context manager: pipelines of branches until so many jobs have come, or it is late."""

    def __init__(self, place: Place, record: Record, jobs: int) -> None:
        self._place, self._record, self._jobs = place, record, jobs
        self._next = cycle(PIPELINES)
        self._sent = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._flow, name="stream", daemon=True)

    def __enter__(self) -> Stream:
        for _ in range(AT_ONCE):
            self._send_next()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """No further pipelines of branches."""
        self._stop.set()
        self._thread.join()

    @property
    def is_over(self) -> bool:
        return not self._thread.is_alive()

    def send(self, ref: str, *kinds: Kind) -> list[Arrived]:
        """One pipeline of now."""
        now = time.monotonic()
        ids = self._place.arrive(ref, [kind.entry() for kind in kinds])
        jobs = [Arrived(number, kind, ref, now) for number, kind in zip(ids, kinds, strict=True)]
        self._record.arrive(jobs)
        return jobs

    def _flow(self) -> None:
        while self._sent < self._jobs and self._record.elapsed() < LONGEST and not self._stop.wait(COMES_EVERY):
            try:
                if len(self._place.gitlab.state()["pending"]) < MOST_WAITING:
                    self._send_next()
            except (OSError, HTTPException):
                continue  # busy; the story sees to it that it lives

    def _send_next(self) -> None:
        ref, kinds = next(self._next)
        kinds = kinds[:max(0, self._jobs - self._sent)]
        if kinds:
            self._sent += len(kinds)
            self.send(ref, *kinds)
