"""What runneriq makes of bad input: configuration, snapshots, hostile names, a GitLab that refuses, odd outputs."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import shutil
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from typing import Any

import pytest

from fleet import Answer, Simulator, Watcher, program
from host import wait_until
from tls_front import TlsFront

READERS = [("run", "--once"), ("status",), ("queue",), ("explain", "1049")]


@pytest.fixture(scope="module")
def gitlab() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def watcher(gitlab: Simulator) -> Iterator[Watcher]:
    with Watcher(gitlab) as one:
        yield one


@pytest.fixture
def alone() -> Iterator[Watcher]:
    """Without GitLab and without a token."""
    with Watcher() as one:
        yield one


def bytes_of(watcher: Watcher, *arguments: str, stdin: bytes = b"", timeout: float = 20) -> tuple[int, bytes, bytes]:
    done = subprocess.run([program("RUNNERIQ"), *arguments], input=stdin, capture_output=True, timeout=timeout,
                          env=watcher.environment, cwd=watcher.root, check=False)
    return done.returncode, done.stdout, done.stderr


# ---- doctor --------------------------------------------------------------------------------------------------------


def findings(answer: Answer) -> dict[str, dict[str, str]]:
    return {one["name"]: one for one in answer.document["findings"]}


def failed(answer: Answer) -> dict[str, dict[str, str]]:
    """What failed; each must have a remedy."""
    found = [one for one in answer.document["findings"] if one["status"] == "fail"]
    assert all(one["what"] and one["remedy"] for one in found), found
    assert answer.document["failed"] == len(found)
    return {one["name"]: one for one in found}


def doctor(watcher: Watcher, code: int, **environment: str) -> Answer:
    answer = watcher.run("doctor", "--output", "json", **environment)
    assert answer.code == code, answer
    return answer


def test_doctor_finds_nothing_where_all_is_fine(watcher: Watcher) -> None:
    answer = doctor(watcher, 0)
    assert {one["name"]: one["status"] for one in answer.document["findings"] if one["status"] != "ok"} == {
        "advisor.provider": "skipped", "alerting.receivers": "skipped", "alerting.webhook": "skipped",
        "carbon": "skipped", "lanes": "skipped"}
    assert {"configuration", "gitlab", "token.scopes", "runners", "state"} <= findings(answer).keys()


def test_doctor_names_the_scope_that_the_token_lacks(gitlab: Simulator, watcher: Watcher) -> None:
    gitlab.ask("POST", "/sim/tokens", {"token": "glpat-noscope", "scopes": ["read_user"]})
    found = failed(doctor(watcher, 1, GITLAB_TOKEN="glpat-noscope"))
    assert any("read_api" in one["what"] for one in found.values()), found
    assert any("read_api" in one["remedy"] for one in found.values())
    assert watcher.run("run", "--once", GITLAB_TOKEN="glpat-noscope").code == 3


@pytest.mark.parametrize("token", ["glpat-expired", "glpat-unknown"])
def test_doctor_says_that_a_token_is_expired_or_unknown(gitlab: Simulator, watcher: Watcher, token: str) -> None:
    if token == "glpat-expired":
        gitlab.ask("POST", "/sim/tokens", {"token": token, "scopes": ["read_api"], "expires_at": "2020-01-01T00:00:00Z"})
    found = failed(doctor(watcher, 1, GITLAB_TOKEN=token))
    assert "expired" in found["token"]["what"] and "GITLAB_TOKEN" in found["token"]["remedy"]


WRONG_URLS = ["http://127.0.0.1:1", "http://gitlab.invalid", "GITLAB/nowhere"]


@pytest.mark.parametrize("url", WRONG_URLS)
def test_doctor_and_readers_say_that_the_address_is_wrong(gitlab: Simulator, watcher: Watcher, url: str) -> None:
    url = url.replace("GITLAB", gitlab.url)
    found = failed(doctor(watcher, 1, GITLAB_URL=url))
    assert url in found["gitlab"]["what"] and "gitlab.url" in found["gitlab"]["remedy"]
    for command in READERS if "nowhere" in url else READERS[:1]:  # those that cannot connect try again for a while
        answer = watcher.run(*command, GITLAB_URL=url)
        assert (answer.code, answer.out) == (3, ""), answer
        assert url in answer.err


def test_doctor_without_a_token_or_a_gitlab(watcher: Watcher, alone: Watcher) -> None:
    assert "GITLAB_TOKEN" in failed(doctor(watcher, 1, GITLAB_TOKEN=""))["token"]["remedy"]
    assert "GITLAB_URL" in failed(doctor(alone, 1))["gitlab"]["remedy"]


def test_doctor_tells_of_a_bad_configuration_and_a_state_that_cannot_be_kept(watcher: Watcher) -> None:
    file = watcher.configure("runneriq:\n  monitor: {stuck_aftr: 1h}\n")
    assert f"{file}:2" in failed(doctor(watcher, 1))["configuration"]["what"]
    watcher.configure("")
    (watcher.root / "file").write_text("")
    told = findings(doctor(watcher, 0, RUNNERIQ_STATE=str(watcher.root / "file" / "state.db")))["state"]
    assert told["status"] == "warn" and told["remedy"]


def test_doctor_does_not_propose_another_folder_for_a_state_file_of_a_newer_program(watcher: Watcher) -> None:
    watcher.read("audit")
    subprocess.run(["/usr/bin/python3", "-c", "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]);"
                    "c.execute('PRAGMA user_version = 99'); c.close()", str(watcher.state)], check=True, timeout=10)
    told = findings(doctor(watcher, 1))["state"]
    assert told["status"] == "fail", told
    assert "upgrade" in told["what"] + told["remedy"] and "writable" not in told["remedy"], told


def test_a_self_signed_certificate_is_refused_and_accepted_with_its_authority(gitlab: Simulator,
                                                                              watcher: Watcher) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    with TlsFront(gitlab.url, watcher.root) as front:
        watcher.environment["GITLAB_URL"] = front.url
        refused = watcher.run("run", "--once")
        assert refused.code == 3 and "certificate" in refused.err, refused
        told = failed(doctor(watcher, 1))["gitlab"]
        assert "certificate" in told["what"] and "gitlab.ca_file" in told["remedy"]
        watcher.configure(f"runneriq:\n  gitlab: {{ca_file: {front.certificate}}}\n")
        doctor(watcher, 0)
        assert watcher.tick()["analyzer"]["jobs"]


def test_a_certificate_of_another_name_is_refused_even_with_its_authority(gitlab: Simulator, watcher: Watcher) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    with TlsFront(gitlab.url, watcher.root, name="DNS:other.example.com") as front:
        watcher.environment["GITLAB_URL"] = front.url
        watcher.configure(f"runneriq:\n  gitlab: {{ca_file: {front.certificate}}}\n")
        assert watcher.run("run", "--once").code == 3


# ---- exit codes ----------------------------------------------------------------------------------------------------

USAGE = [(), ("frobnicate",), ("run", "--frobnicate"), ("run", "more"), ("explain",), ("explain", "abc"),
         ("explain", "-1"), ("run", "--once", "--output"), ("run", "--once", "--output", "xml"),
         ("run", "--once", "--mode", "half"), ("run", "--once", "--poll-interval", "1s"), ("run", "--execute"),
         ("run", "--once", "--mock", "--snapshot", "-"), ("run", "--snapshot", "-"), ("run", "--once", "--pipeline", "x"),
         ("audit", "--since", "yesterday"), ("audit", "--job", "x"), ("config", "frob"), ("completion", "tcsh"),
         ("run", "--once", "--snapshot", "/nowhere"), ("status", "--config", "/nowhere")]


@pytest.mark.parametrize("words", USAGE, ids=lambda words: " ".join(words) or "nothing")
def test_a_command_line_that_is_wrong_ends_with_two_and_one_line(alone: Watcher, words: tuple[str, ...]) -> None:
    answer = alone.run(*words)
    assert (answer.code, answer.out) == (2, ""), answer
    assert re.fullmatch(r"runneriq: .+\n", answer.err), answer.err


def test_fine_is_zero_and_an_unknown_job_is_one(watcher: Watcher) -> None:
    for command in [*READERS, ("config", "show"), ("config", "check"), ("audit",), ("audit", "verify"), ("--help",),
                    ("--version",), ("man",), ("completion", "bash")]:
        assert watcher.run(*command).code == 0, command
    unknown = watcher.run("explain", "999999")
    assert unknown.code == 1 and "999999" in unknown.err


# ---- configuration -------------------------------------------------------------------------------------------------

BOMB = "runneriq:\n  a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"  {new}: &{new} [{','.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True))

# name: the file, what must be told (the place and a word)
BAD_FILES: dict[str, tuple[bytes, str]] = {
    "twice_in_a_mapping": (b"runneriq:\n  monitor:\n    poll_interval: 9s\n    poll_interval: 8s\n", r":.*4.*second time"),
    "a_section_twice": (b"runneriq:\n  monitor: {poll_interval: 9s}\n  monitor: {poll_interval: 9s}\n", r":.*3.*second"),
    "unknown_option": (b"runneriq:\n  monitor:\n    poll_intervall: 9s\n", r":3: .*monitor\.poll_interval'"),
    "unknown_section": (b"runneriq:\n  monitr:\n    poll_interval: 9s\n", r":(2|3): .*'monitor'"),
    "unknown_top_key": (b"runnerik:\n  monitor: {}\n", r":.*1.*runneriq"),
    "tabs": (b"runneriq:\n\tmonitor:\n\t\tpoll_interval: 9s\n", r":.*2.*tab"),
    "alias_bomb": (BOMB.encode(), r":.*2.*anchors"),
    "self_reference": (b"runneriq: &a\n  monitor: *a\n", r":.*1.*anchors"),
    "scalar_of_a_megabyte": (b"runneriq:\n  gitlab:\n    project: " + b"x" * 1_000_000 + b"\n", r":.*3.*longer"),
    "file_of_two_megabytes": (b"#" * 2_000_000, r":.*larger"),
    "deep": (b"[" * 100_000, r":.*1.*"),
    "deep_mapping": (b"runneriq: " + b"{a: " * 50_000, r":.*1.*"),
    "binary": (bytes(range(256)) * 8, r":.*1.*UTF-8"),
    "utf16": ("runneriq:\n".encode("utf-16"), r":.*1.*UTF-8"),
    "escape": (b"runneriq:\n  gitlab: {project: \"\\e[2J\x1b[2J\"}\n", r":.*2"),
    "list": (b"- 1\n- 2\n", r":.*1.*list"),
    "scalar": (b"runneriq: 3\n", r":.*1"),
    "token": (b"runneriq:\n  gitlab:\n    token: glpat-WhisperedNeverWritten\n", r":3: .*gitlab\.token"),
    "out_of_range": (b"runneriq:\n  monitor: {poll_interval: 100ms}\n", r":2: .*1s"),
    "not_a_number": (b"runneriq:\n  executor: {slots: 1e3}\n", r":2: .*slots"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_configuration_is_refused_with_its_place(alone: Watcher, name: str) -> None:
    content, told = BAD_FILES[name]
    file = alone.root / "bad.yaml"
    file.write_bytes(content)
    started = time.monotonic()
    code, out, err = bytes_of(alone, "config", "check", "--config", "bad.yaml")
    assert time.monotonic() - started < 3
    assert (code, err) == (2, b""), (out[:300], err[:300])
    assert re.search(r"bad\.yaml" + told, out.decode()), out[:500]
    assert len(out) < 4000 and b"\x1b" not in out and b"Whispered" not in out
    assert bytes_of(alone, "run", "--once", "--mock", "--config", "bad.yaml")[0] == 2
    json.loads(bytes_of(alone, "config", "check", "--config", "bad.yaml", "--output", "json")[1])


def test_all_problems_are_told_at_once_also_those_of_variables(alone: Watcher) -> None:
    alone.configure("runneriq:\n  monitor: {poll_interval: 1ms, stuck_aftr: 2h}\n  log: {level: loud}\n")
    answer = alone.run("config", "check", RUNNERIQ_GITLAB_GRAPHQL="maybe")
    assert answer.code == 2
    for word in ("poll_interval", "stuck_after", "loud", "RUNNERIQ_GITLAB_GRAPHQL"):
        assert word in answer.out, answer.out


def test_a_number_that_may_be_octal_is_refused(alone: Watcher) -> None:
    """YAML 1.1 reads eight, YAML 1.2 ten."""
    alone.configure("runneriq:\n  executor: {slots: 010}\n")
    answer = alone.run("config", "check")
    assert answer.code == 2
    assert "'010' begins with 0, which may mean an octal number: write it without" in answer.out


@pytest.mark.parametrize("file", ["/", "/nowhere/runneriq.yaml", "/dev/zero"])
def test_a_configuration_that_is_no_file_is_refused(alone: Watcher, file: str) -> None:
    for command in (("config", "check"), ("run", "--once", "--mock")):
        answer = alone.run(*command, "--config", file)
        assert answer.code == 2 and file in answer.out + answer.err, answer


def test_config_show_says_where_each_value_comes_from(alone: Watcher) -> None:
    file = alone.configure("runneriq:\n  monitor:\n    poll_interval: 40s\n    stuck_after: 2h\n  log: {level: error}\n")
    options = alone.read("config", "show", RUNNERIQ_LOG_LEVEL="debug", GITLAB_TOKEN="glpat-WhisperedNeverWritten")
    shown = {one["key"]: (one["value"], one["layer"], one["where"]) for one in options["options"]}
    assert shown["monitor.poll_interval"] == ("40s", "file", f"{file}:3")
    assert shown["monitor.stuck_after"][1:] == ("file", f"{file}:4")
    assert shown["log.level"] == ("debug", "environment", "RUNNERIQ_LOG_LEVEL")
    assert shown["monitor.contact_limit"][1] == "default"
    assert "Whispered" not in json.dumps(options)


# ---- hostile text --------------------------------------------------------------------------------------------------

HOSTILE = ("\x1b[2J\x1b]0;owned\x07", "line\nbreak\r\n::set", "\u202egnp.exe\u2066", "\x9b31m\x85", "x" * 65536, "\u0000",
           "\u200b\ufeff", "😀" * 300)
# A text of a terminal may hold these control characters only.
RAW = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def hostile_snapshot(text: str) -> dict[str, Any]:
    return {"now": "2025-03-01T03:00:00Z", "gitlab": "https://gitlab.example.com",
            "runners": [{"id": 3, "description": text, "tags": [text, "docker"], "zone": text, "max_jobs": 2},
                        {"id": 4, "description": text + "b", "tags": ["docker", text], "max_jobs": 2}],
            "jobs": [{"id": 7 + n, "project_id": 42, "project_path": text, "name": text, "stage": text, "ref": text,
                      "default_branch": text, "tags": ["docker", text], "user": text, "wish": text,
                      "merge_request": {"target_branch": text, "labels": [text]}} for n in range(2)],
            "degraded": [text], text[:40]: 1}


def assert_is_harmless(out: bytes, err: bytes) -> None:
    for text in (out.decode(), err.decode()):
        found = RAW.search(text)
        assert found is None, (found, text[max(0, found.start() - 60):found.start() + 20])


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:20])
def test_hostile_names_of_a_snapshot_are_shown_harmlessly(alone: Watcher, text: str) -> None:
    document = json.dumps(hostile_snapshot(text)).encode()
    for command in [("run", "--once"), ("status",), ("queue",), ("explain", "7")]:
        code, out, err = bytes_of(alone, *command, "--snapshot", "-", stdin=document)
        assert code == 0, err[:300]
        assert_is_harmless(out, err)
        code, out, err = bytes_of(alone, *command, "--snapshot", "-", "--output", "json", stdin=document)
        assert code == 0
        json.loads(out.decode())
        assert_is_harmless(b"", err)


def test_text_of_a_snapshot_that_is_no_utf8_is_refused_or_mended(alone: Watcher) -> None:
    document = json.dumps(hostile_snapshot("HERE")).encode().replace(b"HERE", b"\xff\xc3\x28\xed\xa0\x80")
    for form in ("text", "json"):
        code, out, err = bytes_of(alone, "run", "--once", "--snapshot", "-", "--output", form, stdin=document)
        assert code in (0, 2)
        assert_is_harmless(out if form == "text" else b"", err)
        out.decode()


def hostile_scenario() -> dict[str, Any]:
    evil = "\x1b[2J\nevil\u202e" + "y" * 2000
    return {"start": "2025-03-01T03:00:00Z",
            "runners": [{"description": evil, "tags": ["docker", "\x1b[31mtag"], "slots": 0}],
            "projects": [{"path": "acme/shop"}],
            "pipelines": [{"project": "acme/shop", "ref": "feature/\x1b]0;owned\x07",
                           "jobs": [{"name": evil, "stage": "\x1b[1m", "tags": ["docker"], "waited": "5m"},
                                    {"name": "stuck" + evil, "tags": ["docker"], "state": "running", "ran": "3h",
                                     "runner": evil}]}]}


def test_hostile_names_of_gitlab_are_shown_harmlessly_and_logged_as_json() -> None:
    with Simulator(hostile_scenario()) as gitlab, Watcher(gitlab) as watcher:
        job = str(watcher.tick()["analyzer"]["jobs"][0]["id"])
        for command in [("run", "--once"), ("status",), ("queue",), ("explain", job), ("doctor",)]:
            assert_is_harmless(*bytes_of(watcher, *command)[1:])
        daemon = watcher.start("run")
        assert watcher.wait_for_ticks(1)
        daemon.terminate()
        assert daemon.wait(5) == 0
        lines = (watcher.root / "err").read_bytes()
        assert_is_harmless(b"", lines)
        assert all(json.loads(line) for line in lines.splitlines())
        listing = bytes_of(watcher, "audit")[1]
        assert b"recommendation" in listing
        assert_is_harmless(listing, b"")


def test_hostile_answers_of_gitlab_are_told_harmlessly(watcher: Watcher) -> None:
    for fault in ({"kind": "status", "status": 500, "body": "html"}, {"kind": "garbage"}, {"kind": "empty_page"},
                  {"kind": "redirect", "location": "http://evil.invalid/\x1b[2J"}):
        with Simulator() as broken:
            broken.add_fault(**fault)
            code, out, err = bytes_of(watcher_of(watcher, broken), "run", "--once")
        assert code in (0, 3), err
        assert_is_harmless(out, err)


def watcher_of(watcher: Watcher, gitlab: Simulator) -> Watcher:
    watcher.environment |= {"GITLAB_URL": gitlab.url, "GITLAB_TOKEN": gitlab.token}
    return watcher


# ---- snapshots -----------------------------------------------------------------------------------------------------

JOB = {"id": 1, "name": "a"}
BAD_SNAPSHOTS: dict[str, tuple[Any, str]] = {
    "nothing": (b"", "JSON"),
    "half": (b'{"jobs": [', "JSON"),
    "null": (b"null", ""),
    "number": (b"17", ""),
    "list": (b"[]", ""),
    "jobs_no_list": ({"jobs": 3}, "jobs"),
    "job_no_object": ({"jobs": [JOB, 7]}, r"jobs\[1\]"),
    "text_for_number": ({"jobs": [JOB, {"queued_seconds": "long"}]}, r"jobs\[1\]\.queued_seconds"),
    "negative": ({"jobs": [{"queued_seconds": -1}]}, r"jobs\[0\]\.queued_seconds"),
    "huge": (b'{"jobs": [{"queued_seconds": 1e400}]}', "queued_seconds|JSON"),
    "text_for_truth": ({"runners": [{"paused": "yes"}]}, r"runners\[0\]\.paused"),
    "number_for_text": ({"runners": [{"description": 3}]}, r"runners\[0\]\.description"),
    "tags_no_list": ({"runners": [{"tags": "docker"}]}, r"runners\[0\]\.tags"),
    "unknown_role": ({"jobs": [{"role": "emperor"}]}, r"jobs\[0\]\.role"),
    "bad_time": ({"now": "yesterday"}, "now"),
    "job_twice": ({"jobs": [JOB, JOB]}, "jobs: the id 1 "),
    "runner_twice": ({"runners": [{"id": 5}, {"id": 5}]}, "runners: the id 5 "),
    "history_not_there": ({"jobs": [{"history": 4}]}, r"jobs\[0\]\.history"),
    "deep": (b"[" * 100_000, "deep"),
    "deep_and_closed": (b'{"jobs":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "deep"),
    "deep_objects": (b'{"jobs":' * 100_000, "deep"),
    "deep_behind_a_text": (b'{"a\\\\":"]\\"}","jobs":' + b"[" * 40 + b"]" * 40 + b"}", "deep"),
}


@pytest.mark.parametrize("name", BAD_SNAPSHOTS)
def test_a_bad_snapshot_is_refused_with_its_place(alone: Watcher, name: str) -> None:
    content, told = BAD_SNAPSHOTS[name]
    document = content if isinstance(content, bytes) else json.dumps(content).encode()
    code, out, err = bytes_of(alone, "run", "--once", "--snapshot", "-", stdin=document)
    assert (code, out) == (2, b""), err[:300]
    assert re.search(told, err.decode()) and len(err) < 1000, err[:300]
    (alone.root / "file.json").write_bytes(document)
    assert bytes_of(alone, "run", "--once", "--snapshot", "file.json")[::2] == (code, err)


@pytest.mark.parametrize("block", [b"\0", b"[", b'{"jobs":[]}', b" "], ids=ascii)
def test_two_hundred_megabytes_of_junk_are_refused_quickly(alone: Watcher, block: bytes) -> None:
    junk = alone.root / "junk"
    with junk.open("wb") as file:
        for _ in range(200):
            file.write(block * (1_000_000 // len(block)))
    started = time.monotonic()
    assert bytes_of(alone, "run", "--once", "--snapshot", "junk", timeout=15)[0] == 2
    assert time.monotonic() - started < 8


@pytest.mark.parametrize("document", [{}, {"jobs": []}, {"runners": []}, {"jobs": [{}]}, {"runners": [{}]},
                                      {"jobs": [{"name": "[{" * 50 + '"[' + "\\"}]},
                                      {"jobs": [{"tags": None, "role": None}], "runners": [{"tags": None}], "x": 1}],
                         ids=json.dumps)
def test_a_fleet_with_little_or_nothing_in_it_is_a_fleet(alone: Watcher, document: dict[str, Any]) -> None:
    text = json.dumps(document)
    decided = alone.tick("--snapshot", "-", stdin=text)
    assert len(decided["assigner"]["assignments"]) == len(document.get("jobs", []))
    assert len(decided["monitor"]["runners"]) == len(document.get("runners", []))
    assert any("x" in sentence for sentence in decided["degraded"]) == ("x" in document)
    for command in (("run", "--once"), ("status",), ("queue",)):
        assert alone.run(*command, "--snapshot", "-", stdin=text).code == 0


# ---- outputs -------------------------------------------------------------------------------------------------------

PRINTING = [("run", "--once", "--mock"), ("run", "--once", "--mock", "--output", "json"), ("queue", "--mock"),
            ("config", "show"), ("--help",), ("run", "--help"), ("--version",), ("completion", "bash"), ("man",)]


@pytest.mark.parametrize("words", PRINTING, ids=" ".join)
def test_an_output_that_is_full_or_closed_is_an_error_that_is_told(alone: Watcher, words: tuple[str, ...]) -> None:
    for to in (">/dev/full", ">&-"):
        done = subprocess.run(["sh", "-c", f'"$0" "$@" {to}', program("RUNNERIQ"), *words], env=alone.environment,
                              cwd=alone.root, text=True, capture_output=True, timeout=10, check=False)
        assert done.returncode == 1, (to, done.returncode, done.stderr)
        assert "standard output" in done.stderr


def test_closed_descriptors_are_not_taken_for_files(watcher: Watcher) -> None:
    """The first files to be opened get the numbers of those that are closed: nothing may be printed into them."""
    command = '"$0" "$@" <&- >&- 2>&-'
    daemon = ("run", "--poll-interval", "5s", "--output", "json", "--save-snapshot", str(watcher.root / "saved.json"))
    with subprocess.Popen(["sh", "-c", "exec " + command, program("RUNNERIQ"), *daemon], env=watcher.environment,
                          cwd=watcher.root) as process:
        saved = watcher.root / "saved.json"
        try:
            assert wait_until(saved.exists)
            process.terminate()
            assert process.wait(5) in (0, 1)
        finally:
            process.kill()
    json.loads(saved.read_text())
    assert watcher.read("audit", "verify")["verdict"] == "fine"
    assert not [path.name for path in watcher.root.iterdir() if "corrupt" in path.name]


# ---- the look ------------------------------------------------------------------------------------------------------

SHOWN = [*READERS, ("doctor",), ("--help",), ("run", "--help"), ("audit", "--help"), ("explain", "--help"),
         ("doctor", "--help"), ("config", "check", "--help"), ("completion", "--help")]


def too_wide(text: str) -> list[str]:
    return [line for line in text.splitlines() if len(line) > 80]


@pytest.mark.parametrize("words", SHOWN, ids=" ".join)
def test_text_is_eighty_columns_wide_and_plain(watcher: Watcher, words: tuple[str, ...]) -> None:
    watcher.environment["RUNNERIQ_STATE"] = "/tmp/runneriq.db/state.db"  # a path as long as the usual one
    if words == ("doctor",):
        watcher.environment["RUNNERIQ_STATE"] = str(watcher.state)
    answer = watcher.run(*words)
    assert answer.code == 0, answer
    assert too_wide(answer.out) == []
    assert "\x1b" not in answer.out + answer.err


def on_a_terminal(watcher: Watcher, *words: str, **environment: str) -> str:
    """What a terminal of 80 columns gets."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(program("RUNNERIQ"), ["runneriq", *words],
                  watcher.environment | {"TERM": "xterm-256color"} | environment)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    said = b""
    while True:
        try:
            block = os.read(terminal, 65536)
        except OSError:  # the other end is closed
            break
        if not block:
            break
        said += block
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0, said
    return said.decode()


def test_colours_come_on_a_terminal_only_and_no_color_stops_them(watcher: Watcher) -> None:
    for words in (("run", "--once"), ("queue",)):
        assert "\x1b[" in on_a_terminal(watcher, *words)
        assert "\x1b" not in on_a_terminal(watcher, *words, NO_COLOR="1")
        assert "\x1b" not in on_a_terminal(watcher, *words, TERM="dumb")
        plain = re.sub(r"\x1b\[[0-9;]*m", "", on_a_terminal(watcher, *words))
        assert "\x1b" not in plain and too_wide(plain) == []
    assert "\x1b" not in on_a_terminal(watcher, "run", "--once", "--output", "json")


# ---- completion and manual -----------------------------------------------------------------------------------------

COMPLETIONS = [("runneriq ", "status"), ("runneriq ru", "run"), ("runneriq run --sn", "--snapshot"),
               ("runneriq run --mode ", "analyze-only"), ("runneriq config ", "check"), ("runneriq queue --out", "--output"),
               ("runneriq completion ", "bash"), ("runneriq audit ", "verify")]


@pytest.mark.parametrize(("typed", "wanted"), COMPLETIONS)
def test_bash_completes(alone: Watcher, typed: str, wanted: str) -> None:
    script = """
        source completion || exit 3
        function=$(complete -p runneriq | sed 's/.*-F \\([^ ]*\\).*/\\1/')
        COMP_LINE=$1; COMP_POINT=${#1}; read -r -a COMP_WORDS <<<"$1"
        [[ $1 == *' ' ]] && COMP_WORDS+=('')
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        "$function" runneriq "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    (alone.root / "completion").write_text(alone.run("completion", "bash").out)
    done = subprocess.run(["bash", "--norc", "-c", script, "bash", typed], env=alone.environment, cwd=alone.root,
                          text=True, capture_output=True, timeout=10, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert wanted in [word.strip() for word in done.stdout.splitlines()], done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_reads_its_completion(alone: Watcher, shell: str) -> None:
    script = alone.run("completion", shell).out
    assert "runneriq" in script
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    done = subprocess.run([shell, "-n"], input=script, text=True, capture_output=True, timeout=10, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_manual_page_renders_without_warnings(alone: Watcher) -> None:
    if shutil.which("groff") is None:
        pytest.skip("groff is not installed")
    page = alone.run("man").out
    done = subprocess.run(["groff", "-man", "-ww", "-Tutf8", "-P-cbou", "-rLL=80n"], input=page, text=True,
                          capture_output=True, timeout=20, check=False)
    if "cannot load" in done.stderr or "can't open" in done.stderr:
        pytest.skip("groff has no utf8 device")
    assert (done.returncode, done.stderr) == (0, "")
    for word in ("SYNOPSIS", "explain", "GITLAB_TOKEN"):
        assert word in done.stdout
    assert too_wide(done.stdout) == []
