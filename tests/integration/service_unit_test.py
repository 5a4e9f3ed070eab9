"""The shipped units, followed as systemd would follow them: user, environment, credentials, socket, state folder, command
line and notifications are read from the unit files. systemd itself follows them in booted_host_test.py."""

from __future__ import annotations

import os
import pwd
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fleet import Simulator
from host import NOBODY, wait_until
from laid_out import LaidOut
from service_call import UnixConnection, ask_over
from unit_file import Unit
from walk_systemctl import assignments_in

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="not started as root: users cannot be changed")

DEB = next(iter(Path(os.environ.get("RUNNERIQ_PACKAGES", ".")).glob("runneriq_*.deb")), Path("runneriq.deb"))
UNITS = "/usr/lib/systemd/system/"
CREDENTIALS = "/etc/runneriq/credentials"


class Manager:
    """Does for one unit what systemd does: of the settings that concern the program itself."""

    def __init__(self, machine: LaidOut, unit: str) -> None:
        self.machine = machine
        self.unit = Unit(machine.inside(UNITS + unit))
        self.name = unit
        self._account()
        self._make_folders()
        self.notified = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notified.settimeout(20)
        self.notified.bind(str(machine.inside("/run/notify")))
        machine.inside("/run/notify").chmod(0o777)
        self.environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", "HOME": self.account.pw_dir,
                            "USER": self.account.pw_name, "NOTIFY_SOCKET": "/run/notify",
                            "CREDENTIALS_DIRECTORY": self._load_credentials()}
        for path in self.unit.all("EnvironmentFile"):
            self.environment |= assignments_in(machine.inside(path.removeprefix("-")).read_text())
        self.process: subprocess.Popen[str] | None = None

    def _account(self) -> None:
        entries = [line.split(":") for line in self.machine.inside("/etc/passwd").read_text().splitlines()]
        groups = [line.split(":") for line in self.machine.inside("/etc/group").read_text().splitlines()]
        self.groups = {entry[0]: int(entry[2]) for entry in groups}
        entry = next(entry for entry in entries if entry[0] == self.unit.one("User"))
        self.account = pwd.struct_passwd((*entry[:2], int(entry[2]), int(entry[3]), *entry[4:]))
        self.group = self.groups[self.unit.one("Group")]

    def _make_folders(self) -> None:
        """StateDirectory= and RuntimeDirectory=, with their modes."""
        for setting, parent in (("State", "/var/lib/"), ("Runtime", "/run/")):
            for name in self.unit.all(f"{setting}Directory"):
                folder = self.machine.inside(parent + name)
                folder.mkdir(parents=True, exist_ok=True)
                folder.chmod(int(self.unit.one(f"{setting}DirectoryMode"), 8))
                os.chown(folder, self.account.pw_uid, self.group)

    def _load_credentials(self) -> str:
        """LoadCredential=ID:FOLDER: each file as ID_NAME, for the user alone."""
        identifier, source = self.unit.one("LoadCredential").split(":")
        folder = self.machine.inside(f"/run/credentials/{self.name}")
        folder.mkdir(parents=True)
        for path in self.machine.inside(source).iterdir():
            copy = folder / f"{identifier}_{path.name}"
            copy.write_bytes(path.read_bytes())
            copy.chmod(0o400)
            os.chown(copy, self.account.pw_uid, self.group)
        folder.chmod(0o500)
        os.chown(folder, self.account.pw_uid, self.group)
        return f"/run/credentials/{self.name}"

    def start(self, *before: str) -> Manager:
        """`before` goes in front of the command, as who hands over the socket."""
        drop = ["setpriv", f"--reuid={self.account.pw_uid}", f"--regid={self.group}", "--clear-groups",
                "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", "--"]
        mask = ["sh", "-c", f"umask {self.unit.one('UMask')}; exec \"$@\"", "start"]
        command = self.machine.command(*before, *mask, *drop, *self.unit.command(self.environment))
        with (self.machine.run_folder / "log").open("w") as log:
            self.process = subprocess.Popen(command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, text=True)
        return self

    def told(self, what: str) -> bool:
        """Whether the unit's program says so to its manager, soon."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if what in self.notified.recv(4096).decode().splitlines():
                return True
        return False

    @property
    def log(self) -> str:
        return (self.machine.run_folder / "log").read_text()

    def end(self) -> int:
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(30)

    def close(self) -> None:
        self.notified.close()
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)


@pytest.fixture
def gitlab() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def machine(gitlab: Simulator) -> Iterator[LaidOut]:
    """This machine with the package as an administrator has set it up: address and token, nothing else."""
    with LaidOut([DEB]) as laid_out:
        made = laid_out.run("systemd-sysusers", "runneriq.conf")
        assert made.returncode == 0, made.stderr
        laid_out.inside(CREDENTIALS).mkdir(mode=0o700, parents=True)
        token = laid_out.inside(CREDENTIALS) / "gitlab-token"
        token.write_text(gitlab.token + "\n")
        token.chmod(0o600)
        with laid_out.inside("/etc/runneriq/environment").open("a") as environment:
            environment.write(f"GITLAB_URL={gitlab.url}\n")
        yield laid_out


@pytest.fixture
def make(machine: LaidOut) -> Iterator[Any]:
    managers: list[Manager] = []

    def made(unit: str) -> Manager:
        managers.append(Manager(machine, unit))
        return managers[-1]

    yield made
    for manager in managers:
        manager.close()


def handed_over(manager: Manager) -> tuple[str, ...]:
    """Who listens for runneriq.socket and hands it to the service at the first connection."""
    unit = Unit(manager.machine.inside(UNITS + "runneriq.socket"))
    path = unit.one("ListenStream")
    manager.machine.inside(path).parent.mkdir(exist_ok=True)
    names = [word for name in (*manager.environment, "WATCHDOG_USEC") for word in ("-E", name)]
    return ("systemd-socket-activate", "-l", path, *names)


def open_socket(manager: Manager) -> Path:
    """The socket once it listens, with the owner and mode of its unit."""
    unit = Unit(manager.machine.inside(UNITS + "runneriq.socket"))
    path = manager.machine.inside(unit.one("ListenStream"))
    assert wait_until(path.exists, 20), manager.log
    os.chown(path, 0, manager.groups[unit.one("SocketGroup")])
    path.chmod(int(unit.one("SocketMode"), 8))
    return path


def ask(path: Path, target: str) -> Any:
    connection = UnixConnection(path, 20)
    try:
        return ask_over(connection, "GET", target)
    finally:
        connection.close()


def start_service(manager: Manager) -> Path:
    manager.start(*handed_over(manager))
    path = open_socket(manager)
    assert ask(path, "/healthz").status == 200, manager.log
    return path


def program_of(manager: Manager) -> Path:
    assert manager.process is not None
    return Path(f"/proc/{manager.process.pid}")


def test_the_service_starts_on_its_socket_watches_and_only_advises(make: Any, gitlab: Simulator) -> None:
    manager = make("runneriq.service")
    path = start_service(manager)
    assert manager.told("READY=1"), manager.log
    status = (program_of(manager) / "status").read_text()
    uid = str(manager.account.pw_uid)
    assert f"Uid:\t{uid}\t{uid}\t{uid}\t{uid}" in status and "CapEff:\t0000000000000000" in status
    assert ask(path, "/api/v1/queue").status == 200
    assert manager.end() == 0, manager.log
    assert manager.told("STOPPING=1")
    assert gitlab.calls()["mutating"] == 0 and gitlab.calls()["total"] > 0


def test_the_watchdog_is_fed_and_a_reload_is_announced(make: Any) -> None:
    manager = make("runneriq.service")
    assert manager.unit.one("Type") == "notify" and manager.unit.seconds("WatchdogSec") >= 10
    manager.environment["WATCHDOG_USEC"] = "1000000"
    start_service(manager)
    assert manager.told("READY=1") and manager.told("WATCHDOG=1")
    assert manager.unit.one("ExecReload") == "/bin/kill -HUP $MAINPID"
    manager.process.send_signal(signal.SIGHUP)
    assert manager.told("RELOADING=1") and manager.told("READY=1"), manager.log


def test_flags_are_added_in_the_environment_file(make: Any, machine: LaidOut) -> None:
    with machine.inside("/etc/runneriq/environment").open("a") as environment:
        environment.write("RUNNERIQ_RUN_FLAGS=--execute --poll-interval 45s\n")
    manager = make("runneriq.service")
    start_service(manager)
    assert manager.told("READY=1"), manager.log
    assert b"\0--execute\0--poll-interval\x0045s\0" in (program_of(manager) / "cmdline").read_bytes()
    assert "RUNNERIQ_RUN_FLAGS" not in manager.log, manager.log
    assert manager.end() == 0


def test_it_writes_nowhere_but_in_its_state_folder_and_for_itself_alone(make: Any, machine: LaidOut) -> None:
    manager = make("runneriq.service")
    before = machine.written()
    start_service(manager)
    assert manager.told("READY=1") and manager.end() == 0
    state = machine.inside("/var/lib/runneriq")
    assert {Path(path).parent for path in machine.written() - before} == {Path("/var/lib/runneriq")}
    assert state.stat().st_mode & 0o777 == 0o700
    for path in state.iterdir():
        assert (path.stat().st_mode & 0o077, path.stat().st_uid) == (0, manager.account.pw_uid), path


def test_only_root_and_the_group_reach_the_socket(make: Any) -> None:
    manager = make("runneriq.service")
    path = start_service(manager)
    script = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"

    def may_connect(groups: list[int]) -> bool:
        done = subprocess.run(["/usr/bin/python3", "-c", script, str(path)], user=NOBODY.uid, group=NOBODY.gid,
                              extra_groups=groups, cwd="/", stderr=subprocess.DEVNULL, timeout=20, check=False)
        return done.returncode == 0

    assert not may_connect([])
    assert may_connect([manager.groups["runneriq-clients"]])
    assert manager.end() == 0


def test_revert_expired_runs_to_its_end(make: Any) -> None:
    manager = make("runneriq-revert-expired.service")
    assert manager.unit.one("Type") == "oneshot"
    manager.start()
    assert manager.process.wait(60) == 0, manager.log


def test_the_relay_listens_where_only_the_group_may_go(make: Any, machine: LaidOut) -> None:
    token = machine.inside(CREDENTIALS) / "relay-token"
    token.write_text("relay-0123456789abcdef\n")
    with machine.inside("/etc/runneriq/environment").open("a") as environment:
        environment.write("RUNNERIQ_RELAY_URL=http://127.0.0.1:9\n")
    manager = make("runneriq-relay.service")
    manager.start()
    path = machine.inside("/run/runneriq/runneriq.sock")
    assert wait_until(path.exists, 20), manager.log
    assert (path.parent.stat().st_mode & 0o777, path.parent.stat().st_gid) == (0o750, manager.groups["runneriq-clients"])
    assert manager.unit.one("ExecReload") == "/bin/kill -HUP $MAINPID"
    manager.process.send_signal(signal.SIGHUP)
    assert wait_until(lambda: "configuration_read" in manager.log, 20), manager.log
    assert manager.end() == 0, manager.log


def test_without_a_token_nothing_is_started() -> None:
    """What systemd skips, it does not call failed; and the socket is not there before the service may be."""
    with LaidOut([DEB]) as machine:
        for name in ("runneriq.service", "runneriq.socket", "runneriq-revert-expired.service"):
            unit = Unit(machine.inside(UNITS + name))
            assert unit.one("ConditionPathExistsGlob") == f"{CREDENTIALS}/gitlab-token*", name
        relay = Unit(machine.inside(UNITS + "runneriq-relay.service"))
        assert relay.all("ConditionPathExists") == [f"{CREDENTIALS}/relay-token", "!/run/runneriq/runneriq.sock"]
