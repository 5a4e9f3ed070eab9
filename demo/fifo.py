"""When GitLab's own order would have started the same jobs."""

from __future__ import annotations

import heapq


def fifo_starts(arrivals: list[float], durations: list[float], slots: int) -> list[float]:
    """Start times of jobs that are taken in the order given as slots fall free."""
    free = [0.0] * slots
    starts = []
    for arrival, duration in zip(arrivals, durations, strict=True):
        start = max(arrival, heapq.heappop(free))
        heapq.heappush(free, start + duration)
        starts.append(start)
    return starts
