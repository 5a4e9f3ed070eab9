"""The harness itself, against a stand-in executor: it must behave as gitlab-runner does."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from fake_runner import FakeRunner, RunningJob, StageRecord
from host import Host, wait_until
from job_spec import JobSpec, Step
from stage_process import KillTimes

STAND_IN = Path(__file__).parent.parent / "support" / "stand_in_executor.sh"
MINIMAL = ["config", "prepare", "prepare_script", "get_sources", "build_script", "cleanup_file_variables",
           "cleanup"]


@pytest.fixture
def stand_in() -> Iterator[Host]:
    host = Host(STAND_IN, identity="user")
    host.account = None
    host.environment = {"STAND_IN_DIRECTORY": str(host.root)}
    host.kill_times = KillTimes(graceful=0.5, force=1, pipe_patience=0.5)
    yield host
    host.close()


def hooked(host: Host, **hooks: str) -> FakeRunner:
    host.environment |= {f"STAND_IN_{stage.upper()}": text for stage, text in hooks.items()}
    return host.runner()


def in_sub_stage(name: str, text: str) -> str:
    return f'if [ "$3" = {name} ]; then {text}; fi'


def test_a_minimal_job_is_seven_calls(stand_in: Host) -> None:
    result = stand_in.runner().run(JobSpec(1, script=["echo hello"]))
    assert result.status == "success", result.log
    assert result.called() == MINIMAL
    assert "hello\n" in result.log
    assert "cleaned" in result.runner_log and "cleaned" not in result.log


def test_the_environment_has_the_five_the_job_env_and_the_variables(stand_in: Host) -> None:
    result = hooked(stand_in, prepare="env").run(
        JobSpec(1, variables=[("GREETING", "a\nb")], file_variables=[("KEYFILE", "secret")]))
    text = result.stage("prepare").text
    for line in ("BUILD_FAILURE_EXIT_CODE=1", "SYSTEM_FAILURE_EXIT_CODE=2", "FROM_CONFIG=yes",
                 "CUSTOM_ENV_GREETING=a\nb", "CUSTOM_ENV_KEYFILE=secret", "CUSTOM_ENV_CI_JOB_STATUS=running",
                 f"TMPDIR={result.stage('prepare').temp_dir}"):
        assert line in text
    assert "FROM_CONFIG" not in str(result.stage("config").environment)
    assert result.stage("config").environment["CUSTOM_ENV_CI_PROJECT_DIR"] == ""
    assert result.stage("config").environment["CUSTOM_ENV_RUNNER_TEMP_PROJECT_DIR"] == ".tmp"


def test_job_env_wins_over_the_five_but_not_over_variables(stand_in: Host) -> None:
    answer = ('{"builds_dir": "/b", "cache_dir": "/c", "job_env": '
              '{"SYSTEM_FAILURE_EXIT_CODE": "44", "CUSTOM_ENV_CI_JOB_NAME": "other"}}')
    result = hooked(stand_in, config=f"echo '{answer}'; exit 0").run(JobSpec(1))
    environment = result.stage("prepare").environment
    assert environment["SYSTEM_FAILURE_EXIT_CODE"] == "44"
    assert environment["CUSTOM_ENV_CI_JOB_NAME"] == "unit"
    assert result.stage("config").environment["SYSTEM_FAILURE_EXIT_CODE"] == "2"


def test_each_attempt_has_a_private_tmpdir_that_ends_with_its_cleanup(stand_in: Host) -> None:
    modes: list[tuple[int, int]] = []

    def look(record: StageRecord) -> None:
        modes.append((stat.S_IMODE(record.temp_dir.stat().st_mode),
                      stat.S_IMODE((record.temp_dir / "response.json").stat().st_mode)))
    runner = hooked(stand_in, prepare="exit 2")
    runner.on_stage_start = look
    result = runner.run(JobSpec(1))
    assert set(modes) == {(0o700, 0o600)}
    directories = {record.temp_dir for record in result.stages}
    assert len(directories) == 3
    assert not any(directory.exists() for directory in directories)


def test_a_call_has_its_own_group_and_an_empty_stdin(stand_in: Host) -> None:
    result = hooked(stand_in, prepare='read -r _; echo "read $? group $(ps -o pgid= $$) pid $$"; pwd').run(JobSpec(1))
    record = result.stage("prepare")
    words = record.text.split()
    assert words[:2] == ["read", "1"]
    assert words[3] == words[5] == str(record.pid)
    assert str(record.temp_dir) in record.text


@pytest.mark.parametrize(("hook", "attempts", "reason"), [
    ("exit 1", 1, "script_failure"),
    ("exit 2", 3, "runner_system_failure"),
    ("exit 77", 3, "runner_system_failure"),
    ("kill -9 $$", 3, "runner_system_failure"),
])
@pytest.mark.parametrize("stage", ["config", "prepare"])
def test_config_and_prepare_are_tried_three_times_unless_they_exit_1(
        stand_in: Host, stage: str, hook: str, attempts: int, reason: str) -> None:
    result = hooked(stand_in, **{stage: hook}).run(JobSpec(1))
    once = ["config", "cleanup"] if stage == "config" else ["config", "prepare", "cleanup"]
    assert result.called() == once * attempts
    assert result.failure_reason == reason


@pytest.mark.parametrize("output", ["{", "{}{}", "hello {}", '{"job_env": {"A": 1}}', "[]"])
def test_bad_json_of_config_is_retried(stand_in: Host, output: str) -> None:
    result = hooked(stand_in, config=f"printf '%s' '{output}'; exit 0").run(JobSpec(1))
    assert result.called() == ["config", "cleanup"] * 3
    assert result.failure_reason == "runner_system_failure"


def test_config_without_output_needs_directories_from_the_toml(stand_in: Host) -> None:
    result = hooked(stand_in, config="exit 0").run(JobSpec(1))
    assert result.called() == ["config", "cleanup"]
    settings = stand_in.settings()
    settings.builds_dir, settings.cache_dir = str(stand_in.root / "b"), str(stand_in.root / "c")
    assert FakeRunner(settings).run(JobSpec(2)).status == "success"


@pytest.mark.parametrize(("file", "reason", "code"), [
    ("", "script_failure", 1),
    ("echo 42 >", "script_failure", 42),
    ("printf '42\\nmore' >", "script_failure", 42),
    ("echo ' 42' >", "runner_system_failure", None),
    ("echo fortytwo >", "runner_system_failure", None),
])
def test_exit_1_takes_its_code_from_the_file(stand_in: Host, file: str, reason: str, code: int | None) -> None:
    write = f'{file} "$BUILD_EXIT_CODE_FILE"; ' if file else ""
    result = hooked(stand_in, run=in_sub_stage("build_script", write + "exit 1")).run(JobSpec(1))
    assert (result.failure_reason, result.exit_code) == (reason, code)


def test_a_descendant_that_keeps_a_pipe_open_is_seen(stand_in: Host) -> None:
    result = hooked(stand_in, prepare="sleep 30 & exit 0").run(JobSpec(1))
    assert result.stage("prepare").end.pipes_held
    assert 0.4 < result.stage("prepare").duration < 5


def test_term_goes_to_the_group_and_kill_after_the_graceful_time(stand_in: Host) -> None:
    runner = hooked(stand_in, prepare="trap '' TERM; echo waiting; while :; do sleep 0.05; done")
    job = runner.start(JobSpec(1))
    job.wait_for_log("waiting")
    job.abort()
    result = job.wait()
    record = result.stage("prepare")
    assert record.end.stopped_for == "aborted" and record.end.killed and record.end.exit_code == -9
    assert result.called() == ["config", "prepare", "cleanup"]
    assert result.failure_reason == "job_canceled"


@pytest.mark.parametrize(("code", "called_after", "reason"), [
    (0, ["cleanup"], "job_canceled"),
    (1, ["cleanup"], "script_failure"),
    (2, ["cleanup"], "job_canceled"),
])
def test_the_exit_code_after_term_in_prepare_counts(stand_in: Host, code: int, called_after: list[str],
                                                    reason: str) -> None:
    runner = hooked(stand_in, prepare=f"trap 'exit {code}' TERM; echo waiting; while :; do sleep 0.05; done")
    job = runner.start(JobSpec(1))
    job.wait_for_log("waiting")
    job.cancel()
    result = job.wait()
    called = [name for name in result.called() if name != "prepare_script"]
    assert called == ["config", "prepare", *called_after]
    assert result.failure_reason == reason


def test_a_cancelled_script_is_followed_by_after_script_and_the_failure_stages(stand_in: Host) -> None:
    job = stand_in.runner().start(JobSpec(1, script=["echo waiting", "sleep 30"], after_script=["echo after"],
                                          artifacts_when="always", cache_when="on_failure"))
    job.wait_for_log("^waiting")
    job.cancel()
    result = job.wait()
    assert result.called()[-6:] == ["build_script", "after_script", "archive_cache_on_failure",
                                    "upload_artifacts_on_failure", "cleanup_file_variables", "cleanup"]
    assert result.stage("after_script").environment["CUSTOM_ENV_CI_JOB_STATUS"] == "canceled"
    assert result.failure_reason == "job_canceled"


def wait_in_script(runner: FakeRunner, timeout: int = 600) -> RunningJob:
    job = runner.start(JobSpec(1, script=["echo waiting", "sleep 30"], after_script=["true"], timeout=timeout))
    job.wait_for_log("^waiting")
    return job


def test_abort_timeout_and_shutdown_go_straight_to_cleanup(stand_in: Host) -> None:
    runner = stand_in.runner()
    for end, reason in ((RunningJob.abort, "job_canceled"), (RunningJob.interrupt, "runner_interrupted")):
        job = wait_in_script(runner)
        end(job)
        result = job.wait()
        assert result.called()[-2:] == ["build_script", "cleanup"]
        assert result.failure_reason == reason
    result = wait_in_script(runner, timeout=1).wait()
    assert result.called()[-2:] == ["build_script", "cleanup"]
    assert result.failure_reason == "job_execution_timeout"


def test_shutdown_is_not_heard_in_prepare(stand_in: Host) -> None:
    go = stand_in.root / "go"
    runner = hooked(stand_in, prepare=f"echo waiting; until [ -e {go} ]; do sleep 0.02; done")
    job = runner.start(JobSpec(1))
    job.wait_for_log("waiting")
    runner.shutdown()
    assert not wait_until(lambda: job.is_over, 0.3)
    go.touch()
    result = job.wait()
    assert result.stage("prepare").end.exit_code == 0
    assert result.failure_reason == "runner_interrupted"


def test_a_stage_timeout_of_prepare_is_retried(stand_in: Host) -> None:
    settings = hooked(stand_in, prepare="trap 'exit 2' TERM; while :; do sleep 0.02; done").settings
    settings.prepare_timeout = 0.2
    result = FakeRunner(settings).run(JobSpec(1))
    assert result.called() == ["config", "prepare", "cleanup"] * 3


def test_sources_are_tried_again_with_a_cleared_worktree(stand_in: Host) -> None:
    runner = hooked(stand_in, run=in_sub_stage("get_sources", "exit 1"))
    result = runner.run(JobSpec(1, variables=[("GET_SOURCES_ATTEMPTS", "3")], artifacts_when="on_failure"))
    assert result.called() == ["config", "prepare", "prepare_script", "get_sources", "clear_worktree",
                               "get_sources", "get_sources", "upload_artifacts_on_failure",
                               "cleanup_file_variables", "cleanup"]


def test_every_optional_sub_stage_has_its_place(stand_in: Host) -> None:
    result = stand_in.runner().run(JobSpec(
        1, after_script=["true"], cache_when="on_success", artifacts_when="always", has_dependency=True,
        more_steps=[Step("Release", ["true"])]))
    assert result.status == "success", result.log
    assert result.called() == [
        "config", "prepare", "prepare_script", "get_sources", "restore_cache", "download_artifacts",
        "build_script", "step_release", "after_script", "archive_cache", "upload_artifacts_on_success",
        "cleanup_file_variables", "cleanup"]
    assert "Missing gitlab-runner. Creating cache is disabled." in result.log


def test_a_failing_cleanup_is_a_warning_in_both_logs(stand_in: Host) -> None:
    result = hooked(stand_in, cleanup="exit 5").run(JobSpec(1))
    assert result.status == "success"
    assert "Cleanup script failed" in result.log and "Cleanup script failed" in result.runner_log


def test_scripts_have_exports_errexit_pipefail_and_their_files(stand_in: Host) -> None:
    text = "it's \\ \"quoted\"\n\tüñí $HOME `x`"
    result = stand_in.runner().run(JobSpec(
        1, variables=[("TEXT", text)], file_variables=[("KEYFILE", "secret")],
        script=['[ "$(cat "$KEYFILE")" = secret ]', 'printf "<%s>\\n" "$TEXT"', "pwd", "read -r line || echo no input",
                "echo 'ADDED=by the step' >> $GITLAB_ENV"],
        after_script=["echo $ADDED", "false | true", "echo not reached"]))
    assert f"<{text}>" in result.log
    assert f"\n{stand_in.root}/builds/demo/widgets\n" in result.log
    assert "no input" in result.log and "\nby the step\n" in result.log
    assert "\nnot reached" not in result.log
    assert not (stand_in.root / "builds/demo/widgets.tmp/KEYFILE").exists()


def test_concurrent_jobs_get_the_smallest_free_numbers(stand_in: Host) -> None:
    stand_in.environment["STAND_IN_SHARED"] = "true"
    runner = stand_in.runner()
    jobs = [runner.start(JobSpec(number, script=["echo waiting", "sleep 30"])) for number in (1, 2)]
    for job in jobs:
        job.wait_for_log("^waiting")
    numbers = [job.stages[-1].environment["CUSTOM_ENV_CI_CONCURRENT_ID"] for job in jobs]
    assert numbers == ["0", "1"]
    for job in jobs:
        job.abort()
        job.wait()
    assert runner.run(JobSpec(3)).stage("prepare").environment["CUSTOM_ENV_CI_CONCURRENT_ID"] == "0"


def test_a_missing_executor_is_a_system_failure(stand_in: Host) -> None:
    stand_in.executor = stand_in.root / "absent"
    result = stand_in.runner().run(JobSpec(1))
    assert result.failure_reason == "runner_system_failure"
    assert "failed to start command" in result.message


@pytest.mark.skipif(os.geteuid() != 0, reason="not started as root")
def test_calls_run_as_another_user_with_its_own_files(stand_in: Host) -> None:
    host = Host(STAND_IN, identity="user")
    try:
        host.environment = {"STAND_IN_DIRECTORY": str(host.make_directory("work"))}
        result = hooked(host, prepare='id -u; cat "$JOB_RESPONSE_FILE" > /dev/null && echo readable').run(JobSpec(1))
        assert result.status == "success", result.log
        assert result.stage("prepare").text.startswith("65534\nreadable\n")
    finally:
        host.close()
