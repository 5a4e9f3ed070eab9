"""The one table: its budgets are those of the documentation, and its verdicts say what the figures say."""

from __future__ import annotations

import json
import re

import pytest

import report
from budgets import BUDGETS, POLL, Source
from evaluations import EVALUATIONS, bounds, read
from places import ROOT
from rows import Reference, Row, unmeasured

LIMIT = re.compile(r"[≤≥] (?:poll \+ )?[\d.,]+ (?:ms|min|s|MB/s|MB|µs|/s|calls|failed|×)(?![\w/])")
TABLES = {Source.ARCHITECTURE: ("docs/architecture.md", "## 10. Budgets"),
          Source.PERFORMANCE: ("docs/performance.md", "## Further budgets")}


def documented(source: Source) -> set[tuple[str, str]]:
    """Each limit of a table with the first cell of its row."""
    name, heading = TABLES[source]
    section = re.split(r"^## ", (ROOT / name).read_text().partition(heading)[2], flags=re.MULTILINE)[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines()
            if line.startswith("|") and not line.startswith("|---")][1:]
    return {(row[0], limit) for row in rows for limit in LIMIT.findall(row[1])}


@pytest.mark.parametrize("source", Source)
def test_the_budgets_are_those_of_the_documentation(source: Source) -> None:
    assert documented(source)
    assert documented(source) == {(budget.what, budget.written) for budget in BUDGETS.values()
                                  if budget.source is source}


@pytest.mark.parametrize("budget", BUDGETS.values(), ids=lambda budget: budget.row)
def test_a_limit_is_the_number_that_is_written(budget: object) -> None:
    assert isinstance(budget, type(BUDGETS["deb"]))
    number = float(re.findall(r"[\d.,]+", budget.written)[0].replace(",", ""))
    assert budget.limit == number + (POLL if "poll" in budget.written else 0)


@pytest.mark.parametrize("name, figure, verdict", [
    ("run_over_bash", 1.0, "met"), ("run_over_bash", 1.1, "MISSED × 1.10"), ("storm", 100_000.0, "met"),
    ("storm", 80_000.0, "MISSED × 1.25"), ("carbon_bounds", 0.0, "met"), ("carbon_bounds", 2.0, "MISSED"),
    ("start", 5.0, ""),
])
def test_a_verdict_follows_from_the_figure(name: str, figure: float, verdict: str) -> None:
    assert Row(name, "a title", "ms", [figure]).verdict == verdict


def test_a_row_is_median_spread_and_ratio() -> None:
    row = Row("run_over_bash", "a stage", "ms", [3.0, 1.0, 2.0], Reference("bash", [4.0, 6.0, 5.0, 5.0]))
    assert report.cells(row) == ("a stage", "2.00 ms (1.00 to 3.00)", "5.00 ms: bash", "0.40", "≤ 1 ms",
                                 "MISSED × 2.00")


def test_a_row_without_a_figure_says_why_and_counts_as_such() -> None:
    rows = unmeasured("no deb", deb="the deb")
    assert rows[0].verdict == "not measured: no deb"
    assert report.closing({"packages": rows}) == "0 of 1 budgets met, 0 missed; 1 not measured"


def test_the_document_holds_what_the_table_says() -> None:
    groups = {"stages": [Row("run_over_bash", "a stage", "ms", [2.0], Reference("bash", [1.0]))]}
    words = json.loads(json.dumps(report.document(report.describe_machine(), groups, quick=True, realtime=False)))
    assert words["schema"] == 1 and words["quick"] is True and words["machine"]["cores"] >= 1
    [row] = words["rows"]
    assert (row["group"], row["median"], row["runs"], row["reference"]["median"], row["ratio"], row["budget"]["limit"],
            row["verdict"]) == ("stages", 2.0, 1, 1.0, 2.0, 1, "MISSED × 2.00")
    for table in (report.text_table(groups), report.markdown(words, groups)):
        assert "a stage" in table and "MISSED × 2.00" in table


@pytest.mark.parametrize("out, verdict", [
    ("[====] 6 tests from 4 test suites ran.\n[  PASSED  ] 6 tests.\n", "met"),
    ("[====] 6 tests from 4 test suites ran.\n[  PASSED  ] 5 tests.\n", "MISSED"),
    ("[====] 6 tests from 4 test suites ran.\n[  FAILED  ] 6 tests\n", "MISSED"),
    ("a_test.cpp:3: Skipped\nno recording\n[====] 1 test from 1 test suite ran.\n[  PASSED  ] 0 tests.\n",
     "not measured: no recording"),
    ("", "not measured: the evaluation did not end"),
])
def test_an_evaluation_is_as_good_as_its_tests(out: str, verdict: str) -> None:
    assert bounds("carbon", "a title", out).verdict == verdict


def test_a_line_of_an_evaluation_is_read_with_what_is_beside_it() -> None:
    line = next(line for line in EVALUATIONS[0].lines if line.name == "carbon_time_blind_de")
    row = read(line, "time, 24 h slack, DE, no forecast           10.3 %, peak 10.0x                  past only  "
                     "7.3 %: as yesterday (separately); with the default terms 8.4 %, peak 2.0x\n")
    assert row is not None and row.values == [10.3]
    assert row.reference is not None and row.reference.values == [7.3]
