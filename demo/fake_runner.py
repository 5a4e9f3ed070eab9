"""Calls a custom executor as gitlab-runner 19.4 does, without GitLab: attempts, stages in their
order, exit mapping, retries, cancel, timeouts and shutdown.

    runner = FakeRunner(RunnerSettings(executor=Path("…/runneriq-executor"), root=Path("/var/tmp/x"), …))
    result = runner.run(JobSpec(id=1, script=["echo hello"]))

As a program (so that a test can kill "gitlab-runner"):
    fake_runner.py SETTINGS.json JOB.json…    runs the jobs at once, their logs go to <root>/logs
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from job_spec import JobSpec
from scripts import ScriptContext, render
from stage_process import Account, KillTimes, StageEnd, StageProcess

_REASONS_OF_END = {"aborted": "job_canceled", "canceled": "job_canceled",
                   "timeout": "job_execution_timeout", "interrupted": "runner_interrupted"}
PREPARE_TRIES = 3
BUILD_FAILURE = 1
SYSTEM_FAILURE = 2


@dataclass
class RunnerSettings:
    """The parts of config.toml, of the runner's process and of its host that matter here."""

    executor: Path
    root: Path  # the runner's temp dir is <root>/runner-tmp
    environment: dict[str, str]
    account: Account | None = None  # whom the calls run as; None = this process's user
    builds_dir: str = ""
    cache_dir: str = ""
    shell: str = "bash"
    prepare_pause: float = 0.05       # 3 s in gitlab-runner
    sub_stage_pause: float = 0.05     # 5 s growing to 5 min in gitlab-runner
    config_timeout: float = 3600
    prepare_timeout: float = 3600
    cleanup_timeout: float = 3600
    kill_times: KillTimes = field(default_factory=KillTimes)
    cleanup_exec: bool = True         # False = the key is empty: the stage is skipped
    # Words before each call that take it elsewhere, as `account` there; {cwd} stands for its folder.
    enter: tuple[str, ...] = ()

    def to_json(self) -> str:
        return json.dumps(asdict(self), default=str)

    @staticmethod
    def from_json(text: str) -> RunnerSettings:
        members = json.loads(text)
        members["executor"], members["root"] = Path(members["executor"]), Path(members["root"])
        members["account"] = Account(**members["account"]) if members["account"] else None
        members["kill_times"] = KillTimes(**members["kill_times"])
        members["enter"] = tuple(members["enter"])
        return RunnerSettings(**members)


@dataclass
class StageRecord:
    """One call of the executor."""

    attempt: int
    stage: str      # config | prepare | run | cleanup
    sub_stage: str  # of run, else ""
    argv: list[str]
    temp_dir: Path
    environment: dict[str, str]
    started: float  # time.monotonic()
    ended: float = 0.0
    pid: int = 0
    end: StageEnd = field(default_factory=lambda: StageEnd(None))
    stdout: bytes = b""
    stderr: bytes = b""
    exit_code_file: str | None = None  # its text after the call; None = no such file

    @property
    def name(self) -> str:
        return self.sub_stage or self.stage

    @property
    def duration(self) -> float:
        return self.ended - self.started

    @property
    def text(self) -> str:
        return (self.stdout + self.stderr).decode("utf-8", "replace")


@dataclass(frozen=True)
class Failure:
    """What gitlab-runner makes of a call's exit code."""

    kind: str  # build | system | unknown | configuration
    message: str
    exit_code: int = 0  # of the job, for kind build

    @property
    def reason(self) -> str:
        return "script_failure" if self.kind == "build" else "runner_system_failure"


@dataclass
class JobResult:
    job: JobSpec
    status: str  # success | failed
    failure_reason: str  # "" on success
    exit_code: int | None  # as GitLab gets it; None when the failure has none
    message: str
    log: str
    runner_log: str  # what cleanup printed
    stages: list[StageRecord]

    def to_json(self) -> str:
        """What GitLab and the runner's log would show."""
        shown = ("status", "failure_reason", "exit_code", "message", "log", "runner_log")
        return json.dumps({key: getattr(self, key) for key in shown} | {"called": self.called()})

    def called(self, attempt: int | None = None) -> list[str]:
        """The names of the calls in order: stages, and sub-stages of run."""
        return [s.name for s in self.stages if attempt is None or s.attempt == attempt]

    def stage(self, name: str) -> StageRecord:
        """The last call of that name."""
        return [s for s in self.stages if s.name == name][-1]


class FakeRunner:
    """A gitlab-runner process with one runner entry. Jobs run in threads."""

    def __init__(self, settings: RunnerSettings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._busy: dict[int, int | None] = {}
        self.jobs: list[RunningJob] = []
        self.on_stage_start: Callable[[StageRecord], None] = lambda record: None
        self.on_output: Callable[[RunningJob, bytes], None] = lambda job, data: None
        _make_directory(settings.root / "runner-tmp", settings.account)

    def run(self, job: JobSpec, timeout: float = 60) -> JobResult:
        return self.start(job).wait(timeout)

    def start(self, job: JobSpec) -> RunningJob:
        running = RunningJob(self, job, *self._take_numbers(job))
        self.jobs.append(running)
        running.begin()
        return running

    def shutdown(self) -> None:
        """SIGTERM to gitlab-runner: jobs hear it once their prepare is over."""
        for job in self.jobs:
            job.interrupt()

    def _take_numbers(self, job: JobSpec) -> tuple[int, int]:
        """CI_CONCURRENT_ID and CI_CONCURRENT_PROJECT_ID: the smallest free numbers."""
        with self._lock:
            number = next(n for n in range(len(self._busy) + 1) if n not in self._busy)
            of_project = sum(1 for project in self._busy.values() if project == job.project_id)
            self._busy[number] = job.project_id
            return number, of_project

    def give_back(self, number: int) -> None:
        with self._lock:
            self._busy.pop(number, None)


class RunningJob:
    """A job from its acceptance to the end of its cleanup."""

    def __init__(self, runner: FakeRunner, job: JobSpec, number: int, of_project: int) -> None:
        self.job = job
        self.runner = runner
        self.settings = runner.settings
        self.stages: list[StageRecord] = []
        self.current: StageProcess | None = None
        self._numbers = (number, of_project)
        self._log = bytearray()
        self._runner_log = bytearray()
        self._changed = threading.Condition()
        self._canceling = self._script_canceled = False
        self._over = ""  # why the job's context is over: aborted | timeout | interrupted | canceled
        self._interrupted = False
        self._prepared = False
        self._status = "running"
        self._builds_dir = self._project_dir = ""
        self._hostname = ""
        self._shell = runner.settings.shell
        self._result: JobResult | None = None
        self._thread = threading.Thread(target=self._live, name=f"job-{job.id}", daemon=True)

    # What a test does to a job.

    def begin(self) -> None:
        self.started = time.monotonic()
        self._deadline = self.started + self.job.timeout
        self._thread.start()

    def cancel(self) -> None:
        """Job-Status: canceling."""
        self._canceling = True

    def abort(self) -> None:
        """Job-Status: canceled."""
        self._over = self._over or "aborted"

    def interrupt(self) -> None:
        self._interrupted = True

    def wait(self, timeout: float = 60) -> JobResult:
        self._thread.join(timeout)
        if self._result is None:
            raise TimeoutError(f"job {self.job.id} not over after {timeout} s:\n{self.log_text()}")
        return self._result

    @property
    def is_over(self) -> bool:
        return not self._thread.is_alive()

    def log_text(self) -> str:
        with self._changed:
            return self._log.decode("utf-8", "replace")

    def wait_for_log(self, pattern: str, timeout: float = 20) -> re.Match[str]:
        """Waits until the job log has a match of the regular expression."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                text = self._log.decode("utf-8", "replace")
                if match := re.search(pattern, text, re.MULTILINE):
                    return match
                left = deadline - time.monotonic()
                if left <= 0 or (self._result is not None):
                    raise TimeoutError(f"job {self.job.id}: no /{pattern}/ in its log:\n{text}")
                self._changed.wait(left)

    def project_dir(self) -> Path:
        return Path(self._project_dir)

    # The life of a job.

    def _live(self) -> None:
        failure: Failure | None = None
        try:
            failure = self._run_attempts()
        finally:
            self.runner.give_back(self._numbers[0])
            self._finish(failure)

    def _run_attempts(self) -> Failure | None:
        failure: Failure | None = None
        for number in range(1, PREPARE_TRIES + 1):
            attempt = _Attempt(self, number)
            failure = attempt.get_ready()
            if failure is None:
                self._prepared = True
                failure = self._run_sub_stages(attempt)
                attempt.clean_up()
                return failure
            attempt.clean_up()
            self._print(f"ERROR: Preparation failed: {failure.message}\n")
            if failure.kind in ("build", "configuration") or self._over:
                return failure
            self._print("Will be retried in 3s ...\n")
            self._pause(self.settings.prepare_pause)
        return failure

    def _run_sub_stages(self, attempt: _Attempt) -> Failure | None:
        if failure := attempt.run("prepare_script"):
            return Failure(failure.kind, f"prepare environment: {failure.message}", failure.exit_code)
        failure = self._get_sources(attempt) or self._with_attempts(
            attempt, "restore_cache", "RESTORE_CACHE_ATTEMPTS", bool(self.job.cache_when)) or \
            self._with_attempts(attempt, "download_artifacts", "ARTIFACT_DOWNLOAD_ATTEMPTS",
                                self.job.has_dependency)
        if failure is None and not self._context_over():
            failure = self._user_scripts(attempt)
        failure = self._leftovers(attempt, failure)
        if not self._context_over():
            attempt.run("cleanup_file_variables")
        return failure

    def _get_sources(self, attempt: _Attempt) -> Failure | None:
        def between(tries: int) -> None:
            if tries == 1:
                attempt.run("clear_worktree")
        return self._with_attempts(attempt, "get_sources", "GET_SOURCES_ATTEMPTS", True, between)

    def _with_attempts(self, attempt: _Attempt, sub_stage: str, variable: str, wanted: bool,
                       between: Callable[[int], None] = lambda tries: None) -> Failure | None:
        if not wanted or self._context_over():
            return None
        failure: Failure | None = None
        for tries in range(int(self.job.variable(variable, "1"))):
            if tries:
                between(tries)
            failure = attempt.run(sub_stage)
            if failure is None or self._context_over():
                return failure
            self._pause(self.settings.sub_stage_pause)
        return failure

    def _user_scripts(self, attempt: _Attempt) -> Failure | None:
        failure: Failure | None = None
        for step in self.job.steps():
            failure = attempt.run(step.sub_stage)
            if failure or self._script_canceled or self._context_over():
                break
        self._status = "canceled" if self._script_canceled else "failed" if failure else "success"
        if self.job.after_script and not self._context_over():
            failure = self._after_script(attempt, failure)
        return failure

    def _after_script(self, attempt: _Attempt, failure: Failure | None) -> Failure | None:
        after = attempt.run("after_script")
        if after is None:
            return failure
        if self.job.variable("AFTER_SCRIPT_IGNORE_ERRORS", "true") == "false":
            return failure or after
        self._print("WARNING: after_script failed, but job will continue unaffected\n")
        return failure

    def _leftovers(self, attempt: _Attempt, failure: Failure | None) -> Failure | None:
        """Cache and artifacts; the first error wins."""
        ok = failure is None and not self._script_canceled
        for sub_stage, when in (("archive_cache", self.job.cache_when),
                                ("upload_artifacts_on_success", self.job.artifacts_when)):
            if self._context_over() or when not in ("always", "on_success" if ok else "on_failure"):
                continue
            error = attempt.run(sub_stage if ok else _on_failure(sub_stage))
            failure = failure or error
        return failure

    # Why a call must stop.

    def stop_reason(self, stage: str, sub_stage: str) -> str:
        if self._over:
            return self._over
        if time.monotonic() > self._deadline:
            self._over = "timeout"
        elif self._interrupted and stage == "run":
            self._over = "interrupted"
        elif self._canceling and _is_step(sub_stage):
            self._script_canceled = True
            return "canceling"
        elif self._canceling and not self._script_canceled:
            self._over = "canceled"
        return self._over

    def _context_over(self) -> bool:
        """Whether nothing but cleanup may be called any more."""
        return bool(self.stop_reason("run", ""))

    def _pause(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: bool(self._over), seconds)

    # What attempts use.

    def print_output(self, stage: str, stream: str, data: bytes) -> None:
        """Sends output of a call where gitlab-runner sends it."""
        if stage == "cleanup":
            self._runner_log.extend(data)
        elif not (stage == "config" and stream == "stdout"):
            with self._changed:
                self._log.extend(data)
                self._changed.notify_all()
            self.runner.on_output(self, data)

    def _print(self, text: str) -> None:
        self.print_output("prepare", "stdout", text.encode())

    def warn(self, text: str) -> None:
        self._print(f"WARNING: {text}\n")
        self._runner_log.extend(f"WARNING: {text}\n".encode())

    def configure(self, answer: dict[str, Any]) -> Failure | None:
        """Takes config's answer over what config.toml says."""
        builds_dir = answer.get("builds_dir", self.settings.builds_dir)
        cache_dir = answer.get("cache_dir", self.settings.cache_dir)
        if not builds_dir or not cache_dir:
            return Failure("configuration", "builds_dir or cache_dir is not configured")
        self._hostname = answer.get("hostname", "")
        self._shell = answer.get("shell", self.settings.shell)
        self._builds_dir = builds_dir
        self._project_dir = self._place(builds_dir, answer.get("builds_dir_is_shared", False))
        driver = answer.get("driver", {})
        if driver:
            self._print(f"Using Custom executor with driver {driver.get('name')} {driver.get('version')}...\n")
        return None

    def _place(self, builds_dir: str, shared: bool) -> str:
        slug = urlparse(self.job.response()["git_info"]["repo_url"]).path.strip("/").removesuffix(".git")
        middle = f"short-tok/{self._numbers[1]}/" if shared else ""
        return f"{builds_dir}/{middle}{slug}"

    def runner_variables(self) -> dict[str, str]:
        """The variables that the runner makes; directories are unknown before config."""
        return {
            "CI_RUNNER_SHORT_TOKEN": "short-tok",
            "CI_BUILDS_DIR": self._builds_dir,
            "CI_PROJECT_DIR": self._project_dir,
            "CI_CONCURRENT_ID": str(self._numbers[0]),
            "CI_CONCURRENT_PROJECT_ID": str(self._numbers[1]),
            "CI_SERVER": "yes",
            "CI_JOB_STATUS": self._status,
            "CI_JOB_TIMEOUT": str(self.job.timeout),
            "CI_SHARED_ENVIRONMENT": "true",
            "CI_RUNNER_VERSION": "19.4.0",
            "RUNNER_TEMP_PROJECT_DIR": f"{self._project_dir}.tmp",
            "FF_TIMESTAMPS": "true",
        }

    def custom_environment(self) -> dict[str, str]:
        services = json.dumps([_service(s) for s in self.job.services]) if self.job.services else ""
        variables = {v["key"]: v["value"] for v in self.job.gitlab_variables()}
        variables = self.runner_variables() | variables | {"CI_JOB_SERVICES": services}
        return {f"CUSTOM_ENV_{key}": value for key, value in variables.items()}

    def script(self, sub_stage: str) -> str:
        context = ScriptContext(self.job, self._project_dir, self.runner_variables(), self._hostname)
        return render(context, sub_stage, self._shell)

    def _final(self, failure: Failure | None) -> tuple[str, int | None]:
        """failure_reason and exit_code as reported. Exit 1 of config or prepare counts as a script
        failure even when the job was cancelled or timed out; in run the end of the job wins."""
        build_failure = failure is not None and failure.kind == "build"
        if self._script_canceled or (self._over and (self._prepared or not build_failure)):
            return _REASONS_OF_END[self._over or "canceled"], None
        if failure is None:
            return "", None
        return failure.reason, failure.exit_code if build_failure else None

    def _finish(self, failure: Failure | None) -> None:
        reason, code = self._final(failure)
        message = failure.message if failure else reason
        self._print(f"ERROR: Job failed ({reason}): {message}\n" if reason else "Job succeeded\n")
        with self._changed:
            self._result = JobResult(self.job, "failed" if reason else "success", reason, code, message,
                                     self._log.decode("utf-8", "replace"),
                                     self._runner_log.decode("utf-8", "replace"), self.stages)
            self._changed.notify_all()


class _Attempt:
    """One try: its TMPDIR, its job_env, its calls."""

    def __init__(self, owner: RunningJob, number: int) -> None:
        self._job = owner
        self._settings = owner.settings
        self._number = number
        self._job_env: dict[str, str] = {}
        self._temp_dir = Path(tempfile.mkdtemp(prefix="custom-executor", dir=self._settings.root / "runner-tmp"))
        _give(self._temp_dir, self._settings.account)
        self._write_response()

    def get_ready(self) -> Failure | None:
        """config, then prepare."""
        record = self._call("config", timeout=self._settings.config_timeout)
        failure = _failure_of(record) or self._read_answer(record.stdout)
        if failure:
            return failure
        return _failure_of(self._call("prepare", timeout=self._settings.prepare_timeout))

    def run(self, sub_stage: str) -> Failure | None:
        directory = Path(tempfile.mkdtemp(prefix="script", dir=self._temp_dir))
        script = directory / "script"
        script.write_text(self._job.script(sub_stage))
        script.chmod(0o700)
        _give(directory, self._settings.account)
        _give(script, self._settings.account)
        return _failure_of(self._call("run", sub_stage, str(script)))

    def clean_up(self) -> None:
        """cleanup_exec, whose failure is a warning only, and the end of TMPDIR."""
        if self._settings.cleanup_exec:
            record = self._call("cleanup", timeout=self._settings.cleanup_timeout)
            if failure := _failure_of(record):
                self._job.warn(f"Cleanup script failed: {failure.message}")
        shutil.rmtree(self._temp_dir, ignore_errors=True)

    def _write_response(self) -> None:
        job = self._job.job
        if job.response_absent:
            return
        path = self._temp_dir / "response.json"
        raw = Path(job.raw_response_file).read_bytes() if job.raw_response_file else None
        path.write_bytes(raw if raw is not None else json.dumps(job.response()).encode())
        path.chmod(0o600)
        _give(path, self._settings.account)

    def _read_answer(self, stdout: bytes) -> Failure | None:
        """config's stdout: empty, or exactly one JSON document."""
        if not stdout.strip():
            return self._job.configure({})
        try:
            answer = json.loads(stdout)
            job_env = answer.get("job_env", {})
            if not all(isinstance(value, str) for value in job_env.values()):
                raise ValueError("job_env has a value that is no string")
        except (ValueError, AttributeError) as error:
            return Failure("system", f"error while parsing JSON output: {error}")
        self._job_env = job_env
        return self._job.configure(answer)

    def _call(self, stage: str, sub_stage: str = "", script: str = "", timeout: float = 0) -> StageRecord:
        record = self._new_record(stage, sub_stage, script)
        enter = [word.replace("{cwd}", str(self._temp_dir)) for word in self._settings.enter]
        process = StageProcess([*enter, *record.argv], record.environment, self._temp_dir,
                               None if enter else self._settings.account,
                               lambda stream, data: self._on_output(record, stream, data))
        self._job.stages.append(record)
        error = process.start()
        if error:
            record.end = StageEnd(None, start_error=error)
        else:
            record.pid = process.pid
            self._job.current = process
            self._job.runner.on_stage_start(record)
            record.end = process.wait(self._stop_reason(stage, sub_stage, timeout), self._settings.kill_times)
        record.ended = time.monotonic()
        record.exit_code_file = _text_of(Path(record.environment["BUILD_EXIT_CODE_FILE"]))
        return record

    def _new_record(self, stage: str, sub_stage: str, script: str) -> StageRecord:
        argv = [str(self._settings.executor), stage] + ([script, sub_stage] if stage == "run" else [])
        return StageRecord(self._number, stage, sub_stage, argv, self._temp_dir, self._environment(stage),
                           time.monotonic())

    def _on_output(self, record: StageRecord, stream: str, data: bytes) -> None:
        if stream == "stdout":
            record.stdout += data
        else:
            record.stderr += data
        self._job.print_output(record.stage, stream, data)

    def _environment(self, stage: str) -> dict[str, str]:
        fixed = {
            "TMPDIR": str(self._temp_dir),
            "BUILD_FAILURE_EXIT_CODE": str(BUILD_FAILURE),
            "SYSTEM_FAILURE_EXIT_CODE": str(SYSTEM_FAILURE),
            "BUILD_EXIT_CODE_FILE": str(self._temp_dir / "build_exit_code"),
            "JOB_RESPONSE_FILE": str(self._temp_dir / "response.json"),
        }
        job_env = {} if stage == "config" else self._job_env
        return self._settings.environment | fixed | job_env | self._job.custom_environment()

    def _stop_reason(self, stage: str, sub_stage: str, timeout: float) -> Callable[[], str]:
        deadline = time.monotonic() + timeout if timeout else None

        def reason() -> str:
            if deadline is not None and time.monotonic() > deadline:
                return "stage timeout"
            return "" if stage == "cleanup" else self._job.stop_reason(stage, sub_stage)
        return reason


def _failure_of(record: StageRecord) -> Failure | None:
    """The exit code table of gitlab-runner's executors/custom/command."""
    code = record.end.exit_code
    if record.end.start_error:
        return Failure("system", record.end.start_error)
    if code is None:
        return Failure("system", f"failed to kill process PID={record.pid}, likely process is dormant")
    if code == 0:
        return None
    if code == SYSTEM_FAILURE:
        return Failure("system", "exit status 2")
    if code == BUILD_FAILURE:
        return _build_failure(record.exit_code_file)
    return Failure("unknown", f"unknown Custom executor executable exit code {max(code, -1)}")


def _build_failure(exit_code_file: str | None) -> Failure:
    if exit_code_file is None:
        return Failure("build", "exit status 1", BUILD_FAILURE)
    first_line = exit_code_file.partition("\n")[0]
    if not re.fullmatch(r"[+-]?\d+", first_line):
        return Failure("unknown", f"unknown Custom executor executable exit code 1: {first_line!r}")
    return Failure("build", f"exit status {int(first_line)}", int(first_line))


def _on_failure(sub_stage: str) -> str:
    return sub_stage.removesuffix("_on_success") + "_on_failure"


def _is_step(sub_stage: str) -> bool:
    return sub_stage == "build_script" or sub_stage.startswith("step_")


def _service(service: dict[str, Any]) -> dict[str, Any]:
    return {key: service.get(key) for key in ("name", "alias", "entrypoint", "command")}


def _make_directory(path: Path, account: Account | None) -> None:
    path.mkdir(parents=True, exist_ok=True)
    _give(path, account)


def _give(path: Path, account: Account | None) -> None:
    if account is not None:
        os.chown(path, account.uid, account.gid)


def _text_of(path: Path) -> str | None:
    try:
        return path.read_text()
    except OSError:
        return None


def _main(arguments: list[str]) -> int:
    """Runs the jobs; a job's log goes to <root>/logs/<job id> as it comes, its result to <root>/results/<job id>."""
    runner = FakeRunner(RunnerSettings.from_json(Path(arguments[0]).read_text()))
    logs, results = runner.settings.root / "logs", runner.settings.root / "results"
    logs.mkdir(exist_ok=True)
    results.mkdir(exist_ok=True)

    def keep(job: RunningJob, data: bytes) -> None:
        with (logs / str(job.job.id)).open("ab") as log:
            log.write(data)
    runner.on_output = keep
    jobs = [runner.start(JobSpec.from_json(Path(path).read_text())) for path in arguments[1:]]
    ended = [job.wait(600) for job in jobs]
    for result in ended:
        (results / str(result.job.id)).write_text(result.to_json())
    return 0 if all(result.status == "success" for result in ended) else 1


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
