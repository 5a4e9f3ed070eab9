"""Counts of instructions of the decision benchmarks, by callgrind, and how they compare with what they were.

Counts do not depend on load or clock. They depend on the compiler, so a baseline holds for one; and on
nothing of the processor, since libc is kept from choosing by it.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

BASELINE = Path(__file__).with_name("instructions.json")
MOST_GROWTH = 0.20  # of a count; as much less, and the baseline is out of date

# All that libc, in any version since 2.33, has more than one function for; what it does not know it ignores.
PROCESSOR = ("AVX", "AVX2", "AVX_Fast_Unaligned_Load", "AVX2_Usable", "AVX512F", "AVX512VL", "AVX512BW", "BMI1", "BMI2",
             "ERMS", "FSRM", "FMA", "FMA4", "LZCNT", "MOVBE", "POPCNT", "RTM", "SSSE3", "SSE4_1", "SSE4_2",
             "Fast_Unaligned_Copy", "Fast_Copy_Backward")
CHOSEN_BY_PROCESSOR = re.compile(r"fn=\(\d+\) (\S*_(?:avx|evex|erms|fma|ssse3|sse4|sse42|avx512)\S*)")


@dataclass(frozen=True)
class Counts:
    instructions: dict[str, int]   # by CASE/RUNNERS/JOBS
    chosen: list[str]              # functions that another processor would not have run


def count(program: Path) -> Counts:
    with tempfile.TemporaryDirectory(prefix="runneriq-counts-") as folder:
        command = [*_without_random_addresses(), "valgrind", "--tool=callgrind", "--instr-atstart=no",
                   f"--callgrind-out-file={folder}/out", str(program)]
        environment = {"PATH": "/usr/bin:/bin", "GLIBC_TUNABLES": "glibc.cpu.hwcaps=" + ",".join(
            f"-{feature}" for feature in PROCESSOR)}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"callgrind ended with {done.returncode}: {done.stderr[-2000:]}")
        return _read([path.read_text() for path in sorted(Path(folder).glob("out.*"))])


def _without_random_addresses() -> list[str]:
    """Where the kernel lets us; addresses decide no branch of ours, but where memory is laid out."""
    command = [shutil.which("setarch") or "setarch", "-R"]
    try:
        permitted = subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        permitted = False
    return command if permitted else []


def _read(dumps: list[str]) -> Counts:
    instructions, chosen = {}, set()
    for dump in dumps:
        label = re.search(r"^desc: Trigger: Client Request: (\S+)$", dump, re.MULTILINE)
        total = re.search(r"^totals: (\d+)$", dump, re.MULTILINE)
        if label and total:
            instructions[label[1]] = int(total[1])
            chosen |= set(CHOSEN_BY_PROCESSOR.findall(dump))
    return Counts(instructions, sorted(chosen))


# ---- the baseline

def read_baseline() -> dict[str, object]:
    return dict(json.loads(BASELINE.read_text()))


def write_baseline(compiler: str, counts: Counts) -> None:
    document = {"compiler": compiler, "instructions": counts.instructions}
    BASELINE.write_text(json.dumps(document, indent=2) + "\n")


@dataclass(frozen=True)
class Comparison:
    grown: list[str]   # too much, or not in the baseline, or not counted
    shrunk: list[str]  # so much that the baseline would hide the next growth
    table: str


def compare(were: dict[str, int], are: dict[str, int]) -> Comparison:
    grown = sorted(were.keys() ^ are.keys())
    grown += [name for name in sorted(were.keys() & are.keys()) if are[name] > were[name] * (1 + MOST_GROWTH)]
    shrunk = [name for name in sorted(were.keys() & are.keys()) if are[name] < were[name] * (1 - MOST_GROWTH)]
    lines = [f"{'instructions':<46}{'was':>14}{'is':>14}{'change':>10}"]
    lines += [_line(name, were.get(name), are.get(name)) for name in sorted(were.keys() | are.keys())]
    return Comparison(grown, shrunk, "\n".join(lines))


def _line(name: str, was: int | None, now: int | None) -> str:
    change = f"{100 * (now / was - 1):+.1f} %" if was and now else ""
    return f"{name:<46}{was if was is not None else '-':>14}{now if now is not None else '-':>14}{change:>10}"
