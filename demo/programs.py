"""Where the programs of the demo are."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

# By the variable that names each one.
NAMES = {"RUNNERIQ": "runneriq", "RUNNERIQ_GITLAB_SIM": "runneriq-gitlab-sim", "RUNNERIQ_EXECUTOR": "runneriq-executor"}


class MissingProgram(Exception):
    """A program that the demo needs is not there."""


def find_programs(folder: Path | None) -> dict[str, str]:
    """Each by its variable: from `folder`; without one from the environment, else from PATH. git must be there, too."""
    if shutil.which("git") is None:
        raise MissingProgram("git is not installed; the demo's jobs check out a repository")
    return {variable: _find(variable, name, folder) for variable, name in NAMES.items()}


def _find(variable: str, name: str, folder: Path | None) -> str:
    if folder is not None:
        found, where = shutil.which(name, path=str(folder)), str(folder)
    elif named := os.environ.get(variable, ""):
        found, where = shutil.which(named), f"where {variable} points"
    else:
        found, where = shutil.which(name), "PATH"
    if found is None:
        raise MissingProgram(f"no program {name} in {where}" if folder or where == "PATH" else f"no program {where}")
    return str(Path(found).resolve())
