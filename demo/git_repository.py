"""A small git repository on the host, as the remote of jobs."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from stage_process import Account

IDENTITY = {"GIT_AUTHOR_NAME": "T", "GIT_AUTHOR_EMAIL": "t@example.invalid", "GIT_COMMITTER_NAME": "T",
            "GIT_COMMITTER_EMAIL": "t@example.invalid", "GIT_CONFIG_NOSYSTEM": "1"}


class GitRepository:
    """`owner`, when given, is whom the files belong to at the end of each change: git refuses to
    serve a repository of another user than the one who fetches."""

    def __init__(self, path: Path, files: dict[str, str], branches: list[str],
                 owner: Account | None = None) -> None:
        self.path = path
        self._owner = owner
        path.mkdir(parents=True)
        self._git("init", "--quiet", "--initial-branch", branches[0])
        for name, text in files.items():
            (path / name).write_text(text)
        self._commit("First commit")
        for branch in branches[1:]:
            self._git("branch", branch)
        self._hand_over()

    def commit_file(self, name: str, text: str) -> str:
        """Adds a file to the checked-out branch; the new commit."""
        self._take()
        (self.path / name).write_text(text)
        self._commit(f"Add {name}")
        self._hand_over()
        return self.head()

    def head(self, ref: str = "HEAD") -> str:
        return self._git("-c", f"safe.directory={self.path}", "rev-parse", ref)

    def _commit(self, subject: str) -> None:
        self._git("add", ".")
        self._git("commit", "--quiet", "-m", subject)

    def _git(self, *arguments: str) -> str:
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.path)} | IDENTITY
        return subprocess.run(["git", "-C", str(self.path), *arguments], env=environment, check=True,
                              capture_output=True, text=True).stdout.strip()

    def _hand_over(self) -> None:
        if self._owner is not None:
            self._change_owner(self._owner.uid, self._owner.gid)

    def _take(self) -> None:
        if self._owner is not None:
            self._change_owner(os.geteuid(), os.getegid())

    def _change_owner(self, uid: int, gid: int) -> None:
        for directory, _, files in os.walk(self.path):
            os.chown(directory, uid, gid)
            for file in files:
                os.chown(Path(directory) / file, uid, gid)
