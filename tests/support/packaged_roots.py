"""Clean roots for the packages under test; RUNNERIQ_PACKAGES names the folder that has them."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

import debian_base
from clean_root import CleanRoot, why_no_root
from package_contents import PACKAGES
from tiny_deb import field


def require_base() -> Path:
    """The base system; skips the test where it cannot be made."""
    if reason := why_no_root():
        pytest.skip(reason)
    try:
        return debian_base.debian_base()
    except debian_base.Unavailable as reason:
        pytest.skip(str(reason))


def package_folder() -> Path:
    path = os.environ.get("RUNNERIQ_PACKAGES", "")
    if not path:
        pytest.skip("RUNNERIQ_PACKAGES does not name the folder with the built packages")
    return Path(path)


@cache
def debs() -> dict[str, Path]:
    """The built packages by name. Debug symbols are no package of ours."""
    found = {field(path, "Package"): path for path in package_folder().glob("*.deb")}
    missing = set(PACKAGES) - found.keys()
    assert not missing, f"{package_folder()} lacks the packages {sorted(missing)}"
    return found


@cache
def bare_layers() -> tuple[Path, ...]:
    """The least Debian, with what apt needs for our packages, not installed."""
    base = require_base()
    return debian_base.supplies_for(base, sorted(debs().values())), base


@cache
def furnished_layers() -> tuple[Path, ...]:
    """A Debian in which all that our packages need or recommend is installed."""
    supplies, base = bare_layers()
    return (debian_base.furnished(base, supplies, sorted(debs().values())),)


def install(root: CleanRoot, *packages: Path) -> None:
    """As dpkg alone does it: what they need must be there."""
    root.run("dpkg", "--install", *(str(root.hand_over(each)) for each in packages)).check()


def apt_install(root: CleanRoot, *packages: Path, options: tuple[str, ...] = ()) -> None:
    """As a person does it: files, with what they need from Debian, here without a network."""
    names = [str(root.hand_over(each)) for each in packages]
    root.run("apt-get", "install", "-y", *options, *names).check()
