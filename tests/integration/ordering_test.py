"""The ordering tables of the custom executor: which calls follow which end of a sub-stage."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from fake_runner import JobResult
from host import Host
from job_spec import JobSpec, Step

START = ["config", "prepare", "prepare_script"]
END = ["cleanup_file_variables", "cleanup"]


@dataclass
class Case:
    name: str
    fails: str  # the sub-stage whose script fails; "" = none
    calls: list[str]
    status: str = "failed"
    exit_code: int | None = 9
    job: dict[str, object] = field(default_factory=dict)


FULL = {"cache_when": "always", "artifacts_when": "always", "has_dependency": True, "after_script": ["true"],
        "more_steps": [Step("release", ["true"])]}
BEFORE = [*START, "get_sources", "restore_cache", "download_artifacts"]
FAILED_LEFTOVERS = ["archive_cache_on_failure", "upload_artifacts_on_failure", *END]

CASES = [
    Case("nothing_fails", "", [*BEFORE, "build_script", "step_release", "after_script", "archive_cache",
                               "upload_artifacts_on_success", *END], "success", None, FULL),
    Case("minimal", "", [*START, "get_sources", "build_script", *END], "success", None),
    Case("prepare_script", "prepare_script", [*START, "cleanup"], job=FULL),
    Case("get_sources", "get_sources", [*START, "get_sources", *FAILED_LEFTOVERS], job=FULL),
    Case("restore_cache", "restore_cache", [*START, "get_sources", "restore_cache", *FAILED_LEFTOVERS], job=FULL),
    Case("download_artifacts", "download_artifacts", [*BEFORE, *FAILED_LEFTOVERS], job=FULL),
    Case("build_script", "build_script", [*BEFORE, "build_script", "after_script", *FAILED_LEFTOVERS], job=FULL),
    Case("step_release", "step_release", [*BEFORE, "build_script", "step_release", "after_script",
                                          *FAILED_LEFTOVERS], job=FULL),
    Case("after_script_is_ignored", "after_script", [*START, "get_sources", "build_script", "after_script", *END],
         "success", None, {"after_script": ["true"]}),
    Case("after_script_counts_when_asked", "after_script",
         [*START, "get_sources", "build_script", "after_script", *END],
         job={"after_script": ["true"], "variables": [("AFTER_SCRIPT_IGNORE_ERRORS", "false")]}),
    Case("archive_cache", "archive_cache", [*START, "get_sources", "restore_cache", "build_script", "archive_cache",
                                            *END], job={"cache_when": "on_success"}),
    Case("upload_artifacts", "upload_artifacts_on_success",
         [*START, "get_sources", "build_script", "upload_artifacts_on_success", *END],
         job={"artifacts_when": "on_success"}),
    Case("cleanup_file_variables_is_a_warning", "cleanup_file_variables",
         [*START, "get_sources", "build_script", *END], "success", None),
    Case("sources_three_times", "get_sources",
         [*START, "get_sources", "clear_worktree", "get_sources", "get_sources", *END],
         job={"variables": [("GET_SOURCES_ATTEMPTS", "3")]}),
    Case("cache_twice", "restore_cache",
         [*START, "get_sources", "restore_cache", "restore_cache", "archive_cache_on_failure", *END],
         job={"variables": [("RESTORE_CACHE_ATTEMPTS", "2")], "cache_when": "always"}),
    Case("artifacts_twice", "download_artifacts",
         [*START, "get_sources", "download_artifacts", "download_artifacts", *END],
         job={"variables": [("ARTIFACT_DOWNLOAD_ATTEMPTS", "2")], "has_dependency": True}),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_calls_after_a_failure(host: Host, case: Case) -> None:
    job = JobSpec(1, **case.job)  # type: ignore[arg-type]
    if case.fails:
        job.prelude = {case.fails: ["exit 9"]}
    result = host.runner().run(job)
    assert result.called() == case.calls, result.log
    assert (result.status, result.exit_code) == (case.status, case.exit_code), result.log


def test_a_prepare_script_failure_is_wrapped_and_not_retried(host: Host) -> None:
    result = host.runner().run(JobSpec(1, prelude={"prepare_script": ["exit 3"]}))
    assert result.message == "prepare environment: exit status 3"


def test_file_variables_live_through_all_calls_and_are_removed(host: Host) -> None:
    job = JobSpec(1, file_variables=[("KEYFILE", "secret\n")], script=['cat "$KEYFILE"', 'echo "A=b" >> $GITLAB_ENV'],
                  after_script=['cat "$KEYFILE"', 'echo "A is $A"'])
    running = host.runner().start(job)
    result = running.wait()
    assert result.status == "success", result.log
    assert result.log.count("\nsecret") == 2
    assert "A is b" in result.log
    temp = running.project_dir().with_name(running.project_dir().name + ".tmp")
    assert not (temp / "KEYFILE").exists()


def test_missing_gitlab_runner_command_disables_cache_but_fails_nothing(host: Host) -> None:
    host.options["PATH"] = "/usr/bin:/bin"
    result = host.runner().run(JobSpec(1, cache_when="always"))
    assert result.status == "success", result.log
    assert "is disabled" in result.log


def cancelled(host: Host, job: JobSpec, at: str, how: str) -> JobResult:
    running = host.runner().start(job)
    running.wait_for_log(at)
    getattr(running, how)()
    return running.wait()


WAITING = ["echo waiting", "sleep 60"]


@pytest.mark.parametrize(("how", "tail", "reason"), [
    ("cancel", ["build_script", "after_script", "upload_artifacts_on_failure", *END], "job_canceled"),
    ("abort", ["build_script", "cleanup"], "job_canceled"),
    ("interrupt", ["build_script", "cleanup"], "runner_interrupted"),
])
def test_the_end_of_a_job_in_its_script(host: Host, how: str, tail: list[str], reason: str) -> None:
    job = JobSpec(1, script=WAITING, after_script=["echo after $CI_JOB_STATUS"], artifacts_when="always")
    result = cancelled(host, job, "^waiting", how)
    assert result.called() == [*START, "get_sources", *tail]
    assert result.failure_reason == reason
    assert result.stage("build_script").end.exit_code not in (0, None)
    assert not result.stage("build_script").end.killed
    assert ("after canceled" in result.log) == (how == "cancel")


@pytest.mark.parametrize("sub_stage", ["prepare_script", "get_sources"])
def test_a_cancel_before_the_scripts_goes_straight_to_cleanup(host: Host, sub_stage: str) -> None:
    result = cancelled(host, JobSpec(1, prelude={sub_stage: WAITING}), "^waiting", "cancel")
    assert result.called()[-2:] == [sub_stage, "cleanup"]
    assert result.failure_reason == "job_canceled"
    assert result.stage(sub_stage).end.exit_code != 0


def test_a_job_timeout_is_like_an_abort(host: Host) -> None:
    result = host.runner().run(JobSpec(1, script=WAITING, after_script=["true"], timeout=2))
    assert result.called()[-2:] == ["build_script", "cleanup"]
    assert result.failure_reason == "job_execution_timeout"


def test_several_jobs_at_once_do_not_disturb_each_other(host: Host) -> None:
    runner = host.runner()
    jobs = [runner.start(JobSpec(number, script=[f"echo this is {number}", f"exit {number}"]))
            for number in range(1, 9)]
    for job in jobs:
        result = job.wait()
        assert result.exit_code == job.job.id, result.log
        assert f"\nthis is {job.job.id}\n" in result.log
