"""./dev bench: how well and how fast failed logs are diagnosed.

    diagnosis.py LOG_CHUNKS_EVALUATION CLASSES_EVALUATION SHARE_EVALUATION REDACTION_CORPUS READING_BENCH

Prints what the evaluations print, with the bounds that are missed, and the speed of reading; never fails. Evaluations
without their data say so.
"""

from __future__ import annotations

import subprocess
import sys


def show(program: str) -> None:
    run = subprocess.run([program, "--gtest_brief=1"], capture_output=True, text=True, check=False)
    for line in run.stdout.splitlines():
        if line.startswith("[  FAILED  ]") and "." in line:
            print(f"diagnosis: a bound is missed: {line.removeprefix('[  FAILED  ]').strip()}")
        elif not line.startswith(("[", "Running main", "Note: ")):
            print(line)


def main(*programs: str) -> None:
    *evaluations, reading = programs
    for program in evaluations:
        show(program)
    print(subprocess.run([reading], capture_output=True, text=True, check=False).stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
