"""The tags by which RunnerIQ steers, as docs/steering.md names them."""

from __future__ import annotations

LANES = ("runneriq:critical", "runneriq:high", "runneriq:short", "runneriq:medium", "runneriq:long")
MANAGED, STEERED = "runneriq:managed", "runneriq:steered"
AT_REST = frozenset((*LANES, MANAGED))


def is_cut(tags: frozenset[str]) -> bool:
    return STEERED in tags
