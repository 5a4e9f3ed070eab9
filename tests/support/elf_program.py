"""What the ELF headers of a program say, by readelf and objdump."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path


class ElfProgram:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._dynamic = _output_of("readelf", "--dynamic", "--wide", path)
        self._segments = _output_of("readelf", "--segments", "--wide", path)
        self._symbols = _output_of("objdump", "--dynamic-syms", path)

    @property
    def needed(self) -> set[str]:
        return set(re.findall(r"\(NEEDED\)\s+Shared library: \[(.+)\]", self._dynamic))

    @property
    def tags(self) -> set[str]:
        """Of the dynamic section: {"NEEDED", "FLAGS_1", ...}."""
        return set(re.findall(r"^ 0x[0-9a-f]+ \((\w+)\)", self._dynamic, re.MULTILINE))

    @property
    def flags(self) -> set[str]:
        return set(" ".join(re.findall(r"\(FLAGS(?:_1)?\)\s+(?:Flags: )?(.+)", self._dynamic)).split())

    @property
    def segments(self) -> dict[str, str]:
        """What each may: {"GNU_STACK": "RW", ...}; of a kind that occurs more than once the last."""
        rows = re.findall(r"^  (\w+) +(?:0x[0-9a-f]+ ){5}([RWE ]{3})", self._segments, re.MULTILINE)
        return {kind: may.replace(" ", "") for kind, may in rows}

    @property
    def undefined(self) -> dict[str, str]:
        """Symbols that a shared object must have, with the version that is asked for or ""."""
        rows = re.findall(r"\*UND\*\s+[0-9a-f]+ +(?:\((\S+)\) +)?(?:\S+ +)??(\w+)$", self._symbols, re.MULTILINE)
        return {name: version for version, name in rows}

    def versions(self, family: str) -> set[tuple[int, ...]]:
        """Of symbols: versions("GLIBC") = {(2, 34), ...}."""
        found = (re.fullmatch(rf"{family}_([\d.]+)", version) for version in self.undefined.values())
        return {tuple(map(int, match.group(1).split("."))) for match in found if match}


def _output_of(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout
