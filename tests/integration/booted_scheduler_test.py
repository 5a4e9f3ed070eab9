"""The packaged scheduler from its installation to its purge on a Debian 12 whose first process is systemd, so that
units, sandbox, credentials and socket are as they are on a real host."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from booted_root import booted_root, journal_of, property_of, state_of
from clean_root import CleanRoot, Said
from host import wait_until
from installed_scheduler import SERVICE, InstalledScheduler
from packaged_roots import debs, furnished_layers, install

SOCKET_UNIT, RELAY = "runneriq.socket", "runneriq-relay.service"
SWEEP, SWEEP_TIMER = "runneriq-revert-expired.service", "runneriq-revert-expired.timer"
RESTART_SECONDS = 30.0


class BootedScheduler(InstalledScheduler):
    """The same with systemd itself in its stand-in's place."""

    def systemctl(self, *words: str) -> Said:
        return self._root.run("systemctl", "--no-pager", *words)

    def journal(self, unit: str = SERVICE) -> str:
        return journal_of(self._root, unit)

    def state(self, unit: str = SERVICE) -> str:
        return state_of(self._root, unit)

    def shown(self, unit: str, name: str) -> str:
        return property_of(self._root, unit, name)


@pytest.fixture(scope="module")
def root() -> Iterator[CleanRoot]:
    """One machine for all tests, in their order; the last one removes the packages."""
    with booted_root(furnished_layers()) as made:
        install(made, *debs().values())
        yield made


@pytest.fixture(scope="module")
def scheduler(root: CleanRoot) -> Iterator[BootedScheduler]:
    made = BootedScheduler(root)
    yield made
    made.close()


def assert_nothing_failed(scheduler: BootedScheduler) -> None:
    assert scheduler.systemctl("list-units", "--failed", "--plain", "--no-legend", "runneriq*").check().out == ""


def test_without_a_token_everything_waits_and_nothing_fails(scheduler: BootedScheduler) -> None:
    enabled = {unit: scheduler.systemctl("is-enabled", unit).out.strip()
               for unit in (SERVICE, SOCKET_UNIT, SWEEP_TIMER, RELAY)}
    assert enabled == {SERVICE: "enabled", SOCKET_UNIT: "enabled", SWEEP_TIMER: "enabled", RELAY: "disabled"}
    assert scheduler.systemctl("start", SERVICE).code == 0
    assert (scheduler.state(), scheduler.state(SOCKET_UNIT)) == ("inactive", "inactive")
    assert_nothing_failed(scheduler)


def test_with_a_token_it_is_ready_sandboxed_and_answers(root: CleanRoot, scheduler: BootedScheduler) -> None:
    scheduler.configure()
    scheduler.start()
    assert scheduler.state() == "active", scheduler.journal()
    [(pid, uid)] = scheduler.processes().items()
    assert uid == root.account("runneriq").uid != 0
    status = Path(f"/proc/{pid}/status").read_text()
    for line in ("NoNewPrivs:\t1", "Seccomp:\t2", "CapBnd:\t0000000000000000"):
        assert line in status
    assert scheduler.ask("GET", "/healthz").status == 200
    assert wait_until(lambda: scheduler.ask("GET", "/readyz").status == 200)
    assert scheduler.token not in scheduler.journal()


def test_a_reload_goes_through(scheduler: BootedScheduler) -> None:
    assert scheduler.systemctl("reload", SERVICE).code == 0
    assert wait_until(lambda: "configuration_read" in scheduler.journal()), scheduler.journal()
    assert scheduler.state() == "active"


def test_a_killed_service_comes_back(scheduler: BootedScheduler) -> None:
    [former] = scheduler.processes()
    os.kill(former, signal.SIGKILL)
    assert wait_until(lambda: set(scheduler.processes()) - {former} and scheduler.state() == "active",
                      RESTART_SECONDS), scheduler.journal()
    assert scheduler.shown(SERVICE, "NRestarts") == "1"
    assert scheduler.ask("GET", "/healthz").status == 200


def test_a_caller_starts_it_over_its_socket(scheduler: BootedScheduler) -> None:
    scheduler.stop()
    assert (scheduler.state(), scheduler.state(SOCKET_UNIT)) == ("inactive", "active")
    assert scheduler.ask("GET", "/healthz").status == 200
    assert wait_until(lambda: scheduler.state() == "active"), scheduler.journal()


def test_the_sweep_of_the_timer_ends_well(scheduler: BootedScheduler) -> None:
    assert scheduler.state(SWEEP_TIMER) == "active"
    assert scheduler.systemctl("start", SWEEP).code == 0, scheduler.journal(SWEEP)
    assert scheduler.shown(SWEEP, "Result") == "success"


def test_an_upgrade_goes_on_with_the_new_program(root: CleanRoot, scheduler: BootedScheduler) -> None:
    [former] = scheduler.processes()
    install(root, debs()["runneriq"])
    assert wait_until(lambda: set(scheduler.processes()) - {former} and scheduler.state() == "active",
                      RESTART_SECONDS), scheduler.journal()
    assert scheduler.ask("GET", "/healthz").status == 200
    assert_nothing_failed(scheduler)


def test_after_the_purge_systemd_knows_nothing_of_it(root: CleanRoot, scheduler: BootedScheduler) -> None:
    root.run("dpkg", "--purge", *debs()).check()
    for words in (("list-units", "--all"), ("list-unit-files",)):
        assert scheduler.systemctl(*words, "--plain", "--no-legend", "runneriq*").out == ""
    assert "runneriq" not in root.path("/etc/passwd").read_text()
    assert not root.path("/run/runneriq").exists() and not root.path("/var/lib/runneriq").exists()
