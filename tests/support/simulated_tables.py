"""Tables of a page that `runneriq simulate` makes: the page names the commands, this makes the rows.

In the page a comment names the kind of table; the fenced commands that make it follow, then the table:

    <!-- simulated: load -->
    ```sh
    runneriq simulate --load 0.7,0.8
    ```

    | load | … |
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

LONGEST = 120  # seconds for one command
_BLOCK = re.compile(r"<!-- simulated: (?P<kind>\w+) -->\n```sh\n(?P<commands>.*?)```\n\n(?P<table>(?:\|[^\n]*\n)+)", re.DOTALL)


@dataclass(frozen=True)
class Outcome:
    """What one command says of one load and one policy, with the parameters that it was simulated with."""

    fleet: dict[str, Any]
    load: float
    policies: dict[str, dict[str, Any]]

    def wait(self, policy: str, job_class: str, figure: str = "mean") -> str:
        return seconds(self.policies[policy]["waits"][job_class][figure])

    def share(self, policy: str, figure: str) -> str:
        return f"{100 * self.policies[policy][figure]:.1f} %"


Column = tuple[str, Callable[[Outcome], str]]


def seconds(value: float) -> str:
    """Three digits that count."""
    if value >= 100:
        digits = len(str(int(value))) - 3
        return f"{round(value, -digits):,.0f}".replace(",", " ")
    return f"{value:.1f}"


def _waits(policy: str, name: str) -> list[Column]:
    return [(f"CRITICAL, {name}", lambda one: one.wait(policy, "CRITICAL")),
            (f"all, {name}", lambda one: one.wait(policy, "all"))]


_LOAD: Column = ("load", lambda one: f"{one.load:.2f}")
_HOSTS: Column = ("hosts × slots", lambda one: f"{one.fleet['hosts']} × {one.fleet['slots']}")
_BOTH = [*_waits("fifo", "FIFO"), *_waits("gate", "gate")]

KINDS: dict[str, list[Column]] = {
    "load": [_LOAD, *_BOTH, ("p95 of all, FIFO", lambda one: one.wait("fifo", "all", "p95")),
             ("p95 of all, gate", lambda one: one.wait("gate", "all", "p95")),
             ("idle slots", lambda one: one.share("fifo", "idle_share"))],
    "hosts": [_HOSTS, _LOAD, *_BOTH, ("idle slots", lambda one: one.share("fifo", "idle_share"))],
    "window": [_HOSTS, ("window", lambda one: str(one.fleet["window"])), *_waits("fifo", "FIFO"),
               ("idle with work", lambda one: one.share("fifo", "idle_with_work_share"))],
}


def _outcomes(runneriq: str, command: str) -> list[Outcome]:
    words = shlex.split(command)
    if words[:2] != ["runneriq", "simulate"]:
        raise ValueError(f"not a call of runneriq simulate: {command}")
    done = subprocess.run([runneriq, *words[1:], "--output", "json"], check=True, capture_output=True, timeout=LONGEST)
    document = json.loads(done.stdout)
    return [Outcome(document["parameters"]["fleet"], result["load"],
                    {policy["policy"]: policy for policy in result["policies"]})
            for result in document["results"]]


def _table(columns: list[Column], outcomes: list[Outcome]) -> str:
    def row(cells: list[str]) -> str:
        return f"| {' | '.join(cells)} |\n"
    head = row([title for title, _ in columns]) + "|" + "---|" * len(columns) + "\n"
    return head + "".join(row([text(one) for _, text in columns]) for one in outcomes)


def tables_of(page: str) -> Iterator[re.Match[str]]:
    return _BLOCK.finditer(page)


def made_anew(runneriq: str, page: str, workers: int = 2) -> str:
    """The page with every simulated table as its commands make it now."""
    with ThreadPoolExecutor(workers) as pool:
        def table(block: re.Match[str]) -> str:
            commands = block["commands"].strip().splitlines()
            outcomes = [one for some in pool.map(lambda command: _outcomes(runneriq, command), commands) for one in some]
            whole = block[0]
            return whole[:whole.rindex(block["table"])] + _table(KINDS[block["kind"]], outcomes)
        return _BLOCK.sub(table, page)
