"""./dev bench: what the stages of alerting leave of made days, and how fast they are.

    alerting.py ALERTING_DAY_TEST ALERTING_BENCH

Prints two tables, each with the bounds that are missed; never fails. The budget of the storm is of CPU time, which
other work of the machine disturbs less than the time on the wall.
"""

from __future__ import annotations

import json
import subprocess
import sys

TITLES = ("alerts of made days", "flaky detector on made days")
EVENTS_PER_SECOND, MEGABYTES = 100_000, 64


def main(day: str, bench: str) -> None:
    print_days(day)
    print_storm(bench)


def print_days(program: str) -> None:
    run = subprocess.run([program, "--gtest_brief=1"], capture_output=True, text=True, check=False)
    in_table = False
    for line in run.stdout.splitlines():
        if line.startswith(TITLES):
            in_table = True
            print()
        in_table = in_table and bool(line.strip()) and not line.startswith("[")
        if in_table:
            print(line)
        elif line.startswith("[  FAILED  ]") and "." in line:
            print(f"alerting: a bound is missed: {line.removeprefix('[  FAILED  ]').strip()}")


def print_storm(program: str) -> None:
    command = [program, "--benchmark_format=json"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        print(f"alerting: {program} failed: {run.stderr.strip()}")
        return
    print(f"\n{'a storm of 1,000,000 events in 10,000 groups':44}{'events/s CPU':>14}{'wall':>10}{'peak MB':>10}{'messages':>10}")
    for row in json.loads(run.stdout)["benchmarks"]:
        print_row(row)


def print_row(row: dict) -> None:
    words = row["name"].removesuffix("/iterations:1").replace("/0", ", all failed").replace("/1", ", half passed")
    speed, memory = row["items_per_second"], row["peak_MB"]
    wall = speed * row["cpu_time"] / row["real_time"]
    messages = f"{row['messages']:.0f}" if "messages" in row else ""
    print(f"{words.replace('_', ' '):44}{speed:14,.0f}{wall:10,.0f}{memory:10.1f}{messages:>10}")
    if words.startswith("four_stages") and (speed < EVENTS_PER_SECOND or memory > MEGABYTES):
        print(f"alerting: the budget of {EVENTS_PER_SECOND:,} events/s of CPU time and {MEGABYTES} MB is missed")


if __name__ == "__main__":
    main(*sys.argv[1:3])
