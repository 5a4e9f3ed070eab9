"""A manual page as a test reads it: its sections, terms and examples as plain text."""

from __future__ import annotations

import re
from pathlib import Path

PAGES = Path(__file__).resolve().parents[2] / "docs" / "man"

_ESCAPES = {r"\-": "-", r"\e": "\\", r"\(aq": "'", r"\(ga": "`", r"\(ha": "^", r"\(ti": "~", r"\&": ""}


def plain(roff: str) -> str:
    """Without fonts and escapes."""
    text = re.sub(r"\\f[BIR]", "", roff)
    text = re.sub(r"\\\[u([0-9A-F]{4,6})\]", lambda found: chr(int(found.group(1), 16)), text)
    return re.sub(r"\\(?:\(..|[-e&])", lambda found: _ESCAPES[found.group()], text)


class ManPage:
    def __init__(self, name: str) -> None:
        self.roff = (PAGES / name).read_text()

    def section(self, title: str) -> str:
        """Its roff; an error where there is none."""
        found = re.search(rf"^\.SH {re.escape(title)}\n(.*?)(?=^\.SH |\Z)", self.roff, re.MULTILINE | re.DOTALL)
        assert found, f"no section {title}"
        return found.group(1)

    def terms(self, title: str) -> list[str]:
        return [plain(line) for line in re.findall(r"^\.TP\n(.*)$", self.section(title), re.MULTILINE)]

    def examples(self, title: str = "EXAMPLES") -> list[str]:
        return [plain(text) for text in re.findall(r"^\.EX\n(.*?)^\.EE$", self.section(title), re.MULTILINE | re.DOTALL)]
