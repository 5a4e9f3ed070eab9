"""One call of a custom executor, as gitlab-runner makes it: a process group of its own, stdin
from /dev/null, output pipes read to EOF, SIGTERM then SIGKILL to the group when it must stop."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

POLL_SECONDS = 0.02

# Told of every piece of output: the stream's name ("stdout" or "stderr") and the bytes.
OutputListener = Callable[[str, bytes], None]
# Says why the call must stop now; "" = it may go on.
StopReason = Callable[[], str]


@dataclass(frozen=True)
class Account:
    """Whom a call runs as; the groups are dropped."""

    uid: int
    gid: int


@dataclass(frozen=True)
class KillTimes:
    """[runners.custom] graceful_kill_timeout and force_kill_timeout, and how long the harness
    waits for EOF after the process has ended before it says that a descendant holds a pipe."""

    graceful: float = 20.0
    force: float = 5.0
    pipe_patience: float = 5.0


@dataclass
class StageEnd:
    """How a call ended. exit_code is negative for a signal, None when it never started or was
    given up as dormant."""

    exit_code: int | None
    stopped_for: str = ""    # why the harness sent SIGTERM; "" = it ended by itself
    killed: bool = False     # SIGKILL was needed
    pipes_held: bool = False  # a descendant kept stdout or stderr open after the process had ended
    start_error: str = ""


class StageProcess:
    """Runs one call to its end. `pid` and `exited_at` are set while it runs."""

    def __init__(self, argv: list[str], environment: dict[str, str], cwd: Path,
                 account: Account | None, listener: OutputListener) -> None:
        self._argv = argv
        self._environment = environment
        self._cwd = cwd
        self._account = account
        self._listener = listener
        self._selector = selectors.DefaultSelector()
        self._open_pipes = 0
        self.pid = 0

    def start(self) -> str:
        """Starts the process; the error text when that fails, else ""."""
        owner: dict[str, Any] = {}
        if self._account is not None:
            owner = {"user": self._account.uid, "group": self._account.gid, "extra_groups": []}
        try:
            self._process = subprocess.Popen(
                self._argv, env=self._environment, cwd=self._cwd, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, process_group=0, **owner)
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            return f"failed to start command: {error}"
        self.pid = self._process.pid
        self._watch()
        return ""

    def wait(self, stop_reason: StopReason, times: KillTimes) -> StageEnd:
        """Returns when the process has ended and both pipes are at EOF, or is given up."""
        end = StageEnd(exit_code=None)
        term_at = exited_at = None
        while not self._is_over():
            self._pump()
            now = time.monotonic()
            if exited_at is None and self._process.poll() is not None:
                exited_at = now
            if term_at is None and (reason := stop_reason()):
                term_at = now
                end.stopped_for = reason
                self._signal_group(signal.SIGTERM)
            if self._gives_up(end, now, term_at, exited_at, times):
                break
        end.exit_code = self._process.returncode
        self._close()
        return end

    def _gives_up(self, end: StageEnd, now: float, term_at: float | None, exited_at: float | None,
                  times: KillTimes) -> bool:
        if exited_at is not None and now - exited_at > times.pipe_patience:
            end.pipes_held = True
            return True
        if term_at is None:
            return False
        if not end.killed and now - term_at > times.graceful:
            end.killed = True
            self._signal_group(signal.SIGKILL)
        return now - term_at > times.graceful + times.force

    def _watch(self) -> None:
        for name, pipe in (("stdout", self._process.stdout), ("stderr", self._process.stderr)):
            assert pipe is not None
            os.set_blocking(pipe.fileno(), False)
            self._selector.register(pipe, selectors.EVENT_READ, name)
            self._open_pipes += 1
        self._pidfd = os.pidfd_open(self.pid)
        self._selector.register(self._pidfd, selectors.EVENT_READ, "")

    def _is_over(self) -> bool:
        return self._open_pipes == 0 and self._process.returncode is not None

    def _pump(self) -> None:
        for key, _ in self._selector.select(POLL_SECONDS):
            if key.data == "":
                self._process.poll()
                self._selector.unregister(self._pidfd)
            else:
                self._read(key)

    def _read(self, key: selectors.SelectorKey) -> None:
        data = os.read(key.fd, 65536)
        if data:
            self._listener(key.data, data)
            return
        self._selector.unregister(key.fileobj)
        self._open_pipes -= 1

    def _signal_group(self, number: signal.Signals) -> None:
        try:
            os.killpg(self.pid, number)
        except (ProcessLookupError, PermissionError):
            pass  # the group has ended in the meantime

    def _close(self) -> None:
        self._selector.close()
        os.close(self._pidfd)
        for pipe in (self._process.stdout, self._process.stderr):
            assert pipe is not None
            pipe.close()
