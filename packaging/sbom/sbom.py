"""sbom.py BUILD EPOCH: what each package holds, as BUILD/packaging/PACKAGE/PACKAGE.spdx.json.

Read from what the linker and the compiler took, not from a list of what they should have taken. The same build
and EPOCH (seconds since 1970) give the same bytes. A library without a known licence is an error."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from debian import DebianPackage, licence_of, licences, packages_of
from link import Build
from spdx import Document

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAMS = {
    "runneriq": ["runneriq"],
    "runneriq-executor": ["runneriq-executor"],
    "runneriq-demo": ["runneriq-gitlab-sim"],
}


def project_version() -> str:
    found = re.search(r"^project\(runneriq VERSION ([0-9.]+)", (ROOT / "CMakeLists.txt").read_text(), re.MULTILINE)
    if not found:
        raise ValueError("CMakeLists.txt names no version")
    return found.group(1)


def libraries(build: Build, program: str) -> list[tuple[str, DebianPackage]]:
    """(relation, package). Headers count where nothing of their source is linked: they are the whole library."""
    link = build.link(program)
    linked = [("STATIC_LINK", each) for each in packages_of(link.static)]
    linked += [("DYNAMIC_LINK", each) for each in packages_of(link.dynamic)]
    sources = {package.source for _, package in linked}
    headers = [each for each in packages_of(link.headers) if each.source not in sources]
    return sorted(linked + [("DEPENDS_ON", each) for each in headers])


def document(build: Build, package: str) -> Document:
    table = licences()
    made = Document(package, project_version())
    for program in PROGRAMS[package]:
        identifier = made.add_program(build.folder / "bin" / program)
        for relation, library in libraries(build, program):
            made.add_library(identifier, relation, library, licence_of(library, table))
    return made


def main(build_folder: str, epoch: str) -> None:
    build = Build(Path(build_folder), ROOT)
    for package in PROGRAMS:
        target = build.folder / "packaging" / package / f"{package}.spdx.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(document(build, package).text(int(epoch)))


if __name__ == "__main__":
    main(*sys.argv[1:])
