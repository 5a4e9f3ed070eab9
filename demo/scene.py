"""What the demo shows at one moment. Plain data: made by watch, drawn by picture."""

from __future__ import annotations

from dataclasses import dataclass

from record import Event

CLASSES = ("CRITICAL", "HIGH", "MEDIUM", "LOW")


@dataclass(frozen=True)
class Waiting:
    """A pending job."""

    job: int
    name: str
    ref: str
    lane: str
    job_class: str  # "" = nobody has scored it yet
    waited: float   # seconds


@dataclass(frozen=True)
class RunnerNow:
    name: str
    tags: frozenset[str]
    job: str        # what it runs; "" = nothing
    ran: float      # seconds, of that job


@dataclass(frozen=True)
class LeaseNow:
    runner: str
    lanes: tuple[str, ...]  # withheld, in the order of lanes
    job: int                # for which
    left: float             # seconds


@dataclass(frozen=True)
class ZoneNow:
    zone: str
    g_per_kwh: float
    shade: str  # green | yellow | red


@dataclass(frozen=True)
class Scene:
    elapsed: float
    limit: float
    scheduler: str  # up | killed | starting | ended
    driver: str     # "" until a job has told
    arrived: int
    ended: int
    waiting: tuple[Waiting, ...]  # as RunnerIQ orders them, those that it has not seen last
    runners: tuple[RunnerNow, ...]
    leases: tuple[LeaseNow, ...]
    zones: tuple[ZoneNow, ...]
    events: tuple[Event, ...]
    began: float    # of the events' clock

    @property
    def caption(self) -> str:
        """What the story is at."""
        return next((event.text for event in reversed(self.events) if event.act), "")
