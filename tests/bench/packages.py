"""The size of the packages, and how long a cold build and the tests take."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from effort import Effort
from places import ROOT
from rows import Reference, Row, unmeasured

MEGA = 1_000_000
WITHOUT_CACHE = {"CCACHE_DISABLE": "1"}  # of compilers' output


def measured(effort: Effort) -> list[Row]:
    """The largest deb, beside the bytes of what is in all of them together."""
    debs = sorted((effort.programs.parent / "packages").glob("*.deb"), key=lambda deb: deb.stat().st_size)
    if not debs:
        return unmeasured("no deb is there: ./dev package makes them", deb="the largest deb")
    return [Row("deb", f"the largest deb, {debs[-1].name}", "MB", [debs[-1].stat().st_size / MEGA],
                Reference("what it holds, unpacked", [_unpacked(debs[-1])]))]


def _unpacked(deb: Path) -> float:
    lines = subprocess.run(["dpkg-deb", "--contents", deb], capture_output=True, text=True, check=True).stdout
    return sum(int(line.split()[2]) for line in lines.splitlines() if line.startswith("-")) / MEGA


def build_not_measured(_: Effort) -> list[Row]:
    return unmeasured("takes minutes: ./dev bench build", build="full build, release, cold",
                      test="./dev test on a fresh machine")


def build(_: Effort) -> list[Row]:
    """Everything of the release preset in a folder of its own, without a cache of compilers' output."""
    with tempfile.TemporaryDirectory(prefix="runneriq-build-", dir=os.environ.get("TMPDIR", "/var/tmp")) as folder:
        clock = _Clock()
        for command in (["cmake", "--preset", "release", "-B", folder], ["cmake", "--build", folder]):
            subprocess.run(command, cwd=ROOT, env=os.environ | WITHOUT_CACHE, stdout=subprocess.DEVNULL, check=True)
        row = clock.row("build", "full build, release, cold")
    return [row, _test()]


def _test() -> Row:
    """In a copy of the tree, as `./dev test` is on a fresh machine."""
    with tempfile.TemporaryDirectory(prefix="runneriq-test-", dir=os.environ.get("TMPDIR", "/var/tmp")) as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(ROOT, copy, symlinks=True, ignore=shutil.ignore_patterns("build", "__pycache__"))
        clock = _Clock()
        done = subprocess.run(["./dev", "test"], cwd=copy, env=os.environ | WITHOUT_CACHE, capture_output=True,
                              check=False)
        failed = "" if done.returncode == 0 else f", which failed with {done.returncode}"
        return clock.row("test", f"./dev test, cold{failed}")


class _Clock:
    """Runs from the moment that it is made."""

    def __init__(self) -> None:
        self._began, self._cpu = time.monotonic(), _cpu()

    def row(self, name: str, title: str) -> Row:
        minutes, cpu = (time.monotonic() - self._began) / 60, (_cpu() - self._cpu) / 60
        return Row(name, title, "min", [minutes],
                   Reference("its CPU time, spread evenly over the cores", [cpu / (os.cpu_count() or 1)]))


def _cpu() -> float:
    """Seconds of all children so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
