"""documents.py BUILD EPOCH: writes what the packages hold beside programs and hand-written files to BUILD/packaging/:
changelogs (from CHANGELOG.md), copyright files (from copyright/ and licenses/), man pages, completion and the block
for config.toml. The programs in BUILD/bin/ are asked; the same programs and EPOCH give the same bytes."""

from __future__ import annotations

import calendar
import gzip
import re
import subprocess
import sys
import textwrap
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINKED = {
    "runneriq-executor": ["glibc", "libstdcxx", "boost", "nlohmann-json", "yaml-cpp", "sqlite", "expected",
                          "tomlplusplus"],
    "runneriq": ["libstdcxx", "boost", "nlohmann-json", "yaml-cpp", "sqlite", "expected", "spdlog", "fmt", "cli11",
                 "re2", "abseil"],
    "runneriq-demo": ["libstdcxx", "boost", "nlohmann-json", "yaml-cpp", "expected"],
}


def told(file: str, pattern: str) -> str:
    """A fact that another file of the project owns."""
    found = re.search(pattern, (ROOT / file).read_text())
    if found is None:
        raise ValueError(f"{file} does not say {pattern}")
    return found[1]


MAINTAINER = told("cmake/packages.cmake", r'set\(RUNNERIQ_MAINTAINER "([^"]+)"\)')


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def write_packed(path: Path, text: str) -> None:
    """As gzip -9n: without name and time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def output_of(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout


# ---- changelogs ------------------------------------------------------------------------------------------------------


def releases(version: str, epoch: int) -> list[tuple[str, int, list[str]]]:
    """Version, time and items of each release of CHANGELOG.md. What is unreleased is of this version."""
    found = []
    for section in re.split(r"(?m)^## ", (ROOT / "CHANGELOG.md").read_text())[1:]:
        head, _, body = section.partition("\n")
        told = re.match(r"\[([^\]]+)\](?: - (\d{4}-\d\d-\d\d))?", head)
        items = [" ".join(item.split()) for item in re.findall(r"(?ms)^- (.*?)(?=^- |^#|\Z|\n\n)", body)]
        if told is None or not items:
            continue
        unreleased = told[1] == "Unreleased"
        day = time.strptime(told[2] + " UTC", "%Y-%m-%d %Z") if told[2] else None
        when = epoch if unreleased or told[1] == version or day is None else calendar.timegm(day)
        found.append((version if unreleased else told[1], when, [re.sub(r"[`*]", "", item) for item in items]))
    return found


def wrapped(items: list[str], first: str, rest: str) -> str:
    return "\n".join(textwrap.fill(item, 78, initial_indent=first, subsequent_indent=rest, break_long_words=False)
                     for item in items)


def debian_changelog(package: str, version: str, epoch: int) -> str:
    entries = []
    for of, when, items in releases(version, epoch):
        day = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(when))
        entries.append(f"{package} ({of}) stable; urgency=medium\n\n{wrapped(items, '  * ', '    ')}\n\n"
                       f" -- {MAINTAINER}  {day}\n")
    return "\n".join(entries)


def rpm_changelog(version: str, epoch: int) -> str:
    entries = []
    for of, when, items in releases(version, epoch):
        day = time.strftime("%a %b %d %Y", time.gmtime(when))
        entries.append(f"* {day} {MAINTAINER} - {of}-1\n" + wrapped([i.replace("%", "%%") for i in items], "- ", "  "))
    return "\n\n".join(entries) + "\n"


# ---- copyright -------------------------------------------------------------------------------------------------------


def indented(text: str) -> str:
    """As the format wants it: blank lines are ' .'."""
    return "\n".join(f" {line}".rstrip() if line.strip() else " ." for line in text.strip().splitlines())


def text_of(licence: str) -> str:
    return (ROOT / "packaging/licenses" / licence.replace(" ", "_")).read_text()


def copyright_of(package: str) -> str:
    stanzas = [(ROOT / "packaging/copyright" / name).read_text() for name in ["runneriq", *LINKED[package]]]
    licences = sorted({line.removeprefix("License: ") for stanza in stanzas for line in stanza.splitlines()
                       if line.startswith("License: ")})
    texts = [f"License: {name}\n{indented(text_of(name))}\n" for name in licences]
    head = ("Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
            "Upstream-Name: RunnerIQ\n"
            "Comment: linked/NAME/* stands for a library that is linked statically into a program of this package.\n")
    return "\n".join([head, *stanzas, *texts])


# ---- all of them -----------------------------------------------------------------------------------------------------


def config_toml(executor: Path) -> str:
    head = "# An example of config.toml, as `runneriq-executor doctor --config-toml` prints it for this host.\n\n"
    return head + output_of(executor, "doctor", "--config-toml").replace(str(executor), "/usr/bin/runneriq-executor")


def make(build: Path, epoch: int) -> None:
    to, programs = build / "packaging", build / "bin"
    version = told("CMakeLists.txt", r"project\(runneriq VERSION ([0-9.]+)")
    for package in LINKED:
        write_packed(to / package / "changelog.gz", debian_changelog(package, version, epoch))
        write(to / package / "copyright", copyright_of(package))
    write(to / "changelog.rpm", rpm_changelog(version, epoch))
    for page in sorted((ROOT / "docs/man").glob("*.[15]")):
        write_packed(to / "man" / f"{page.name}.gz", page.read_text())
    for shell in ("bash", "zsh", "fish"):
        write(to / "completion" / shell, output_of(programs / "runneriq", "completion", shell))
    write(to / "config.toml", config_toml(programs / "runneriq-executor"))


if __name__ == "__main__":
    make(Path(sys.argv[1]).resolve(), int(sys.argv[2]))
