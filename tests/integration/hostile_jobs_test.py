"""What a hostile job tries against other jobs, the runner and the host, and what becomes of it."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from conftest import HostMaker
from host import Host, processes_with
from job_spec import JobSpec
from isolation_test import output_of

ADD_KEY, KEYCTL = 248, 250  # system calls of x86-64
SESSION_KEYRING = -3
NO_ROOM = "bwrap: Creating new namespace failed: No space left on device"
NO_PERMISSION = "bwrap: No permissions to create new namespace, likely because the kernel does not allow it"


@pytest.fixture
def sandbox(make_host: HostMaker, identity: str) -> Host:
    if shutil.which("bwrap") is None:
        pytest.skip("bubblewrap is not installed")
    return make_host("bubblewrap", identity)


def test_folders_of_ours_below_a_shown_path_stay_hidden(sandbox: Host) -> None:
    sandbox.options["BUBBLEWRAP_READ_ONLY_PATHS"] = str(sandbox.root)
    other = sandbox.builds / "9" / "0"
    other.mkdir(parents=True, mode=0o755)
    (other / "canary").write_text("of another project")
    (sandbox.root / "shown").write_text("shown on purpose")
    result = sandbox.runner().run(JobSpec(1, script=[
        f"cat {sandbox.root}/shown; echo",
        f"find {sandbox.root} -name canary -o -name 'host.db*' -o -name '*.lease' 2>/dev/null || true",
        "touch mine && ls"]))
    assert result.status == "success", result.log
    text = output_of(result)
    assert "shown on purpose" in text
    assert "mine" in text
    assert "canary" not in text and "host.db" not in text and ".lease" not in text, text


def test_a_protected_job_does_not_inherit_the_checkout_of_an_open_one(make_host: HostMaker, driver: str) -> None:
    host = make_host(driver)
    runner = host.runner()
    poison = JobSpec(1, ref="feature/x", protected=False, script=["touch $CI_BUILDS_DIR/poison && ls $CI_BUILDS_DIR"])
    assert runner.run(poison).status == "success"
    look = ["ls -A $CI_BUILDS_DIR"]
    assert "poison" in output_of(runner.run(JobSpec(2, ref="feature/y", protected=False, script=look)))
    assert "poison" not in output_of(runner.run(JobSpec(3, protected=True, script=look)))


def test_a_job_that_kills_its_process_group_fails_by_itself(make_host: HostMaker, driver: str) -> None:
    result = make_host(driver).runner().run(JobSpec(1, script=["(sleep 0.2; kill -9 0) & sleep 5; exit 3"]))
    assert result.failure_reason == "script_failure", result.log


def test_a_job_that_stops_its_process_group_can_be_cancelled(make_host: HostMaker, driver: str) -> None:
    job = make_host(driver).runner().start(JobSpec(1, script=["echo stopping", "setsid sleep 600 & kill -STOP 0"]))
    job.wait_for_log("^stopping")
    begin = time.monotonic()
    job.cancel()
    result = job.wait()
    assert time.monotonic() - begin < 10
    assert not result.stage("build_script").end.pipes_held


def test_a_job_has_no_terminal(make_host: HostMaker, driver: str) -> None:
    """Field 7 of stat is the terminal; the session is the job's own, so that it can get none of ours."""
    result = make_host(driver).runner().run(JobSpec(1, script=["cut -d' ' -f6,7 /proc/self/stat", "echo $$ $PPID"]))
    session, terminal = output_of(result).split()[:2]
    assert terminal == "0"
    assert session != str(os.getsid(0))


def test_a_job_does_not_see_the_runners_keys(make_host: HostMaker, driver: str, identity: str) -> None:
    """add_key(2) puts a key into the session keyring that children inherit; 10 is KEYCTL_SEARCH."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(ADD_KEY, b"user", b"runneriq-canary", b"x", 1, SESSION_KEYRING) < 0:
        pytest.skip("this kernel gives no keys here")
    search = (f"import ctypes; print(ctypes.CDLL(None).syscall({KEYCTL}, 10, {SESSION_KEYRING}, "
              "b'user', b'runneriq-canary', 0))")
    assert int(subprocess.check_output(["/usr/bin/python3", "-c", search])) > 0, "else the test shows nothing"
    host = make_host(driver, identity)
    result = host.runner().run(JobSpec(1, script=[f'/usr/bin/python3 -c "{search}"']))
    assert output_of(result).split()[-1] == "-1", result.log


def test_a_sandboxed_job_makes_no_namespaces_of_its_own(sandbox: Host) -> None:
    ask = JobSpec(1, script=["unshare -U true && echo made || echo refused"])
    assert "refused" in output_of(sandbox.runner().run(ask))
    sandbox.options["BUBBLEWRAP_USER_NAMESPACES"] = "on"
    assert "made" in output_of(sandbox.runner().run(JobSpec(2, script=ask.script)))


def test_a_flood_of_output_that_nobody_reads_does_not_outlive_the_grace(make_host: HostMaker, driver: str) -> None:
    job = make_host(driver).runner().start(
        JobSpec(1, script=["echo flooding", "for i in 1 2 3 4; do cat /dev/zero & done; wait"]))
    job.wait_for_log("^flooding")
    begin = time.monotonic()
    job.abort()
    job.wait(60)
    assert time.monotonic() - begin < 20


def test_checkouts_without_a_number_do_not_pile_up(make_host: HostMaker, driver: str) -> None:
    host = make_host(driver)
    host.state.mkdir()  # no state file can be there
    for number in (1, 2):
        assert host.runner().run(JobSpec(number, script=["touch file"])).status == "success"
    assert list((host.builds / "7").iterdir()) == []


@pytest.mark.parametrize(("complaint", "driver_used"), [(NO_ROOM, ""), (NO_PERMISSION, "RunnerIQ-shell")])
def test_auto_leaves_the_sandbox_only_where_there_never_is_one(make_host: HostMaker, complaint: str,
                                                               driver_used: str) -> None:
    """What a job can use up must not put the next one outside."""
    host = make_host("auto")
    refusing = host.root / "bin" / "bwrap"
    refusing.write_text(f"#!/bin/sh\necho '{complaint}' >&2\nexit 1\n")
    refusing.chmod(0o755)
    host.options["BUBBLEWRAP_COMMAND"] = str(refusing)
    result = host.runner().run(JobSpec(1, script=["echo ran"]))
    if driver_used:
        assert result.status == "success" and driver_used in result.log, result.log
    else:
        assert result.failure_reason == "runner_system_failure", result.log
        assert "\nran" not in result.log


def test_a_sandbox_that_is_killed_says_so(make_host: HostMaker) -> None:
    host = make_host("bubblewrap")
    job = host.runner().start(JobSpec(1, script=["echo working", "exec sleep 600"]))
    job.wait_for_log("^working")
    os.kill(_outer_bubblewrap(host), signal.SIGKILL)
    result = job.wait()
    assert result.failure_reason == "runner_system_failure"
    assert "bwrap was killed by signal 9 while the job ran" in result.log, result.log
    assert "could not be set up" not in result.log


def _outer_bubblewrap(host: Host) -> int:
    """The one that the executor started; the others are inside."""
    pids = [pid for pid in processes_with(str(host.builds)) if (_proc(pid) / "comm").read_text() == "bwrap\n"]
    return next(pid for pid in pids if _parent(pid) not in pids)


def _parent(pid: int) -> int:
    return int((_proc(pid) / "stat").read_text().rpartition(")")[2].split()[1])


def _proc(pid: int) -> Path:
    return Path("/proc") / str(pid)


def test_a_hanging_sandbox_setup_ends_with_the_grace(make_host: HostMaker) -> None:
    host = make_host("bubblewrap")
    hanging = host.root / "bin" / "bwrap"
    hanging.write_text("#!/bin/sh\n[ \"$1\" = --help ] || exec sleep 600\n")
    hanging.chmod(0o755)
    host.options["BUBBLEWRAP_COMMAND"] = str(hanging)
    job = host.runner().start(JobSpec(1))
    job.wait_for_log("admitted")
    begin = time.monotonic()
    job.abort()
    job.wait(60)
    assert time.monotonic() - begin < 15
