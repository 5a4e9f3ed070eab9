"""The demo, and the order of arrival that it is compared with."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from fifo import fifo_starts

DEMO = Path(__file__).parent.parent / "support" / "demo.py"


@pytest.mark.parametrize(("arrivals", "durations", "slots", "expected"), [
    ([], [], 2, []),
    ([0, 0, 0], [4, 3, 1], 2, [0, 0, 3]),
    ([0, 1, 2], [1, 1, 1], 1, [0, 1, 2]),
    ([0, 0, 0, 9], [5, 5, 5, 1], 1, [0, 5, 10, 15]),
    ([3, 4], [1, 1], 2, [3, 4]),
])
def test_fifo_starts_jobs_as_slots_fall_free(arrivals: list[float], durations: list[float], slots: int,
                                             expected: list[float]) -> None:
    assert fifo_starts(arrivals, durations, slots) == expected


def test_the_demo_runs_and_fits_on_a_screen(executor: Path) -> None:
    before = time.monotonic()
    end = subprocess.run([sys.executable, DEMO, executor], stdin=subprocess.DEVNULL, capture_output=True,
                         text=True, timeout=60)
    assert end.returncode == 0, end.stdout + end.stderr
    assert time.monotonic() - before < 30
    assert "\033" not in end.stdout, "colour is for terminals"
    assert max(map(len, end.stdout.splitlines())) <= 80, max(end.stdout.splitlines(), key=len)
    for name in ("CRITICAL", "HIGH", "MEDIUM", "LOW", "Fetching changes", "FIFO start"):
        assert name in end.stdout
