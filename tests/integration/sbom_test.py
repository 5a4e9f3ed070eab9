"""What packaging/sbom says of the packages: SPDX 2.3, and true to the programs beside it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from elf_program import ElfProgram

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "packaging" / "sbom"))

import debian  # noqa: E402  (the path above comes first)
import sbom  # noqa: E402
from link import Build  # noqa: E402

EPOCH = 1_700_000_000
# What must be found, however the lists change: (program, relation, Debian package).
FOUND = [
    ("runneriq", "STATIC_LINK", "libsqlite3-dev"), ("runneriq", "STATIC_LINK", "libabsl-dev"),
    ("runneriq", "STATIC_LINK", "libstdc++-12-dev"), ("runneriq", "DYNAMIC_LINK", "libcurl4"),
    ("runneriq", "DEPENDS_ON", "libcli11-dev"), ("runneriq", "DEPENDS_ON", "nlohmann-json3-dev"),
    ("runneriq-executor", "STATIC_LINK", "libc6-dev"), ("runneriq-executor", "STATIC_LINK", "libssl-dev"),
    ("runneriq-executor", "DEPENDS_ON", "libtomlplusplus-dev"), ("runneriq-gitlab-sim", "STATIC_LINK", "libyaml-cpp-dev"),
]
ABSENT = [
    ("runneriq-executor", "libcurl4"), ("runneriq-executor", "libre2-dev"), ("runneriq-executor", "libcli11-dev"),
    ("runneriq-gitlab-sim", "libsqlite3-dev"), ("runneriq", "libgtest-dev"), ("runneriq", "libtomlplusplus-dev"),
]
# Debian 12's package of each shared object.
OWNERS = {"libc.so.6": "libc6", "libm.so.6": "libc6", "ld-linux-x86-64.so.2": "libc6", "libgcc_s.so.1": "libgcc-s1",
          "libcurl.so.4": "libcurl4", "libssl.so.3": "libssl3", "libcrypto.so.3": "libssl3"}
# Of the SPDX licence list 3.19.
KNOWN_LICENCES = {"MIT", "Apache-2.0", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "curl", "blessing", "LGPL-2.1-or-later",
                  "GPL-3.0-or-later WITH GCC-exception-3.1", "GPL-2.0-only WITH Linux-syscall-note"}
REQUIRED = {"SPDXID", "name", "downloadLocation", "filesAnalyzed", "licenseConcluded", "licenseDeclared", "copyrightText"}


@pytest.fixture(scope="module")
def build() -> Build:
    program = os.environ.get("RUNNERIQ", "")
    if not program:
        pytest.skip("RUNNERIQ does not name the built program")
    return Build(Path(program).parent.parent, ROOT)


@pytest.fixture(scope="module")
def documents(build: Build) -> dict[str, dict[str, Any]]:
    return {package: json.loads(sbom.document(build, package).text(EPOCH)) for package in sbom.PROGRAMS}


def relations(documents: dict[str, dict[str, Any]]) -> set[tuple[str, str, str]]:
    """(name, relation, name) over all documents."""
    found = set()
    for document in documents.values():
        names = {each["SPDXID"]: each["name"] for each in document["packages"]} | {"SPDXRef-DOCUMENT": "document"}
        for each in document["relationships"]:
            found.add((names[each["spdxElementId"]], each["relationshipType"], names[each["relatedSpdxElement"]]))
    return found


def test_each_document_has_what_spdx_requires(documents: dict[str, dict[str, Any]]) -> None:
    for package, document in documents.items():
        assert document["spdxVersion"] == "SPDX-2.3" and document["dataLicense"] == "CC0-1.0"
        assert document["SPDXID"] == "SPDXRef-DOCUMENT" and document["name"].startswith(f"{package}-")
        assert re.fullmatch(r"https://[^#\s]+", document["documentNamespace"])
        assert document["creationInfo"]["created"] == "2023-11-14T22:13:20Z"
        assert all(re.match(r"(Tool|Person|Organization): \S", each) for each in document["creationInfo"]["creators"])
        identifiers = [each["SPDXID"] for each in document["packages"]]
        assert len(set(identifiers)) == len(identifiers)
        assert all(re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", each) for each in identifiers)
        assert all(REQUIRED <= each.keys() for each in document["packages"])
        assert {each["licenseDeclared"] for each in document["packages"]} <= KNOWN_LICENCES
        assert document["documentDescribes"] == [f"SPDXRef-Package-{package}"]


def test_namespaces_differ(documents: dict[str, dict[str, Any]]) -> None:
    assert len({document["documentNamespace"] for document in documents.values()}) == len(documents)


def test_programs_are_those_of_the_build(build: Build, documents: dict[str, dict[str, Any]]) -> None:
    for package, programs in sbom.PROGRAMS.items():
        listed = {each["name"]: each for each in documents[package]["packages"] if "checksums" in each}
        assert list(listed) == programs
        for name, entry in listed.items():
            digest = hashlib.sha256((build.folder / "bin" / name).read_bytes()).hexdigest()
            assert entry["checksums"] == [{"algorithm": "SHA256", "checksumValue": digest}]


def test_what_is_linked_is_found_and_nothing_else(documents: dict[str, dict[str, Any]]) -> None:
    found = relations(documents)
    assert set(FOUND) <= found
    assert not {(name, library) for name, _, library in found} & set(ABSENT)


def test_shared_objects_are_those_that_each_program_needs(build: Build, documents: dict[str, dict[str, Any]]) -> None:
    found = relations(documents)
    for name in ("runneriq", "runneriq-gitlab-sim", "runneriq-executor"):
        wanted = {OWNERS[needed] for needed in ElfProgram(build.folder / "bin" / name).needed}
        assert {library for program, kind, library in found if (program, kind) == (name, "DYNAMIC_LINK")} == wanted


def test_versions_are_those_installed(documents: dict[str, dict[str, Any]]) -> None:
    for document in documents.values():
        for each in document["packages"]:
            if each["SPDXID"].startswith("SPDXRef-Debian-"):
                assert each["versionInfo"] == debian.output_of("dpkg-query", "--show", "--showformat", "${Version}", each["name"])
                assert each["externalRefs"][0]["referenceLocator"].startswith("pkg:deb/debian/")


def test_the_same_build_and_time_give_the_same_bytes(build: Build) -> None:
    again = Build(build.folder, ROOT)
    assert sbom.document(build, "runneriq-demo").text(EPOCH) == sbom.document(again, "runneriq-demo").text(EPOCH)


SQLITE = debian.DebianPackage("libsqlite3-dev", "1", "sqlite3", "amd64", "")


def test_a_library_without_a_known_licence_is_an_error() -> None:
    with pytest.raises(ValueError, match="no licence for sqlite3"):
        debian.licence_of(SQLITE, {})


def test_a_licence_that_the_library_no_longer_has_is_an_error() -> None:
    with pytest.raises(ValueError, match="still MIT"):
        debian.licence_of(SQLITE, {"sqlite3": debian.Licence("MIT", ["License: Expat"])})


def test_a_file_of_no_package_is_an_error(tmp_path: Path) -> None:
    stray = tmp_path / "libstray.a"
    stray.touch()
    with pytest.raises(ValueError, match="no Debian package has"):
        debian.packages_of({stray})
