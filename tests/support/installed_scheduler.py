"""The scheduler's packaged units on a clean root, run by a stand-in for systemctl, and a simulated GitLab beside it."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from clean_root import CleanRoot, Said
from host import wait_until
from service_call import Reply, UnixConnection, ask_over
from walk_systemctl import KEPT

SOCKET = "/run/runneriq/runneriq.sock"
STATE = "/var/lib/runneriq/state.db"
TOKEN_FILE = "/etc/runneriq/credentials/gitlab-token"
ENVIRONMENT_FILE = "/etc/runneriq/environment"
SERVICE = "runneriq.service"


class InstalledScheduler:
    """Needs the packages runneriq and runneriq-demo in the root."""

    def __init__(self, root: CleanRoot) -> None:
        self._root = root
        self._systemctl = root.hand_over(Path(__file__).with_name("walk_systemctl.py"))
        self._simulator: subprocess.Popen[bytes] | None = None
        self.url, self.token = self._start_simulator()

    def close(self) -> None:
        """Ends the simulator; the rest ends with the root."""
        if self._simulator is not None:
            self._root.signal_all("/usr/bin/runneriq-gitlab-sim")
            self._simulator.wait(10)

    def configure(self, **environment: str) -> None:
        """What an administrator does after the installation."""
        lines = {"GITLAB_URL": self.url} | environment
        path = self._root.path(ENVIRONMENT_FILE)
        path.write_text(path.read_text() + "".join(f"{key}={value}\n" for key, value in lines.items()))
        self._root.run("install", "-m", "0600", "/dev/stdin", TOKEN_FILE, stdin=f"{self.token}\n").check()

    def systemctl(self, *words: str) -> Said:
        return self._root.run("/usr/bin/python3", "-B", str(self._systemctl), *words)

    def start(self) -> None:
        """Returns when the service says that it is ready."""
        said = self.systemctl("start", SERVICE)
        assert said.code == 0 and not said.err, f"{said}\n{self.journal()}"

    def stop(self) -> None:
        self.systemctl("stop", SERVICE).check()

    def journal(self, unit: str = SERVICE) -> str:
        path = self._root.path(f"{KEPT}/{unit}.log")
        return path.read_text() if path.exists() else ""

    def processes(self) -> dict[int, int]:
        """Of the daemon, by this host's process ids: the user ids."""
        found = [pid for pid, line in self._root.processes().items() if line.startswith("/usr/bin/runneriq run")]
        return {pid: _user_of(pid) for pid in found}

    def ask(self, method: str, target: str, body: Any = None) -> Reply:
        """A call over the packaged socket, as root."""
        connection = UnixConnection(self._root.path(SOCKET), 10)
        try:
            return ask_over(connection, method, target, body)
        finally:
            connection.close()

    def person(self, *words: str) -> Said:
        """A command of an administrator."""
        return self._root.run("runneriq", *words, GITLAB_URL=self.url)

    def _start_simulator(self) -> tuple[str, str]:
        said = self._root.share / "simulator"
        with said.open("wb") as output:
            process = self._simulator = self._root.start(
                "/usr/bin/runneriq-gitlab-sim", "--time-factor", "1", output=output, errors=subprocess.STDOUT)
        wait_until(lambda: said.read_text().endswith("}\n") or process.poll() is not None, 20)
        assert process.poll() is None, f"the simulator does not start: {said.read_text()}"
        words = json.loads(said.read_text().splitlines()[-1])
        return words["url"], words["token"]


def _user_of(pid: int) -> int:
    """Not the owner of /proc/<pid>: a process that keeps secrets is root's there."""
    return int(re.findall(r"^Uid:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)[0])
