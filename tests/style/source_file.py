"""The files of a tree as the style rules see them."""

import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

NOT_OURS = {".git", "build", "__pycache__", ".pytest_cache", ".cache", ".vscode", ".idea"}

# A comment, a string or a character literal, whichever begins first. A quote between two
# digits is C++'s digit separator and begins nothing.
_NOT_CODE = re.compile(
    r"""//[^\n]*
      | /\*.*?\*/
      | R"(?P<delimiter>[^()\\\s]{0,16})\(.*?\)(?P=delimiter)"
      | "(?:\\.|[^"\\\n])*"
      | (?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'""",
    re.DOTALL | re.VERBOSE,
)


@dataclass(frozen=True)
class Finding:
    """One broken rule, at one line; line 0 is the file's name itself."""

    path: str
    line: int
    rule: str
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.rule}: {self.message}"


class SourceFile:
    """One file of the tree; `path` is relative to the root of the tree, with slashes."""

    def __init__(self, root, path):
        self.path = path
        self.folders = tuple(path.split("/")[:-1])
        self.suffix = Path(path).suffix
        self._absolute = Path(root) / path

    @property
    def is_cpp(self):
        return self.suffix in {".cpp", ".hpp", ".h", ".cc"}

    @cached_property
    def text(self):
        """The text; empty for what is no text."""
        raw = self._absolute.read_bytes()
        return "" if b"\0" in raw else raw.decode("utf-8", errors="replace")

    @cached_property
    def code_lines(self):
        """The lines of C++ with comments and literals taken out, so that words in them do not count."""
        without = _NOT_CODE.sub(lambda found: "\n" * found.group().count("\n"), self.text)
        return without.split("\n")

    def matches(self, pattern):
        """(line number, text found) for each place in C++ code that `pattern` matches."""
        for number, line in enumerate(self.code_lines, start=1):
            for found in re.finditer(pattern, line):
                yield number, found.group()


def files_of(root):
    """All files of the tree, in the order of their paths; nothing that was built."""
    paths = []
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = [name for name in subfolders if name not in NOT_OURS]
        paths += [os.path.relpath(os.path.join(folder, name), root) for name in names]
    return [SourceFile(root, path.replace(os.sep, "/")) for path in sorted(paths)]
