"""A clean root that its own systemd has booted: units are started, stopped and restarted by packages and by people."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from clean_root import CleanRoot
from host import wait_until

BOOT_SECONDS = 60
HIERARCHIES = (Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/unified"))


@contextmanager
def booted_root(layers: Sequence[Path]) -> Iterator[CleanRoot]:
    """Skips the test where no cgroup of version 2 can be made, as in most containers."""
    with _cgroup() as group, CleanRoot(layers, cgroup=group) as root:
        assert wait_until(lambda: state_of(root, "basic.target") == "active", BOOT_SECONDS), \
            root.run("systemctl", "list-jobs")
        root.path("/usr/sbin/policy-rc.d").unlink()  # which is there to keep packages from starting anything
        yield root


def state_of(root: CleanRoot, unit: str) -> str:
    return root.run("systemctl", "is-active", unit).out.strip()


def property_of(root: CleanRoot, unit: str, name: str) -> str:
    return root.run("systemctl", "show", "--property", name, "--value", unit).check().out.strip()


def journal_of(root: CleanRoot, unit: str) -> str:
    return root.run("journalctl", "--no-pager", "--output=cat", f"--unit={unit}").check().out


@contextmanager
def _cgroup() -> Iterator[Path]:
    hierarchy = next((each for each in HIERARCHIES if (each / "cgroup.procs").exists()), None)
    if hierarchy is None:
        pytest.skip("no cgroups of version 2 are mounted here")
    try:
        group = Path(tempfile.mkdtemp(prefix="runneriq-root-", dir=hierarchy))
    except OSError as reason:
        pytest.skip(f"no cgroup can be made here: {reason}")
    try:
        yield group
    finally:
        wait_until(lambda: _remove(group))


def _remove(group: Path) -> bool:
    """A process that was killed keeps its group for a moment."""
    folders = [path for path in group.rglob("*") if path.is_dir()]
    try:
        for folder in (*reversed(folders), group):
            folder.rmdir()
    except OSError:
        return False
    return True
