"""No decision takes a fifth more instructions than when the baseline was written.

RUNNERIQ_INSTRUCTIONS names the program, RUNNERIQ_COMPILER what it was compiled with. RUNNERIQ_WRITE_BASELINE=1
writes the baseline anew instead of comparing.
"""

from __future__ import annotations

import os
import shutil
import warnings
from pathlib import Path

import pytest

from instructions import Counts, compare, count, read_baseline, write_baseline

COMPILER = os.environ.get("RUNNERIQ_COMPILER", "")
WRITE = os.environ.get("RUNNERIQ_WRITE_BASELINE") == "1"


@pytest.fixture(scope="module")
def counts() -> Counts:
    program = os.environ.get("RUNNERIQ_INSTRUCTIONS", "")
    if shutil.which("valgrind") is None or not program:
        pytest.skip("valgrind is not installed, or was not when this was built")
    if not WRITE and read_baseline()["compiler"] != COMPILER:
        pytest.skip(f"the baseline is of {read_baseline()['compiler']}, the program of {COMPILER}")
    return count(Path(program))


def test_no_decision_has_become_a_fifth_dearer(counts: Counts) -> None:
    assert counts.instructions
    if WRITE:
        write_baseline(COMPILER, counts)
        return
    compared = compare(dict(read_baseline()["instructions"]), counts.instructions)  # type: ignore[call-overload]
    print(compared.table)
    assert not compared.grown, f"more than 20 % more instructions, or not comparable: {', '.join(compared.grown)}"
    if compared.shrunk:
        warnings.warn("20 % fewer instructions: renew the baseline with RUNNERIQ_WRITE_BASELINE=1: "
                      + ", ".join(compared.shrunk))


def test_another_processor_counts_the_same(counts: Counts) -> None:
    assert counts.chosen == []


@pytest.mark.parametrize("now, grown, shrunk", [
    ({"tick": 1200}, [], []), ({"tick": 1201}, ["tick"], []), ({"tick": 800}, [], []), ({"tick": 799}, [], ["tick"]),
    ({}, ["tick"], []), ({"tick": 1000, "new": 1}, ["new"], []),
])
def test_a_fifth_is_the_limit(now: dict[str, int], grown: list[str], shrunk: list[str]) -> None:
    compared = compare({"tick": 1000}, now)
    assert (compared.grown, compared.shrunk) == (grown, shrunk)
