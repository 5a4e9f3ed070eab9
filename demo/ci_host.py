"""gitlab-runner on one host, against the simulated GitLab: asks for jobs with the runner's token while a slot
is free, runs them through the real executor, and reports how they ended.

    with CiHost(gitlab, gitlab_runner_token, host, slots=2) as ci:
        … ci.started() …
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlparse

from fake_runner import FakeRunner, JobResult, RunningJob
from fleet import Simulator
from host import Host
from job_spec import JobSpec

ANSWER_LIMIT = 20.0  # seconds for one call
Script = Callable[[JobSpec], list[str]]
Adapt = Callable[[JobSpec], None]


@dataclass(frozen=True)
class Start:
    """A job that a host has begun."""

    at: float  # time.monotonic()
    job: int
    name: str
    host: str
    tags: frozenset[str] = frozenset()  # of the runner, at the moment when GitLab chose the job for it


class CiHost:
    """A context manager. `script` makes a job's lines; by default those that GitLab hands out. `adapt` may change
    more of a job before it begins."""

    def __init__(self, gitlab: Simulator, token: str, host: Host, *, name: str = "", slots: int = 1,
                 interval: float = 0.5, script: Script | None = None, adapt: Adapt | None = None) -> None:
        self.name, self._slots, self._interval = name or host.root.name, slots, interval
        self._gitlab, self._token, self._script, self._adapt = gitlab, token, script, adapt
        self._runner: FakeRunner = host.runner()
        self._last_update = ""
        self._starts: list[Start] = []
        self._results: list[JobResult] = []
        self._running: dict[int, threading.Thread] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._poll, name=f"poll-{self.name}", daemon=True)

    def __enter__(self) -> CiHost:
        self.begin()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    def begin(self) -> None:
        """Asks for jobs from now on."""
        self._thread.start()

    def close(self) -> None:
        """Asks for nothing more, and ends what runs."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(ANSWER_LIMIT)
        for job in self._runner.jobs:
            job.abort()
        for thread in list(self._running.values()):
            thread.join(ANSWER_LIMIT)

    def started(self) -> list[Start]:
        """In their order."""
        with self._lock:
            return list(self._starts)

    def results(self) -> list[JobResult]:
        """Of the jobs that are over."""
        with self._lock:
            return list(self._results)

    def running(self) -> int:
        with self._lock:
            return len(self._running)

    # ---- gitlab-runner's calls

    def _poll(self) -> None:
        while not self._stop.is_set():
            taken = self.running() < self._slots and self._take_one()
            if not taken:
                self._stop.wait(self._interval)

    def _take_one(self) -> bool:
        body = {"token": self._token, "system_id": f"s_{self.name}", "last_update": self._last_update,
                "info": {"name": "gitlab-runner", "version": "17.10.0", "executor": "custom"}}
        status, headers, answer = self._call("POST", "/api/v4/jobs/request", body)
        self._last_update = headers.get("X-GitLab-Last-Update", self._last_update)
        if status != 201:
            return False
        self._begin(json.loads(answer))
        return True

    def _begin(self, handout: dict[str, Any]) -> None:
        spec = job_spec_of(handout)
        if self._script is not None:
            spec.script = self._script(spec)
        if self._adapt is not None:
            self._adapt(spec)
        with self._lock:
            self._starts.append(Start(time.monotonic(), spec.id, spec.name, self.name, runner_tags(handout)))
            running = self._runner.start(spec)
            thread = threading.Thread(target=self._see_through, args=(running, handout["token"]), daemon=True)
            self._running[spec.id] = thread
        thread.start()

    def _see_through(self, running: RunningJob, token: str) -> None:
        result = running.wait(3600)
        body = {"token": token, "state": result.status}
        if result.failure_reason:
            body["failure_reason"] = result.failure_reason
        self._call("PUT", f"/api/v4/jobs/{running.job.id}", body)
        with self._lock:
            self._results.append(result)
            self._running.pop(running.job.id, None)

    def _call(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        """Status 0 = no answer: gitlab-runner then asks again later."""
        connection = http.client.HTTPConnection(urlparse(self._gitlab.url).netloc, timeout=ANSWER_LIMIT)
        try:
            connection.request(method, path, json.dumps(body), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        except (OSError, http.client.HTTPException):
            return 0, {}, b""
        finally:
            connection.close()


def job_spec_of(handout: dict[str, Any]) -> JobSpec:
    """The job that GitLab's answer describes."""
    job, git = handout["job_info"], handout["git_info"]
    variables = [(one["key"], one["value"]) for one in handout["variables"]]
    return JobSpec(handout["id"], name=job["name"], stage=job["stage"], script=handout["steps"][0]["script"],
                   project_id=job["project_id"], project_path=job["project_full_path"], ref=git["ref"],
                   ref_type=git["ref_type"], protected=git["protected"], sha=git["sha"],
                   timeout=handout["runner_info"]["timeout"], queued_seconds=job["time_in_queue_seconds"],
                   server_url=dict(variables)["CI_SERVER_URL"], variables=variables)


def runner_tags(handout: dict[str, Any]) -> frozenset[str]:
    said = [one["value"] for one in handout["variables"] if one["key"] == "CI_RUNNER_TAGS"]
    return frozenset(json.loads(said[0])) if said else frozenset()


def until_there(gate: Path) -> list[str]:
    """The lines of a job that ends when a file appears."""
    return [f"until [ -e '{gate}' ]; do sleep 0.05; done"]


def starts_of(hosts: list[CiHost]) -> list[Start]:
    """Of all hosts together, in their order."""
    return sorted((start for host in hosts for start in host.started()), key=lambda start: start.at)
