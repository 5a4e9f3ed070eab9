"""A job as GitLab hands it to a runner, and the variables that the runner adds."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

NO_SHA = "0" * 40
FAKE_SHA = "0123456789abcdef0123456789abcdef01234567"
SERVER_URL = "http://gitlab.test"


@dataclass
class Step:
    """An entry of `steps[]` of the job response; "script" is called build_script by the runner."""

    name: str
    script: list[str]

    @property
    def sub_stage(self) -> str:
        return "build_script" if self.name == "script" else f"step_{self.name.lower()}"


@dataclass
class JobSpec:
    """What a test says about a job; everything else has a plain default."""

    id: int
    name: str = "unit"
    stage: str = "test"
    script: list[str] = field(default_factory=lambda: ["true"])
    after_script: list[str] = field(default_factory=list)
    more_steps: list[Step] = field(default_factory=list)
    project_id: int = 7
    project_path: str = "demo/widgets"
    ref: str = "main"
    ref_type: str = "branch"
    protected: bool | None = None
    default_branch: str = "main"
    server_url: str = SERVER_URL
    sha: str = FAKE_SHA
    repo_url: str = ""  # "" = no sources: GIT_STRATEGY=none
    timeout: int = 600
    queued_seconds: float = 0.0
    variables: list[tuple[str, str]] = field(default_factory=list)
    file_variables: list[tuple[str, str]] = field(default_factory=list)
    services: list[dict[str, Any]] = field(default_factory=list)
    image: str = ""
    cache_when: str = ""      # "" = no cache, else on_success | on_failure | always
    artifacts_when: str = ""  # "" = no artifacts, else on_success | on_failure | always
    has_dependency: bool = False
    # Lines put before the body of a sub-stage's script, by sub-stage name.
    prelude: dict[str, list[str]] = field(default_factory=dict)
    # Members that replace or add to the generated job response, and a raw text instead of it.
    response_changes: dict[str, Any] = field(default_factory=dict)
    raw_response_file: str = ""  # a file whose bytes become the job response
    response_absent: bool = False

    def steps(self) -> list[Step]:
        return [Step("script", self.script), *self.more_steps]

    def gitlab_variables(self) -> list[dict[str, Any]]:
        """The variables of the job response, in GitLab's order: its own first, the user's last."""
        own = {
            "CI": "true",
            "GITLAB_CI": "true",
            "CI_SERVER_URL": self.server_url,
            "CI_JOB_ID": str(self.id),
            "CI_JOB_NAME": self.name,
            "CI_JOB_STAGE": self.stage,
            "CI_PIPELINE_ID": "55",
            "CI_PIPELINE_SOURCE": "push",
            "CI_PROJECT_ID": str(self.project_id),
            "CI_PROJECT_PATH": self.project_path,
            "CI_COMMIT_SHA": self.sha,
            "CI_COMMIT_REF_NAME": self.ref,
            "CI_COMMIT_REF_PROTECTED": "true" if self.protected else "false",
            "CI_DEFAULT_BRANCH": self.default_branch,
            "CI_REPOSITORY_URL": self._url(),
        }
        own["CI_COMMIT_TAG" if self.ref_type == "tag" else "CI_COMMIT_BRANCH"] = self.ref
        if not self.repo_url:
            own["GIT_STRATEGY"] = "none"
        plain = [_variable(key, value) for key, value in [*own.items(), *self.variables]]
        return plain + [_variable(key, value, file=True) for key, value in self.file_variables]

    def variable(self, key: str, default: str) -> str:
        """The effective value of a variable: the last one wins."""
        values = [v["value"] for v in self.gitlab_variables() if v["key"] == key]
        return values[-1] if values else default

    def response(self) -> dict[str, Any]:
        """The job response, re-encoded as gitlab-runner writes it to JOB_RESPONSE_FILE."""
        steps = [_step(s.name, s.script, "on_success", self.timeout) for s in self.steps()]
        if self.after_script:
            steps.append(_step("after_script", self.after_script, "always", self.timeout))
        return {
            "id": self.id,
            "token": f"job-token-{self.id}",
            "allow_git_fetch": True,
            "job_info": self._job_info(),
            "git_info": self._git_info(),
            "runner_info": {"timeout": self.timeout},
            "variables": self.gitlab_variables(),
            "steps": steps,
            "image": {"name": self.image},
            "services": self.services,
            "artifacts": [{"paths": ["out"], "when": self.artifacts_when}] if self.artifacts_when else [],
            "cache": [{"key": "k", "paths": ["c"], "when": self.cache_when}] if self.cache_when else [],
            "credentials": [],
            "dependencies": [_dependency()] if self.has_dependency else [],
            "features": {"trace_sections": True, "failure_reasons": ["unknown_failure", "job_canceled"]},
        } | self.response_changes

    def _job_info(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "stage": self.stage,
            "project_id": self.project_id,
            "project_name": self.project_path.rpartition("/")[2],
            "project_full_path": self.project_path,
            "pipeline_id": 55,
            "user_id": 3,
            "time_in_queue_seconds": self.queued_seconds,
            "project_jobs_running_on_instance_runners_count": "0",
            "queue_size": 0,
            "queue_depth": 0,
        }

    def _git_info(self) -> dict[str, Any]:
        prefix = "heads" if self.ref_type == "branch" else "tags"
        return {
            "repo_url": self._url(),
            "ref": self.ref,
            "ref_type": self.ref_type,
            "sha": self.sha,
            "before_sha": NO_SHA,
            "refspecs": [f"+refs/{prefix}/{self.ref}:refs/remotes/origin/{self.ref}"],
            "depth": 20,
            "protected": self.protected,
        }

    def _url(self) -> str:
        return self.repo_url or f"{self.server_url}/{self.project_path}.git"

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> JobSpec:
        members = json.loads(text)
        members["more_steps"] = [Step(**step) for step in members["more_steps"]]
        for key in ("variables", "file_variables"):
            members[key] = [(name, value) for name, value in members[key]]
        return JobSpec(**members)


def _variable(key: str, value: str, file: bool = False) -> dict[str, Any]:
    return {"key": key, "value": value, "public": True, "file": file, "masked": False, "raw": False}


def _step(name: str, script: list[str], when: str, timeout: int) -> dict[str, Any]:
    return {"name": name, "script": script, "timeout": timeout, "when": when, "allow_failure": False}


def _dependency() -> dict[str, Any]:
    return {"id": 1, "token": "t", "name": "dep", "artifacts_file": {"filename": "a.zip", "size": 10}}
