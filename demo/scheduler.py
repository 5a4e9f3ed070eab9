"""`runneriq run --execute` as the demo starts, asks, kills and ends it."""

from __future__ import annotations

import http.client
import json
import subprocess
from pathlib import Path
from typing import Any

from fleet import Answer, Simulator, Watcher
from host import wait_until
from service_call import UnixConnection, ask_over

POLL = "1s"
LEASE = "20s"
ANSWER_LIMIT = 2.0  # seconds for one call of the service


class StartFailure(Exception):
    """A program of the demo does not come up; the text says which, and its last words."""


class Scheduler:
    """The daemon, autonomous; its state outlives its process. `environment`: further variables."""

    def __init__(self, gitlab: Simulator, place: Path, capacity: dict[str, int], environment: dict[str, str]) -> None:
        self._watcher = Watcher(gitlab, place)
        self._watcher.configure("")  # what the host is configured for is no matter of the demo
        self._watcher.environment |= {
            "RUNNERIQ_ASSIGNER_TRUST_MODEL_MODE": "autonomous",
            "RUNNERIQ_MONITOR_CAPACITY": ",".join(f"{name}={slots}" for name, slots in capacity.items()),
            "RUNNERIQ_GATE_LEASE_TTL": LEASE,
            "RUNNERIQ_GATE_SHORT_WAIT": "1h",  # only the lanes critical and high withhold others
            "RUNNERIQ_GATE_KILL_SWITCH": str(self._watcher.root / "stop-steering"),
            "RUNNERIQ_GITLAB_CALLS_PER_MINUTE": "6000",
            "RUNNERIQ_CARBON_ENERGY_WAIT": "3s",
        } | environment
        self._process: subprocess.Popen[str] | None = None
        self._logs: list[str] = []

    @property
    def socket(self) -> Path:
        return self._watcher.root / "runneriq.sock"

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self, patience: float) -> None:
        """Returns when it has looked once."""
        self._keep_log()
        process = self._watcher.start("run", "--execute", "--listen", f"unix:{self.socket}", "--poll-interval", POLL)
        self._process = process
        wait_until(lambda: self._watcher.ticks() >= 1 or process.poll() is not None, patience)
        if process.poll() is not None:
            raise StartFailure(f"the scheduler ends at once with exit code {process.returncode}: {self.last_words()}")
        if self._watcher.ticks() < 1:
            raise StartFailure(f"the scheduler has not looked once in {patience:.0f} s: {self.last_words()}")

    def kill(self) -> None:
        """SIGKILL."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)

    def end(self, patience: float) -> int | None:
        """SIGTERM: it reverts what it has withheld, and ends. Its exit code; None = it had to be killed."""
        assert self._process is not None
        self._process.terminate()
        try:
            return self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def close(self) -> None:
        self._watcher.close()

    def ask(self, target: str) -> Any:
        """The document of the service; None = no answer."""
        connection = UnixConnection(self.socket, ANSWER_LIMIT)
        try:
            reply = ask_over(connection, "GET", target)
            return reply.json if reply.status == 200 else None
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            connection.close()

    def run(self, *arguments: str) -> Answer:
        """Another command on the same state."""
        return self._watcher.run(*arguments)

    def log(self) -> str:
        """Of all its lives."""
        self._keep_log()
        return "".join(self._logs)

    def last_words(self) -> str:
        lines = (self._watcher.root / "err").read_text().splitlines()
        return _sentence(lines[-1]) if lines else "it has said nothing"

    def _keep_log(self) -> None:
        path = self._watcher.root / "err"
        if path.exists():
            self._logs.append(path.read_text())
            path.unlink()


def _sentence(line: str) -> str:
    try:
        event = json.loads(line)
    except ValueError:
        return line
    return str(event.get("message") or event.get("error") or line)
