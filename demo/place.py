"""What the demo runs on: a simulated GitLab, the scheduler, three runner hosts, all below one folder."""

from __future__ import annotations

import os
import re
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

from ci_host import CiHost, Start, starts_of
from fake_runner import JobResult
from fleet import Simulator, program
from grid_provider import GridProvider
from host import NOBODY, SCRATCH, Host, processes_with, remove_with_processes
from lanes import AT_REST
from scheduler import Scheduler, StartFailure
from shop import PROJECT, USER, Shop

# Each runner with its zone of the power grid, and made-up intensities of these (g/kWh): CARBON_DEMO_MODE has the
# same ones, but keeps no books.
RUNNERS = {"berlin": "DE", "paris": "FR", "aarhus": "DK-DK1"}
INTENSITIES = {"DE": 340.0, "FR": 58.0, "DK-DK1": 95.0}
SLOTS = 1
ASKS_EVERY = 0.2  # seconds; gitlab-runner asks every 3
DEVELOPER = 30


class Place:
    """A context manager; leaving it ends all processes and removes the folder."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self.root = Path(tempfile.mkdtemp(prefix="runneriq-demo-", dir=SCRATCH))
        self._stack.callback(remove_with_processes, self.root)
        self.root.chmod(0o755)  # jobs run as another user where the demo is root
        self.hosts: list[CiHost] = []

    def __enter__(self) -> Place:
        try:
            self._open()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Hosts end their jobs at the same time, so that nobody waits long for an end."""
        closing = [threading.Thread(target=host.close) for host in self.hosts]
        for thread in closing:
            thread.start()
        for thread in closing:
            thread.join()
        self._stack.close()

    def starts(self) -> list[Start]:
        """The jobs that hosts have begun, in their order."""
        return starts_of(self.hosts)

    def results(self) -> dict[int, JobResult]:
        """Of the jobs that are over, by id."""
        return {result.job.id: result for host in self.hosts for result in host.results()}

    def tags(self) -> dict[str, frozenset[str]]:
        """Of each runner, as GitLab has them now."""
        return {one["description"]: frozenset(one["tags"]) for one in self.gitlab.state()["runners"]}

    def arrive(self, ref: str, entries: list[dict[str, object]]) -> list[int]:
        """A pipeline of now; the ids of its jobs."""
        pipeline = {"project": PROJECT, "user": USER, "ref": ref, "jobs": entries}
        return [int(number) for number in self.gitlab.ask("POST", "/sim/pipelines", pipeline)["jobs"]]

    def tag_writes(self) -> int:
        """Changes of runners so far, by whomever."""
        return int(self.gitlab.calls()["by_route"].get("PUT /api/v4/runners/:id", 0))

    def driver(self) -> str:
        """What isolates the jobs, as the executor says; "" until one has begun."""
        logs = (result.log for host in self.hosts for result in host.results())
        found = (re.search(r"with driver RunnerIQ-(\w+)", log) for log in logs)
        return next((match[1] for match in found if match), "")

    def keep(self, folder: Path) -> None:
        """Copies the logs there."""
        (folder / "jobs").mkdir(parents=True, exist_ok=True)
        (folder / "scheduler.log").write_text(self.scheduler.log())
        (folder / "gitlab.log").write_text(self.gitlab.log)
        for number, result in self.results().items():
            (folder / "jobs" / f"{number}.log").write_text(result.log)

    def _open(self) -> None:
        try:
            self.gitlab = self._stack.enter_context(Simulator(scenario(), time_factor=1, place=self.root))
        except RuntimeError as error:
            raise StartFailure(str(error)) from None
        self.at_rest = self.tags()
        grid = self._stack.enter_context(GridProvider(**INTENSITIES))
        self.scheduler = Scheduler(self.gitlab, self.root, dict.fromkeys(RUNNERS, SLOTS), grid.options("demo"))
        self._stack.callback(self.scheduler.close)
        is_root = os.geteuid() == 0
        self._shop = Shop(self.root / "shop.git", NOBODY if is_root else None)
        for runner in self.gitlab.state()["runners"]:
            self.hosts.append(self._host(runner, "root" if is_root else "user"))

    def begin(self) -> None:
        """The hosts ask for jobs from now on."""
        for host in self.hosts:
            host.begin()

    def _host(self, runner: dict[str, Any], identity: str) -> CiHost:
        host = Host(Path(program("RUNNERIQ_EXECUTOR")), "auto", identity, SLOTS, self.root)
        self._stack.callback(host.close)
        host.environment["RUNNERIQ_SOCKET"] = str(self.scheduler.socket)
        host.options |= {"BUBBLEWRAP_READ_ONLY_PATHS": str(self._shop.repository.path), "CGROUP_ROOT": "off"}
        return CiHost(self.gitlab, runner["token"], host, name=runner["description"], slots=SLOTS,
                      interval=ASKS_EVERY, adapt=self._shop.adapt)


def scenario() -> dict[str, Any]:
    """GitLab before the first job: runners at rest, which other programs play."""
    runners = [{"description": name, "tags": sorted({*AT_REST, "docker", f"zone:{zone}"}), "slots": 0, "managers": 0}
               for name, zone in RUNNERS.items()]
    return {"users": [USER], "runners": runners, "pipelines": [],
            "projects": [{"path": PROJECT, "members": {USER: DEVELOPER},
                          "protected_branches": ["main", "release/*", "hotfix/*"]}]}


def left_behind(root: Path) -> list[str]:
    """What a closed place has left: its folder, processes that name it."""
    processes = [f"process {pid}" for pid in processes_with(str(root))]
    return processes + ([f"folder {root}"] if root.exists() else [])
