"""The scheduler service of a real `runneriq run --listen`, for tests."""

from __future__ import annotations

import http.client
import ssl
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fleet import Simulator, Watcher
from host import wait_until
from service_call import Reply, UnixConnection, ask_over

GITLAB = "https://gitlab.example.com"
ADMISSIONS, OUTCOMES = "/api/v1/admissions", "/api/v1/outcomes"


class Service(Watcher):
    """`runneriq run --listen` on a Unix socket unless `listen` says otherwise."""

    def __init__(self, gitlab: Simulator | None = None, listen: str = "") -> None:
        super().__init__(gitlab)
        self.socket = self.root / "service.sock"
        self.listen = listen or f"unix:{self.socket}"
        self.process: subprocess.Popen[str] | None = None

    def begin(self, *arguments: str, **environment: str) -> Service:
        """Waits until it listens, has looked once and shows what it saw."""
        self.process = self.start("run", "--listen", self.listen, "--poll-interval", "60s", *arguments, **environment)
        process = self.process
        wait_until(lambda: self.ticks() >= 1 or process.poll() is not None, 20)
        assert self.ticks() >= 1, (self.root / "err").read_text()
        assert wait_until(self._shows_a_look), (self.root / "err").read_text()
        return self

    def _shows_a_look(self) -> bool:
        if self.listen.startswith("unix:"):
            reply = self.ask("GET", "/readyz")
        else:
            scheme, _, authority = self.address.rpartition("://")
            connection = (http.client.HTTPSConnection(authority, context=ssl._create_unverified_context())
                          if scheme == "https" else http.client.HTTPConnection(authority, timeout=10))
            try:
                reply = ask_over(connection, "GET", "/readyz")
            finally:
                connection.close()
        return reply.json["last_tick"] is not None

    def end(self, kill: bool = False) -> int:
        assert self.process is not None
        (self.process.kill if kill else self.process.terminate)()
        return self.process.wait(10)

    @property
    def address(self) -> str:
        return str(next(event["address"] for event in self.logged() if event["event"] == "listening"))

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    def connection(self, timeout: float = 35) -> http.client.HTTPConnection:
        return UnixConnection(self.socket, timeout)

    def ask(self, method: str, target: str, body: Any = None, headers: dict[str, str] | None = None) -> Reply:
        connection = self.connection()
        try:
            return ask_over(connection, method, target, body, headers)
        finally:
            connection.close()

    def ask_tcp(self, method: str, target: str, body: Any = None, headers: dict[str, str] | None = None,
                authority: Path | None = None) -> Reply:
        context = None if authority is None else ssl.create_default_context(cafile=str(authority))
        connection = (http.client.HTTPConnection("127.0.0.1", self.port, timeout=10) if context is None else
                      http.client.HTTPSConnection("127.0.0.1", self.port, timeout=10, context=context))
        try:
            return ask_over(connection, method, target, body, headers)
        finally:
            connection.close()

    def submit(self, job: int, **keys: Any) -> Reply:
        return self.ask("POST", ADMISSIONS, question(job, **keys))

    def standing(self, job: int, version: int = 0, wait: int = 0) -> Reply:
        return self.ask("GET", f"{ADMISSIONS}?{place(job)}&version={version}&wait={wait}")

    def metric(self, name: str) -> float:
        lines = self.ask("GET", "/metrics").text.splitlines()
        return float(next(line for line in lines if line.startswith(name + " ")).split()[1])

    def hears(self, condition: str, timeout: float = 10) -> bool:
        return wait_until(lambda: any(e["event"] == condition for e in self.logged()), timeout)


def question(job: int, host: str = "host-a", score: float = 50, slots: int = 1, job_class: str = "HIGH",
             attempt: str = "", gitlab: str = GITLAB, **of_host: Any) -> dict[str, Any]:
    return {"host": {"host": host, "slots": slots, "runner": 5} | of_host,
            "job": {"gitlab": gitlab, "job": job, "attempt": attempt or f"/tmp/{job}", "project": 7, "name": "unit",
                    "stage": "test", "class": job_class, "score": score, "queued_seconds": 1,
                    "max_hold_seconds": 600}}


def place(job: int, attempt: str = "") -> str:
    return urlencode({"gitlab": GITLAB, "job": job, "attempt": attempt or f"/tmp/{job}"})


def outcome(job: int, host: str = "host-a", **keys: Any) -> dict[str, Any]:
    return {"host": {"host": host, "slots": 1, "runner": 5},
            "outcomes": [{"gitlab": GITLAB, "job": job, "attempt": f"/tmp/{job}", "project": 7, "name": "unit",
                          "stage": "test", "class": "LOW", "score": 1, "ran_seconds": 60, "succeeded": True,
                          "exit_code": 0, "finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())} | keys]}
