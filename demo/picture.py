"""Draws a scene as lines of coloured words that fit a screen. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from lanes import LANES, is_cut
from scene import CLASSES, RunnerNow, Scene, Waiting

LEAST_WIDTH, LEAST_HEIGHT = 80, 24
NAME_WIDTH = 8
_COLOURS = {"CRITICAL": "red", "HIGH": "yellow", "MEDIUM": "cyan", "LOW": "plain", "": "dim"}
_SHADES = {"green": "green", "yellow": "yellow", "red": "red"}


@dataclass(frozen=True)
class Span:
    """Words in one style: plain, bold, dim, red, green, yellow, cyan."""

    text: str
    style: str = "plain"


Line = tuple[Span, ...]


def picture(scene: Scene, width: int, height: int) -> list[Line]:
    """At most `height` lines of at most `width` columns; the queue and the events share what the others leave."""
    fixed = [_title(scene), _caption(scene), ()]
    runners = [(), _head("RUNNERS", "lanes that each takes"), *(_runner(runner) for runner in scene.runners)]
    leases = [(), *_leases(scene), _carbon(scene)]
    spare = height - len(fixed) - len(runners) - len(leases) - 3  # the queue's head, the events' blank line and head
    for_queue = max(1, min(len(scene.waiting), spare - 4, spare // 2 + 1))
    queue = [_classes(scene), *_queue(scene, for_queue)]
    events = [(), _head("EVENTS"), *_events(scene, max(1, spare - len(queue) + 1))]
    return [_crop(line, width) for line in (*fixed, *queue, *runners, *leases, *events)][:height]


def text_of(line: Line) -> str:
    return "".join(span.text for span in line)


def clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def _title(scene: Scene) -> Line:
    states = {"up": ("scheduler runs", "green"), "killed": ("scheduler is dead", "red"),
              "starting": ("scheduler starts", "yellow"), "ended": ("scheduler stopped", "dim")}
    words, colour = states[scene.scheduler]
    return (Span(" RunnerIQ demo", "bold"), Span("  autonomous  ", "yellow"), Span(words, colour),
            Span(f"  {scene.ended} of {scene.arrived} done  {clock(scene.elapsed)}"),
            Span(f"  {scene.driver}" if scene.driver else "", "dim"))


def _caption(scene: Scene) -> Line:
    return (Span(f" {scene.caption}", "bold"),)


def _head(name: str, more: str = "") -> Line:
    return (Span(f" {name:<{NAME_WIDTH}}", "bold"), Span(f"  {more}", "dim"))


def _classes(scene: Scene) -> Line:
    counts = {name: sum(job.job_class == name for job in scene.waiting) for name in (*CLASSES, "")}
    spans = [Span(f" {'QUEUE':<{NAME_WIDTH}}", "bold"), Span(f"  {len(scene.waiting)} wait")]
    spans += [Span(f"   {name} {counts[name]}", _COLOURS[name] if counts[name] else "dim") for name in CLASSES]
    if counts[""]:
        spans.append(Span(f"   unseen {counts['']}", "dim"))
    return tuple(spans)


def _queue(scene: Scene, rows: int) -> list[Line]:
    return [_waiting(job) for job in scene.waiting[:rows]]


def _waiting(job: Waiting) -> Line:
    return (Span(f" {job.job_class or '-':<{NAME_WIDTH}}", _COLOURS[job.job_class]),
            Span(f"  {job.name:<10} {job.job}  {job.ref:<15} lane {job.lane:<9}"),
            Span(f"waits {job.waited:4.0f} s", "dim"))


def _runner(runner: RunnerNow) -> Line:
    spans = [Span(f" {runner.name:<{NAME_WIDTH}} ", "bold")]
    for lane in LANES:
        name = lane.partition(":")[2]
        spans.append(Span(f" {name}", "green") if lane in runner.tags else Span(f" {'-' * len(name)}", "red"))
    spans.append(Span(f" {'cut' if is_cut(runner.tags) else '':<4}", "red"))
    spans.append(Span(f"{runner.job} {runner.ran:.0f} s" if runner.job else "free", "plain" if runner.job else "dim"))
    return tuple(spans)


def _leases(scene: Scene) -> list[Line]:
    """Always as many lines as two leases take, so that the picture does not jump."""
    rows: list[Line] = []
    for lease in scene.leases[:2]:
        head = "LEASES" if not rows else ""
        left = f"ends in {lease.left:.0f} s" if scene.scheduler == "killed" else f"{lease.left:.0f} s left"
        rows.append((Span(f" {head:<{NAME_WIDTH}}", "bold"), Span(f"  {lease.runner:<{NAME_WIDTH}}"),
                     Span(f"withholds {' '.join(lease.lanes)}", "yellow"), Span(f" for job {lease.job}, {left}")))
    if not rows:
        rows.append((Span(f" {'LEASES':<{NAME_WIDTH}}", "bold"), Span("  none", "dim")))
    return rows + [()] * (2 - len(rows))


def _carbon(scene: Scene) -> Line:
    spans = [Span(f" {'CARBON':<{NAME_WIDTH}}", "bold")]
    for zone in scene.zones:
        spans += [Span(f"  {zone.zone} "), Span(f"{zone.g_per_kwh:.0f}", _SHADES.get(zone.shade, "plain"))]
    return (*spans, Span("  g/kWh (made up)" if scene.zones else "  not known yet", "dim"))


def _events(scene: Scene, rows: int) -> list[Line]:
    told = [event for event in scene.events if not event.routine and not event.act][-rows:]
    return [(Span(f" {clock(event.at - scene.began):>{NAME_WIDTH}}", "dim"), Span(f"  {event.text}")) for event in told]


def _crop(line: Line, width: int) -> Line:
    cropped, left = [], width
    for span in line:
        if left <= 0:
            break
        cropped.append(Span(span.text[:left], span.style))
        left -= len(span.text)
    return tuple(cropped)
