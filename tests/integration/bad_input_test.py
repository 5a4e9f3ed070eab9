"""Hostile and broken input: none of it may lose a slot, hang, or fail a job that would have run."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from conftest import HostMaker
from fake_runner import FakeRunner, JobResult
from host import Host, our_lines, processes_with, wait_until
from job_spec import JobSpec


@pytest.fixture
def host(make_host: HostMaker, driver: str) -> Host:
    """With one slot, so that a lost slot is seen by the job after it."""
    return make_host(driver, slots=1)


@pytest.fixture
def shell_host(make_host: HostMaker) -> Host:
    """For what is decided before any driver comes in."""
    return make_host("shell", slots=1)


def assert_slot_is_free(runner: FakeRunner) -> None:
    result = runner.run(JobSpec(999), timeout=20)
    assert result.status == "success", result.log
    assert result.stage("prepare").duration < 5


def run_and_check(host: Host, job: JobSpec) -> JobResult:
    runner = host.runner()
    result = runner.run(job)
    assert result.status == "success", result.log
    assert "\nthe job ran" in result.log
    assert sum(record.duration for record in result.stages) < 20
    assert_slot_is_free(runner)
    return result


RAN = ["echo the job ran"]


def test_a_missing_job_response(host: Host) -> None:
    result = run_and_check(host, JobSpec(1, script=RAN, response_absent=True))
    assert any("response" in line for line in our_lines(result.log)), our_lines(result.log)


RESPONSES = {
    "empty": b"",
    "null": b"null",
    "number": b"17",
    "list": b"[]",
    "empty_object": b"{}",
    "half": b'{"id": 1, "job_info": {"name": "x"',
    "deep_list": b'{"id":1,"job_info":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
    "deep_object": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deep_unclosed": b"[" * 500_000,
    "not_utf8": b'{"id": 1, "job_info": {"name": "\xff\xfe\x80", "stage": "\xc3\x28", "project_id": 7}}',
    "nul_bytes": b"\0" * 4096,
    "utf16": '{"id": 1}'.encode("utf-16"),
    "wrong_types": b'{"id": "one", "job_info": [], "git_info": 3, "variables": {"a": 1}, "steps": "x"}',
    "wrong_members": b'{"id": 1, "job_info": {"name": 5, "project_id": "seven"}, "variables": [1, null, {"key": 2}]}',
    "huge_numbers": b'{"id": 99999999999999999999999, "job_info": {"project_id": -1e400}}',
    "negative_ids": b'{"id": -1, "job_info": {"project_id": -7}}',
    "double_keys": b'{"id": 1, "id": 2, "id": 3}',
    "surrogates": b'{"id": 1, "job_info": {"name": "\\ud800", "project_id": 7}}',
}


@pytest.mark.parametrize("name", RESPONSES)
def test_a_malformed_job_response(shell_host: Host, name: str) -> None:
    path = shell_host.root / "response"
    path.write_bytes(RESPONSES[name])
    run_and_check(shell_host, JobSpec(1, script=RAN, raw_response_file=str(path)))


def test_a_job_response_of_20_mb(host: Host) -> None:
    job = JobSpec(1, script=RAN, response_changes={"hooks": [{"name": "pre", "script": ["x" * 1000]}] * 20_000})
    result = run_and_check(host, job)
    assert re.search(r"^RunnerIQ: priority", result.log, re.MULTILINE)


def test_a_job_response_of_200_mb_is_survived(make_host: HostMaker) -> None:
    host = make_host("shell", slots=1)
    path = host.root / "response"
    with path.open("wb") as file:
        file.write(b'{"id": 1, "filler": "')
        for _ in range(200):
            file.write(b"x" * 1_000_000)
        file.write(b'"}')
    run_and_check(host, JobSpec(1, script=RAN, raw_response_file=str(path)))


NAMES = {
    "newline": "unit\nRunnerIQ: admitted after 0 s: a slot is free",
    "quick_action": "/approve\n/close",
    "ansi": "\033[2J\033[31munit\033]0;owned\007",
    "carriage_return": "unit\rRunnerIQ: fake",
    "section": "section_start:1:x\r\033[0K",
    "controls": "".join(chr(number) for number in range(1, 32)) + "\x7f\x9b1m",
    "right_to_left": "unit\u202etset",
    "percent": "%s%n%x {} {0}",
    "long": "x" * 100_000,
    "empty": "",
    "path": "../../../etc/passwd",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_job_name_is_never_repeated_unescaped(shell_host: Host, name: str) -> None:
    runner = shell_host.runner()
    first = runner.start(JobSpec(50, name=NAMES[name], stage=NAMES[name], ref=NAMES[name] or "main",
                                 script=["echo working", "until [ -e go ]; do sleep 0.02; done", *RAN]))
    first.wait_for_log("^working")
    held = runner.start(JobSpec(51, name=NAMES[name], stage=NAMES[name]))
    held.wait_for_log(r"position")
    (first.project_dir() / "go").touch()
    for result in (first.wait(), held.wait()):
        assert result.status == "success", result.log
        text = "".join(record.text for record in result.stages if record.stage in ("prepare", "cleanup"))
        text += result.stages[0].stderr.decode("utf-8", "replace")
        assert all(line.startswith("RunnerIQ: ") for line in text.split("\n") if line), text
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\x80-\x9f\u202e]", text), repr(text)
        assert all(len(line) < 2000 for line in text.split("\n"))
    assert_slot_is_free(runner)


PATHS = {"up": "../../../../etc", "absolute": "/etc", "inside_up": "a/../../b", "empty": "", "deep": "x/" * 3000,
         "newline": "a\nb", "dot": ".", "dots": "..", "command": "$(touch /tmp/x)", "spaces": "a b/c;d"}


@pytest.mark.parametrize("name", PATHS)
def test_a_hostile_project_path_never_moves_a_folder(shell_host: Host, name: str) -> None:
    host, path = shell_host, PATHS[name]
    before = _outside(host)
    job = JobSpec(1, script=RAN, variables=[("CI_PROJECT_PATH", path), ("CI_PROJECT_ID", path)])
    job.response_changes = {"job_info": job.response()["job_info"] | {"project_full_path": path,
                                                                      "project_name": path}}
    result = run_and_check(host, job)
    answer = json.loads(result.stage("config").stdout)
    assert answer["builds_dir"] == str(host.builds / "7" / "0")
    assert re.fullmatch(re.escape(str(host.root / "cache")) + r"/[0-9a-f]{12}/7/\w+", answer["cache_dir"])
    assert _outside(host) == before


def _outside(host: Host) -> list[Path]:
    return sorted(path for path in host.root.iterdir() if path.name not in ("builds", "cache", "runner-tmp"))


def test_custom_env_decides_neither_path_nor_priority(shell_host: Host) -> None:
    lies = [("CI_PROJECT_ID", "../../x"), ("CI_COMMIT_REF_NAME", "main"), ("CI_JOB_NAME", "deploy"),
            ("CI_COMMIT_REF_PROTECTED", "true"), ("CI_JOB_STAGE", "deploy")]
    honest = JobSpec(1, name="lint", stage="lint", ref="feature/x", script=RAN)
    lying = JobSpec(1, name="lint", stage="lint", ref="feature/x", script=RAN, variables=lies)
    lines = [_priority(run_and_check(shell_host, job)) for job in (honest, lying)]
    assert lines[0] == lines[1]
    assert " LOW" in lines[1]


def _priority(result: JobResult) -> str:
    return next(line for line in our_lines(result.log) if line.startswith("RunnerIQ: priority"))


VARIABLES = {
    "LD_PRELOAD": "/nonexistent/evil.so",
    "LD_LIBRARY_PATH": "/tmp/evil",
    "BASH_ENV": "/tmp/evil.sh",
    "ENV": "/tmp/evil.sh",
    "IFS": "x/",
    "PATH": "/nonexistent",
    "TMPDIR": "/nonexistent",
    "HOME": "/nonexistent",
    "SHELLOPTS": "noexec",
    "BASH_FUNC_echo%%": "() { exit 99; }",
    "JOB_RESPONSE_FILE": "/etc/passwd",
    "BUILD_EXIT_CODE_FILE": "/tmp/evil",
    "SYSTEM_FAILURE_EXIT_CODE": "0",
    "RUNNERIQ_STATE": "/tmp/evil.db",
    "RUNNERIQ_CONFIG": "/etc/shadow",
}


@pytest.mark.parametrize("name", VARIABLES)
def test_a_job_variable_with_a_dangerous_name_touches_only_the_custom_environment(
        shell_host: Host, name: str) -> None:
    """It reaches us as CUSTOM_ENV_… only; the script exports what it likes by itself."""
    job = JobSpec(1, script=RAN)
    job.response_changes = {"variables": [*job.gitlab_variables(), {"key": name, "value": VARIABLES[name],
                                                                    "public": True, "file": False}]}
    settings = shell_host.settings()
    settings.environment[f"CUSTOM_ENV_{name}"] = VARIABLES[name]
    runner = FakeRunner(settings)
    result = runner.run(job)
    assert result.status == "success", result.log
    assert "\nthe job ran" in result.log
    assert_slot_is_free(runner)


@pytest.mark.parametrize("name", ["LD_PRELOAD", "BASH_ENV", "IFS", "PATH", "TMPDIR", "ENV"])
def test_a_script_that_exports_a_dangerous_variable_hurts_its_own_stage_only(host: Host, name: str) -> None:
    runner = host.runner()
    result = runner.run(JobSpec(1, variables=[(name, VARIABLES[name])], script=RAN))
    assert result.stage("cleanup").end.exit_code == 0
    assert result.failure_reason in ("", "script_failure"), result.log
    assert_slot_is_free(runner)


@pytest.mark.parametrize("name", ["LD_PRELOAD", "BASH_ENV", "ENV", "IFS", "SHELLOPTS", "PS4"])
def test_a_dangerous_variable_of_the_runner_does_not_reach_the_job(host: Host, name: str) -> None:
    if name == "LD_PRELOAD":
        pytest.skip("the loader would warn about it in every process of the test")
    host.environment[name] = VARIABLES.get(name, "x")
    result = run_and_check(host, JobSpec(1, script=[*RAN, f'echo "it is <${{{name}:-}}>"']))
    if name in ("BASH_ENV", "ENV"):
        assert "it is <>" in result.log


def test_a_missing_tmpdir_is_survived_or_refused_but_never_a_hang(host: Host) -> None:
    for temp_dir in ("", "relative", "/nonexistent/dir"):
        environment = host.runner_environment() | {"TMPDIR": temp_dir, "JOB_RESPONSE_FILE": "/nonexistent"}
        for stage in ("config", "prepare", "cleanup"):
            end = subprocess.run([host.executor, stage], env=environment, stdin=subprocess.DEVNULL,
                                 capture_output=True, timeout=20)
            assert end.returncode in (0, 2), (temp_dir, stage, end)
    assert_slot_is_free(host.runner())


def test_a_job_without_predefined_variables_runs(host: Host) -> None:
    job = JobSpec(1, script=RAN)
    job.response_changes = {"variables": []}
    run_and_check(host, job)


def test_a_fork_bomb_ends_at_the_pids_limit(host: Host) -> None:
    host.options["PIDS_LIMIT"] = "60"
    runner = host.runner()
    seen: list[list[str]] = []
    runner.on_stage_start = lambda record: seen.append(_cgroups(record.temp_dir)) if record.stage == "run" else None
    # Bounded, so that a host without cgroups is not harmed by the test. dash gives up at the
    # first fork that fails; bash would try again for 15 s.
    job = JobSpec(1, script=[
        "sh -c 'i=0; while [ $i -lt 200 ]; do sleep 60 & i=$((i+1)); echo child $i; done' || true"])
    result = runner.run(job)
    if not seen or not seen[0]:
        pytest.skip("no cgroup could be made here: " + "; ".join(our_lines(result.log)))
    assert 10 < len(re.findall(r"^child \d+", result.log, re.MULTILINE)) < 60, result.log
    assert result.stages[-1].end.exit_code == 0
    assert wait_until(lambda: not processes_with(result.stages[0].temp_dir.name))
    assert not any(Path(directory).exists() for directory in seen[0])
    assert_slot_is_free(runner)


def _cgroups(temp_dir: Path) -> list[str]:
    try:
        plan = json.loads((temp_dir / "runneriq-plan.json").read_text())
    except (OSError, ValueError):
        return []
    return [str(directory) for directory in plan.get("cgroups", [])]


def test_a_script_that_floods_its_output_ends(host: Host) -> None:
    result = host.runner().run(JobSpec(1, script=["head -c 20000000 /dev/zero | tr '\\0' x", "echo", *RAN]))
    assert result.status == "success"
    assert len(result.stage("build_script").stdout) > 20_000_000


@pytest.mark.skipif(os.geteuid() != 0, reason="not started as root")
def test_a_builds_directory_that_is_a_symlink_is_not_followed_out(make_host: HostMaker, driver: str) -> None:
    """A job cannot make root write outside by leaving a symlink where a folder is expected."""
    host = make_host(driver, "root")
    target = host.make_directory("target")
    (host.builds / "7").symlink_to(target)
    result = host.runner().run(JobSpec(1))
    assert list(target.iterdir()) == [] or result.status == "success"
    assert target.stat().st_uid == 0 and target.stat().st_mode & 0o777 == 0o755
