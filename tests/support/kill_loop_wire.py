"""A wire between runneriq and the simulated GitLab that notes when which runner was read and written, and with
which tags: what shows whether a person's edit fell between a read and the write after it."""

from __future__ import annotations

import http.client
import json
import re
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import urlparse

ONE_RUNNER = re.compile(r"/api/v4/runners/(\d+)(?:\?.*)?")
PASSED_ON = ("private-token", "content-type", "authorization", "accept")


@dataclass(frozen=True)
class RunnerCall:
    method: str
    runner: int
    began: float  # time.monotonic()
    ended: float
    tags: frozenset[str]  # of the answer of a GET, of the body of a PUT


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # whoever asked has been killed


class Wire:
    """A context manager; `url` is what runneriq is given in place of the simulator's."""

    def __init__(self, target: str) -> None:
        self.target = urlparse(target).netloc
        self.calls: list[RunnerCall] = []
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Wire:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def writes(self) -> list[tuple[RunnerCall | None, RunnerCall]]:
        """Each PUT of a runner with the last GET of it that was answered before the PUT began."""
        pairs = []
        for put in (call for call in self.calls if call.method == "PUT"):
            reads = [call for call in self.calls
                     if call.method == "GET" and call.runner == put.runner and call.ended <= put.began]
            pairs.append((max(reads, key=lambda call: call.ended, default=None), put))
        return pairs


def _handler(wire: Wire) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *arguments: object) -> None:
            pass

        def do_GET(self) -> None:
            self._pass_on()

        def do_POST(self) -> None:
            self._pass_on()

        def do_PUT(self) -> None:
            self._pass_on()

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {key: value for key, value in self.headers.items() if key.lower() in PASSED_ON}
            began = time.monotonic()
            connection = http.client.HTTPConnection(wire.target, timeout=30)
            connection.request(self.command, self.path, body or None, headers)
            try:
                answer = connection.getresponse()
                text = answer.read()
            except (OSError, http.client.HTTPException):  # what was asked for may have been done
                self._note(began, body, b"", 0)
                self.close_connection = True
                return
            finally:
                connection.close()
            self._note(began, body, text, answer.status)
            try:
                self.send_response(answer.status)
                for key, value in answer.getheaders():
                    if key.lower() not in ("connection", "content-length", "transfer-encoding", "date"):
                        self.send_header(key, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)
            except OSError:
                self.close_connection = True  # whoever asked has been killed

        def _note(self, began: float, body: bytes, text: bytes, status: int) -> None:
            match = ONE_RUNNER.fullmatch(self.path)
            answered = 200 <= status < 300
            if match is None or self.command == "POST" or not (answered or (self.command == "PUT" and status == 0)):
                return
            tags: Any = json.loads(body if self.command == "PUT" else text)["tag_list"]
            tags = tags.split(",") if isinstance(tags, str) else tags
            wire.calls.append(RunnerCall(self.command, int(match[1]), began, time.monotonic(), frozenset(tags)))

    return Handler
