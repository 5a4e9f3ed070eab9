"""Fixtures of the integration tests. RUNNERIQ_EXECUTOR names the binary under test."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parents[2] / place) for place in ("tests/support", "demo")]

from host import Host  # noqa: E402  (the path above comes first)

HostMaker = Callable[..., Host]


@pytest.fixture(scope="session")
def executor() -> Path:
    path = os.environ.get("RUNNERIQ_EXECUTOR", "")
    if not path:
        pytest.skip("RUNNERIQ_EXECUTOR does not name the built runneriq-executor")
    return Path(path)


@pytest.fixture(params=["shell", "bubblewrap"])
def driver(request: pytest.FixtureRequest) -> str:
    if request.param == "bubblewrap" and shutil.which("bwrap") is None:
        pytest.skip("bubblewrap is not installed")
    return str(request.param)


@pytest.fixture(params=["root", "user"])
def identity(request: pytest.FixtureRequest) -> str:
    if request.param == "root" and os.geteuid() != 0:
        pytest.skip("not started as root")
    return str(request.param)


@pytest.fixture
def make_host(executor: Path) -> Iterator[HostMaker]:
    """Makes hosts that are removed after the test."""
    hosts: list[Host] = []

    def make(driver: str = "shell", identity: str = "", slots: int = 0) -> Host:
        hosts.append(Host(executor, driver, identity or ("root" if os.geteuid() == 0 else "user"), slots))
        return hosts[-1]

    yield make
    for host in hosts:
        host.close()


@pytest.fixture
def host(make_host: HostMaker, driver: str) -> Host:
    """A host without a limit of slots."""
    return make_host(driver)
