"""get_sources with the real git, from a repository on the host."""

from __future__ import annotations

import os

import pytest

from conftest import HostMaker
from git_repository import GitRepository
from host import NOBODY, Host
from job_spec import JobSpec


@pytest.fixture
def host(make_host: HostMaker, driver: str, identity: str) -> Host:
    return make_host(driver, identity)


@pytest.fixture
def repository(host: Host) -> GitRepository:
    made = GitRepository(host.root / "widgets.git", {"README": "a small project\n"}, ["main", "feature/x"],
                         NOBODY if os.geteuid() == 0 else None)
    host.options["BUBBLEWRAP_READ_ONLY_PATHS"] = str(made.path)
    return made


def job(number: int, repository: GitRepository, *script: str, **members: object) -> JobSpec:
    return JobSpec(number, repo_url=str(repository.path), sha=repository.head(), script=list(script),
                   **members)  # type: ignore[arg-type]


def test_sources_are_checked_out_at_the_commit(host: Host, repository: GitRepository) -> None:
    sha = repository.commit_file("code", "version 1\n")
    result = host.runner().run(job(1, repository, "cat code", "git rev-parse HEAD"))
    assert result.status == "success", result.log
    assert "version 1" in result.log and sha in result.log
    assert "Checking out" in result.stage("get_sources").text


def test_the_second_job_fetches_into_the_same_checkout(host: Host, repository: GitRepository) -> None:
    runner = host.runner()
    first = runner.start(job(1, repository, "cat README"))
    assert first.wait().status == "success", first.log_text()
    inode = (first.project_dir() / ".git").stat().st_ino
    repository.commit_file("code", "version 2\n")
    second = runner.start(job(2, repository, "cat code"))
    result = second.wait()
    assert result.status == "success" and "version 2" in result.log, result.log
    assert second.project_dir() == first.project_dir()
    assert (second.project_dir() / ".git").stat().st_ino == inode


def test_what_a_job_left_behind_is_cleaned_for_the_next(host: Host, repository: GitRepository) -> None:
    runner = host.runner()
    assert runner.run(job(1, repository, "echo rubbish > untracked")).status == "success"
    result = runner.run(job(2, repository, "[ ! -e untracked ]"))
    assert result.status == "success", result.log


def test_a_commit_that_is_not_there_fails_as_a_script(host: Host, repository: GitRepository) -> None:
    missing = job(1, repository, "true")
    missing.sha = "f" * 40
    result = host.runner().run(missing)
    assert result.failure_reason == "script_failure"
    assert result.called()[-3:] == ["get_sources", "cleanup_file_variables", "cleanup"]


def test_two_jobs_of_a_project_have_checkouts_of_their_own(host: Host, repository: GitRepository) -> None:
    runner = host.runner()
    script = ["echo working", "until [ -e go ]; do sleep 0.02; done"]
    jobs = [runner.start(job(number, repository, *script)) for number in (1, 2)]
    for running in jobs:
        running.wait_for_log("^working")
    assert jobs[0].project_dir() != jobs[1].project_dir()
    for running in jobs:
        (running.project_dir() / "go").touch()
        assert running.wait().status == "success"
