"""A kept picture of the demo as SVG, readable on light and on dark pages.

    picture_svg.py SCREENS.jsonl SECOND > demo.svg    (SCREENS.jsonl: of runneriq-demo --keep)
    picture_svg.py SCREEN.json > demo.svg             (one picture)
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

COLUMN, ROW, MARGIN = 8.4, 19, 16  # of a monospaced font of 14 px
COLOURS = {"plain": "#d6deeb", "bold": "#ffffff", "dim": "#8391a5", "red": "#ff7b72", "green": "#7ee787",
           "yellow": "#f2cc60", "cyan": "#79c0ff"}
BACKGROUND, EDGE = "#10161f", "#57606a"
_BETWEEN_GAPS = re.compile(r"\S+(?: \S+)*")


def svg(screen: dict[str, Any], columns: int = 80) -> str:
    """What stands between two gaps has its own place and length, so that any font keeps the columns."""
    lines = screen["lines"]
    width, height = round(columns * COLUMN + 2 * MARGIN), len(lines) * ROW + 2 * MARGIN
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
            f' role="img" aria-label="The terminal view of the demo">\n'
            f'<title>The demo of RunnerIQ, {screen["at"]:.0f} seconds after its start</title>\n'
            f'<rect width="{width}" height="{height}" rx="8" fill="{BACKGROUND}" stroke="{EDGE}"/>\n'
            '<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14" xml:space="preserve">\n')
    body = "".join(words for number, line in enumerate(lines) for words in _words(line, MARGIN + (number + 0.75) * ROW))
    return f"{head}{body}</g>\n</svg>\n"


def _words(line: list[list[str]], y: float) -> list[str]:
    found, column = [], 0
    for text, style in line:
        weight = ' font-weight="bold"' if style == "bold" else ""
        for words in _BETWEEN_GAPS.finditer(text):
            found.append(f'<text x="{MARGIN + (column + words.start()) * COLUMN:.1f}" y="{y:.1f}"'
                         f' fill="{COLOURS[style]}"{weight} textLength="{len(words[0]) * COLUMN:.1f}"'
                         f' lengthAdjust="spacingAndGlyphs">{escape(words[0])}</text>\n')
        column += len(text)
    return found


def screen_at(path: Path, second: float) -> dict[str, Any]:
    """The last picture that was kept until then."""
    screens = [json.loads(line) for line in path.read_text().splitlines()]
    return [screen for screen in screens if screen["at"] <= second][-1]


def main(arguments: list[str]) -> int:
    if len(arguments) not in (1, 2):
        print(__doc__, file=sys.stderr)
        return 2
    path = Path(arguments[0])
    screen = screen_at(path, float(arguments[1])) if len(arguments) == 2 else json.loads(path.read_text())
    sys.stdout.write(svg(screen))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
