"""What the programs know by name: commands with their flags, options, variables, metrics."""

from __future__ import annotations

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

_LONGEST = 10  # seconds for one --help
_FLAG = re.compile(r"--[a-z][a-z-]*")
_ENVIRONMENT = re.compile(r"^(?:sudo\s+|env\s+|timeout \d+\w?\s+)?(?:[A-Z_]+=\S*\s+)*")


def _help(program: str, *words: str) -> str:
    return subprocess.run([program, *words, "--help"], capture_output=True, text=True, timeout=_LONGEST,
                          check=True).stdout


@dataclass(frozen=True)
class Program:
    """`commands`: flags by the words of the command; "" stands for the program itself. A group is no command,
    but the first word of some."""

    name: str
    commands: dict[str, frozenset[str]]
    groups: frozenset[str] = frozenset()

    def wrong_in(self, words: str) -> str:
        """What is wrong with a call, given without the program's name; "" when nothing is."""
        command, rest = self._command_of(words.split())
        if command is None:
            return f"{self.name} has no such command"
        known = self.commands.get(command, frozenset()) | self.commands[""] | self._of_group(command)
        unknown = [flag for flag in _FLAG.findall(" ".join(rest)) if flag not in known]
        return f"{self.name} {command} has no flag {unknown[0]}" if unknown else ""

    def _command_of(self, words: list[str]) -> tuple[str | None, list[str]]:
        if not words or not re.match("[a-z]", words[0]):
            return "", words
        for length in (2, 1):
            name = " ".join(words[:length])
            if name in self.commands:
                return name, words[length:]
        of_all = len(words) == 1 or not re.match("[a-z]", words[1])
        return (words[0], words[1:]) if words[0] in self.groups and of_all else (None, words)

    def _of_group(self, command: str) -> frozenset[str]:
        inner = [flags for name, flags in self.commands.items() if name.startswith(command + " ")] if command else []
        return frozenset().union(*inner)


def runneriq(path: str) -> Program:
    overview = _help(path).partition("\nCommands:\n")[2].partition("\n\n")[0]
    names = [re.sub(r" (?:\[|[A-Z]|bash\|).*$", "", line[2:].split("   ")[0]).strip()
             for line in overview.splitlines() if re.match(r"  [a-z]", line)]
    with ThreadPoolExecutor(4) as pool:
        helps = pool.map(lambda name: _help(path, *name.split()), names)
        commands = {name: frozenset(_FLAG.findall(text)) for name, text in zip(names, helps, strict=True)}
    groups = frozenset(name.split()[0] for name in names if " " in name) - commands.keys()
    of_every = frozenset({"--help", "--version", "--config"})
    return Program("runneriq", commands | {"": of_every}, groups)


def with_one_help(name: str, path: str, commands: tuple[str, ...] = ()) -> Program:
    """A program whose --help has all flags of all its commands."""
    flags = frozenset(_FLAG.findall(_help(path)))
    return Program(name, {"": flags, **{command: flags for command in commands}})


def calls_in(code: str, program: str) -> list[str]:
    """The words after the program's name in each of its calls: up to a pipe, a comment or the end of the line."""
    found = []
    for part in re.split(r"\n|;|&&|\||\$\(|#", code.replace("\\\n", " ")):
        words = _ENVIRONMENT.sub("", part.strip().removeprefix("$ "))
        head, _, rest = words.partition(" ")
        if head == program or head.endswith("/" + program):
            found.append(rest.strip())
    return found


def options_in(reference: str) -> list[str]:
    """The keys of docs/options.md."""
    return re.findall(r"^\| `([a-z_.*]+)` \|", reference, re.MULTILINE)


def matches_option(name: str, options: list[str]) -> bool:
    """Whether `name` is an option, a part of the way to one, or one of a mapping's entries."""
    words = name.split(".")
    def fits(option: str) -> bool:
        parts = option.split(".")
        shorter = min(len(parts), len(words))
        same = all(a in (b, "*") or b in ("*", "<name>") for a, b in zip(parts[:shorter], words[:shorter], strict=True))
        return same and len(words) <= len(parts)
    return any(fits(option) for option in options)


def literals_of(source: Path) -> list[str]:
    """The text literals of a C++ file, those that follow each other joined."""
    text = re.sub(r"//[^\n]*|#include[^\n]*", "", source.read_text(encoding="utf-8"))
    text = re.sub(r'"\s*\n\s*"', "", text)
    return [one.replace('\\"', '"') for one in re.findall(r'"((?:[^"\\\n]|\\.)*)"', text)]
