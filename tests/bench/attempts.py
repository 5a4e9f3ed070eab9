"""Attempts of jobs on a host, whose stages are called by hand: by the executor, and by the reference driver."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from places import ROOT
from host import PATH, Host
from job_spec import JobSpec
from processes import Cost, measure
from scripts import ScriptContext, render

SUB_STAGES = ("prepare_script", "get_sources", "build_script", "cleanup_file_variables")
DRIVER = ROOT / "tests" / "bench" / "driver.sh"


@contextmanager
def host_with(executor: Path, driver: str, slots: int = 0) -> Iterator[Host]:
    host = Host(executor, driver, "user", slots, executor.parent)
    (host.root / "runner-tmp").mkdir()
    shutil.copy(DRIVER, host.root / "driver.sh")
    try:
        yield host
    finally:
        host.close()


class Attempt:
    """A TMPDIR with a job response; stages are called by hand, without the harness's threads."""

    def __init__(self, host: Host, job: JobSpec) -> None:
        self.host = host
        self.job = job
        self.directory = Path(tempfile.mkdtemp(prefix="custom-executor", dir=host.root / "runner-tmp"))
        self.response = self.directory / "response.json"
        self.response.write_text(json.dumps(job.response()))
        self.environment = host.runner_environment() | {
            "TMPDIR": str(self.directory),
            "BUILD_FAILURE_EXIT_CODE": "1",
            "SYSTEM_FAILURE_EXIT_CODE": "2",
            "BUILD_EXIT_CODE_FILE": str(self.directory / "build_exit_code"),
            "JOB_RESPONSE_FILE": str(self.response),
        } | {f"CUSTOM_ENV_{v['key']}": v["value"] for v in job.gitlab_variables()}

    def argv(self, *arguments: str) -> list[str]:
        return [str(self.host.executor), *arguments]

    def call(self, *arguments: str) -> Cost:
        return measure(self.argv(*arguments), self.environment)

    def by_reference(self, *arguments: str) -> Cost:
        """The same stage by the driver of bash, jq and curl; `run` after the executor's prepare."""
        words = self.environment | {"REFERENCE_QUEUE": str(self.host.root / "reference-queue")}
        if socket := self.environment.get("RUNNERIQ_SOCKET"):
            words["REFERENCE_SOCKET"] = socket
        if arguments[0] == "run":
            command, environment = self.command_line()
            words = environment | words | {"REFERENCE_COMMAND": "\n".join(command)}
        return measure(["/bin/bash", str(self.host.root / "driver.sh"), *arguments], words)

    def command_line(self) -> tuple[list[str], dict[str, str]]:
        """The driver's own command line, without the script, and its environment."""
        plan = self.plan()
        environment = dict(line.split("=", 1) for line in plan["environment"])
        if self.host.driver != "bubblewrap":
            return ["/bin/bash"], environment
        command = plan["driver_notes"]["command"]
        return [_which(command[0]), *command[1:], "/bin/bash"], environment

    def script(self, sub_stage: str) -> str:
        project = f"{self.plan()['builds_dir']}/{self.job.project_path}"
        return self._write(sub_stage, render(
            ScriptContext(self.job, project, {"CI_PROJECT_DIR": project}), sub_stage))

    def empty_script(self) -> str:
        return self._write("empty", "#!/bin/bash\nexit 0\n")

    def _write(self, name: str, text: str) -> str:
        """Into the builds directory, which the sandbox shows under the same path."""
        path = Path(self.plan()["builds_dir"]) / f"script-{name}"
        path.write_text(text)
        path.chmod(0o700)
        return str(path)

    def plan(self) -> dict[str, Any]:
        return dict(json.loads((self.directory / "runneriq-plan.json").read_text()))

    def end(self) -> None:
        self.call("cleanup")
        self.forget()

    def forget(self) -> None:
        shutil.rmtree(self.directory, ignore_errors=True)


@contextmanager
def prepared(host: Host, job: JobSpec) -> Iterator[Attempt]:
    attempt = Attempt(host, job)
    attempt.call("config")
    attempt.call("prepare")
    try:
        yield attempt
    finally:
        attempt.end()


def _which(command: str) -> str:
    return shutil.which(command, path=PATH) or command
