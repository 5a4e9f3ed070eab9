"""What a program was made of: read from the linker's map, ninja's record of headers and the program itself."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

_MEMBER = re.compile(r"^(\S+)\((\S+)\)$", re.MULTILINE)
_LOADED = re.compile(r"^LOAD (\S+\.o)$", re.MULTILINE)
_NEEDED = re.compile(r"\(NEEDED\)\s+Shared library: \[(.+)\]")


@dataclass(frozen=True)
class Link:
    """Files from outside the project, by their absolute paths."""

    static: set[Path]  # archives and start files
    dynamic: set[Path]  # shared objects, as they are on this machine
    headers: set[Path]


def output_of(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout


def _end_of_members(text: str) -> int:
    found = re.search(r"^(Discarded input sections|Merging program properties|There are no discarded|Memory Config)",
                      text, re.MULTILINE)
    if not found:
        raise ValueError("the link map has no list of archive members")
    return found.start()


def needed(program: Path) -> set[str]:
    return set(_NEEDED.findall(output_of("readelf", "--dynamic", "--wide", program)))


def _shared_object(name: str) -> Path:
    path = Path(output_of("g++", f"-print-file-name={name}").strip())
    if not path.is_absolute():
        raise ValueError(f"{name} is not on this machine")
    return path


class Build:
    """A build folder of the release preset."""

    def __init__(self, folder: Path, sources: Path) -> None:
        self.folder, self.sources = folder.resolve(), sources.resolve()
        self._headers = self._recorded_headers()

    def link(self, program: str) -> Link:
        text = (self.folder / "link_maps" / f"{program}.map").read_text()
        end = _end_of_members(text)
        objects = {name for name in _LOADED.findall(text, end) if not Path(name).is_absolute()}
        static = {Path(name) for name in _LOADED.findall(text, end) if Path(name).is_absolute()}
        for archive, member in _MEMBER.findall(text, 0, end):
            if Path(archive).is_absolute():
                static.add(Path(archive))
            else:
                objects.add(self._object(archive, member))
        headers = set().union(*(self._headers[name] for name in objects))
        return Link(static, {_shared_object(name) for name in needed(self.folder / "bin" / program)}, headers)

    def _object(self, archive: str, member: str) -> str:
        # CMake's folder of the archive's objects: advisor/libadvisor_http.a has advisor/CMakeFiles/advisor_http.dir/.
        folder = Path(archive).parent / "CMakeFiles" / (Path(archive).stem.removeprefix("lib") + ".dir")
        found = [name for name in self._headers if name.startswith(f"{folder}/") and name.endswith(f"/{member}")]
        if len(found) != 1:
            raise ValueError(f"{archive}({member}) stems from {len(found)} objects")
        return found[0]

    def _recorded_headers(self) -> dict[str, set[Path]]:
        headers: dict[str, set[Path]] = {}
        current: set[Path] = set()
        for line in output_of("ninja", "-C", self.folder, "-t", "deps").splitlines():
            if line.endswith("(VALID)") or line.endswith("(STALE)"):
                current = headers.setdefault(line.partition(": #deps")[0], set())
            elif line.startswith("    /") and not self._is_ours(line.strip()):
                current.add(Path(line.strip()))
        return headers

    def _is_ours(self, path: str) -> bool:
        return path.startswith((f"{self.sources}/", f"{self.folder}/"))
