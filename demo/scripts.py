"""Job scripts as gitlab-runner's bash shell generates them: one self-contained file per
sub-stage, in the form that shells/bash.go gives it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from job_spec import JobSpec

RESET = "\033[0;m"
GREEN = "\033[32;1m"
YELLOW = "\033[0;33m"


@dataclass(frozen=True)
class ScriptContext:
    """A job together with what the runner knows only after config."""

    job: JobSpec
    project_dir: str
    runner_variables: dict[str, str]
    hostname: str = ""

    @property
    def temp_dir(self) -> str:
        return f"{self.project_dir}.tmp"


def render(context: ScriptContext, sub_stage: str, shell: str = "bash") -> str:
    """The whole file that is given to run_exec."""
    body = "\n".join([*_body(context, sub_stage), ""])
    return (f"#!/usr/bin/env {shell}\n\n"
            "trap exit 1 TERM\n\n"
            f"{_xtrace(context)}"
            "if set -o | grep pipefail > /dev/null; then set -o pipefail; fi; set -o errexit\n"
            "set +o noclobber\n"
            f"(eval {ansi_c_quoted(body)}) < /dev/null\n"
            "exit 0\n")


def ansi_c_quoted(text: str) -> str:
    """$'…' with every byte that is not printable ASCII as an escape."""
    return "$'" + "".join(_escaped(byte) for byte in text.encode("utf-8", "surrogateescape")) + "'"


def _escaped(byte: int) -> str:
    named = {0x0A: "\\n", 0x09: "\\t", 0x0D: "\\r", 0x27: "\\'", 0x5C: "\\\\"}
    if byte in named:
        return named[byte]
    return chr(byte) if 0x20 <= byte < 0x7F else f"\\x{byte:02x}"


def _xtrace(context: ScriptContext) -> str:
    return "set -o xtrace\n" if context.job.variable("CI_DEBUG_TRACE", "") == "true" else ""


def _body(context: ScriptContext, sub_stage: str) -> list[str]:
    prelude = context.job.prelude.get(sub_stage, [])
    if sub_stage == "prepare_script":
        via = f" via {context.hostname}" if context.hostname else ""
        return [*prelude, f'echo "Running on $(hostname){via}..."', f"rm -r -f {_q(context.temp_dir)}"]
    if sub_stage == "cleanup_file_variables":
        return [*prelude, *_exports(context, write_files=False), *_remove_files(context)]
    return [*_exports(context, write_files=True), *prelude, *_own_part(context, sub_stage)]


def _own_part(context: ScriptContext, sub_stage: str) -> list[str]:
    if sub_stage == "get_sources":
        return _get_sources(context)
    if sub_stage == "clear_worktree":
        return [f"if [ -d {_q(context.project_dir)}/.git ]; then", f"  cd {_q(context.project_dir)}",
                "  git clean -ffdx", "  git reset --hard", "fi"]
    cd = [f"cd {_q(context.project_dir)}"]
    if helper := _HELPER_COMMANDS.get(sub_stage):
        return cd + _helper(*helper)
    return cd + _commands(_user_lines(context.job, sub_stage))


_HELPER_COMMANDS = {
    "restore_cache": ("cache-extractor", "Extracting cache"),
    "download_artifacts": ("artifacts-downloader", "Artifacts downloading"),
    "archive_cache": ("cache-archiver", "Creating cache"),
    "archive_cache_on_failure": ("cache-archiver", "Creating cache"),
    "upload_artifacts_on_success": ("artifacts-uploader", "Uploading artifacts"),
    "upload_artifacts_on_failure": ("artifacts-uploader", "Uploading artifacts"),
}


def _helper(command: str, purpose: str) -> list[str]:
    missing = f"{YELLOW}Missing gitlab-runner. {purpose} is disabled.{RESET}"
    return ["if gitlab-runner --version >/dev/null 2>&1; then", f"  gitlab-runner {command}",
            "else", f"  echo {ansi_c_quoted(missing)}", "fi"]


def _user_lines(job: JobSpec, sub_stage: str) -> list[str]:
    if sub_stage == "after_script":
        return job.after_script
    for step in job.steps():
        if step.sub_stage == sub_stage:
            return step.script
    return []


def _commands(lines: list[str]) -> list[str]:
    result = []
    for line in lines:
        result += [f"echo {ansi_c_quoted(f'{GREEN}$ {line}{RESET}')}", line]
    return result


def _exports(context: ScriptContext, write_files: bool) -> list[str]:
    temp = context.temp_dir
    lines = [f"export {key}={ansi_c_quoted(value)}" for key, value in context.runner_variables.items()]
    for variable in context.job.gitlab_variables():
        lines += _export(variable["key"], variable["value"], temp if variable["file"] else "", write_files)
    source = [f"mkdir -p {_q(temp)}", f"touch {_q(temp)}/gitlab_runner_env",
              f'while read -r line; do export "$line"; done < {_q(temp)}/gitlab_runner_env']
    return lines + [f"export GITLAB_ENV={_q(temp)}/gitlab_runner_env"] + (source if write_files else [])


def _export(key: str, value: str, file_dir: str, write_files: bool) -> list[str]:
    if not file_dir:
        return [f"export {key}={ansi_c_quoted(value)}"]
    path = f"{file_dir}/{key}"
    write = [f"mkdir -p {_q(file_dir)}", f"printf '%s' {ansi_c_quoted(value)} > {_q(path)}"]
    return (write if write_files else []) + [f"export {key}={_q(path)}"]


def _remove_files(context: ScriptContext) -> list[str]:
    names = ["gitlab_runner_env", *(key for key, _ in context.job.file_variables)]
    return [f"rm -f {_q(context.temp_dir)}/{name}" for name in names]


def _get_sources(context: ScriptContext) -> list[str]:
    job, directory = context.job, _q(context.project_dir)
    if job.variable("GIT_STRATEGY", "fetch") == "none":
        return [f"mkdir -p {directory}", "echo 'Skipping Git repository setup'"]
    template = f"{_q(context.temp_dir)}/git-template"
    refspecs = " ".join(_q(spec) for spec in job.response()["git_info"]["refspecs"])
    return [
        f"echo {ansi_c_quoted(f'{GREEN}Fetching changes...{RESET}')}",
        f"mkdir -p {template}",
        f"git config -f {template}/config init.defaultBranch none",
        f"git config -f {template}/config fetch.recurseSubmodules false",
        f"git init {directory} --template {template} --quiet",
        f"cd {directory}",
        f"git remote add origin {_q(job.repo_url)} 2>/dev/null || git remote set-url origin {_q(job.repo_url)}",
        f"git -c http.userAgent=gitlab-runner fetch origin --no-recurse-submodules {refspecs} --prune --quiet",
        f"echo {ansi_c_quoted(f'{GREEN}Checking out {job.sha[:8]} as detached HEAD (ref is {job.ref})...{RESET}')}",
        f"git checkout -f -q {job.sha}",
        "git clean -ffdx",
    ]


def _q(text: str) -> str:
    return shlex.quote(text)
