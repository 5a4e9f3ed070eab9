"""What runneriq answers: order, classes, scores and runners, against tables worked out by hand from
sections 5 and 7 of docs/architecture.md, never from a program's output."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

sys.path[:0] = [str(Path(__file__).parents[2] / place) for place in ("tests/support", "demo")]

from fleet import Simulator, Watcher  # noqa: E402  (the path above comes first)

Document = dict[str, Any]


def learn(watcher: Watcher, ticks: int = 1) -> None:
    """Lets the loop run until the state file holds what GitLab says of earlier jobs."""
    loop = watcher.start("run", "--poll-interval", "5s")
    assert watcher.wait_for_ticks(ticks), watcher.logged()
    loop.terminate()
    assert loop.wait(10) == 0


def by_id(jobs: list[Document], key: str = "id") -> dict[int, Document]:
    return {job[key]: job for job in jobs}


def points(factors: list[Document]) -> dict[str, float]:
    return {factor["name"]: factor["points"] for factor in factors}


def order(tick: Document) -> list[int]:
    return [job["id"] for job in tick["analyzer"]["jobs"]]


# ---- the documented object ----------------------------------------------------------------

NUMBER = (int, float)
JOB_TYPES = {"id": int, "project_id": int, "name": str, "stage": str, "ref": str, "score": NUMBER, "class": str,
             "factors": list}
ASSIGNMENT_TYPES = {"job_id": int, "decision": str, "path": str, "score": NUMBER, "margin": NUMBER,
                    "runner_up": (dict, type(None)), "reason": str, "carbon": (dict, type(None)), "anomalies": list}
CLASSES = ["CRITICAL", "HIGH", "MEDIUM", "LOW"]


def assert_types(document: Document, types: dict[str, Any]) -> None:
    for key, kind in types.items():
        assert isinstance(document[key], kind) and not isinstance(document[key], bool), (key, document)


def assert_documented(tick: Document) -> None:
    assert_types(tick, {"monitor": dict, "analyzer": dict, "assigner": dict, "action_bridge": dict, "degraded": list})
    assert_types(tick["monitor"], {"runners": list, "changes": list, "stuck_jobs": list})
    assert_types(tick["action_bridge"], dict.fromkeys(("planned", "applied", "reverted", "refused"), list))
    assert_types(tick["assigner"]["split"], dict.fromkeys(("direct", "rules", "advisor"), int))
    for job in tick["analyzer"]["jobs"]:
        assert_types(job, JOB_TYPES)
        for factor in job["factors"]:
            assert_types(factor, {"name": str, "points": NUMBER})
    for assignment in tick["assigner"]["assignments"]:
        assert_assignment(assignment)


def assert_assignment(assignment: Document) -> None:
    if assignment["path"] == "none":
        assert "runner_id" not in assignment and assignment["decision"] == "queued"
        return
    assert_types(assignment, ASSIGNMENT_TYPES | {"runner_id": int})
    total = sum(factor["points"] for factor in assignment["factors"])
    assert assignment["score"] == pytest.approx(total, abs=0.07), assignment


def test_mock_prints_the_documented_object_with_an_empty_environment() -> None:
    with Watcher() as watcher:
        watcher.environment.clear()
        answer = watcher.run("run", "--once", "--mock", "--output", "json")
        assert answer.code == 0, answer
        tick = answer.document  # a single document: nothing else is on standard output
    assert_documented(tick)
    assert len(tick["monitor"]["runners"]) >= 3 and len(tick["analyzer"]["jobs"]) >= 5
    bridge = dict(tick["action_bridge"])
    assert tick["degraded"] == [] and bridge.pop("mode") == "advisory" and not any(bridge.values())
    assert {assignment["path"] for assignment in tick["assigner"]["assignments"]} >= {"direct", "rules", "none"}


def test_mock_in_demo_mode_sends_low_jobs_to_cleaner_power_and_slows_no_critical_one() -> None:
    with Watcher() as watcher:
        green = watcher.tick("--mock", CARBON_DEMO_MODE="true")
        plain = watcher.tick("--mock", RUNNERIQ_CARBON_USE="off")
    jobs = {job["id"]: job for job in green["analyzer"]["jobs"]}
    given = {one["job_id"]: one for one in green["assigner"]["assignments"]}
    before = {one["job_id"]: one for one in plain["assigner"]["assignments"]}
    low = next(given[number] for number, job in jobs.items() if job["name"] == "render")
    assert jobs[low["job_id"]]["class"] == "LOW"
    grams = {one["zone"]: one["grams"] for one in low["carbon"]["candidates"]}
    assert set(grams) == {"DE", "DK-DK1"}
    assert grams["DE"] / grams["DK-DK1"] == pytest.approx(340 / 95)
    assert (low["carbon"]["zone"], low["carbon"]["g_per_kwh"]) == ("DK-DK1", 95)
    assert low["runner_id"] == low["carbon"]["runner_id"] == 18
    assert " g/kWh in DK-DK1 (live)" in low["reason"] and "% saved" in low["reason"]
    for number, job in jobs.items():
        if job["class"] == "CRITICAL":
            assert given[number]["waits_for_slot"] == before[number]["waits_for_slot"], given[number]
    assert all(one["carbon"] is None for one in before.values())


def test_mock_puts_jobs_in_order_and_each_score_is_the_sum_of_its_factors() -> None:
    with Watcher() as watcher:
        tick = watcher.tick("--mock")
    jobs = tick["analyzer"]["jobs"]
    assert [job["id"] for job in jobs] == [a["job_id"] for a in tick["assigner"]["assignments"]]
    ranks = [CLASSES.index(job["class"]) for job in jobs]
    assert ranks == sorted(ranks)
    urgent = [(CLASSES.index(job["class"]), -job["score"], job["id"]) for job in jobs
              if job["class"] in ("CRITICAL", "HIGH")]
    assert urgent == sorted(urgent)
    for job in jobs:
        assert sum(points(job["factors"]).values()) == pytest.approx(job["score"], abs=0.001), job


# ---- priority: a table by hand --------------------------------------------------------------

MEMBERS = {"olga": 50, "mia": 40, "dan": 30, "rob": 20, "gus": 10}  # zoe is a member of nothing

# id, (project, ref, user), job, further keys of the pipeline, points by factor, score, class.
# Points: 0.4 × branch, 0.2 × role, 0.4 × type, then bonuses. Score and class follow from them.
PRIORITIES: list[tuple[int, tuple[str, str, str], Document, Document, Document, float, str]] = [
    # tag 100, maintainer 100, type by stage deploy 100, protected tag v*: 105, clamped; the lower id
    (1017, ("shop", "v1.0", "mia"), {"name": "package", "stage": "deploy"}, {"is_tag": True},
     {"branch": 40, "role": 20, "job type": 40, "protected": 5, "clamp": -5}, 100, "CRITICAL"),
    # main 100×0.4=40, owner 100×0.2=20, deploy 100×0.4=40, protected +5 = 105, clamped
    (1023, ("shop", "main", "olga"), {"name": "deploy-prod", "stage": "deploy"}, {},
     {"branch": 40, "role": 20, "job type": 40, "protected": 5, "clamp": -5}, 100, "CRITICAL"),
    # master is in the table though main is the default: 40 + developer 75×0.2=15 + deploy 40; production: no cap
    (1021, ("shop", "master", "dan"), {"name": "deploy-legacy"}, {},
     {"branch": 40, "role": 15, "job type": 40}, 95, "CRITICAL"),
    # release/* 90×0.4=36 + 15 + test 50×0.4=20 + protected 5 = 76 HIGH; 60 min → CRITICAL
    (1015, ("shop", "release/1", "dan"), {"name": "unit", "waited": "60m"}, {},
     {"branch": 36, "role": 15, "job type": 20, "protected": 5}, 76, "CRITICAL"),
    # develop 75×0.4=30 + 15 + 20 = 65 MEDIUM; 60 min: → HIGH (20) → CRITICAL (60)
    (1002, ("shop", "develop", "dan"), {"name": "unit", "waited": "60m"}, {},
     {"branch": 30, "role": 15, "job type": 20}, 65, "CRITICAL"),
    # hotfix/* 95×0.4=38 + maintainer 20 + build 75×0.4=30 = 88; production, so above the cap of 75
    (1014, ("shop", "hotfix/x", "mia"), {"name": "build-app", "stage": "build"}, {},
     {"branch": 38, "role": 20, "job type": 30}, 88, "HIGH"),
    # the default branch by another name: 40 + owner 20 + 20 = 80, not protected; production
    (1022, ("tools", "trunk", "olga"), {"name": "unit"}, {},
     {"branch": 40, "role": 20, "job type": 20}, 80, "HIGH"),
    # release/* 36 + developer 15 + test 20 + protected 5
    (1016, ("shop", "release/2", "dan"), {"name": "unit"}, {},
     {"branch": 36, "role": 15, "job type": 20, "protected": 5}, 76, "HIGH"),
    # develop 30 + developer 15 + type by stage build 30 = 75: at the cap, not above
    (1004, ("shop", "develop", "dan"), {"name": "compile", "stage": "build"}, {},
     {"branch": 30, "role": 15, "job type": 30}, 75, "HIGH"),
    # into main 100, one step lower 95×0.4=38 + 15 + 20 + label 15 = 88, off production: 75
    (1009, ("shop", "mr-1", "dan"), {"name": "unit"}, {"merge_request": 1},
     {"branch": 38, "role": 15, "job type": 20, "label": 15, "cap": -13}, 75, "HIGH"),
    # into release/2 90, one step lower 75×0.4=30 + 20 + deploy 40 − allow_failure 10 = 80, capped
    (1011, ("shop", "mr-2", "mia"), {"name": "deploy-review", "allow_failure": True}, {"merge_request": 2},
     {"branch": 30, "role": 20, "job type": 40, "allow_failure": -10, "cap": -5}, 75, "HIGH"),
    # an unprotected tag 40 + reporter 25×0.2=5 + build 30 = 75; a second less than an hour: stays HIGH
    (1018, ("shop", "nightly", "rob"), {"name": "build-all", "waited": "3599s"}, {"is_tag": True},
     {"branch": 40, "role": 5, "job type": 30}, 75, "HIGH"),
    # tag 40 + unknown 50×0.2=10 + other type 50×0.4=20 = 70: the least HIGH
    (1008, ("shop", "nightly", "zoe"), {"name": "docs", "stage": "docs"}, {"is_tag": True},
     {"branch": 40, "role": 10, "job type": 20}, 70, "HIGH"),
    # feature/* 50×0.4=20 + 15 + 20 = 55 MEDIUM; 20 min → HIGH
    (1007, ("shop", "feature/c", "dan"), {"name": "unit", "waited": "20m"}, {},
     {"branch": 20, "role": 15, "job type": 20}, 55, "HIGH"),
    # other branch 40×0.4=16 + guest 5 + lint 40×0.4=16 = 37 LOW; 20 min: → MEDIUM (5) → HIGH (20)
    (1001, ("shop", "misc", "gus"), {"name": "lint", "waited": "20m"}, {},
     {"branch": 16, "role": 5, "job type": 16}, 37, "HIGH"),
    # develop 30 + guest 5 + 20 − 10 = 45 LOW; 5 min → MEDIUM.  expected: 60 s and 180 s → 120 s
    (1013, ("shop", "develop", "gus"), {"name": "integration", "allow_failure": True, "waited": "5m"}, {},
     {"branch": 30, "role": 5, "job type": 20, "allow_failure": -10}, 45, "MEDIUM"),
    # feature/* 20 + unknown 10 + 20 + manual 10 + retry 5 = 65; 19 min 59 s: stays.  expected 240 s
    # Its id is above that of the failed attempt before.
    (1099, ("shop", "feature/b", "zoe"),
     {"name": "e2e", "manual": True, "attempts_before": 1, "waited": "1199s"}, {},
     {"branch": 20, "role": 10, "job type": 20, "manual": 10, "retry": 5}, 65, "MEDIUM"),
    # production 40 + reporter 5 + 20 = 65.  expected 360 s
    (1005, ("tools", "production", "rob"), {"name": "smoke"}, {},
     {"branch": 40, "role": 5, "job type": 20}, 65, "MEDIUM"),
    # into develop 75, one step lower 50×0.4=20 + 15 + lint 16 − draft 5 = 46.  expected: by stage lint, 50 s
    (1010, ("shop", "mr-3", "dan"), {"name": "lint", "stage": "lint"}, {"merge_request": 3},
     {"branch": 20, "role": 15, "job type": 16, "draft": -5}, 46, "LOW"),
    # 16 + 10 + 16 = 42; a second less than 5 min: stays LOW.  expected: by job, 50 s; the higher id
    (1019, ("shop", "misc", "zoe"), {"name": "lint-docs", "stage": "lint", "waited": "299s"}, {},
     {"branch": 16, "role": 10, "job type": 16}, 42, "LOW"),
    # other branch 16 + guest 5 + other type 20 = 41.  expected: by project, the ten newest runs, 150 s
    (1003, ("shop", "misc", "gus"), {"name": "check", "stage": "check"}, {},
     {"branch": 16, "role": 5, "job type": 20}, 41, "LOW"),
    # feature/* 20 + reporter 5 + lint by name 16, though in stage test.  expected: by job, 150 s
    (1006, ("shop", "feature/a", "rob"), {"name": "lint-code"}, {},
     {"branch": 20, "role": 5, "job type": 16}, 41, "LOW"),
    # a project without any run, 16 + 10 + 20 = 46.  expected: the ten newest runs of all, 150 s
    (1020, ("fresh", "misc", "zoe"), {"name": "misc", "stage": "misc"}, {},
     {"branch": 16, "role": 10, "job type": 20}, 46, "LOW"),
    # into trunk 100, one step lower 38 + guest 5 + 16 + label wontfix −100 = −41, clamped at 0.
    # expected: by project tools, 360 s
    (1000, ("tools", "mr-4", "gus"), {"name": "lint", "stage": "lint"}, {"merge_request": 1},
     {"branch": 38, "role": 5, "job type": 16, "label": -100, "clamp": 41}, 0, "LOW"),
]

# Median of the last ten successful runs: of the job, else the stage, the project, all.
EXPECTED_SECONDS = {1013: 120, 1099: 240, 1005: 360, 1010: 50, 1019: 50, 1003: 150, 1006: 150, 1020: 150, 1000: 360}


def ended(name: str, seconds: int, minutes_ago: int, **keys: Any) -> Document:
    return {"name": name, "state": "success", "takes": seconds, "ended": f"{minutes_ago}m", "runner": "any", **keys}


# The newest ten runs are of lint-code, five of 100 s and five of 200 s: 150 s. Its two older ones, of
# 1000 s, would make the median 200 s. What failed does not count.
PAST_OF_SHOP = [
    *[ended("lint-code", 100 if n % 2 else 200, n) for n in range(1, 11)],
    ended("lint-code", 1000, 20), ended("lint-code", 1000, 21),
    ended("e2e", 600, 90), ended("e2e", 120, 91), ended("e2e", 240, 92),
    ended("integration", 60, 93), ended("integration", 180, 94),
    ended("lint-docs", 50, 95, stage="lint"),
    ended("lint", 900, 15, stage="lint", ends="failed") | {"state": "failed"},
]


def priority_scenario() -> Document:
    requests = [("shop", 1, "main", ["priority::high"], False), ("shop", 2, "release/2", [], False),
                ("shop", 3, "develop", [], True), ("tools", 1, "trunk", ["wontfix"], False)]
    pipelines = [{"project": f"acme/{project}", "ref": ref, "user": user, "jobs": [{"id": number, **job}], **further}
                 for number, (project, ref, user), job, further, *_ in PRIORITIES]
    past = [{"project": "acme/shop", "ref": "feature/old", "user": "dan", "jobs": PAST_OF_SHOP},
            {"project": "acme/tools", "ref": "feature/old", "user": "dan", "jobs": [ended("smoke", 360, 99)]}]
    return {
        "users": sorted([*MEMBERS, "zoe"]),
        "runners": [{"description": "any", "slots": 0}],
        "projects": [{"path": "acme/shop", "id": 101, "protected_branches": ["main", "release/*"],
                      "protected_tags": ["v*"], "members": MEMBERS},
                     {"path": "acme/tools", "id": 102, "default_branch": "trunk", "protected_branches": [],
                      "members": MEMBERS},
                     {"path": "acme/fresh", "id": 103, "protected_branches": []}],
        "merge_requests": [{"project": f"acme/{project}", "iid": iid, "source_branch": f"mr-{iid}",
                            "target_branch": target, "labels": labels, "draft": draft}
                           for project, iid, target, labels, draft in requests],
        "pipelines": pipelines + past,
    }


LABEL_RULES = 'runneriq:\n  analyzer:\n    priority:\n      label_rules: {"priority::high": 15, "wontfix": -100}\n'


@pytest.fixture(scope="module")
def priorities() -> Iterator[tuple[Simulator, Watcher, Document]]:
    """The fleet of PRIORITIES, a runneriq that knows its past, and the tick that it printed."""
    with Simulator(priority_scenario()) as gitlab, Watcher(gitlab) as watcher:
        watcher.configure(LABEL_RULES)
        learn(watcher)
        yield gitlab, watcher, watcher.tick("--save-snapshot", "saved.json")


Priorities = tuple[Simulator, Watcher, Document]


@pytest.mark.parametrize("row", PRIORITIES, ids=lambda row: f"{row[0]}")
def test_a_job_has_the_factors_score_and_class_that_the_table_says(priorities: Priorities, row: Any) -> None:
    number, _, job, _, factors, score, job_class = row
    found = by_id(priorities[2]["analyzer"]["jobs"])[number]
    assert points(found["factors"]) == factors
    assert (found["score"], found["class"], found["name"]) == (score, job_class, job["name"])


def test_the_order_is_that_of_the_table(priorities: Priorities) -> None:
    assert order(priorities[2]) == [row[0] for row in PRIORITIES]
    assert [a["job_id"] for a in priorities[2]["assigner"]["assignments"]] == [row[0] for row in PRIORITIES]


def test_durations_are_medians_of_the_last_ten_successful_runs(priorities: Priorities) -> None:
    jobs = by_id(priorities[2]["analyzer"]["jobs"])
    assert {number: jobs[number]["expected_seconds"] for number in EXPECTED_SECONDS} == EXPECTED_SECONDS


def test_queue_says_the_same_order(priorities: Priorities) -> None:
    jobs = priorities[1].read("queue")["queue"]
    assert [job["job_id"] for job in jobs] == [row[0] for row in PRIORITIES]
    assert [job["position"] for job in jobs] == list(range(1, len(PRIORITIES) + 1))
    assert [job["class"] for job in jobs] == [row[6] for row in PRIORITIES]


def test_a_wish_counts_on_protected_refs_only() -> None:
    job = {"name": "unit", "ref": "feature/x", "wish": "CRITICAL"}  # 20 + 10 + 20 (+ 5) = 50 or 55
    fleet = {"jobs": [{"id": 1, "protected": True, **job}, {"id": 2, "protected": False, **job},
                      {"id": 3, "protected": True, **job, "wish": "URGENT"}]}
    with Watcher() as watcher:
        tick = watcher.tick("--snapshot", "-", stdin=json.dumps(fleet))
    jobs = by_id(tick["analyzer"]["jobs"])
    assert {number: (jobs[number]["score"], jobs[number]["class"]) for number in jobs} == {
        1: (55, "CRITICAL"), 2: (50, "LOW"), 3: (55, "MEDIUM")}
    anomalies = {a["job_id"]: len(a["anomalies"]) for a in tick["assigner"]["assignments"]}
    assert anomalies == {1: 0, 2: 1, 3: 1}


# ---- runners: a table by hand -----------------------------------------------------------------

RUNNERS: list[Document] = [
    {"id": 11, "description": "small", "tags": ["docker"], "run_untagged": False},
    {"id": 12, "description": "big", "tags": ["docker", "linux", "x64"]},
    {"id": 13, "description": "guard", "tags": ["deploy", "docker"], "run_untagged": False, "protected_only": True},
    {"id": 14, "description": "away", "tags": ["docker", "gpu"], "online": False},
    {"id": 15, "description": "resting", "tags": ["docker", "tpu"], "paused": True},
    {"id": 16, "description": "own", "type": "project_type", "projects": ["acme/tools"], "tags": ["tools"],
     "run_untagged": False},
    {"id": 17, "description": "mobile", "type": "group_type", "groups": ["lab"], "tags": ["ios", "runneriq:high"],
     "run_untagged": False},
]
SLOTS = {"small": 1, "big": 4, "guard": 2}
MAIN = "main"  # main, maintainer, stage test, protected: 40 + 20 + 20 + 5 = 85 HIGH, so in the order of ids
SIDE = "feature/x"  # 20 + 20 + 20 = 60 MEDIUM, behind all others


class Choice:
    """What is expected: path, the runner's score and its four values, runner-up and its score."""

    def __init__(self, path: str, runner: int = 0, score: float = 0, values: tuple[float, ...] = (),
                 second: int = 0, second_score: float = 0, margin: float = 1, waits: bool = False) -> None:
        self.path, self.runner, self.score, self.values = path, runner, score, values
        self.second, self.second_score, self.margin, self.waits = second, second_score, margin, waits


# Score = 0.4 × utilisation + 0.2 × capacity + 0.2 × tag match + 0.2 × history, where utilisation =
# 100 × (1 − active/max), capacity = 100 × free / most free, tag match = 100 − 10 per further tag,
# history = 50 or fleet's average / runner's × 50. At the start: small 0/1, big 1/4, guard 0/2 active/max.
CHOICES: list[tuple[int, str, str, str, list[str], Choice]] = [
    # most free = 3 (big). History of unit-a: fleet (2×100 + 2×200)/4 = 150; small 150/100×50 = 75, big 37.5.
    # small 100, 1/3, 0 further: 40 + 6.67 + 20 + 15 = 81.67   big 75, 3/3, 2 further: 30 + 20 + 16 + 7.5 = 73.5
    # guard 100, 2/3, 1 further: 40 + 13.33 + 18 + 10 = 81.33  margin .33/81.67 = .0041: the lower id is small
    (2001, "acme/shop", MAIN, "unit-a", ["docker"],
     Choice("advisor", 11, 81.7, (100, 33.33, 100, 75), 13, 81.3, 0.0041)),
    # small full: 20 + 10 = 30; big 30 + 20 + 16 + 10 = 76; guard 81.33. Margin 5.33/81.33 = .0656: the lower id
    # is big, for guard never ran anything and so has no reliability
    (2002, "acme/shop", MAIN, "unit-b", ["docker"],
     Choice("advisor", 12, 76, (75, 100, 80, 50), 13, 81.3, 0.0656)),
    # big alone, 2/4: 50, 2/2, 1 further: 20 + 20 + 18 + 10
    (2003, "acme/shop", MAIN, "unit-c", ["docker", "linux"], Choice("direct", 12, 68, (50, 100, 90, 50))),
    # guard alone, 0/2: 40 + 20 + 20 + 10
    (2004, "acme/shop", MAIN, "unit-d", ["deploy", "docker"], Choice("direct", 13, 90, (100, 100, 100, 50))),
    # small 30; big 3/4, 1 free of 1: 10 + 20 + 16 + 10 = 56; guard 1/2, 1 free of 1: 20 + 20 + 18 + 10 = 68
    # margin 12/68 = .1765
    (2005, "acme/shop", MAIN, "unit-e", ["docker"], Choice("rules", 13, 68, (50, 100, 90, 50), 12, 56, 0.1765)),
    (2007, "acme/shop", MAIN, "unit-g", ["gpu"], Choice("none")),  # its runner is offline
    (2008, "acme/shop", MAIN, "unit-h", ["tpu"], Choice("none")),  # its runner is paused
    # the project's own runner: 40 + 20 + 20 + 10
    (2009, "acme/tools", MAIN, "unit-i", ["tools"], Choice("direct", 16, 90, (100, 100, 100, 50))),
    (2010, "acme/shop", MAIN, "unit-j", ["tools"], Choice("none")),  # of another project
    # the group's runner; the tag runneriq:high is ours, no further tag: 90
    (2011, "lab/app", MAIN, "unit-k", ["ios"], Choice("direct", 17, 90, (100, 100, 100, 50))),
    (2012, "acme/shop", MAIN, "unit-l", ["ios"], Choice("none")),  # of another group
    # only big takes jobs without tags, 3/4: 10 + 20 + 3 further 70×0.2=14 + 10
    (2013, "acme/shop", MAIN, "unit-m", [], Choice("direct", 12, 54, (25, 100, 70, 50))),
    (2014, "acme/shop", MAIN, "unit-n", ["nowhere"], Choice("none")),
    # a protected runner is not for feature/x; small and big are full: 20 + 10 = 30, 16 + 10 = 26.
    # margin 4/30 = .1333; both never failed: the lower id
    (2006, "acme/shop", SIDE, "unit-o", ["docker"],
     Choice("advisor", 11, 30, (0, 0, 100, 50), 12, 26, 0.1333, waits=True)),
]
WEIGHTS = {"utilisation": 0.4, "capacity": 0.2, "tag_match": 0.2, "history": 0.2}


def runner_scenario() -> Document:
    past = [{"name": "unit-a", "state": "success", "takes": seconds, "ended": f"{60 + n}m", "runner": runner}
            for n, (runner, seconds) in enumerate([("small", 100), ("small", 100), ("big", 200), ("big", 200)])]
    running = {"name": "long", "state": "running", "runner": "big", "ran": "1m", "takes": "1h"}
    jobs = [{"project": project, "ref": ref, "user": "mia", "jobs": [{"id": number, "name": name, "tags": tags}]}
            for number, project, ref, name, tags, _ in CHOICES]
    return {
        "users": ["mia"],
        "runners": [{"slots": 0, **runner} for runner in RUNNERS],
        "projects": [{"path": path, "members": {"mia": 40}} for path in ("acme/shop", "acme/tools", "lab/app")],
        "pipelines": [{"project": "acme/shop", "ref": "old", "jobs": [*past, running]}, *jobs],
    }


def capacities(slots: dict[str, int]) -> str:
    return "runneriq:\n  monitor:\n    capacity:\n" + "".join(f"      {k}: {v}\n" for k, v in slots.items())


Fleet = tuple[Simulator, Watcher, Document]


@pytest.fixture(scope="module")
def runners() -> Iterator[Fleet]:
    """The fleet of RUNNERS, a runneriq that knows its past, and the tick that it printed."""
    with Simulator(runner_scenario()) as gitlab, Watcher(gitlab) as watcher:
        watcher.configure(capacities(SLOTS))
        learn(watcher)
        yield gitlab, watcher, watcher.tick("--save-snapshot", "saved.json")


@pytest.mark.parametrize("row", CHOICES, ids=lambda row: f"{row[0]}")
def test_a_job_has_the_runner_that_the_table_says(runners: Fleet, row: Any) -> None:
    choice: Choice = row[5]
    found = by_id(runners[2]["assigner"]["assignments"], "job_id")[row[0]]
    assert found["path"] == choice.path, found["reason"]
    if choice.path == "none":
        assert found["decision"] == "queued" and "runner_id" not in found
        return
    assert (found["runner_id"], found["score"]) == (choice.runner, choice.score)
    assert tuple(factor["value"] for factor in found["factors"]) == choice.values
    assert {factor["name"]: factor["weight"] for factor in found["factors"]} == WEIGHTS
    assert found["margin"] == choice.margin and found["waits_for_slot"] == choice.waits
    second = found["runner_up"] or {"runner_id": 0, "score": 0}
    assert (second["runner_id"], second["score"]) == (choice.second, choice.second_score)


def test_runners_are_given_in_the_order_of_the_table_and_the_split_is_counted(runners: Fleet) -> None:
    assert [a["job_id"] for a in runners[2]["assigner"]["assignments"]] == [row[0] for row in CHOICES]
    paths = [row[5].path for row in CHOICES]
    assert runners[2]["assigner"]["split"] == {
        "direct": paths.count("direct"), "rules": paths.count("rules"), "advisor": paths.count("advisor"),
        "queued": paths.count("none")}


def test_a_job_behind_another_is_expected_to_start_when_that_one_ends(runners: Fleet) -> None:
    found = by_id(runners[2]["assigner"]["assignments"], "job_id")
    now = datetime.fromisoformat(runners[2]["now"])
    starts = {number: (datetime.fromisoformat(found[number]["expected_start"]) - now).total_seconds()
              for number in (2001, 2006)}
    assert starts == {2001: 0, 2006: 150}  # unit-a: the median of 100, 100, 200 and 200 s


def test_rules_only_never_asks_the_advisor_and_the_better_score_wins(runners: Fleet) -> None:
    tick = runners[1].tick(RUNNERIQ_ASSIGNER_DECISION_ENGINE_MODE="rules_only")
    found = by_id(tick["assigner"]["assignments"], "job_id")
    assert tick["assigner"]["split"]["advisor"] == 0
    assert (found[2001]["runner_id"], found[2001]["path"]) == (11, "rules")
    assert (found[2002]["runner_id"], found[2002]["path"]) == (13, "rules")  # 81.3 against 76


# ---- no side effects --------------------------------------------------------------------------

READING_COMMANDS = [
    ("run", "--once"), ("run", "--once", "--mode", "full"), ("run", "--once", "--mode", "analyze-only"),
    ("run", "--once", "--mode", "monitor-only"), ("run", "--once", "--dry-run"), ("status",), ("queue",),
    ("explain", "2001"), ("doctor",),
]


@pytest.mark.parametrize("command", READING_COMMANDS, ids=" ".join)
def test_gitlab_is_only_read(runners: Fleet, command: tuple[str, ...]) -> None:
    gitlab, watcher, _ = runners
    before = gitlab.calls()["total"]
    answer = watcher.run(*command, "--output", "json")
    assert answer.code in ((0, 1) if command == ("doctor",) else (0,)), answer
    calls = gitlab.calls()
    assert calls["total"] > before, "this command asked nothing, so the test says nothing"
    assert calls["mutating"] == 0, calls["by_route"]
    assert all(route.startswith("GET ") or route == "POST /api/graphql" for route in calls["by_route"])


def test_a_call_that_changes_something_would_be_counted() -> None:
    with Simulator({"runners": [{"description": "any", "id": 1}]}) as gitlab:
        gitlab.ask("PUT", "/api/v4/runners/1", {"paused": True})
        assert gitlab.calls()["mutating"] == 1


def test_execute_with_dry_run_is_refused_before_the_first_call(runners: Fleet) -> None:
    before = runners[0].calls()["total"]
    assert runners[1].run("run", "--once", "--execute", "--dry-run").code == 2
    assert runners[0].calls()["total"] == before


def test_execute_changes_nothing_where_no_runner_is_managed(runners: Fleet) -> None:
    before = runners[0].calls()["mutating"]
    answer = runners[1].run("run", "--once", "--execute", "--output", "json")
    assert answer.code == 0, answer
    assert answer.document["action_bridge"]["mode"] == "supervised"
    assert runners[0].calls()["mutating"] == before


def test_a_mode_goes_no_further_than_it_says(runners: Fleet) -> None:
    analyzed = runners[1].tick("--mode", "analyze-only")
    assert order(analyzed) == order(runners[2]) and analyzed["assigner"]["assignments"] == []
    monitored = runners[1].tick("--mode", "monitor-only")
    assert monitored["analyzer"]["jobs"] == [] and monitored["assigner"]["assignments"] == []
    assert [runner["id"] for runner in monitored["monitor"]["runners"]] == [runner["id"] for runner in RUNNERS]


# ---- snapshots --------------------------------------------------------------------------------

BOTH_FLEETS = pytest.mark.parametrize("fleet", ["priorities", "runners"])


@BOTH_FLEETS
def test_a_saved_snapshot_gives_the_same_decisions(fleet: str, request: pytest.FixtureRequest) -> None:
    _, watcher, tick = request.getfixturevalue(fleet)
    from_file = watcher.tick("--snapshot", "saved.json", "--save-snapshot", "again.json", GITLAB_URL="")
    saved = (watcher.root / "saved.json").read_text()
    from_input = watcher.tick("--snapshot", "-", stdin=saved)
    for part in ("now", "analyzer", "assigner", "degraded"):
        assert from_file[part] == tick[part]
        assert from_input[part] == tick[part]
    assert from_file["monitor"]["runners"] == tick["monitor"]["runners"]
    assert (watcher.root / "again.json").read_text() == saved


def test_a_snapshot_of_the_mock_gives_the_same_decisions() -> None:
    with Watcher() as watcher:
        tick = watcher.tick("--mock", "--save-snapshot", "saved.json")
        again = watcher.tick("--snapshot", "saved.json")
    assert again["analyzer"] == tick["analyzer"] and again["assigner"] == tick["assigner"]


# ---- explanations -----------------------------------------------------------------------------

MOVING = ("expected_start",)  # with the time at which each command looks


def still(document: Document) -> Document:
    return {key: value for key, value in document.items() if key not in MOVING}


@BOTH_FLEETS
def test_explain_has_the_numbers_of_the_decision(fleet: str, request: pytest.FixtureRequest) -> None:
    _, watcher, tick = request.getfixturevalue(fleet)
    assigned = by_id(tick["assigner"]["assignments"], "job_id")
    for position, job in enumerate(tick["analyzer"]["jobs"], 1):
        told = watcher.read("explain", str(job["id"]), "--snapshot", "saved.json")
        assert told["job"] == job and told["assignment"] == assigned[job["id"]]
        assert (told["position"], told["pending"]) == (position, len(assigned))


@pytest.mark.parametrize("number", [2001, 2005, 2006, 2007])
def test_explain_asks_gitlab_and_says_the_same(runners: Fleet, number: int) -> None:
    told = runners[1].read("explain", str(number))
    assert told["job"] == by_id(runners[2]["analyzer"]["jobs"])[number]
    assert still(told["assignment"]) == still(by_id(runners[2]["assigner"]["assignments"], "job_id")[number])


def quoted(words: str) -> str:
    return words.split("'")[1]


def branch_in(words: str, job: Document) -> str:
    """A branch of which the words are true."""
    if words.endswith("a branch that no other rule names"):
        return "something-else"
    return quoted(words).replace("*", "some")


def put_on_branch(job: Document, words: str) -> None:
    job["ref"] = branch_in(words, job)
    for key in ("merge_request", "is_tag", "ref_kind"):
        job.pop(key, None)


TOGGLES = {"started by hand": ("manual", True), "not started by hand": ("manual", False),
           "as a retry": ("retry", True), "as a first try": ("retry", False),
           "with allow_failure": ("allow_failure", True), "without allow_failure": ("allow_failure", False)}


def alter_job(job: Document, words: str) -> bool:
    """Does to a job what the words say; whether they are of a job."""
    if words in TOGGLES:
        key, value = TOGGLES[words]
        job[key] = value
    elif words.startswith("merging into "):
        job["merge_request"]["target_branch"] = branch_in(words, job)
    elif words == "on a tag":
        job["is_tag"] = True
    elif words == "on a protected ref":
        job["protected"] = True
    elif words.startswith("protected and on "):
        put_on_branch(job, words)
        job["protected"] = True
    elif words.startswith("on "):
        put_on_branch(job, words)
    elif words.startswith("started by a user with the role "):
        job["role"] = words.split()[-1]
    elif words.startswith("with the merge request "):
        job["merge_request"]["draft"] = words.endswith("as a draft")
    elif words.startswith("without the label "):
        job["merge_request"]["labels"].remove(quoted(words))
    elif words.startswith(("with the label ", "with a label ")):
        job["merge_request"].setdefault("labels", []).append(quoted(words).replace("*", "x"))
    elif words.startswith("with a name like "):
        job["name"] = quoted(words).replace("*", "")
    elif words.startswith("in a stage with a name like "):
        job["stage"] = quoted(words).replace("*", "")
    elif words.startswith("with RUNNERIQ_PRIORITY="):
        job["wish"] = words.split("=")[1]
    elif words.startswith("the job without its tag "):
        job["tags"].remove(quoted(words))
    else:
        return False
    return True


def alter_runner(runner: Document, words: str) -> bool:
    """Does to a runner what the words say; whether they are of a runner."""
    if words.startswith("one more free slot on "):
        runner["max_jobs"] = max(runner.get("active_jobs", 0), runner["max_jobs"]) + 1
    elif " without its tag " in words:
        runner["tags"].remove(quoted(words))
    elif words.startswith("the tag "):
        runner["tags"].append(quoted(words))
    elif words.endswith("not paused"):
        runner["paused"] = False
    elif words.endswith("online and in contact"):
        runner.update(online=True, status="online", recent_contact=True)
    else:
        return False
    return True


def altered(snapshot: Document, job: int, words: str) -> Document:
    copy: Document = json.loads(json.dumps(snapshot))
    if alter_job(by_id(copy["jobs"])[job], words):
        return copy
    named = re.search(r"runner (\d+)", words)
    assert named and alter_runner(by_id(copy["runners"])[int(named[1])], words), f"unknown words: {words}"
    return copy


def class_and_score(tick: Document, job: int) -> str:
    found = by_id(tick["analyzer"]["jobs"])[job]
    return f"{found['class']} ({found['score']:.1f})"


def runner_words(tick: Document, job: int) -> str:
    found = by_id(tick["assigner"]["assignments"], "job_id")[job]
    return f"runner {found['runner_id']}" if "runner_id" in found else "no runner"


def assert_true(watcher: Watcher, snapshot: Document, job: int, alternative: Document) -> None:
    """Makes the change and looks whether the effect is what was promised."""
    other, before = alternative["effect"].split(" in place of ")
    say = runner_words if "runner" in other else class_and_score
    changed = altered(snapshot, job, alternative["change"])
    assert say(watcher.tick("--snapshot", "-", stdin=json.dumps(snapshot)), job) == before
    assert say(watcher.tick("--snapshot", "-", stdin=json.dumps(changed)), job) == other, alternative
    assert other != before


@BOTH_FLEETS
def test_every_alternative_is_true(fleet: str, request: pytest.FixtureRequest) -> None:
    _, watcher, tick = request.getfixturevalue(fleet)
    snapshot = json.loads((watcher.root / "saved.json").read_text())
    kinds: set[str] = set()
    with_some = 0
    for job in order(tick):
        alternatives = watcher.read("explain", str(job), "--snapshot", "saved.json")["alternatives"]
        with_some += bool(alternatives)
        for alternative in alternatives:
            assert_true(watcher, snapshot, job, alternative)
            kinds.add("runner" if "runner" in alternative["effect"] else "class")
    # Nothing single lifts some jobs below the cap or lowers those that have waited for an hour.
    assert with_some >= 12
    assert kinds == ({"class", "runner"} if fleet == "runners" else {"class"})


@pytest.mark.parametrize(("number", "change"), [
    (2007, "runner 14 online and in contact"), (2008, "runner 15 not paused"), (2014, "the job without its tag")])
def test_explain_says_what_would_find_a_runner(runners: Fleet, number: int, change: str) -> None:
    alternatives = runners[1].read("explain", str(number))["alternatives"]
    assert any(a["change"].startswith(change) and a["effect"].endswith("in place of no runner") for a in alternatives)


# ---- scopes and several GitLabs ------------------------------------------------------------------

def of_projects(*paths: str) -> list[tuple[int, str, int]]:
    return [(row[0], row[5].path, row[5].runner) for row in CHOICES if row[1] in paths]


def choices_in(tick: Document) -> list[tuple[int, str, int]]:
    return [(a["job_id"], a["path"], a.get("runner_id", 0)) for a in tick["assigner"]["assignments"]]


@pytest.mark.parametrize(("flags", "paths"), [
    (("--project", "acme/shop"), ("acme/shop",)), (("--project", "acme/tools"), ("acme/tools",)),
    (("--group", "acme"), ("acme/shop", "acme/tools")),
    (("--group", "lab"), ("lab/app",)),
    ((), ("acme/shop", "acme/tools", "lab/app"))], ids=str)
def test_a_scope_has_its_jobs_with_the_runners_that_they_have_anyway(
        runners: Fleet, flags: tuple[str, ...], paths: tuple[str, ...]) -> None:
    tick = runners[1].tick(*flags)
    assert choices_in(tick) == of_projects(*paths)
    assert {job["project"] for job in tick["analyzer"]["jobs"]} == set(paths)
    assert tick["degraded"] == []


def test_a_scope_can_be_given_by_id_and_by_the_environment(runners: Fleet) -> None:
    by_path = choices_in(runners[1].tick("--project", "acme/tools"))
    number = next(j["project_id"] for j in runners[2]["analyzer"]["jobs"] if j["project"] == "acme/tools")
    assert choices_in(runners[1].tick("--project", str(number))) == by_path
    assert choices_in(runners[1].tick(GITLAB_PROJECT_ID="acme/tools")) == by_path
    assert choices_in(runners[1].tick(GITLAB_GROUP_ID="lab")) == of_projects("lab/app")
    assert choices_in(runners[1].tick("--group", "lab", GITLAB_PROJECT_ID="acme/tools")) == of_projects("lab/app")


def test_a_scope_that_is_not_there_is_exit_3(runners: Fleet) -> None:
    for flags in (("--project", "acme/nothing"), ("--group", "nobody"), ("--project", "4711")):
        answer = runners[1].run("run", "--once", *flags, "--output", "json")
        assert answer.code == 3 and answer.out == "", answer


def twin(role: int, seconds: int, tags: list[str], slots: int) -> Document:
    """The same ids of runner, project, pipeline and jobs as any other twin."""
    return {
        "users": ["ann"],
        "runners": [{"id": 1, "description": f"runner-{seconds}", "tags": tags, "slots": 0},
                    {"id": 2, "description": f"second-{seconds}", "tags": ["extra", *tags], "slots": 0}],
        "projects": [{"id": 101, "path": "acme/shop", "members": {"ann": role}}],
        "pipelines": [
            {"project": "acme/shop", "ref": "feature/x", "user": "ann", "jobs": [
                {"id": 9, "name": "unit", "state": "success", "takes": seconds, "ended": "1h",
                 "runner": f"runner-{seconds}"},
                *[{"id": 10 + n, "name": "unit", "tags": tags, "waited": f"{n}m"} for n in range(slots)]]}],
    }


class Twins:
    """Two GitLabs with equal ids, each watched alone and both together, all with a past."""

    def __init__(self) -> None:
        # ann: maintainer, 20 + 20 + 20 = 60 MEDIUM; reporter, 20 + 5 + 20 = 45 LOW, MEDIUM after 5 min
        self.east = Simulator(twin(40, 500, ["docker"], 3))
        self.west = Simulator(twin(20, 70, ["docker", "linux"], 7))
        self.alone = {gitlab.url: Watcher(gitlab) for gitlab in (self.east, self.west)}
        self.both = Watcher(self.east)
        self.both.configure(f"runneriq:\n  gitlab:\n    fleets:\n      west:\n        url: {self.west.url}\n")
        self.both.environment["GITLAB_TOKEN_WEST"] = self.west.token
        for watcher in self.watchers():
            learn(watcher)

    def watchers(self) -> list[Watcher]:
        return [*self.alone.values(), self.both]

    def close(self) -> None:
        for thing in (*self.watchers(), self.east, self.west):
            thing.close()


@pytest.fixture
def twins() -> Iterator[Twins]:
    made = Twins()
    yield made
    made.close()


def part_of(tick: Document, url: str) -> list[list[Document]]:
    lists = (tick["monitor"]["runners"], tick["analyzer"]["jobs"], tick["assigner"]["assignments"])
    unsteady = (*MOVING, "contact_age_seconds")
    return [[{k: v for k, v in entry.items() if k not in unsteady} for entry in entries if entry["gitlab"] == url]
            for entries in lists]


def test_two_gitlabs_with_equal_ids_are_not_mixed_up(twins: Twins) -> None:
    together = twins.both.tick()
    for url, watcher in twins.alone.items():
        assert part_of(together, url) == part_of(watcher.tick(), url)
    assert together["degraded"] == []
    jobs = [(job["class"], job["expected_seconds"], job["id"]) for job in together["analyzer"]["jobs"]]
    # MEDIUM: shortest first, so those of west, 70 s, that have waited 5 min, then those of east, 500 s; LOW: west
    assert jobs == [("MEDIUM", 70, 15), ("MEDIUM", 70, 16), *[("MEDIUM", 500, 10 + n) for n in range(3)],
                    *[("LOW", 70, 10 + n) for n in range(5)]]


def test_a_gitlab_that_is_down_leaves_the_decisions_of_the_other_as_they_are(twins: Twins) -> None:
    before = part_of(twins.both.tick(), twins.east.url)
    twins.west.stop()
    tick = twins.both.tick()
    assert part_of(tick, twins.east.url) == before and part_of(tick, twins.west.url) == [[], [], []]
    assert len(tick["degraded"]) == 1 and twins.west.url in tick["degraded"][0]


def test_the_first_gitlab_may_be_the_one_that_is_down_but_not_both(twins: Twins) -> None:
    before = part_of(twins.both.tick(), twins.west.url)
    twins.east.stop()
    tick = twins.both.tick()
    assert part_of(tick, twins.west.url) == before and twins.east.url in tick["degraded"][0]
    twins.west.stop()
    answer = twins.both.run("run", "--once", "--output", "json")
    assert answer.code == 3 and answer.out == "", answer


def test_a_snapshot_of_two_gitlabs_keeps_them_apart(twins: Twins) -> None:
    tick = twins.both.tick("--save-snapshot", "two.json")
    again = twins.both.tick("--snapshot", "two.json")
    assert again["analyzer"] == tick["analyzer"] and again["assigner"] == tick["assigner"]


# ---- inflation of priorities ---------------------------------------------------------------------

# main is not protected. A deploy on main: owner 40 + 20 + 40 = 100, developer 95, unknown 90.
# unit on feature/x by a developer: 20 + 15 + 20 = 55 MEDIUM.
def crowd(project: str, first: int, counts: dict[str, int]) -> list[Document]:
    pipelines = []
    for user, count in counts.items():
        ref, name = ("feature/x", "unit") if user == "eve" else ("main", "deploy")
        jobs = [{"id": first + n, "name": f"{name}-{n}"} for n in range(count)]
        pipelines.append({"project": project, "ref": ref, "user": user, "jobs": jobs})
        first += count
    return pipelines


def inflation_scenario() -> Document:
    members = {"olga": 50, "dan": 30, "eve": 30}
    return {
        "users": [*members, "zoe"],
        "runners": [{"description": "any", "slots": 0}],
        "projects": [{"path": path, "id": number, "protected_branches": [], "members": members}
                     for path, number in (("acme/loud", 101), ("acme/calm", 102))],
        # loud: 15 of 49 CRITICAL, still too few jobs to judge; calm: 12 of 60, exactly 20 %
        "pipelines": [*crowd("acme/loud", 1000, {"olga": 6, "dan": 6, "zoe": 3, "eve": 34}),
                      *crowd("acme/calm", 2000, {"olga": 2, "dan": 2, "zoe": 8, "eve": 48})],
    }


def classes_by_score(tick: Document, project: str) -> dict[float, set[str]]:
    classes: dict[float, set[str]] = {}
    for job in tick["analyzer"]["jobs"]:
        if job["project"] == project:
            classes.setdefault(job["score"], set()).add(job["class"])
    return classes


AS_SCORED = {100: {"CRITICAL"}, 95: {"CRITICAL"}, 90: {"CRITICAL"}, 55: {"MEDIUM"}}


def test_a_project_that_inflates_its_priorities_is_flagged_and_ranked_against_itself() -> None:
    with Simulator(inflation_scenario()) as gitlab, Watcher(gitlab) as watcher:
        learn(watcher)
        learn(watcher)  # the same jobs again count once
        few = watcher.tick()
        assert few["analyzer"]["flags"] == [] and classes_by_score(few, "acme/loud") == AS_SCORED
        for pipeline in crowd("acme/loud", 3000, {"eve": 11}):
            gitlab.ask("POST", "/sim/pipelines", pipeline)
        learn(watcher)
        tick = watcher.tick("--save-snapshot", "saved.json")
        again = watcher.tick("--snapshot", "saved.json")
    # 15 of 60 = 25 %. At or above 100: 6 of 60 = 10 %; 95: 12 of 60 = 20 %; 90: 15 of 60, the excess
    assert classes_by_score(tick, "acme/loud") == AS_SCORED | {90: {"HIGH"}}
    assert classes_by_score(tick, "acme/calm") == AS_SCORED
    assert len(tick["analyzer"]["flags"]) == 1
    assert "acme/loud" in tick["analyzer"]["flags"][0] and "25 % of its 60 jobs" in tick["analyzer"]["flags"][0]
    lowered = [job for job in tick["analyzer"]["jobs"] if job["class"] == "HIGH"]
    assert all(job["base_class"] == "CRITICAL" and len(job["class_reasons"]) == 1 for job in lowered)
    assert again["analyzer"] == tick["analyzer"] and again["assigner"] == tick["assigner"]


# ---- one look and the loop -----------------------------------------------------------------------



def test_a_single_tick_keeps_nothing(runners: Fleet) -> None:
    with Watcher(runners[0]) as watcher:
        watcher.tick("--project", "lab/app")  # sees fewer runners than there are
        assert watcher.tick()["monitor"]["changes"] == []


def test_a_look_at_one_project_does_not_change_what_the_loop_sees(runners: Fleet) -> None:
    with Watcher(runners[0]) as watcher:
        watcher.start("run", "--poll-interval", "5s")
        assert watcher.wait_for_ticks(1)
        watcher.read("queue", "--project", "lab/app")
        assert watcher.wait_for_ticks(2)
        assert [event for event in watcher.logged() if event["event"].startswith("runner_")] == []


def test_the_first_tick_knows_the_durations_that_it_has_read(runners: Fleet) -> None:
    with Watcher(runners[0]) as watcher:
        watcher.configure(capacities(SLOTS))
        assert by_id(watcher.tick()["analyzer"]["jobs"])[2001]["expected_seconds"] == 150


def test_each_tick_is_logged_once(runners: Fleet) -> None:
    with Watcher(runners[0]) as watcher:
        watcher.start("run")
        assert watcher.wait_for_ticks(1)
        assert sum(event["event"] == "tick" for event in watcher.logged()) == 1
