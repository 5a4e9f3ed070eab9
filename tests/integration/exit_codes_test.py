"""What the executor answers to gitlab-runner: exit codes, the exit code file, config's JSON."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from conftest import HostMaker
from fake_runner import FakeRunner, StageRecord
from host import Host
from job_spec import JobSpec, Step


@pytest.mark.parametrize("code", [1, 2, 3, 42, 77, 126, 127, 255])
def test_a_failing_script_is_a_script_failure_with_its_own_code(host: Host, code: int) -> None:
    result = host.runner().run(JobSpec(1, script=[f"(exit {code})"]))
    record = result.stage("build_script")
    assert record.end.exit_code == 1, result.log
    assert (record.exit_code_file or "").strip() == str(code)
    assert (result.failure_reason, result.exit_code) == ("script_failure", code)


@pytest.mark.parametrize(("signal", "code"), [("KILL", 137), ("SEGV", 139), ("ABRT", 134), ("USR1", 138)])
def test_a_script_killed_by_a_signal_has_128_and_its_number(host: Host, signal: str, code: int) -> None:
    # $$ is the script's main shell: the one whose end is the end of the script.
    result = host.runner().run(JobSpec(1, script=[f"kill -{signal} $$", "sleep 5"]))
    assert (result.failure_reason, result.exit_code) == ("script_failure", code), result.log


def test_the_exit_code_file_is_cleared_by_every_run_call(host: Host) -> None:
    result = host.runner().run(JobSpec(1, script=["exit 7"], after_script=["true"]))
    assert (result.stage("build_script").exit_code_file or "").strip() == "7"
    for name in ("after_script", "cleanup_file_variables"):
        assert not result.stage(name).exit_code_file
    assert result.exit_code == 7


def test_a_stale_exit_code_is_not_reported_for_a_later_system_failure(host: Host) -> None:
    runner = host.runner()

    def spoil(record: StageRecord) -> None:
        if record.sub_stage == "after_script":
            Path(record.argv[2]).unlink(missing_ok=True)
    runner.on_stage_start = spoil
    result = runner.run(JobSpec(1, script=["exit 7"], after_script=["sleep 0.2"]))
    record = result.stage("after_script")
    assert record.end.exit_code in (0, 2)  # 0 when the script was opened before it vanished
    assert not record.exit_code_file


@pytest.mark.parametrize("sub_stage", ["prepare_script", "get_sources", "build_script", "after_script",
                                       "cleanup_file_variables"])
def test_every_sub_stage_forwards_the_exit_code_of_its_script(host: Host, sub_stage: str) -> None:
    result = host.runner().run(JobSpec(1, after_script=["true"], prelude={sub_stage: ["exit 9"]},
                                       script=["exit 9"] if sub_stage == "build_script" else ["true"]))
    record = result.stage(sub_stage)
    if sub_stage == "after_script":
        record = next(s for s in result.stages if s.name == sub_stage)
    assert record.end.exit_code == 1, result.log
    assert (record.exit_code_file or "").strip() == "9"


@pytest.mark.parametrize("name", ["release", "Something_New"])
def test_other_steps_run_their_script(host: Host, name: str) -> None:
    result = host.runner().run(JobSpec(1, more_steps=[Step(name, ["echo from $((6 * 7))"])]))
    assert result.status == "success", result.log
    assert "from 42" in result.stage(f"step_{name.lower()}").text


def call(record: StageRecord, *arguments: str, **changes: str) -> subprocess.CompletedProcess[bytes]:
    """One more call with the environment of an earlier one."""
    return subprocess.run([record.argv[0], *arguments], env=record.environment | changes, cwd=record.temp_dir,
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=30)


class ExtraCalls:
    """Makes further calls of the executor while an attempt lives, at the start of a sub-stage."""

    def __init__(self, runner: FakeRunner, at: str = "cleanup_file_variables") -> None:
        self.done: list[subprocess.CompletedProcess[bytes]] = []
        self.codes: list[str | None] = []
        self.wanted: list[tuple[list[str], dict[str, str]]] = []
        self._at = at
        runner.on_stage_start = self._on_start

    def _on_start(self, record: StageRecord) -> None:
        if record.name != self._at:
            return
        for arguments, changes in self.wanted:
            code_file = record.temp_dir / "other_exit_code"
            code_file.write_text("99\n")
            words = [word.replace("@", str(record.temp_dir)) for word in arguments]
            self.done.append(call(record, *words, BUILD_EXIT_CODE_FILE=str(code_file), **changes))
            self.codes.append(code_file.read_text().strip() if code_file.exists() else None)


def script_in(host: Host, text: str) -> str:
    path = host.root / "extra-script"
    path.write_text(f"#!/bin/bash\n{text}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("name", ["step_script", "clear_worktree", "resolve_secrets", "never_heard_of"])
def test_unknown_sub_stages_run_the_script(host: Host, name: str) -> None:
    runner = host.runner()
    extra = ExtraCalls(runner)
    extra.wanted = [(["run", script_in(host, "echo it ran; exit 5"), name], {})]
    runner.run(JobSpec(1))
    assert extra.done[0].returncode == 1, extra.done[0].stderr
    assert b"it ran" in extra.done[0].stdout
    assert extra.codes == ["5"]


def test_an_absent_script_is_a_system_failure_and_clears_the_code_file(host: Host) -> None:
    runner = host.runner()
    extra = ExtraCalls(runner)
    extra.wanted = [(["run", "@/no/such/script", "build_script"], {}), (["run", "@", "build_script"], {})]
    assert runner.run(JobSpec(1)).status == "success"
    assert [end.returncode for end in extra.done] == [2, 2]
    assert all(not code for code in extra.codes)
    assert all(b"RunnerIQ:" in end.stdout + end.stderr for end in extra.done)
    assert b"cannot open the script /" in extra.done[0].stdout


def test_the_two_codes_are_taken_from_the_environment(host: Host) -> None:
    runner = host.runner()
    extra = ExtraCalls(runner)
    other = {"BUILD_FAILURE_EXIT_CODE": "11", "SYSTEM_FAILURE_EXIT_CODE": "12"}
    extra.wanted = [(["run", script_in(host, "exit 3"), "build_script"], other),
                    (["run", "@/absent", "build_script"], other)]
    runner.run(JobSpec(1))
    assert [end.returncode for end in extra.done] == [11, 12]
    assert extra.codes[0] == "3"


@pytest.mark.parametrize("bad", ["0", "x", "", "256", "-1"])
def test_a_bad_failure_code_can_never_make_a_failure_a_success(host: Host, bad: str) -> None:
    runner = host.runner()
    extra = ExtraCalls(runner)
    extra.wanted = [(["run", script_in(host, "exit 3"), "build_script"], {"BUILD_FAILURE_EXIT_CODE": bad}),
                    (["run", "@/absent", "build_script"], {"SYSTEM_FAILURE_EXIT_CODE": bad})]
    runner.run(JobSpec(1))
    assert [end.returncode for end in extra.done] == [1, 2]


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["run"], ["run", "/bin/true"], ["prepare", "more"]])
def test_a_wrong_command_line_is_never_a_success(host: Host, arguments: list[str]) -> None:
    end = subprocess.run([host.executor, *arguments], env=host.runner_environment(), stdin=subprocess.DEVNULL,
                         capture_output=True, timeout=30)
    assert end.returncode == 2, end
    assert end.stderr or end.stdout


def test_config_prints_one_json_document_with_the_known_keys(host: Host) -> None:
    result = host.runner().run(JobSpec(1))
    answer = json.loads(result.stage("config").stdout)
    assert answer["driver"]["name"] == f"RunnerIQ-{host.driver}"
    assert re.match(r"\d+\.\d+", answer["driver"]["version"])
    assert answer["builds_dir"] == str(host.builds / "7" / "0")
    assert answer["cache_dir"].startswith(str(host.root / "cache"))
    assert isinstance(answer["hostname"], str) and answer["hostname"]
    assert all(isinstance(value, str) for value in answer.get("job_env", {}).values())
    known = {"driver", "hostname", "builds_dir", "cache_dir", "builds_dir_is_shared", "job_env", "shell"}
    assert set(answer) <= known
    assert f"Using Custom executor with driver RunnerIQ-{host.driver}" in result.log


def test_the_shell_option_is_told_to_the_runner(host: Host) -> None:
    host.options["SHELL"] = "bash"
    result = host.runner().run(JobSpec(1))
    assert json.loads(result.stage("config").stdout).get("shell") == "bash"


def test_two_protection_levels_do_not_share_a_cache(host: Host) -> None:
    runner = host.runner()
    dirs = [json.loads(runner.run(JobSpec(number, protected=protected)).stage("config").stdout)["cache_dir"]
            for number, protected in ((1, True), (2, False))]
    assert dirs[0] != dirs[1]


def _cache_of(host: Host, job: JobSpec) -> Path:
    return Path(json.loads(host.runner().run(job).stage("config").stdout)["cache_dir"])


@pytest.mark.parametrize("second", [{"server_url": "https://other.example.com"}, {"response_changes": {"variables": []}}],
                         ids=["of_another_gitlab", "of_an_unknown_gitlab"])
def test_a_job_leaves_the_cache_of_other_gitlabs_alone(host: Host, second: dict[str, Any]) -> None:
    cache = _cache_of(host, JobSpec(1))
    (cache / "kept").write_text("of the first GitLab")
    assert _cache_of(host, JobSpec(2, **second)) != cache
    assert (cache / "kept").exists()


def test_a_job_of_an_unknown_gitlab_or_project_leaves_nothing(host: Host) -> None:
    assert host.runner().run(JobSpec(1)).status == "success"
    checkout = host.builds / "7" / "0"
    (checkout / "kept").write_text("of a known job")
    for number, changes in ((2, {"variables": []}), (3, {"job_info": {}})):
        result = host.runner().run(JobSpec(number, response_changes=changes))
        assert result.status == "success", result.log
        answer = json.loads(result.stage("config").stdout)
        assert not any(Path(answer[name]).exists() for name in ("builds_dir", "cache_dir"))
    assert (checkout / "kept").exists()


def test_jobs_of_a_runner_that_tells_nothing_of_them_share_no_folder(host: Host) -> None:
    runner = host.runner()
    runner.settings.enter = ("env", "-u", "JOB_RESPONSE_FILE")
    results = [runner.run(JobSpec(number)) for number in (1, 2)]
    answers = [json.loads(result.stage("config").stdout) for result in results]
    for result in results:
        assert result.status == "success", result.log
        assert "RunnerIQ: gitlab-runner sets no JOB_RESPONSE_FILE" in result.log
    for name in ("builds_dir", "cache_dir"):
        assert answers[0][name] != answers[1][name]
        assert not Path(answers[0][name]).exists()


def test_auto_picks_a_driver_and_says_which(make_host: HostMaker) -> None:
    host = make_host("auto")
    result = host.runner().run(JobSpec(1))
    assert result.status == "success", result.log
    assert re.search(r"driver RunnerIQ-(bubblewrap|shell) ", result.log)


def test_our_lines_in_the_job_log_are_prefixed_and_whole(host: Host) -> None:
    result = host.runner().run(JobSpec(1))
    for record in result.stages:
        if record.stage in ("prepare", "cleanup"):
            lines = record.text.splitlines(keepends=True)
            assert all(line.startswith("RunnerIQ: ") and line.endswith("\n") for line in lines), lines
    assert re.search(r"^RunnerIQ: priority \d+\.\d (CRITICAL|HIGH|MEDIUM|LOW)", result.log, re.MULTILINE)


def test_the_shell_driver_says_that_it_is_for_trusted_jobs(make_host: HostMaker) -> None:
    result = make_host("shell").runner().run(JobSpec(1))
    assert re.search(r"^RunnerIQ: .*trusted", result.log, re.MULTILINE), result.log
