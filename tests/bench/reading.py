"""How fast the log of a failed job is read for its causes, in CPU time, and in how much memory."""

from __future__ import annotations

import json
import subprocess

from effort import Effort
from recorded import recorded_logs
from rows import Reference, Row


def measured(effort: Effort) -> list[Row]:
    rounds = str(effort.runs(5, 1))
    made = _figures(effort, rounds)
    rows = [
        Row("log_matching", "lines of a made log cleaned and matched", "MB/s", made["match_MB_per_s"], _split(made)),
        Row("log_reading", "a made log of 100 MB read whole", "MB/s", made["long_MB_per_s"], _split(made)),
        Row("log_memory", "peak memory of the process with it", "MB", made["peak_MB"])]
    with recorded_logs(effort.runs(1000, 100)) as logs:
        if not logs:
            return rows
        real = _figures(effort, rounds, *logs)
    return rows + [
        Row("recorded_matching", f"{len(logs)} recorded logs cleaned and matched", "MB/s", real["match_MB_per_s"],
            _split(real)),
        Row("recorded_reading", "the same read", "MB/s", real["read_MB_per_s"], _split(real)),
        Row("recorded_log", "one recorded log read", "ms", real["log_ms"])]


def _split(figures: dict[str, list[float]]) -> Reference:
    return Reference("splitting it into lines", figures["split_MB_per_s"])


def _figures(effort: Effort, *arguments: str) -> dict[str, list[float]]:
    out = subprocess.run([effort.program("diagnosis_reading_bench"), *arguments], capture_output=True, text=True,
                         check=True).stdout
    return dict(json.loads(out))
