"""A scheduler service for tests, on a Unix socket: one order for all jobs of all hosts, highest score
first, and every way of being in trouble that a test asks for.

    with FakeService(path) as service:
        service.scores[2] = 95
        service.trouble = "dead" | "slow" | "garbage" | "half" | "refusing" | "huge" | "drip" | ""
"""

from __future__ import annotations

import json
import socket
import socketserver
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

Key = tuple[str, int, str]


@dataclass
class Waiting:
    key: Key
    host: str
    score: float
    job: dict[str, Any]
    order: int = 0


@dataclass
class Call:
    method: str
    path: str
    headers: dict[str, str]
    body: Any = None


@dataclass
class Book:
    """What the service knows; all of it under `changed`."""

    waiting: list[Waiting] = field(default_factory=list)
    outcomes: list[dict[str, Any]] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    version: int = 1
    changed: threading.Condition = field(default_factory=threading.Condition)


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 64


class FakeService:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.book = Book()
        self.scores: dict[int, float] = {}   # by job; others keep their own
        self.blocked: set[int] = set()       # jobs that are held whatever their rank
        self.trouble = ""
        self._server: _Server | None = None

    def __enter__(self) -> FakeService:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        self.path.unlink(missing_ok=True)
        self._server = _Server(str(self.path), _handler(self))
        self.path.chmod(0o777)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """As a crash: connections end, the socket file stays."""
        if self._server is None:
            return
        server, self._server = self._server, None
        with self.book.changed:
            self.trouble = "dead"
            self.book.changed.notify_all()
        server.shutdown()
        server.server_close()

    def restart(self) -> None:
        """With nothing remembered but outcomes."""
        self.stop()
        with self.book.changed:
            self.book.waiting.clear()
            self.trouble = ""
        self.start()

    def allow(self, job: int) -> None:
        with self.book.changed:
            self.blocked.discard(job)
            self.book.version += 1
            self.book.changed.notify_all()

    def called(self, method: str, path: str) -> list[Call]:
        return [c for c in self.book.calls if c.method == method and urlsplit(c.path).path == path]

    def jobs_delivered(self) -> list[int]:
        return [outcome["job"] for outcome in self.book.outcomes]

    # What follows is called under `changed`.

    def submit(self, question: dict[str, Any]) -> dict[str, Any]:
        job = question["job"]
        key = (job["gitlab"], job["job"], job["attempt"])
        if self.find(key) is None:
            score = self.scores.get(job["job"], job["score"])
            self.book.version += 1
            self.book.waiting.append(
                Waiting(key, question["host"]["host"], score, job, self.book.version))
            self.book.changed.notify_all()
        return self.standing(key)

    def find(self, key: Key) -> Waiting | None:
        return next((w for w in self.book.waiting if w.key == key), None)

    def standing(self, key: Key) -> dict[str, Any]:
        own = self.find(key)
        assert own is not None
        queue = sorted((w for w in self.book.waiting if w.host == own.host),
                       key=lambda w: (w.key[1] in self.blocked, -w.score, w.order))
        position = queue.index(own) + 1
        blocked = own.key[1] in self.blocked
        return {"standing": "held" if position > 1 or blocked else "next", "position": position,
                "queue_length": len(queue), "score": own.score, "class": "HIGH",
                "reason": f"{position - 1} jobs of the fleet go first", "version": self.book.version}


def _handler(service: FakeService) -> type[BaseHTTPRequestHandler]:
    book = service.book

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        _pause = threading.Event()  # never set

        def address_string(self) -> str:
            return "unix"

        def log_message(self, format: str, *arguments: object) -> None:
            pass

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            document = json.loads(text)
            self._note(document)
            if self._in_trouble():
                return
            with book.changed:
                answer = self._post(document)
            self._answer(200, answer)

        def do_GET(self) -> None:
            self._note(None)
            if self._in_trouble():
                return
            query = parse_qs(urlsplit(self.path).query)
            key = (query["gitlab"][0], int(query["job"][0]), query["attempt"][0])
            deadline = time.monotonic() + int(query["wait"][0])
            with book.changed:
                while True:
                    if service.trouble == "dead":
                        return self._drop()
                    if service.find(key) is None:
                        return self._answer(404, {})
                    standing = service.standing(key)
                    left = deadline - time.monotonic()
                    if standing["version"] != int(query["version"][0]):
                        return self._answer(200, standing)
                    if left <= 0:
                        return self._answer(204, None)
                    book.changed.wait(left)

        def do_DELETE(self) -> None:
            self._note(None)
            if self._in_trouble():
                return
            query = parse_qs(urlsplit(self.path).query)
            key = (query["gitlab"][0], int(query["job"][0]), query["attempt"][0])
            with book.changed:
                book.waiting = [w for w in book.waiting if w.key != key]
                book.version += 1
                book.changed.notify_all()
            self._answer(204, None)

        def _post(self, document: dict[str, Any]) -> dict[str, Any]:
            if self.path == "/api/v1/outcomes":
                known = {(o["gitlab"], o["job"], o["attempt"]) for o in book.outcomes}
                book.outcomes += [o for o in document["outcomes"]
                                  if (o["gitlab"], o["job"], o["attempt"]) not in known]
                return {"accepted": len(document["outcomes"])}
            return service.submit(document)

        def _note(self, body: Any) -> None:
            with book.changed:
                book.calls.append(Call(self.command, self.path, dict(self.headers.items()), body))
                book.changed.notify_all()

        def _in_trouble(self) -> bool:
            trouble = service.trouble
            if trouble == "slow":
                with book.changed:  # until the client has gone or the test is over
                    book.changed.wait_for(lambda: service.trouble != "slow", 20)
                self._drop()
            elif trouble == "garbage":
                self.wfile.write(b"\x00\xff this is no HTTP \r\n\r\n\r\n" * 10)
                self._drop()
            elif trouble == "nonsense":
                self._answer(200, {"standing": "perhaps", "accepted": -1})
            elif trouble == "half":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"standing\":")
                self._drop()
            elif trouble == "huge":
                self._answer(200, {"standing": "x" * 10_000_000})
            elif trouble == "drip":
                self._drip()
            elif trouble == "refusing":
                self._answer(503, {"error": "starting"})
            elif trouble == "dead":
                self._drop()
            return trouble != ""

        def _drip(self) -> None:
            try:
                for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 200:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    self._pause.wait(0.02)  # this is what the trouble is
            except OSError:
                pass  # the client has had enough
            self._drop()

        def _drop(self) -> None:
            self.close_connection = True
            try:
                self.connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # gone before

        def _answer(self, status: int, document: Any) -> None:
            body = b"" if document is None else json.dumps(document).encode()
            try:
                self.send_response(status)
                if status != 204:
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                self.close_connection = True  # the client went

    return Handler
