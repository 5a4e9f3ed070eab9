"""Trouble with the state file: one warning line, and the job runs."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import HostMaker
from fake_runner import JobResult
from host import Host, our_lines
from job_spec import JobSpec

GARBAGE = b"this was never a database\n" * 400


def used(host: Host) -> Host:
    """After a first job, so that the state file is there."""
    assert host.runner().run(JobSpec(900)).status == "success"
    return host


def below_a_file(host: Host) -> None:
    (host.root / "file").write_text("x")
    host.state = host.root / "file" / "host.db"


def is_a_directory(host: Host) -> None:
    host.state.mkdir()


def corrupt(host: Host) -> None:
    used(host)
    _remove_journal(host)
    host.state.write_bytes(GARBAGE)


def truncated(host: Host) -> None:
    used(host)
    _remove_journal(host)
    os.truncate(host.state, host.state.stat().st_size // 2 + 100)
    with host.state.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 3000)


def newer(host: Host) -> None:
    used(host)
    with sqlite3.connect(host.state) as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()


def locked(host: Host) -> None:
    used(host)
    connection = sqlite3.connect(host.state, check_same_thread=False)
    connection.execute("BEGIN EXCLUSIVE")
    host.undo_at_end(connection.close)


def all_files_flocked(host: Host) -> None:
    """Whatever file the executor uses for its flock, somebody else holds it."""
    used(host)
    files = [path.open("rb") for path in host.state.parent.iterdir()]
    for file in files:
        fcntl.flock(file, fcntl.LOCK_EX)
        host.undo_at_end(file.close)


def read_only(host: Host) -> None:
    used(host)
    _mount(host, "--bind", str(host.state.parent), str(host.state.parent))
    _mount(host, "-o", "remount,bind,ro", str(host.state.parent), undo=False)


def full_disk(host: Host) -> None:
    _mount(host, "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(host.state.parent))
    (host.state.parent / "filler").write_bytes(b"\0" * 60 * 1024)
    try:
        (host.state.parent / "filler2").write_bytes(b"\0" * 8 * 1024)
    except OSError:
        pass  # full, as wanted


def disk_full_after_first_use(host: Host) -> None:
    _mount(host, "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(host.state.parent))
    used(host)
    try:
        with (host.state.parent / "filler").open("wb", buffering=0) as filler:
            while True:
                filler.write(b"\0" * 4096)
    except OSError:
        pass  # full, as wanted


def _remove_journal(host: Host) -> None:
    for suffix in ("-wal", "-shm"):
        Path(f"{host.state}{suffix}").unlink(missing_ok=True)


def _mount(host: Host, *arguments: str, undo: bool = True) -> None:
    end = subprocess.run(["mount", *arguments], capture_output=True, text=True)
    if end.returncode != 0:
        pytest.skip(f"mount is not permitted here: {end.stderr.strip()}")
    if undo:
        host.undo_at_end(lambda: subprocess.run(["umount", "-l", arguments[-1]], check=True))


TROUBLES: list[Callable[[Host], None]] = [below_a_file, is_a_directory, corrupt, truncated, newer, locked,
                                          all_files_flocked, read_only, full_disk, disk_full_after_first_use]


def warnings(result: JobResult) -> list[str]:
    return [line for line in our_lines(result.log) if "state file" in line]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.__name__)
def test_trouble_with_the_state_file_is_one_warning_and_the_job_runs(
        make_host: HostMaker, trouble: Callable[[Host], None]) -> None:
    host = make_host("shell", slots=1)
    trouble(host)
    result = host.runner().run(JobSpec(1, script=["echo the job ran"]))
    assert result.status == "success", result.log
    assert "\nthe job ran" in result.log
    assert len(warnings(result)) == 1, our_lines(result.log)
    assert result.called().count("prepare") == 1
    assert sum(record.duration for record in result.stages) < 10
    assert not host.jobs.is_dir() or not list(host.jobs.iterdir())


@pytest.mark.parametrize("trouble", [locked, newer], ids=lambda trouble: trouble.__name__)
def test_two_jobs_run_side_by_side_without_a_state_file(make_host: HostMaker,
                                                        trouble: Callable[[Host], None]) -> None:
    """Without slots each needs a builds directory of its own."""
    host = make_host("shell", slots=1)
    trouble(host)
    runner = host.runner()
    script = ["echo working", "sleep 0.5", "[ ! -e mine ]", "echo x > mine", "sleep 0.5", "rm mine"]
    jobs = [runner.start(JobSpec(number, script=script)) for number in (1, 2)]
    results = [job.wait() for job in jobs]
    assert [result.status for result in results] == ["success"] * 2, results[1].log


def test_a_missing_state_file_is_made_without_a_word(make_host: HostMaker) -> None:
    host = make_host("shell", slots=1)
    shutil.rmtree(host.state.parent)
    result = host.runner().run(JobSpec(1))
    assert result.status == "success", result.log
    assert host.state.exists()
    assert warnings(result) == []


@pytest.mark.parametrize("trouble", [corrupt, truncated], ids=lambda trouble: trouble.__name__)
def test_a_corrupt_state_file_is_moved_aside_and_not_deleted(make_host: HostMaker,
                                                             trouble: Callable[[Host], None]) -> None:
    host = make_host("shell", slots=1)
    trouble(host)
    before = host.state.read_bytes()
    host.runner().run(JobSpec(1))
    beside = [path for path in host.state.parent.iterdir() if path.is_file() and path != host.state]
    assert any(path.read_bytes() == before for path in beside), beside
    following = host.runner().run(JobSpec(2))
    assert following.status == "success"
    assert warnings(following) == [], "a new state file has taken its place"


def test_a_newer_state_file_is_left_as_it_is(make_host: HostMaker) -> None:
    host = make_host("shell", slots=1)
    newer(host)
    host.runner().run(JobSpec(1))
    with sqlite3.connect(host.state) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (999,)
    connection.close()


def test_a_state_file_that_heals_serves_again(make_host: HostMaker) -> None:
    host = make_host("shell", slots=1)
    used(host)
    connection = sqlite3.connect(host.state)
    connection.execute("BEGIN EXCLUSIVE")
    assert warnings(host.runner().run(JobSpec(1)))
    connection.close()
    assert warnings(host.runner().run(JobSpec(2))) == []


def test_an_ordinary_user_with_a_read_only_folder_still_runs_jobs(make_host: HostMaker) -> None:
    host = make_host("shell", identity="user", slots=1)
    used(host)
    _remove_journal(host)
    host.state.chmod(0o444)
    host.state.parent.chmod(0o555)
    host.undo_at_end(lambda: host.state.parent.chmod(0o755))
    result = host.runner().run(JobSpec(1))
    assert result.status == "success", result.log
    assert len(warnings(result)) == 1


@pytest.mark.parametrize("text", [
    "runneriq: [", "- a\n- b\n", "runneriq:\n  executor:\n    slotz: 3\n", "\0\1\2", "runneriq:\n  executor: 5\n",
    "runneriq:\n  executor:\n    slots: many\n", "a: &a [*a]\n"])
def test_a_bad_configuration_is_a_warning_and_defaults(make_host: HostMaker, text: str) -> None:
    host = make_host("shell")
    config = host.root / "runneriq.yaml"
    config.write_text(text)
    host.environment["RUNNERIQ_CONFIG"] = str(config)
    result = host.runner().run(JobSpec(1))
    assert result.status == "success", result.log
    assert any("runneriq.yaml" in line for line in our_lines(result.log)), our_lines(result.log)


def test_a_configuration_file_is_read(make_host: HostMaker) -> None:
    host = make_host("shell")
    config = host.root / "runneriq.yaml"
    config.write_text("runneriq:\n  executor:\n    driver: shell\n    slots: 1\n    max_hold: 1s\n")
    for option in ("DRIVER", "SLOTS"):
        del host.options[option]
    host.environment["RUNNERIQ_CONFIG"] = str(config)
    runner = host.runner()
    first = runner.start(JobSpec(1, script=["echo working", "sleep 600"]))
    first.wait_for_log("^working")
    result = runner.run(JobSpec(2))
    assert "driver RunnerIQ-shell" in result.log
    assert result.status == "success" and result.stage("prepare").duration > 0.7
    first.abort()
    first.wait()
