"""The demo of RunnerIQ as a whole, on loopback and in a temporary folder; see docs/demo.md.

Exit code 0 when all that it tells has happened, 1 when something has not, 2 for bad usage, 130 after Ctrl-C.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn

from place import Place, left_behind
from programs import MissingProgram, find_programs
from record import Record
from recorder import RecordedView
from scheduler import StartFailure
from screen import Presenter, View, view_for
from story import Point, Story
from stream import Stream
from summary import summary
from watch import Watch

LIMIT = 84.0       # seconds for the story; the rest of 90 is for the end
JOBS, LEAST_JOBS = 48, 20
GLANCE, SHORT_GLANCE = 5.0, 1.0  # seconds for the watcher; short with a shorter stream
BESIDE_STREAM = 5  # jobs that the story sends: a deploy, two hotfixes, two smoke tests
HANDLED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
WHAT = """A simulated GitLab, the scheduler in autonomous mode and three runner hosts with real jobs,
all on loopback and in a temporary folder. Takes about a minute, at most a minute and a half.
Exit code 0: everything that it tells has happened; 1: something has not; 2: bad usage; 130: interrupted."""


class Interrupted(BaseException):
    """Ctrl-C, or another signal that asks for the end."""


def main(arguments: list[str]) -> int:
    options = parse(arguments)
    try:
        os.environ |= find_programs(options.programs)
    except MissingProgram as missing:
        print(f"runneriq-demo: {missing}", file=sys.stderr)
        return 2
    for number in HANDLED:
        signal.signal(number, interrupt)
    try:
        return play(options)
    except StartFailure as failure:
        print(f"runneriq-demo: {failure}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what Python still wants to write
        return 1
    except Interrupted:
        print("runneriq-demo: interrupted", file=sys.stderr)
        return 130


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="runneriq-demo", description=WHAT, allow_abbrev=False,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--view", choices=("auto", "screen", "lines"), default="auto",
                        help="a screen that is redrawn, or lines (default: a screen on a terminal that can)")
    parser.add_argument("--keep", type=Path, metavar="FOLDER",
                        help="keep the logs of jobs and programs there, and pictures of the screen")
    parser.add_argument("--jobs", type=int, default=JOBS, metavar="N",
                        help=f"so many jobs, {LEAST_JOBS} to {JOBS} (default {JOBS})")
    parser.add_argument("--programs", type=Path, metavar="FOLDER", help="where the programs are (default: PATH)")
    options = parser.parse_args(arguments)
    if not LEAST_JOBS <= options.jobs <= JOBS:
        parser.error(f"--jobs takes {LEAST_JOBS} to {JOBS}")
    return options


def interrupt(*_: object) -> NoReturn:
    ignore_signals()
    raise Interrupted


def ignore_signals() -> None:
    """The end is on its way, and must not be cut short."""
    for number in HANDLED:
        signal.signal(number, signal.SIG_IGN)


def play(options: argparse.Namespace) -> int:
    record = Record()
    print("RunnerIQ demo: simulated GitLab, autonomous scheduler, three hosts, on loopback.", flush=True)
    with Place() as place:
        try:
            points = perform(place, record, options)
            lines = summary(place, record, points)
            if options.keep is not None:
                place.keep(options.keep)
                (options.keep / "summary.txt").write_text("\n".join(lines) + "\n")
        finally:
            ignore_signals()
    left = left_behind(place.root)
    points.append(Point(not left, f"left behind: {', '.join(left)}"))
    print("\n".join(lines), flush=True)
    for point in points:
        if not point.happened:
            print(f"runneriq-demo: {point.text}", file=sys.stderr)
    return 0 if all(point.happened for point in points) else 1


def perform(place: Place, record: Record, options: argparse.Namespace) -> list[Point]:
    with ExitStack() as stack:
        watch = stack.enter_context(Watch(place, record, LIMIT))
        stack.enter_context(Presenter(view_of(options), watch))
        stream = Stream(place, record, options.jobs - BESIDE_STREAM)
        story = Story(place, watch, record, stream, LIMIT, GLANCE if options.jobs == JOBS else SHORT_GLANCE)
        story.start()
        stack.enter_context(stream)
        story.tell()
        return story.points


def view_of(options: argparse.Namespace) -> View:
    view = view_for(options.view, sys.stdout, dict(os.environ))
    return view if options.keep is None else RecordedView(view, options.keep / "screens.jsonl")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
