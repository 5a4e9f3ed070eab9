"""Reads documents as a newcomer does: which commands they give, which files they show, what is said to come out.

- A block of `sh` holds commands to type, one after the other.
- A block of yaml, toml or ini behind a paragraph that ends with a file's path in backticks and a colon is that file.
- A page that "continues from" another one is read after that one.
- A block without a language right behind commands, or with prose in between, is what the last of them prints.
- A block of any other language, such as `text`, is to be read only."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fenced_blocks import Block, blocks_of

KEEPS_RUNNING = "keeps running"
CONTINUES = re.compile(r"\b[Cc]ontinues from \[[^]]*\]\(([a-z-]+\.md)\)")
CHECK = "## Check"


@dataclass
class Command:
    text: str
    place: str
    heading: str = ""
    shown: str = ""  # what the document says that it prints

    @property
    def keeps_running(self) -> bool:
        return self.text.rstrip().endswith(KEEPS_RUNNING)

    @property
    def bare(self) -> str:
        """Without the remark behind it."""
        return re.sub(r"\s+# .*$", "", self.text.strip())


@dataclass
class NamedFile:
    path: str
    text: str
    place: str
    heading: str = ""


Step = Command | NamedFile


def steps_of(document: Path, since: str = "", until: str = "") -> list[Step]:
    """What a reader does, in order, from the heading `since` on and before the heading `until`."""
    lines = document.read_text().splitlines()
    begin, end = lines.index(since) if since else 0, lines.index(until) if until else len(lines)
    steps: list[Step] = []
    for block in blocks_of(document):
        if not begin <= block.line <= end:
            continue
        if block.language == "sh":
            steps += [Command(text, block.place, block.heading) for text in commands_of(block.text)]
        elif block.file:
            steps.append(NamedFile(block.file, block.text, block.place, block.heading))
        elif not block.language:
            _last_command(steps, block).shown = block.text
    return steps


def way_to(document: Path) -> list[Step]:
    """What a reader has done who comes from the page that this one continues from, and that one, up to their checks."""
    named = CONTINUES.search(document.read_text())
    if named is None:
        return []
    before = document.parent / named.group(1)
    return way_to(before) + steps_of(before, until=CHECK)


def _last_command(steps: list[Step], block: Block) -> Command:
    if not steps or not isinstance(steps[-1], Command):
        raise ValueError(f"{block.place}: no command in front of this output; mark it as text")
    return steps[-1]


def commands_of(block: str) -> list[str]:
    """The block cut where a shell would begin to work: a here-document stays with its command."""
    commands: list[str] = []
    lines: list[str] = []
    for line in block.splitlines():
        if not lines and (not line.strip() or line.startswith("#")):
            continue
        lines.append(line)
        if _is_complete("\n".join(lines)):
            commands.append("\n".join(lines))
            lines = []
    if lines:
        raise ValueError(f"no whole command: {lines}")
    return commands


@lru_cache
def _is_complete(text: str) -> bool:
    if text.endswith("\\"):
        return False
    read = subprocess.run(["bash", "-n", "-c", text + "\n"], capture_output=True, text=True, timeout=10, check=False)
    return read.returncode == 0 and "here-document" not in read.stderr


def _shape(line: str) -> str:
    """A line with its numbers, the width of its gaps and its times left open; … is any text."""
    line = re.sub(r"\x1b\[[0-9;]*m", "", line)
    line = re.sub(r"\d+", "0", line)
    return re.sub(r"\s+", " ", line).strip()


def missing_lines(shown: str, printed: str) -> list[str]:
    """The lines of what a document shows that have no counterpart, in order, in what was printed."""
    rest = [_shape(line) for line in printed.splitlines()]
    missing = []
    for line in shown.splitlines():
        wanted = re.compile(".*".join(re.escape(part) for part in _shape(line).split("…")))
        found = next((index for index, one in enumerate(rest) if wanted.fullmatch(one)), None)
        if found is None:
            missing.append(line)
        else:
            del rest[:found + 1]
    return [line for line in missing if line.strip()]
