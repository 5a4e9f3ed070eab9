"""Recordings that are no part of the project; where tests/evaluation looks for them, too."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from places import ROOT

LOGS = "logs/logchunks-dev-517.tar.xz"


def recording(name: str) -> Path:
    return Path(os.environ.get("RUNNERIQ_EVALUATION_DATA", ROOT.parent / "shared" / "data")) / name


@contextmanager
def recorded_logs(most: int) -> Iterator[list[str]]:
    """Files of failed jobs' logs, or none."""
    if not recording(LOGS).is_file():
        yield []
        return
    with tempfile.TemporaryDirectory(prefix="runneriq-logs-") as folder:
        subprocess.run(["tar", "-xJf", recording(LOGS), "-C", folder], check=True)
        yield [str(path) for path in sorted(Path(folder).glob("logs/*"))[:most]]
