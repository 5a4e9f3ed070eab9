"""gitlab-runner on a clean root: a process among the root's own that calls the installed executor as
gitlab-runner does. The harness is this host's; the executor and the jobs see the root and nothing else."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import fake_runner
from clean_root import ENVIRONMENT, ROOT, CleanRoot
from fake_runner import RunnerSettings
from host import wait_until
from job_spec import JobSpec
from stage_process import Account

EXECUTOR = "/usr/bin/runneriq-executor"


@dataclass(frozen=True)
class Ended:
    """A job's end, as JobResult.to_json() has it."""

    status: str
    failure_reason: str
    exit_code: int | None
    message: str
    log: str
    runner_log: str
    called: list[str]


class InstalledRunner:
    """A gitlab-runner process with some jobs, which begins at once. `account` is whom it and the executor run as,
    `name` tells it from others on the same root."""

    def __init__(self, root: CleanRoot, jobs: Sequence[JobSpec], account: Account = ROOT, home: str = "/root",
                 name: str = "runner", **environment: str) -> None:
        self._folder = root.share / name
        self._folder.mkdir()
        self._folder.chmod(0o755)
        enter = tuple(root.from_beside(account, "{cwd}"))
        settings = RunnerSettings(Path(EXECUTOR), self._folder, ENVIRONMENT | {"HOME": home} | environment,
                                  account=None if account == ROOT else account, builds_dir="/builds",
                                  cache_dir="/cache", enter=enter)
        files = [self._write("settings", settings.to_json())]
        files += [self._write(f"job-{job.id}", job.to_json()) for job in jobs]
        with (self._folder / "errors").open("wb") as errors:
            self._process = subprocess.Popen(
                root.beside([sys.executable, "-B", fake_runner.__file__, *files]), stdin=subprocess.DEVNULL,
                stdout=errors, stderr=errors, process_group=0)

    def wait_for_log(self, job: int, pattern: str, timeout: float = 30) -> re.Match[str]:
        """Waits until the job's log has a match of the regular expression."""
        wait_until(lambda: re.search(pattern, self.log(job), re.MULTILINE) or self._process.poll() is not None, timeout)
        found = re.search(pattern, self.log(job), re.MULTILINE)
        assert found, f"job {job}: no /{pattern}/ in its log:\n{self.log(job)}\n{self._errors()}"
        return found

    def log(self, job: int) -> str:
        path = self._folder / "logs" / str(job)
        return path.read_text(errors="replace") if path.exists() else ""

    def results(self, timeout: float = 60) -> dict[int, Ended]:
        """How all jobs ended, by their numbers."""
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            logs = "\n".join(f"job {path.name}:\n{path.read_text()}" for path in (self._folder / "logs").iterdir())
            raise AssertionError(f"jobs are not over after {timeout} s:\n{logs}") from None
        folder = self._folder / "results"
        ended = {int(path.name): Ended(**json.loads(path.read_text())) for path in folder.glob("*")}
        assert ended, f"the harness failed: {self._errors()}"
        return ended

    def _write(self, name: str, text: str) -> str:
        path = self._folder / f"{name}.json"
        path.write_text(text)
        return str(path)

    def _errors(self) -> str:
        return (self._folder / "errors").read_text()


def run_job(root: CleanRoot, job: JobSpec, account: Account = ROOT, home: str = "/root", **environment: str) -> Ended:
    """One job to its end."""
    return InstalledRunner(root, [job], account, home, name=f"runner-of-{job.id}", **environment).results()[job.id]
