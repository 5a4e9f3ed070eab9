"""The fenced blocks of a Markdown document, with where they stand and what leads to them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^( *)```([^`]*)$")
FILE_NAMED = re.compile(r"`([/~][^`\s]+)`[^`]*:$")
FILE_LANGUAGES = ("yaml", "toml", "ini")


@dataclass
class Block:
    """A fenced block: `before` is the last line of prose in front of it."""
    document: Path
    line: int
    language: str
    before: str
    text: str
    heading: str

    @property
    def place(self) -> str:
        return f"{self.document.name}:{self.line}"

    @property
    def file(self) -> str:
        """The path of the file that this block shows; empty: none."""
        named = FILE_NAMED.search(self.before)
        return named.group(1) if named and self.language in FILE_LANGUAGES else ""


def blocks_of(document: Path) -> list[Block]:
    blocks: list[Block] = []
    inside: list[str] | None = None
    went_on = False
    before = indent = heading = ""
    for number, line in enumerate(document.read_text().splitlines(), 1):
        fence = FENCE.match(line)
        if fence and inside is None:
            indent, inside = fence.group(1), []
            blocks.append(Block(document, number, fence.group(2).strip(), before, "", heading))
        elif fence and inside is not None:
            blocks[-1].text = "".join(f"{one}\n" for one in inside)
            inside, before = None, ""
        elif inside is not None:
            inside.append(line.removeprefix(indent))
        elif line.startswith("#"):
            heading = line
        elif line.strip():
            before = f"{before} {line.strip()}" if went_on else line.strip()
        went_on = bool(line.strip()) and inside is None
    if inside is not None:
        raise ValueError(f"{document}:{blocks[-1].line}: this block has no end")
    return blocks
