"""A small GitLab for runners on loopback: the three endpoints of the runner protocol that a job
needs, so that a real gitlab-runner can be driven without GitLab.

    with Coordinator() as gitlab:
        gitlab.offer(JobSpec(id=1, …))
        … gitlab-runner run with url = gitlab.url …
        gitlab.wait_for_end(1)
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from job_spec import JobSpec


@dataclass
class JobOnServer:
    spec: JobSpec
    state: str = "pending"  # pending | running | success | failed
    failure_reason: str = ""
    exit_code: int | None = None
    log: bytearray = field(default_factory=bytearray)
    # What the answers to PUT and PATCH say; "canceling" and "canceled" end the job.
    job_status: str = "running"

    @property
    def is_over(self) -> bool:
        return self.state in ("success", "failed")

    @property
    def token(self) -> str:
        return str(self.spec.response()["token"])


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class Coordinator:
    """A context manager; `url` is what config.toml needs."""

    def __init__(self) -> None:
        self._pending: deque[int] = deque()
        self._changed = threading.Condition()
        self.jobs: dict[int, JobOnServer] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Coordinator:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def offer(self, spec: JobSpec) -> None:
        with self._changed:
            self.jobs[spec.id] = JobOnServer(spec)
            self._pending.append(spec.id)

    def cancel(self, job: int, status: str = "canceling") -> None:
        with self._changed:
            self.jobs[job].job_status = status

    def log_of(self, job: int) -> str:
        with self._changed:
            return self.jobs[job].log.decode("utf-8", "replace")

    def wait_for_end(self, job: int, timeout: float = 60) -> JobOnServer:
        deadline = time.monotonic() + timeout
        with self._changed:
            while not self.jobs[job].is_over:
                if not self._changed.wait(deadline - time.monotonic()) and time.monotonic() > deadline:
                    raise TimeoutError(f"job {job} is {self.jobs[job].state} after {timeout} s")
            return self.jobs[job]

    # The endpoints.

    def request_job(self, body: dict[str, Any]) -> Answer:
        """POST jobs/request"""
        if not body.get("token"):
            return Answer(403)
        with self._changed:
            if not self._pending:
                return Answer(204)
            job = self.jobs[self._pending.popleft()]
            job.state = "running"
            return Answer(201, {"Content-Type": "application/json"}, json.dumps(job.spec.response()).encode())

    def update_job(self, number: int, token: str, body: dict[str, Any]) -> Answer:
        """PUT jobs/:id"""
        with self._changed:
            job = self.jobs.get(number)
            if job is None:
                return Answer(404)
            if token not in ("", job.token) or body.get("token", job.token) != job.token:
                return Answer(403)
            if not job.is_over:
                job.state = body.get("state", job.state)
                job.failure_reason = body.get("failure_reason") or ""
                job.exit_code = body.get("exit_code")
            self._changed.notify_all()
            return Answer(200, {"Job-Status": job.job_status})

    def append_trace(self, number: int, token: str, content_range: str, data: bytes) -> Answer:
        """PATCH jobs/:id/trace"""
        with self._changed:
            job = self.jobs.get(number)
            if job is None:
                return Answer(404)
            if token != job.token:
                return Answer(403)
            span = re.fullmatch(r"(\d+)-(\d+)", content_range)
            if span is None or int(span[2]) - int(span[1]) + 1 != len(data):
                return Answer(400)
            if int(span[1]) != len(job.log):
                return Answer(416, {"Range": f"0-{len(job.log)}", "Job-Status": job.job_status})
            job.log.extend(data)
            self._changed.notify_all()
            return Answer(202, {"Range": f"0-{len(job.log)}", "Job-Status": job.job_status})


def runner_toml(coordinator: Coordinator, executor: str, builds_dir: str, cache_dir: str, slots: int) -> str:
    """A config.toml for `gitlab-runner run --config`, without registration."""
    stages = "\n".join(f'    {stage}_exec = "{executor}"\n    {stage}_args = ["{stage}"]'
                       for stage in ("config", "prepare", "run", "cleanup"))
    return f"""concurrent = {slots}
check_interval = 1
shutdown_timeout = 30
[[runners]]
  name = "t"
  url = "{coordinator.url}"
  token = "glrt-test"
  executor = "custom"
  limit = {slots}
  request_concurrency = 2
  builds_dir = "{builds_dir}"
  cache_dir = "{cache_dir}"
  [runners.custom]
{stages}
    graceful_kill_timeout = 20
    force_kill_timeout = 5
"""


def _handler_of(coordinator: Coordinator) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self._json()
            if self.path == "/api/v4/jobs/request" and body is not None:
                self._send(coordinator.request_job(body))
            elif self.path == "/api/v4/runners/verify" and body is not None:
                self._send(Answer(200, {"Content-Type": "text/plain"}, b"200"))
            else:
                self._send(Answer(400 if body is None else 404))

        def do_PUT(self) -> None:
            body = self._json()
            match = re.fullmatch(r"/api/v4/jobs/(\d+)", self.path)
            if match and body is not None:
                self._send(coordinator.update_job(int(match[1]), self.headers.get("JOB-TOKEN", ""), body))
            else:
                self._send(Answer(400 if match else 404))

        def do_PATCH(self) -> None:
            data = self._data()
            match = re.fullmatch(r"/api/v4/jobs/(\d+)/trace(\?.*)?", self.path)
            if match:
                self._send(coordinator.append_trace(int(match[1]), self.headers.get("JOB-TOKEN", ""),
                                                    self.headers.get("Content-Range", ""), data))
            else:
                self._send(Answer(404))

        def log_message(self, format: str, *args: object) -> None:
            pass  # tests look at the jobs, not at requests

        def _data(self) -> bytes:
            return self.rfile.read(int(self.headers.get("Content-Length", "0")))

        def _json(self) -> dict[str, Any] | None:
            try:
                body = json.loads(self._data())
            except ValueError:
                return None
            return body if isinstance(body, dict) else None

        def _send(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for key, value in answer.headers.items():
                self.send_header(key, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

    return Handler
