"""A simulated fleet under `runneriq run --execute`: runners at rest, what waits, and who is cut."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterable
from typing import Any

from fleet import Simulator, Watcher
from host import wait_until
from lanes import AT_REST, is_cut

SLOW = 60.0  # seconds that a busy machine is given

AUTONOMOUS = "autonomous"
LOOP = ("run", "--execute", "--poll-interval", "5s")


def pool(count: int, tags: Iterable[str] = ("docker",), slots: int = 1, **keys: Any) -> list[dict[str, Any]]:
    """Managed runners r1, r2, … with all lanes."""
    return [{"description": f"r{number}", "tags": sorted({*tags, *AT_REST}), "slots": slots, **keys}
            for number in range(1, count + 1)]


def job(name: str, lane: str = "", takes: str = "3s", **keys: Any) -> dict[str, Any]:
    """A job for a docker runner, in a lane if one is named."""
    tags = ["docker", f"runneriq:{lane}"] if lane else ["docker"]
    return {"name": name, "tags": tags, "takes": takes, **keys}


def pipeline(*jobs: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {"project": "acme/shop", "user": "ann", "jobs": list(jobs), **keys}


def world(runners: list[dict[str, Any]], *pipelines: dict[str, Any]) -> dict[str, Any]:
    return {"users": ["ann"], "runners": runners, "pipelines": list(pipelines),
            "projects": [{"path": "acme/shop", "members": {"ann": 40}}]}


def busy_world(count: int = 3, waiting: int = 5) -> dict[str, Any]:
    """Each runner has a job that outlasts the test; lint jobs in the last lane wait."""
    running = [job(f"build-{number}", takes="2h", state="running", runner=f"r{number}", ran="1m")
               for number in range(1, count + 1)]
    waiting_jobs = [job("lint", "long", takes="2h", waited="1m", parallel=waiting)] if waiting else []
    return world(pool(count), pipeline(*running, *waiting_jobs))


def arrive(gitlab: Simulator, *jobs: dict[str, Any], **keys: Any) -> list[int]:
    """A pipeline of now; the ids of its jobs."""
    return [int(number) for number in gitlab.ask("POST", "/sim/pipelines", pipeline(*jobs, **keys))["jobs"]]


def arrive_deploy(gitlab: Simulator) -> int:
    """A deploy on main by a maintainer: CRITICAL, in the lane critical."""
    return arrive(gitlab, job("deploy", "critical", stage="deploy"))[0]


def cancel(gitlab: Simulator, number: int) -> None:
    gitlab.ask("POST", f"/api/v4/projects/acme%2Fshop/jobs/{number}/cancel")


def tags_of(gitlab: Simulator) -> dict[str, frozenset[str]]:
    """Of each runner, by its description."""
    return {one["description"]: frozenset(one["tags"]) for one in gitlab.state()["runners"]}


def runner_ids(gitlab: Simulator) -> dict[str, int]:
    return {one["description"]: int(one["id"]) for one in gitlab.state()["runners"]}


def running_on(gitlab: Simulator, runner: str) -> int:
    """How many jobs."""
    return sum(int(one["running"]) for one in gitlab.state()["runners"] if one["description"] == runner)


def edit(gitlab: Simulator, runner: int, **change: Any) -> None:
    """A person edits a runner at once."""
    gitlab.ask("PATCH", f"/sim/runners/{runner}", change)


def cut_runners(gitlab: Simulator) -> list[str]:
    return sorted(name for name, tags in tags_of(gitlab).items() if is_cut(tags))


def wait_for_cuts(gitlab: Simulator, count: int = 1, timeout: float = SLOW) -> bool:
    return wait_until(lambda: len(cut_runners(gitlab)) >= count, timeout)


def wait_for_rest(gitlab: Simulator, before: dict[str, frozenset[str]], timeout: float = SLOW) -> bool:
    """Whether every runner gets the tags that it had before."""
    return wait_until(lambda: tags_of(gitlab) == before, timeout)


def trust(watcher: Watcher, mode: str) -> None:
    watcher.environment["RUNNERIQ_ASSIGNER_TRUST_MODEL_MODE"] = mode


def steering_words(watcher: Watcher) -> str:
    """What the daemon has said of its steering, for a failure's message."""
    told = [event for event in watcher.logged() if event["event"] not in ("tick", "runner_change")]
    return "\n".join(str(event) for event in told[-25:])


def written(gitlab: Simulator) -> int:
    """The calls so far that could have changed something."""
    return int(gitlab.calls()["mutating"])


def wait_for_quiet(gitlab: Simulator, seconds: float = 0.5, timeout: float = SLOW) -> bool:
    """Whether nobody calls for so long: then no write is on its way that an edit could fall into."""
    calls, since = -1, 0.0

    def is_quiet() -> bool:
        nonlocal calls, since
        now = int(gitlab.calls()["total"])
        if now != calls:
            calls, since = now, time.monotonic()
        return time.monotonic() - since >= seconds
    return wait_until(is_quiet, timeout)


def look_anew(process: subprocess.Popen[str], watcher: Watcher, ticks: int = 1, timeout: float = SLOW) -> bool:
    """Makes a daemon look at once, so often: a hangup ends its wait."""
    for _ in range(ticks):
        before = watcher.ticks()
        process.send_signal(signal.SIGHUP)
        if not wait_until(lambda: watcher.ticks() > before, timeout):
            return False
    return True
