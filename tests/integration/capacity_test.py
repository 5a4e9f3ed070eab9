"""The tables of docs/capacity.md are what `runneriq simulate` prints.

RUNNERIQ_WRITE_GOLDEN=1 writes them anew."""

from __future__ import annotations

import os
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests" / "support"))

import simulated_tables

PAGE = REPOSITORY / "docs" / "capacity.md"


def test_every_table_is_what_its_commands_print() -> None:
    page = PAGE.read_text(encoding="utf-8")
    anew = simulated_tables.made_anew(os.environ["RUNNERIQ"], page)
    if os.environ.get("RUNNERIQ_WRITE_GOLDEN"):
        PAGE.write_text(anew, encoding="utf-8")
    assert anew.splitlines() == page.splitlines()


def test_no_table_of_figures_stands_outside() -> None:
    page = PAGE.read_text(encoding="utf-8")
    tables = page.count("\n|---|")
    assert tables >= 4
    assert len(list(simulated_tables.tables_of(page))) == tables
