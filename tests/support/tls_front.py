"""An HTTPS server in front of a simulated GitLab, with a certificate of its own making."""

from __future__ import annotations

import ssl
import subprocess
import threading
import urllib.error
import urllib.request
from http.client import HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host", "date", "server"}


def make_certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate that is its own authority, and its key; those that the folder has already, else new ones."""
    certificate, key = folder / "front.pem", folder / "front.key"
    if not certificate.exists():
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "2", "-subj", "/CN=front", "-addext", f"subjectAltName={name}",
                        "-keyout", str(key), "-out", str(certificate)],
                       check=True, capture_output=True, timeout=30)
    return certificate, key


class TlsFront:
    """A context manager. `certificate` is both the server's and its authority's. Port 0: any free one."""

    def __init__(self, behind: str, folder: Path, name: str = "IP:127.0.0.1", port: int = 0) -> None:
        self.certificate, key = make_certificate(folder, name)
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(behind))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self._server.daemon_threads = True
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
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
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._forward()

        do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

        def log_message(self, format: str, *arguments: object) -> None:
            pass  # the test says what went wrong

        def _forward(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            headers = {name: text for name, text in self.headers.items() if name.lower() not in HOP_BY_HOP}
            request = urllib.request.Request(behind + self.path, data=self.rfile.read(length) if length else None,
                                             headers=headers, method=self.command)
            try:
                with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
                    self._answer(answer)
            except urllib.error.HTTPError as refused:
                self._answer(refused)

        def _answer(self, answer: HTTPResponse | urllib.error.HTTPError) -> None:
            here = f"https://{self.headers['Host']}"
            body = answer.read().replace(behind.encode(), here.encode())
            self.send_response(answer.status or 502)
            for name, text in answer.headers.items():
                if name.lower() not in HOP_BY_HOP:
                    self.send_header(name, text.replace(behind, here))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

    return Forward
