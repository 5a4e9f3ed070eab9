"""Small .deb files, and changed copies of others."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path


def tiny_deb(place: Path, name: str, version: str = "1", postinst: str = "") -> Path:
    """A package with one file, /usr/share/<name>/data."""
    tree = place / f"tree-of-{name}"
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "usr/share" / name).mkdir(parents=True)
    (tree / "usr/share" / name / "data").write_text("data\n")
    (tree / "DEBIAN/control").write_text(
        f"Package: {name}\nVersion: {version}\nArchitecture: all\nMaintainer: Nobody <nobody@example.com>\n"
        "Description: for a test\n")
    if postinst:
        (tree / "DEBIAN/postinst").write_text(f"#!/bin/sh\nset -e\n{postinst}\n")
        (tree / "DEBIAN/postinst").chmod(0o755)
    return _build(tree, place / f"{name}_{version}.deb")


def field(deb: Path, name: str) -> str:
    return subprocess.run(["dpkg-deb", "--field", str(deb), name], capture_output=True, text=True,
                          check=True).stdout.strip()


def at_version(deb: Path, version: str, place: Path, change: Callable[[Path], None] = lambda tree: None) -> Path:
    """The same package with another version, also where packages of one build name each other's. `change` may
    edit the unpacked tree."""
    old = field(deb, "Version")
    with tempfile.TemporaryDirectory(dir=place) as folder:
        tree = Path(folder) / "tree"
        subprocess.run(["dpkg-deb", "--raw-extract", str(deb), str(tree)], check=True)
        for file in (tree / "DEBIAN").iterdir():
            if file.name != "md5sums":
                file.write_text(re.sub(rf"(?<![\w.]){re.escape(old)}(?!\.?\w)", version, file.read_text()))
        change(tree)
        return _build(tree, place / deb.name.replace(old, version))


def _build(tree: Path, deb: Path) -> Path:
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", str(tree), str(deb)], check=True,
                   capture_output=True)
    return deb
