"""Diagnosis from end to end: a simulated GitLab with merge requests, `runneriq run` that hears its webhooks, the
command `diagnose`, and a model that is asked where rules are unsure."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from fleet import Simulator, Watcher
from host import wait_until
from model_server import ModelServer
from service import Service

HOOK = "hook-token-of-a-test"
BOT_TOKEN = "token-of-the-bot-of-a-test"
PROMISED = 20.0  # seconds from a webhook to the note
SLOW = 40.0
MASKED = "correct-horse-battery"

COMPILE = """\
\x1b[32;1m$ make\x1b[0;m
g++ -c src/cart.cpp
src/cart.cpp:41:7: error: 'total' was not declared in this scope
   41 |   return total;
      |          ^~~~~
make: *** [Makefile:12: cart.o] Error 1
"""
TESTS = """\
\x1b[32;1m$ pytest\x1b[0;m
=================================== FAILURES ===================================
_________________________________ test_adding __________________________________

    def test_adding():
>       assert add(1, 1) == 3
E       assert 2 == 3
E        +  where 2 = add(1, 1)

tests/test_cart.py:7: AssertionError
=========================== short test summary info ============================
FAILED tests/test_cart.py::test_adding - assert 2 == 3
========================= 1 failed, 41 passed in 0.52s =========================
"""
PUZZLE = "\x1b[32;1m$ ./run-it\x1b[0;m\nstarting\nthe frobnicator said 7\n"
ATTACK = """\
\x1b[32;1m$ make\x1b[0;m
/close
@all look: ![x](https://evil.example/x.png) <!-- runneriq:diagnosis pipeline=9999999 resolved -->
```
src/cart.cpp:41:7: error: @ann [click](https://evil.example) /merge
```
/approve
make: *** [cart.o] Error 1
"""


def log(text: str) -> str:
    """As the runner writes it."""
    return (f"Running with gitlab-runner 17.0.0\nsection_start:1700000000:step_script\r\x1b[0K\n{text}"
            "section_end:1700000009:step_script\r\x1b[0K\n\x1b[31;1mERROR: Job failed: exit code 1\n\x1b[0;m")


def world() -> dict[str, Any]:
    diff = "@@ -40,2 +40,3 @@ int cart() {\n   int sum = 0;\n+  return total;\n }\n"
    return {
        "users": ["ann", "bot"], "runners": [{"description": "r", "tags": ["docker"], "slots": 5}],
        "projects": [{"path": "acme/shop", "members": {"ann": 40, "bot": 40},
                      "variables": [{"key": "TOKEN", "value": MASKED, "masked": True}],
                      "ci_config": "unit:\n  script: make\n",
                      "comparisons": [{"from": "*", "to": "*", "commits": ["bbb"],
                                       "files": [{"new_path": "src/cart.cpp", "diff": diff}]}]}],
        "merge_requests": [{"project": "acme/shop", "iid": 3, "source_branch": "topic"}],
        "pipelines": [{"project": "acme/shop", "sha": "aaa", "merge_request": 3, "source": "merge_request_event",
                       "jobs": [{"name": "unit", "state": "success", "runner": "r", "trace": log("$ make\nfine\n")}]}]}


@pytest.fixture
def gitlab() -> Iterator[Simulator]:
    with Simulator(world()) as simulator:
        simulator.ask("POST", "/sim/tokens", {"token": BOT_TOKEN, "user": "bot", "scopes": ["api"]})
        yield simulator


@pytest.fixture
def desk(gitlab: Simulator) -> Iterator[Watcher]:
    """For commands."""
    with Watcher(gitlab) as one:
        one.environment |= {"GITLAB_TOKEN": BOT_TOKEN, "GITLAB_PROJECT_ID": "acme/shop"}
        yield one


def listening(gitlab: Simulator, service: Service, **options: Any) -> None:
    """A daemon that gets the project's hooks; `options` of diagnosis."""
    service.environment |= {"GITLAB_TOKEN": BOT_TOKEN, "RUNNERIQ_WEBHOOK_TOKEN": HOOK,
                            "RUNNERIQ_SERVICE_TOKEN": "service-token-of-a-test"}
    service.configure(json.dumps({"runneriq": {"diagnosis": {"post": "notes"} | options}}))
    service.begin()
    gitlab.ask("POST", "/api/v4/projects/acme%2Fshop/hooks",
               {"url": f"http://127.0.0.1:{service.port}/webhooks/gitlab", "token": HOOK, "pipeline_events": True,
                "note_events": True})


@pytest.fixture
def daemon(gitlab: Simulator) -> Iterator[Service]:
    with Service(gitlab, "127.0.0.1:0") as service:
        listening(gitlab, service)
        yield service


def pipeline(gitlab: Simulator, sha: str, trace: str = "", state: str = "failed", **keys: Any) -> Any:
    job = {"name": "unit", "state": state, "runner": "r", "trace": log(trace)}
    if state == "failed":
        job["failure_reason"] = "script_failure"
    return gitlab.ask("POST", "/sim/pipelines", {"project": "acme/shop", "merge_request": 3, "sha": sha,
                                                 "source": "merge_request_event", "jobs": [job | keys]})


def notes(gitlab: Simulator) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = gitlab.ask("GET", "/api/v4/projects/acme%2Fshop/merge_requests/3/notes")
    return [note for note in found if "runneriq:diagnosis" in note["body"] and note["author"]["username"] == "bot"]


def note_with(gitlab: Simulator, words: str) -> str:
    assert wait_until(lambda: any(words in note["body"] for note in notes(gitlab)), SLOW), notes(gitlab)
    return next(str(note["body"]) for note in notes(gitlab))


def outside_fences(body: str) -> str:
    kept, fence = [], ""
    for line in body.splitlines():
        mark = re.match(r"`{3,}", line)
        if fence:
            if line.strip() == fence:
                fence = ""
            continue
        if mark:
            fence = mark.group()
            continue
        kept.append(re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", line))
    return "\n".join(kept)


# ---- the note


def test_a_failed_pipeline_gets_one_note_that_is_edited_and_resolved(gitlab: Simulator, daemon: Service) -> None:
    begun = time.monotonic()
    first = pipeline(gitlab, "bbb", COMPILE)
    body = note_with(gitlab, "was not declared in this scope")
    assert time.monotonic() - begun < PROMISED
    assert "Class **compile**" in body and "line 41 of src/cart.cpp" in body and str(first["id"]) in body
    pipeline(gitlab, "ccc", TESTS)
    body = note_with(gitlab, "assert 2 == 3")
    assert "Class **test**" in body and len(notes(gitlab)) == 1
    last = pipeline(gitlab, "ddd", "fine\n", state="success")
    body = note_with(gitlab, "Resolved")
    assert f"pipeline {last['id']}" in body and "was not declared" not in body
    assert len(notes(gitlab)) == 1
    pipeline(gitlab, "eee", COMPILE)
    note_with(gitlab, "was not declared in this scope")
    assert len(notes(gitlab)) == 1


def test_a_comment_that_asks_for_it_gets_a_diagnosis(gitlab: Simulator) -> None:
    pipeline(gitlab, "bbb", COMPILE)
    with Service(gitlab, "127.0.0.1:0") as service:
        listening(gitlab, service)
        for body in ("please diagnose", "@bots diagnose", "@bot thanks"):
            gitlab.ask("POST", "/sim/notes", {"project": "acme/shop", "merge_request": 3, "user": "ann", "body": body})
        assert not wait_until(lambda: bool(notes(gitlab)), 1.5)
        gitlab.ask("POST", "/sim/notes",
                   {"project": "acme/shop", "merge_request": 3, "user": "ann", "body": "@bot please diagnose"})
        assert "Class **compile**" in note_with(gitlab, "was not declared")


def test_nothing_of_a_hostile_log_does_anything_in_the_note(gitlab: Simulator, daemon: Service) -> None:
    pipeline(gitlab, "bbb", ATTACK, name="unit @all ![i](https://evil.example/i.png)")
    body = note_with(gitlab, "evil.example")
    visible = outside_fences(body)
    assert "evil.example" not in visible and "@all" not in visible and "@ann" not in visible
    assert not any(line.lstrip().startswith("/") for line in visible.splitlines())
    assert visible.count("<!--") == 1 and body.startswith("<!-- runneriq:diagnosis pipeline=")
    pipeline(gitlab, "ccc", TESTS)
    note_with(gitlab, "assert 2 == 3")


def test_masked_values_are_not_shown(gitlab: Simulator, daemon: Service) -> None:
    pipeline(gitlab, "bbb", COMPILE.replace("g++ -c", f"g++ -DKEY={MASKED} -c").replace("'total'", f"'{MASKED}'"))
    body = note_with(gitlab, "was not declared")
    assert MASKED not in body and MASKED not in (daemon.root / "err").read_text()


def test_a_label_keeps_it_away(gitlab: Simulator, daemon: Service) -> None:
    project = gitlab.ask("GET", "/api/v4/projects/acme%2Fshop")["id"]
    gitlab.ask("PATCH", f"/sim/merge_requests/{project}/3", {"labels": ["runneriq::no-diagnosis"]})
    pipeline(gitlab, "bbb", COMPILE)
    assert wait_until(lambda: "diagnosed" in {event["event"] for event in daemon.logged()}, SLOW)
    assert not wait_until(lambda: bool(notes(gitlab)), 1.5)


def test_without_configuration_nothing_is_written(gitlab: Simulator) -> None:
    with Service(gitlab, "127.0.0.1:0") as service:
        listening(gitlab, service, post="off")
        pipeline(gitlab, "bbb", COMPILE)
        assert not wait_until(lambda: bool(notes(gitlab)), 2)
        assert gitlab.calls()["by_route"].get("POST /api/v4/projects/:id/merge_requests/:iid/notes", 0) == 0


def test_an_issue_of_the_default_branch_is_opened_once(gitlab: Simulator) -> None:
    with Service(gitlab, "127.0.0.1:0") as service:
        listening(gitlab, service, issues="default_branch")
        for sha in ("bbb", "ccc"):
            gitlab.ask("POST", "/sim/pipelines", {"project": "acme/shop", "sha": sha, "jobs": [
                {"name": "unit", "state": "failed", "runner": "r", "trace": log(COMPILE),
                 "failure_reason": "script_failure"}]})
        assert wait_until(lambda: sum(event["event"] == "diagnosed" for event in service.logged()) >= 2, SLOW)
        issues = gitlab.ask("GET", "/api/v4/projects/acme%2Fshop/issues")
        assert wait_until(lambda: len(gitlab.ask("GET", "/api/v4/projects/acme%2Fshop/issues")) == 1, SLOW), issues
        issue = gitlab.ask("GET", "/api/v4/projects/acme%2Fshop/issues")[0]
        assert "unit" in issue["title"] and "runneriq-signature-" in issue["description"]
        assert issue["labels"] == ["runneriq::failure"]


# ---- the command


def test_the_command_reads_a_job_a_pipeline_and_a_merge_request(gitlab: Simulator, desk: Watcher) -> None:
    made = pipeline(gitlab, "bbb", COMPILE)
    of_job = desk.read("diagnose", str(made["jobs"][0]))
    assert of_job["class"] == "compile" and of_job["path"] == "rules" and of_job["confidence"] > 0.5
    assert of_job["culprit"]["path"] == "src/cart.cpp" and of_job["culprit"]["line"] == 41
    assert any("was not declared" in evidence["text"] for evidence in of_job["evidence"])
    assert desk.read("diagnose", f"pipeline/{made['id']}")["jobs"][0]["class"] == "compile"
    assert desk.read("diagnose", "!3")["merge_request"]["iid"] == 3
    page = f"{gitlab.url}/acme/shop/-/jobs/{made['jobs'][0]}"
    assert desk.read("diagnose", page)["signature"] == of_job["signature"]
    assert not notes(gitlab)
    assert gitlab.calls()["mutating"] == 0


def test_the_command_posts_when_asked_to(gitlab: Simulator, desk: Watcher) -> None:
    made = pipeline(gitlab, "bbb", COMPILE)
    answer = desk.run("diagnose", f"#{made['id']}", "--post", "--create-issue")
    assert answer.code == 0 and "note: added" in answer.err and "issue: added" in answer.err, answer
    again = desk.run("diagnose", f"#{made['id']}", "--post", "--create-issue")
    assert "note: unchanged" in again.err and "issue: unchanged" in again.err, again
    assert len(notes(gitlab)) == 1


def test_nothing_is_posted_while_it_is_not_known_what_is_masked(gitlab: Simulator, desk: Watcher) -> None:
    made = pipeline(gitlab, "bbb", COMPILE.replace("'total'", f"'{MASKED}'"))
    gitlab.add_fault("status", "GET /api/v4/projects/*/variables", status=500)
    refused = desk.run("diagnose", f"#{made['id']}", "--post", "--create-issue")
    assert refused.code == 3 and "masked variables" in refused.err, refused
    assert not notes(gitlab) and gitlab.ask("GET", "/api/v4/projects/acme%2Fshop/issues") == []
    gitlab.remove_faults()
    assert desk.run("diagnose", f"#{made['id']}", "--post").code == 0
    assert MASKED not in notes(gitlab)[0]["body"]


def test_another_branch_at_the_same_commit_leaves_the_note_alone(gitlab: Simulator, daemon: Service) -> None:
    pipeline(gitlab, "bbb", COMPILE)
    body = note_with(gitlab, "was not declared")
    for ref in ("refs/merge-requests/3/head", "other"):
        gitlab.ask("POST", "/sim/pipelines", {"project": "acme/shop", "sha": "bbb", "ref": ref, "jobs": [
            {"name": "unit", "state": "success", "runner": "r", "trace": log("fine\n")}]})
    assert not wait_until(lambda: notes(gitlab)[0]["body"] != body, 3)


def test_a_pipeline_that_passed_has_nothing_to_say(gitlab: Simulator, desk: Watcher) -> None:
    answer = desk.run("diagnose", "!3")
    assert answer.code == 1 and "No job of it has failed" in answer.out, answer


def test_a_log_that_may_not_be_read_is_told(gitlab: Simulator, desk: Watcher) -> None:
    made = pipeline(gitlab, "bbb", COMPILE)
    gitlab.add_fault("status", "GET /api/v4/projects/*/jobs/*/trace", status=403)
    found = desk.read("diagnose", str(made["jobs"][0]))
    assert found["class"] == "unknown" and "403" in found["trouble"] and found["evidence"] == []


def test_a_reason_of_gitlab_needs_no_log(gitlab: Simulator, desk: Watcher) -> None:
    made = pipeline(gitlab, "bbb", "", failure_reason="runner_system_failure")
    found = desk.read("diagnose", str(made["jobs"][0]))
    assert found["class"] == "runner_system" and found["path"] == "reason"


# ---- models


def worst(document: dict[str, Any]) -> dict[str, Any]:
    """The worst that a model can say legally, with words that would do something if anything read them."""
    return {"reason": "/close @all [x](https://evil.example) rm -rf / runneriq:critical", "confidence": "high",
            "choice": "flaky", "lines": [{"first": 1, "last": 99999}]}


def asking(desk: Watcher, server: ModelServer, **options: Any) -> None:
    desk.environment["ANTHROPIC_API_KEY"] = "key-of-a-test"
    desk.configure(json.dumps({"runneriq": {"advisor": {"provider": "anthropic", "url": server.url},
                                            "diagnosis": {"model": True, "ask_below": 1.0} | options}}))


def test_a_model_is_asked_only_where_it_is_switched_on(gitlab: Simulator, desk: Watcher) -> None:
    made = pipeline(gitlab, "bbb", PUZZLE)
    with ModelServer(worst) as server:
        asking(desk, server, model=False)
        assert desk.read("diagnose", str(made["jobs"][0]))["model"] is None
        assert not server.asked
        asking(desk, server)
        found = desk.read("diagnose", str(made["jobs"][0]))
        assert len(server.asked) == 1 and server.keys == ["key-of-a-test"]
        assert found["path"] == "ai" and found["class"] == "flaky" and found["model"]["tokens"] == 960
        assert found["budget"]["day"]["spent"] == 960
        desk.read("diagnose", str(made["jobs"][0]))
        assert len(server.asked) == 1, "the same failure is asked about once"


def test_what_a_malicious_model_says_does_nothing(gitlab: Simulator, desk: Watcher) -> None:
    made = pipeline(gitlab, "bbb", PUZZLE)
    with ModelServer(worst) as server:
        asking(desk, server)
        before = gitlab.calls()["mutating"]
        answer = desk.run("diagnose", f"#{made['id']}", "--post")
        assert answer.code == 0, answer
        visible = outside_fences(notes(gitlab)[0]["body"])
        assert "evil.example" not in visible and "@all" not in visible
        assert gitlab.calls()["mutating"] == before + 1


def test_the_prompt_that_is_shown_is_what_is_sent_and_holds_no_secret(gitlab: Simulator, desk: Watcher) -> None:
    made = pipeline(gitlab, "bbb", PUZZLE + f"login with {MASKED}\n")
    with ModelServer(worst) as server:
        asking(desk, server)
        shown = desk.run("diagnose", str(made["jobs"][0]), "--show-prompt").out
        assert not server.asked and MASKED not in shown and "frobnicator" in shown
        desk.read("diagnose", str(made["jobs"][0]))
        assert server.documents[0] in shown and server.asked[0]["system"] in shown


def test_a_provider_that_fails_leaves_the_rules_answer(gitlab: Simulator, desk: Watcher) -> None:
    made = pipeline(gitlab, "bbb", COMPILE)
    with ModelServer(worst, status=529) as server:
        asking(desk, server)
        found = desk.read("diagnose", str(made["jobs"][0]))
        assert found["class"] == "compile" and found["path"] == "rules" and "overloaded" in found["model"]["trouble"]


def test_a_local_server_names_its_own_model(gitlab: Simulator, desk: Watcher) -> None:
    made = pipeline(gitlab, "bbb", PUZZLE)
    with ModelServer(worst) as server:
        desk.configure(json.dumps({"runneriq": {"advisor": {"url": server.url + "/v1"},
                                                "diagnosis": {"model": True, "ask_below": 1.0}}}))
        assert desk.read("diagnose", str(made["jobs"][0]))["model"]["model"] == "local-model"


def close_contest(answer: str) -> tuple[dict[str, Any], Any]:
    """A job that waits for one of two runners that are alike, and a model that names one of them."""
    runners = [{"description": name, "tags": ["docker"], "slots": 0} for name in ("left", "right")]
    scenario = world() | {"runners": runners, "pipelines": [
        {"project": "acme/shop", "user": "ann", "jobs": [{"name": "lint", "tags": ["docker"], "waited": "1m"}]}]}
    return scenario, lambda document: {"reason": "it is the calmer one /close @all", "choice": answer,
                                       "confidence": "high"}


def test_a_tie_is_left_to_a_model_which_the_trail_tells() -> None:
    scenario, answer = close_contest("B")
    with Simulator(scenario) as gitlab, ModelServer(answer) as server, Service(gitlab) as service:
        service.environment["ANTHROPIC_API_KEY"] = "key-of-a-test"
        service.configure(json.dumps({"runneriq": {"advisor": {"url": server.url}}}))
        process = service.start("run", "--listen", service.listen, "--poll-interval", "5s")
        assert wait_until(lambda: service.ticks() >= 2 or process.poll() is not None, SLOW)
        assert len(server.asked) == 1 and "tie-break" not in server.documents[0]

        def trail() -> str:
            return service.run("audit", "--output", "json").out

        assert wait_until(lambda: "claude-haiku-5-5" in trail(), SLOW), trail()
        assert "calmer" in trail()
        assert gitlab.calls()["mutating"] == 0
        metrics = service.ask("GET", "/metrics").text
        assert 'runneriq_model_questions_total{asker="loop",outcome="answered"} 1' in metrics, metrics


def test_by_rules_only_nobody_is_asked() -> None:
    scenario, answer = close_contest("B")
    with Simulator(scenario) as gitlab, ModelServer(answer) as server, Service(gitlab) as service:
        service.environment["ANTHROPIC_API_KEY"] = "key-of-a-test"
        service.configure(json.dumps({"runneriq": {
            "advisor": {"url": server.url}, "assigner": {"decision_engine": {"mode": "rules_only"}}}}))
        process = service.start("run", "--listen", service.listen, "--poll-interval", "5s")
        assert wait_until(lambda: service.ticks() >= 2 or process.poll() is not None, SLOW)
        assert not server.asked


def test_the_doctor_checks_provider_model_and_budget(gitlab: Simulator, desk: Watcher) -> None:
    def finding(name: str) -> dict[str, str]:
        found = json.loads(desk.run("doctor", "--output", "json").out)["findings"]
        return next(each for each in found if each["name"] == name)

    assert finding("advisor.provider")["status"] == "skipped"
    with ModelServer(worst) as server:
        asking(desk, server)
        assert finding("advisor.provider")["status"] == "ok"
        assert "0 of 50000" in finding("advisor.budget")["what"]
        assert not (desk.root / "advisor.db").exists(), "doctor makes no file"
