"""The packaged scheduler on a clean Debian 12, as its units start it (by a stand-in for systemctl: systemd is not the
first process there), against a simulated GitLab, asked by executors of the same host."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from clean_root import CleanRoot
from host import our_lines, wait_until
from installed_runner import InstalledRunner, run_job
from installed_scheduler import ENVIRONMENT_FILE, SERVICE, SOCKET, STATE, TOKEN_FILE, InstalledScheduler
from job_spec import JobSpec
from packaged_roots import debs, furnished_layers, install
from service import question

GO = "/var/tmp/go"


@pytest.fixture(scope="module")
def root() -> Iterator[CleanRoot]:
    """One installation for all tests; the last one removes it."""
    with CleanRoot(furnished_layers()) as made:
        made.run("useradd", "--system", "--create-home", "gitlab-runner").check()
        install(made, *debs().values())
        yield made


@pytest.fixture
def scheduler(root: CleanRoot) -> Iterator[InstalledScheduler]:
    """Not started, and without a token."""
    untouched = root.path(ENVIRONMENT_FILE).read_text()
    made = InstalledScheduler(root)
    yield made
    if root.path("/usr/bin/runneriq").exists():
        made.stop()
        root.path(ENVIRONMENT_FILE).write_text(untouched)
        root.path(TOKEN_FILE).unlink(missing_ok=True)
    made.close()


def test_without_a_token_the_service_is_skipped_and_jobs_run(root: CleanRoot, scheduler: InstalledScheduler) -> None:
    said = scheduler.systemctl("start", SERVICE)
    assert said.code == 0 and "skipped" in said.err and "gitlab-token" in said.err, said
    assert scheduler.processes() == {}
    assert run_job(root, JobSpec(1, script=["true"])).status == "success"


def test_one_look_at_a_gitlab(root: CleanRoot, scheduler: InstalledScheduler) -> None:
    """A person's command needs nothing but the token."""
    once = root.run("runneriq", "run", "--once", GITLAB_URL=scheduler.url, GITLAB_TOKEN=scheduler.token).check()
    assert "runner" in once.out
    assert root.run("runneriq", "run", "--once", "--mock").check().out
    scheduler.configure()
    assert scheduler.person("run", "--once").check().out  # with the token of the service, which root can read
    doctor = scheduler.person("doctor")
    assert doctor.code == 0, doctor


def test_the_service_answers_on_its_socket_as_a_user_of_its_own(root: CleanRoot, scheduler: InstalledScheduler) -> None:
    scheduler.configure()
    scheduler.start()
    [(pid, uid)] = scheduler.processes().items()
    assert uid == root.account("runneriq").uid != 0
    assert "CapEff:\t0000000000000000" in Path(f"/proc/{pid}/status").read_text()
    for shown in ("cmdline", "environ"):
        assert scheduler.token.encode() not in Path(f"/proc/{pid}/{shown}").read_bytes()
    for path, owner, mode in ((TOKEN_FILE, 0, 0o600), (STATE, uid, 0o600)):
        found = root.path(path).stat()
        assert (found.st_uid, stat.S_IMODE(found.st_mode)) == (owner, mode), path
    assert stat.S_IMODE(root.path(SOCKET).stat().st_mode) == 0o660

    assert scheduler.ask("GET", "/healthz").status == 200
    assert wait_until(lambda: scheduler.ask("GET", "/readyz").status == 200)
    metrics = scheduler.ask("GET", "/metrics").text
    assert "\nrunneriq_" in metrics
    assert scheduler.ask("GET", "/api/v1/queue").json
    nobody = root.run("python3", "-c", f"import socket; socket.socket(socket.AF_UNIX).connect({SOCKET!r})",
                      account=root.account("nobody"))
    assert "PermissionError" in nobody.err, nobody
    scheduler.stop()
    assert scheduler.processes() == {}
    assert scheduler.token not in scheduler.journal()


def test_an_executor_of_the_host_asks_it_and_never_shares_its_user(root: CleanRoot,
                                                                   scheduler: InstalledScheduler) -> None:
    scheduler.configure()
    scheduler.start()
    script = ["echo uid=$(id -u)", f"until [ -e {GO} ]; do sleep 0.02; done"]
    runner = InstalledRunner(root, [JobSpec(1, script=script)], RUNNERIQ_EXECUTOR_DRIVER="shell")
    [uid] = runner.wait_for_log(1, r"^uid=(\d+)").groups()
    [(daemon, uid_of_daemon)] = scheduler.processes().items()
    assert int(uid) not in (0, uid_of_daemon)
    root.path(GO).touch()
    job = runner.results()[1]
    assert job.status == "success", job
    assert not [line for line in our_lines(job.log + job.runner_log) if "scheduler service" in line], job.log
    taken = scheduler.ask("GET", "/metrics").text
    assert '\nrunneriq_admission_requests_total{kind="submit"} 1\n' in taken, taken
    assert 'runneriq_http_requests_total{route="reportOutcomes",code="200"} 1\n' in taken, taken
    scheduler.stop()
    late = run_job(root, JobSpec(2, script=["true"]))  # the floor: without the service the host decides
    assert late.status == "success"


def test_purge_takes_the_state_of_a_service_that_was_used(root: CleanRoot, scheduler: InstalledScheduler) -> None:
    scheduler.configure()
    scheduler.start()
    assert scheduler.ask("POST", "/api/v1/admissions", question(9)).status == 200
    scheduler.stop()
    root.run("dpkg", "--purge", "runneriq-demo", "runneriq").check()
    found = root.run("find", "/", "-xdev", "-path", str(root.share), "-prune", "-o", "-iname", "*runneriq*", "-print")
    # systemd itself takes credentials away when a unit stops.
    theirs = re.compile(r"executor|^/run/(walk-units|credentials)/")
    assert [path for path in found.check().out.splitlines() if not theirs.search(path)] == []
    assert "runneriq" not in root.path("/etc/passwd").read_text() + root.path("/etc/group").read_text()
    assert not root.path("/etc/runneriq/credentials").exists()
