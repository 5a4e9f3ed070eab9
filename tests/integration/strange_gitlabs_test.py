"""GitLabs that other people built or configured: what can be decided with what they show is decided, what
they do not show is said, and the token goes to nobody else."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from fleet import Answer, Watcher
from host import wait_until
from plain_gitlab import ABSENT, DENIED, LOGIN, TOKEN, Manners, PlainGitLab, ago, job, runner

USUAL = {101: 1, 103: 6, 102: 6}  # runner by job
CLASSES = {101: "CRITICAL", 103: "HIGH", 102: "MEDIUM"}
Setup = Callable[[PlainGitLab], None]


class Outcome:
    def __init__(self, answer: Answer, gitlab: PlainGitLab) -> None:
        self.answer, self.gitlab = answer, gitlab
        assert answer.code == 0, answer
        self.document = answer.document

    @property
    def runners(self) -> dict[int, int | None]:
        """The recommended runner of each job, in the order of the jobs."""
        return {entry["job_id"]: entry.get("runner_id") for entry in self.document["assigner"]["assignments"]}

    @property
    def classes(self) -> dict[int, str]:
        return {entry["id"]: entry["class"] for entry in self.document["analyzer"]["jobs"]}

    @property
    def degraded(self) -> list[str]:
        return list(self.document["degraded"])


def watch(manners: Manners, setup: Setup | None = None, **environment: str) -> Outcome:
    with PlainGitLab(manners) as gitlab, Watcher(gitlab) as watcher:
        if setup is not None:
            setup(gitlab)
        outcome = Outcome(watcher.run("run", "--once", "--output", "json", **environment), gitlab)
        assert all(method == "GET" or target.endswith("/api/graphql") for method, target, _ in gitlab.calls)
        return outcome


def expect_usual(outcome: Outcome) -> None:
    assert outcome.runners == USUAL
    assert list(outcome.runners) == list(USUAL), "in the order of urgency"
    assert outcome.classes == CLASSES
    assert outcome.degraded == []


def with_many_jobs(gitlab: PlainGitLab) -> None:
    gitlab.jobs += [job(1000 + number, "unit", "test", "pending", "main", []) for number in range(50)]


# ---- GraphQL ------------------------------------------------------------------------------


@pytest.mark.parametrize("reply", [
    ABSENT, DENIED, LOGIN,
    (200, "application/json", '{"errors":[{"message":"Field \'x\' doesn\'t exist on type \'Query\'"}]}'),
    (200, "text/html", "<!DOCTYPE html><html><title>Sign in</title></html>"),
    (200, "application/json", '{"data":{"runners":null,"project":null}}'),
    (500, "text/html", "<html><title>502</title></html>"),
])
def test_without_graphql_everything_is_read_by_rest(reply: tuple[int, str, str]) -> None:
    outcome = watch(Manners(graphql=reply))
    assert outcome.runners == USUAL and outcome.classes == CLASSES
    # Nothing but GraphQL tells what was started by hand.
    assert all("started by hand" in sentence for sentence in outcome.degraded)
    assert outcome.degraded == [] or reply[0] != 404


# ---- pages --------------------------------------------------------------------------------


@pytest.mark.parametrize("manners", [
    Manners(rows=20), Manners(rows=20, links="none"), Manners(rows=20, links="relative"),
    Manners(rows=20, links="https://gitlab.example.com"), Manners(rows=20, links="https://gitlab.example.com/git"),
    Manners(rows=20, links="https://gitlab.example.com", keyset=True), Manners(rows=20, keyset=True),
    Manners(rows=20, counts=False), Manners(rows=20, lower_case=True, links="none"),
    Manners(rows=20, root="/gitlab", links="https://gitlab.example.com"), Manners(rows=20, shifting=True),
], ids=lambda manners: f"{manners.links} {'keyset' if manners.keyset else ''} {manners.root}")
def test_all_pages_are_read_however_they_are_linked(manners: Manners) -> None:
    outcome = watch(manners, with_many_jobs)
    assert {101, 102, 103, *range(1000, 1050)} <= set(outcome.runners)
    assert len(outcome.document["monitor"]["runners"]) == 3
    assert outcome.degraded == []
    assert all(headers["PRIVATE-TOKEN"] == TOKEN for _, _, headers in outcome.gitlab.calls)


# ---- addresses ----------------------------------------------------------------------------


@pytest.mark.parametrize("root", ["", "/gitlab"])
@pytest.mark.parametrize("behind", ["", "/", "/api/v4", "/api/v4/"])
def test_the_address_may_be_given_as_people_write_it(root: str, behind: str) -> None:
    with PlainGitLab(Manners(root=root)) as gitlab, Watcher(gitlab) as watcher:
        answer = watcher.run("run", "--once", "--output", "json", GITLAB_URL=gitlab.url + behind)
        expect_usual(Outcome(answer, gitlab))


# ---- what the token may see ---------------------------------------------------------------


@pytest.mark.parametrize("refusal", [DENIED, ABSENT, (400, "application/json", '{"error":"id is invalid"}')])
def test_without_the_list_of_all_runners_the_token_s_own_are_taken(refusal: tuple[int, str, str]) -> None:
    outcome = watch(Manners(instead={"all runners": refusal}))
    assert outcome.runners == USUAL
    # 403 is what everybody but administrators gets.
    assert ["taken instead" in sentence for sentence in outcome.degraded] == ([] if refusal == DENIED else [True])


def test_no_runner_at_all_is_explained() -> None:
    outcome = watch(Manners(instead={"all runners": DENIED, "runners": (200, "application/json", "[]")}))
    assert set(outcome.runners.values()) == {None}
    assert outcome.degraded[0].startswith("the list of runners is not known: GET /api/v4/runners/all: 403 Forbidden")


@pytest.mark.parametrize("number", ["1", "acme/shop"])
def test_the_runners_of_a_project_are_enough(number: str) -> None:
    refused = {"all runners": DENIED, "runners": ABSENT, "projects": ABSENT}
    expect_usual(watch(Manners(instead=refused), GITLAB_PROJECT_ID=number))


def test_without_the_project_s_runners_those_that_the_token_manages_are_taken_and_that_is_said() -> None:
    outcome = watch(Manners(instead={"project runners": DENIED}), GITLAB_PROJECT_ID="1")
    assert outcome.runners == USUAL
    assert len(outcome.degraded) == 1
    assert "403 Forbidden" in outcome.degraded[0] and "Maintainer" in outcome.degraded[0]


def test_details_that_are_refused_are_named_and_nobody_is_guessed() -> None:
    outcome = watch(Manners(instead={"runner": DENIED}))
    assert set(outcome.runners.values()) == {None}
    assert outcome.classes == CLASSES
    assert any(re.match(r"details of .*: GET .*403 Forbidden", sentence) for sentence in outcome.degraded)


def test_a_token_that_is_taken_as_bearer_only_is_sent_so() -> None:
    outcome = watch(Manners(bearer_only=True))
    expect_usual(outcome)
    assert len(outcome.gitlab.calls) < 25


def test_a_wrong_token_ends_with_words_that_help() -> None:
    with PlainGitLab() as gitlab, Watcher(gitlab) as watcher:
        answer = watcher.run("run", "--once", "--output", "json", GITLAB_TOKEN="glpat-another")
        assert answer.code == 3 and "check the token" in answer.err, answer
        assert "glpat" not in answer.err + answer.out
        assert len(gitlab.calls) <= 12


def test_roles_merge_requests_and_protected_branches_may_be_missing() -> None:
    refused = {"members": DENIED, "merge requests": DENIED, "protected branches": ABSENT}
    outcome = watch(Manners(instead=refused))
    assert outcome.runners == USUAL
    assert outcome.classes[101] == "CRITICAL"
    assert sorted(sentence.split(" project")[0] for sentence in outcome.degraded) == [
        "merge requests of", "protected branches of", "roles in"]


# ---- filters that are not heeded ----------------------------------------------------------


def test_filters_that_are_ignored_are_applied_here() -> None:
    expect_usual(watch(Manners(deaf_to=("scope[]", "user_ids[]", "iids[]"))))


def test_a_second_scope_that_is_an_error_is_asked_for_alone() -> None:
    outcome = watch(Manners(one_scope=True))
    expect_usual(outcome)
    assert outcome.document["monitor"]["runners"][0]["active_jobs"] == 1


def test_of_several_scopes_only_the_last_may_be_heeded() -> None:
    outcome = watch(Manners(last_value=True), GITLAB_PROJECT_ID="1")
    assert set(outcome.runners) == set(USUAL) and outcome.runners[101] == 1


# ---- poor fakes ---------------------------------------------------------------------------


def test_three_routes_with_the_details_in_the_list_are_enough() -> None:
    outcome = watch(Manners(only=("inline", "runners", "runner", "jobs")), GITLAB_PROJECT_ID="1")
    assert outcome.runners == USUAL
    assert outcome.classes[101] == "CRITICAL"
    assert any("GET /api/v4/projects/1: 404" in sentence for sentence in outcome.degraded)
    assert all(len(sentence) <= 400 for sentence in outcome.degraded)


def test_details_in_the_list_are_enough_without_those_of_each() -> None:
    outcome = watch(Manners(only=("inline", "runners", "jobs")), GITLAB_PROJECT_ID="1")
    assert outcome.runners == USUAL
    assert not any(sentence.startswith("details") for sentence in outcome.degraded)


def test_pending_jobs_alone_are_still_put_in_order() -> None:
    outcome = watch(Manners(only=("jobs",), one_scope=True), GITLAB_PROJECT_ID="1")
    assert outcome.classes[101] == "CRITICAL"
    assert outcome.runners == {101: None, 103: None, 102: None}
    assert any(sentence.startswith("the list of runners is not known") for sentence in outcome.degraded)


def test_running_jobs_that_cannot_be_asked_for_are_named() -> None:
    class PendingOnly(PlainGitLab):
        def rows(self, route: str, whose: str, query: list[tuple[str, str]]) -> Any:
            scopes = [value for key, value in query if key == "scope[]"]
            return None if route == "jobs" and scopes != ["pending"] else super().rows(route, whose, query)

    with PendingOnly(Manners(one_scope=True)) as gitlab, Watcher(gitlab) as watcher:
        outcome = Outcome(watcher.run("run", "--once", "--output", "json"), gitlab)
        assert set(outcome.runners) == set(USUAL) and None not in outcome.runners.values()
        assert any(sentence.startswith("running jobs of project acme/shop") for sentence in outcome.degraded)


def test_nothing_readable_at_all_is_an_error_with_a_remedy() -> None:
    for environment in ({}, {"GITLAB_PROJECT_ID": "1"}, {"GITLAB_PROJECT_ID": "acme/none"}):
        with PlainGitLab(Manners(only=("version",))) as gitlab, Watcher(gitlab) as watcher:
            answer = watcher.run("run", "--once", "--output", "json", **environment)
            assert answer.code == 3 and "check gitlab.url" in answer.err and answer.out == "", answer


def test_a_project_that_is_not_there_is_an_error_though_runners_are() -> None:
    with PlainGitLab() as gitlab, Watcher(gitlab) as watcher:
        answer = watcher.run("run", "--once", "--output", "json", GITLAB_PROJECT_ID="4711")
        assert answer.code == 3 and "GET /api/v4/projects/4711: 404" in answer.err, answer


# ---- fields -------------------------------------------------------------------------------


def as_texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_texts(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [as_texts(entry) for entry in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (int, float)) else value


def without(*names: str) -> Callable[[str, Any], Any]:
    """All but the status of a job, by which its place is known."""
    return lambda route, row: {key: value for key, value in row.items()
                               if key not in names or (key == "status" and route == "jobs")}


def times_as(form: str) -> Callable[[str, Any], Any]:
    return lambda route, row: {key: ago(30, form) if key.endswith("_at") and value else value
                               for key, value in row.items()}


def with_offset(route: str, row: Any) -> Any:
    return {key: value.replace("Z", "+00:00") if key.endswith("_at") and value else value for key, value in row.items()}


@pytest.mark.parametrize("told", [
    lambda route, row: as_texts(row),
    lambda route, row: row | {"novelty": {"deep": [1, {"x": None}]}, "": 0},
    lambda route, row: row | ({"contacted_at": "2016-01-25T16:39:48.066Z"} if route == "runner"
                              and row["online"] else {}),
    without("contacted_at"), without("online"), without("status"), without("status", "online"),
    without("access_level") , without("paused"), without("paused", "runner_type"), without("run_untagged"),
    without("runner", "runner_manager", "commit", "artifacts", "created_at", "queued_duration", "duration"),
    without("description", "name_with_namespace", "maximum_timeout", "locked"),
    times_as("%Y-%m-%dT%H:%M:%SZ"), times_as("%Y-%m-%d %H:%M:%S UTC"), with_offset,
    lambda route, row: row | {"tag_list": None} if route == "jobs" and row["tag_list"] == [] else row,
    lambda route, row: {key: float(value) if key in ("duration", "queued_duration") and value else value
                        for key, value in row.items()},
], ids=["texts", "extra", "contact of long ago", "no contact", "no online", "no status", "neither", "no access_level",
        "no paused", "old names", "no run_untagged", "poor jobs", "poor runners", "no fraction", "UTC", "offset",
        "tag_list null", "floats"])
def test_fields_may_be_missing_or_told_in_another_form(told: Callable[[str, Any], Any],
                                                       request: pytest.FixtureRequest) -> None:
    def keep_offline(gitlab: PlainGitLab) -> None:
        if request.node.callspec.id in ("no contact", "neither"):
            gitlab.runners = [row for row in gitlab.runners if row["online"]]

    def tell(route: str, row: Any) -> Any:
        # A level that is missing is no member: that is not the question here.
        return row if route == "members" and request.node.callspec.id == "no access_level" else told(route, row)

    outcome = watch(Manners(told=tell), keep_offline)
    assert outcome.degraded == []
    assert outcome.classes[101] == "CRITICAL"
    assert outcome.runners[101] == 1
    assert "old names" in request.node.callspec.id or outcome.runners[103] == 6


def test_a_runner_whose_tags_are_not_told_takes_nothing() -> None:
    def tell(route: str, row: Any) -> Any:
        return row | {"tag_list": None} if route == "runner" and row["id"] == 6 else row

    outcome = watch(Manners(told=tell))
    assert outcome.runners[101] == 1 and 6 not in outcome.runners.values()
    assert any("no details in the answer" in sentence for sentence in outcome.degraded), outcome.degraded


def test_the_names_of_old_still_count() -> None:
    def setup(gitlab: PlainGitLab) -> None:
        gitlab.runners[0]["active"] = False
        gitlab.runners[1] |= {"contacted_at": ago(20), "online": True}

    outcome = watch(Manners(told=without("paused", "status")), setup)
    assert outcome.runners == {101: None, 103: 6, 102: 6}, "runner 1 is not active"


def test_a_job_of_nobody_on_no_runner_is_judged_too() -> None:
    def setup(gitlab: PlainGitLab) -> None:
        for row in gitlab.jobs:
            row |= {"user": None, "runner": None, "commit": None, "pipeline": None, "tag_list": row["tag_list"] or None}

    outcome = watch(Manners(), setup)
    assert set(outcome.runners) == set(USUAL) and outcome.runners[101] == 1


# ---- transport ----------------------------------------------------------------------------


@pytest.mark.parametrize("manners", [Manners(framing="chunked"), Manners(framing="gzip"), Manners(framing="closed"),
                                     Manners(lower_case=True)], ids=["chunked", "gzip", "HTTP/1.0", "lower case"])
def test_replies_may_come_in_every_form_of_http(manners: Manners) -> None:
    expect_usual(watch(manners))


def test_a_slow_gitlab_is_asked_many_things_at_once() -> None:
    with PlainGitLab(Manners(latency=0.1)) as gitlab, Watcher(gitlab) as watcher:
        start = time.monotonic()
        gitlab.runners += [runner(100 + number, "project_type", ["docker"]) for number in range(12)]
        outcome = Outcome(watcher.run("run", "--once", "--output", "json", timeout=30), gitlab)
        assert outcome.degraded == [] and len(gitlab.calls) >= 20
        assert outcome.runners[101] is not None
        assert time.monotonic() - start < 2.5, "one after the other would take this long"


def test_a_proxy_is_used_unless_the_host_is_excepted() -> None:
    asked: list[str] = []

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(503)

        do_POST = do_GET

        def log_message(self, *words: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    proxy = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        expect_usual(watch(Manners(), http_proxy=proxy, no_proxy="127.0.0.1"))
        assert asked == []
        with PlainGitLab() as gitlab, Watcher(gitlab) as watcher:
            watcher.configure("runneriq:\n  gitlab:\n    tick_limit: 2s\n")
            answer = watcher.run("run", "--once", "--output", "json", http_proxy=proxy)
            assert answer.code == 3 and "503" in answer.err, answer
            assert gitlab.calls == [] and asked[0].startswith(gitlab.url)
    finally:
        server.shutdown()
        server.server_close()


# ---- doctor -------------------------------------------------------------------------------


def findings(manners: Manners, code: int, **environment: str) -> dict[str, str]:
    with PlainGitLab(manners) as gitlab, Watcher(gitlab) as watcher:
        answer = watcher.run("doctor", "--output", "json", **environment)
        assert answer.code == code, answer
        document = json.loads(answer.out)
        rows = document["findings"] if isinstance(document, dict) else document
        return {row["name"]: row["status"] for row in rows}


def test_the_doctor_is_content_with_a_plain_gitlab() -> None:
    found = findings(Manners(), 0)
    assert "fail" not in found.values() and {"gitlab", "token.scopes", "projects", "runners"} <= set(found)


def test_the_doctor_does_not_fail_a_fleet_that_can_be_advised() -> None:
    poor = Manners(only=("inline", "runners", "runner", "jobs"))
    found = findings(poor, 0, GITLAB_PROJECT_ID="1")
    assert found["runners"] == "ok" and found["gitlab"] == found["token"] == "warn"


# ---- nginx in front -----------------------------------------------------------------------


def make_certificates(folder: Path) -> None:
    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True, timeout=20)

    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Own CA")
    openssl("req", *key, "-keyout", "host.key", "-out", "host.csr", "-subj", "/CN=localhost")
    (folder / "names").write_text("subjectAltName=DNS:localhost")
    openssl("x509", "-req", "-in", "host.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-out", "host.pem", "-days", "2", "-extfile", "names")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Nginx:
    def __init__(self, folder: Path, behind: PlainGitLab) -> None:
        self.folder, self.port = folder, free_port()
        make_certificates(folder)
        (folder / "nginx.conf").write_text(f"""
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{
  log_format short '$server_protocol $status $request_uri';
  access_log {folder}/access.log short;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  gzip on; gzip_types application/json; gzip_min_length 10; gzip_proxied any;
  server {{
    listen 127.0.0.1:{self.port} ssl http2;
    ssl_certificate {folder}/host.pem; ssl_certificate_key {folder}/host.key;
    location / {{ proxy_pass http://127.0.0.1:{behind.port}; }}
  }}
}}""")
        self.process = subprocess.Popen([shutil.which("nginx") or "nginx", "-c", str(folder / "nginx.conf"),
                                         "-p", str(folder)], stderr=subprocess.DEVNULL)

    @property
    def log(self) -> list[str]:
        return (self.folder / "access.log").read_text().splitlines()


@pytest.fixture
def fronted(tmp_path: Path) -> Iterator[tuple[PlainGitLab, Nginx]]:
    if shutil.which("nginx") is None or shutil.which("openssl") is None:
        pytest.skip("nginx or openssl is not installed")
    with PlainGitLab() as gitlab:
        nginx = Nginx(tmp_path, gitlab)
        try:
            assert wait_until(lambda: is_open(nginx.port), 10)
            yield gitlab, nginx
        finally:
            nginx.process.terminate()
            nginx.process.wait(10)


def test_behind_tls_and_http_2_with_an_own_authority(fronted: tuple[PlainGitLab, Nginx]) -> None:
    gitlab, nginx = fronted
    with Watcher(gitlab) as watcher:
        with_many_jobs(gitlab)
        gitlab.manners.rows = 20  # the links name the host behind nginx
        watcher.configure(f"runneriq:\n  gitlab:\n    ca_file: {nginx.folder}/ca.pem\n")
        answer = watcher.run("run", "--once", "--output", "json", GITLAB_URL=f"https://localhost:{nginx.port}")
        outcome = Outcome(answer, gitlab)
        assert len(outcome.runners) == 53 and outcome.degraded == []
    assert len(nginx.log) >= 12
    assert {line.split()[0] for line in nginx.log} == {"HTTP/2.0"}


def test_an_authority_that_is_not_known_is_refused_with_its_remedy(fronted: tuple[PlainGitLab, Nginx]) -> None:
    gitlab, nginx = fronted
    with Watcher(gitlab) as watcher:
        answer = watcher.run("run", "--once", "--output", "json", GITLAB_URL=f"https://localhost:{nginx.port}")
        assert answer.code == 3 and "gitlab.ca_file" in answer.err, answer
        assert gitlab.calls == [], "nothing was sent"
