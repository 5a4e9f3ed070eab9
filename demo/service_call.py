"""One call of the scheduler service, over its Unix socket or any other connection."""

from __future__ import annotations

import http.client
import json
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path, timeout: float = 35) -> None:
        super().__init__("runneriq", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def ask_over(connection: http.client.HTTPConnection, method: str, target: str, body: Any = None,
             headers: dict[str, str] | None = None) -> Reply:
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"Content-Type": "application/json"} if data is not None else {}
    connection.request(method, target, data, sent | (headers or {}))
    answer = connection.getresponse()
    text = answer.read().decode()
    return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, text)
