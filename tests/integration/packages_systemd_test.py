"""The packages on a Debian 12 whose first process is systemd: what an upgrade and a crash do to units that run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from booted_root import booted_root, journal_of, property_of, state_of
from clean_root import CleanRoot
from host import wait_until
from packaged_roots import debs, furnished_layers, install

RELAY, SOCKET, TIMER = "runneriq-relay.service", "runneriq.socket", "runneriq-revert-expired.timer"
LISTENS = "/run/runneriq/runneriq.sock"


@pytest.fixture
def root() -> Iterator[CleanRoot]:
    with booted_root(furnished_layers()) as made:
        install(made, debs()["runneriq"])
        give(made, "relay-token", "a-token-that-many-hosts-share")
        made.path("/etc/runneriq/runneriq.yaml").write_text("runneriq: {relay: {url: 'http://127.0.0.1:9'}}\n")
        yield made


def give(root: CleanRoot, name: str, secret: str) -> None:
    root.run("install", "-m", "0600", "/dev/stdin", f"/etc/runneriq/credentials/{name}", stdin=f"{secret}\n").check()


def start(root: CleanRoot, unit: str, *options: str) -> None:
    root.run("systemctl", "enable", "--now", *options, unit).check()


def serves(root: CleanRoot, unit: str) -> bool:
    return state_of(root, unit) == "active" and root.path(LISTENS).is_socket()


def test_a_relay_survives_an_upgrade_and_a_crash(root: CleanRoot) -> None:
    start(root, RELAY)
    assert wait_until(lambda: serves(root, RELAY)), journal_of(root, RELAY)
    install(root, debs()["runneriq"])
    assert wait_until(lambda: serves(root, RELAY)), journal_of(root, RELAY)
    crashed = property_of(root, RELAY, "MainPID")
    root.run("systemctl", "kill", "--signal", "KILL", RELAY).check()
    assert wait_until(lambda: serves(root, RELAY) and property_of(root, RELAY, "MainPID") != crashed, 20), \
        journal_of(root, RELAY)


def test_a_relay_beside_the_schedulers_socket_is_skipped_and_takes_nothing_away(root: CleanRoot) -> None:
    give(root, "gitlab-token", "glpat-of-a-test")
    start(root, SOCKET)
    assert serves(root, SOCKET)
    start(root, RELAY)
    assert state_of(root, RELAY) == "inactive" and serves(root, SOCKET), journal_of(root, RELAY)
    install(root, debs()["runneriq"])
    assert state_of(root, RELAY) == "inactive" and serves(root, SOCKET), journal_of(root, RELAY)


def test_the_safety_timer_runs_once_the_scheduler_was_started(root: CleanRoot) -> None:
    """Also where a distribution's presets enable nothing, and its packages start nothing."""
    units = ("runneriq.service", "runneriq.socket", TIMER)
    root.run("systemctl", "disable", "--now", *units).check()
    give(root, "gitlab-token", "glpat-of-a-test")
    start(root, "runneriq.service", "--no-block")
    assert wait_until(lambda: state_of(root, TIMER) == "active")
    for unit in units:
        assert root.run("systemctl", "is-enabled", unit).out == "enabled\n", unit
