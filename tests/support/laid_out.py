"""This machine with packages laid over it, in a mount namespace of its own: nothing of it is seen outside, and what
was written is found in a folder. For root only."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType

# Runs in the new namespace. The folder's file system may be the one that / is on, an overlay works on both.
ENTER = """
set -e
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
mount -t proc proc "$1/root/proc"
mount --rbind /dev "$1/root/dev"
mount --bind "$1/run" "$1/root/run"
folder=$1; shift
exec chroot "$folder/root" "$@"
"""


class LaidOut:
    """A context manager. `upper` holds what differs from this machine; /run is `run`."""

    def __init__(self, debs: list[Path]) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="runneriq-laid-out-", dir="/var/tmp"))
        self._folder.chmod(0o755)
        for name in ("upper", "work", "root", "run"):
            (self._folder / name).mkdir()
        self.upper, self.run_folder = self._folder / "upper", self._folder / "run"
        try:
            self._lay_over(debs)
        except BaseException:
            shutil.rmtree(self._folder)
            raise

    def _lay_over(self, debs: list[Path]) -> None:
        for deb in debs:
            subprocess.run(["dpkg-deb", "--extract", deb, self.upper], check=True, timeout=60)
        # Its links stand for folders of this machine, and over it folders would hide them.
        for folder in ("bin", "lib", "sbin"):
            assert not (self.upper / folder).exists(), f"{folder} is a link where /usr is merged"

    def __enter__(self) -> LaidOut:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        shutil.rmtree(self._folder)

    def inside(self, path: str) -> Path:
        """Where a file below /run, or one that was written or laid over, is found outside."""
        if path.startswith("/run/"):
            return self.run_folder / path.removeprefix("/run/")
        return self.upper / path.lstrip("/")

    def command(self, *words: str) -> list[str]:
        """For Popen: the process runs in there, under the id that Popen tells."""
        return ["unshare", "--mount", "--propagation", "private", "sh", "-c", ENTER, "enter", str(self._folder), *words]

    def run(self, *words: str, timeout: float = 60, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(*words), text=True, capture_output=True, timeout=timeout, check=False,
                              env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"} | environment)

    def written(self) -> set[str]:
        """All paths of files that differ from this machine."""
        return {f"/{path.relative_to(self.upper)}" for path in self.upper.rglob("*") if not path.is_dir()}
