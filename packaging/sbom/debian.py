"""Which Debian packages files are of, and under what licence those are."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from link import output_of

LICENCES = Path(__file__).with_name("licences.txt")


@dataclass(frozen=True, order=True)
class DebianPackage:
    name: str
    version: str
    source: str
    architecture: str
    homepage: str


def packages_of(files: set[Path]) -> set[DebianPackage]:
    """Error: a file that no package has."""
    # dpkg knows a file by the path that its package has for it: /usr/lib/... or, as once, /lib/...
    written = {path: [os.path.normpath(path), os.path.realpath(path)] for path in files}
    written = {path: ways + [way.removeprefix("/usr") for way in ways if way.startswith("/usr/")] +
               [f"/usr{way}" for way in ways if not way.startswith("/usr/")] for path, ways in written.items()}
    known = _owners({way for ways in written.values() for way in ways})
    names = set()
    for path, ways in written.items():
        owner = next((known[way] for way in ways if way in known), None)
        if owner is None:
            raise ValueError(f"no Debian package has {path}")
        names.add(owner)
    return {_described(name) for name in names}


def _owners(paths: set[str]) -> dict[str, str]:
    owners = {}
    for listing in Path("/var/lib/dpkg/info").glob("*.list"):
        for path in paths.intersection(listing.read_text().splitlines()):
            owners[path] = listing.stem
    return owners


def _described(name: str) -> DebianPackage:
    fields = ("${Package}", "${Version}", "${source:Package}", "${Architecture}", "${Homepage}")
    return DebianPackage(*output_of("dpkg-query", "--show", "--showformat", "\t".join(fields), name).split("\t"))


@dataclass(frozen=True)
class Licence:
    expression: str  # of SPDX
    words: list[str]  # that the package's own copyright file has


def licences() -> dict[str, Licence]:
    table = {}
    for line in LICENCES.read_text().splitlines():
        if line and not line.startswith("#"):
            source, expression, words = (part.strip() for part in line.split("|"))
            table[source] = Licence(expression, [each.strip() for each in words.split(";")])
    return table


def licence_of(package: DebianPackage, table: dict[str, Licence]) -> str:
    """Error: a library that the table does not know, or whose copyright file says something else."""
    if package.source not in table:
        raise ValueError(f"{LICENCES.name} has no licence for {package.source} ({package.name})")
    licence = table[package.source]
    copyright_file = Path("/usr/share/doc") / package.name / "copyright"
    text = re.sub(r"\s+", " ", copyright_file.read_text())
    missing = [words for words in licence.words if words not in text]
    if missing:
        raise ValueError(f"{copyright_file} does not say {missing}: is it still {licence.expression}?")
    return licence.expression
