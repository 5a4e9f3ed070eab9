"""A Debian 12 root of its own for a test: own mounts, processes and network (loopback only), an
init that is no systemd, and nothing of this host but one shared folder.

    with CleanRoot(layers) as root:
        root.run("apt-get", "install", "-y", "./x.deb").check()

What is written in it is kept in memory; it ends with its processes, and with this one."""

from __future__ import annotations

import fcntl
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

from clean_root_entry import IDLE
from host import PATH, SCRATCH
from stage_process import Account

ENTRY = Path(__file__).with_name("clean_root_entry.py")
PREFIX = "runneriq-root-"
STALE_SECONDS = 600.0
START_SECONDS = 60.0
ENVIRONMENT = {"PATH": PATH, "LANG": "C.UTF-8", "HOME": "/root", "DEBIAN_FRONTEND": "noninteractive"}
ROOT = Account(0, 0)
NAMESPACES = ("--mount", "--pid", "--ipc", "--uts")


@dataclass(frozen=True)
class Said:
    """How a command in the root ended."""

    command: str
    code: int
    out: str
    err: str

    def check(self) -> Said:
        """Fails, with all that was said, unless the command ended well."""
        assert self.code == 0, str(self)
        return self

    def __str__(self) -> str:
        return f"{self.command}\nexit {self.code}\n--- stdout\n{self.out[-6000:]}\n--- stderr\n{self.err[-6000:]}"


def why_no_root() -> str:
    """Why this process cannot make a clean root; "" when it can."""
    if os.geteuid() != 0:
        return "a clean root needs root for mounts and namespaces"
    for tool in ("unshare", "nsenter", "setpriv", "pivot_root", "mount"):
        if shutil.which(tool) is None:
            return f"{tool} (util-linux) is not installed"
    tried = subprocess.run(["unshare", *NAMESPACES, "--fork", "mount", "-t", "tmpfs", "none", "/mnt"],
                           capture_output=True, text=True, check=False)
    return f"no new namespaces here: {tried.stderr.strip()}" if tried.returncode else ""


class CleanRoot:
    """`layers` are folders, the first one on top. `network` = this host's network, not an own one. `cgroup` = a new
    one of version 2, for a root whose first process is its systemd."""

    def __init__(self, layers: Sequence[Path], network: bool = False, cgroup: Path | None = None) -> None:
        remove_stale_folders()
        self.share = Path(tempfile.mkdtemp(prefix=PREFIX, dir=SCRATCH))  # the same path inside and outside
        self.share.chmod(0o755)
        (self.share / "mount").mkdir()
        self._lock = _locked(self.share / "lock")
        own = NAMESPACES if network else (*NAMESPACES, "--net")
        join = ["sh", "-c", 'echo $$ >"$0/cgroup.procs" && exec "$@"', str(cgroup)] if cgroup else []
        # The kernel ends the namespaces with their first process, that one with unshare, and
        # unshare with this process.
        self._process = subprocess.Popen(
            [*join, "setpriv", "--pdeathsig", "KILL", "unshare", *own, *(["--cgroup"] if cgroup else []), "--fork",
             "--kill-child", sys.executable, "-B", str(ENTRY), "boot" if cgroup else "wait", str(self.share),
             *map(str, layers)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={"PATH": PATH}, process_group=0)
        self.pid = 0
        try:
            self.pid = self._first_process()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> CleanRoot:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ends every process in the root and removes what it had."""
        try:
            if self.pid and self._process.poll() is None:
                os.kill(self.pid, signal.SIGKILL)  # unshare collects its child and ends
                self._process.wait(30)
        finally:
            self._process.kill()
            for pipe in (self._process.stdout, self._process.stderr):
                assert pipe is not None
                pipe.close()
            shutil.rmtree(self.share, ignore_errors=True)
            self._lock.close()

    # Commands.

    def run(self, *command: str, account: Account = ROOT, stdin: str = "", timeout: float = 120, cwd: str = "/",
            **environment: str) -> Said:
        """One command to its end, in this root and with none of this process's environment."""
        done = subprocess.run(self.entering(command, account, cwd), input=stdin, text=True, capture_output=True,
                              errors="replace", timeout=timeout, env=ENVIRONMENT | environment, check=False)
        return Said(" ".join(command), done.returncode, done.stdout, done.stderr)

    def start(self, *command: str, account: Account = ROOT, output: IO[bytes] | int = subprocess.DEVNULL,
              errors: IO[bytes] | int = subprocess.DEVNULL, cwd: str = "/", keep: Sequence[int] = (),
              **environment: str) -> subprocess.Popen[bytes]:
        """A command that goes on; SIGTERM to it does not reach the command: see signal_all()."""
        return subprocess.Popen(self.entering(command, account, cwd), stdin=subprocess.DEVNULL, stdout=output,
                                stderr=errors, env=ENVIRONMENT | environment, pass_fds=keep, process_group=0)

    def entering(self, command: Sequence[str], account: Account = ROOT, cwd: str = "/") -> list[str]:
        """The command line that runs `command` in all of this root's namespaces."""
        return ["nsenter", f"--target={self.pid}", "--mount", "--pid", "--net", "--ipc", "--uts", f"--wdns={cwd}",
                f"--setuid={account.uid}", f"--setgid={account.gid}", "--", *command]

    def beside(self, command: Sequence[str]) -> list[str]:
        """Runs a command of this host, with its files, among the processes of the root."""
        return ["nsenter", f"--target={self.pid}", "--pid", "--net", "--ipc", "--uts", "--", *command]

    def from_beside(self, account: Account, cwd: str) -> list[str]:
        """What a command that runs beside() puts before one that it calls in the root as its own child."""
        return ["nsenter", f"--mount=/proc/{self.pid}/ns/mnt", f"--wdns={cwd}", f"--setuid={account.uid}",
                f"--setgid={account.gid}", "--"]

    # Files. A symbolic link with an absolute target leads out of the root: use run() for such.

    def path(self, inside: str) -> Path:
        """A file of the root as this process sees it."""
        return Path(f"/proc/{self.pid}/root") / inside.lstrip("/")

    def hand_over(self, file: Path) -> Path:
        """Copies a file of this host into the shared folder, which has the same path in the root."""
        return Path(shutil.copy(file, self.share))

    def account(self, user: str) -> Account:
        """An account of the root's passwd file."""
        for line in self.path("/etc/passwd").read_text().splitlines():
            name, _, uid, gid = line.split(":")[:4]
            if name == user:
                return Account(int(uid), int(gid))
        raise LookupError(f"no user {user} in the root")

    def processes(self) -> dict[int, str]:
        """What runs in the root beside its first process: command lines by this host's process ids."""
        wanted = os.readlink(f"/proc/{self.pid}/ns/pid")
        found = {}
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and os.readlink(entry / "ns/pid") == wanted:
                    found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                pass  # it has ended in the meantime
        return {pid: words for pid, words in found.items() if pid != self.pid and words.rstrip() != IDLE}

    def signal_all(self, words: str, number: signal.Signals = signal.SIGTERM) -> int:
        """Signals the root's processes whose command line begins with `words`; how many."""
        found = [pid for pid, line in self.processes().items() if line.startswith(words)]
        for pid in found:
            os.kill(pid, number)
        return len(found)

    def _first_process(self) -> int:
        out, children = self._process.stdout, Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        assert out is not None
        ready = select.select([out], [], [], START_SECONDS)[0]
        if not ready or out.readline() != "ready\n":
            self._process.kill()
            raise RuntimeError(f"no clean root: {self._process.communicate()[1]}")
        return int(children.read_text().split()[0])


def remove_stale_folders() -> None:
    """Folders of test runs that were killed: nobody holds their lock any more."""
    for lock in SCRATCH.glob(f"{PREFIX}*/lock"):
        try:
            if time.time() - lock.stat().st_mtime < STALE_SECONDS:
                continue
            with _locked(lock):
                shutil.rmtree(lock.parent, ignore_errors=True)
        except OSError:
            pass  # in use, or just removed by another test


def _locked(path: Path) -> IO[str]:
    """Errors: BlockingIOError when another process has it."""
    file = path.open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise
    return file
