"""Keeps pictures of a demo, two a second, as JSON lines: {"at": seconds, "lines": [[[text, style], …], …]}."""

from __future__ import annotations

import json
from pathlib import Path

from picture import LEAST_HEIGHT, LEAST_WIDTH, picture
from scene import Scene
from screen import View

KEPT_EVERY = 0.5  # seconds


class RecordedView:
    """Shows what another view shows, and keeps it as it would look on the smallest screen."""

    def __init__(self, view: View, path: Path) -> None:
        self._view = view
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("w")
        self._next = 0.0

    def show(self, scene: Scene) -> None:
        self._view.show(scene)
        if scene.elapsed >= self._next:
            self._next = scene.elapsed + KEPT_EVERY
            lines = [[[span.text, span.style] for span in line] for line in picture(scene, LEAST_WIDTH, LEAST_HEIGHT)]
            self._file.write(json.dumps({"at": round(scene.elapsed, 1), "lines": lines}) + "\n")

    def close(self) -> None:
        self._view.close()
        self._file.close()
