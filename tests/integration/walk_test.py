"""A newcomer's walk: every command of the README and of the guide is run as it stands, on a machine of its own for each
document, with https://gitlab.example.com being the simulated GitLab. walk_markdown.py says what is taken for a command,
for a file to write and for what is printed. systemd is not the first process there: see walk_systemctl.py."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from fleet import Simulator
from host import wait_until
from tls_front import TlsFront, make_certificate
from walk_fleet import PLACES, fleet, follow_pushes, furnish, trust_authority
from walk_markdown import Command, NamedFile, Step, blocks_of, missing_lines, steps_of, way_to
from walk_scene import ADMIN, HOME, Machine, Running, Shell, enter_own_namespaces

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
GUIDE = sorted((ROOT / "docs" / "guide").glob("*.md"))
WALKED = [README, *GUIDE]
CHECKOUT = HOME / "runneriq"
INSTALLED = "## Advice first"  # the README's heading behind the installation
ELSEWHERE = "On each runner host"  # a heading with these words is about another machine, without RunnerIQ so far

# Commands that are not run here, each with the reason. Each stands in a document.
NOT_RUN = {
    "./dev demo": "integration.demo runs it",
    "./dev test": "this is one of its tests",
    "./dev package": "package.build has run it for all tests",
    "sudo dnf install ./build/release/packages/runneriq-[0-9]*.rpm": "Debian has no dnf; integration.packages_rpm unpacks the rpm",
}
STOOD_IN = {
    "systemctl, journalctl": "walk_systemctl.py starts the units' programs, as systemd is not the first process here",
    "gitlab-runner": "a script that does nothing, where it is not installed",
}
# What a person types while a command runs; the longest beginning that fits counts. Each is used.
TYPED = {
    "read -rs GITLAB_TOKEN": "glpat-simulator\n",
    "sudo install -m 600 /dev/stdin /etc/runneriq/credentials/gitlab-token": "glpat-simulator\n\x04",
    "sudo install -m 600 /dev/stdin /etc/runneriq/credentials/gitlab-token-labs": "glpat-simulator\n\x04",
    "sudo install -m 600 /dev/stdin /etc/runneriq/credentials/service-token": "a-token-that-many-hosts-share\n\x04",
    "sudo install -m 600 /dev/stdin /etc/runneriq/credentials/relay-token": "a-token-that-many-hosts-share\n\x04",
    "sudo install -m 600 /dev/stdin /etc/runneriq/credentials/electricity-maps-token-DE": "a-key-for-one-zone\n\x04",
    "sudo install -m 600 /dev/stdin /etc/runneriq/credentials/play-token": "glpat-simulator\n\x04",
    "sudo install -m 600 /dev/stdin /etc/runneriq/credentials/receiver-team": "https://chat.example.com/hook\n\x04",
    "sudo runneriq lanes install": "y\n",
    "sudo runneriq lanes remove": "y\n",
    "sudo apt purge": "y\n",
}
# The service looks every two seconds instead of every half minute: the walk is in a hurry.
HURRY = "[Service]\nEnvironment=RUNNERIQ_POLL_INTERVAL=2s\n"
SECOND_LOOK = re.compile(r"(sudo )?(-u \S+ )?(\S+=\S+ )*(runneriq (status|queue|approvals|explain|audit|alerts)|curl|bash -c 'curl)\b")
EXIT_CODE = re.compile(r"#.*\bexit code (\d)")
CONFIGURATION = "/etc/runneriq/runneriq.yaml"
LANGUAGES = {"sh", "yaml", "toml", "ini", "text", ""}  # a block of commands in another language would not be run
PATIENCE = 40.0  # seconds until what a document shows has come


def walked_name(document: Path) -> str:
    return str(document.relative_to(ROOT))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in memory that is seen from here only, as is the network from now on."""
    if os.geteuid() != 0:
        pytest.skip("not started as root, which machines of one's own need")
    enter_own_namespaces()
    folder = tmp_path_factory.mktemp("walk")
    subprocess.run(["mount", "-t", "tmpfs", "none", str(folder)], check=True, timeout=10)
    return folder


@pytest.fixture(scope="module")
def clean(place: Path) -> tuple[Path, ...]:
    """The layers of a machine with a runner and an administrator, before anything of RunnerIQ is there."""
    certificate, key = make_certificate(place, ",".join(f"DNS:{name}" for name in PLACES))
    trust_authority(place, certificate)
    with Machine(place, "clean") as machine:
        furnish(machine, certificate, key)
    return (machine.layer, Path("/"))


@pytest.fixture(scope="module")
def installed(place: Path, clean: tuple[Path, ...]) -> tuple[Path, ...]:
    """The same after the README's installation."""
    with scene(place, "installed", clean) as (machine, walk):
        give_checkout(machine)
        walk.go_to(str(CHECKOUT))
        for step in steps_of(README, until=INSTALLED):
            walk.do(step)
    return (machine.layer, *clean)


@pytest.fixture(scope="module")
def both(place: Path, installed: tuple[Path, ...]) -> tuple[Path, ...]:
    """The same with the executor, where the guide begins."""
    with Machine(place, "both", installed) as machine:
        [executor] = packages().glob("runneriq-executor_*.deb")
        shutil.copy(executor, machine.path("/mnt"))
        machine.do("dpkg", "--install", f"/mnt/{executor.name}")
        machine.write("/etc/systemd/system/runneriq.service.d/walk.conf", HURRY)
    return (machine.layer, *installed)


@contextmanager
def other_machine(place: Path, name: str, layers: tuple[Path, ...]) -> Iterator[Walk]:
    """A runner host beside the scheduler's machine, with the packages in the administrator's home."""
    with Machine(place, f"{name}-host", layers) as machine:
        for package in packages().glob("*.deb"):
            shutil.copy(package, machine.path(str(HOME)))
        with Shell(machine) as shell:
            yield Walk(machine, shell)


@contextmanager
def scene(place: Path, name: str, layers: tuple[Path, ...]) -> Iterator[tuple[Machine, Walk]]:
    """A machine before somebody's eyes, and the GitLab that it knows."""
    with (Simulator(fleet(), 1) as gitlab, TlsFront(gitlab.url, place, port=443), Machine(place, name, layers) as machine):
        follow_pushes(machine, gitlab)
        with Shell(machine) as shell:
            yield machine, Walk(machine, shell)


def packages() -> Path:
    folder = Path(os.environ.get("RUNNERIQ_PACKAGES", ""))
    assert list(folder.glob("*.deb")), f"RUNNERIQ_PACKAGES names no folder with packages: '{folder}'"
    return folder


def give_checkout(machine: Machine) -> None:
    """The source of RunnerIQ in the home of the administrator, with what has been built."""
    machine.path(str(CHECKOUT / "build/release")).mkdir(parents=True)
    for file in ("README.md", "dev", "docs", "packaging"):
        source = ROOT / file
        (shutil.copytree if source.is_dir() else shutil.copy)(source, machine.path(str(CHECKOUT / file)))
    shutil.copytree(packages(), machine.path(str(CHECKOUT / "build/release/packages")))
    machine.do("chown", "-R", ADMIN, str(CHECKOUT))


class Walk:
    """One document, step by step."""

    def __init__(self, machine: Machine, shell: Shell) -> None:
        self._machine, self._shell = machine, shell

    def do(self, step: Step) -> None:
        if isinstance(step, NamedFile):
            self._write(step)
        elif step.bare in NOT_RUN:
            print(f"not run: {step.bare}: {NOT_RUN[step.bare]}")
        elif step.keeps_running:
            self._leave_running(step)
        else:
            self._run(step)

    def go_to(self, folder: str) -> None:
        assert self._shell.run(f"cd {folder}").code == 0

    def begin_the_day(self) -> None:
        """What is enabled is started, as when a machine starts."""
        assert self._shell.run("systemctl is-enabled runneriq && sudo systemctl start runneriq").code == 0

    def end(self) -> None:
        """Whatever keeps running ends by Ctrl-C and says that all is well."""
        for one in self._shell.running:
            assert self._shell.is_running(one), f"has ended by itself: {one.command}\n{one.terminal.text()}"
            assert self._shell.interrupt(one) == 0, f"{one.command}\n{one.terminal.text()}"

    def _write(self, file: NamedFile) -> None:
        path = file.path.replace("~", str(HOME), 1) if file.path.startswith("~") else file.path
        assert path.startswith("/"), f"{file.place}: name the whole path of {path}"
        self._machine.write(path, file.text)
        if path == CONFIGURATION:
            checked = self._shell.run("runneriq config check")
            assert checked.code == 0, f"{file.place}: {checked.text}"

    def _run(self, command: Command) -> None:
        typed = max((one for one in TYPED if command.text.startswith(one)), key=len, default="")
        wanted = int((EXIT_CODE.search(command.text) or [0, 0])[1])
        done = self._shell.run(command.text, TYPED.get(typed, ""))
        looks_again = bool(SECOND_LOOK.match(command.text))

        def is_as_shown() -> bool:
            nonlocal done
            if done.code == wanted and not missing_lines(command.shown, done.text):
                return True
            if looks_again:
                done = self._shell.run(command.text)
            return not looks_again
        wait_until(is_as_shown, PATIENCE)
        print(f"$ {command.text}\n{done.text}", end="")
        assert done.code == wanted, (f"{command.place}: {command.text}\nexit code {done.code}, {wanted} wanted\n"
                                     f"{done.text}{self._logs()}")
        self._compare(command, done.text)

    def _logs(self) -> str:
        """What the services have said of late."""
        logs = self._machine.path("/run/walk-units").glob("*.log")
        return "".join(f"--- {log.name}\n{log.read_text()[-1500:]}\n" for log in logs)

    def _leave_running(self, command: Command) -> None:
        one = self._shell.start(command.text)
        wait_until(lambda: self._has_begun(command, one), PATIENCE)
        print(f"$ {command.text}\n{one.terminal.text()}", end="")
        assert self._shell.is_running(one), f"{command.place}: {command.text} has ended\n{one.terminal.text()}"
        self._compare(command, one.terminal.text())

    def _has_begun(self, command: Command, one: Running) -> bool:
        text = one.terminal.text()
        return bool(text) and not missing_lines(command.shown, text)

    def _compare(self, command: Command, printed: str) -> None:
        missing = missing_lines(command.shown, printed)
        assert not missing, (f"{command.place}: {command.text}\nprints otherwise than shown. Shown and not printed:\n"
                             + "\n".join(missing) + f"\nPrinted:\n{printed}")


@pytest.mark.parametrize("document", WALKED, ids=walked_name)
def test_every_command_does_what_it_says(document: Path, request: pytest.FixtureRequest, place: Path) -> None:
    layers = request.getfixturevalue("installed" if document == README else "both")
    steps = way_to(document) + steps_of(document, since=INSTALLED if document == README else "")
    with ExitStack() as stack:
        _, here = stack.enter_context(scene(place, document.stem, layers))
        walks = [here]
        here.go_to(str(CHECKOUT if document == README else HOME))
        here.begin_the_day()
        for step in steps:
            if ELSEWHERE in step.heading and len(walks) == 1:
                walks.append(stack.enter_context(other_machine(place, document.stem, request.getfixturevalue("clean"))))
            walks[ELSEWHERE in step.heading].do(step)
        for walk in walks:
            walk.end()


@pytest.mark.parametrize("what", NOT_RUN | STOOD_IN)
def test_is_not_as_it_stands_here(what: str) -> None:
    pytest.skip(f"{what}: {(NOT_RUN | STOOD_IN)[what]}")


def test_the_tables_name_what_the_documents_have() -> None:
    commands = [step for document in WALKED for step in steps_of(document) if isinstance(step, Command)]
    assert commands, "there is nothing to walk"
    bare = {command.bare for command in commands}
    assert set(NOT_RUN) <= bare, set(NOT_RUN) - bare
    for typed in TYPED:
        assert any(command.text.startswith(typed) for command in commands), typed


@pytest.mark.parametrize("document", WALKED, ids=walked_name)
def test_no_command_hides_in_a_block_that_is_not_run(document: Path) -> None:
    for block in blocks_of(document):
        assert block.language in LANGUAGES, f"{block.place}: commands stand in blocks of sh, not of {block.language}"
        if block.language == "text":
            assert not re.search(r"^(\$ |sudo |runneriq(-executor)? )", block.text, re.MULTILINE), block.place


def test_every_page_of_the_guide_can_be_walked_and_says_how_to_check_and_to_undo() -> None:
    assert GUIDE
    for document in GUIDE:
        text = document.read_text()
        assert [block for block in blocks_of(document) if block.language == "sh"], document
        for part in ("## Check", "## Undo"):
            assert part in text, f"{document}: no part '{part}'"
