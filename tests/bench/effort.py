"""What every group of the bench is told: where the programs are, and how long it may take."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Effort:
    programs: Path  # the folder of the built programs
    quick: bool

    def program(self, name: str) -> Path:
        return self.programs / name

    def runs(self, usual: int, quick: int) -> int:
        return quick if self.quick else usual
