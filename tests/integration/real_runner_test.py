"""The real gitlab-runner drives the executor against the small coordinator."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from conftest import HostMaker
from coordinator import Coordinator, runner_toml
from host import Host, wait_until
from job_spec import JobSpec

pytestmark = pytest.mark.skipif(shutil.which("gitlab-runner") is None, reason="gitlab-runner is not on PATH")


@contextmanager
def gitlab_runner(host: Host, gitlab: Coordinator, slots: int = 4) -> Iterator[None]:
    config = host.root / "config.toml"
    config.write_text(runner_toml(gitlab, str(host.executor), str(host.builds), str(host.root / "cache"), slots))
    process = subprocess.Popen(["gitlab-runner", "run", "--config", str(config)], env=host.runner_environment(),
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(40)


def test_the_real_runner_reports_success_and_the_real_exit_code(make_host: HostMaker, driver: str) -> None:
    host = make_host(driver)
    with Coordinator() as gitlab, gitlab_runner(host, gitlab):
        gitlab.offer(JobSpec(1, script=["echo hello from the job"]))
        gitlab.offer(JobSpec(2, script=["exit 42"]))
        assert gitlab.wait_for_end(1).state == "success"
        assert "hello from the job" in gitlab.log_of(1) and "RunnerIQ:" in gitlab.log_of(1)
        failed = gitlab.wait_for_end(2)
        assert (failed.state, failed.failure_reason, failed.exit_code) == ("failed", "script_failure", 42)


def test_the_real_runner_cancels_a_script_and_a_held_job(make_host: HostMaker, driver: str) -> None:
    host = make_host(driver, slots=1)
    with Coordinator() as gitlab, gitlab_runner(host, gitlab):
        gitlab.offer(JobSpec(1, script=["echo waiting", "sleep 600"]))
        assert wait_until(lambda: "\nwaiting" in gitlab.log_of(1), 30)
        gitlab.offer(JobSpec(2))
        assert wait_until(lambda: "RunnerIQ:" in gitlab.log_of(2), 30)
        for job in (2, 1):
            gitlab.cancel(job)
            assert gitlab.wait_for_end(job, 90).failure_reason == "job_canceled"
