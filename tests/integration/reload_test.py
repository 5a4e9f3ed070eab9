"""What SIGHUP changes of a running `runneriq run --listen`: who may ask. And what it says of the rest."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fleet import Simulator
from host import wait_until
from service import Service

OLD, NEW = "first-secret-of-a-test", "second-secret-of-a-test"
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become another user")


@pytest.fixture(scope="module")
def gitlab() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def service(gitlab: Simulator) -> Iterator[Service]:
    with Service(gitlab) as one:
        one.root.chmod(0o755)
        yield one


@pytest.fixture
def over_tcp(gitlab: Simulator) -> Iterator[Service]:
    with Service(gitlab, "127.0.0.1:0") as one:
        one.environment["CREDENTIALS_DIRECTORY"] = str(one.root)
        put_secret(one, "service-token", OLD)
        yield one


def put_secret(service: Service, name: str, secret: str) -> None:
    path = service.root / name
    path.write_text(secret)
    path.chmod(0o600)


def configure(service: Service, **options: str) -> Path:
    return service.configure("runneriq:\n  service:\n" + "".join(f"    {k}: {v}\n" for k, v in options.items()))


def told(service: Service, event: str) -> list[Any]:
    return [line for line in service.logged() if line["event"] == event]


def reload(service: Service, event: str = "configuration_read") -> None:
    before = len(told(service, event))
    assert service.process is not None
    service.process.send_signal(signal.SIGHUP)
    assert wait_until(lambda: len(told(service, event)) > before, 20), service.logged()[-3:]


def as_nobody(service: Service, method: str, path: str) -> int:
    command = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "curl", "-s", "-o", "/dev/null", "-w",
               "%{http_code}", "-X", method, "--unix-socket", str(service.socket), f"http://x{path}"]
    if method == "POST":
        command += ["-H", "Content-Type: application/json", "-d", '{"verdict": "approve"}']
    return int(subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout)


def status(service: Service, path: str = "/api/v1/queue", token: str = OLD, **headers: str) -> int:
    return service.ask_tcp("GET", path, headers={"Authorization": f"Bearer {token}"} | headers).status


def hook_status(service: Service, token: str) -> int:
    headers = {"X-Gitlab-Token": token} if token else {}
    return service.ask_tcp("POST", "/webhooks/gitlab", {"object_kind": "strange"}, headers).status


def test_a_name_of_the_service_comes_and_goes(over_tcp: Service) -> None:
    configure(over_tcp, hosts="[a.example]")
    over_tcp.begin()
    assert [status(over_tcp, Host=name) for name in ("a.example", "b.example")] == [200, 403]
    configure(over_tcp, hosts="[b.example]")
    reload(over_tcp)
    assert [status(over_tcp, Host=name) for name in ("a.example", "b.example")] == [403, 200]


@needs_root
def test_a_user_comes_and_goes(service: Service) -> None:
    configure(service, users="[nobody]")
    service.begin()
    assert as_nobody(service, "GET", "/api/v1/queue") == 200
    configure(service, users="[root]")
    reload(service)
    assert as_nobody(service, "GET", "/api/v1/queue") == 403
    configure(service, users="[nobody]")
    reload(service)
    assert as_nobody(service, "GET", "/api/v1/queue") == 200


@needs_root
def test_who_is_no_approver_any_more_cannot_approve(service: Service) -> None:
    configure(service, approvers="[nobody]")
    service.begin()
    assert as_nobody(service, "POST", "/api/v1/approvals/7") == 404, "there is no such proposal"
    configure(service, users="[nobody]", approvers="[root]")
    reload(service)
    assert as_nobody(service, "POST", "/api/v1/approvals/7") == 403
    assert as_nobody(service, "GET", "/api/v1/approvals") == 200


def test_a_new_token_replaces_the_old_one(over_tcp: Service) -> None:
    over_tcp.begin()
    put_secret(over_tcp, "service-token", NEW)
    assert [status(over_tcp, token=token) for token in (OLD, NEW)] == [200, 401]
    reload(over_tcp)
    assert [status(over_tcp, token=token) for token in (OLD, NEW)] == [401, 200]


def test_a_new_secret_of_webhooks_replaces_the_old_one(over_tcp: Service) -> None:
    put_secret(over_tcp, "webhook-token", OLD)
    over_tcp.begin()
    assert [hook_status(over_tcp, token) for token in (OLD, NEW, "")] == [200, 401, 401]
    put_secret(over_tcp, "webhook-token", NEW)
    reload(over_tcp)
    assert [hook_status(over_tcp, token) for token in (OLD, NEW, "")] == [401, 200, 401]
    (over_tcp.root / "webhook-token").unlink()
    reload(over_tcp)
    assert [hook_status(over_tcp, token) for token in (OLD, NEW, "")] == [401, 401, 401]


@needs_root
def test_webhooks_without_a_secret_are_for_users_of_the_socket(service: Service) -> None:
    configure(service, users="[root]")
    service.begin()
    assert as_nobody(service, "POST", "/webhooks/gitlab") == 403
    configure(service, users="[nobody]")
    reload(service)
    assert as_nobody(service, "POST", "/webhooks/gitlab") == 200


def test_a_gitlab_that_has_come_by_a_reload_is_looked_at_when_its_webhook_says_so(gitlab: Simulator) -> None:
    scenario = {"runners": [{"description": "one", "slots": 0, "tags": ["docker"]}],
                "projects": [{"path": "acme/shop", "members": {"ann": 40}}], "pipelines": []}
    with Simulator(scenario) as second, Service(gitlab) as service:
        service.configure("runneriq:\n")
        service.begin(GITLAB_TOKEN_SECOND=second.token)
        service.configure(f"runneriq:\n  gitlab: {{fleets: {{second: {{url: '{second.url}'}}}}}}\n")
        ticks = service.ticks()
        reload(service)
        assert service.wait_for_ticks(ticks + 1)
        second.ask("POST", "/sim/pipelines", {"project": "acme/shop", "user": "ann", "jobs": [
            {"name": "deploy-of-the-second", "stage": "deploy", "tags": ["docker"]}]})
        project = second.ask("GET", "/api/v4/projects/acme%2Fshop")["id"]
        event = {"object_kind": "build", "build_status": "pending", "project_id": project}
        assert service.ask("POST", "/webhooks/gitlab", event, {"X-Gitlab-Instance": second.url}).status == 200
        assert wait_until(lambda: "deploy-of-the-second" in service.ask("GET", "/api/v1/queue").text, 20)


@pytest.mark.parametrize(("name", "secret"), [("service-token", "two words"), ("webhook-signing-key", "whsec_short")])
def test_a_secret_that_is_none_is_refused_and_nothing_changes(over_tcp: Service, name: str, secret: str) -> None:
    configure(over_tcp, hosts="[a.example]")
    over_tcp.begin()
    configure(over_tcp, hosts="[b.example]")
    put_secret(over_tcp, name, secret)
    reload(over_tcp, "configuration_refused")
    assert [status(over_tcp, Host=name) for name in ("a.example", "b.example")] == [200, 403]
    assert secret not in (over_tcp.root / "err").read_text()


def test_what_only_a_restart_changes_is_named_as_long_as_it_differs(over_tcp: Service) -> None:
    configure(over_tcp, hosts="[a.example]")
    over_tcp.begin()
    configure(over_tcp, hosts="[b.example]", tls_certificate="/nowhere/own.pem", tls_key="/nowhere/own.key")
    for times in (1, 2):
        reload(over_tcp)
        assert len(told(over_tcp, "restart_needed")) == times
    [named, _] = told(over_tcp, "restart_needed")
    assert (named["level"], named["options"]) == ("warning", "service.tls_certificate,service.tls_key")
    assert over_tcp.address.startswith("http://")
    assert status(over_tcp, Host="b.example") == 200, "the rest is in force"
    configure(over_tcp, hosts="[a.example]")
    reload(over_tcp)
    assert len(told(over_tcp, "restart_needed")) == 2


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
def test_a_renewed_certificate_needs_a_restart_and_the_log_says_so(over_tcp: Service) -> None:
    certificate, key = over_tcp.root / "own.pem", over_tcp.root / "own.key"

    def renew() -> None:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-days", "2", "-subj", "/CN=own", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key),
                        "-out", str(certificate)], check=True, capture_output=True, timeout=30)

    renew()
    first = shutil.copy(certificate, over_tcp.root / "first.pem")
    configure(over_tcp, tls_certificate=str(certificate), tls_key=str(key))
    over_tcp.begin()
    reload(over_tcp)
    assert told(over_tcp, "restart_needed") == []
    renew()
    reload(over_tcp)
    [named] = told(over_tcp, "restart_needed")
    assert named["options"] == "service.tls_certificate,service.tls_key"
    assert over_tcp.ask_tcp("GET", "/healthz", authority=first).status == 200
