"""Other versions of the packages before and after the one that was built: state is brought up to date, state of a
newer version is refused and kept, configuration stays, and jobs go on while the executor is replaced under them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from clean_root import CleanRoot
from host import our_lines, wait_until
from installed_runner import EXECUTOR, InstalledRunner, run_job
from installed_scheduler import STATE, InstalledScheduler
from job_spec import JobSpec
from packaged_roots import debs, furnished_layers, install
from state_files import digests, make_newer, make_older, rows_of, schema_of
from tiny_deb import at_version, field

HOST_STATE = "/var/lib/runneriq-executor/host.db"
CONFIGURATION = "/etc/runneriq/runneriq.yaml"
BEFORE, AFTER = "0.0.9", "99.0.0"
SHELL = "runneriq: {executor: {driver: shell, slots: 1}}\n"
GO = "/var/tmp/go"
ORDER = "/var/tmp/order"
WAIT_FOR_GO = f"until [ -e {GO} ]; do sleep 0.02; done"


@pytest.fixture
def root() -> Iterator[CleanRoot]:
    with CleanRoot(furnished_layers()) as made:
        yield made


def every_deb(version: str, place: Path) -> list[Path]:
    return [at_version(deb, version, place) for deb in debs().values()]


def executor_at(version: str, place: Path) -> Path:
    """Another version, with another program."""
    def differ(tree: Path) -> None:
        with (tree / EXECUTOR.lstrip("/")).open("ab") as program:
            program.write(version.encode())
    return at_version(debs()["runneriq-executor"], version, place, differ)


def watched(root: CleanRoot) -> InstalledScheduler:
    """A scheduler that has looked at its fleet and has stopped."""
    scheduler = InstalledScheduler(root)
    scheduler.configure()
    scheduler.start()
    scheduler.stop()
    return scheduler


@pytest.mark.parametrize("fleet_schema", [1, 2])
def test_state_of_an_older_version_is_brought_up_to_date(root: CleanRoot, tmp_path: Path, fleet_schema: int) -> None:
    install(root, *every_deb(BEFORE, tmp_path))
    assert field(debs()["runneriq"], "Version") not in root.run("dpkg", "--list", "runneriq*").check().out
    scheduler = watched(root)
    assert run_job(root, JobSpec(1, script=["exit 3"])).exit_code == 3
    fleet, host = root.path(STATE), root.path(HOST_STATE)
    newest = {fleet: schema_of(fleet), host: schema_of(host)}
    kept = {fleet: make_older(fleet, "fleet", fleet_schema), host: make_older(host, "host", 1)}
    assert schema_of(fleet) == fleet_schema and schema_of(host) == 1
    assert kept[fleet]["runners"] and kept[fleet]["audit"] and kept[host]["outcomes"]

    install(root, *debs().values())
    scheduler.start()
    scheduler.stop()
    assert run_job(root, JobSpec(2, script=["true"])).status == "success"
    for path, version in newest.items():
        assert schema_of(path) == version
    for table in ("audit", "gitlabs"):
        assert set(rows_of(fleet)[table]) >= set(kept[fleet][table])
    outcomes = {row[2]: row for row in rows_of(host)["outcomes"]}
    [[*old]] = kept[host]["outcomes"]
    assert list(outcomes[1][:len(old)]) == old and outcomes[1][len(old):] == (None, None)
    assert set(outcomes) == {1, 2}
    said = scheduler.person("audit", "verify")
    assert said.code == 0, said
    assert root.path(STATE).stat().st_uid == root.account("runneriq").uid


def test_what_an_administrator_wrote_survives(root: CleanRoot, tmp_path: Path) -> None:
    """Whatever the package ships: an edited file stays, and one that was taken away is not made again."""
    def ship_others(tree: Path) -> None:
        for name in ("runneriq.yaml", "environment"):
            with (tree / "usr/share/runneriq" / name).open("a") as file:
                file.write("# newer\n")
    install(root, *every_deb(BEFORE, tmp_path))
    root.path(CONFIGURATION).write_text(SHELL)
    install(root, debs()["runneriq"], debs()["runneriq-executor"], debs()["runneriq-demo"])
    assert root.path(CONFIGURATION).read_text() == SHELL
    newer = at_version(debs()["runneriq"], AFTER, tmp_path, ship_others)
    root.path("/etc/runneriq/environment").unlink()
    root.run("dpkg", "--force-depends", "--install", str(root.hand_over(newer))).check()
    assert root.path(CONFIGURATION).read_text() == SHELL
    assert not root.path("/etc/runneriq/environment").exists()
    root.run("dpkg", "--remove", "--force-depends", "runneriq").check()
    assert root.path(CONFIGURATION).read_text() == SHELL
    root.run("dpkg", "--purge", "runneriq-demo", "runneriq", "runneriq-executor").check()
    assert not root.path("/etc/runneriq").exists()


def test_going_back_is_refused_by_state_that_is_newer(root: CleanRoot, tmp_path: Path) -> None:
    install(root, *debs().values())
    scheduler = watched(root)
    newer = make_newer(root.path(STATE))
    before = digests(root.path(STATE).parent)
    assert before

    older = at_version(debs()["runneriq"], BEFORE, tmp_path)
    said = root.run("dpkg", "--force-depends", "--install", str(root.hand_over(older))).check()
    print(said)
    assert f"going back from {field(debs()['runneriq'], 'Version')} to {BEFORE}" in said.err

    assert scheduler.systemctl("start", "runneriq.service").code != 0
    print(scheduler.journal())
    assert f"schema {newer} is newer than {newer - 1}" in scheduler.journal()
    account = root.account("runneriq")
    run = root.run("/usr/bin/runneriq", "run", "--listen", "unix:/run/runneriq-test.sock", account=account,
                   GITLAB_URL=scheduler.url, GITLAB_TOKEN=scheduler.token, timeout=30)
    assert run.code == 2, run  # as for a wrong configuration: the unit does not start it again
    assert "RestartPreventExitStatus=2" in root.path("/usr/lib/systemd/system/runneriq.service").read_text()
    assert f"schema {newer} is newer than {newer - 1}" in run.err and "upgrade" in run.err
    assert digests(root.path(STATE).parent) == before

    install(root, debs()["runneriq"])  # what the message says: nothing was lost
    assert digests(root.path(STATE).parent) == before


def test_jobs_run_beside_state_that_is_newer(root: CleanRoot) -> None:
    install(root, debs()["runneriq-executor"])
    assert run_job(root, JobSpec(1, script=["true"])).status == "success"
    newer = make_newer(root.path(HOST_STATE))
    before = digests(root.path(HOST_STATE).parent)
    job = run_job(root, JobSpec(2, script=["echo it=runs"]))
    assert job.status == "success" and "\nit=runs\n" in job.log, job
    lines = [line for line in our_lines(job.log) if "state" in line]
    assert len(lines) == 1, lines
    [line] = lines
    assert f"schema {newer} is newer than {newer - 1}" in line and "upgrade runneriq-executor" in line
    assert digests(root.path(HOST_STATE).parent) == before
    said = root.run(EXECUTOR, "doctor")
    assert said.code == 1 and "host.db was written by a later version" in said.out, said


def on_one_slot(root: CleanRoot) -> None:
    """With the shell's driver, whose jobs see the files that this test makes."""
    install(root, debs()["runneriq-executor"])
    root.run("install", "-d", "/etc/runneriq").check()
    root.path(CONFIGURATION).write_text(SHELL)


def prepares(root: CleanRoot) -> list[int]:
    return [pid for pid, line in root.processes().items() if line.startswith(f"{EXECUTOR} prepare")]


def program_of(pid: int) -> str:
    return os.readlink(f"/proc/{pid}/exe")


@pytest.mark.parametrize("version", [AFTER, BEFORE])
def test_jobs_go_on_while_the_executor_is_replaced(root: CleanRoot, tmp_path: Path, version: str) -> None:
    """One job in its script, two held for their turn: all end well, in the order of their scores."""
    root.run("useradd", "--system", "--create-home", "gitlab-runner").check()
    on_one_slot(root)
    tell = f"echo $CI_JOB_NAME >>{ORDER}"
    root.run("install", "-m", "0666", "/dev/null", ORDER).check()
    first = InstalledRunner(root, [JobSpec(1, name="first", script=["echo it=began", WAIT_FOR_GO, tell],
                                           after_script=["echo after=ran"])], name="first")
    first.wait_for_log(1, "^it=began$")
    low = InstalledRunner(root, [JobSpec(2, name="low", ref="feature/x", stage="lint", script=[tell])], name="low")
    low.wait_for_log(2, "^RunnerIQ: position")
    high = InstalledRunner(root, [JobSpec(3, name="high", stage="deploy", protected=True, script=[tell])], name="high")
    high.wait_for_log(3, "^RunnerIQ: position")
    held = prepares(root)
    assert len(held) == 2

    install(root, executor_at(version, tmp_path))
    assert root.run("dpkg-query", "--show", "--showformat", "${Version}", "runneriq-executor").out == version
    assert prepares(root) == held and all(program_of(pid).endswith(" (deleted)") for pid in held)
    assert "high" not in root.path(ORDER).read_text()

    root.path(GO).touch()
    for runner, number in ((first, 1), (high, 3), (low, 2)):
        job = runner.results()[number]
        assert job.status == "success", job.log
    assert "\nafter=ran\n" in first.log(1)
    assert root.path(ORDER).read_text().split() == ["first", "high", "low"]
    assert not prepares(root)


def test_a_job_ends_when_its_executor_is_removed(root: CleanRoot) -> None:
    """gitlab-runner finds no executor for what is left of the job: a failure of the system, and nothing hangs."""
    on_one_slot(root)
    runner = InstalledRunner(root, [JobSpec(1, script=["echo it=began", WAIT_FOR_GO, "echo it=ended"])])
    runner.wait_for_log(1, "^it=began$")
    root.run("dpkg", "--remove", "runneriq-executor").check()
    root.path(GO).touch()
    job = runner.results()[1]
    assert "\nit=ended\n" in job.log
    root.run("dpkg", "--purge", "runneriq-executor").check()
    assert wait_until(lambda: not root.processes())
    assert not root.path("/var/lib/runneriq-executor").exists()
