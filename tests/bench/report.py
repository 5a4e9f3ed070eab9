"""The table of ./dev bench: for people, for the documentation, and as a document."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from places import ROOT
from rows import Row

Groups = dict[str, list[Row]]  # what is measured, by the name of its group

SCHEMA = 1
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- results of ./dev bench --write -->", "<!-- end of results -->"
HEAD = ("what", "figure (least to most)", "reference of the same run", "ratio", "budget", "verdict")


def describe_machine() -> dict[str, Any]:
    models = [line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
              if line.startswith("model name")]
    return {"processor": models[0] if models else platform.machine(), "cores": os.cpu_count(),
            "kernel": platform.release(), "load": round(os.getloadavg()[0], 2)}


def commit() -> str:
    """Of the tree; "" outside of one. A tree with changes is told by a "+" at the end."""
    command = ["git", "-c", f"safe.directory={ROOT}", "-C", str(ROOT), "describe", "--always", "--dirty=+",
               "--exclude=*", "--abbrev=12"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except FileNotFoundError:
        return ""


def document(before: dict[str, Any], groups: Groups, quick: bool, realtime: bool) -> dict[str, Any]:
    """Described in docs/performance.md."""
    return {"schema": SCHEMA, "date": datetime.now(timezone.utc).isoformat(timespec="seconds"), "commit": commit(),
            "machine": {key: value for key, value in before.items() if key != "load"},
            "load": {"before": before["load"], "after": describe_machine()["load"]},
            "quick": quick, "realtime": realtime,
            "rows": [row.document(group) for group, rows in groups.items() for row in rows]}


def write_json(path: Path, words: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(words, indent=1, ensure_ascii=False) + "\n")


# ---- words

def number(value: float) -> str:
    """Three significant digits, none made up."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    digits = 1 if abs(value) >= 10 else 2 if abs(value) >= 0.1 else 3
    return f"{value:.{digits}f}"


def cells(row: Row) -> tuple[str, ...]:
    reference, ratio, budget = row.reference, row.ratio, row.budget
    return (row.title, _figure(row.values, row.unit),
            f"{_median(reference.values, row.unit)}: {reference.title}" if reference and reference.values else "",
            f"{number(ratio)}" if ratio is not None else "", budget.written if budget else "", row.verdict)


def _median(values: list[float], unit: str) -> str:
    return f"{number(statistics.median(values))} {unit}".strip()


def _figure(values: list[float], unit: str) -> str:
    if not values:
        return ""
    ends = f" ({number(min(values))} to {number(max(values))})" if len(values) > 1 else ""
    return _median(values, unit) + ends


def text_table(groups: Groups) -> str:
    table = [HEAD] + [cells(row) for rows in groups.values() for row in rows]
    widths = [max(len(line[at]) for line in table) for at in range(len(HEAD))]

    def line_of(words: tuple[str, ...]) -> str:
        return "  ".join(word.ljust(width) for word, width in zip(words, widths)).rstrip()
    lines = [line_of(HEAD)]
    for group, rows in groups.items():
        lines += [f"-- {group}", *(line_of(cells(row)) for row in rows)]
    return "\n".join(lines)


def markdown(words: dict[str, Any], groups: Groups) -> str:
    """The section of docs/performance.md that is replaced by a new run."""
    machine, load = words["machine"], words["load"]
    lines = [f"{machine['processor']}, {machine['cores']} cores, Linux {machine['kernel']}; load {load['before']:.1f} "
             f"before and {load['after']:.1f} after; wall times at {'real-time' if words['realtime'] else 'normal'} "
             f"priority; {words['date'][:10]}, commit {words['commit'] or 'unknown'}"
             + ("; few runs (`--quick`)." if words["quick"] else "."), ""]
    for group, rows in groups.items():
        lines += [f"### {group.capitalize()}", "", "| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD)]
        lines += ["| " + " | ".join(word.replace("|", "\\|") for word in cells(row)) + " |" for row in rows] + [""]
    return "\n".join(lines)


def write_into_page(table: str) -> None:
    """Between the two marks of docs/performance.md."""
    before, mark, rest = PAGE.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not mark or not end:
        raise RuntimeError(f"{PAGE} has lost its marks")
    PAGE.write_text(f"{before}{BEGIN}\n\n{table}\n{END}{after}")


def closing(groups: Groups) -> str:
    """One line: how many budgets are kept."""
    judged = [row for rows in groups.values() for row in rows if row.budget]
    met = sum(row.verdict == "met" for row in judged)
    missed = [row.name for row in judged if row.verdict.startswith("MISSED")]
    return (f"{met} of {len(judged)} budgets met, {len(missed)} missed{': ' if missed else ''}{', '.join(missed)}; "
            f"{len(judged) - met - len(missed)} not measured")
