"""`runneriq-executor doctor`: findings with remedies, and the configuration to paste."""

from __future__ import annotations

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
