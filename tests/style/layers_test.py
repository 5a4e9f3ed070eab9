"""Checks the tree against docs/architecture.md section 3 and the habits of CONTRIBUTING.md.

usage: layers_test.py [ROOT]    prints PATH:LINE: RULE: MESSAGE for each fault; exit 1 when there are any
"""

import sys
from pathlib import Path

import habits
import layers
from source_file import files_of

CHECKS = [layers.check, habits.check_world, habits.check_names, habits.check_sleeps, habits.check_paths]


def findings(root):
    files = files_of(root)
    return [finding for check in CHECKS for finding in check(files)]


def main(arguments):
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parents[2]
    found = findings(root)
    for finding in found:
        print(finding)
    print(f"{len(found)} faults in {root}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
