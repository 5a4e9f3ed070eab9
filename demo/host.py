"""A runner host: folders, a state file, options of the executor, and the fake runner on it.
Everything is below one folder, which is removed at the end with all processes that name it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from fake_runner import FakeRunner, RunnerSettings
from stage_process import Account, KillTimes

NOBODY = Account(65534, 65534)
# Not /tmp by default: sandboxes put an empty one over it.
SCRATCH = Path(os.environ.get("RUNNERIQ_TEST_DIR", "/var/tmp"))
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Host:
    """`identity` is "root" or "user": whom gitlab-runner, and so the executor, runs as."""

    def __init__(self, executor: Path, driver: str = "shell", identity: str = "root", slots: int = 0,
                 place: Path = SCRATCH) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="runneriq-test-", dir=place))
        self.root.chmod(0o755)
        self.driver = driver
        self.account = NOBODY if identity == "user" and os.geteuid() == 0 else None
        self.executor = self._installed(executor)
        self.state = self.make_directory("state") / "host.db"
        self.options = {
            "DRIVER": driver,
            "SLOTS": str(slots),
            "BUILDS_DIR": str(self.make_directory("builds")),
            "CACHE_DIR": str(self.make_directory("cache")),
            "JOBS_DIR": str(self.make_directory("jobs")),
            "KILL_GRACE": "1s",
        }
        if identity == "root" and os.geteuid() == 0:
            self.options["RUN_AS"] = "nobody"
        self.environment: dict[str, str] = {}  # further variables of the runner's process
        self.kill_times = KillTimes()
        self._undo: list[Callable[[], None]] = []

    def make_directory(self, name: str, mode: int = 0o755) -> Path:
        """A folder that belongs to whom the executor runs as."""
        path = self.root / name
        path.mkdir(exist_ok=True)
        path.chmod(mode)
        if self.account is not None:
            os.chown(path, self.account.uid, self.account.gid)
        return path

    def runner_environment(self) -> dict[str, str]:
        options = {f"RUNNERIQ_EXECUTOR_{key}": value for key, value in self.options.items()}
        own = {"PATH": PATH, "HOME": str(self.root), "LANG": "C.UTF-8", "RUNNERIQ_STATE": str(self.state)}
        return own | options | self.environment

    def settings(self) -> RunnerSettings:
        return RunnerSettings(executor=self.executor, root=self.root, account=self.account,
                              environment=self.runner_environment(), kill_times=self.kill_times)

    def runner(self) -> FakeRunner:
        return FakeRunner(self.settings())

    @property
    def builds(self) -> Path:
        return Path(self.options["BUILDS_DIR"])

    @property
    def jobs(self) -> Path:
        return Path(self.options["JOBS_DIR"])

    def undo_at_end(self, action: Callable[[], None]) -> None:
        self._undo.append(action)

    def close(self) -> None:
        for action in reversed(self._undo):
            action()
        remove_with_processes(self.root)

    def _installed(self, executor: Path) -> Path:
        """A copy that any user can execute."""
        place = self.root / "bin"
        place.mkdir(mode=0o755)
        copy = Path(shutil.copy2(executor, place))
        copy.chmod(0o755)
        return copy


def remove_with_processes(root: Path) -> bool:
    """Kills what names the folder, and removes it; again and again for a while, since a job that was left running
    may start a process in between. Whether it is gone."""
    def is_removed() -> bool:
        for pid in processes_with(str(root)):
            _kill(pid)
        shutil.rmtree(root, ignore_errors=True)
        return not root.exists()
    return wait_until(is_removed)


def processes_with(marker: str) -> list[int]:
    """The living processes, other than this one, whose command line or environment has `marker`."""
    wanted = marker.encode()
    return [pid for pid in _pids() if pid != os.getpid() and wanted in _words_of(pid)]


def mounts_with(marker: str) -> list[str]:
    """The lines of this namespace's mount table with `marker`."""
    return [line for line in Path("/proc/self/mountinfo").read_text().splitlines() if marker in line]


def wait_until(condition: Callable[[], object], timeout: float = 10) -> bool:
    """Polls; whether the condition came true before the deadline."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def our_lines(log: str) -> list[str]:
    """The executor's own lines of a job log."""
    return [line for line in re.split(r"\r?\n", log) if line.startswith("RunnerIQ:")]


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _words_of(pid: int) -> bytes:
    text = b""
    for name in ("cmdline", "environ"):
        try:
            text += Path(f"/proc/{pid}/{name}").read_bytes()
        except OSError:
            pass  # gone, or somebody else's
    return text


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass  # gone in the meantime
