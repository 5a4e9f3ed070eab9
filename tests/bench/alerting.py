"""How fast alerting takes a storm, in CPU time, and how soon a critical failure is told."""

from __future__ import annotations

import http.client
import json
import subprocess
import time
import urllib.parse

from places import ROOT  # noqa: F401  (the path comes first)
from alert_fleet_test import HOOK, alerting, begin, deploy, fleet_world
from alert_receivers import AlertReceivers
from effort import Effort
from fleet import Simulator
from rows import Reference, Row, unmeasured
from service import Service

# Of alerting_bench: the rows, and which of its cases each is compared with.
STORMS = {
    "storm": ("four_stages/0", "events_alone/0", "four stages, all failed"),
    "storm_half_passed": ("four_stages/1", "events_alone/1", "four stages, half of them passed"),
    "storm_parsed": ("parse_and_four_stages/0", "parse_alone", "with parsing, all failed"),
    "storm_parsed_half_passed": ("parse_and_four_stages/1", "parse_alone", "with parsing, half of them passed"),
}
REFERENCES = {"events_alone/0": "making the events alone", "events_alone/1": "making the events alone",
              "parse_alone": "parsing them alone"}


def measured(effort: Effort) -> list[Row]:
    return storms(effort) + message(effort)


def storms(effort: Effort) -> list[Row]:
    """One process for each case of each round, since the heap's peak counts."""
    wanted = {name: STORMS[name] for name in (("storm",) if effort.quick else STORMS)}
    speeds: dict[str, list[float]] = {}
    peaks: dict[str, list[float]] = {}
    for _ in range(effort.runs(3, 1)):
        for case in dict.fromkeys(case for own, reference, _ in wanted.values() for case in (reference, own)):
            document = _once(effort, case)
            speeds.setdefault(case, []).append(document["items_per_second"])
            peaks.setdefault(case, []).append(document["peak_MB"])
    rows = [Row(name, f"a storm of 1,000,000 events, CPU: {title}", "/s", speeds[own],
                Reference(REFERENCES[reference], speeds[reference]))
            for name, (own, reference, title) in wanted.items()]
    rows.append(Row("storm_memory", "the most that its heap holds, all failed", "MB", peaks[STORMS["storm"][0]]))
    missing = {name: f"a storm: {title}" for name, (_, _, title) in STORMS.items() if name not in wanted}
    return rows + unmeasured("not with --quick", **missing)


def _once(effort: Effort, case: str) -> dict[str, float]:
    command = [str(effort.program("alerting_bench")), f"--benchmark_filter=^{case}/iterations:1$", "--benchmark_format=json"]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return dict(json.loads(out)["benchmarks"][0])


def message(effort: Effort) -> list[Row]:
    """From the hook of a failed deployment to the message at a receiver on the same host; and a bare POST to it."""
    took, bare = [], []
    with Simulator(fleet_world()) as gitlab, AlertReceivers(gitlab.url) as receivers, Service(gitlab) as service:
        service.environment |= {"RUNNERIQ_WEBHOOK_TOKEN": HOOK}
        alerting(service, receivers, grouping={"wait": "10m", "interval": "10m"})
        begin(service)
        for trial in range(effort.runs(20, 5)):
            bare.append(_bare_post(receivers.url))
            began = time.monotonic()
            deploy(service, gitlab, f"deploy-{trial}")
            assert receivers.wait("webhook", trial + 1, 10), service.logged()[-3:]
            took.append((receivers.taken("webhook")[trial].time - began) * 1000)
    return [Row("message", "from a critical failure's webhook to the message", "ms", took,
                Reference("a bare HTTP call to the receiver", bare))]


def _bare_post(url: str) -> float:
    """Milliseconds, to a path that nobody has."""
    address = urllib.parse.urlsplit(url)
    begin = time.perf_counter_ns()
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
    connection.request("POST", "/nobody", b"{}", {"Content-Type": "application/json"})
    connection.getresponse().read()
    took = (time.perf_counter_ns() - begin) / 1e6
    connection.close()
    return took
