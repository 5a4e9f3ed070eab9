"""An HTTPS server in front of a simulated GitLab, with a certificate of its own making."""

from __future__ import annotations

import ssl
import subprocess
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType


class TlsFront:
    """A context manager. `certificate` is both the server's and its authority's."""

    def __init__(self, behind: str, folder: Path, name: str = "IP:127.0.0.1") -> None:
        self.certificate, key = folder / "front.pem", folder / "front.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=front",
                        "-addext", f"subjectAltName={name}", "-keyout", str(key), "-out", str(self.certificate)],
                       check=True, capture_output=True, timeout=30)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(behind))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self.url = f"https://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> TlsFront:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(behind: str) -> type[BaseHTTPRequestHandler]:
    class Forward(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._forward(None)

        def do_POST(self) -> None:
            self._forward(self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def log_message(self, format: str, *arguments: object) -> None:
            pass  # the test says what went wrong

        def _forward(self, body: bytes | None) -> None:
            headers = {name: self.headers[name] for name in ("PRIVATE-TOKEN", "Content-Type") if name in self.headers}
            request = urllib.request.Request(behind + self.path, data=body, headers=headers, method=self.command)
            try:
                with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
                    self._answer(answer.status, answer.read())
            except urllib.error.HTTPError as refused:
                self._answer(refused.code, refused.read())

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Forward
