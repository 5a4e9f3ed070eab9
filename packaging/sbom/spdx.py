"""An SPDX 2.3 document in JSON: https://spdx.github.io/spdx-spec/v2.3/"""

from __future__ import annotations

import hashlib
import json
import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from debian import DebianPackage

_NAMESPACE = "https://runneriq.example.org/spdx"  # a name, not an address: nothing is there


def _identifier(*parts: str) -> str:
    return "SPDXRef-" + "-".join(re.sub(r"[^A-Za-z0-9.]", "-", part) for part in parts)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _purl(package: DebianPackage) -> str:
    def escaped(text: str) -> str:
        return quote(text, safe="")

    return (f"pkg:deb/debian/{escaped(package.name)}@{escaped(package.version)}"
            f"?arch={package.architecture}&distro=debian-12")


class Document:
    """Of one package; its elements come in a fixed order, so that the same parts give the same bytes."""

    def __init__(self, package: str, version: str) -> None:
        self._name, self._version = package, version
        self._root = _identifier("Package", package)
        self._packages: dict[str, dict[str, Any]] = {
            self._root: self._own(self._root, package, "INSTALL", {"versionInfo": version})}
        self._relationships = {("SPDXRef-DOCUMENT", "DESCRIBES", self._root)}

    def add_program(self, program: Path) -> str:
        """Its identifier."""
        identifier = _identifier("Program", program.name)
        self._packages[identifier] = self._own(identifier, program.name, "APPLICATION", {
            "versionInfo": self._version, "packageFileName": f"/usr/bin/{program.name}",
            "checksums": [{"algorithm": "SHA256", "checksumValue": sha256(program)}]})
        self._relationships.add((self._root, "CONTAINS", identifier))
        return identifier

    def add_library(self, program: str, relation: str, library: DebianPackage, licence: str) -> None:
        identifier = _identifier("Debian", library.name)
        self._packages[identifier] = {
            "SPDXID": identifier, "name": library.name, "versionInfo": library.version,
            "primaryPackagePurpose": "LIBRARY", "supplier": "Organization: Debian",
            "sourceInfo": f"Debian's source package {library.source}",
            "downloadLocation": "NOASSERTION", "filesAnalyzed": False, "copyrightText": "NOASSERTION",
            "licenseConcluded": "NOASSERTION", "licenseDeclared": licence,
            "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                              "referenceLocator": _purl(library)}],
            **({"homepage": library.homepage} if library.homepage else {})}
        self._relationships.add((program, relation, identifier))

    def text(self, created: int) -> str:
        """`created`: seconds since 1970."""
        body = {"packages": [self._packages[key] for key in sorted(self._packages)],
                "relationships": [{"spdxElementId": of, "relationshipType": kind, "relatedSpdxElement": to}
                                  for of, kind, to in sorted(self._relationships)]}
        content = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        return json.dumps({
            "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
            "name": f"{self._name}-{self._version}",
            "documentNamespace": f"{_NAMESPACE}/{self._name}-{self._version}-{content[:32]}",
            "creationInfo": {"created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(created)),
                             "creators": ["Tool: runneriq-sbom"]},
            "documentDescribes": [self._root], **body}, indent=1) + "\n"

    @staticmethod
    def _own(identifier: str, name: str, purpose: str, more: dict[str, Any]) -> dict[str, Any]:
        return {"SPDXID": identifier, "name": name, "primaryPackagePurpose": purpose, **more,
                "supplier": "NOASSERTION", "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
                "copyrightText": "Copyright (c) 2026 The RunnerIQ authors",
                "licenseConcluded": "MIT", "licenseDeclared": "MIT"}
