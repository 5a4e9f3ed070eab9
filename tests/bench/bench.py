"""./dev bench: all budgets in one table, each figure beside its reference of the same run.

    bench.py FOLDER_OF_PROGRAMS [GROUP...] [--quick] [--json FILE] [--write]

Never fails on a figure; exit code 1 is for a group that could not be measured. A group that takes minutes is measured
only when it is named.
"""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import admissions
import alerting
import decisions
import evaluations
import fleet_ticks
import packages
import reaction
import reading
import realtime
import report
import stages
from effort import Effort
from rows import Row, unmeasured

GROUPS: dict[str, Callable[[Effort], list[Row]]] = {
    "stages": stages.measured, "admissions": admissions.measured, "decisions": decisions.measured,
    "fleet": fleet_ticks.measured, "reaction": reaction.measured, "alerting": alerting.measured,
    "diagnosis": reading.measured, "evaluations": evaluations.measured, "packages": packages.measured,
    "build": packages.build}
FAILED = "measuring it failed"
ON_REQUEST = {"build": packages.build_not_measured}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench", description="Measures the budgets, beside references.")
    parser.add_argument("programs", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("groups", nargs="*", metavar="GROUP",
                        help=f"of {', '.join(GROUPS)}; all but build if none is named")
    parser.add_argument("--quick", action="store_true", help="few runs, less than a minute: to try it")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the document goes (build/release/bench.json)")
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md, too")
    words = parser.parse_intermixed_args()
    if unknown := sorted(set(words.groups) - set(GROUPS)):
        parser.error(f"no group is named {', '.join(unknown)}; there are {', '.join(GROUPS)}")
    return words


def measure(named: list[str], effort: Effort) -> report.Groups:
    groups = {}
    for name, measured in GROUPS.items():
        if named and name not in named:
            continue
        print(f"bench: {name}", file=sys.stderr, flush=True)
        groups[name] = attempted(name, measured if name in named else ON_REQUEST.get(name, measured), effort)
    return groups


def attempted(name: str, measured: Callable[[Effort], list[Row]], effort: Effort) -> list[Row]:
    """One group that cannot be measured does not cost the others."""
    try:
        return measured(effort)
    except Exception as error:
        traceback.print_exc()
        return unmeasured(f"{FAILED}: {error}", **{name: f"all of {name}"})


def main() -> int:
    words = arguments()
    programs = words.programs.resolve()
    os.environ |= {"RUNNERIQ": str(programs / "runneriq"), "RUNNERIQ_GITLAB_SIM": str(programs / "runneriq-gitlab-sim")}
    before = report.describe_machine()
    permitted = realtime.is_permitted()
    groups = measure(words.groups, Effort(programs, words.quick))
    document = report.document(before, groups, words.quick, permitted)
    report.write_json(words.json or programs.parent / "bench.json", document)
    if words.write:
        report.write_into_page(report.markdown(document, groups))
    print(report.text_table(groups))
    load = document["load"]
    print(f"\n{report.closing(groups)}. {before['processor']}, {before['cores']} cores, load {load['before']} before, "
          f"{load['after']} after, {'real-time' if permitted else 'normal'} priority for the stages")
    return int(any(row.unmeasured.startswith(FAILED) for rows in groups.values() for row in rows))


if __name__ == "__main__":
    sys.exit(main())
