"""A simulated GitLab, and runneriq as a program with a folder of its own.
RUNNERIQ and RUNNERIQ_GITLAB_SIM name the programs."""

from __future__ import annotations

import json
import os
import select
import subprocess
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from host import PATH, wait_until

PATIENCE = 30.0  # seconds for one command


def program(variable: str) -> str:
    """The built program that an environment variable names."""
    path = os.environ.get(variable, "")
    if not path:
        raise RuntimeError(f"{variable} does not name a built program")
    return path


class Simulator:
    """A running simulated GitLab; a context manager. Time stands still unless a factor says otherwise.
    `scenario` is a dict, the path of a file, or None for the fleet of --mock. Its folder is made in `place`."""

    def __init__(self, scenario: dict[str, Any] | Path | None = None, time_factor: float = 0,
                 arguments: tuple[str, ...] = (), place: Path | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="runneriq-sim-", dir=place)
        command = [program("RUNNERIQ_GITLAB_SIM"), "--time-factor", str(time_factor), *arguments]
        if scenario is not None:
            command += ["--scenario", str(self._scenario_file(scenario))]
        self._log = (Path(self._folder.name) / "log").open("w+")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self._log, text=True,
                                        env={"PATH": PATH, "HOME": self._folder.name})
        self.url, self.token = self._announcement()

    def __enter__(self) -> Simulator:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self.stop()
        self._log.close()
        if self.process.stdout is not None:
            self.process.stdout.close()
        self._folder.cleanup()

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        self.process.terminate()
        try:
            return self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait(10)

    @property
    def log(self) -> str:
        return (Path(self._folder.name) / "log").read_text()

    def ask(self, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
        """One call; the parsed answer, None when it is empty. Raises urllib.error.HTTPError."""
        headers = {"Content-Type": "application/json"}
        if path.startswith("/api"):
            headers["PRIVATE-TOKEN"] = token or self.token
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=headers)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def calls(self) -> dict[str, Any]:
        """What was asked so far: total, mutating, by_route."""
        return self.ask("GET", "/sim/calls")

    def advance(self, seconds: float) -> None:
        self.ask("POST", "/sim/advance", {"seconds": seconds})

    def add_fault(self, kind: str, route: str = "*", **keys: Any) -> Any:
        return self.ask("POST", "/sim/faults", {"kind": kind, "route": route, **keys})

    def remove_faults(self) -> None:
        self.ask("DELETE", "/sim/faults")

    def state(self) -> dict[str, Any]:
        return self.ask("GET", "/sim/state")

    def _scenario_file(self, scenario: dict[str, Any] | Path) -> Path:
        if isinstance(scenario, Path):
            return scenario
        path = Path(self._folder.name) / "scenario.json"
        path.write_text(json.dumps(scenario))
        return path

    def _announcement(self) -> tuple[str, str]:
        assert self.process.stdout is not None
        ready = select.select([self.process.stdout], [], [], PATIENCE)[0]
        line = self.process.stdout.readline() if ready else ""
        if not line:
            self.stop()
            raise RuntimeError(f"the simulator does not start: {self.log}")
        words = json.loads(line)
        return words["url"], words["token"]


class Answer:
    """What a command said."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def document(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)

    @property
    def events(self) -> list[dict[str, Any]]:
        """The lines of the log."""
        return [json.loads(line) for line in self.err.splitlines() if line.startswith("{")]

    def __repr__(self) -> str:
        return f"exit {self.code}\n{self.out[:2000]}\n{self.err[:2000]}"


class Watcher:
    """runneriq with a home, a state file and an environment of its own; a context manager."""

    def __init__(self, gitlab: Simulator | None = None, place: Path | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="runneriq-test-", dir=place)
        self.root = Path(self._folder.name)
        self.state = self.root / "state.db"
        self.environment = {"PATH": PATH, "LANG": "C.UTF-8", "HOME": str(self.root),
                            "RUNNERIQ_STATE": str(self.state)}
        for kind in ("CONFIG", "STATE", "DATA", "CACHE", "RUNTIME"):
            suffix = "DIR" if kind == "RUNTIME" else "HOME"
            self.environment[f"XDG_{kind}_{suffix}"] = str(self.root)
        if gitlab is not None:
            self.environment |= {"GITLAB_URL": gitlab.url, "GITLAB_TOKEN": gitlab.token}
        self._started: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        for process in self._started:
            if process.poll() is None:
                process.kill()
                process.wait(10)
        self._folder.cleanup()

    def configure(self, text: str) -> Path:
        """Writes the configuration file that all later commands read."""
        path = self.root / "runneriq.yaml"
        path.write_text(text)
        self.environment["RUNNERIQ_CONFIG"] = str(path)
        return path

    def run(self, *arguments: str, stdin: str = "", timeout: float = PATIENCE, **environment: str) -> Answer:
        """One command to its end."""
        done = subprocess.run([program("RUNNERIQ"), *arguments], input=stdin, text=True, capture_output=True,
                              timeout=timeout, env=self.environment | environment, cwd=self.root, check=False)
        return Answer(done.returncode, done.stdout, done.stderr)

    def read(self, *arguments: str, **keys: Any) -> Any:
        """The JSON document of a command that must succeed."""
        answer = self.run(*arguments, "--output", "json", **keys)
        assert answer.code == 0, answer
        return answer.document

    def tick(self, *arguments: str, **keys: Any) -> Any:
        """The document of `run --once`."""
        return self.read("run", "--once", *arguments, **keys)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """A command that goes on; its output goes to the files out and err of the folder. Killed at the end."""
        with (self.root / "out").open("w") as out, (self.root / "err").open("w") as err:
            process = subprocess.Popen([program("RUNNERIQ"), *arguments], stdin=subprocess.DEVNULL, stdout=out,
                                       stderr=err, text=True, env=self.environment | environment, cwd=self.root)
        self._started.append(process)
        return process

    def printed(self) -> list[Any]:
        """The whole JSON lines that the command of start() has printed so far."""
        return [json.loads(line) for line in (self.root / "out").read_text().splitlines(True) if line.endswith("\n")]

    def logged(self) -> list[Any]:
        """The whole lines of the log of the command of start() so far."""
        lines = (self.root / "err").read_text().splitlines(True)
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("\n")]

    def wait_for_ticks(self, count: int, timeout: float = 20) -> bool:
        """Whether a started `run` has ended so many ticks before the deadline."""
        return wait_until(lambda: self.ticks() >= count, timeout)

    def ticks(self) -> int:
        """How many ticks a started `run` has ended; each is known by how long it took."""
        return sum(event.get("event") == "tick" and "took_ms" in event for event in self.logged())
