"""The daemon: its loop, its signals, its state file, its audit trail and its token, as a built program."""

from __future__ import annotations

import hashlib
import json
import os
import re
import resource
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fleet import Simulator, Watcher, program
from host import processes_with, wait_until

LOOP = ("run", "--poll-interval", "5s")
NOBODY = 65534
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become another user")


@pytest.fixture
def gitlab() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def watcher(gitlab: Simulator) -> Iterator[Watcher]:
    with Watcher(gitlab) as one:
        yield one


def events(watcher: Watcher, name: str) -> list[dict[str, Any]]:
    return [event for event in watcher.logged() if event["event"] == name]


def wait_for(watcher: Watcher, name: str, count: int = 1, timeout: float = 15) -> bool:
    return wait_until(lambda: len(events(watcher, name)) >= count, timeout)


def stop(process: subprocess.Popen[str], by: int = signal.SIGTERM) -> int:
    """The exit code; fails after the 2 s that a stop may take."""
    process.send_signal(by)
    return process.wait(2)


# ---- the loop ------------------------------------------------------------------------------------------------------


def test_every_line_of_the_log_is_json_and_a_tick_is_one_line(gitlab: Simulator, watcher: Watcher) -> None:
    process = watcher.start(*LOOP, "--output", "json")
    assert wait_until(lambda: len(watcher.printed()) >= 2)
    assert stop(process) == 0
    lines = [json.loads(line) for line in (watcher.root / "err").read_text().splitlines()]
    for line in lines:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"]), line
        assert line["level"] in ("debug", "info", "warning", "error"), line
        assert line["event"], line
    assert len({line["run"] for line in lines}) == 1
    assert watcher.printed()[0]["run"] == lines[0]["run"]
    assert len(events(watcher, "tick")) == len(watcher.printed())
    assert [lines[0]["event"], lines[-1]["event"]] == ["started", "stopped"]
    assert gitlab.calls()["mutating"] == 0


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_in_the_middle_of_a_slow_tick_ends_it_within_two_seconds(gitlab: Simulator, watcher: Watcher,
                                                                      by: int) -> None:
    gitlab.add_fault("latency", milliseconds=20000)
    process = watcher.start(*LOOP)
    assert wait_until(lambda: gitlab.calls()["total"] > 0)
    assert events(watcher, "tick") == []
    assert stop(process, by) == 0
    assert processes_with(str(watcher.root)) == []
    assert events(watcher, "stopped"), watcher.logged()


def test_a_stop_between_two_ticks_and_after_a_hangup_in_a_slow_tick(gitlab: Simulator, watcher: Watcher) -> None:
    idle = watcher.start(*LOOP)
    assert wait_for(watcher, "tick")
    assert stop(idle) == 0
    gitlab.add_fault("latency", milliseconds=20000)
    before = gitlab.calls()["total"]
    busy = watcher.start(*LOOP)
    assert wait_until(lambda: gitlab.calls()["total"] > before)
    busy.send_signal(signal.SIGHUP)
    assert stop(busy) == 0


def test_a_once_is_stopped_in_the_middle_too(gitlab: Simulator, watcher: Watcher) -> None:
    gitlab.add_fault("latency", milliseconds=20000)
    process = watcher.start("run", "--once")
    assert wait_until(lambda: gitlab.calls()["total"] > 0)
    process.send_signal(signal.SIGTERM)
    assert process.wait(2) != 0


def test_a_hangup_reads_poll_interval_and_log_level_anew(watcher: Watcher) -> None:
    watcher.configure("runneriq:\n  monitor: {poll_interval: 1h}\n  log: {level: warning}\n")
    process = watcher.start("run", "--output", "json")
    assert wait_until(lambda: len(watcher.printed()) == 1)
    assert watcher.logged() == []
    watcher.configure("runneriq:\n  monitor: {poll_interval: 5s}\n  log: {level: info}\n")
    process.send_signal(signal.SIGHUP)
    assert wait_until(lambda: len(watcher.printed()) >= 3, 12)
    assert events(watcher, "configuration_read")
    assert len(events(watcher, "tick")) >= 2
    assert stop(process) == 0


def test_a_hangup_with_a_bad_configuration_keeps_the_old_one_and_names_the_line(watcher: Watcher) -> None:
    file = watcher.configure("runneriq:\n  monitor:\n    poll_interval: 5s\n")
    process = watcher.start("run")
    assert wait_for(watcher, "tick")
    watcher.configure("runneriq:\n  monitor:\n    poll_interval: 1h\n    stuck_aftr: 1h\n")
    process.send_signal(signal.SIGHUP)
    assert wait_for(watcher, "configuration_refused")
    refused = events(watcher, "configuration_refused")[0]
    assert (refused["level"], refused["where"]) == ("warning", f"{file}:4")
    assert "stuck_after" in refused["why"]
    ticks = len(events(watcher, "tick"))
    assert wait_for(watcher, "tick", ticks + 2, 12)
    assert stop(process) == 0


@pytest.mark.parametrize("fresh", ["", "  gitlab: {url: URL, ca_file: /nowhere/ca.pem}\n"])
def test_a_hangup_with_a_configuration_that_cannot_be_used_keeps_the_old_one_whole(
        gitlab: Simulator, watcher: Watcher, fresh: str) -> None:
    del watcher.environment["GITLAB_URL"]
    watcher.configure(f"runneriq:\n  gitlab: {{url: '{gitlab.url}'}}\n  monitor: {{poll_interval: 5s}}\n")
    process = watcher.start("run")
    assert wait_for(watcher, "tick")
    watcher.configure("runneriq:\n  monitor: {poll_interval: 1h}\n" + fresh.replace("URL", "https://127.0.0.1:1"))
    process.send_signal(signal.SIGHUP)
    assert wait_for(watcher, "configuration_refused")
    ticks = len(events(watcher, "tick"))
    assert wait_for(watcher, "tick", ticks + 2, 12)
    assert stop(process) == 0


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_the_daemon_outlives_its_parent(watcher: Watcher) -> None:
    command = f"'{program('RUNNERIQ')}' run --poll-interval 5s >out 2>err </dev/null & echo $!"
    told = subprocess.run(["sh", "-c", command], env=watcher.environment, cwd=watcher.root, text=True,
                          capture_output=True, timeout=10, check=True)
    pid = int(told.stdout)
    try:
        assert watcher.wait_for_ticks(2)
        assert not is_gone(pid)
        os.kill(pid, signal.SIGTERM)
        assert wait_until(lambda: is_gone(pid), 2)
    finally:
        if not is_gone(pid):
            os.kill(pid, signal.SIGKILL)
    assert events(watcher, "stopped")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_gitlab_that_is_away_for_a_while_is_a_warning_and_then_a_recovery() -> None:
    where = ("--listen", f"127.0.0.1:{free_port()}")
    with Simulator(arguments=where) as before, Watcher(before) as watcher:
        process = watcher.start(*LOOP)
        assert wait_for(watcher, "tick")
        before.stop()
        assert wait_for(watcher, "degraded", timeout=20)
        assert all(event["level"] == "warning" for event in events(watcher, "degraded"))
        with Simulator(arguments=where):
            assert wait_for(watcher, "recovered", timeout=25), watcher.logged()[-3:]
            assert process.poll() is None
            assert stop(process) == 0


def test_a_gitlab_that_is_away_at_the_start_is_waited_for() -> None:
    where = ("--listen", f"127.0.0.1:{free_port()}")
    with Simulator(arguments=where) as gone, Watcher(gone) as watcher:
        gone.stop()
        process = watcher.start(*LOOP)
        assert wait_for(watcher, "tick_failed")
        assert events(watcher, "tick_failed")[0]["level"] == "warning"
        with Simulator(arguments=where):
            assert wait_for(watcher, "tick", timeout=20)
            assert stop(process) == 0


# ---- the state file ------------------------------------------------------------------------------------------------


def test_a_second_daemon_on_one_state_file_is_refused_and_told_of_the_first(watcher: Watcher) -> None:
    first = watcher.start(*LOOP)
    assert wait_for(watcher, "tick")
    second = watcher.run(*LOOP)
    assert second.code == 2, second
    assert f"process {first.pid}" in second.err and str(watcher.state) in second.err
    assert first.poll() is None


@pytest.mark.parametrize("command", [("run", "--once"), ("status",), ("queue",), ("doctor",), ("audit",)])
def test_commands_work_beside_the_daemon(watcher: Watcher, command: tuple[str, ...]) -> None:
    daemon = watcher.start(*LOOP)
    assert wait_for(watcher, "tick")
    assert watcher.read(*command)
    assert stop(daemon) == 0


def test_a_killed_daemon_leaves_the_state_file_to_the_next(watcher: Watcher) -> None:
    first = watcher.start(*LOOP)
    assert wait_for(watcher, "tick")
    first.kill()
    assert first.wait(5) == -signal.SIGKILL
    second = watcher.start(*LOOP)
    assert wait_for(watcher, "tick")
    assert stop(second) == 0
    assert watcher.read("audit", "verify")["verdict"] == "fine"


def decisions_of(document: dict[str, Any]) -> list[tuple[int, Any]]:
    return [(one["job_id"], one.get("runner_id")) for one in document["assigner"]["assignments"]]


def assert_decides_without_state(watcher: Watcher, told: str = "") -> None:
    """--once and the loop give the decisions of a sound machine, say what is wrong, and go on.

    A single look never makes a state file, and so misses none that is not there.
    """
    sound = decisions_of(watcher.tick(RUNNERIQ_STATE=str(watcher.root / "sound" / "state.db")))
    document = watcher.tick()
    assert decisions_of(document) == sound and sound
    there = Path(watcher.environment["RUNNERIQ_STATE"]).exists()
    assert not there or any(told in sentence for sentence in document["degraded"]), document["degraded"]
    process = watcher.start(*LOOP)
    assert wait_for(watcher, "tick"), (watcher.root / "err").read_text()
    assert any(told in event["what"] for event in events(watcher, "degraded")), watcher.logged()
    assert stop(process) == 0


def test_without_a_folder_for_the_state_decisions_are_made(watcher: Watcher) -> None:
    (watcher.root / "file").write_text("")
    watcher.environment["RUNNERIQ_STATE"] = str(watcher.root / "file" / "state.db")
    assert_decides_without_state(watcher)


def test_a_state_file_of_a_newer_schema_is_not_touched(watcher: Watcher) -> None:
    watcher.read("audit")
    with sqlite3.connect(watcher.state) as database:
        database.execute("PRAGMA user_version = 99")
        database.execute("PRAGMA journal_mode = DELETE")
    database.close()
    before = hashlib.sha256(watcher.state.read_bytes()).hexdigest()
    document = watcher.tick()
    assert document["assigner"]["assignments"] and any("newer" in sentence for sentence in document["degraded"])
    for arguments in (LOOP, ("run", "--once", "--execute")):
        refused = watcher.run(*arguments)
        assert refused.code == 2 and "schema 99 is newer" in refused.err and "upgrade runneriq" in refused.err, refused
    assert hashlib.sha256(watcher.state.read_bytes()).hexdigest() == before
    audit = watcher.run("audit")
    assert audit.code == 2 and "upgrade" in audit.err
    doctor = watcher.run("doctor")
    assert doctor.code == 1 and "upgrade" in doctor.out


def test_a_damaged_state_file_is_set_aside_and_that_is_said(watcher: Watcher) -> None:
    watcher.state.write_bytes(b"no database " * 500)
    process = watcher.start(*LOOP)
    assert wait_for(watcher, "tick")
    notice = events(watcher, "state_file")[0]
    assert notice["level"] == "warning" and "damaged" in notice["notice"]
    aside = [path for path in watcher.root.iterdir() if path.name.startswith("state.db.corrupt-")]
    assert len(aside) == 1 and aside[0].read_bytes() == b"no database " * 500
    assert aside[0].name in notice["notice"]
    assert stop(process) == 0
    assert watcher.read("audit")["records"]


LIMITS = [0, 40_000]


@pytest.mark.parametrize("limit", LIMITS)
def test_on_a_full_disk_decisions_are_made(watcher: Watcher, limit: int) -> None:
    """Files may not grow over the limit; output goes to pipes, which have none."""
    def preexec() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    for arguments in [("run", "--once", "--output", "json"), (*LOOP, "--output", "json")]:
        with subprocess.Popen([program("RUNNERIQ"), *arguments], env=watcher.environment, cwd=watcher.root, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=preexec) as process:
            try:
                assert process.stdout is not None and process.stderr is not None
                first = process.stdout.readline() if "--once" not in arguments else ""
                if first:
                    process.send_signal(signal.SIGTERM)
                out, err = process.communicate(timeout=15)
            finally:
                process.kill()
        assert process.returncode == 0, (process.returncode, err)
        document = json.loads(first or out)
        assert document["assigner"]["assignments"]
        assert document["degraded"] or limit > 0 or "--once" in arguments, err


@needs_root
def test_in_a_folder_that_may_only_be_read_decisions_are_made(watcher: Watcher) -> None:
    copy = shutil.copy2(program("RUNNERIQ"), watcher.root / "runneriq")
    watcher.state.parent.mkdir(parents=True, exist_ok=True)
    watcher.state.touch(mode=0o600)
    watcher.root.chmod(0o755)
    Path(copy).chmod(0o755)
    done = subprocess.run([str(copy), "run", "--once", "--output", "json"], env=watcher.environment, cwd="/",
                          user=NOBODY, group=NOBODY, extra_groups=(), text=True, capture_output=True, timeout=20,
                          check=False)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["assigner"]["assignments"] and document["degraded"]


# ---- the audit trail -----------------------------------------------------------------------------------------------


@pytest.fixture
def audited(gitlab: Simulator, watcher: Watcher) -> Watcher:
    """A fleet that a daemon has watched for two ticks, with a runner paused in between."""
    process = watcher.start(*LOOP)
    assert wait_for(watcher, "tick")
    runner = next(one for one in gitlab.state()["runners"] if one["status"] == "online" and not one["paused"])
    gitlab.ask("PATCH", f"/sim/runners/{runner['id']}", {"paused": True})
    process.send_signal(signal.SIGHUP)
    assert wait_for(watcher, "runner_change")
    assert wait_until(lambda: any(record["event"] == "runner_change" for record in records(watcher)))
    assert stop(process) == 0
    return watcher


def records(watcher: Watcher, *flags: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = watcher.read("audit", *flags)["records"]
    return found


def rewrite(watcher: Watcher, statement: str, *values: Any) -> None:
    with sqlite3.connect(watcher.state) as database:
        assert database.execute(statement, values).rowcount > 0
    database.close()


def test_the_loop_records_its_start_recommendations_changes_and_its_stop(audited: Watcher) -> None:
    trail = records(audited)
    assert [record["seq"] for record in trail] == list(range(1, len(trail) + 1))
    assert (trail[0]["event"], trail[-1]["event"]) == ("started", "stopped")
    pending = {job["id"] for job in audited.tick()["analyzer"]["jobs"]}
    advised = {record["document"]["job_id"] for record in trail if record["event"] == "recommendation"}
    assert pending and advised >= pending
    change = next(record for record in trail if record["event"] == "runner_change")
    assert change["document"]["kind"] == "paused"
    assert all(record["actor"] == "daemon" and record["trust"] == "advisory" for record in trail)


def test_the_trail_can_be_asked_for_one_job_one_runner_and_one_time(audited: Watcher) -> None:
    job = next(record["document"]["job_id"] for record in records(audited) if "job_id" in record["document"])
    of_job = records(audited, "--job", str(job))
    assert of_job and all(record["document"]["job_id"] == job for record in of_job)
    changed = next(record["document"]["runner_id"] for record in records(audited) if record["event"] == "runner_change")
    of_runner = records(audited, "--runner", str(changed))
    assert of_runner and all(record["document"]["runner_id"] == changed for record in of_runner)
    assert records(audited, "--since", "1h") and not records(audited, "--since", "2099-01-01T00:00:00Z")


def test_once_leaves_no_record(watcher: Watcher) -> None:
    watcher.tick()
    assert records(watcher) == []


def test_a_sound_trail_is_verified(audited: Watcher) -> None:
    answer = audited.run("audit", "verify")
    assert (answer.code, answer.err) == (0, "")
    assert audited.read("audit", "verify")["verdict"] == "fine"


@pytest.mark.parametrize("column", ["document", "actor", "event", "trust", "digest", "previous"])
def test_one_changed_byte_is_found_and_its_place_named(audited: Watcher, column: str) -> None:
    rewrite(audited, f"UPDATE audit SET {column} = substr({column}, 1, 3) || '~' || substr({column}, 5) WHERE seq = 3")
    answer = audited.run("audit", "verify")
    assert answer.code == 1 and re.search(r"\b[34]\b", answer.out), answer
    verdict = json.loads(audited.run("audit", "verify", "--output", "json").out)
    assert (verdict["verdict"], verdict["seq"] in (3, 4)) == ("broken", True)
    assert audited.run("doctor").code == 1


def test_a_record_that_was_taken_out_is_found(audited: Watcher) -> None:
    rewrite(audited, "DELETE FROM audit WHERE seq = 3")
    answer = audited.run("audit", "verify")
    assert answer.code == 1 and re.search(r"\b[34]\b", answer.out), answer


def test_a_cut_off_end_is_found_by_the_checkpoint_and_stays_found(audited: Watcher) -> None:
    last = len(records(audited))
    rewrite(audited, "DELETE FROM audit WHERE seq > ?", last - 2)
    verdict = json.loads(audited.run("audit", "verify", "--output", "json").out)
    assert verdict["verdict"] == "truncated", verdict
    process = audited.start(*LOOP)
    assert wait_for(audited, "tick")
    assert stop(process) == 0
    assert audited.run("audit", "verify").code == 1


# ---- the token -----------------------------------------------------------------------------------------------------

SECRET = "glpat-WhisperedNeverWritten1"


ALL_READERS = [("run", "--once"), ("status",), ("queue",), ("explain", "1049"), ("explain", "1"), ("doctor",),
               ("config", "show"), ("config", "check"), ("audit",)]


def all_said(watcher: Watcher, commands: list[tuple[str, ...]], **environment: str) -> str:
    said = ""
    for command in commands:
        for form in ("text", "json"):
            answer = watcher.run(*command, "--output", form, **environment)
            said += answer.out + answer.err
    return said


def files_below(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_the_token_is_never_said_nor_kept(gitlab: Simulator, watcher: Watcher) -> None:
    gitlab.ask("POST", "/sim/tokens", {"token": SECRET, "scopes": ["read_api"]})
    log = watcher.root / "log"
    watcher.environment |= {"GITLAB_TOKEN": SECRET, "RUNNERIQ_LOG_LEVEL": "debug"}
    daemon = watcher.start(*LOOP, RUNNERIQ_LOG_FILE=str(log))
    assert wait_until(lambda: log.exists() and b'"tick"' in log.read_bytes())
    assert SECRET.encode() not in Path(f"/proc/{daemon.pid}/cmdline").read_bytes()
    assert stop(daemon) == 0
    said = all_said(watcher, ALL_READERS)
    for wrong in ({"GITLAB_TOKEN": SECRET + "wrong"}, {"GITLAB_URL": gitlab.url + "/nowhere"},
                  {"GITLAB_URL": gitlab.url.replace("http:", "https:")}, {"GITLAB_TOKEN": SECRET + "\nX-Evil: 1"},
                  {"GITLAB_URL": gitlab.url.replace("http://", f"http://user:{SECRET}@")}):
        said += all_said(watcher, [("run", "--once"), ("doctor",), ("config", "check")], **wrong)
    assert "401" in said and "GITLAB_TOKEN" in said
    assert SECRET not in said
    assert SECRET.encode() not in files_below(watcher.root)


def test_the_token_can_be_a_credential_file_and_the_variable_wins(gitlab: Simulator, watcher: Watcher) -> None:
    del watcher.environment["GITLAB_TOKEN"]
    folder = watcher.root / "credentials"
    folder.mkdir()
    watcher.environment["CREDENTIALS_DIRECTORY"] = str(folder)
    (folder / "gitlab-token").write_text(gitlab.token + "\n")
    assert watcher.tick()["analyzer"]["jobs"]
    assert watcher.run("run", "--once", GITLAB_TOKEN="glpat-unknown").code == 3
    (folder / "gitlab-token").write_text("two words\n")
    refused = watcher.run("run", "--once")
    assert refused.code == 2 and "two words" not in refused.err and "gitlab-token" in refused.err


def can_read(path: str) -> bool:
    script = "import sys; f = open(sys.argv[1], 'rb'); sys.exit(0 if f.read(1) else 1)"
    return subprocess.run(["/usr/bin/python3", "-c", script, path], user=NOBODY, group=NOBODY, extra_groups=(),
                          cwd="/", stderr=subprocess.DEVNULL, timeout=10, check=False).returncode == 0


@needs_root
def test_no_other_process_of_the_user_can_read_its_environment_or_memory(watcher: Watcher) -> None:
    copy = Path(shutil.copy2(program("RUNNERIQ"), watcher.root / "runneriq"))
    watcher.root.chmod(0o755)
    copy.chmod(0o755)
    keys: dict[str, Any] = {"env": watcher.environment, "cwd": "/", "user": NOBODY, "group": NOBODY,
                            "extra_groups": (), "stdin": subprocess.PIPE, "stdout": subprocess.PIPE,
                            "stderr": subprocess.PIPE}
    with subprocess.Popen(["cat"], **keys) as open_one, subprocess.Popen([str(copy), *LOOP], **keys) as daemon:
        try:
            assert daemon.stderr is not None
            assert select.select([daemon.stderr], [], [], 10)[0]
            if not can_read(f"/proc/{open_one.pid}/environ"):
                pytest.skip("this machine lets nobody read the environment of any process")
            assert not can_read(f"/proc/{daemon.pid}/environ")
            for name in ("environ", "mem", "maps"):
                assert os.stat(f"/proc/{daemon.pid}/{name}").st_uid == 0
        finally:
            daemon.kill()
            open_one.kill()


def test_it_leaves_no_core_dump(watcher: Watcher) -> None:
    daemon = watcher.start(*LOOP)
    assert wait_for(watcher, "tick")
    limit = re.search(r"^Max core file size +(\d+) +(\d+)", Path(f"/proc/{daemon.pid}/limits").read_text(), re.M)
    assert limit is not None and limit.groups() == ("0", "0")
    daemon.send_signal(signal.SIGABRT)
    assert daemon.wait(5) == -signal.SIGABRT
    assert [path.name for path in watcher.root.iterdir() if path.name.startswith("core")] == []


# ---- what never comes ----------------------------------------------------------------------------------------------


def waits_for_input(watcher: Watcher, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen([program("RUNNERIQ"), *arguments], env=watcher.environment, cwd=watcher.root, text=True,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_waiting_for_a_snapshot_on_standard_input_can_be_stopped(watcher: Watcher, by: int) -> None:
    with waits_for_input(watcher, "run", "--once", "--snapshot", "-") as process:
        try:
            assert wait_until(lambda: in_call(process.pid))
            process.send_signal(by)
            assert process.wait(2) != 0
        finally:
            process.kill()


def in_call(pid: int) -> bool:
    """Whether the process is asleep, with its signals already taken over."""
    status = Path(f"/proc/{pid}/status").read_text()
    blocked = re.search(r"^SigBlk:\t([0-9a-f]+)", status, re.M)
    return "State:\tS" in status and blocked is not None and int(blocked[1], 16) != 0


def test_a_named_pipe_that_nobody_writes_is_no_endless_wait(watcher: Watcher) -> None:
    os.mkfifo(watcher.root / "pipe")
    assert watcher.run("run", "--once", "--snapshot", "pipe", timeout=5).code == 2
    assert watcher.run("config", "check", "--config", "pipe", timeout=5).code in (0, 2)


def test_a_pipe_that_is_written_slowly_is_read_to_its_end(watcher: Watcher) -> None:
    text = "runneriq:\n  monitor: {poll_interval: 77s}\n"
    command = f"'{program('RUNNERIQ')}' config show --config <(read -t 0.3 _ <> <(:); printf '{text}')"
    done = subprocess.run(["bash", "-c", command], env=watcher.environment, cwd=watcher.root, text=True,
                          capture_output=True, timeout=10, check=False)
    assert re.search(r"monitor\.poll_interval +\S+:2 +77s", done.stdout), (done.stdout, done.stderr)
