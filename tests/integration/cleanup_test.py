"""After cleanup nothing of a job is left but its checkout, whatever happened before."""

from __future__ import annotations

import ctypes
import os
import subprocess
import threading
from pathlib import Path

import pytest

from conftest import HostMaker
from fake_runner import StageRecord
from host import Host, mounts_with, processes_with, wait_until
from job_spec import JobSpec

USE_PRIVATE_PLACES = ["mkdir -p ~/deep/er", "echo x > ~/deep/er/file", "echo y > /tmp/of-the-job-$CI_JOB_ID",
                      "chmod 000 ~/deep/er", "echo kept > in-the-checkout"]


def assert_nothing_left(host: Host, attempt: str) -> None:
    assert wait_until(lambda: not processes_with(attempt)), processes_with(attempt)
    assert mounts_with(str(host.root)) == []
    assert not host.jobs.is_dir() or list(host.jobs.iterdir()) == []
    assert list((host.root / "runner-tmp").iterdir()) == []


def test_cleanup_leaves_the_checkout_and_nothing_else(make_host: HostMaker, driver: str, identity: str) -> None:
    host = make_host(driver, identity)
    job = host.runner().start(JobSpec(1, script=USE_PRIVATE_PLACES))
    result = job.wait()
    assert result.status == "success", result.log
    assert result.runner_log == ""
    assert_nothing_left(host, result.stages[0].temp_dir.name)
    assert (job.project_dir() / "in-the-checkout").read_text() == "kept\n"
    if driver == "bubblewrap":
        assert not Path("/tmp/of-the-job-1").exists()
    Path("/tmp/of-the-job-1").unlink(missing_ok=True)


@pytest.mark.parametrize("how", ["cancel", "abort", "failure", "kill"])
def test_nothing_is_left_however_the_job_ends(host: Host, how: str) -> None:
    script = ["echo working", "exit 3" if how == "failure" else "sleep 600"]
    job = host.runner().start(JobSpec(1, script=script))
    job.wait_for_log("^working")
    if how == "kill":
        assert job.current is not None
        os.kill(job.current.pid, 9)
    elif how != "failure":
        getattr(job, how)()
    result = job.wait()
    assert result.status == "failed"
    assert_nothing_left(host, result.stages[0].temp_dir.name)


def cleanup(host: Host, record: StageRecord) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([host.executor, "cleanup"], env=record.environment, cwd=record.temp_dir,
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=30)


def test_cleanup_is_idempotent(host: Host) -> None:
    ends: list[subprocess.CompletedProcess[bytes]] = []
    runner = host.runner()
    runner.on_stage_start = lambda record: (
        ends.extend(cleanup(host, record) for _ in range(2)) if record.name == "cleanup_file_variables" else None)
    result = runner.run(JobSpec(1))
    assert [end.returncode for end in ends] == [0, 0], ends
    assert result.stage("cleanup").end.exit_code == 0, result.runner_log
    assert_nothing_left(host, result.stages[0].temp_dir.name)


@pytest.mark.parametrize("missing", ["runneriq-plan.json", "response.json", "everything"])
def test_cleanup_without_its_files_is_no_trouble(host: Host, missing: str) -> None:
    def remove(record: StageRecord) -> None:
        if record.stage == "cleanup":
            for path in record.temp_dir.iterdir():
                if path.is_file() and missing in (path.name, "everything"):
                    path.unlink()
    runner = host.runner()
    runner.on_stage_start = remove
    result = runner.run(JobSpec(1))
    assert result.status == "success", result.log
    assert result.stage("cleanup").end.exit_code == 0, result.runner_log


@pytest.mark.parametrize("text", ["", "{", "[1,2]", "null", '{"driver": 5}', "x" * 100000])
def test_cleanup_with_a_spoilt_plan_is_no_trouble(host: Host, text: str) -> None:
    temp_dir = host.root / "runner-tmp" / "custom-executor1"
    record_environment = host.runner_environment() | {"TMPDIR": str(temp_dir)}
    host.runner()
    temp_dir.mkdir(mode=0o700)
    (temp_dir / "runneriq-plan.json").write_text(text)
    end = subprocess.run([host.executor, "cleanup"], env=record_environment, cwd=temp_dir,
                         stdin=subprocess.DEVNULL, capture_output=True, timeout=30)
    assert end.returncode == 0, end
    assert (host.root / "bin").is_dir() and host.builds.is_dir()


def test_cleanup_alone_is_no_trouble(host: Host) -> None:
    """Prepare never ran: config failed, and the environment has no job_env."""
    temp_dir = host.root / "runner-tmp" / "custom-executor2"
    host.runner()
    temp_dir.mkdir(mode=0o700)
    end = subprocess.run([host.executor, "cleanup"], env=host.runner_environment() | {"TMPDIR": str(temp_dir)},
                         cwd=temp_dir, stdin=subprocess.DEVNULL, capture_output=True, timeout=30)
    assert end.returncode == 0, end


def test_the_checkout_is_fetched_again_not_cloned_again(host: Host) -> None:
    runner = host.runner()
    runner.run(JobSpec(1, script=["echo once > left"]))
    result = runner.run(JobSpec(2, script=["cat left"]))
    assert result.status == "success", result.log


def test_private_folders_of_crashed_jobs_are_removed_by_a_later_job(host: Host) -> None:
    runner = host.runner()

    def no_cleanup(record: StageRecord) -> None:
        if record.stage == "cleanup":
            os.kill(record.pid, 9)
    runner.on_stage_start = no_cleanup
    crashed = runner.run(JobSpec(1, script=["echo x > ~/file"]))
    assert crashed.status == "success"
    runner.on_stage_start = lambda record: None
    runner.run(JobSpec(2))
    assert not host.jobs.is_dir() or list(host.jobs.iterdir()) == []


EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2)
AT_FDCWD = -100


class Swapper:
    """Swaps a folder and a symlink to a canary, again and again."""

    def __init__(self, folder: Path, canary: Path) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._one, self._other = os.fsencode(folder), os.fsencode(folder.with_name("link"))
        folder.with_name("link").symlink_to(canary)
        self.swaps = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._swap, daemon=True)
        self._thread.start()

    def _swap(self) -> None:
        while not self._stop.is_set():
            if self._libc.renameat2(AT_FDCWD, self._one, AT_FDCWD, self._other, EXCHANGE) == 0:
                self.swaps += 1

    def stop(self) -> int:
        self._stop.set()
        self._thread.join()
        return self.swaps


def test_a_symlink_swapped_during_cleanup_never_leads_outside(make_host: HostMaker) -> None:
    """At least 10,000 swaps while cleanups walk the tree; the canary outside must survive."""
    host = make_host("shell")
    canary = host.make_directory("canary")
    for number in range(50):
        (canary / str(number)).write_text("alive")
        (canary / f"folder-{number}").mkdir()
        (canary / f"folder-{number}" / "file").write_text("alive")
    before = sorted(canary.rglob("*"))
    swaps = rounds = 0
    while swaps < 10_000 and rounds < 60:
        swaps += _one_race(host, canary, rounds)
        rounds += 1
        assert sorted(canary.rglob("*")) == before, f"round {rounds}"
    print(f"{swaps} swaps in {rounds} cleanups")
    assert swaps >= 10_000
    assert all(path.read_text() == "alive" for path in canary.glob("*/file"))


def _one_race(host: Host, canary: Path, number: int) -> int:
    """The swaps that happened from the start of cleanup on; after it there is nothing to swap."""
    swappers: list[Swapper] = []
    before: list[int] = []
    runner = host.runner()

    def race(record: StageRecord) -> None:
        if record.name == "cleanup_file_variables":
            swappers.append(Swapper(_grow_tree(next(path for path in host.jobs.iterdir() if path.is_dir())), canary))
        elif record.stage == "cleanup":
            before.append(swappers[0].swaps)
    runner.on_stage_start = race
    result = runner.run(JobSpec(1000 + number))
    assert result.status == "success", result.log
    return swappers[0].stop() - before[0]


def _grow_tree(private: Path) -> Path:
    """A tree in one of the job's private folders; the folder of it that is to be swapped."""
    top = next(path for path in private.iterdir() if path.is_dir()) / "tree" / "swapped"
    for folder in range(40):
        (top / str(folder)).mkdir(parents=True)
        for file in range(10):
            (top / str(folder) / str(file)).write_text("x")
    return top
