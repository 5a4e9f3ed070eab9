"""A row of the one table: a figure, its reference of the same run, and what both mean."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import Any

from budgets import BUDGETS, Budget


@dataclass(frozen=True)
class Reference:
    title: str
    values: list[float]


@dataclass(frozen=True)
class Row:
    """`name` finds its budget, if it has one. Without values it says in `unmeasured` why."""

    name: str
    title: str
    unit: str
    values: list[float] = field(default_factory=list)
    reference: Reference | None = None
    unmeasured: str = ""

    @property
    def budget(self) -> Budget | None:
        return BUDGETS.get(self.name)

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def ratio(self) -> float | None:
        """Of the medians."""
        if not self.values or self.reference is None or not self.reference.values:
            return None
        below = statistics.median(self.reference.values)
        return self.median / below if below > 0 else None

    @property
    def verdict(self) -> str:
        if not self.values:
            return f"not measured: {self.unmeasured}"
        if self.budget is None:
            return ""
        if self.budget.is_kept_by(self.median):
            return "met"
        return f"MISSED × {self.budget.miss(self.median):.2f}" if self.budget.limit else "MISSED"

    def document(self, group: str) -> dict[str, Any]:
        """As docs/performance.md describes the file."""
        reference, budget = self.reference, self.budget
        return {
            "group": group, "name": self.name, "title": self.title, "unit": self.unit, **spread(self.values),
            "reference": {"title": reference.title, **spread(reference.values)} if reference else None,
            "ratio": self.ratio,
            "budget": {"limit": budget.limit, "written": budget.written, "source": budget.source.value,
                       "at_most": budget.at_most} if budget else None,
            "verdict": self.verdict}


def spread(values: list[float]) -> dict[str, Any]:
    if not values:
        return {"median": None, "min": None, "max": None, "runs": 0}
    return {"median": statistics.median(values), "min": min(values), "max": max(values), "runs": len(values)}


def unmeasured(why: str, **titles: str) -> list[Row]:
    """Rows of these names that say why they have no figure."""
    return [Row(name, title, "", unmeasured=why) for name, title in titles.items()]
