"""What happens in the demo, and whether it did: every point is looked up where it can be seen, none is assumed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException

from ci_host import Start
from host import wait_until
from lanes import LANES, is_cut
from place import Place
from record import Arrived, Record
from scheduler import StartFailure
from shop import DEPLOY, SMOKE
from stream import Stream
from watch import Watch

PATIENCE = 30.0       # seconds for one step, on a busy machine
START_PATIENCE = 20.0
END_PATIENCE = 10.0
LEDGER_PATIENCE = 15.0
BACKLOG = 6           # jobs that wait when the deploy comes
ALONE = 5.0           # seconds without scheduler, at least
ALONE_JOBS = 3        # jobs that begin in them and end in them, at least
KILLS = 4             # tries to kill it while a runner is cut
CRITICAL_ONLY = frozenset(LANES[:1])


@dataclass(frozen=True)
class Point:
    """Something that the demo has to show."""

    happened: bool
    text: str


class NotHappened(Exception):
    """A step was not seen before its deadline."""


class Story:
    """`glance`: seconds that a watcher of the screen is given before the next act."""

    def __init__(self, place: Place, watch: Watch, record: Record, stream: Stream, limit: float,
                 glance: float) -> None:
        self._place, self._watch, self._record, self._stream = place, watch, record, stream
        self._deadline = record.began + limit
        self._pause = glance
        self._may_be_dead = False
        self.points: list[Point] = []

    def tell(self) -> None:
        """All acts, or those up to the first that does not happen."""
        try:
            for act in (self._rush_hour, self._deploy, self._kill, self._release, self._drain, self._close_books):
                act()
        except (NotHappened, StartFailure) as trouble:
            self.points.append(Point(False, str(trouble)))
        except (OSError, HTTPException) as trouble:
            self.points.append(Point(False, f"the simulated GitLab does not answer: {trouble}"))

    # ---- acts

    def _rush_hour(self) -> None:
        self._say("Work on features: GitLab gives runners the oldest job first.")
        self._until(lambda: len(self._watch.pending()) >= BACKLOG, "jobs wait")
        self._until(lambda: self._all_busy() and self._is_scored(), "RunnerIQ has scored the jobs that wait")
        self._glance()

    def _deploy(self) -> None:
        self._say("A production deploy: later lanes are withheld, the next free slot is its own.")
        self._until(lambda: len(self._watch.pending()) >= BACKLOG, "jobs wait")
        deploy = self._send("main")
        start = self._start_of(deploy)
        self._check_first(deploy, start)
        self._until(lambda: self._place.tags() == self._place.at_rest, "the lanes come back after the deploy")
        self._point(f"its lanes were given back {time.monotonic() - start.at:.1f} s after it had started")
        self._say("The deploy runs: the lanes are back.")
        self._glance()

    def _kill(self) -> None:
        self._say("Two hotfixes go out, and the scheduler is killed (SIGKILL) in the middle of it.")
        cut = self._kill_while_cut()
        self._record.tell(f"scheduler killed; still cut: {', '.join(cut)}")
        self._say(f"The scheduler is dead, {' and '.join(cut)} still cut. Jobs go on.")
        starts, ends, since = len(self._place.starts()), len(self._place.results()), time.monotonic()
        self._until(lambda: time.monotonic() - since >= ALONE
                    and len(self._place.starts()) >= starts + ALONE_JOBS
                    and len(self._place.results()) >= ends + ALONE_JOBS, "jobs go on without the scheduler")
        self._point(f"the scheduler was killed with lanes withheld from {' and '.join(cut)}: in"
                    f" {time.monotonic() - since:.0f} s without it {len(self._place.starts()) - starts} jobs began"
                    f" and {len(self._place.results()) - ends} ended, none failed")
        self._restart(cut)

    def _restart(self, cut: list[str]) -> None:
        self._say("The scheduler starts again and takes back what it finds withheld.")
        left = [runner for runner, tags in self._place.tags().items() if is_cut(tags)]
        began = time.monotonic()
        self._start_scheduler()
        self._until(lambda: self._place.tags() == self._place.at_rest, "the restarted scheduler puts runners to rest")
        self._point(f"started again, it put {' and '.join(left)} back to rest {time.monotonic() - began:.1f} s later",
                    happened=sorted(left) == sorted(cut))
        self._glance()

    def _release(self) -> None:
        self._say("Smoke tests of a release, lane high: a shallower cut.")
        for _ in range(2):
            self._stream.send("release/2.4", SMOKE)

    def _drain(self) -> None:
        self._until(lambda: self._stream.is_over, "the stream ends")
        self._say("No more jobs come; the last ones run.")
        arrived = self._record.arrived()
        self._until(lambda: len(self._place.results()) == len(arrived), "all jobs end", patience=60)
        self._point(f"all {len(arrived)} jobs ended well")

    def _close_books(self) -> None:
        self._say("The scheduler is stopped; its books are read.")
        self._until(self._is_in_ledger, "the ledger has a row for each job", patience=LEDGER_PATIENCE)
        self._point("the ledger of carbon has a row for each job")
        self._may_be_dead, self._watch.scheduler = True, "ended"
        code = self._place.scheduler.end(END_PATIENCE)
        self._point(f"the scheduler ended with exit code {code}" if code != 0 else "the scheduler ended when told to",
                    happened=code == 0)
        tags = self._place.tags()
        away = [runner for runner in tags if tags[runner] != self._place.at_rest[runner]]
        self._point("GitLab shows all runners with the tags that they had before" if not away
                    else f"runners not at rest: {away}", happened=not away)
        self._verify("carbon", "ledger", "--verify")
        self._verify("audit", "verify")

    # ---- what acts use

    def start(self) -> None:
        self._start_scheduler()
        self._place.begin()

    def _start_scheduler(self) -> None:
        self._watch.scheduler = "starting"
        self._place.scheduler.start(self._left(START_PATIENCE))
        self._may_be_dead, self._watch.scheduler = False, "up"

    def _send(self, ref: str) -> Arrived:
        [deploy] = self._stream.send(ref, DEPLOY)
        self._record.tell(f"deploy {deploy.id} of {ref} arrives, behind {len(self._watch.pending())} jobs")
        return deploy

    def _start_of(self, job: Arrived) -> Start:
        found: list[Start] = []

        def has_started() -> bool:
            found.extend(start for start in self._place.starts() if start.job == job.id)
            return bool(found)
        self._until(has_started, f"{job.kind.name} {job.id} starts")
        return found[0]

    def _check_first(self, deploy: Arrived, start: Start) -> None:
        """By the tags that a runner had when GitLab chose: the first job that went to one with nothing but the lane
        critical, since the deploy came, is the deploy."""
        since = [one for one in self._place.starts() if one.at >= deploy.at]
        to_cut = [one for one in since if is_cut(one.tags) and one.tags & frozenset(LANES) == CRITICAL_ONLY]
        first = bool(to_cut) and to_cut[0].job == deploy.id
        started = {one.job for one in self._place.starts() if one.at <= start.at}
        overtaken = [job for job in self._record.arrived().values() if job.at < deploy.at and job.id not in started]
        if first:
            self._point(f"the deploy was the first job on {start.host}, which was cut for it: after"
                        f" {start.at - deploy.at:.1f} s, before {len(overtaken)} older jobs", happened=bool(overtaken))
        else:
            self._point(f"the deploy went to {start.host}, but not as the first job of a runner cut for it", False)

    def _kill_while_cut(self) -> list[str]:
        """The runners that it leaves cut. A cut is short where slots are soon free: then it is tried again."""
        for _ in range(KILLS):
            wanted = {self._send("hotfix/payment").id for _ in range(2)}
            self._until(lambda: self._is_withheld() or self._have_started(wanted),  # noqa: B023
                        "lanes are withheld for the hotfixes")
            if not self._cut():
                continue
            self._may_be_dead, self._watch.scheduler = True, "killed"
            self._place.scheduler.kill()
            if cut := self._cut():
                return cut
            self._start_scheduler()
        raise NotHappened(f"in {KILLS} tries no runner was cut when the scheduler was killed")

    def _is_withheld(self) -> bool:
        """In GitLab, and by leases that the scheduler tells."""
        return bool(self._cut()) and bool(self._watch.scene().leases)

    def _have_started(self, jobs: set[int]) -> bool:
        return jobs <= {start.job for start in self._place.starts()}

    def _cut(self) -> list[str]:
        return sorted(runner for runner, tags in self._place.tags().items() if is_cut(tags))

    def _all_busy(self) -> bool:
        return all(host.running() for host in self._place.hosts)

    def _is_scored(self) -> bool:
        pending = self._watch.pending()
        return bool(pending) and all(self._record.class_of(job) for job in pending)

    def _is_in_ledger(self) -> bool:
        document = self._place.scheduler.ask("/api/v1/carbon/ledger?limit=1000")
        return document is not None and len(document["rows"]) >= len(self._record.arrived())

    def _verify(self, *command: str) -> None:
        verdict = self._place.scheduler.run(*command)
        self._point(f"runneriq {' '.join(command)}: {first_line(verdict.out or verdict.err)}",
                    happened=verdict.code == 0)

    def _say(self, caption: str) -> None:
        self._record.tell(caption, act=True)

    def _point(self, text: str, happened: bool = True) -> None:
        self.points.append(Point(happened, text))

    def _glance(self) -> None:
        end = time.monotonic() + self._left(self._pause)
        self._until(lambda: time.monotonic() >= end, "")

    def _left(self, patience: float) -> float:
        return max(0.1, min(patience, self._deadline - time.monotonic()))

    def _until(self, condition: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
        patience = self._left(patience)
        why = ""

        def is_settled() -> bool:
            nonlocal why
            why = self._why_broken()
            return bool(why) or condition()
        if not wait_until(is_settled, patience):
            raise NotHappened(f"not within {patience:.0f} s: {what}")
        if why:
            raise NotHappened(why)

    def _why_broken(self) -> str:
        """What makes waiting for anything useless; "" = nothing."""
        if self._place.gitlab.process.poll() is not None:
            return "the simulated GitLab ended by itself"
        if not self._may_be_dead and not self._place.scheduler.alive:
            return f"the scheduler ended by itself: {self._place.scheduler.last_words()}"
        failed = [end for end in self._place.results().values() if end.status != "success"]
        return f"job {failed[0].job.id} failed: {failed[0].message}" if failed else ""


def first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
