"""The two ways of showing the demo: a picture that is drawn in place, or lines."""

from __future__ import annotations

import os
import shutil
import textwrap
import threading
from contextlib import suppress
from types import TracebackType
from typing import Protocol, TextIO

from picture import LEAST_HEIGHT, LEAST_WIDTH, Line, clock, picture
from scene import CLASSES, Scene
from watch import Watch

DRAWN_EVERY = 0.2   # seconds
STATUS_EVERY = 5.0  # seconds, among lines
LINE_WIDTH = 80
_SGR = {"plain": "", "bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_ENTER = "\033[?1049h\033[?25l\033[?7l"  # other screen, no cursor, no wrapping
_LEAVE = "\033[?7h\033[?25h\033[?1049l"


class View(Protocol):
    def show(self, scene: Scene) -> None: ...

    def close(self) -> None: ...


def view_for(wanted: str, out: TextIO, environment: dict[str, str]) -> View:
    """`wanted` is auto, lines or screen. auto takes the screen on a terminal that can redraw and is large enough."""
    coloured = not environment.get("NO_COLOR")
    if wanted == "screen" or (wanted == "auto" and coloured and can_redraw(out, environment)):
        return ScreenView(out, coloured)
    return LinesView(out)


def can_redraw(out: TextIO, environment: dict[str, str]) -> bool:
    if not out.isatty() or environment.get("TERM", "dumb") in ("", "dumb"):
        return False
    columns, lines = os.get_terminal_size(out.fileno())
    return columns >= LEAST_WIDTH and lines >= LEAST_HEIGHT


class ScreenView:
    """Draws the whole picture anew; leaves the terminal as it was."""

    def __init__(self, out: TextIO, coloured: bool) -> None:
        self._out, self._coloured = out, coloured
        self._out.write(_ENTER)

    def show(self, scene: Scene) -> None:
        columns, lines = shutil.get_terminal_size((LEAST_WIDTH, LEAST_HEIGHT))
        drawn = "\033[K\r\n".join(self._painted(line) for line in picture(scene, columns, lines))
        self._out.write(f"\033[H{drawn}\033[K\033[J")
        self._out.flush()

    def close(self) -> None:
        self._out.write(_LEAVE)
        self._out.flush()

    def _painted(self, line: Line) -> str:
        return "".join(f"\033[{code}m{span.text}\033[0m" if self._coloured and (code := _SGR[span.style]) else span.text
                       for span in line)


class LinesView:
    """Says each event once, and every few seconds how things stand."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._told = 0
        self._status_at = 0.0

    def show(self, scene: Scene) -> None:
        for event in scene.events[self._told:]:
            self._print(event.at - scene.began, f"== {event.text}" if event.act else event.text)
        self._told = len(scene.events)
        if scene.elapsed >= self._status_at:
            self._status_at = scene.elapsed + STATUS_EVERY
            self._print(scene.elapsed, status(scene))

    def close(self) -> None:
        self._out.flush()

    def _print(self, at: float, text: str) -> None:
        for line in textwrap.wrap(text, LINE_WIDTH - 7, subsequent_indent="  "):
            self._out.write(f"{clock(at):>5}  {line}\n")
        self._out.flush()


def status(scene: Scene) -> str:
    counts = ", ".join(f"{name} {count}" for name in CLASSES
                       if (count := sum(job.job_class == name for job in scene.waiting)))
    waiting = f"{len(scene.waiting)} wait ({counts})" if counts else f"{len(scene.waiting)} wait"
    return f"-- {waiting}, {scene.ended} of {scene.arrived} done, scheduler {scene.scheduler}"


class Presenter:
    """A context manager: shows what the watch knows until its end, when the view is closed."""

    def __init__(self, view: View, watch: Watch) -> None:
        self._view, self._watch = view, watch
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._show, name="presenter", daemon=True)

    def __enter__(self) -> Presenter:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._stop.set()
        try:
            self._thread.join()
        finally:
            with suppress(OSError):
                self._view.close()

    def _show(self) -> None:
        try:
            while not self._stop.is_set():
                self._view.show(self._watch.scene())
                self._stop.wait(DRAWN_EVERY)
            self._view.show(self._watch.scene())
        except OSError:
            pass  # nobody reads any more; the demo goes on to its end
