"""A machine to walk on: this system copy-on-write, with a network, users and terminals of its own.
Nothing that is done there is seen outside or outlives it. Needs root; enter_own_namespaces() comes first."""

from __future__ import annotations

import ctypes
import os
import pty
import re
import select
import subprocess
import termios
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

ADMIN = "admin"  # who walks; may use sudo
HOME = Path("/home") / ADMIN
PATIENCE = 60.0  # seconds for one command
QUIET = 0.3  # seconds without output after which a person takes a command to wait for them
CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWNET = 0x00020000, 0x04000000, 0x40000000

# Reads a command and where its output goes ("-": this terminal); answers with its exit code, or for a command
# in the background with its process number.
LOOP = r"""
while IFS= read -r -d '' -u "$ASKED" walk_place && IFS= read -r -d '' -u "$ASKED" walk_command; do
  if [ "$walk_place" = - ]; then
    eval "$walk_command"
    printf '%s\n' "$?" >&"$ANSWERED"
  else
    set -m
    { eval "$walk_command"; } <"$walk_place" >"$walk_place" 2>&1 &
    set +m
    printf '%s\n' "$!" >&"$ANSWERED"
  fi
done
"""


def enter_own_namespaces() -> None:
    """From here on mounts, network and host name of this process and its children are its own."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "no namespaces can be made here")
    _do("mount", "--make-rprivate", "/")
    _do("ip", "link", "set", "lo", "up")
    _do("hostname", "ci-host-1")


# Makes the folder $1 the root of what follows: chroot would not do, as sandboxes cannot be made in one.
ENTER = """
cd "$1" && mount -t proc proc proc && pivot_root . mnt && cd / && umount -l mnt || exit
shift
exec "$@"
"""


class Machine:
    """A root folder whose changes go to a layer of their own above `below`; a context manager."""

    def __init__(self, place: Path, name: str, below: tuple[Path, ...] = (Path("/"),)) -> None:
        self.layer, self.root, self._work = (place / f"{name}-{part}" for part in ("layer", "root", "work"))
        for folder in (self.layer, self.root, self._work):
            folder.mkdir()
        lower = ":".join(map(str, below))
        _do("mount", "-t", "overlay", "-o", f"lowerdir={lower},upperdir={self.layer},workdir={self._work}",
            "none", str(self.root))
        _do("mount", "--rbind", "/dev", f"{self.root}/dev")
        _do("mount", "-t", "sysfs", "-o", "ro", "none", f"{self.root}/sys")
        _do("mount", "-t", "tmpfs", "-o", "mode=755", "none", f"{self.root}/run")
        _do("mount", "-t", "tmpfs", "-o", "mode=1777", "none", f"{self.root}/tmp")
        _do("mount", "-t", "tmpfs", "none", f"{self.root}/mnt")

    def __enter__(self) -> Machine:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        _do("umount", "-l", str(self.root))

    def path(self, path: str) -> Path:
        """Where that path of the machine is seen from outside."""
        return self.root / path.lstrip("/")

    def write(self, path: str, text: str, mode: int = 0o644, owner: str = "root") -> None:
        place = self.path(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
        place.chmod(mode)
        if owner != "root":
            self.do("chown", owner, path)

    def do(self, *command: str) -> str:
        """A command as root; what it prints."""
        return _do(*self.inside(), *command)

    def inside(self) -> list[str]:
        """What makes a command behind it one of the machine, with processes of its own that end with it."""
        return ["unshare", "--pid", "--fork", "--kill-child", "--mount", "sh", "-c", ENTER, "sh", str(self.root)]


@dataclass
class Done:
    """How a command ended, and what a person saw."""
    code: int
    text: str


class Terminal:
    """One side of a pseudo terminal; whoever uses `path` writes to it."""

    def __init__(self) -> None:
        self.master, self.slave = pty.openpty()
        self.path = os.ttyname(self.slave)
        os.chmod(self.path, 0o666)
        termios.tcsetwinsize(self.slave, (40, 100))
        self._seen = b""

    def text(self) -> str:
        """All that was written so far, without colours and carriage returns."""
        while select.select([self.master], [], [], 0)[0]:
            self._seen += os.read(self.master, 65536)
        return re.sub(r"\x1b\[[0-9;]*[A-Za-z]|\r|\x07", "", self._seen.decode(errors="replace"))

    def type(self, text: str) -> None:
        os.write(self.master, text.encode())

    def close(self) -> None:
        os.close(self.master)
        os.close(self.slave)


@dataclass
class Running:
    """A command that was left running in a terminal of its own."""
    command: str
    process: int
    terminal: Terminal


class Shell:
    """A bash of ADMIN in a terminal on a machine; everything that it starts ends with it. A context manager."""

    def __init__(self, machine: Machine, folder: str = str(HOME)) -> None:
        self._terminal = Terminal()
        asked, self._ask = os.pipe()
        self._answers, answered = os.pipe()
        environment = ("-i", f"HOME={HOME}", f"USER={ADMIN}", f"LOGNAME={ADMIN}", "LANG=C.UTF-8", "TERM=dumb", "PAGER=cat",
                       "PATH=/usr/local/bin:/usr/bin:/bin", f"ASKED={asked}", f"ANSWERED={answered}")
        command = [*machine.inside(), "setpriv", "--reuid", ADMIN, "--regid", ADMIN, "--init-groups",
                   "env", f"--chdir={folder}", *environment, "setsid", "--ctty", "bash", "--norc", "--noprofile", "-c", LOOP]
        self._process = subprocess.Popen(command, stdin=self._terminal.slave, stdout=self._terminal.slave,
                                         stderr=self._terminal.slave, pass_fds=(asked, answered))
        os.close(asked)
        os.close(answered)
        self.running: list[Running] = []

    def __enter__(self) -> Shell:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        os.close(self._ask)
        os.close(self._answers)
        self._process.kill()  # the first of its processes: the kernel ends the others
        self._process.wait(10)
        for one in (self._terminal, *(other.terminal for other in self.running)):
            one.close()

    def run(self, command: str, typed: str = "") -> Done:
        """To its end, while `typed` is what a person types: line by line, whenever nothing more comes."""
        before = len(self._terminal.text())
        self._send("-", command)
        code = self._answer(typed.splitlines(keepends=True))
        return Done(code, self._terminal.text()[before:])

    def start(self, command: str) -> Running:
        """Leaves it running in a terminal of its own."""
        terminal = Terminal()
        self._send(terminal.path, command)
        self.running.append(Running(command, self._answer(), terminal))
        return self.running[-1]

    def is_running(self, one: Running) -> bool:
        return self.run(f"kill -0 {one.process} 2>/dev/null").code == 0

    def interrupt(self, one: Running) -> int:
        """As by Ctrl-C; its exit code."""
        return self.run(f"kill -INT -- -{one.process}; wait {one.process}").code

    def _send(self, place: str, command: str) -> None:
        os.write(self._ask, f"{place}\0{command}\0".encode())

    def _answer(self, typed: Sequence[str] = ()) -> int:
        deadline = time.monotonic() + PATIENCE
        lines, answer, seen, quiet_since = list(typed), b"", "", time.monotonic()
        while not answer.endswith(b"\n"):
            text = self._terminal.text()  # read in any case: a full terminal would hold the command up
            if text != seen:
                seen, quiet_since = text, time.monotonic()
            if select.select([self._answers], [], [], 0.02)[0]:
                piece = os.read(self._answers, 100)
                if not piece:
                    raise RuntimeError(f"the shell has ended:\n{text[-2000:]}")
                answer += piece
            elif lines and time.monotonic() - quiet_since > QUIET:
                self._terminal.type(lines.pop(0))
            elif time.monotonic() > deadline:
                raise TimeoutError(f"still running after {PATIENCE:.0f} s:\n{text[-2000:]}")
        if lines:
            raise RuntimeError(f"did not ask for {lines}:\n{seen[-2000:]}")
        return int(answer)


def _do(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done.stdout
