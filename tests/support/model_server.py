"""Providers of models as tests need them: they speak Anthropic's Messages API and chat completions, note what they
are sent, and answer what they are told to."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Callable

Answer = dict[str, Any]


class ModelServer:
    """`answer` makes the model's answer of the document that it is asked about. A context manager."""

    def __init__(self, answer: Callable[[dict[str, Any]], Answer], status: int = 200) -> None:
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.status = status
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                owner.asked.append(body)
                owner.keys.append(self.headers.get("x-api-key", ""))
                self._send(owner.status, owner._reply(self.path, body, answer))

            def do_GET(self) -> None:
                self._send(200, {"id": self.path.rpartition("/")[2], "data": [{"id": "local-model"}]})

            def _send(self, status: int, document: Any) -> None:
                text = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> ModelServer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    @property
    def documents(self) -> list[str]:
        """What was sent beside the instructions."""
        return [str(body["messages"][-1]["content"]) for body in self.asked]

    def _reply(self, path: str, body: dict[str, Any], answer: Callable[[dict[str, Any]], Answer]) -> Any:
        if self.status != 200:
            return {"type": "error", "error": {"type": "api_error", "message": "no"}}
        text = json.dumps(answer(json.loads(body["messages"][-1]["content"])))
        if path.endswith("/chat/completions"):
            return {"model": body["model"], "usage": {"prompt_tokens": 900, "completion_tokens": 60},
                    "choices": [{"finish_reason": "stop", "message": {"content": text}}]}
        return {"type": "message", "model": body["model"], "stop_reason": "end_turn",
                "usage": {"input_tokens": 900, "output_tokens": 60},
                "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": text}]}
