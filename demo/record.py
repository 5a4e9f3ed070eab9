"""What happened in the demo: jobs as they came, events as they were seen. May be used from any thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

from shop import Kind


@dataclass(frozen=True)
class Arrived:
    """A job that GitLab has been given."""

    id: int
    kind: Kind
    ref: str
    at: float  # time.monotonic()


@dataclass(frozen=True)
class Event:
    at: float  # time.monotonic()
    text: str
    routine: bool = False  # one of many of its kind: told where there is room for all
    act: bool = False      # the caption of a new act


class Record:
    def __init__(self) -> None:
        self.began = time.monotonic()
        self._lock = threading.Lock()
        self._arrived: dict[int, Arrived] = {}
        self._classes: dict[int, str] = {}
        self._events: list[Event] = []

    def elapsed(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.began

    def arrive(self, jobs: Iterable[Arrived]) -> None:
        with self._lock:
            self._arrived |= {job.id: job for job in jobs}

    def arrived(self) -> dict[int, Arrived]:
        with self._lock:
            return dict(self._arrived)

    def classify(self, job: int, name: str) -> None:
        """What RunnerIQ said of the job; the first word counts, since waiting raises a class."""
        with self._lock:
            self._classes.setdefault(job, name)

    def class_of(self, job: int) -> str:
        """"" = not scored yet."""
        with self._lock:
            return self._classes.get(job, "")

    def tell(self, text: str, routine: bool = False, act: bool = False) -> None:
        with self._lock:
            self._events.append(Event(time.monotonic(), text, routine, act))

    def events(self) -> list[Event]:
        with self._lock:
            return list(self._events)
