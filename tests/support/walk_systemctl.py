#!/usr/bin/python3
"""Stands in for systemctl and journalctl where systemd is not the first process. It starts what a unit says:
conditions, user, group, folders, environment, credentials, sockets, and waits for READY=1. It confines nothing, starts
nothing again and knows no timers: of these it only says that the unit is there."""

from __future__ import annotations

import glob
import grp
import os
import pwd
import select
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

FOLDERS = ("/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system")
KEPT = Path("/run/walk-units")
UNIT_SUFFIXES = (".service", ".socket", ".timer")
FIRST_PASSED = 3  # file descriptor of the first socket, as sd_listen_fds(3) has it
PATIENCE = 40.0


def settings_in(unit: str) -> list[tuple[str, str]]:
    """Key and value of each line of a unit file."""
    lines = [line.partition("=") for line in unit.splitlines() if "=" in line and not line.startswith(("#", ";"))]
    return [(key.strip(), value.strip()) for key, _, value in lines]


def assignments_in(text: str) -> dict[str, str]:
    """What EnvironmentFile= makes of a file of plain assignments."""
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))


def words_of(command: str, environment: dict[str, str]) -> list[str]:
    """ExecStart= as systemd splits it: a word $NAME becomes the words of the variable, or none."""
    words: list[str] = []
    for word in shlex.split(command):
        words += shlex.split(environment.get(word[1:], "")) if word.startswith("$") else [word]
    return words


class Unit:
    """A unit file with its drop-ins; `values` of a key in the order of the lines."""

    def __init__(self, name: str) -> None:
        self.name = name if name.endswith(UNIT_SUFFIXES) else f"{name}.service"
        found = [Path(folder) / self.name for folder in FOLDERS if (Path(folder) / self.name).is_file()]
        if not found:
            sys.exit(f"Unit {self.name} could not be found.")
        self._lines: list[tuple[str, str]] = []
        for file in (found[0], *sorted(Path(f"/etc/systemd/system/{self.name}.d").glob("*.conf"))):
            self._read(file)

    def _read(self, file: Path) -> None:
        for key, value in settings_in(file.read_text()):
            if not value:
                self._lines = [one for one in self._lines if one[0] != key]
            self._lines.append((key, value))

    def values(self, key: str) -> list[str]:
        return [value for name, value in self._lines if name == key and value]

    def value(self, key: str, default: str = "") -> str:
        return (self.values(key) or [default])[-1]

    @property
    def process_file(self) -> Path:
        return KEPT / f"{self.name}.pid"

    @property
    def log_file(self) -> Path:
        return KEPT / f"{self.name}.log"

    def process(self) -> int:
        """0 when it does not run."""
        try:
            number = int(self.process_file.read_text())
            state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
            return 0 if state == "Z" else number
        except (OSError, ValueError):
            return 0

    def unmet(self) -> str:
        """The first condition that does not hold."""
        for condition in self.values("ConditionPathExists"):
            if Path(condition.lstrip("!")).exists() == condition.startswith("!"):
                return condition
        return next((one for one in self.values("ConditionPathExistsGlob") if not glob.glob(one)), "")


def sockets_of(unit: Unit) -> list[socket.socket]:
    """The listening sockets that are handed to the unit's process."""
    wanted = [name for key in ("Requires", "Sockets") for line in unit.values(key) for name in line.split()]
    units = [Unit(name) for name in wanted if name.endswith(".socket")]
    return [_listen(one, address) for one in units for address in one.values("ListenStream")]


def _listen(unit: Unit, address: str) -> socket.socket:
    if not address.startswith("/"):
        return socket.create_server(("", int(address)), backlog=64)
    path = Path(address)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    path.chmod(int(unit.value("SocketMode", "0666"), 8))
    shutil.chown(path, unit.value("SocketUser", "root"), unit.value("SocketGroup", "root"))
    listening.listen(64)
    return listening


def environment_of(unit: Unit, account: pwd.struct_passwd) -> dict[str, str]:
    environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", "LANG": "C.UTF-8",
                   "USER": account.pw_name, "HOME": account.pw_dir, "LOGNAME": account.pw_name}
    for line in unit.values("Environment"):
        environment |= dict(one.split("=", 1) for one in shlex.split(line))
    for file in unit.values("EnvironmentFile"):
        if Path(file.lstrip("-")).exists() or not file.startswith("-"):
            environment |= assignments_in(Path(file.lstrip("-")).read_text())
    return environment


def credentials_of(unit: Unit, account: pwd.struct_passwd) -> dict[str, str]:
    if not unit.values("LoadCredential"):
        return {}
    place = Path("/run/credentials") / unit.name
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for line in unit.values("LoadCredential"):
        name, _, source = line.partition(":")
        files = {name: Path(source)}
        if Path(source).is_dir():
            files = {f"{name}_{one.name}": one for one in Path(source).iterdir()}
        for key, file in files.items():
            (place / key).write_bytes(file.read_bytes())
    for one in (place, *place.iterdir()):
        os.chown(one, account.pw_uid, account.pw_gid)
        one.chmod(0o500 if one.is_dir() else 0o400)
    return {"CREDENTIALS_DIRECTORY": str(place)}


def folders_of(unit: Unit, account: pwd.struct_passwd, group: int) -> dict[str, str]:
    made = {}
    for key, root in (("StateDirectory", "/var/lib"), ("RuntimeDirectory", "/run")):
        for name in unit.value(key).split():
            place = Path(root) / name
            place.mkdir(parents=True, exist_ok=True)
            os.chown(place, account.pw_uid, group)
            place.chmod(int(unit.value(f"{key}Mode", "0755"), 8))
            made["STATE_DIRECTORY" if key == "StateDirectory" else "RUNTIME_DIRECTORY"] = str(place)
    return made


def start(unit: Unit) -> int:
    if unit.process() or not unit.name.endswith(".service"):
        return 0  # a timer or a socket alone: the unit is there
    if unit.unmet():
        print(f"{unit.name} was skipped because of an unmet condition check ({unit.unmet()})", file=sys.stderr)
        return 0
    KEPT.mkdir(exist_ok=True)
    account = pwd.getpwnam(unit.value("User", "root"))
    group = grp.getgrnam(unit.value("Group", account.pw_name)).gr_gid
    listening = sockets_of(unit)
    environment = environment_of(unit, account) | credentials_of(unit, account) | folders_of(unit, account, group)
    ready = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    ready.bind(f"\0walk/{unit.name}/{os.getpid()}")
    environment["NOTIFY_SOCKET"] = f"@walk/{unit.name}/{os.getpid()}"
    process = _spawn(unit, words_of(unit.value("ExecStart"), environment), environment, account, group, listening)
    unit.process_file.write_text(str(process))
    return _wait_for_start(unit, process, ready)


def _spawn(unit: Unit, command: list[str], environment: dict[str, str], account: pwd.struct_passwd, group: int,
           listening: list[socket.socket]) -> int:
    process = os.fork()
    if process:
        return process
    os.setsid()
    log = os.open(unit.log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    for number, one in enumerate(listening):
        os.dup2(one.fileno(), 100 + number)  # out of the way of those that come next
    for number in range(len(listening)):
        os.dup2(100 + number, FIRST_PASSED + number, inheritable=True)
    os.closerange(FIRST_PASSED + len(listening), 200)
    if listening:
        environment |= {"LISTEN_FDS": str(len(listening)), "LISTEN_PID": str(os.getpid())}
    os.initgroups(account.pw_name, group)
    os.setresgid(group, group, group)
    os.setresuid(account.pw_uid, account.pw_uid, account.pw_uid)
    os.umask(int(unit.value("UMask", "0022"), 8))
    os.chdir("/")
    os.execve(command[0], command, environment)


def _wait_for_start(unit: Unit, process: int, ready: socket.socket) -> int:
    deadline = time.monotonic() + PATIENCE
    ready.settimeout(0.05)
    while time.monotonic() < deadline:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            if os.waitstatus_to_exitcode(status) == 0 and unit.value("Type") == "oneshot":
                return 0
            break
        try:
            if b"READY=1" in ready.recv(4096):
                _keep_listening(process, ready)
                return 0
        except TimeoutError:
            if unit.value("Type", "simple") in ("simple", "exec"):
                return 0
    print(f"Job for {unit.name} failed because the control process exited with error code.\n"
          f'See "systemctl status {unit.name}" and "journalctl -xeu {unit.name}" for details.', file=sys.stderr)
    return 1


def _keep_listening(process: int, ready: socket.socket) -> None:
    """Somebody takes what the process goes on to say, until it has ended."""
    if os.fork():
        return
    os.setsid()
    for number in (0, 1, 2):
        os.dup2(os.open("/dev/null", os.O_RDWR), number)
    os.closerange(3, ready.fileno())
    os.closerange(ready.fileno() + 1, 200)
    while Path(f"/proc/{process}").exists():
        try:
            ready.recv(4096)
        except TimeoutError:
            pass
    os._exit(0)


def stop(unit: Unit) -> int:
    process = unit.process()
    if process:
        end = os.pidfd_open(process)
        os.kill(process, signal.SIGTERM)
        select.select([end], [], [], PATIENCE)
        os.close(end)
    if not unit.name.endswith(".socket"):
        return 1 if unit.process() else 0
    for address in unit.values("ListenStream"):
        if address.startswith("/"):
            Path(address).unlink(missing_ok=True)
    return 0


def restart(unit: Unit) -> int:
    return stop(unit) or start(unit)


def reload(unit: Unit) -> int:
    if not unit.value("ExecReload") or not unit.process():
        sys.exit(f"Failed to reload {unit.name}: Job type reload is not applicable for unit {unit.name}.")
    os.kill(unit.process(), signal.SIGHUP)
    return 0


def is_active(unit: Unit) -> int:
    print("active" if unit.process() else "inactive")
    return 0 if unit.process() else 3


def status(unit: Unit) -> int:
    print(f"● {unit.name} - {unit.value('Description')}")
    print(f"     Active: {'active (running)' if unit.process() else 'inactive (dead)'}")
    return 0 if unit.process() else 3


VERBS = {"start": start, "stop": stop, "restart": restart, "reload": reload, "status": status, "is-active": is_active}


def systemctl(words: list[str]) -> int:
    names = [word for word in words if not word.startswith("-")]
    verb, units = names[0], [Unit(name) for name in names[1:]]
    if verb == "daemon-reload":
        return 0
    if verb in ("enable", "disable", "is-enabled"):
        command = ["/usr/bin/systemctl", "--root=/", verb, *(unit.name for unit in units)]
        code = subprocess.run(command, check=False).returncode
        then = {"enable": start, "disable": stop}.get(verb)
        return code or max((then(unit) for unit in units if then and "--now" in words), default=0)
    if verb not in VERBS or not units:
        sys.exit(f"Unknown command verb {verb}.")
    return max(VERBS[verb](unit) for unit in units)


def journalctl(words: list[str]) -> int:
    unit = Unit(words[words.index("-u") + 1] if "-u" in words else words[words.index("--unit") + 1])
    print(unit.log_file.read_text() if unit.log_file.exists() else "-- No entries --", end="")
    return 0


if __name__ == "__main__":
    sys.exit((journalctl if Path(sys.argv[0]).name == "journalctl" else systemctl)(sys.argv[1:]))
