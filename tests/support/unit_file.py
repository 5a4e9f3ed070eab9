"""A unit of systemd as far as the tests follow it: its settings, and what they make of an environment."""

from __future__ import annotations

import re
import shlex
from pathlib import Path


class Unit:
    def __init__(self, path: Path) -> None:
        self._settings: dict[str, list[str]] = {}
        for line in path.read_text().splitlines():
            name, equals, value = line.partition("=")
            if equals and not line.startswith(("#", ";")):
                self._settings.setdefault(name, []).append(value)

    def all(self, name: str) -> list[str]:
        return self._settings.get(name, [])

    def one(self, name: str) -> str:
        values = self.all(name)
        assert len(values) == 1, (name, values)
        return values[0]

    def seconds(self, name: str) -> float:
        told = re.fullmatch(r"(\d+)(s|min)", self.one(name))
        assert told is not None, self.one(name)
        return int(told[1]) * {"s": 1, "min": 60}[told[2]]

    def command(self, environment: dict[str, str]) -> list[str]:
        """ExecStart as systemd splits it: a word $NAME becomes the words of the variable, or none."""
        words: list[str] = []
        for word in shlex.split(self.one("ExecStart")):
            assert "$" not in word[1:], f"not followed here: {word}"
            words += shlex.split(environment.get(word[1:], "")) if word.startswith("$") else [word]
        return words


def environment_file(text: str) -> dict[str, str]:
    """What EnvironmentFile= makes of a file of plain assignments."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)
