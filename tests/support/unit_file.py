"""A unit of systemd as the tests of the shipped ones read it: a setting that is not there as often as it should be, or
that is not followed here, is a fault."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from walk_systemctl import settings_in, words_of


class Unit:
    def __init__(self, path: Path) -> None:
        self._settings = settings_in(path.read_text())

    def all(self, name: str) -> list[str]:
        return [value for key, value in self._settings if key == name]

    def one(self, name: str) -> str:
        values = self.all(name)
        assert len(values) == 1, (name, values)
        return values[0]

    def seconds(self, name: str) -> float:
        told = re.fullmatch(r"(\d+)(s|min)", self.one(name))
        assert told is not None, self.one(name)
        return int(told[1]) * {"s": 1, "min": 60}[told[2]]

    def command(self, environment: dict[str, str]) -> list[str]:
        """ExecStart= with its variables."""
        command = self.one("ExecStart")
        inside = [word for word in shlex.split(command) if "$" in word[1:]]
        assert not inside, f"not followed here: {inside}"
        return words_of(command, environment)
