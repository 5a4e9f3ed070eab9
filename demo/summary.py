"""The figures at the end: waits beside those of the order of arrival, carbon, writes."""

from __future__ import annotations

import json
import re
import statistics
import textwrap
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from ci_host import Start
from fake_runner import JobResult
from fifo import fifo_starts
from place import RUNNERS, SLOTS, Place
from record import Arrived, Record
from scene import CLASSES
from shop import DEPLOY
from story import Point

WIDTH = 80


@dataclass(frozen=True)
class Wait:
    """One job's, in seconds from its arrival to its start."""

    job: Arrived
    job_class: str
    here: float
    fifo: float


def summary(place: Place, record: Record, points: list[Point]) -> list[str]:
    """Lines of at most WIDTH columns."""
    lines = ["", "What happened", *points_lines(points)]
    waits = waits_of(place, record)
    if waits:
        lines += ["", *waits_lines(waits)]
    return [*lines, "", *books_lines(place, len(waits))]


def points_lines(points: list[Point]) -> list[str]:
    lines: list[str] = []
    for point in points:
        mark = "  yes  " if point.happened else "  NO   "
        lines += textwrap.wrap(point.text, WIDTH, initial_indent=mark, subsequent_indent=" " * len(mark))
    return lines


def waits_of(place: Place, record: Record) -> list[Wait]:
    """Of the jobs that are over. FIFO: the same jobs, each as long as it was, on so many slots, in the order in
    which they came, with the pause between two jobs that was the usual one."""
    results, arrived = place.results(), record.arrived()
    starts = {start.job: start.at for start in place.starts()}
    pause = usual_pause(place.starts(), results)
    jobs = sorted((job for job in arrived.values() if job.id in results and job.id in starts), key=lambda job: job.id)
    came = [job.at - record.began for job in jobs]
    ran = [end_of(results[job.id]) - starts[job.id] + pause for job in jobs]
    fifo = fifo_starts(came, ran, len(RUNNERS) * SLOTS)
    return [Wait(job, record.class_of(job.id) or class_in(results[job.id].log), starts[job.id] - job.at,
                 record.began + start - job.at) for job, start in zip(jobs, fifo, strict=True)]


def usual_pause(starts: list[Start], results: dict[int, JobResult]) -> float:
    """The median time from a job's end to the next start on the same host."""
    pauses, ended = [], dict[str, float]()
    for start in starts:
        if start.host in ended:
            pauses.append(start.at - ended[start.host])
        if start.job in results:
            ended[start.host] = end_of(results[start.job])
    return statistics.median(pauses) if pauses else 0.0


def waits_lines(waits: list[Wait]) -> list[str]:
    lines = ["Waits in seconds; FIFO: the same jobs in the order in which they came",
             f"  {'class':<9} {'jobs':>4} {'mean':>7} {'FIFO':>7} {'longest':>9} {'FIFO':>7}"]
    for name in (*CLASSES, ""):
        of_class = [wait for wait in waits if wait.job_class == name]
        if of_class:
            lines.append(_row(name or "unknown", of_class))
    lines.append(_row("all", waits))
    return lines + [f"  The {wait.job.kind.name} waited {wait.here:.1f} s; in the order of arrival it would have"
                    f" waited {wait.fifo:.1f} s." for wait in waits if wait.job.kind is DEPLOY][:1]


def _row(name: str, waits: list[Wait]) -> str:
    here, fifo = [wait.here for wait in waits], [wait.fifo for wait in waits]
    return (f"  {name:<9} {len(waits):>4} {statistics.mean(here):>7.1f} {statistics.mean(fifo):>7.1f}"
            f" {max(here):>9.1f} {max(fifo):>7.1f}")


def books_lines(place: Place, jobs: int) -> list[str]:
    answer = place.scheduler.run("carbon", "ledger", "--output", "json")
    rows = json.loads(answer.out)["rows"] if answer.code == 0 else []
    return [carbon_line(rows, jobs), f"Tag writes: {writes_of(place)}"]


def writes_of(place: Place) -> str:
    try:
        return f"{place.tag_writes()} changes of a runner's tags"
    except (OSError, HTTPException):
        return "unknown, the simulated GitLab does not answer"


def carbon_line(rows: list[dict[str, Any]], jobs: int) -> str:
    if not rows:
        return "CO2: the ledger has no rows"
    grams, joules = sum(row["grams"] or 0 for row in rows), sum(row["joules"] for row in rows)
    return f"CO2: {grams:.4f} g by the ledger, of {len(rows)} of {jobs} jobs ({joules:.0f} J, made-up intensities)"


def end_of(result: JobResult) -> float:
    return max(stage.ended for stage in result.stages)


def class_in(log: str) -> str:
    """The executor's word, of a job that the scheduler never saw waiting."""
    found = re.search(r"^RunnerIQ: priority [\d.]+ ([A-Z]+)", log, re.MULTILINE)
    return found[1] if found else ""
