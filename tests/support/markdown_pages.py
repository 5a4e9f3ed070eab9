"""The project's Markdown pages: their links and anchors, their code, and what they name in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote

from fenced_blocks import Block, blocks_of

NOT_OURS = {"build", ".git", ".pytest_cache"}
_FENCED = re.compile(r"^ *```.*?^ *```[^\S\n]*$", re.DOTALL | re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_LINK = re.compile(r"\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?([^()\s>]+(?:\([^()]*\))?)>?(?:\s+\"[^\"]*\")?\s*\)")
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$", re.MULTILINE)
_OF_ITSELF = re.compile(r"^(?:[a-z][a-z+.-]*:|//)", re.IGNORECASE)


@dataclass(frozen=True)
class Page:
    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def blocks(self) -> list[Block]:
        return blocks_of(self.path)

    @cached_property
    def prose(self) -> str:
        """Without fenced code and comments."""
        return _COMMENT.sub("", _FENCED.sub("", self.text))

    @cached_property
    def spans(self) -> list[str]:
        """Code within lines; a line end in it is a blank, a table's escaped bar is a bar."""
        return [" ".join(one[2].split()).replace("\\|", "|") for one in _SPAN.finditer(self.prose)]

    @cached_property
    def links(self) -> list[str]:
        """Targets within the project, as written."""
        found = _LINK.findall(_SPAN.sub("", self.prose)) + _LINK.findall(self.prose)
        return [target for target in dict.fromkeys(found) if not _OF_ITSELF.match(target)]

    @cached_property
    def anchors(self) -> set[str]:
        """Of its headings, as GitLab and GitHub make them."""
        seen: dict[str, int] = {}
        made = set()
        for heading in _HEADING.findall(self.prose):
            slug = slug_of(heading)
            times = seen.get(slug, 0)
            seen[slug] = times + 1
            made.add(f"{slug}-{times}" if times else slug)
        return made


def slug_of(heading: str) -> str:
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").replace("*", "").lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def pages_below(root: Path) -> list[Page]:
    return [Page(path) for path in sorted(root.rglob("*.md")) if not NOT_OURS & set(path.relative_to(root).parts)]


def target_of(page: Page, link: str) -> tuple[Path, str]:
    """The file that a link leads to, and the anchor in it ("" for none)."""
    path, _, anchor = unquote(link).partition("#")
    return ((page.path.parent / path).resolve() if path else page.path.resolve()), anchor
