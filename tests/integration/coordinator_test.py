"""The coordinator by itself, with urllib in the place of the runner."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message

import pytest

from coordinator import Coordinator
from job_spec import JobSpec


@pytest.fixture
def gitlab() -> Iterator[Coordinator]:
    with Coordinator() as coordinator:
        yield coordinator


def send(gitlab: Coordinator, method: str, path: str, data: bytes,
         headers: dict[str, str] | None = None) -> tuple[int, Message, bytes]:
    request = urllib.request.Request(f"{gitlab.url}/api/v4/{path}", data, headers or {}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def ask(gitlab: Coordinator, token: str = "glrt-test") -> tuple[int, Message, bytes]:
    return send(gitlab, "POST", "jobs/request", json.dumps({"token": token, "info": {}}).encode())


def put(gitlab: Coordinator, job: int, **members: object) -> tuple[int, Message, bytes]:
    body = json.dumps({"token": f"job-token-{job}", **members}).encode()
    return send(gitlab, "PUT", f"jobs/{job}", body, {"JOB-TOKEN": f"job-token-{job}"})


def patch(gitlab: Coordinator, job: int, span: str, data: bytes, token: str = "") -> tuple[int, Message, bytes]:
    headers = {"JOB-TOKEN": token or f"job-token-{job}", "Content-Range": span, "Content-Type": "text/plain"}
    return send(gitlab, "PATCH", f"jobs/{job}/trace?debug_trace=false", data, headers)


def test_jobs_are_handed_out_once_in_their_order(gitlab: Coordinator) -> None:
    for number in (5, 3):
        gitlab.offer(JobSpec(number))
    answers = [ask(gitlab) for _ in range(3)]
    assert [status for status, _, _ in answers] == [201, 201, 204]
    assert [json.loads(body)["id"] for _, _, body in answers[:2]] == [5, 3]
    assert answers[0][1]["Content-Type"] == "application/json"


def test_a_runner_without_token_is_refused(gitlab: Coordinator) -> None:
    gitlab.offer(JobSpec(1))
    assert ask(gitlab, token="")[0] == 403


def test_the_final_state_is_kept(gitlab: Coordinator) -> None:
    gitlab.offer(JobSpec(1))
    ask(gitlab)
    assert put(gitlab, 1, state="running")[0] == 200
    assert put(gitlab, 1, state="failed", failure_reason="script_failure", exit_code=42)[0] == 200
    job = gitlab.wait_for_end(1, timeout=1)
    assert (job.state, job.failure_reason, job.exit_code) == ("failed", "script_failure", 42)
    put(gitlab, 1, state="success")
    assert gitlab.jobs[1].state == "failed"


def test_the_log_grows_and_a_gap_is_answered_with_the_right_offset(gitlab: Coordinator) -> None:
    gitlab.offer(JobSpec(1))
    assert patch(gitlab, 1, "0-4", b"hello")[0] == 202
    status, headers, _ = patch(gitlab, 1, "9-9", b"x")
    assert (status, headers["Range"]) == (416, "0-5")
    status, headers, _ = patch(gitlab, 1, "5-6", b" w")
    assert (status, headers["Range"], headers["Job-Status"]) == (202, "0-7", "running")
    assert gitlab.log_of(1) == "hello w"


@pytest.mark.parametrize(("span", "token", "expected"), [
    ("bytes 0-4", "", 400), ("0-3", "", 400), ("", "", 400), ("0-4", "wrong", 403)])
def test_a_bad_patch_is_refused(gitlab: Coordinator, span: str, token: str, expected: int) -> None:
    gitlab.offer(JobSpec(1))
    assert patch(gitlab, 1, span, b"hello", token)[0] == expected


def test_a_cancel_is_told_in_every_answer(gitlab: Coordinator) -> None:
    gitlab.offer(JobSpec(1))
    gitlab.cancel(1)
    assert put(gitlab, 1, state="running")[1]["Job-Status"] == "canceling"
    gitlab.cancel(1, "canceled")
    assert patch(gitlab, 1, "0-0", b"x")[1]["Job-Status"] == "canceled"


def test_unknown_jobs_and_paths_and_bad_json_are_refused(gitlab: Coordinator) -> None:
    assert put(gitlab, 9, state="running")[0] == 404
    assert patch(gitlab, 9, "0-0", b"x")[0] == 404
    assert send(gitlab, "POST", "nothing", b"{}")[0] == 404
    assert send(gitlab, "POST", "jobs/request", b"{")[0] == 400


def test_a_wait_that_is_too_long_says_so(gitlab: Coordinator) -> None:
    gitlab.offer(JobSpec(1))
    with pytest.raises(TimeoutError, match="job 1 is pending"):
        gitlab.wait_for_end(1, timeout=0.05)
