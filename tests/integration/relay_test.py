"""`runneriq relay`: a host's socket in front of a fleet's service behind TLS."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

from fleet import program
from host import PATH, wait_until

TOKEN = "relay-token-of-this-host"
QUESTION = {"host": {"host": "abc", "slots": 1, "runner": 5, "load": 0.99, "cpu_pressure": 0.5},
            "job": {"gitlab": "https://gitlab.example.com", "job": 1, "attempt": "/tmp/a", "project": 7,
                    "name": "unit", "stage": "test", "class": "HIGH", "score": 71, "queued_seconds": 1,
                    "max_hold_seconds": 600}}
OUTCOME = {"gitlab": "https://gitlab.example.com", "job": 1, "attempt": "/tmp/a", "class": "LOW", "score": 1,
           "succeeded": True, "finished": "2026-01-01T00:00:00Z"}
QUERY = "gitlab=https%3A%2F%2Fgitlab.example.com&job=1&attempt=%2Ftmp%2Fa"
ADMISSIONS, OUTCOMES = "/api/v1/admissions", "/api/v1/outcomes"


class FarService:
    """An HTTPS server with its own certificate; answers what its fields say. A context manager."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.certificate, key = folder / "far.pem", folder / "far.key"
        if not self.certificate.exists():
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                            "/CN=far", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out",
                            str(self.certificate)], check=True, capture_output=True, timeout=30)
        self.calls: list[tuple[str, str, dict[str, str], Any]] = []
        self.status = 200
        self.silent = threading.Event()   # set: nothing is answered
        self.release = threading.Event()  # long polls wait for it
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True,
                                                  do_handshake_on_connect=False)
        self.port = self._server.server_port
        self.url = f"https://127.0.0.1:{self.port}"

    def __enter__(self) -> FarService:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.release.set()
        self.silent.clear()
        self._server.shutdown()
        self._server.server_close()

    def asked(self, method: str, path: str) -> list[tuple[str, str, dict[str, str], Any]]:
        """Without probes."""
        return [c for c in self.calls if c[0] == method and c[1].split("?")[0] == path and "probe" not in c[1]]

    def probes(self) -> int:
        return sum(1 for c in self.calls if "probe" in c[1])


def _handler(far: FarService) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *arguments: object) -> None:
            pass

        def do_POST(self) -> None:
            self._serve(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def do_GET(self) -> None:
            self._serve(None)

        def do_DELETE(self) -> None:
            self._serve(None)

        def _serve(self, body: Any) -> None:
            far.calls.append((self.command, self.path, dict(self.headers.items()), body))
            if far.silent.is_set():
                wait_until(lambda: not far.silent.is_set(), 20)
                self.close_connection = True
                return
            if self.headers["Authorization"] != f"Bearer {TOKEN}":
                return self._answer(401, {"error": "no"})
            if "probe" in self.path:
                return self._answer(404, {})
            if "wait=" in self.path and not self.path.endswith("wait=0"):
                far.release.wait(20)
            self._answer(far.status, {"called": self.command})

        def _answer(self, status: int, document: Any) -> None:
            text = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

    return Handler


class Relay:
    """The built program; a context manager."""

    def __init__(self, folder: Path, url: str, ca_file: Path | None, token: str = TOKEN, **more: str) -> None:
        self.socket, self.log = folder / "runneriq.sock", folder / "relay.log"
        environment = {"PATH": PATH, "HOME": str(folder), "RUNNERIQ_STATE": str(folder / "state.db"),
                       "RUNNERIQ_SOCKET": str(self.socket), "RUNNERIQ_RELAY_URL": url,
                       "RUNNERIQ_LOG_FORMAT": "json", **more}
        if token:
            environment["RUNNERIQ_RELAY_TOKEN"] = token
        if ca_file is not None:
            environment["RUNNERIQ_RELAY_CA_FILE"] = str(ca_file)
        with self.log.open("w") as log:
            self.process = subprocess.Popen([program("RUNNERIQ"), "relay"], env=environment, stderr=log, stdout=log)
        assert wait_until(self._listens), self.log.read_text()

    def _listens(self) -> bool:
        """The file is there a moment before anybody listens."""
        with socket.socket(socket.AF_UNIX) as caller:
            return caller.connect_ex(str(self.socket)) == 0

    def __enter__(self) -> Relay:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)

    def ask(self, method: str, target: str, body: Any = None) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("localhost", timeout=20)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(20)
        connection.sock.connect(str(self.socket))
        try:
            connection.request(method, target, None if body is None else json.dumps(body))
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text else None
        finally:
            connection.close()

    def events(self, name: str) -> list[dict[str, Any]]:
        events = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
        return [event for event in events if event.get("event") == name]


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="runneriq-relay-") as name:
        yield Path(name)


@pytest.fixture
def far(folder: Path) -> Iterator[FarService]:
    with FarService(folder) as far:
        yield far


@pytest.fixture
def relay(folder: Path, far: FarService) -> Iterator[Relay]:
    with Relay(folder, far.url, far.certificate) as relay:
        yield relay


def test_a_question_goes_through_with_the_token_and_this_hosts_own_load(far: FarService, relay: Relay) -> None:
    assert relay.ask("POST", ADMISSIONS, QUESTION) == (200, {"called": "POST"})
    [(_, _, headers, body)] = far.asked("POST", ADMISSIONS)
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert body["job"] == QUESTION["job"]
    assert body["host"]["host"] == "abc"
    assert body["host"]["load"] != 0.99
    assert 0 < body["host"]["memory_available"] < 1
    assert body["host"].get("cpu_pressure") != 0.5


def test_polls_departures_and_outcomes_go_through(far: FarService, relay: Relay) -> None:
    assert relay.ask("GET", f"{ADMISSIONS}?{QUERY}&version=3&wait=0")[0] == 200
    assert relay.ask("DELETE", f"{ADMISSIONS}?{QUERY}")[0] == 200
    assert relay.ask("POST", OUTCOMES, {"host": {"host": "abc"}, "outcomes": [OUTCOME]})[0] == 200
    assert far.asked("GET", ADMISSIONS)[0][1] == f"{ADMISSIONS}?{QUERY}&version=3&wait=0"
    assert far.asked("DELETE", ADMISSIONS)[0][1] == f"{ADMISSIONS}?{QUERY}"
    assert far.asked("POST", OUTCOMES)[0][3]["outcomes"][0]["job"] == 1


@pytest.mark.parametrize(("method", "target"), [
    ("GET", "/"), ("GET", "/metrics"), ("GET", "/api/v1/queue"), ("GET", "/api/v1/approvals"),
    ("POST", "/api/v1/approvals/1"), ("GET", OUTCOMES), ("DELETE", OUTCOMES), ("PUT", ADMISSIONS),
    ("POST", ADMISSIONS + "/../approvals/1"), ("POST", ADMISSIONS + "/"), ("POST", ADMISSIONS + "?x=1"),
    ("GET", "/api/v1/admissions%2F..%2Fapprovals"), ("POST", "/webhooks/gitlab")])
def test_nothing_else_is_forwarded(far: FarService, relay: Relay, method: str, target: str) -> None:
    assert relay.ask(method, target, QUESTION if method == "POST" else None)[0] == 404
    assert [c for c in far.calls if "probe" not in c[1]] == []


def test_what_makes_no_sense_is_refused_here(far: FarService, relay: Relay) -> None:
    assert relay.ask("POST", ADMISSIONS, {"host": {}})[0] == 400
    assert relay.ask("GET", f"{ADMISSIONS}?job=1")[0] == 400
    assert [c for c in far.calls if "probe" not in c[1]] == []


def test_long_polls_do_not_block_each_other_nor_short_calls(far: FarService, relay: Relay) -> None:
    answers: list[int] = []
    polls = [threading.Thread(target=lambda: answers.append(
        relay.ask("GET", f"{ADMISSIONS}?{QUERY}&version=3&wait=10")[0])) for _ in range(30)]
    for poll in polls:
        poll.start()
    assert wait_until(lambda: len(far.asked("GET", ADMISSIONS)) == 30)
    assert relay.ask("POST", ADMISSIONS, QUESTION)[0] == 200
    assert answers == []
    far.release.set()
    for poll in polls:
        poll.join(20)
    assert answers == [200] * 30


def test_a_service_that_is_out_costs_one_call_and_then_nothing(folder: Path, far: FarService, relay: Relay) -> None:
    far.status = 503
    assert relay.ask("POST", ADMISSIONS, QUESTION)[0] == 503
    begin = time.monotonic()
    for _ in range(20):
        assert relay.ask("POST", ADMISSIONS, QUESTION)[0] == 503
    assert time.monotonic() - begin < 5
    assert len(far.asked("POST", ADMISSIONS)) == 1
    assert len(relay.events("relay_service_out")) == 1


def test_a_probe_finds_that_the_service_is_back(far: FarService, relay: Relay) -> None:
    assert wait_until(lambda: far.probes() == 1)
    far.status = 503
    assert relay.ask("POST", ADMISSIONS, QUESTION)[0] == 503
    far.status = 200
    assert wait_until(lambda: relay.ask("POST", ADMISSIONS, QUESTION)[0] == 200, 25)
    assert far.probes() == 2
    assert len(relay.events("relay_service_back")) == 1


def test_a_silent_service_is_given_up(far: FarService, relay: Relay) -> None:
    far.silent.set()
    assert relay.ask("POST", ADMISSIONS, QUESTION)[0] == 503
    assert relay.ask("POST", ADMISSIONS, QUESTION)[0] == 503
    assert len(far.asked("POST", ADMISSIONS)) <= 1


def test_a_dead_service_is_out(folder: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with Relay(folder, f"https://127.0.0.1:{nobody.getsockname()[1]}", None) as relay:
            assert relay.ask("POST", ADMISSIONS, QUESTION)[0] == 503
            assert wait_until(lambda: len(relay.events("relay_service_out")) == 1)


def test_a_certificate_that_nobody_vouches_for_gets_no_token(folder: Path, far: FarService) -> None:
    with Relay(folder, far.url, None) as relay:
        assert relay.ask("POST", ADMISSIONS, QUESTION)[0] == 503
        assert far.calls == []
        assert wait_until(lambda: len(relay.events("relay_service_out")) == 1)


def test_a_wrong_token_is_an_outage_that_is_said(folder: Path, far: FarService) -> None:
    with Relay(folder, far.url, far.certificate, token="wrong-token") as relay:
        assert wait_until(lambda: len(relay.events("relay_service_out")) == 1)
        assert relay.ask("POST", ADMISSIONS, QUESTION)[0] == 503
        assert "401" in relay.log.read_text()
        assert "wrong-token" not in relay.log.read_text()


def test_the_token_appears_nowhere(far: FarService, relay: Relay) -> None:
    relay.ask("POST", ADMISSIONS, QUESTION)
    relay.ask("POST", ADMISSIONS, {"host": 5})
    assert TOKEN not in relay.log.read_text()
    assert TOKEN.encode() not in Path(f"/proc/{relay.process.pid}/cmdline").read_bytes()


def test_a_stop_ends_open_polls_and_the_program_in_good_order(far: FarService, relay: Relay) -> None:
    answers: list[int] = []
    poll = threading.Thread(target=lambda: answers.append(
        relay.ask("GET", f"{ADMISSIONS}?{QUERY}&version=3&wait=30")[0]))
    poll.start()
    assert wait_until(lambda: len(far.asked("GET", ADMISSIONS)) == 1)
    relay.process.send_signal(signal.SIGTERM)
    assert relay.process.wait(5) == 0
    poll.join(5)
    assert not relay.socket.exists()
    assert relay.events("relay_service_out") == []


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become another user")
def test_other_users_of_the_host_are_refused(folder: Path, far: FarService, relay: Relay) -> None:
    folder.chmod(0o755)
    script = ("import socket,sys\ns=socket.socket(socket.AF_UNIX)\ns.connect(sys.argv[1])\n"
              "s.sendall(b'GET /api/v1/admissions?x HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n')\n"
              "print(s.recv(100).decode())")
    answer = subprocess.run(["/usr/bin/python3", "-c", script, str(relay.socket)], user=64999, group=64999,
                            extra_groups=[], capture_output=True, text=True, timeout=10)
    assert " 403 " in answer.stdout, answer


# ---- a reload


def configured(folder: Path, **options: str) -> dict[str, str]:
    file = folder / "runneriq.yaml"
    file.write_text("runneriq:\n  relay:\n" + "".join(f"    {key}: {value}\n" for key, value in options.items()))
    return {"RUNNERIQ_CONFIG": str(file), "CREDENTIALS_DIRECTORY": str(folder)}


def reload(relay: Relay, event: str = "configuration_read") -> None:
    before = len(relay.events(event))
    relay.process.send_signal(signal.SIGHUP)
    assert wait_until(lambda: len(relay.events(event)) > before, 20), relay.log.read_text()


def test_a_reload_takes_the_new_token_and_asks_the_service_at_once(folder: Path, far: FarService) -> None:
    (folder / "relay-token").write_text("wrong-token")
    with Relay(folder, far.url, None, token="", **configured(folder, ca_file=str(far.certificate))) as relay:
        assert wait_until(lambda: len(relay.events("relay_service_out")) == 1)
        (folder / "relay-token").write_text("no token")
        reload(relay, "configuration_refused")
        (folder / "relay-token").write_text(TOKEN)
        reload(relay)
        assert wait_until(lambda: len(relay.events("relay_service_back")) == 1, 8), relay.log.read_text()
        assert relay.ask("POST", ADMISSIONS, QUESTION)[0] == 200
        assert relay.events("restart_needed") == []
        configured(folder, ca_file="/etc/another.pem")
        reload(relay)
        assert [event["options"] for event in relay.events("restart_needed")] == ["relay.ca_file"]
        assert relay.ask("POST", ADMISSIONS, QUESTION)[0] == 200
        relay.process.terminate()
        assert relay.process.wait(10) == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become another user")
def test_a_reload_says_anew_who_may_use_the_socket(folder: Path, far: FarService) -> None:
    folder.chmod(0o755)

    def status_as_nobody() -> int:
        command = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--unix-socket", str(folder / "runneriq.sock"),
                   "http://localhost/nothing"]
        return int(subprocess.run(command, user=65534, group=65534, extra_groups=[], capture_output=True, text=True,
                                  timeout=20, check=True).stdout)

    with Relay(folder, far.url, far.certificate, **configured(folder, user="root")) as relay:
        assert status_as_nobody() == 403
        configured(folder, user="nobody")
        reload(relay)
        assert status_as_nobody() == 404
        configured(folder, user="root")
        reload(relay)
        assert status_as_nobody() == 403


@pytest.mark.parametrize(("url", "token", "words"), [
    ("", TOKEN, "relay.url"), ("https://far.example.com", "", "RUNNERIQ_RELAY_TOKEN"),
    ("http://far.example.com", TOKEN, "https"), ("ftp://far.example.com", TOKEN, "http")])
def test_what_is_missing_is_named(folder: Path, url: str, token: str, words: str) -> None:
    environment = {"PATH": PATH, "HOME": str(folder), "RUNNERIQ_SOCKET": str(folder / "s"),
                   "RUNNERIQ_RELAY_URL": url, "RUNNERIQ_RELAY_TOKEN": token}
    end = subprocess.run([program("RUNNERIQ"), "relay"], env=environment, capture_output=True, text=True, timeout=20)
    assert end.returncode == 2
    assert words in end.stderr
