"""The layers of clean Debian 12 roots, made once and kept in the cache folder of this user: the base
system as debootstrap makes it, and what apt needs to install given packages without a network."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from clean_root import CleanRoot
from tiny_deb import field

SUITE = "bookworm"
USUAL_MIRROR = "http://deb.debian.org/debian"
RECIPE = "2"  # raised with every change of how the layers are made
KEEP = 3
LISTS, ARCHIVES = "var/lib/apt/lists", "var/cache/apt/archives"
SATISFY = ("apt-get", "satisfy", "-y", "--no-install-recommends")
PATIENCE = 900.0  # seconds for a slow mirror
FILES = {
    "etc/hostname": "clean-root\n",
    "etc/hosts": "127.0.0.1 localhost clean-root\n",
    "etc/resolv.conf": "",
    # No service is started while a package is installed: there is no systemd here.
    "usr/sbin/policy-rc.d": "#!/bin/sh\nexit 101\n",
}


class Unavailable(Exception):
    """Why the base cannot be made on this machine."""


def cache_folder() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(home) / "runneriq" / "clean-root"


def debian_base() -> Path:
    """The least Debian, with the systemd that every host has; it does not run. Errors: Unavailable."""
    mirror = mirror_of_this_host()
    return kept(f"{SUITE}-{_digest(RECIPE, mirror, SUITE)}", lambda place: _bootstrap(place, mirror))


def supplies_for(base: Path, packages: Sequence[Path]) -> Path:
    """A layer for above the base: apt's lists, and what these .deb files need or recommend from Debian."""
    needs = _needs_of(packages)
    return kept(f"supplies-{_digest(base.parent.name, *needs)}", lambda place: _fetch(place, base, needs))


def furnished(base: Path, supplies: Path, packages: Sequence[Path]) -> Path:
    """A whole root in which all that these .deb files need or recommend is installed, but not they."""
    needs = _needs_of(packages)
    name = f"furnished-{_digest(base.parent.name, *needs)}"
    return kept(name, lambda place: _furnish(place, [supplies, base], needs))


def mirror_of_this_host() -> str:
    """The mirror that apt uses here for the suite, else Debian's own."""
    told = subprocess.run(["apt-get", "indextargets", "--format", "$(CODENAME) $(COMPONENT) $(REPO_URI)",
                           "Created-By: Packages"], capture_output=True, text=True, check=False).stdout
    found = [line.split()[2] for line in told.splitlines() if line.startswith(f"{SUITE} main ")]
    return found[0] if found else USUAL_MIRROR


# Making.

def _bootstrap(place: Path, mirror: str) -> None:
    if shutil.which("debootstrap") is None:
        raise Unavailable("debootstrap is not installed")
    _reach(mirror)
    _run(["debootstrap", "--variant=minbase", "--include=systemd", SUITE, str(place), mirror])
    for leftover in (*place.glob(f"{ARCHIVES}/*.deb"), *place.glob(f"{LISTS}/*_*"),
                     *place.glob("var/cache/apt/*.bin")):
        leftover.unlink()
    for name, text in FILES.items():
        (place / name).write_text(text)
    (place / "usr/sbin/policy-rc.d").chmod(0o755)


def _reach(mirror: str) -> None:
    address = f"{mirror.rstrip('/')}/dists/{SUITE}/InRelease"
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:
            answer.read(1)
    except (urllib.error.URLError, OSError) as error:
        raise Unavailable(f"the mirror {mirror} cannot be reached: {error}") from error


def _fetch(place: Path, base: Path, needs: Sequence[str]) -> None:
    with CleanRoot([base], network=True) as root:
        root.path("/etc/resolv.conf").write_text(Path("/etc/resolv.conf").read_text())
        root.run("apt-get", "update", timeout=PATIENCE).check()
        root.run(*SATISFY, "--download-only", ", ".join(needs), timeout=PATIENCE).check()
        for folder in (LISTS, ARCHIVES):
            (place / folder).mkdir(parents=True)
            for file in root.path(folder).iterdir():
                if file.is_file() and file.name != "lock" and file.stat().st_size:
                    shutil.copy2(file, place / folder)


def _furnish(place: Path, layers: Sequence[Path], needs: Sequence[str]) -> None:
    with CleanRoot(layers) as root:
        root.run(*SATISFY, ", ".join(needs), timeout=PATIENCE).check()
        root.run("apt-get", "clean").check()
        _run(["cp", "-a", "--one-file-system", f"{root.path('/')}/.", str(place)])
        (place / str(root.share).lstrip("/")).rmdir()


def _needs_of(packages: Sequence[Path]) -> list[str]:
    """What they need or recommend, such as "libcurl4 (>= 7.74)", but each other."""
    ours = {field(package, "Package") for package in packages}
    clauses = {clause.strip() for package in packages for name in ("Pre-Depends", "Depends", "Recommends")
               for clause in field(package, name).split(",")}
    return sorted(clause for clause in clauses if clause and clause.split()[0] not in ours)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=PATIENCE, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout[-4000:]}")


# Keeping: <cache>/<name>/layer, and beside it `seal`, the digest of what was put there.

def kept(name: str, make: Callable[[Path], None]) -> Path:
    """The layer of that name, as `make` fills an empty folder with it."""
    home = cache_folder() / name
    with _only_one(home):
        layer, seal = home / "layer", home / "seal"
        if not (seal.exists() and layer.is_dir() and seal.read_text() == listing_digest(layer)):
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir(parents=True)
            fresh = Path(tempfile.mkdtemp(prefix="making-", dir=home))
            fresh.chmod(0o755)
            try:
                make(fresh)
            except BaseException:
                shutil.rmtree(home, ignore_errors=True)
                raise
            fresh.rename(layer)
            seal.write_text(listing_digest(layer))
        os.utime(seal)
    for kind in (SUITE, "supplies", "furnished"):
        _drop_old(kind)
    return layer


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    """One process at a time makes or checks a layer; the others wait for it."""
    home.parent.mkdir(parents=True, exist_ok=True)
    with home.with_suffix(".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _drop_old(kind: str) -> None:
    """Each new dependency makes new layers; the latest few are enough."""
    seals = sorted(cache_folder().glob(f"{kind}-*/seal"), key=lambda seal: seal.stat().st_mtime)
    for seal in seals[:-KEEP]:
        shutil.rmtree(seal.parent, ignore_errors=True)


def listing_digest(layer: Path) -> str:
    """Of every file's path, kind, mode, owner, size, link and time of change."""
    listed = subprocess.run(["find", str(layer), "-mindepth", "1", "-printf", "%P %y %m %U %G %s %T@ %l\\n"],
                            capture_output=True, check=True).stdout
    return hashlib.sha256(b"\n".join(sorted(listed.splitlines()))).hexdigest()


def _digest(*words: str) -> str:
    return hashlib.sha256("\0".join(words).encode()).hexdigest()[:16]


def main() -> int:
    """Makes the base, for a cache that CI keeps, and prints where it is."""
    try:
        print(debian_base())
    except Unavailable as reason:
        print(f"no base: {reason}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
