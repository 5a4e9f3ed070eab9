"""The scheduler service of a running `runneriq run --listen`: every route, who may ask, what is kept."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import os
import re
import resource
import shutil
import socket
import sqlite3
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from conftest import HostMaker
from fleet import Simulator, program
from host import wait_until
from job_spec import JobSpec
from openapi import OpenApi
from service import ADMISSIONS, OUTCOMES, Service, outcome, place, question
from service_call import ask_over

TOKEN, HOOK = "service-token-of-a-test", "webhook-token-of-a-test"
KEY = b"a signing key of thirty-two byte"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become another user")


@pytest.fixture(scope="module")
def gitlab() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture(scope="module")
def running(gitlab: Simulator) -> Iterator[Service]:
    """One for all tests that leave nothing behind which others could see."""
    with Service(gitlab) as service:
        yield service.begin(RUNNERIQ_WEBHOOK_TOKEN=HOOK)


@pytest.fixture
def service(gitlab: Simulator) -> Iterator[Service]:
    with Service(gitlab) as one:
        yield one


@pytest.fixture(scope="module")
def api(running: Service) -> OpenApi:
    return OpenApi(running.ask("GET", "/api/openapi.json").json)


# ---- routes and their document


def answers(service: Service) -> list[tuple[str, str, Any, dict[str, str], int]]:
    """(method, target, body, headers, status): every route, and every kind of answer that can be had at will."""
    job = place(900)
    hook = {"X-Gitlab-Token": HOOK}
    text = {"Content-Type": "text/plain"}
    return [
        ("POST", ADMISSIONS, question(900, host="routes"), {}, 200),
        ("POST", ADMISSIONS, question(901, host="routes"), {}, 200),
        ("POST", ADMISSIONS, {"host": {}}, {}, 400), ("POST", ADMISSIONS, b"{", {}, 400),
        ("POST", ADMISSIONS, b" " * 70_000, {}, 413), ("POST", ADMISSIONS, b"{}", text, 415),
        ("GET", f"{ADMISSIONS}?{job}", None, {}, 200), ("GET", f"{ADMISSIONS}?{place(999)}", None, {}, 404),
        ("GET", f"{ADMISSIONS}?{job}&wait=31", None, {}, 400), ("GET", ADMISSIONS, None, {}, 400),
        ("DELETE", f"{ADMISSIONS}?{job}", None, {}, 204), ("DELETE", f"{ADMISSIONS}?{job}", None, {}, 204),
        ("DELETE", f"{ADMISSIONS}?job=x", None, {}, 400),
        ("POST", OUTCOMES, outcome(900, "routes"), {}, 200), ("POST", OUTCOMES, outcome(901, "routes"), {}, 200),
        ("POST", OUTCOMES, outcome(902, "routes", ran_seconds=-1), {}, 400),
        ("POST", OUTCOMES, b" " * 1_100_000, {}, 413), ("POST", OUTCOMES, b"{}", text, 415),
        ("GET", "/api/v1/queue", None, {}, 200), ("GET", "/api/v1/runners", None, {}, 200),
        ("GET", "/api/v1/decisions", None, {}, 200), ("GET", "/api/v1/decisions?job=1049", None, {}, 200),
        ("GET", "/api/v1/decisions?job=1", None, {}, 404), ("GET", "/api/v1/decisions?job=x", None, {}, 400),
        ("GET", "/api/v1/leases", None, {}, 200), ("GET", "/api/v1/audit", None, {}, 200),
        ("GET", "/api/v1/audit?limit=1&since=1h", None, {}, 200), ("GET", "/api/v1/audit?limit=0", None, {}, 400),
        ("GET", "/api/v1/approvals", None, {}, 200), ("GET", "/api/v1/approvals?all=1", None, {}, 200),
        ("GET", "/api/v1/approvals?all=2", None, {}, 400),
        ("POST", "/api/v1/approvals/7", {"verdict": "approve"}, {}, 404),
        ("POST", "/api/v1/approvals/7", {"verdict": "maybe"}, {}, 400),
        ("POST", "/api/v1/approvals/x", {"verdict": "approve"}, {}, 400),
        ("GET", "/api/v1/carbon/now", None, {}, 200), ("GET", "/api/v1/carbon/forecast", None, {}, 200),
        ("GET", "/api/v1/carbon/forecast?hours=73", None, {}, 400),
        ("GET", "/api/v1/carbon/summary", None, {}, 200), ("GET", "/api/v1/carbon/ledger", None, {}, 200),
        ("GET", "/api/v1/carbon/ledger?job=x", None, {}, 400),
        ("POST", "/webhooks/gitlab", {"object_kind": "strange"}, hook, 200),
        ("POST", "/webhooks/gitlab", b"[]", hook, 400), ("POST", "/webhooks/gitlab", {}, {}, 401),
        ("GET", "/healthz", None, {}, 200), ("GET", "/readyz", None, {}, 200), ("GET", "/metrics", None, {}, 200),
        ("GET", "/api/openapi.json", None, {}, 200),
        ("GET", "/api/v1/queue", None, {"Origin": "https://evil.example"}, 403),
    ]


def test_every_answer_is_as_the_openapi_document_says(running: Service, api: OpenApi) -> None:
    faults, asked = [], set()
    for method, target, body, headers, status in answers(running):
        reply = running.ask(method, target, body, headers)
        path = target.partition("?")[0]
        asked.add((method, re.sub(r"/(7|x)$", "/{id}", path)))
        if reply.status != status:
            faults.append(f"{method} {target}: {reply.status} for {status}: {reply.text[:200]}")
            continue
        media = reply.headers.get("content-type", "")
        value = reply.json if media == "application/json" else reply.text
        faults += api.faults_of_answer(method, path, status, media, value)
        assert reply.headers.get("cache-control") == "no-store", target
        assert reply.headers.get("x-content-type-options") == "nosniff", target
    assert faults == []
    assert asked == set(api.operations())


def test_the_questions_of_the_tests_are_as_the_openapi_document_says(api: OpenApi) -> None:
    schemas = api.document["components"]["schemas"]
    assert api.faults(question(1), schemas["AdmissionQuestion"], "question") == []
    assert api.faults(outcome(1), schemas["OutcomeReport"], "report") == []
    assert api.faults({"standing": "soon"}, schemas["AdmissionStanding"], "standing") != []


@pytest.mark.parametrize(("method", "path", "allowed"), [
    ("PUT", ADMISSIONS, {"POST", "GET", "DELETE"}), ("DELETE", "/api/v1/queue", {"GET"}),
    ("GET", "/webhooks/gitlab", {"POST"}), ("GET", OUTCOMES, {"POST"}), ("POST", "/healthz", {"GET"})])
def test_another_method_is_405_with_those_that_are_allowed(running: Service, method: str, path: str,
                                                           allowed: set[str]) -> None:
    reply = running.ask(method, path, b"" if method in ("PUT", "POST") else None)
    assert (reply.status, set(reply.headers["allow"].split(", "))) == (405, allowed)


@pytest.mark.parametrize("path", ["/", "/api/v1/", "/api/v1/queue/", "/api/v1/approvals/", "/api/v1/approvals/1/2",
                                  "/api/v2/queue", "//healthz", "/healthz%00"])
def test_another_path_is_404_in_json(running: Service, path: str) -> None:
    reply = running.ask("GET", path)
    assert (reply.status, reply.json["error"]["code"]) == (404, "not_found")


def test_a_head_is_a_get_without_its_body(running: Service) -> None:
    reply = running.ask("HEAD", "/api/v1/queue")
    assert (reply.status, reply.text) == (200, "")


HOSTILE = [b"", b"null", b"[]", b"{" * 50_000, b'{"host":{"host":"a"},"job":' + b"[" * 20_000, b"\xff\xfe{}",
           b'{"host":{"host":"\\u0000"},"job":{}}', b'{"host":{"host":"a","slots":1e999},"job":{}}',
           b'{"host":{"host":"' + b"h" * 60_000 + b'"},"job":{}}', b'{"host":1,"host":2,"job":3}']


@pytest.mark.parametrize("path", [ADMISSIONS, OUTCOMES, "/api/v1/approvals/1"])
def test_hostile_bodies_are_400_and_show_no_control_characters(running: Service, path: str) -> None:
    for body in HOSTILE:
        reply = running.ask("POST", path, body)
        assert reply.status == 400, body[:40]
        assert not re.search(r"[\x00-\x1f\x7f]", reply.json["error"]["message"]), body[:40]
        assert len(reply.text) < 2000
    assert running.ask("GET", "/healthz").status == 200


# ---- the queue


def test_the_higher_score_is_next_and_a_long_poll_hears_of_it(running: Service) -> None:
    assert running.submit(1, host="poll", score=90).json["standing"] == "next"
    second = running.submit(2, host="poll", score=50).json
    assert (second["standing"], second["position"]) == ("held", 2)
    told: list[Any] = []
    thread = threading.Thread(target=lambda: told.append(running.standing(2, second["version"], 20)))
    thread.start()
    assert wait_until(lambda: running.metric("runneriq_long_polls") >= 1)
    running.ask("POST", OUTCOMES, outcome(1, "poll"))
    thread.join(10)
    assert (told[0].status, told[0].json["standing"]) == (200, "next")
    assert told[0].json["version"] > second["version"]


def test_a_long_poll_without_news_is_204_when_its_time_is_over(running: Service) -> None:
    version = running.submit(3, host="quiet").json["version"]
    begun = time.monotonic()
    assert running.standing(3, version, 1).status == 204
    assert 0.9 <= time.monotonic() - begun


def test_the_same_question_again_is_the_same_place(running: Service) -> None:
    first = running.submit(4, host="same").json
    running.submit(5, host="same", score=10)
    again = running.submit(4, host="same").json
    assert (again["version"], again["position"], again["queue_length"]) == (first["version"], 1, 2)
    fresh = running.submit(4, host="same", attempt="/tmp/4-retried").json
    assert (fresh["position"], fresh["queue_length"]) == (1, 2)
    assert running.standing(4).status == 404, "the earlier attempt still waits"


def test_the_same_job_number_of_two_gitlabs_are_two_jobs(running: Service) -> None:
    running.submit(6, host="two")
    assert running.submit(6, host="two", gitlab="https://other.example.com").json["queue_length"] == 2


def test_outcomes_arrive_in_the_fleets_history_once(service: Service) -> None:
    service.begin()
    for _ in range(2):
        assert service.ask("POST", OUTCOMES, outcome(77, succeeded=False, failed_stage="build_script")).status == 200
    service.end()
    with sqlite3.connect(f"file:{service.state}?mode=ro", uri=True) as file:
        tables = [name for name, in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = [row for table in tables for row in file.execute(f"SELECT * FROM {table}") if 77 in row]
    assert len(rows) == 1, (tables, rows)


def test_what_executors_report_of_their_runner_is_shown_as_reported(gitlab: Simulator, service: Service) -> None:
    runner = gitlab.state()["runners"][1]["id"]
    service.begin()
    service.submit(8, host="capacity", slots=9, runner=runner, gitlab=gitlab.url)

    def shown() -> dict[str, Any]:
        return next(r for r in service.ask("GET", "/api/v1/runners").json["runners"] if r["id"] == runner)

    assert wait_until(lambda: shown()["capacity_basis"] == "reported"), shown()
    assert shown()["max_jobs"] == 9


# ---- who may ask


@needs_root
def test_another_user_is_refused_on_the_socket_but_for_health(gitlab: Simulator, service: Service) -> None:
    def status_as_nobody(path: str) -> str:
        command = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "curl", "-s", "-o", "/dev/null",
                   "-w", "%{http_code}", "--unix-socket", str(service.socket), f"http://x{path}"]
        return subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout

    service.root.chmod(0o755)
    service.begin()
    paths = ("/healthz", "/readyz", "/api/v1/queue", "/metrics", "/api/openapi.json", "/nothing")
    assert [status_as_nobody(path) for path in paths] == ["200", "200", "403", "403", "403", "403"]
    service.end()
    service.configure("runneriq:\n  service: {users: [nobody]}\n")
    service.begin()
    assert status_as_nobody("/api/v1/queue") == "200"


@pytest.fixture(scope="module")
def over_tcp(gitlab: Simulator) -> Iterator[Service]:
    with Service(gitlab, "127.0.0.1:0") as service:
        service.configure("runneriq:\n  service: {hosts: [fleet.example.com]}\n")
        yield service.begin(RUNNERIQ_SERVICE_TOKEN=TOKEN, RUNNERIQ_WEBHOOK_TOKEN=HOOK)


@pytest.mark.parametrize(("headers", "status"), [
    ({}, 401), ({"Authorization": "Bearer wrong"}, 401), ({"Authorization": f"Basic {TOKEN}"}, 401),
    ({"Authorization": f"Bearer {TOKEN}x"}, 401), (BEARER, 200), (BEARER | {"Host": "evil.example"}, 403),
    (BEARER | {"Host": "localhost:1"}, 200), (BEARER | {"Host": "fleet.example.com"}, 200),
    (BEARER | {"Origin": "https://evil.example"}, 403), (BEARER | {"Sec-Fetch-Site": "cross-site"}, 403)])
def test_over_tcp_a_token_is_needed_and_no_web_page_gets_in(over_tcp: Service, headers: dict[str, str],
                                                            status: int) -> None:
    reply = over_tcp.ask_tcp("GET", "/api/v1/queue", headers=headers)
    assert reply.status == status
    assert TOKEN not in reply.text
    if status == 401:
        assert reply.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(("listen", "environment", "word"), [
    ("127.0.0.1:0", {}, "RUNNERIQ_SERVICE_TOKEN"), ("0.0.0.0:0", {"RUNNERIQ_SERVICE_TOKEN": TOKEN}, "tls_certificate"),
    ("unix:/nowhere/at/all.sock", {}, "/nowhere/at/all.sock"), ("nonsense", {}, "nonsense"),
    ("unix:{root}/s", {"RUNNERIQ_WEBHOOK_SIGNING_KEY": "whsec_short"}, "signing")])
def test_what_is_not_safe_is_refused_at_the_start(gitlab: Simulator, service: Service, listen: str,
                                                  environment: dict[str, str], word: str) -> None:
    answer = service.run("run", "--listen", listen.format(root=service.root), timeout=10, **environment)
    assert answer.code == 2, answer
    assert word in answer.err
    assert TOKEN not in answer.err and "whsec_short" not in answer.err


@pytest.mark.parametrize(("bound", "environment", "word"), [
    ("127.0.0.1", {}, "RUNNERIQ_SERVICE_TOKEN"), ("0.0.0.0", {"RUNNERIQ_SERVICE_TOKEN": TOKEN}, "tls_certificate"),
    ("::1", {}, "RUNNERIQ_SERVICE_TOKEN"), ("::", {"RUNNERIQ_SERVICE_TOKEN": TOKEN}, "tls_certificate")])
def test_a_socket_that_is_handed_over_is_as_safe_as_one_of_its_own(service: Service, bound: str,
                                                                   environment: dict[str, str], word: str) -> None:
    """Whatever --listen says: a socket unit may name another address."""
    with listening_at(bound) as listening, started_with([listening], service, **environment) as process:
        _, said = process.communicate(timeout=10)
    assert process.returncode == 2, said
    assert word in said and bound in said and "handed over" in said
    assert TOKEN not in said


def test_a_socket_of_loopback_is_taken_over_with_a_token(service: Service) -> None:
    with (listening_at("127.0.0.1") as listening,
          started_with([listening], service, RUNNERIQ_SERVICE_TOKEN=TOKEN)):
        connection = http.client.HTTPConnection("127.0.0.1", listening.getsockname()[1], timeout=20)
        try:
            assert ask_over(connection, "GET", "/api/v1/queue").status == 401
            assert ask_over(connection, "GET", "/healthz").status == 200
        finally:
            connection.close()


def listening_at(address: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    made = socket.socket(family)
    made.bind((address, 0))
    made.listen()
    return made


def listening_on(path: Path) -> socket.socket:
    made = socket.socket(socket.AF_UNIX)
    made.bind(str(path))
    made.listen()
    return made


@contextmanager
def started_with(listening: list[socket.socket], service: Service, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """As systemd starts it: the sockets are descriptors from 3 on, and the variables name its own process. Killed at the
    end."""
    given = [one.fileno() for one in listening]
    redirections = " ".join(f"{number}<&{fd}" for number, fd in enumerate(given, 3))
    hand_over = f'LISTEN_PID=$$ LISTEN_FDS={len(given)} exec "$@" {redirections}'
    command = ["bash", "-c", hand_over, "start", program("RUNNERIQ"), "run", "--listen", f"unix:{service.socket}"]
    with subprocess.Popen(command, env=service.environment | environment, text=True, pass_fds=given,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def give_certificate(service: Service) -> Path:
    """Its own authority; valid for 127.0.0.1."""
    certificate, key = service.root / "own.pem", service.root / "own.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", "/CN=own", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key),
                    "-out", str(certificate)], check=True, capture_output=True, timeout=30)
    service.configure(f"runneriq:\n  service: {{tls_certificate: {certificate}, tls_key: {key}}}\n")
    return certificate


@needs_openssl
def test_a_unix_socket_and_one_with_tls_are_taken_over_together(service: Service) -> None:
    """As a socket unit with two lines ListenStream= hands them over."""
    authority = ssl.create_default_context(cafile=str(give_certificate(service)))
    with (listening_on(service.socket) as local, listening_at("0.0.0.0") as remote,
          started_with([local, remote], service, RUNNERIQ_SERVICE_TOKEN=TOKEN)):
        assert service.ask("GET", "/healthz").status == 200
        connection = http.client.HTTPSConnection("127.0.0.1", remote.getsockname()[1], timeout=20, context=authority)
        try:
            assert ask_over(connection, "GET", "/api/v1/queue").status == 401
            assert ask_over(connection, "GET", "/healthz").status == 200
        finally:
            connection.close()


@needs_openssl
def test_tls_with_a_certificate_of_its_own(gitlab: Simulator) -> None:
    with Service(gitlab, "127.0.0.1:0") as service:
        certificate = give_certificate(service)
        service.begin(RUNNERIQ_SERVICE_TOKEN=TOKEN)
        assert service.address.startswith("https://")
        assert service.ask_tcp("GET", "/api/v1/queue", headers=BEARER, authority=certificate).status == 200
        assert service.ask_tcp("GET", "/api/v1/queue", authority=certificate).status == 401


# ---- webhooks


@pytest.mark.parametrize("proof", ["token", "signature"])
def test_the_webhook_of_a_critical_job_leads_to_a_look_at_once(proof: str) -> None:
    scenario = {"runners": [{"description": "one", "slots": 0, "tags": ["docker"]}],
                "projects": [{"path": "acme/shop", "members": {"ann": 40}}], "pipelines": []}
    key = "whsec_" + base64.b64encode(KEY).decode()
    secret = {"RUNNERIQ_WEBHOOK_TOKEN": HOOK} if proof == "token" else {"RUNNERIQ_WEBHOOK_SIGNING_KEY": key}
    with Simulator(scenario) as site, Service(site, "127.0.0.1:0") as service:
        service.begin(RUNNERIQ_SERVICE_TOKEN=TOKEN, **secret)
        hook = {"token": HOOK} if proof == "token" else {"signing_token": key}
        site.ask("POST", "/api/v4/projects/acme%2Fshop/hooks",
                 {"url": f"http://127.0.0.1:{service.port}/webhooks/gitlab", "job_events": True} | hook)
        site.ask("POST", "/sim/pipelines", {"project": "acme/shop", "user": "ann", "jobs": [
            {"name": "deploy-production", "stage": "deploy", "tags": ["docker"]}]})

        def queued() -> list[str]:
            reply = service.ask_tcp("GET", "/api/v1/queue", headers=BEARER)
            return [job["name"] for job in reply.json["queue"]]

        assert wait_until(lambda: queued() == ["deploy-production"], 10), service.logged()[-3:]


def test_a_webhook_with_a_wrong_secret_is_401_and_leads_to_no_look(running: Service) -> None:
    ticks = running.ticks()
    event = {"object_kind": "build", "project_id": 101}
    for headers in ({}, {"X-Gitlab-Token": "wrong"}, {"X-Gitlab-Token": HOOK + "x"}):
        assert running.ask("POST", "/webhooks/gitlab", event, headers).status == 401
    assert running.ask("POST", "/webhooks/gitlab", event, {"X-Gitlab-Token": HOOK}).status == 200
    assert wait_until(lambda: running.ticks() > ticks)
    assert [e["event"] for e in running.logged()].count("webhook_refused") <= 2, "the log is flooded"


def signed(identity: str, at: float, body: bytes) -> dict[str, str]:
    stamp = str(int(at))
    digest = hmac.new(KEY, f"{identity}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return {"webhook-id": identity, "webhook-timestamp": stamp,
            "webhook-signature": "v1," + base64.b64encode(digest).decode()}


def test_a_signed_webhook_counts_once_and_only_in_its_time(service: Service) -> None:
    service.begin(RUNNERIQ_WEBHOOK_SIGNING_KEY="whsec_" + base64.b64encode(KEY).decode())
    body, now = b'{"object_kind":"strange"}', time.time()

    def said(headers: dict[str, str], sent: bytes = body) -> tuple[int, str]:
        reply = service.ask("POST", "/webhooks/gitlab", sent, headers)
        return reply.status, reply.text.strip() if reply.status == 200 else ""

    assert said(signed("a", now, body)) == (200, "taken")
    assert said(signed("a", now, body)) == (200, "known")
    assert said(signed("b", now - 600, body)) == (401, "")
    assert said(signed("c", now + 600, body)) == (401, "")
    assert said(signed("d", now, body), body + b" ") == (401, "")
    assert said(signed("e", now, body) | {"webhook-id": "f"}) == (401, "")


# ---- what is kept


def test_a_restart_keeps_the_queue_and_its_order(service: Service) -> None:
    service.begin()
    for job, score in ((1, 20), (2, 80), (3, 50)):
        service.submit(job, score=score)
    version = service.standing(1).json["version"]
    assert service.end() == 0
    service.begin()
    after = {job: service.standing(job).json for job in (1, 2, 3)}
    assert [after[job]["position"] for job in (1, 2, 3)] == [3, 1, 2]
    assert after[1]["version"] > version, "a poll with the old version would wait in vain"


def test_a_kill_in_the_middle_loses_nothing_that_was_answered(service: Service) -> None:
    service.begin()
    answered: list[int] = []

    def flood(first: int) -> None:
        connection = service.connection()
        for job in range(first, first + 100_000, 8):
            try:
                connection.request("POST", ADMISSIONS, json.dumps(question(job, host=f"h{first}")),
                                   {"Content-Type": "application/json"})
                reply = connection.getresponse()
                reply.read()
            except (OSError, http.client.HTTPException):
                return
            if reply.status == 200:
                answered.append(job)

    threads = [threading.Thread(target=flood, args=(first,)) for first in range(1, 9)]
    for thread in threads:
        thread.start()
    assert wait_until(lambda: len(answered) >= 200, 20)
    service.end(kill=True)
    for thread in threads:
        thread.join(10)
    service.begin()
    connection = service.connection()
    lost = []
    for job in answered:
        connection.request("GET", f"{ADMISSIONS}?{place(job)}")
        reply = connection.getresponse()
        reply.read()
        if reply.status != 200:
            lost.append(job)
    assert lost == []


def test_a_full_disk_is_503_and_nothing_is_pretended(service: Service) -> None:
    service.begin()
    assert service.submit(1).status == 200
    assert service.process is not None
    largest = max(path.stat().st_size for path in service.root.glob("*.db*"))
    resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    reply = service.submit(2)
    assert (reply.status, reply.json["error"]["code"]) == (503, "unavailable")
    assert service.standing(2).status == 404
    assert service.ask("POST", OUTCOMES, outcome(1)).status == 503
    assert service.standing(1).status == 200
    assert service.metric("runneriq_commit_failures_total") >= 1
    resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert largest > 0
    assert wait_until(lambda: service.submit(2).status == 200), "it does not recover"


def threads_of(process: subprocess.Popen[str]) -> int:
    return len(os.listdir(f"/proc/{process.pid}/task"))


def test_a_thousand_long_polls_hold_no_thread_and_are_all_answered(service: Service) -> None:
    service.begin()
    assert service.process is not None
    before = threads_of(service.process)
    version = service.submit(1, host="crowd").json["version"]
    sockets = []
    for _ in range(1000):
        one = socket.socket(socket.AF_UNIX)
        one.settimeout(20)
        one.connect(str(service.socket))
        one.sendall(f"GET {ADMISSIONS}?{place(1)}&version={version}&wait=30 HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        sockets.append(one)
    assert wait_until(lambda: service.metric("runneriq_long_polls") == 1000)
    assert threads_of(service.process) == before
    for one in sockets[:100]:
        one.close()
    assert wait_until(lambda: service.metric("runneriq_long_polls") == 900), "polls of clients that are gone stay"
    service.ask("POST", OUTCOMES, outcome(1, "crowd"))
    assert {one.recv(12) for one in sockets[100:]} == {b"HTTP/1.1 404"}
    for one in sockets:
        one.close()


# ---- metrics


SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\\n]|\\[\\"n])*",?)+)\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)')


def test_metrics_are_prometheus_text_to_the_letter(running: Service) -> None:
    reply = running.ask("GET", "/metrics")
    assert reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert reply.text.endswith("\n") and "\n\n" not in reply.text
    kinds: dict[str, str] = {}
    helped, seen, current = set(), set(), ""
    for line in reply.text.splitlines():
        if line.startswith("# HELP "):
            current = line.split()[2]
            assert current not in helped, f"{current} comes twice"
            helped.add(current)
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split()
            assert name == current and kind in ("counter", "gauge", "summary", "histogram"), line
            kinds[name] = kind
        else:
            match = SAMPLE.fullmatch(line)
            assert match, line
            name = re.sub(r"_(sum|count)$", "", match[1]) if kinds[current] == "summary" else match[1]
            assert name == current, f"{line} stands below {current}"
            assert kinds[current] != "counter" or current.endswith("_total"), line
            assert (match[1], match[2]) not in seen, f"{line} comes twice"
            seen.add((match[1], match[2]))
    assert helped == set(kinds) and len(kinds) > 15
    assert running.metric("runneriq_tick_duration_seconds_count") >= 1


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not on PATH")
def test_promtool_finds_nothing_wrong_with_the_metrics(running: Service) -> None:
    done = subprocess.run(["promtool", "check", "metrics"], input=running.ask("GET", "/metrics").text, text=True,
                          capture_output=True, timeout=20, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


# ---- the service manager


class Manager:
    """What systemd hears."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.setblocking(False)
        self.heard: list[str] = []

    def hear(self) -> list[str]:
        while True:
            try:
                self.heard += self._socket.recv(4096).decode().splitlines()
            except BlockingIOError:
                return self.heard

    def hears(self, word: str, times: int = 1, timeout: float = 10) -> bool:
        return wait_until(lambda: self.hear().count(word) >= times, timeout)


def test_the_manager_hears_ready_alive_reloading_and_stopping(service: Service) -> None:
    manager = Manager(service.root / "notify")
    service.configure("runneriq:\n  monitor: {poll_interval: 60s}\n")
    process = service.start("run", "--listen", service.listen, NOTIFY_SOCKET=str(manager.path), WATCHDOG_USEC="400000")
    assert manager.hears("READY=1")
    assert manager.hears("WATCHDOG=1", 3), "between two looks nothing is heard"
    process.send_signal(1)
    assert manager.hears("RELOADING=1") and manager.hears("READY=1", 2)
    process.terminate()
    assert process.wait(10) == 0
    assert manager.hear().count("STOPPING=1") == 1
    assert manager.heard.index("READY=1") < manager.heard.index("RELOADING=1") < manager.heard.index("STOPPING=1")


def test_a_long_look_is_no_reason_for_the_watchdog_to_bite() -> None:
    with Simulator() as slow, Service(slow) as service:
        slow.add_fault("latency", milliseconds=20000)
        manager = Manager(service.root / "notify")
        service.start("run", "--listen", service.listen, NOTIFY_SOCKET=str(manager.path), WATCHDOG_USEC="400000")
        assert manager.hears("WATCHDOG=1", 4)
        assert "READY=1" not in manager.heard, "no look has ended yet"
        assert service.ask("GET", "/healthz").status == 200
        unready = service.ask("GET", "/readyz")
        assert (unready.status, unready.json["ready"]) == (503, False)
        assert service.ask("GET", "/api/v1/queue").status == 503


def test_a_socket_that_the_manager_has_opened_is_taken_over(service: Service) -> None:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(service.socket))
    listener.listen(16)
    command = f'exec env LISTEN_PID=$$ LISTEN_FDS=1 "{program("RUNNERIQ")}" run --listen unix:/nowhere.sock 3<&{listener.fileno()}'
    process = subprocess.Popen(["bash", "-c", command], env=service.environment, cwd=service.root,
                               pass_fds=[listener.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    try:
        assert service.ask("GET", "/healthz").status == 200
        process.terminate()
        assert process.wait(10) == 0
        assert service.socket.exists(), "the socket of the manager is not ours to remove"
    finally:
        process.kill()
        process.wait(10)
        listener.close()


# ---- executors


def test_three_executors_are_ordered_by_the_service_and_their_outcomes_arrive(service: Service,
                                                                             make_host: HostMaker) -> None:
    """The host alone would take them by its own scores; what the service says of the last one is higher."""
    service.begin()
    host = make_host("shell", slots=1)
    host.environment["RUNNERIQ_SOCKET"] = str(service.socket)
    runner = host.runner()
    first = runner.start(JobSpec(1, script=["echo working", "until [ -e gate ]; do sleep 0.02; done"]))
    first.wait_for_log("^working")
    refs = {2: "feature/a", 3: "main", 4: "feature/b"}
    names = {2: "lint", 3: "deploy-production", 4: "unit"}
    jobs = []
    for number, ref in refs.items():
        jobs.append(runner.start(JobSpec(number, name=names[number], ref=ref, script=["echo done"])))
        jobs[-1].wait_for_log("^RunnerIQ: .*position")
    assert wait_until(lambda: service.metric("runneriq_jobs_held") == 3)
    (first.project_dir() / "gate").touch()
    for job in [first, *jobs]:
        assert job.wait().status == "success", job.log_text()
        assert "scheduler service" not in job.log_text(), job.log_text()
    order = sorted(jobs, key=lambda job: next(s.ended for s in reversed(job.stages) if s.stage == "prepare"))
    assert order[0].job.id == 3
    assert wait_until(lambda: service.metric("runneriq_outcomes_total") == 4)
    assert (service.metric("runneriq_jobs_held"), service.metric("runneriq_jobs_in_slots")) == (0, 0)


def test_the_service_orders_the_jobs_of_one_host_by_its_own_scores(gitlab: Simulator, service: Service) -> None:
    """What the loop knows of a job counts more than what its host says."""
    service.begin()
    queue = service.ask("GET", "/api/v1/queue").json["queue"]
    high, low = queue[0], queue[-1]
    assert high["score"] > low["score"]
    service.submit(low["job_id"], host="known", score=99, gitlab=gitlab.url)
    told = service.submit(high["job_id"], host="known", score=1, job_class="LOW", gitlab=gitlab.url).json
    assert (told["position"], told["score"], told["class"]) == (1, high["score"], high["class"])
