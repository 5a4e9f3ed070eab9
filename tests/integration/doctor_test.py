"""`runneriq-executor doctor`: findings with remedies, and the configuration to paste."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from conftest import HostMaker
from host import Host


@pytest.fixture
def host(make_host: HostMaker, driver: str, identity: str) -> Host:
    return make_host(driver, identity)


def doctor(host: Host, *arguments: str) -> subprocess.CompletedProcess[str]:
    user = {} if host.account is None else {"user": host.account.uid, "group": host.account.gid, "extra_groups": []}
    return subprocess.run([host.executor, "doctor", *arguments], env=host.runner_environment(), cwd="/",
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, **user)


def test_doctor_reports_every_subject_and_remedies(host: Host) -> None:
    end = doctor(host)
    assert end.returncode in (0, 1), end
    text = end.stdout.lower().replace("-", " ")
    for subject in ("driver", host.driver, "state file", "git", "gitlab runner", "cgroup"):
        assert subject in text, end.stdout
    if host.driver == "shell":
        assert "trusted" in text


def test_a_finding_that_is_no_good_has_a_remedy(make_host: HostMaker) -> None:
    host = make_host("shell")
    (host.root / "file").write_text("x")
    host.state = host.root / "file" / "host.db"
    end = doctor(host)
    assert end.returncode == 1, end.stdout
    lines = end.stdout.splitlines()
    index = next(i for i, line in enumerate(lines) if re.search("state.file", line))
    assert not lines[index].startswith("ok"), end.stdout
    assert lines[index + 1].strip().startswith("->"), end.stdout


def test_doctor_leaves_no_trace(host: Host) -> None:
    before = sorted(path for path in host.root.rglob("*") if "state" not in str(path))
    doctor(host)
    assert sorted(path for path in host.root.rglob("*") if "state" not in str(path)) == before


def runners_of(end: subprocess.CompletedProcess[str]) -> list[dict[str, object]]:
    assert end.returncode == 0, end
    return list(tomllib.loads(end.stdout)["runners"])


def test_config_toml_can_be_pasted(host: Host) -> None:
    runners = runners_of(doctor(host, "--config-toml"))
    assert len(runners) == 1
    custom = runners[0]["custom"]
    assert isinstance(custom, dict)
    assert runners[0]["executor"] == "custom"
    for stage in ("config", "prepare", "run", "cleanup"):
        assert Path(custom[f"{stage}_exec"]).is_absolute()
        assert custom[f"{stage}_args"] == [stage]
    assert custom["graceful_kill_timeout"] < 300
    assert custom["prepare_exec_timeout"] > 3600


def test_reserve_gives_an_ordinary_and_a_critical_runner(make_host: HostMaker) -> None:
    host = make_host("shell", slots=4)
    end = doctor(host, "--config-toml", "--reserve", "1")
    runners = runners_of(end)
    assert [runner["limit"] for runner in runners] == [3, 1]
    assert tomllib.loads(end.stdout).get("concurrent", 4) == 4


@pytest.mark.parametrize("arguments", [["--reserve"], ["--reserve", "x"], ["--nonsense"]])
def test_a_wrong_option_is_refused(make_host: HostMaker, arguments: list[str]) -> None:
    end = doctor(make_host("shell"), "--config-toml", *arguments)
    assert end.returncode == 2 and end.stderr


def test_an_option_that_is_unknown_is_called_so(make_host: HostMaker) -> None:
    assert "unknown option '--nonsense'" in doctor(make_host("shell"), "--nonsense").stderr


def test_help_is_given_to_whoever_asks_doctor_for_it(make_host: HostMaker) -> None:
    end = doctor(make_host("shell"), "--help")
    assert end.returncode == 0 and "doctor --config-toml" in end.stdout and end.stderr == ""


def finding(host: Host, name: str) -> dict[str, str]:
    findings = json.loads(doctor(host, "--output", "json").stdout)["findings"]
    return next(one for one in findings if one["name"] == name)


def leave_behind(host: Host, name: str, attempt: Path) -> Path:
    private = host.jobs / name
    (private / "home").mkdir(parents=True)
    (host.jobs / f"{name}.lease").write_text(f"{attempt}\nboot\n1\n2\n")
    return private


def test_what_attempts_left_is_counted_and_the_remedy_removes_only_that(make_host: HostMaker) -> None:
    host = make_host("shell")
    assert finding(host, "leftovers")["status"] == "ok"
    over = [leave_behind(host, name, host.root / "gone") for name in ("one", "two")]
    running = leave_behind(host, "three", host.make_directory("attempt"))
    told = finding(host, "leftovers")
    assert told["status"] == "warn" and told["what"].endswith(": 2"), told
    subprocess.run(["sh", "-c", told["remedy"].partition("while no job runs: ")[2]], check=True)
    assert not any(path.exists() for path in over)
    assert sorted(path.name for path in host.jobs.iterdir()) == ["three", "three.lease"] and running.is_dir()
    assert finding(host, "leftovers")["status"] == "ok"


def test_another_user_than_the_one_asked_for_is_a_warning(make_host: HostMaker, identity: str) -> None:
    host = make_host("shell", identity)
    host.options["RUN_AS"] = "no-such-user"
    told = finding(host, "account")
    assert told["status"] == "warn" and "no-such-user" in told["what"], told
    assert "run_as: " in told["remedy"], told


def test_podman_is_tried_as_jobs_would_use_it(make_host: HostMaker) -> None:
    host = make_host("podman")
    folder = host.make_directory("tools")
    tool = folder / "podman"
    tool.write_text("#!/bin/sh\n[ \"$1\" = --version ] && echo podman 4 && exit 0\necho 'no storage' >&2\nexit 125\n")
    tool.chmod(0o755)
    host.options["PODMAN_COMMAND"] = str(tool)
    told = finding(host, "podman")
    assert told["status"] == "fail" and "no storage" in told["what"], told


def test_paths_can_be_pasted(make_host: HostMaker) -> None:
    host = make_host("shell")
    host.state = host.root / "file" / "host.db"
    (host.root / "file").write_text("x")
    assert "\\/" not in doctor(host).stdout
