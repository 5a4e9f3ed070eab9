"""The demo of the whole: its story without a terminal and on two sizes of one, its ends, and what makes it say no.
All runs of it go on at the same time: they mostly wait."""

from __future__ import annotations

import fcntl
import io
import json
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import picture
import screen
from fifo import fifo_starts
from fleet import program
from host import SCRATCH, processes_with
from lanes import LANES, STEERED
from picture_svg import svg
from record import Event
from scene import LeaseNow, RunnerNow, Scene, Waiting, ZoneNow
from story import Point
from summary import points_lines
from terminal import Terminal

REPOSITORY = Path(__file__).parents[2]
DEMO = REPOSITORY / "demo" / "runneriq_demo.py"
PICTURES = REPOSITORY / "docs" / "pictures"
SHORT = ("--jobs", "20")
LONGEST = 90.0   # seconds, as promised
PATIENCE = 110.0


class Run:
    """One run of the demo, in a thread, with a folder of its own for all that it makes."""

    def __init__(self, *arguments: str, size: tuple[int, int] | None = None,
                 interrupt_at: Callable[[str], bool] | None = None, programs: Path | None = None,
                 kept: Path | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="runneriq-test-", dir=SCRATCH))
        self.folder.chmod(0o755)
        self.size, self.kept, self._interrupt_at = size, kept, interrupt_at
        self._command = [sys.executable, "-B", str(DEMO), *arguments, *(("--keep", str(kept)) if kept else ())]
        self._environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8",
                             "TERM": "xterm-256color", "RUNNERIQ_TEST_DIR": str(self.folder)}
        if programs is None:
            names = ("RUNNERIQ", "RUNNERIQ_GITLAB_SIM", "RUNNERIQ_EXECUTOR")
            self._environment |= {name: program(name) for name in names}
        else:
            self._command += ["--programs", str(programs)]
        self.code: int | None = None
        self.output = ""
        self.began = time.monotonic()
        self.took = self.after_interrupt = 0.0
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()

    def end(self) -> Run:
        self._thread.join(PATIENCE)
        assert self.code is not None, f"not over after {PATIENCE} s:\n{self.output[-3000:]}"
        return self

    def left_behind(self) -> list[str]:
        processes = [f"process {pid}" for pid in processes_with(str(self.folder))]
        return processes + [str(path) for path in self.folder.iterdir()]

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def _live(self) -> None:
        master, slave = pty.openpty() if self.size else os.pipe()
        if self.size:
            columns, rows = self.size
            fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        process = subprocess.Popen(self._command, stdin=slave if self.size else subprocess.DEVNULL, stdout=slave,
                                   stderr=slave, env=self._environment, start_new_session=True,
                                   preexec_fn=self._take_terminal if self.size else None)
        os.close(slave)
        self._read_until_end(master, process)
        os.close(master)
        self.took, self.code = time.monotonic() - self.began, process.wait(30)

    def _take_terminal(self) -> None:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    def _read_until_end(self, master: int, process: subprocess.Popen[bytes]) -> None:
        interrupted = 0.0
        while True:
            if not select.select([master], [], [], 0.1)[0]:
                if time.monotonic() - self.began > PATIENCE:
                    process.kill()
                continue
            try:
                data = os.read(master, 65536)
            except OSError:  # a terminal whose last user has gone
                data = b""
            if not data:
                break
            self.output += data.decode()
            if self._interrupt_at and not interrupted and self._interrupt_at(self.output):
                interrupted = time.monotonic()
                os.write(master, b"\x03") if self.size else process.send_signal(signal.SIGINT)
        self.after_interrupt = time.monotonic() - interrupted if interrupted else 0.0


def wrapped(folder: Path, name: str, text: str) -> Path:
    """The programs, one of them behind a script; REAL stands for its place."""
    folder.mkdir()
    for variable, each in {"RUNNERIQ": "runneriq", "RUNNERIQ_GITLAB_SIM": "runneriq-gitlab-sim",
                           "RUNNERIQ_EXECUTOR": "runneriq-executor"}.items():
        (folder / each).symlink_to(program(variable))
    real = (folder / name).resolve()
    (folder / name).unlink()
    (folder / name).write_text(text.replace("REAL", str(real)))
    (folder / name).chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Run]]:
    place = tmp_path_factory.mktemp("programs")
    silent = wrapped(place / "silent", "runneriq", "#!/bin/sh\necho 'the disk is on fire' >&2\nexit 3\n")
    advisory = wrapped(place / "advisory", "runneriq", '#!/bin/bash\nexec REAL "${@/--execute/--dry-run}"\n')
    failing = wrapped(place / "failing", "runneriq-executor", "#!/bin/sh\nexit 2\n")
    all_runs = {
        "lines": Run(kept=tmp_path_factory.mktemp("kept")),
        "small": Run(*SHORT, size=(80, 24)),
        "large": Run(*SHORT, size=(120, 40)),
        "interrupted": Run(size=(80, 24), interrupt_at=lambda text: " critical ----" in text or "deploy" in text),
        "stopped": Run(interrupt_at=lambda text: "arrives" in text),
        "silent": Run(programs=silent),
        "advisory": Run(*SHORT, programs=advisory),
        "failing": Run(*SHORT, programs=failing),
    }
    yield all_runs
    for run in all_runs.values():
        run.close()


# ---- the story


def test_the_whole_story_happens_in_time_and_nothing_stays(runs: dict[str, Run]) -> None:
    run = runs["lines"].end()
    assert run.code == 0, run.output
    assert run.took < LONGEST
    assert run.left_behind() == []
    assert "  NO  " not in run.output
    said = " ".join(run.output.split())
    for point in ("first job on", "lanes were given back", "scheduler was killed with lanes withheld from",
                  "started again", "jobs ended well", "scheduler ended when told to", "tags that they had before",
                  "row for each job", "ledger --verify", "audit verify: the trail is sound"):
        assert point in said, point


def jobs_of(run: Run) -> int:
    """A slow machine gets fewer than the 48 that the stream is to have."""
    jobs = int(re.findall(r"all (\d+) jobs ended well", run.output)[0])
    assert 30 <= jobs <= 48
    return jobs


def test_its_lines_fit_eighty_columns_and_are_plain(runs: dict[str, Run]) -> None:
    output = runs["lines"].end().output
    assert "\033" not in output
    assert max(map(len, output.splitlines())) <= 80, max(output.splitlines(), key=len)
    assert output.isascii()


def test_it_says_how_far_it_is_trusted_and_what_isolates_its_jobs(runs: dict[str, Run]) -> None:
    output = runs["lines"].end().output
    assert "autonomous" in output
    assert re.search(r"isolated by \w+|driver shell", output)


def test_the_summary_has_waits_beside_fifo_grams_and_writes(runs: dict[str, Run]) -> None:
    run = runs["lines"].end()
    output, jobs = run.output, jobs_of(run)
    rows = dict(re.findall(r"^  (CRITICAL|HIGH|MEDIUM|LOW|all) +(\d+) +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+$", output, re.M))
    assert int(rows.pop("all")) == jobs == sum(map(int, rows.values()))
    assert set(rows) == {"CRITICAL", "HIGH", "MEDIUM", "LOW"}
    waited, fifo = re.findall(r"The deploy waited ([\d.]+) s; in the order .* waited ([\d.]+) s", output)[0]
    assert float(waited) < float(fifo) < 60
    grams, rows_of_ledger = re.findall(r"CO2: ([\d.]+) g by the ledger, of (\d+) of \d+ jobs", output)[0]
    assert float(grams) > 0 and int(rows_of_ledger) == jobs
    assert int(re.findall(r"Tag writes: (\d+)", output)[0]) >= 4


def test_kept_logs_show_real_jobs(runs: dict[str, Run]) -> None:
    run = runs["lines"].end()
    kept = run.kept
    assert kept is not None
    logs = [path.read_text() for path in (kept / "jobs").iterdir()]
    assert len(logs) == jobs_of(run)
    assert all("Checking out" in log and "Job succeeded" in log for log in logs)
    assert any("production runs" in log for log in logs)
    assert '"event":"steered"' in (kept / "scheduler.log").read_text()
    screens = [json.loads(line) for line in (kept / "screens.jsonl").read_text().splitlines()]
    assert len(screens) > 20 and svg(screens[-1]).startswith("<svg")


# ---- on a terminal


def frames_of(run: Run) -> tuple[list[list[str]], Terminal]:
    """Each whole picture that stood on the screen, and the terminal at the end."""
    assert run.size is not None
    terminal, frames = Terminal(*run.size), []
    for piece in re.split(r"(?=\033\[H)", run.output):
        terminal.feed(piece)
        if "?1049" in terminal.modes:
            frames.append(list(terminal.lines))
    return frames, terminal


@pytest.mark.parametrize("name", ["small", "large"])
def test_the_picture_is_drawn_in_place_and_never_too_wide(runs: dict[str, Run], name: str) -> None:
    run = runs[name].end()
    assert run.code == 0, run.output[-3000:]
    frames, terminal = frames_of(run)
    assert not terminal.too_wide
    assert len(frames) > 40
    assert "?1049" not in terminal.modes and "?25l" not in run.output.rpartition("?1049l")[2]
    assert run.left_behind() == []


@pytest.mark.parametrize("name", ["small", "large"])
def test_the_picture_shows_cuts_leases_death_and_carbon(runs: dict[str, Run], name: str) -> None:
    frames = ["\n".join(frame) for frame in frames_of(runs[name].end())[0]]
    cut = "critical ---- ----- ------ ---- cut"
    assert any(cut in frame and re.search(r"withholds high short medium long for job \d+, \d+ s left", frame)
               for frame in frames)
    assert any("scheduler is dead" in frame and cut in frame for frame in frames)
    assert "critical high short medium long" in frames[-1] and cut not in frames[-1]
    assert re.search(r"FR 58 .*DE 340", frames[-1])
    assert all("autonomous" in frame for frame in frames[1:])


# ---- its ends


@pytest.mark.parametrize("name", ["interrupted", "stopped"])
def test_an_interrupt_ends_it_at_once_and_cleanly(runs: dict[str, Run], name: str) -> None:
    run = runs[name].end()
    assert run.code == 130, run.output[-2000:]
    assert 0 < run.after_interrupt < 20  # a few seconds on a machine that is not busy
    assert "interrupted" in run.output and "Traceback" not in run.output
    assert run.left_behind() == []
    if run.size:
        assert "?1049" not in frames_of(run)[1].modes


def test_a_scheduler_that_cannot_start_is_named(runs: dict[str, Run]) -> None:
    run = runs["silent"].end()
    assert run.code == 1
    assert "the scheduler ends at once with exit code 3: the disk is on fire" in run.output
    assert "Traceback" not in run.output
    assert run.left_behind() == []


def test_a_scheduler_that_only_advises_is_found_out(runs: dict[str, Run]) -> None:
    run = runs["advisory"].end()
    assert run.code == 1
    assert re.search(r"NO +the deploy went to \w+, but not as the first job of a runner cut for it",
                     " ".join(run.output.split())), run.output
    assert run.left_behind() == []


def test_jobs_that_fail_are_found_out(runs: dict[str, Run]) -> None:
    run = runs["failing"].end()
    assert run.code == 1
    assert re.search(r"NO +job \d+ failed", run.output)
    assert run.took < 60
    assert run.left_behind() == []


@pytest.mark.parametrize(("arguments", "said"), [
    (["--jobs", "3"], "--jobs takes"),
    (["--programs", "/nonexistent"], "no program runneriq in /nonexistent"),
    (["--viev", "lines"], "unrecognized arguments"),
])
def test_bad_usage_is_2_with_a_word(arguments: list[str], said: str) -> None:
    end = subprocess.run([sys.executable, "-B", DEMO, *arguments], capture_output=True, text=True, timeout=30)
    assert end.returncode == 2
    assert said in end.stderr


# ---- its parts


def made_scene(waiting: int, name: str = "unit") -> Scene:
    lanes = tuple(lane.partition(":")[2] for lane in LANES)
    tags = frozenset({LANES[0], STEERED})
    return Scene(
        elapsed=3725, limit=84, scheduler="killed", driver="bubblewrap", arrived=1048, ended=1001,
        waiting=tuple(Waiting(1000 + n, name, "feature/a-rather-long-name", "critical", "CRITICAL", 1234.5)
                      for n in range(waiting)),
        runners=tuple(RunnerNow(host, tags, f"{name} 1234 feature/a-rather-long-name", 100) for host in "abc"),
        leases=tuple(LeaseNow(host, lanes, 1234, 299) for host in "abc"),
        zones=tuple(ZoneNow(f"US-CAL-{n}", 1234.5, "red") for n in range(8)),
        events=tuple(Event(n, f"{name} " * 30) for n in range(60)), began=0)


@pytest.mark.parametrize("width", [80, 81, 120, 200])
@pytest.mark.parametrize("height", [24, 25, 40, 100])
@pytest.mark.parametrize("waiting", [0, 1, 5, 300])
def test_any_picture_fits(width: int, height: int, waiting: int) -> None:
    lines = picture.picture(made_scene(waiting), width, height)
    assert len(lines) <= height
    assert max(len(picture.text_of(line)) for line in lines) <= width
    text = [picture.text_of(line) for line in lines]
    for head in ("QUEUE", "RUNNERS", "LEASES", "CARBON", "EVENTS"):
        assert any(line.startswith(f" {head}") for line in text), head
    assert text[-1].strip()


class Tty(io.StringIO):
    """A terminal of 80 by 24 to whoever asks."""

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return -1


@pytest.mark.parametrize(("wanted", "size", "environment", "expected"), [
    ("auto", (80, 24), {"TERM": "xterm"}, screen.ScreenView),
    ("auto", (79, 24), {"TERM": "xterm"}, screen.LinesView),
    ("auto", (80, 23), {"TERM": "xterm"}, screen.LinesView),
    ("auto", (80, 24), {"TERM": "dumb"}, screen.LinesView),
    ("auto", (80, 24), {}, screen.LinesView),
    ("auto", (80, 24), {"TERM": "xterm", "NO_COLOR": "1"}, screen.LinesView),
    ("screen", (80, 24), {"TERM": "xterm", "NO_COLOR": "1"}, screen.ScreenView),
    ("lines", (80, 24), {"TERM": "xterm"}, screen.LinesView),
])
def test_the_screen_is_for_terminals_that_can(monkeypatch: pytest.MonkeyPatch, wanted: str, size: tuple[int, int],
                                              environment: dict[str, str], expected: type) -> None:
    monkeypatch.setattr(os, "get_terminal_size", lambda _: os.terminal_size(size))
    assert type(screen.view_for(wanted, Tty(), environment)) is expected
    assert wanted != "auto" or type(screen.view_for(wanted, io.StringIO(), environment)) is screen.LinesView


def test_no_color_leaves_the_screen_without_colours() -> None:
    out = Tty()
    screen.view_for("screen", out, {"NO_COLOR": "1"}).show(made_scene(5))
    assert not re.search(r"\033\[[\d;]*m", out.getvalue())
    assert "QUEUE" in out.getvalue()


def test_points_say_whether_they_happened() -> None:
    lines = points_lines([Point(True, "it rained"), Point(False, "the sun " * 20)])
    assert lines[0] == "  yes  it rained"
    assert lines[1].startswith("  NO   the sun") and lines[2].startswith("       the sun")


@pytest.mark.parametrize(("arrivals", "durations", "slots", "expected"), [
    ([], [], 2, []),
    ([0, 0, 0], [4, 3, 1], 2, [0, 0, 3]),
    ([0, 1, 2], [1, 1, 1], 1, [0, 1, 2]),
    ([0, 0, 0, 9], [5, 5, 5, 1], 1, [0, 5, 10, 15]),
    ([3, 4], [1, 1], 2, [3, 4]),
])
def test_fifo_starts_jobs_as_slots_fall_free(arrivals: list[float], durations: list[float], slots: int,
                                             expected: list[float]) -> None:
    assert fifo_starts(arrivals, durations, slots) == expected


def test_the_readmes_picture_is_the_recorded_screen() -> None:
    kept = json.loads((PICTURES / "demo-screen.json").read_text())
    assert (PICTURES / "demo.svg").read_text() == svg(kept)
    text = "\n".join("".join(words for words, _ in line) for line in kept["lines"])
    assert "critical ---- ----- ------ ---- cut" in text and "CRITICAL 1" in text
