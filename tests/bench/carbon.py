"""./dev bench: what the carbon decisions save on recorded traces, beside published figures.

    carbon.py CARBON_EVALUATION

Prints a table, or what is missing for it; never fails. docs/carbon-evaluation.md explains the rows.
"""

from __future__ import annotations

import subprocess
import sys

TITLE = "carbon on recorded traces"


def main(program: str) -> None:
    run = subprocess.run([program, "--gtest_brief=1"], capture_output=True, text=True, check=False)
    lines = run.stdout.splitlines()
    print_table(lines)
    for missing in sorted({below for line, below in zip(lines, lines[1:]) if line.endswith(": Skipped")}):
        print(f"carbon evaluation: {missing}")
    for failed in (line for line in lines if line.startswith("[  FAILED  ]") and "." in line):
        print(f"carbon evaluation: a bound is missed: {failed.removeprefix('[  FAILED  ]').strip()}")


def print_table(lines: list[str]) -> None:
    begin = next((number for number, line in enumerate(lines) if line.startswith(TITLE)), None)
    if begin is None:
        return
    print()
    for line in lines[begin:]:
        if line.startswith("["):
            break
        print(line)


if __name__ == "__main__":
    main(*sys.argv[1:2])
