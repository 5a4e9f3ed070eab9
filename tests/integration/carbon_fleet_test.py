"""Carbon in a running fleet: a daemon, the simulated GitLab and a provider of intensities that tells what a test
wants, fails as a test wants it to, or is never asked."""

from __future__ import annotations

import csv
import io
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from fleet import Answer, Simulator, Watcher
from grid_provider import GridProvider, utc
from host import wait_until
from service import OUTCOMES, Service, outcome
from steered_fleet import AUTONOMOUS, arrive, job, look_anew, pipeline, trust, world, written

KEY = "key-of-electricity-maps-0815"
PLAYER = "glpat-token-that-plays"
SLOW = 20.0
ZONES = ("DE", "DK-DK1", "FR")
RUNNERS = [{"description": f"r{number}", "tags": ["docker"]} for number in (1, 2, 3)]
EARLIER = timedelta(minutes=20)  # so that jobs of the simulator have ended long enough for their rows


def world_of(*pipelines: dict[str, Any]) -> dict[str, Any]:
    """r1 has its zone by tag, r2 by variable, r3 by option: see places()."""
    runners = [dict(one) for one in RUNNERS]
    runners[0]["tags"] = ["docker", "zone:FR"]
    return world(runners, *pipelines) | {"start": (utc() - EARLIER).strftime("%Y-%m-%dT%H:%M:%SZ")}


def places(gitlab: Simulator) -> dict[str, str]:
    second = next(one["id"] for one in gitlab.state()["runners"] if one["description"] == "r2")
    return {f"RUNNER_ZONE_{second}": "DE", "RUNNERIQ_CARBON_ZONES": "r3=DK-DK1",
            "RUNNERIQ_MONITOR_CONTACT_LIMIT": "2h"}


def fill(service: Watcher, gitlab: Simulator, grid: GridProvider, **environment: str) -> None:
    service.environment |= places(gitlab) | grid.options(KEY) | environment


def begin(service: Service, *arguments: str, poll: str = "1s") -> None:
    """A daemon that has looked once."""
    service.process = service.start("run", "--listen", service.listen, "--poll-interval", poll, "--output", "json",
                                    *arguments)
    assert service.wait_for_ticks(1, SLOW), (service.root / "err").read_text()


def events(watcher: Watcher, name: str, **fields: Any) -> list[dict[str, Any]]:
    return [event for event in watcher.logged() if event["event"] == name and fields.items() <= event.items()]


def rungs(watcher: Watcher, zone: str) -> list[str]:
    return [str(event["rung"]) for event in events(watcher, "carbon_rung", zone=zone)]


def is_live(watcher: Watcher, *zones: str) -> bool:
    return all("live of electricity_maps" in rungs(watcher, zone) for zone in zones)


def learn(service: Service, *zones: str) -> None:
    """Until the daemon knows the zones live."""
    assert wait_until(lambda: is_live(service, *zones), SLOW), service.logged()


def rows_of(watcher: Watcher) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = watcher.read("carbon", "ledger")["rows"]
    return rows


def wait_for_rows(watcher: Watcher, count: int, timeout: float = SLOW) -> bool:
    return wait_until(lambda: len(rows_of(watcher)) >= count, timeout)


def go_on(watcher: Watcher, ticks: int = 1) -> bool:
    """Whether a daemon makes so many ticks more."""
    return watcher.wait_for_ticks(watcher.ticks() + ticks, SLOW)


def verdict(watcher: Watcher) -> Answer:
    return watcher.run("carbon", "ledger", "--verify", "--output", "json")


def everything_told(service: Service) -> str:
    """All that the daemon and the questions to it have printed, and what is on disk, as far as it is text."""
    told = "".join((service.root / name).read_text() for name in ("out", "err"))
    for command in (("carbon", "now"), ("carbon", "forecast"), ("carbon", "summary"), ("doctor",), ("config", "show"),
                    ("audit",)):
        for form in ("text", "json"):
            answer = service.run(*command, "--output", form)
            told += answer.out + answer.err
    for target in ("/api/v1/carbon/now", "/api/v1/carbon/forecast", "/metrics", "/readyz"):
        told += service.ask("GET", target).text
    for path in service.root.glob("*.db*"):
        told += path.read_bytes().decode("latin-1")
    return told


@contextmanager
def fleet(grid: GridProvider, *pipelines: dict[str, Any], **environment: str) -> Iterator[tuple[Simulator, Service]]:
    with Simulator(world_of(*pipelines)) as gitlab, Service(gitlab) as service:
        fill(service, gitlab, grid, **environment)
        yield gitlab, service


# ---- a provider that works: what is known, what is advised, what was emitted


class Living:
    """Six jobs that came when all zones were known live, and have ended."""

    def __init__(self, gitlab: Simulator, service: Service, grid: GridProvider) -> None:
        self.gitlab, self.service, self.grid = gitlab, service, grid
        begin(service)
        learn(service, *ZONES)
        self.first = arrive(gitlab, job("build", takes="2m"), job("lint", takes="3m"), job("docs", takes="1m"))
        self.second = arrive(gitlab, job("unit", takes="90s"), job("e2e", takes="4m"), job("lint", takes="1m"),
                             ref="topic/a")
        assert wait_until(lambda: self.last_tick()["assigner"]["assignments"] != [], SLOW)
        self.seen = self.last_tick()
        self.explained = service.read("explain", str(self.second[0]))
        gitlab.advance(900)
        assert wait_for_rows(service, 6), service.logged()[-3:]

    def last_tick(self) -> Any:
        return self.service.printed()[-1]


@pytest.fixture(scope="module")
def living() -> Iterator[Living]:
    with GridProvider(DE=400, FR=50, DK_DK1=90) as grid:
        with fleet(grid, RUNNERIQ_CARBON_HOME_ZONE="DE") as (gitlab, service):
            yield Living(gitlab, service, grid)


def known(document: Any) -> dict[str, Any]:
    return {one["zone"]: (one["g_per_kwh"], one["rung"], one["source"], [r["runner"] for r in one["runners"]])
            for one in document["zones"]}


def test_command_service_and_metrics_tell_the_same_of_each_zone(living: Living) -> None:
    told = living.service.read("carbon", "now")
    assert known(told) == {
        "FR": (50, "live", "electricity_maps", ["runner 1 (r1)"]),
        "DE": (400, "live", "electricity_maps", ["runner 2 (r2)"]),
        "DK-DK1": (90, "live", "electricity_maps", ["runner 3 (r3)"])}
    served = living.service.ask("GET", "/api/v1/carbon/now").json
    assert known(served) == known(told)
    assert served["basis"] == told["basis"] and told["runners_without_zone"] == []
    lines = living.service.ask("GET", "/metrics").text.splitlines()
    for zone, grams in (("FR", 50), ("DE", 400), ("DK-DK1", 90)):
        labels = f'{{zone="{zone}",rung="live",basis="average, lifecycle"}}'
        assert f"runneriq_carbon_intensity_g_per_kwh{labels} {grams}" in lines


def test_a_recommendation_names_intensity_and_grams_of_each_candidate(living: Living) -> None:
    zones = {1: ("FR", 50), 2: ("DE", 400), 3: ("DK-DK1", 90)}
    assert len(living.seen["assigner"]["assignments"]) == 6
    for assignment in [*living.seen["assigner"]["assignments"], living.explained["assignment"]]:
        carbon = assignment["carbon"]
        assert len(carbon["candidates"]) == 3, carbon
        for one in [carbon, *carbon["candidates"]]:
            zone, intensity = zones[one["runner_id"]]
            assert (one["zone"], one["g_per_kwh"], one["rung"]) == (zone, intensity, "live")
            assert one["grams"] > 0 and one["source"] == "electricity_maps"
        grams = {one["grams"] / one["g_per_kwh"] for one in carbon["candidates"]}
        assert max(grams) == pytest.approx(min(grams))  # the same energy on each
        assert "g/kWh" in assignment["reason"], assignment["reason"]


def test_each_thing_is_asked_once_with_the_key_and_for_a_zone(living: Living) -> None:
    calls = Counter((each.path, each.zone) for each in living.grid.asked)
    assert calls == {(f"/v4/carbon-intensity/{want}", zone): 1
                     for want in ("latest", "forecast", "history") for zone in ZONES}
    assert {each.key for each in living.grid.asked} == {KEY}


def test_each_job_that_has_ended_has_one_row_that_can_be_computed_again(living: Living) -> None:
    rows = rows_of(living.service)
    assert sorted(row["job_id"] for row in rows) == sorted(living.first + living.second)
    for row in rows:
        assert row["energy_method"] == "class_default" and row["decision"]["rung"] == "live", row
        document = living.service.read("carbon", "ledger", "--job", str(row["job_id"]))["rows"][0]
        grams = sum(slot["g_per_kwh"] * row["pue"] * row["joules"] / 3.6e6 *
                    seconds(slot["from"], slot["to"]) / seconds(row["started"], row["finished"])
                    for slot in document["slots"])
        assert row["grams"] == pytest.approx(grams)
        assert row["saved"]["total"] == pytest.approx(row["saved"]["time"] + row["saved"]["place"])
    checked = verdict(living.service)
    assert (checked.code, checked.document) == (0, {"faults": [], "rows": 6, "sound": True})


def seconds(begin_text: str, end_text: str) -> float:
    def moment(text: str) -> float:
        whole, _, fraction = text.rstrip("Z").partition(".")
        return time.mktime(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) + float(f"0.{fraction or 0}")
    return moment(end_text) - moment(begin_text)


def test_all_sums_of_the_ledger_are_equal(living: Living) -> None:
    rows = rows_of(living.service)
    grams, joules = sum(row["grams"] for row in rows), sum(row["joules"] for row in rows)
    month = living.service.read("carbon", "summary")["periods"]["month"]
    served = living.service.ask("GET", "/api/v1/carbon/summary").json["periods"]["month"]
    totals = [month, served]
    for by in ("pipeline", "project", "runner", "zone"):
        report = living.service.read("carbon", "report", "--by", by)
        totals.append(report["total"])
        for key in ("grams", "joules", "jobs"):
            assert sum(group[key] for group in report["groups"]) == pytest.approx(report["total"][key])
    for total in totals:
        assert (total["grams"], total["joules"], total["jobs"]) == (pytest.approx(grams), pytest.approx(joules), 6)
    assert living.service.metric("runneriq_carbon_grams_total") == pytest.approx(grams)
    assert living.service.ask("GET", "/api/v1/carbon/ledger").json["rows"] == rows


def test_a_spreadsheet_gets_the_same_rows(living: Living) -> None:
    answer = living.service.run("carbon", "ledger", "--output", "csv")
    assert answer.code == 0, answer
    read = list(csv.DictReader(io.StringIO(answer.out)))
    assert [(int(row["job_id"]), float(row["grams"])) for row in read] == [
        (row["job_id"], row["grams"]) for row in rows_of(living.service)]
    report = living.service.run("carbon", "report", "--by", "zone", "--output", "csv")
    assert report.code == 0 and len(list(csv.DictReader(io.StringIO(report.out)))) == 3, report


@pytest.mark.parametrize("change", [
    "UPDATE ledger SET grams = grams * 0.9 WHERE seq = 2", "UPDATE ledger SET joules = joules + 1 WHERE seq = 2",
    "UPDATE ledger SET pue = 1.1 WHERE seq = 2", "UPDATE ledger_slots SET g = g - 1 WHERE entry = 2",
    "UPDATE ledger_slots SET grams = 0 WHERE entry = 2", "DELETE FROM ledger_slots WHERE entry = 2"])
def test_a_row_that_somebody_has_changed_is_found(living: Living, change: str) -> None:
    with Watcher() as other:
        source, copy = living.service.root / "carbon.db", other.root / "carbon.db"
        with closing(sqlite3.connect(source)) as origin, closing(sqlite3.connect(copy)) as database:
            origin.backup(database)
            with pytest.raises(sqlite3.IntegrityError, match="never"):
                database.execute(change)
            database.rollback()
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                database.execute(f"DROP TRIGGER {name}")
            database.commit()
        with closing(sqlite3.connect(living.service.state)) as origin, closing(sqlite3.connect(other.state)) as state:
            origin.backup(state)
        assert verdict(other).code == 0
        with closing(sqlite3.connect(copy)) as database:
            assert database.execute(change).rowcount > 0
            database.commit()
            [(number,)] = database.execute("SELECT job FROM ledger WHERE seq = 2").fetchall()
        answer = verdict(other)
        assert answer.code == 1 and not answer.document["sound"], answer
        assert {fault["job_id"] for fault in answer.document["faults"]} == {number}


def test_what_a_provider_tells_counts_with_the_next_ticks() -> None:
    with GridProvider(DE=400, FR=50, DK_DK1=90) as grid, fleet(grid) as (_, service):
        begin(service)
        assert wait_until(lambda: known(service.read("carbon", "now"))["FR"][1] == "live", SLOW)
        assert go_on(service)
        assert known(service.ask("GET", "/api/v1/carbon/now").json) == known(service.read("carbon", "now"))


# ---- a provider that fails


@pytest.mark.parametrize("trouble", GridProvider.TROUBLES)
def test_trouble_with_the_provider_stops_nothing_and_tells_no_key(trouble: str) -> None:
    with GridProvider(DE=400, FR=50, DK_DK1=90) as grid, GridProvider(DE=1, FR=1, DK_DK1=1) as elsewhere:
        grid.trouble, grid.elsewhere = trouble, elsewhere.url
        with fleet(grid, pipeline(job("unit"))) as (_, service):
            begin(service)
            troubled = {"hang": lambda: grid.asked != []}.get(
                trouble, lambda: events(service, "carbon_source_trouble") != [])
            assert wait_until(troubled, SLOW), service.logged()
            assert go_on(service, 3 if trouble == "hang" else 1), service.logged()  # it hangs still
            for zone in ZONES:
                assert rungs(service, zone) == ["annual_mean of typical"]
            assert known(service.read("carbon", "now"))["DE"][1:3] == ("annual_mean", "typical")
            assert service.printed()[-1]["assigner"]["assignments"][0]["carbon"]["rung"] == "annual_mean"
            told = Counter((e["zone"], e["want"]) for e in events(service, "carbon_source_trouble"))
            assert set(told.values()) <= {1}, told
            calls = Counter((each.path, each.zone) for each in grid.asked)
            assert set(calls.values()) == {1}, calls
            assert len(grid.asked) == 1 or trouble not in ("429", "hang")  # it is left in peace
            assert elsewhere.asked == []  # whoever is pointed to gets no key
            assert KEY not in everything_told(service)
            findings = service.read("doctor")["findings"]
            assert {one["status"] for one in findings if one["name"].startswith("carbon")} <= {"ok", "warn"}
            assert service.end() == 0


def test_a_change_of_what_a_zone_is_known_by_is_told_once() -> None:
    with GridProvider(DE=400, FR=50, DK_DK1=90) as grid:
        grid.age = timedelta(hours=3) - timedelta(seconds=11)
        with fleet(grid) as (_, service):
            begin(service)
            learn(service, *ZONES)
            assert wait_until(lambda: all("forecast of electricity_maps" in rungs(service, z) for z in ZONES), SLOW)
            assert go_on(service)
            for zone in ZONES:
                assert rungs(service, zone)[-2:] == ["live of electricity_maps", "forecast of electricity_maps"]
                assert len(set(rungs(service, zone))) == len(rungs(service, zone))


def test_a_zone_that_the_key_does_not_cover_leaves_the_others_alone() -> None:
    with GridProvider(DE=400, FR=50) as grid, fleet(grid) as (_, service):
        begin(service)
        learn(service, "DE", "FR")
        assert go_on(service)
        assert known(service.read("carbon", "now"))["DK-DK1"][1] == "annual_mean"
        assert {e["zone"] for e in events(service, "carbon_source_trouble")} == {"DK-DK1"}


def test_great_britain_is_asked_without_a_key() -> None:
    with GridProvider(GB=120) as grid, Simulator(world_of()) as gitlab, Service(gitlab) as service:
        service.environment |= grid.options() | {"RUNNERIQ_MONITOR_CONTACT_LIMIT": "2h",
                                                 "RUNNERIQ_CARBON_ZONES": "1=GB,2=GB,3=GB"}
        begin(service)
        assert wait_until(lambda: known(service.read("carbon", "now"))["GB"][1] == "live", SLOW), service.logged()
        assert wait_until(lambda: len(grid.asked) == 3, SLOW)
        assert {each.key for each in grid.asked} == {""}
        assert known(service.read("carbon", "now"))["GB"][:3] == (120, "live", "uk_grid")


@pytest.mark.parametrize("by", ["variable", "option", "home", "tag"])
def test_a_zone_may_have_a_key_of_its_own(by: str) -> None:
    named = {"variable": {"RUNNER_ZONE_r2": "XX-NEW"}, "option": {"RUNNERIQ_CARBON_ZONES": "r2=XX-NEW"},
             "home": {"RUNNERIQ_CARBON_HOME_ZONE": "XX-NEW"}, "tag": {}}[by]
    scene = world_of()
    scene["runners"][2]["tags"] = ["docker"] + ["zone:XX-NEW"] * (by == "tag")
    with GridProvider(FR=50, XX_NEW=70) as grid, Simulator(scene) as gitlab, Service(gitlab) as service:
        service.environment |= grid.options() | named | {"RUNNERIQ_MONITOR_CONTACT_LIMIT": "2h",
                                                         "ELECTRICITY_MAPS_TOKEN_XX_NEW": KEY}
        begin(service)
        assert go_on(service)
        assert {(each.zone, each.key) for each in grid.asked} == {("XX-NEW", KEY)}


# ---- energy that a host has measured


@pytest.mark.parametrize("method", ["rapl", "cpu_model"])
def test_what_a_host_has_measured_stands_in_the_row_of_its_job(method: str) -> None:
    with GridProvider(DE=400, FR=50, DK_DK1=90) as grid, fleet(grid) as (gitlab, service):
        begin(service, poll="60s")
        first, second = arrive(gitlab, job("unit", takes="1m"), job("lint", takes="1m"))
        assert look(service)
        gitlab.advance(300)
        done = gitlab.ask("GET", f"/api/v4/projects/1/jobs/{first}")
        measured = outcome(first, gitlab=gitlab.url, project=1, energy={"joules": 7200, "method": method},
                           finished=done["finished_at"])
        measured["host"]["runner"] = done["runner"]["id"]
        assert service.ask("POST", OUTCOMES, measured).json == {"accepted": 1}
        assert look(service) and wait_for_rows(service, 2), service.logged()
        rows = {row["job_id"]: row for row in rows_of(service)}
        assert (rows[first]["joules"], rows[first]["energy_method"]) == (7200, method)
        assert (rows[second]["joules"], rows[second]["energy_method"]) == (360, "class_default")
        assert rows[first]["pipeline_id"] == done["pipeline"]["id"] and rows[first]["zone"] in ZONES
        assert rows[first]["grams"] > 0 and verdict(service).code == 0


def look(service: Service) -> bool:
    assert service.process is not None
    return look_anew(service.process, service, 1, SLOW)


# ---- manual jobs that wait for a green hour


class Deferring:
    """A manual job that may wait for half a day, where power is clean now and never again."""

    def __init__(self, gitlab: Simulator, service: Service, grid: GridProvider, *arguments: str) -> None:
        self.gitlab, self.service, self.grid = gitlab, service, grid
        self.job = int(gitlab.ask("GET", "/api/v4/projects/1/jobs?scope[]=manual")[0]["id"])
        begin(service, *arguments)

    def status(self) -> str:
        return str(self.gitlab.ask("GET", f"/api/v4/projects/1/jobs/{self.job}")["status"])

    def is_played(self) -> bool:
        return self.status() != "manual"

    def trail(self, event: str) -> list[Any]:
        return [one for one in self.service.read("audit")["records"] if one["event"] == event]

    def words(self) -> str:
        return " ".join(str(event["what"]) for event in events(self.service, "job_plays"))


NIGHTLY = job("nightly", takes="1m", manual=True, allow_failure=True, state="manual")
CI_FILE = "nightly:\n  when: manual\n  allow_failure: true\n  tags: [docker]\n  script: [make]\n"
PLAYS = {"RUNNERIQ_CARBON_DEFERRAL_PLAY": "true"}


@contextmanager
def deferring(*arguments: str, green_from: int = 0, zone: str = "DE", **environment: str) -> Iterator[Deferring]:
    """`green_from`: the hours from now at which power gets clean; 0 = it is so for two hours, then dirty."""
    scene = world_of(pipeline(NIGHTLY, ref="topic/a", variables={"RUNNERIQ_DEADLINE": "12h"}))
    scene["projects"][0]["ci_config"] = CI_FILE
    clean = range(green_from, green_from + 3)
    with GridProvider(DE=40 if not green_from else 600, FR=600, DK_DK1=600) as grid:
        grid.zones[zone] = grid.zones["DE"]
        grid.curve[zone] = lambda ahead: 40 if ahead in clean else 600
        with Simulator(scene) as gitlab, Service(gitlab) as service:
            gitlab.ask("POST", "/sim/tokens", {"token": PLAYER, "scopes": ["api"], "user": "ann"})
            fill(service, gitlab, grid, **(PLAYS | environment))
            yield Deferring(gitlab, service, grid, *arguments)


def test_without_execute_a_job_is_only_planned() -> None:
    with deferring(RUNNERIQ_PLAY_TOKEN=PLAYER) as scene:
        trust(scene.service, AUTONOMOUS)
        assert wait_until(lambda: events(scene.service, "job_play", kind="planned") != [], SLOW), scene.words()
        assert go_on(scene.service, 2)
        assert (scene.status(), written(scene.gitlab)) == ("manual", 0)
        assert "--execute" in scene.words()


def test_without_a_token_for_playing_nothing_is_played_and_the_log_says_why() -> None:
    with deferring("--execute", RUNNERIQ_ASSIGNER_TRUST_MODEL_MODE=AUTONOMOUS) as scene:
        assert wait_until(lambda: events(scene.service, "job_play", kind="planned") != [], SLOW), scene.words()
        assert go_on(scene.service, 2)
        assert (scene.status(), written(scene.gitlab)) == ("manual", 0)
        assert scene.words().count("RUNNERIQ_PLAY_TOKEN") == 1


def test_a_trusted_daemon_plays_the_job_in_its_hour_and_records_it() -> None:
    with deferring("--execute", RUNNERIQ_ASSIGNER_TRUST_MODEL_MODE=AUTONOMOUS, RUNNERIQ_PLAY_TOKEN=PLAYER) as scene:
        assert wait_until(scene.is_played, SLOW), scene.service.logged()
        assert go_on(scene.service, 2)
        assert written(scene.gitlab) == 1
        for event in ("play", "play_applied"):
            [record] = scene.trail(event)
            assert record["trust"] == AUTONOMOUS and str(scene.job) in str(record["document"])
        assert scene.service.run("audit", "verify").code == 0
        assert PLAYER not in everything_told(scene.service)
        scene.gitlab.advance(300)
        assert wait_for_rows(scene.service, 1), scene.service.logged()[-2:]
        [row] = rows_of(scene.service)
        assert row["job_id"] == scene.job and row["decision"]["deferred"], row
        assert scene.service.read("carbon", "summary")["periods"]["month"]["deferred"] == 1


def test_a_job_waits_for_the_green_hour_that_is_to_come() -> None:
    with deferring("--execute", green_from=4, RUNNERIQ_CARBON_DEFERRAL_PLAY="false",
                   RUNNERIQ_ASSIGNER_TRUST_MODEL_MODE=AUTONOMOUS, RUNNERIQ_PLAY_TOKEN=PLAYER) as scene:
        service = scene.service
        assert wait_until(lambda: {one[1] for one in known(service.read("carbon", "now")).values()} == {"live"}, SLOW)
        assert wait_until(lambda: len(scene.grid.asked) == 9, SLOW)
        assert service.end() == 0
        service.environment["RUNNERIQ_CARBON_DEFERRAL_PLAY"] = "true"
        begin(service, "--execute")
        assert wait_until(lambda: service.read("carbon", "summary")["deferred_now"] != [], SLOW), scene.words()
        assert go_on(service, 3)
        [plan] = service.read("carbon", "summary")["deferred_now"]
        assert (plan["job_id"], plan["zone"], plan["expected_g_per_kwh"]) == (scene.job, "DE", 40), plan
        assert plan["at_once_g_per_kwh"] == 600 and plan["start"] < plan["latest_start"]
        assert (scene.status(), written(scene.gitlab), scene.trail("play")) == ("manual", 0, [])


def test_a_first_start_plays_nothing_before_the_provider_had_its_say() -> None:
    zone = {f"RUNNER_ZONE_{number}": "XX-NEW" for number in (1, 2, 3)}
    with deferring("--execute", green_from=4, zone="XX-NEW", RUNNERIQ_ASSIGNER_TRUST_MODEL_MODE=AUTONOMOUS,
                   RUNNERIQ_PLAY_TOKEN=PLAYER, **zone) as scene:
        assert wait_until(lambda: known(scene.service.read("carbon", "now"))["XX-NEW"][1] == "live", SLOW)
        assert go_on(scene.service)
        assert scene.status() == "manual", scene.trail("play")


def test_the_kill_switch_stops_playing(tmp_path: Path) -> None:
    switch = tmp_path / "stop"
    switch.touch()
    with deferring("--execute", RUNNERIQ_ASSIGNER_TRUST_MODEL_MODE=AUTONOMOUS, RUNNERIQ_PLAY_TOKEN=PLAYER,
                   RUNNERIQ_GATE_KILL_SWITCH=str(switch)) as scene:
        assert wait_until(lambda: events(scene.service, "job_play", kind="planned") != [], SLOW), scene.words()
        assert go_on(scene.service)
        assert (scene.status(), written(scene.gitlab)) == ("manual", 0)
        assert look(scene.service) and look(scene.service)  # and goes on after a new configuration
        switch.unlink()
        assert wait_until(scene.is_played, SLOW), scene.words()


def test_a_supervised_daemon_asks_before_it_plays() -> None:
    with deferring("--execute", RUNNERIQ_ASSIGNER_TRUST_MODEL_MODE="supervised", RUNNERIQ_PLAY_TOKEN=PLAYER,
                   RUNNERIQ_ASSIGNER_TRUST_MODEL_SUPERVISED_THRESHOLD="LOW") as scene:
        assert wait_until(lambda: len(scene.service.read("approvals")["approvals"]) == 1, SLOW), scene.words()
        assert go_on(scene.service)
        [proposal] = scene.service.read("approvals")["approvals"]
        assert proposal["kind"] == "play" and (scene.status(), written(scene.gitlab)) == ("manual", 0)
        assert scene.service.run("approve", str(proposal["id"])).code == 0
        assert wait_until(scene.is_played, SLOW), scene.service.logged()
        assert go_on(scene.service)
        assert written(scene.gitlab) == 1 and len(scene.trail("play_applied")) == 1
        assert scene.service.run("audit", "verify").code == 0


# ---- ends, restarts and damage


def ended_jobs(gitlab: Simulator, service: Service) -> list[int]:
    """Three jobs that a daemon has seen waiting, and that have ended."""
    numbers = arrive(gitlab, job("unit", takes="1m"), job("lint", takes="1m"), job("docs", takes="1m"))
    assert wait_until(lambda: any(len(tick["assigner"]["assignments"]) >= 3 for tick in service.printed()[-1:]), SLOW)
    gitlab.advance(300)
    return numbers


def numbers_of(watcher: Watcher) -> list[int]:
    return sorted(row["job_id"] for row in rows_of(watcher))


def test_a_daemon_that_is_killed_loses_no_row_and_writes_none_twice() -> None:
    with GridProvider(DE=400, FR=50, DK_DK1=90) as grid, fleet(grid) as (gitlab, service):
        numbers: list[int] = []
        for kill_at_once in (False, True, False):
            begin(service)
            numbers += ended_jobs(gitlab, service)
            if not kill_at_once:
                assert wait_for_rows(service, len(numbers)), service.logged()[-2:]
            service.end(kill=True)
        calls = len(grid.asked)
        begin(service)
        assert wait_for_rows(service, len(numbers)) and go_on(service)
        assert numbers_of(service) == numbers
        assert (verdict(service).code, service.run("audit", "verify").code) == (0, 0)
        assert calls == len(grid.asked) == 9  # what is known is not asked for again


def test_two_daemons_do_not_share_a_state() -> None:
    with GridProvider(DE=400, FR=50, DK_DK1=90) as grid, fleet(grid) as (gitlab, service):
        begin(service)
        other = service.run("run", "--poll-interval", "1s")
        assert other.code != 0 and "state" in other.err, other
        numbers = ended_jobs(gitlab, service)
        assert wait_for_rows(service, 3) and numbers_of(service) == numbers
        assert verdict(service).code == 0


@pytest.mark.parametrize("damage", [b"this is no database" * 300, b""])
def test_a_damaged_file_is_moved_aside_and_that_is_said(damage: bytes) -> None:
    with GridProvider(DE=400, FR=50, DK_DK1=90) as grid, fleet(grid) as (gitlab, service):
        begin(service)
        ended_jobs(gitlab, service)
        assert wait_for_rows(service, 3)
        service.end()
        for path in service.root.glob("carbon.db*"):
            path.unlink()
        (service.root / "carbon.db").write_bytes(damage)
        begin(service)
        assert go_on(service)
        aside = [path for path in service.root.glob("carbon.db.corrupt-*") if path.suffix[-4:] not in ("-wal", "-shm")]
        assert [path.read_bytes() for path in aside] == [damage] * bool(damage)
        notices = [event["notice"] for event in events(service, "state_file")]
        assert len(notices) == bool(damage) and all("carbon.db" in notice for notice in notices), notices
        assert wait_until(lambda: known(service.read("carbon", "now"))["DE"][1] == "live", SLOW)
        assert verdict(service).code == 0 and service.run("audit", "verify").code == 0


# ---- carbon that is off


def test_carbon_that_is_off_is_nowhere() -> None:
    with GridProvider(DE=400, FR=50, DK_DK1=90) as grid:
        with fleet(grid, pipeline(job("unit")), RUNNERIQ_CARBON_USE="off") as (gitlab, service):
            begin(service)
            assert go_on(service)
            [assignment] = service.printed()[-1]["assigner"]["assignments"]
            assert assignment["carbon"] is None and "g/kWh" not in assignment["reason"]
            assert "carbon" not in [factor["name"] for factor in assignment["factors"]]
            assert service.ask("GET", "/api/v1/carbon/now").status == 404
            assert "carbon" not in service.ask("GET", "/metrics").text
            assert service.run("carbon", "now").code != 0
            gitlab.advance(600)
            assert go_on(service, 2)
            assert (grid.asked, list(service.root.glob("carbon.db*"))) == ([], [])
            assert "carbon" not in (service.root / "err").read_text()


def test_doctor_takes_no_carbon_trouble_for_a_failure() -> None:
    with GridProvider() as grid, fleet(grid, RUNNERIQ_CARBON_USE="off") as (_, service):
        begin(service)
        before = service.run("doctor", "--output", "json")
        service.end()
        grid.trouble = "401"
        service.environment["RUNNERIQ_CARBON_USE"] = "auto"
        begin(service)
        assert wait_until(lambda: events(service, "carbon_source_trouble") != [], SLOW)
        after = service.run("doctor", "--output", "json")
        assert (before.code, after.code) == (0, 0), after
        found = {one["name"]: one["status"] for one in after.document["findings"] if one["name"].startswith("carbon")}
        assert found["carbon.zone.DE"] == "warn" and found["carbon.source.electricity_maps.DE"] == "warn", found
