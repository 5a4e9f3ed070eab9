"""How good the decisions are, on recorded traces and logs and on made days: what tests/evaluation prints, beside what
was published or computed otherwise. docs/carbon-evaluation.md and docs/diagnosis.md explain the rows."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass

from effort import Effort
from rows import Reference, Row

NUMBER = r"(-?[\d.]+)"


@dataclass(frozen=True)
class Line:
    """A figure in the output: `pattern` holds the number, and perhaps that of its reference."""

    name: str
    title: str
    unit: str
    pattern: str
    reference: str = ""


@dataclass(frozen=True)
class Evaluation:
    name: str
    program: str
    lines: tuple[Line, ...]


def carbon_line(name: str, start: str, unit: str, reference: str) -> Line:
    """Of the carbon table: ours, then what is beside it."""
    return Line(name, start, unit, rf"^{re.escape(start)} +{NUMBER}.*?(?:perfect|past only) +{NUMBER}", reference)


EVALUATIONS = (
    Evaluation("carbon", "carbon_evaluation", (
        carbon_line("carbon_gaia", "GAIA's trace, AU-SA, wait as Carbon-Time", "of no wait",
                    "Carbon-Time (computed here)"),
        carbon_line("carbon_workday_de", "Let's Wait Awhile II, next workday, DE", "% saved", "published"),
        carbon_line("carbon_workday_gb", "Let's Wait Awhile II, next workday, GB", "% saved", "published"),
        carbon_line("carbon_place", "place, no slack, data 1 h old", "% saved", "the last value, however old"),
        carbon_line("carbon_place_old", "place, no slack, data 6 h old", "% saved", "the last value, however old"),
        carbon_line("carbon_time_de", "time, 24 h slack, DE, at most 2x", "% saved", "computed separately"),
        carbon_line("carbon_time_blind_de", "time, 24 h slack, DE, no forecast", "% saved", "as yesterday"))),
    Evaluation("alerting", "alerting_day_test", (
        Line("days_messages", "messages of a made day of 2,000 failures", "",
             rf"^messages that something fails +{NUMBER}"),
        Line("days_untold", "incidents of it that nobody was told of", "",
             rf"^incidents that nobody was told of +{NUMBER}"),
        Line("days_flaky_precision", "jobs thought flaky that are", "%", rf"^jobs, with ten days of history +{NUMBER}"),
        Line("days_flaky_recall", "flaky jobs that are known", "%",
             rf"^jobs, with ten days of history +[\d.]+ % +{NUMBER}"))),
    Evaluation("log_chunks", "log_chunks_evaluation", (
        Line("chunks_hit_1", "causes shown first, 471 recorded logs", "", rf"^whole .*hit@1 +{NUMBER}"),
        Line("chunks_hit_3", "causes among the first three", "", rf"^whole .*hit@3 +{NUMBER}"))),
    Evaluation("failure_classes", "failure_classes_evaluation", (
        Line("classes_tuning", "classes that are right or defensible, tuning part", "%",
             rf"^tuning part: .*as the second label says {NUMBER}"),
        Line("classes_check", "the same, check part", "%", rf"^check part: .*as the second label says {NUMBER}"))),
    Evaluation("decision_share", "decision_share_evaluation", (
        Line("share_asked", "failures about which a model is asked", "%", rf"a model is asked about {NUMBER}"),)),
    Evaluation("redaction", "redaction_corpus", ()),
)


def measured(effort: Effort) -> list[Row]:
    return [row for evaluation in EVALUATIONS for row in _rows(effort, evaluation)]


def _rows(effort: Effort, evaluation: Evaluation) -> list[Row]:
    title = f"bounds of {evaluation.program} that are missed"
    if effort.quick:
        return [Row(f"{evaluation.name}_bounds", title, "failed", unmeasured="not with --quick")]
    out = subprocess.run([effort.program(evaluation.program), "--gtest_brief=1"], capture_output=True, text=True,
                         errors="replace", check=False).stdout
    return [row for line in evaluation.lines if (row := read(line, out))] + [bounds(evaluation.name, title, out)]


def read(line: Line, out: str) -> Row | None:
    found = re.search(line.pattern, out, re.MULTILINE)
    if found is None:
        return None
    ours, *beside = (float(number) for number in found.groups())
    return Row(line.name, line.title, line.unit, [ours], Reference(line.reference, beside) if beside else None)


def bounds(name: str, title: str, out: str) -> Row:
    """Each test of an evaluation is a bound; one without its data says which it lacks."""
    lines = out.splitlines()
    skipped = sorted({below for line, below in zip(lines, lines[1:]) if line.endswith(": Skipped")})
    ran = re.search(r"(\d+) tests? from", out)
    passed = re.search(r"\[  PASSED  \] (\d+) test", out)
    if skipped or ran is None:
        return Row(f"{name}_bounds", title, "failed", unmeasured="; ".join(skipped) or "the evaluation did not end")
    return Row(f"{name}_bounds", title, "failed", [float(int(ran[1]) - (int(passed[1]) if passed else 0))])
